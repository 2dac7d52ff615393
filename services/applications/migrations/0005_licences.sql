-- Licences: the register with their validity, the cases that change or renew one, and who may not apply again.
-- depends: 0001_cases

-- The new tables are empty, and an index over open cases is built before anybody notices the lock.
-- squawk-ignore-file require-concurrent-index-creation

-- One row for each certificate; how it ended is told here too, so that the register needs no fold.
CREATE TABLE licences (
    case_id uuid PRIMARY KEY,
    holder_id uuid NOT NULL,
    item_code text NOT NULL,
    number text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    ended_on date,
    -- The event that ended it.
    ended_by text,
    -- When the end of its validity was worked: renewed by silence, or to be struck off.
    expiry_worked_at timestamptz,
    retry_at timestamptz
);
CREATE INDEX licences_expiring ON licences (valid_until, case_id)
WHERE valid_until IS NOT NULL AND ended_on IS NULL AND expiry_worked_at IS NULL;
CREATE INDEX licences_holder ON licences (holder_id, case_id);

-- Cases that are about an earlier licence: changes and renewals.
CREATE TABLE follow_ups (
    case_id uuid PRIMARY KEY,
    licence_case_id uuid NOT NULL,
    purpose text NOT NULL
);
CREATE INDEX follow_ups_licence ON follow_ups (licence_case_id, case_id);

-- Who may not apply for the same licence again, until when and why (行政许可法 78, 79); `item` is its basic code.
CREATE TABLE bans (
    case_id uuid NOT NULL,
    article text NOT NULL,
    person_id uuid NOT NULL,
    item text NOT NULL,
    until date NOT NULL,
    PRIMARY KEY (case_id, article)
);
CREATE INDEX bans_person ON bans (person_id, item, until);
