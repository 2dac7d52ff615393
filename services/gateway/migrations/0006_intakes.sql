-- The counter: intakes in progress, the screen that an applicant signs on, links from one device to another, keys.
-- depends: 0002_drafts

-- What a clerk is taking in, whole and sealed, until it is handed in; a visitor may bring several matters at once.
CREATE TABLE intakes (
    id uuid PRIMARY KEY,
    clerk text NOT NULL,
    content bytea NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    case_id uuid
);
CREATE INDEX intakes_clerk ON intakes (clerk, updated_at) WHERE case_id IS NULL;
CREATE INDEX intakes_case ON intakes (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX intakes_updated_at ON intakes (updated_at);

-- The tablet that lies before the applicant: it belongs to one session of a desk and ends with it.
CREATE TABLE second_screens (
    session_sha256 bytea PRIMARY KEY REFERENCES sessions (token_sha256) ON DELETE CASCADE,
    id uuid NOT NULL UNIQUE,
    code_index bytea UNIQUE,
    code_expires_at timestamptz,
    device_sha256 bytea UNIQUE,
    -- What it shows now and what was signed on it: both sealed, both gone when the clerk has them or shows something else.
    intake_id uuid REFERENCES intakes (id) ON DELETE CASCADE,
    shown bytea,
    shown_until timestamptz,
    signed bytea
);
CREATE INDEX second_screens_intake ON second_screens (intake_id);

-- Links and codes by which a matter goes from one device to another, once; only a keyed digest is kept.
CREATE TABLE handovers (
    code_index bytea PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('case_to_phone', 'intake_to_phone', 'draft_to_counter')),
    subject uuid NOT NULL,
    owner text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX handovers_expires_at ON handovers (expires_at);

-- Which key does what at this person's desk, where it is not the usual one; an empty key is one that is switched off.
CREATE TABLE desk_keys (
    owner text PRIMARY KEY,
    keys jsonb NOT NULL,
    changed_at timestamptz NOT NULL
);
