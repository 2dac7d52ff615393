-- Papers from a phone: a link without sign-in for one paper of one draft; answers whose session ended; advice on photos.
-- depends: 0002_drafts 0003_uploads

-- What a reader may mind in a photo (dark, blurred, small): said to whoever uploads it, never a reason to refuse.
ALTER TABLE uploads ADD COLUMN advice text[] NOT NULL DEFAULT '{}';

-- The token stands in a QR code and is sealed, because the page that shows it is read again; its digest finds it.
CREATE TABLE phone_links (
    token_sha256 bytea PRIMARY KEY,
    token bytea NOT NULL,
    owner text NOT NULL,
    draft_id uuid NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    material_code text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- The browser that sent the first photo; the link is nobody else's from then on.
    device_sha256 bytea,
    -- The phone said that these are all, or the applicant took the link back.
    finished_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX phone_links_draft ON phone_links (draft_id, material_code, created_at);
CREATE INDEX phone_links_expires_at ON phone_links (expires_at);

CREATE TABLE phone_photos (
    token_sha256 bytea NOT NULL REFERENCES phone_links (token_sha256) ON DELETE CASCADE,
    upload_id uuid NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    position integer NOT NULL,
    PRIMARY KEY (token_sha256, upload_id)
);
CREATE INDEX phone_photos_upload ON phone_photos (upload_id);

-- What was typed on a page whose session had ended: sealed, shown again to the owner of the draft, gone when it is sent.
CREATE TABLE kept_answers (
    draft_id uuid NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    step text NOT NULL,
    content bytea NOT NULL,
    kept_at timestamptz NOT NULL,
    PRIMARY KEY (draft_id, step)
);
