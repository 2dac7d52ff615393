-- What each version of an item can be found by. Made from the version itself, so it may be made again at any time.
-- depends: 0001_catalogue

CREATE TABLE item_search (
    code text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    -- Under which rules the keys were made; a later release makes the older ones again.
    rules integer NOT NULL,
    -- Pairs of characters and the first letters of every spelling: what an index can look up without an extension.
    keys text[] COLLATE "C" NOT NULL,
    -- The words with their readings, for the ranking.
    known jsonb NOT NULL,
    -- Without a foreign key: what it would point to never changes and never goes away.
    PRIMARY KEY (code, version)
);

CREATE INDEX item_search_keys ON item_search USING gin (keys);
