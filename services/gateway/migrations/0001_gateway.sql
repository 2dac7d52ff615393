-- Accounts, sessions, uploads, the provincial feed, and what the gateway remembers as a witness of the audit log.
-- depends:

-- Names, certificate numbers and contacts are sealed; the indexes hold keyed digests only.
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('applicant', 'staff')),
    login text NOT NULL,
    roles text[] NOT NULL,
    unit text,
    password_hash text NOT NULL,
    display_name bytea NOT NULL,
    certificate_type text,
    certificate_number bytea,
    certificate_index bytea,
    person_id uuid,
    verification text,
    mobile bytea,
    email bytea,
    email_index bytea,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    password_changed_at timestamptz NOT NULL,
    disabled_at timestamptz
);
CREATE UNIQUE INDEX accounts_login ON accounts (login);
CREATE UNIQUE INDEX accounts_certificate ON accounts (certificate_index) WHERE certificate_index IS NOT NULL;

-- Programs of partners (OAuth 2 client credentials).
CREATE TABLE clients (
    client_id text PRIMARY KEY,
    name text NOT NULL,
    secret_hash text NOT NULL,
    roles text[] NOT NULL,
    unit text,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);

-- Cookies of browsers and bearer tokens of programs; only the digest of a token is kept.
CREATE TABLE sessions (
    token_sha256 bytea PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('cookie', 'bearer', 'client')),
    account_id uuid REFERENCES accounts (id),
    client_id text REFERENCES clients (client_id),
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CHECK ((account_id IS NULL) <> (client_id IS NULL))
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_client ON sessions (client_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE password_resets (
    token_sha256 bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX password_resets_account ON password_resets (account_id);

-- Failed tries, by a keyed digest of what was tried from where.
CREATE TABLE attempts (
    key bytea PRIMARY KEY,
    failures integer NOT NULL,
    first_failed_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
CREATE INDEX attempts_blocked_until ON attempts (blocked_until);

-- Letters that only the gateway may write, such as the link of a password reset: sealed until they are sent.
CREATE TABLE mail_queue (
    id uuid PRIMARY KEY,
    letter bytea NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0
);
CREATE INDEX mail_queue_due_at ON mail_queue (due_at);

-- A file that somebody handed in. The id is bound to its owner; the digest alone never gives access.
CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    owner text NOT NULL,
    digest text NOT NULL,
    media_type text NOT NULL,
    size_bytes integer NOT NULL,
    file_name bytea,
    created_at timestamptz NOT NULL
);
CREATE INDEX uploads_owner ON uploads (owner);

-- The provincial feed: a partner's positions are given out by one writer at a time, who holds the partner's row.
CREATE TABLE feed_partners (
    partner text PRIMARY KEY,
    last_position bigint NOT NULL
);
CREATE TABLE feed (
    partner text NOT NULL REFERENCES feed_partners (partner),
    position bigint NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    case_id uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    listed_at timestamptz NOT NULL,
    data jsonb NOT NULL,
    PRIMARY KEY (partner, position)
);
CREATE UNIQUE INDEX feed_event ON feed (event_id);
CREATE INDEX feed_case ON feed (case_id);

-- Signed checkpoints of the audit log, kept apart from the log: whoever rewrites it is found out.
CREATE TABLE checkpoints (
    origin text NOT NULL,
    tree_size bigint NOT NULL,
    root text NOT NULL,
    note text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (origin, tree_size, root)
);
