-- How far the rows of cases have been folded anew from their events since the engine learned to read more out of them.
-- depends: 0001_cases

-- One row: the fold that every case of this database has, the one that is being brought about, and the last case done.
CREATE TABLE refolding (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    done integer NOT NULL,
    going_on integer NOT NULL,
    last_case uuid
);
INSERT INTO refolding (done, going_on) VALUES (0, 0);
