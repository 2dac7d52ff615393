-- Service items, organisations and calendars: each published version is a row that never changes again.
-- depends:

-- Where an item stands now; the versions themselves are in item_versions.
CREATE TABLE items (
    code text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL,
    content_sha256 text NOT NULL,
    -- One more for each event about the item, so that consumers can tell their order.
    sequence bigint NOT NULL,
    withdrawn_on date,
    withdrawn_reason jsonb,
    CONSTRAINT withdrawal_has_its_reason CHECK ((withdrawn_on IS NULL) = (withdrawn_reason IS NULL))
);

CREATE TABLE item_versions (
    code text COLLATE "C" NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    effective_on date NOT NULL,
    item_type text NOT NULL,
    served_objects text[] NOT NULL,
    search_text text NOT NULL,
    summary jsonb NOT NULL,
    content jsonb NOT NULL,
    content_sha256 text NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    PRIMARY KEY (code, version)
);

-- Dated names of an organisation under one unified social credit code.
CREATE TABLE organisation_versions (
    uscc text COLLATE "C" NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    content jsonb NOT NULL,
    content_sha256 text NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    PRIMARY KEY (uscc, version)
);

-- The yearly notice on holidays; a corrected notice is a new version of the year.
CREATE TABLE calendar_versions (
    year integer NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    content jsonb NOT NULL,
    content_sha256 text NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    PRIMARY KEY (year, version)
);

-- Every case pins the version it was submitted under, so not even this service's own login may change one.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version of % never changes', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER item_versions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON item_versions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER organisation_versions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON organisation_versions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER calendar_versions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON calendar_versions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
