-- The tables of delivery, the same in every service's database.
-- depends:

-- Facts to publish, written in the transaction that made them true; the relay carries them to the broker.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid NOT NULL,
    exchange text NOT NULL,
    routing_key text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    recorded_at timestamptz NOT NULL,
    sent_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    last_error text
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_put_off ON outbox (retry_at) WHERE sent_at IS NULL AND retry_at IS NOT NULL;
CREATE INDEX outbox_subject ON outbox (subject);

-- Messages already handled, one row for each message and consumer.
CREATE TABLE inbox (
    message_id uuid NOT NULL,
    consumer text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (message_id, consumer)
);
CREATE INDEX inbox_received_at ON inbox (received_at);

-- Messages that failed and will be tried again; later messages about the same subject wait behind them.
CREATE TABLE retries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid NOT NULL,
    consumer text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    body text NOT NULL,
    attempts integer NOT NULL,
    first_failed_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    last_error text NOT NULL,
    UNIQUE (consumer, message_id)
);
CREATE INDEX retries_subject ON retries (consumer, subject, sequence);
CREATE INDEX retries_due ON retries (consumer, due_at);

-- Messages that only a person can settle.
CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid,
    consumer text NOT NULL,
    type text,
    subject text,
    sequence bigint,
    body bytea NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    attempts integer NOT NULL,
    failed_at timestamptz NOT NULL,
    replayed_at timestamptz,
    replayed_by text
);
CREATE INDEX dead_letters_open ON dead_letters (id) WHERE replayed_at IS NULL;

-- Commands that were carried out, with their reply, so that the same command again has the same answer and no effect.
CREATE TABLE commands (
    command_id uuid PRIMARY KEY,
    operation text NOT NULL,
    request_sha256 bytea NOT NULL,
    reply bytea NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX commands_created_at ON commands (created_at);
