-- Requests to be called back: the number is sealed, and is erased when the request has been kept long enough.
-- depends: 0001_gateway

CREATE TABLE call_backs (
    id uuid PRIMARY KEY,
    -- Who asked, when signed in; a guest has only a number.
    owner text,
    number bytea NOT NULL,
    number_index bytea NOT NULL,
    reason text NOT NULL CHECK (reason IN ('help', 'rating')),
    case_id uuid,
    asked_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    reached_at timestamptz,
    answered_by text
);
-- One number waits once, however often its owner asks.
CREATE UNIQUE INDEX call_backs_waiting ON call_backs (number_index) WHERE reached_at IS NULL;
CREATE INDEX call_backs_asked_at ON call_backs (asked_at);
