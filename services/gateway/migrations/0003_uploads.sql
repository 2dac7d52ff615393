-- Files that went into no application are erased with the drafts: it is kept when a file was handed in.
-- depends: 0001_gateway

ALTER TABLE uploads ADD COLUMN attached_at timestamptz;
-- Of the files of before nobody knows; none of them is erased.
UPDATE uploads SET attached_at = created_at;
-- The table is small when this column comes: an index is built before anybody notices the lock.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX uploads_loose ON uploads (created_at) WHERE attached_at IS NULL;
