-- Who, what and when: the columns by which the log is searched, read out of the leaf itself.
-- depends: 0001_log

-- Made in one transaction: what is sealed meanwhile waits in its queue on the broker, so blocked writes lose nothing.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX leaves_actor ON leaves (((leaf::json) ->> 'actor'), leaf_index);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX leaves_type ON leaves (((leaf::json) ->> 'type'), leaf_index);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX leaves_sealed_at ON leaves (sealed_at, leaf_index);
