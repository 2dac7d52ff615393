-- A document that could not be printed: its number stays, VOID with the reason, and another one may stand in for it.
-- depends: 0001_cases

ALTER TABLE documents ADD COLUMN voided_at timestamptz;
-- The reason's code and its sentence in Chinese and English; none of it is personal data.
ALTER TABLE documents ADD COLUMN void_reason jsonb;
-- The void document that this one stands in for; each is replaced once.
ALTER TABLE documents ADD COLUMN replaces uuid;
ALTER TABLE documents ADD COLUMN reissued_by text;
-- Encrypted: why the member of staff issued it anew.
ALTER TABLE documents ADD COLUMN reissue_reason bytea;
CREATE UNIQUE INDEX documents_replaces ON documents (replaces) WHERE replaces IS NOT NULL;
