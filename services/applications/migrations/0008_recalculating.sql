-- A new notice of holidays: which open cases are still to be counted again.
-- depends: 0001_cases

-- One row for each case that waits; it goes in the transaction that counted the case again.
CREATE TABLE recalculations (
    case_id uuid PRIMARY KEY,
    queued_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz
);

-- Each notice that arrived.  Some seconds later open cases are queued once more: one that was begun meanwhile by a
-- replica that had not read the notice yet must not keep a date of the old calendar.
CREATE TABLE calendar_loads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    year integer NOT NULL,
    version integer NOT NULL,
    loaded_at timestamptz NOT NULL,
    swept_at timestamptz
);
CREATE INDEX calendar_loads_open ON calendar_loads (loaded_at) WHERE swept_at IS NULL;

-- The nearest open date first, for the list that is shown before a notice is loaded.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_dates ON cases (due_on, id) WHERE due_on IS NOT NULL;
