-- Dead letters that a person settled without handing them over again, and why.
-- depends: 0001_messaging

ALTER TABLE dead_letters ADD COLUMN discard_reason text;
