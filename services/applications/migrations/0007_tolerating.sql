-- Tolerance: drawn signatures under promises, and what people of a case say in their own words.
-- depends: 0001_cases

-- The drawn signature under an undertaking or a commitment, encrypted; its digest stands in the event of the submission.
ALTER TABLE documents ADD COLUMN signature bytea;

-- Free words of the applicant or the holder (force majeure, a recall), encrypted; the events hold their digests only.
CREATE TABLE case_statements (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    case_version integer NOT NULL,
    kind text NOT NULL,
    words bytea NOT NULL,
    sha256 bytea NOT NULL,
    actor text NOT NULL,
    stated_at timestamptz NOT NULL,
    UNIQUE (case_id, case_version, kind)
);
