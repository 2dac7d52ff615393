"""Arithmetic on working days and the days that are left."""

from datetime import date, datetime

import pytest

from shared.deadlines import (
    SHANGHAI,
    DeadlineError,
    Exclude,
    Start,
    Unit,
    add_working_days,
    due,
    evaluate,
    remaining,
    subtract_working_days,
    working_days_between,
)
from shared.deadlines.shipped import shipped_calendar

CALENDAR = shipped_calendar()


@pytest.mark.parametrize(
    "day, number, later",
    [
        (date(2026, 9, 18), 0, date(2026, 9, 18)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 18), 20, date(2026, 10, 22)),
    ],
)
def test_adding_and_subtracting_working_days(day: date, number: int, later: date) -> None:
    assert add_working_days(day, number, CALENDAR) == later
    assert subtract_working_days(later, number, CALENDAR) == day


def test_papers_are_to_come_two_working_days_before_the_promised_date() -> None:
    """§5.3(4): waiting for tolerated papers stops no clock, so time to decide must be left."""
    promised = due(date(2026, 9, 18), 5, Unit.WORKING_DAY, CALENDAR)
    assert subtract_working_days(promised.due_on, 2, CALENDAR) == date(2026, 9, 22)


def test_subtracting_from_a_rest_day_goes_to_the_working_days_before_it() -> None:
    assert subtract_working_days(date(2026, 10, 4), 1, CALENDAR) == date(2026, 9, 30)


@pytest.mark.parametrize("number", [-1, 3_661])
def test_absurd_numbers_of_working_days_are_refused(number: int) -> None:
    with pytest.raises(DeadlineError, match="length_too_long"):
        add_working_days(date(2026, 9, 18), number, CALENDAR)


def test_working_days_between_count_the_later_day_and_not_the_earlier() -> None:
    assert working_days_between(date(2026, 9, 18), date(2026, 9, 24), CALENDAR) == 5
    assert working_days_between(date(2026, 9, 24), date(2026, 9, 18), CALENDAR) == -5
    assert working_days_between(date(2026, 9, 18), date(2026, 9, 18), CALENDAR) == 0


@pytest.mark.parametrize(
    "today, left",
    [
        (date(2026, 9, 18), 5),
        (date(2026, 9, 19), 5),
        (date(2026, 9, 23), 1),
        (date(2026, 9, 24), 0),
        (date(2026, 9, 25), 0),  # Mid-Autumn: late, but by no working day yet
        (date(2026, 9, 28), -1),
    ],
)
def test_working_days_left_until_and_after_the_due_day(today: date, left: int) -> None:
    deadline = due(date(2026, 9, 18), 5, Unit.WORKING_DAY, CALENDAR)
    assert remaining(deadline, today, CALENDAR) == left


def test_days_left_leave_out_excluded_days() -> None:
    stop = Exclude(first_on=date(2026, 9, 22), last_on=date(2026, 9, 23))
    entries = [Start(at=date(2026, 9, 18), length=5, unit=Unit.WORKING_DAY), stop]
    assert remaining(evaluate(entries, CALENDAR), date(2026, 9, 21), CALENDAR) == 3


def test_calendar_days_and_hours_left_are_days() -> None:
    days = due(date(2026, 9, 1), 10, Unit.CALENDAR_DAY, CALENDAR)
    hours = due(datetime(2026, 9, 18, 9, tzinfo=SHANGHAI), 24, Unit.HOUR, CALENDAR)
    assert remaining(days, date(2026, 9, 1), CALENDAR) == 10
    assert remaining(hours, date(2026, 9, 20), CALENDAR) == -1
