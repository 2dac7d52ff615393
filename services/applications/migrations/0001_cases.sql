-- Cases, their statutory record, the people (encrypted), documents, timers, and what this service knows from others.
-- depends:

-- The current state of a case: the fold of its events.  `body` is the whole fold, the columns are what lists need.
CREATE TABLE cases (
    id uuid PRIMARY KEY,
    case_no text NOT NULL UNIQUE,
    version integer NOT NULL,
    state text NOT NULL,
    item_code text NOT NULL,
    item_version integer NOT NULL,
    unit text NOT NULL,
    channel text NOT NULL,
    applicant_id uuid NOT NULL,
    agent_id uuid,
    partner text,
    external_no text,
    submitted_at timestamptz NOT NULL,
    due_on date,
    proposed text NOT NULL,
    body jsonb NOT NULL,
    -- Encrypted: the code on the receipt voucher, and the applicant's own words about the matter.
    access_code bytea NOT NULL,
    summary bytea,
    UNIQUE (partner, external_no)
);
-- One partial index for each work list, in the order in which the list is read.
CREATE INDEX cases_desk ON cases (unit, due_on, id) WHERE state = 'SUBMITTED';
CREATE INDEX cases_review ON cases (unit, due_on, id)
WHERE state IN ('ACCEPTED', 'ACCEPTED_TOLERANT', 'ACCEPTED_DEEMED', 'IN_REVIEW');
CREATE INDEX cases_delivery ON cases (unit, due_on, id) WHERE state IN ('DECIDED_GRANT', 'DECIDED_REFUSE');
CREATE INDEX cases_partner ON cases (partner, id) WHERE partner IS NOT NULL;
CREATE INDEX cases_due ON cases (due_on) WHERE due_on IS NOT NULL;

-- The statutory process record.  Rows are only ever added; no column holds personal data.
CREATE TABLE case_events (
    case_id uuid NOT NULL,
    version integer NOT NULL,
    event_id uuid NOT NULL UNIQUE,
    name text NOT NULL,
    schema_version integer NOT NULL,
    actor text NOT NULL,
    actor_role text NOT NULL,
    actor_unit text,
    recorded_at timestamptz NOT NULL,
    effective_on date NOT NULL,
    data jsonb NOT NULL,
    -- SHA-256 of `data` in canonical JSON (RFC 8785); the same digest travels with the published event.
    sha256 bytea NOT NULL,
    PRIMARY KEY (case_id, version)
);

-- The people of a case, each column encrypted for its own place.  `person_id` is the keyed index of the certificate.
CREATE TABLE parties (
    case_id uuid NOT NULL,
    role text NOT NULL,
    person_id uuid,
    kind text,
    certificate_type text,
    name bytea NOT NULL,
    certificate_number bytea,
    representative bytea,
    address bytea,
    mobile bytea,
    email bytea,
    PRIMARY KEY (case_id, role)
);
CREATE INDEX parties_person ON parties (person_id, case_id) WHERE person_id IS NOT NULL;

-- Formal documents.  `values` holds no personal data; `text` is the rendered document, encrypted.
CREATE TABLE documents (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    case_version integer NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    template_version integer NOT NULL,
    issued_on date NOT NULL,
    "values" jsonb NOT NULL,
    text bytea NOT NULL,
    sha256 bytea NOT NULL,
    UNIQUE (kind, number)
);
CREATE INDEX documents_case ON documents (case_id, case_version);

-- One gap-free series for each kind of document and year, moved on in the transaction that seals the document.
CREATE TABLE document_numbers (
    kind text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (kind, year)
);

-- Case numbers are leased in blocks outside the submission; gaps are allowed, reuse is not.
CREATE TABLE case_number_blocks (
    item_code text NOT NULL,
    day date NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (item_code, day)
);

-- What is to be looked at when its time comes; any replica works them, in order for each case.
CREATE TABLE timers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    due_at timestamptz NOT NULL,
    settled_at timestamptz,
    fired boolean,
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    UNIQUE (case_id, kind, due_at)
);
CREATE INDEX timers_due ON timers (due_at, id) WHERE settled_at IS NULL;
CREATE INDEX timers_case ON timers (case_id, due_at, id) WHERE settled_at IS NULL;

-- Broken undertakings: each blocks tolerance for this person until it is repaired.
CREATE TABLE defaults (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    recorded_on date NOT NULL,
    repaired_on date
);
CREATE INDEX defaults_person ON defaults (person_id) WHERE repaired_on IS NULL;

-- The local credit register; a person is known by the keyed index of the certificate only.
CREATE TABLE credit_records (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    list_item text NOT NULL,
    source text NOT NULL,
    recorded_on date NOT NULL,
    repaired_on date
);
CREATE INDEX credit_records_person ON credit_records (person_id) WHERE repaired_on IS NULL;

-- Each look at unmasked personal data; the purpose is encrypted, its digest is in the published event.
CREATE TABLE looks (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    actor text NOT NULL,
    actor_unit text,
    viewed text NOT NULL,
    purpose bytea NOT NULL,
    viewed_at timestamptz NOT NULL
);
CREATE INDEX looks_case ON looks (case_id, viewed_at);

-- Projections of the catalogue, rebuilt from its events at any time.
CREATE TABLE item_versions (
    code text NOT NULL,
    version integer NOT NULL,
    effective_on date NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (code, version)
);
CREATE TABLE withdrawn_items (
    code text PRIMARY KEY,
    version integer NOT NULL,
    effective_on date NOT NULL
);
CREATE TABLE calendar_years (
    year integer PRIMARY KEY,
    version integer NOT NULL,
    body jsonb NOT NULL
);
-- Counts the changes of the projections, so that every replica notices one with a single cheap read.
CREATE TABLE projection_changes (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    changes bigint NOT NULL
);
INSERT INTO projection_changes (changes) VALUES (0);
