-- Applications that are being filled in: whole and sealed, for they hold personal data; swept 90 days after the last change.
-- depends: 0001_gateway

CREATE TABLE drafts (
    id uuid PRIMARY KEY,
    owner text NOT NULL,
    item_code text NOT NULL,
    content bytea NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    submitted_at timestamptz
);
CREATE INDEX drafts_owner ON drafts (owner, updated_at);
CREATE INDEX drafts_unsent ON drafts (updated_at) WHERE submitted_at IS NULL;
