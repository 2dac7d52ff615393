-- Credit: where each record comes from, how it ended, what every source answered, and who looked.
-- depends: 0001_cases

-- The two registers hold thousands of rows, not millions: an index is built before anybody notices the lock.
-- squawk-ignore-file require-concurrent-index-creation

-- A record is known by who keeps the list and its number there (or, without one, by its digest): nothing comes in twice.
ALTER TABLE credit_records ADD COLUMN reference text;
ALTER TABLE credit_records ADD COLUMN record_key text;
ALTER TABLE credit_records ADD COLUMN grade text;
ALTER TABLE credit_records ADD COLUMN import_id uuid;
-- A repair (信用修复) restores eligibility from its date; a withdrawal says that the record was wrong from the start.
ALTER TABLE credit_records ADD COLUMN withdrawn_on date;
ALTER TABLE defaults ADD COLUMN withdrawn_on date;
-- The earlier indexes leave out what was repaired with a date to come, so these hold every record.
CREATE UNIQUE INDEX credit_records_key ON credit_records (record_key);
CREATE INDEX credit_records_of_person ON credit_records (person_id, recorded_on, id);
CREATE INDEX credit_records_in_order ON credit_records (recorded_on, id);
CREATE INDEX defaults_of_person ON defaults (person_id, recorded_on, id);
CREATE INDEX defaults_in_order ON defaults (recorded_on, id);

-- Repairs and withdrawals, one row each, never changed; `reason` is encrypted, because it may name people.
CREATE TABLE credit_changes (
    id uuid PRIMARY KEY,
    record_id uuid NOT NULL,
    change text NOT NULL,
    effective_on date NOT NULL,
    instrument text,
    reason bytea,
    actor text NOT NULL,
    actor_unit text,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX credit_changes_record ON credit_changes (record_id, recorded_at);

-- Imported files: who brought which, what was taken from it.
CREATE TABLE credit_imports (
    id uuid PRIMARY KEY,
    file_sha256 bytea NOT NULL,
    source text NOT NULL,
    lines integer NOT NULL,
    imported integer NOT NULL,
    known integer NOT NULL,
    refused integer NOT NULL,
    actor text NOT NULL,
    actor_unit text,
    recorded_at timestamptz NOT NULL
);

-- What the sources outside answered, each answer kept; silence is a row too.
CREATE TABLE credit_answers (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    source text NOT NULL,
    queried_at timestamptz NOT NULL,
    answered boolean NOT NULL,
    body jsonb NOT NULL
);
CREATE INDEX credit_answers_newest ON credit_answers (person_id, source, queried_at DESC);

-- Each time staff ask about a person's credit; the purpose is encrypted, its digest is in the published event.
CREATE TABLE credit_looks (
    id uuid PRIMARY KEY,
    person_id uuid,
    case_id uuid,
    viewed text NOT NULL,
    actor text NOT NULL,
    actor_unit text,
    purpose bytea NOT NULL,
    viewed_at timestamptz NOT NULL
);
CREATE INDEX credit_looks_person ON credit_looks (person_id, viewed_at);
