-- A document that could not be printed: its number stays, VOID with the reason, and another one may stand in for it.
-- depends: 0001_cases

ALTER TABLE documents ADD COLUMN voided_at timestamptz;
-- The reason's code and its sentence in Chinese and English; none of it is personal data.
ALTER TABLE documents ADD COLUMN void_reason jsonb;

-- Which document stands in for which void one: each is replaced once.
CREATE TABLE reissues (
    document_id uuid PRIMARY KEY,
    replaces uuid NOT NULL UNIQUE,
    case_id uuid NOT NULL,
    actor text NOT NULL,
    -- Encrypted: why the member of staff issued it anew.
    reason bytea NOT NULL,
    reissued_at timestamptz NOT NULL
);
