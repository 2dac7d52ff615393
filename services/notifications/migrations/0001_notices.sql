-- Notices: what was said to whom, on which channel it was delivered, and every attempt.
-- depends:

-- Every version of every template that this database has seen in use; a version never changes.
CREATE TABLE templates (
    template_id text NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    statutory boolean NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    sha256 text NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (template_id, version)
);

-- What was said. The row is the notice in the person's inbox: it is served by being there, and never changes again
-- but for the time of reading and the count of events published about it.
CREATE TABLE messages (
    message_id uuid PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    cause_id uuid NOT NULL,
    cause_type text NOT NULL,
    person_id uuid NOT NULL,
    case_id uuid NOT NULL,
    case_no text NOT NULL,
    unit text NOT NULL,
    template_id text NOT NULL,
    template_version integer NOT NULL,
    statutory boolean NOT NULL,
    facts jsonb NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    link text NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    published bigint NOT NULL DEFAULT 0,
    -- One notice for each event and recipient, whatever is replayed.
    CONSTRAINT messages_once UNIQUE (cause_id, person_id)
);
CREATE INDEX messages_inbox ON messages (person_id, position);
CREATE INDEX messages_case ON messages (case_id, position);

-- A notice on a channel that needs sending; with the row above this makes (event, recipient, channel) unique.
-- No address is kept here: it is asked for when the notice is sent.
CREATE TABLE deliveries (
    message_id uuid NOT NULL REFERENCES messages (message_id),
    channel text NOT NULL CHECK (channel IN ('email')),
    position bigint GENERATED ALWAYS AS IDENTITY,
    state text NOT NULL CHECK (state IN ('queued', 'sending', 'retrying', 'served', 'uncertain', 'failed')),
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    give_up_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    -- Attempts before this round; an operator's order begins a new round with fresh patience.
    attempts_before_round integer NOT NULL DEFAULT 0,
    -- The number of the claim: only who holds the last one may go on with the attempt.
    fence bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    reason text,
    smtp_code integer,
    served_at timestamptz,
    PRIMARY KEY (message_id, channel)
);
CREATE INDEX deliveries_queued ON deliveries (due_at) WHERE state = 'queued';
CREATE INDEX deliveries_retrying ON deliveries (due_at) WHERE state = 'retrying';
CREATE INDEX deliveries_sending ON deliveries (lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_undelivered ON deliveries (position) WHERE state IN ('failed', 'uncertain');

-- Written before the mail server hears anything; `handed_over_at` is committed just before the text is transmitted.
CREATE TABLE attempts (
    message_id uuid NOT NULL,
    channel text NOT NULL,
    number integer NOT NULL,
    started_at timestamptz NOT NULL,
    handed_over_at timestamptz,
    finished_at timestamptz,
    outcome text NOT NULL,
    smtp_code integer,
    PRIMARY KEY (message_id, channel, number),
    FOREIGN KEY (message_id, channel) REFERENCES deliveries (message_id, channel)
);

CREATE FUNCTION refuse_template_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a template version never changes: write a new version';
END
$$;
CREATE TRIGGER templates_never_change BEFORE UPDATE OR DELETE ON templates
FOR EACH ROW EXECUTE FUNCTION refuse_template_change();
