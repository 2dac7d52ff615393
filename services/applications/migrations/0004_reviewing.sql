-- The review: what waits for whom, who holds which power on which day, and the words that go with opinions.
-- depends: 0001_cases

-- The tables are new or small; the work lists' indexes are built in the update, while nobody works.
-- squawk-ignore-file require-concurrent-index-creation

-- Open and settled tasks; the open ones follow from the fold of their case.  `lane` says whose they are (role or post),
-- `barred` who of these may not do it in this case.  `due_on` is the case's, the internal date is management's own.
CREATE TABLE tasks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id uuid NOT NULL,
    unit text NOT NULL,
    step text NOT NULL,
    section text,
    lane text NOT NULL,
    role text NOT NULL,
    post text,
    barred text [] NOT NULL DEFAULT '{}',
    due_on date NOT NULL,
    internal_due_on date,
    opened_at timestamptz NOT NULL,
    settled_at timestamptz
);
CREATE UNIQUE INDEX tasks_open ON tasks (case_id, step) WHERE settled_at IS NULL;
CREATE INDEX tasks_lane ON tasks (unit, lane, due_on, id) WHERE settled_at IS NULL;

-- Appointments to posts (岗位): the holder (A岗) and the stand-in (B岗).  A row is only ever ended, never changed.
CREATE TABLE posts (
    id uuid PRIMARY KEY,
    unit text NOT NULL,
    post text NOT NULL,
    holder text,
    stand_in text,
    valid_from date NOT NULL,
    valid_to date,
    instrument text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX posts_unit ON posts (unit, post, valid_from);

-- Powers given to another by a dated instrument: those of posts, or those of a role for named items.
CREATE TABLE delegations (
    id uuid PRIMARY KEY,
    unit text NOT NULL,
    delegator text NOT NULL,
    delegate text NOT NULL,
    posts text [] NOT NULL,
    items text [] NOT NULL,
    role text,
    instrument text NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    revoked_on date,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX delegations_unit ON delegations (unit, valid_to);

-- Who is away, both days included.
CREATE TABLE absences (
    id uuid PRIMARY KEY,
    unit text NOT NULL,
    person text NOT NULL,
    first_on date NOT NULL,
    last_on date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX absences_unit ON absences (unit, last_on);

-- Words of opinions, sendings back and recusals, encrypted; the events hold their digests.
CREATE TABLE remarks (
    case_id uuid NOT NULL,
    sha256 text NOT NULL,
    words bytea NOT NULL,
    PRIMARY KEY (case_id, sha256)
);

-- The work lists with every state in which a case is reviewed or awaits delivery; the earlier, narrower indexes go.
CREATE INDEX cases_in_review ON cases (unit, due_on, id)
WHERE state IN (
    'ACCEPTED', 'ACCEPTED_TOLERANT', 'ACCEPTED_DEEMED', 'IN_REVIEW', 'SPECIAL_PROCEDURE', 'EXTENDED'
);
CREATE INDEX cases_to_deliver ON cases (unit, due_on, id)
WHERE state IN ('DECIDED_GRANT', 'DECIDED_REFUSE', 'ISSUED');
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX cases_review;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX cases_delivery;
-- Which undecided case of an item was accepted first (行政许可法 57).
CREATE INDEX cases_accepted ON cases (item_code, (body ->> 'accepted_on'))
WHERE state IN (
    'ACCEPTED', 'ACCEPTED_TOLERANT', 'ACCEPTED_DEEMED', 'IN_REVIEW', 'SPECIAL_PROCEDURE', 'EXTENDED'
);

-- Cases from before have items without steps: each that can be decided waits for its decision.
INSERT INTO tasks (case_id, unit, step, lane, role, barred, due_on, opened_at)
SELECT
    id,
    unit,
    'decision',
    'role:approver',
    'approver',
    ARRAY(
        SELECT DISTINCT person FROM (
            VALUES (body ->> 'received_by'), (body ->> 'accepted_by')
            UNION ALL SELECT jsonb_array_elements_text(coalesce(body -> 'also_received_by', '[]'::jsonb))
        ) AS handled (person) WHERE person IS NOT NULL ORDER BY person
    ),
    coalesce(due_on, '9999-12-31'::date),
    now()
FROM cases WHERE state IN ('ACCEPTED', 'ACCEPTED_DEEMED', 'IN_REVIEW');
