-- Mandates: on which days an agent reaches the case; whoever has no dates reaches it always.
-- depends: 0001_cases

ALTER TABLE parties ADD COLUMN reach_from date;
ALTER TABLE parties ADD COLUMN reach_until date;
