-- Documents to print, the PDFs that came of them, and whose cases they belong to.
-- depends:

-- What this service knows of a case from its events: who may have its documents, and whether it was revoked later.
CREATE TABLE cases (
    case_id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    state text NOT NULL,
    unit text NOT NULL,
    applicant_id uuid NOT NULL,
    agent_id uuid
);

-- One row for each document that is to be printed.  Title, organ and day are known once its text was asked for.
CREATE TABLE documents (
    document_id uuid PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    text_sha256 text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'printed', 'failed')),
    title text NOT NULL DEFAULT '',
    organ text NOT NULL DEFAULT '',
    issued_on date,
    heard_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    -- Presses lost over this document: one that breaks every press is given up.
    crashes integer NOT NULL DEFAULT 0,
    -- The number of the claim: only who holds the last one may settle the document.
    fence bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    settled_at timestamptz,
    failure_code text,
    failure_zh text,
    failure_en text
);
CREATE INDEX documents_waiting ON documents (due_at, position) WHERE state = 'waiting';
CREATE INDEX documents_heard ON documents (heard_at) WHERE state = 'waiting';

-- The signed PDFs, encrypted; each is written once and never again.
CREATE TABLE files (
    document_id uuid PRIMARY KEY REFERENCES documents (document_id),
    pdf bytea NOT NULL,
    sha256 bytea NOT NULL,
    size integer NOT NULL,
    pages integer NOT NULL,
    signed_by text NOT NULL,
    rendered_at timestamptz NOT NULL
);
-- A PDF does not compress: it is ciphertext.
ALTER TABLE files ALTER COLUMN pdf SET STORAGE EXTERNAL;

CREATE FUNCTION refuse_file_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the PDF of a document never changes';
END
$$;
CREATE TRIGGER files_never_change BEFORE UPDATE OR DELETE ON files
FOR EACH ROW EXECUTE FUNCTION refuse_file_change();
