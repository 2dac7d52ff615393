"""A notice of the next year moves the open dates of a case (§2.1(8), (9))."""

from dataclasses import replace
from datetime import date

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.answering import submit
from services.applications.domain.events.recalculating import MovedDate
from services.applications.domain.evolve import begin, evolve, fold
from tests.applications.domain.cases import (
    APPLICANT,
    CALENDAR,
    CASE_ID,
    CLEAN,
    accepted,
    at,
    decide,
    later,
    only,
    submission,
)
from tests.applications.domain.walking import ANNOUNCED

ACCEPTED_ON = date(2026, 12, 30)


def test_every_open_date_moves_with_the_notice_and_the_undertaking_with_its_clock():
    event = submit(
        submission("form", "plan", "mandate", "copy", asks=True), at(ACCEPTED_ON, APPLICANT, credit=CLEAN)
    )
    case = begin(CASE_ID, event)
    taken = only(decide(case, c.AcceptTolerantly(), at(ACCEPTED_ON, credit=CLEAN)))
    case = evolve(case, taken)
    assert case.promise is not None
    assert case.promise.due_on == date(2027, 1, 6)
    facts = replace(at(date(2026, 12, 31)), calendar=ANNOUNCED)
    moved = only(decide(case, c.RecomputeClocks(), facts))
    assert isinstance(moved, e.ClocksRecomputed)
    assert (moved.effective_on, moved.before, moved.after) == (
        date(2026, 12, 31),
        CALENDAR.edition,
        ANNOUNCED.edition,
    )
    # New Year's Day is a Friday without work; the statutory date meets no other holiday before the Spring Festival.
    assert moved.dates == (
        MovedDate("statutory", date(2027, 1, 27), date(2027, 1, 28)),
        MovedDate("promised", date(2027, 1, 8), date(2027, 1, 11)),
        MovedDate("supply", date(2027, 1, 6), date(2027, 1, 7)),
    )
    again = evolve(case, moved)
    assert again.promise is not None
    assert again.promise.due_on == date(2027, 1, 7)
    assert {clock.name: clock.due_on for clock in again.clocks if clock.runs} == {
        one.clock: one.after for one in moved.dates
    }
    assert not any(clock.provisional for clock in again.clocks if clock.runs)
    assert decide(again, c.RecomputeClocks(), facts) == []
    assert fold(CASE_ID, [event, taken, moved]) == again


def test_a_case_whose_dates_are_settled_has_nothing_to_record():
    assert decide(accepted(), c.RecomputeClocks(), replace(at(later(3)), calendar=ANNOUNCED)) == []
