-- What a counter looks up all day: a case by the end of its number or of a certificate, and what a clerk did on a day.
-- depends: 0001_cases

-- The last four digits of a number as the voucher shows it; LIKE with a leading wildcard would read the whole table.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_number_end ON cases (right(case_no, 4), id);

-- A keyed digest of the last four of a certificate.  Without the key, which is not in the database, it tells only that
-- two certificates end alike, and `person_id` beside it tells more; with the key four digits are tried out at once, so
-- it is no secret of its own: only staff may ask by it, within their unit, and each question is in the audit log.
ALTER TABLE parties ADD COLUMN certificate_end bytea;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX parties_certificate_end ON parties (certificate_end, case_id) WHERE certificate_end IS NOT NULL;

-- Only the staff have a unit, so the events of applicants stay out of it.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX case_events_of_staff ON case_events (actor, recorded_at) WHERE actor_unit IS NOT NULL;
