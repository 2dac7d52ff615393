-- What was said or found on the way to a decision and stands in no document: statements, results of procedures.
-- depends: 0001_cases

-- Rows are only ever added; `text` is encrypted, and its digest is in the event of that version of the case.
CREATE TABLE case_texts (
    case_id uuid NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL,
    sha256 bytea NOT NULL,
    text bytea NOT NULL,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (case_id, version, kind)
);
