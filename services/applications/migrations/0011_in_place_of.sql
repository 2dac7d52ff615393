-- What was done in somebody's place: whoever gave the power finds it again.
-- depends: 0010_refolding

-- Most acts are done by one's own right, so the index stays small; it is built before anybody notices the lock.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX case_events_in_place_of ON case_events ((data ->> 'in_place_of'), recorded_at)
    WHERE data ->> 'in_place_of' IS NOT NULL;
