-- The log: leaves in the order of their sealing, the tree above them, and the signed checkpoints.
-- depends:

-- One row for each event, whatever is replayed. `leaf` is the exact text that was hashed and the only truth; the
-- columns made from it by the database cannot say anything else.
CREATE TABLE leaves (
    leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
    leaf text NOT NULL,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    sealed_at timestamptz NOT NULL,
    event_id uuid NOT NULL GENERATED ALWAYS AS (((leaf::json) ->> 'event_id')::uuid) STORED,
    subject text NOT NULL GENERATED ALWAYS AS ((leaf::json) ->> 'subject') STORED,
    UNIQUE (event_id)
);
CREATE INDEX leaves_subject ON leaves (subject, leaf_index);

-- The complete subtrees above the leaves: they never change once their leaves exist, so they are written once.
CREATE TABLE nodes (
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 62),
    number bigint NOT NULL CHECK (number >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, number)
);

-- What was signed, never two for one size.
CREATE TABLE checkpoints (
    tree_size bigint PRIMARY KEY CHECK (tree_size >= 0),
    note text NOT NULL,
    signed_at timestamptz NOT NULL
);

-- What is sealed stays: also a program error or a hurried person with a console is stopped, and says so.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER leaves_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON leaves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nodes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON nodes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ALWAYS: a session that calls itself a replica skips ordinary triggers, but not these.
ALTER TABLE leaves ENABLE ALWAYS TRIGGER leaves_append_only;
ALTER TABLE nodes ENABLE ALWAYS TRIGGER nodes_append_only;
ALTER TABLE checkpoints ENABLE ALWAYS TRIGGER checkpoints_append_only;

-- The service's login may add and read, nothing else, even where it owns the tables.
REVOKE ALL ON leaves, nodes, checkpoints FROM PUBLIC;
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON leaves, nodes, checkpoints FROM CURRENT_USER;
