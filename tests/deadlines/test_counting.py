"""Periods of one event: the vectors of the law's calendar, calendar days, hours, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.deadlines import SHANGHAI, Calendar, DeadlineError, ExplainedKind, Unit, due
from shared.deadlines.shipped import shipped_calendar

WD, CD, HOUR = Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.HOUR


# 行政许可法 82: limits are working days, statutory holidays left out; 民法典 201: the day of the event is not counted.
@pytest.mark.parametrize(
    "event_on, length, due_on, provisional",
    [
        (date(2024, 9, 13), 20, date(2024, 10, 17), False),
        (date(2025, 9, 26), 5, date(2025, 10, 10), False),
        (date(2025, 9, 26), 20, date(2025, 10, 30), False),
        (date(2025, 12, 30), 5, date(2026, 1, 7), False),
        (date(2026, 2, 10), 5, date(2026, 2, 24), False),
        (date(2026, 2, 10), 20, date(2026, 3, 16), False),
        (date(2026, 4, 30), 7, date(2026, 5, 13), False),
        (date(2026, 9, 18), 5, date(2026, 9, 24), False),
        (date(2026, 9, 18), 20, date(2026, 10, 22), False),
        # 1 January 2027 is a holiday, but its notice is not out: the weekend rule alone, and marked so.
        (date(2026, 12, 30), 5, date(2027, 1, 6), True),
        (date(2026, 12, 24), 5, date(2026, 12, 31), False),
        (date(2026, 12, 24), 6, date(2027, 1, 1), True),
        (
            date(2023, 12, 31),
            5,
            date(2024, 1, 8),
            False,
        ),  # no notice covers the event day, which is not counted
        (date(2026, 9, 19), 1, date(2026, 9, 20), False),  # from a Saturday to a make-up Sunday
        (date(2026, 10, 1), 1, date(2026, 10, 8), False),  # from inside a holiday
    ],
)
def test_working_days(event_on: date, length: int, due_on: date, provisional: bool) -> None:
    deadline = due(event_on, length, WD, shipped_calendar())
    assert (deadline.due_on, deadline.provisional) == (due_on, provisional)


# 民法典 203: a last day that is a rest day moves to the first day after the rest.
@pytest.mark.parametrize(
    "event_on, length, due_on, provisional",
    [
        (date(2026, 9, 1), 10, date(2026, 9, 11), False),
        (date(2026, 9, 2), 10, date(2026, 9, 14), False),  # Saturday 12 September moves to Monday
        (date(2026, 9, 10), 10, date(2026, 9, 20), False),  # a make-up Sunday is no rest day
        (date(2026, 9, 21), 10, date(2026, 10, 8), False),  # 1 October moves past the whole holiday
        (date(2026, 9, 20), 10, date(2026, 9, 30), False),
        (date(2026, 12, 27), 5, date(2027, 1, 1), True),
        (date(2026, 12, 1), 30, date(2026, 12, 31), False),
        (
            date(2023, 12, 27),
            10,
            date(2024, 1, 8),
            False,
        ),  # only the last days' kind matters, and 2024 is announced
    ],
)
def test_calendar_days(event_on: date, length: int, due_on: date, provisional: bool) -> None:
    deadline = due(event_on, length, CD, shipped_calendar())
    assert (deadline.due_on, deadline.provisional) == (due_on, provisional)


# 民法典 201¶2: hours run from the stated moment, whatever the day.
@pytest.mark.parametrize(
    "event_at, length, due_at",
    [
        ("2026-09-18T09:00+08:00", 5, "2026-09-18T14:00+08:00"),
        ("2026-09-18T09:00+08:00", 24, "2026-09-19T09:00+08:00"),
        ("2026-09-30T22:30+08:00", 48, "2026-10-02T22:30+08:00"),  # across a holiday
        ("2026-09-18T01:00+00:00", 1, "2026-09-18T10:00+08:00"),
        ("2026-09-18T20:00+08:00", 4, "2026-09-19T00:00+08:00"),
        ("2026-12-31T20:00+08:00", 24, "2027-01-01T20:00+08:00"),
    ],
)
def test_hours(event_at: str, length: int, due_at: str) -> None:
    deadline = due(datetime.fromisoformat(event_at), length, HOUR, shipped_calendar())
    assert deadline.due_at == datetime.fromisoformat(due_at)
    assert deadline.due_at.utcoffset() == timedelta(hours=8)
    assert not deadline.provisional  # no notice can move hours


def test_hours_tell_what_each_day_contributed() -> None:
    deadline = due(datetime(2026, 9, 30, 22, 30, tzinfo=SHANGHAI), 48, HOUR, shipped_calendar())
    assert [(day.day.day, day.counted_time) for day in deadline.days] == [
        (30, timedelta(hours=1, minutes=30)),
        (1, timedelta(hours=24)),
        (2, timedelta(hours=22, minutes=30)),
    ]


def test_hours_that_end_at_midnight_end_on_the_day_that_closes() -> None:
    deadline = due(datetime(2026, 9, 18, 20, tzinfo=SHANGHAI), 4, HOUR, shipped_calendar())
    assert deadline.due_on == date(2026, 9, 18)


def test_the_last_day_lasts_until_its_midnight_in_china() -> None:
    """民法典 203¶2."""
    deadline = due(date(2026, 9, 18), 5, WD, shipped_calendar())
    assert deadline.due_at == datetime(2026, 9, 24, 16, tzinfo=UTC)


def test_an_instant_names_the_day_it_has_in_china() -> None:
    late = datetime(2026, 9, 17, 16, 30, tzinfo=UTC)  # half past midnight on the 18th in China
    assert due(late, 5, WD, shipped_calendar()).due_on == date(2026, 9, 24)


def test_every_day_says_what_it_is() -> None:
    deadline = due(date(2026, 9, 18), 5, WD, shipped_calendar())
    assert [(day.day.day, day.kind, day.name, day.ordinal) for day in deadline.days] == [
        (18, ExplainedKind.EVENT_DAY, "", None),
        (19, ExplainedKind.REST_DAY, "", None),
        (20, ExplainedKind.MAKE_UP_WORKDAY, "国庆节", 1),
        (21, ExplainedKind.WORKING_DAY, "", 2),
        (22, ExplainedKind.WORKING_DAY, "", 3),
        (23, ExplainedKind.WORKING_DAY, "", 4),
        (24, ExplainedKind.WORKING_DAY, "", 5),
    ]


def test_a_moved_last_day_shows_the_rest_it_moved_over() -> None:
    deadline = due(date(2026, 9, 21), 10, CD, shipped_calendar())
    tail = deadline.days[-8:]
    assert tail[0].ordinal == 10
    assert {day.kind for day in tail[:-1]} == {ExplainedKind.HOLIDAY}
    assert tail[-1].kind is ExplainedKind.MOVED_DUE_DAY
    assert not any(day.counted for day in tail[1:])


def test_without_any_notice_everything_is_provisional() -> None:
    deadline = due(date(2026, 9, 18), 5, WD, Calendar())
    assert (deadline.due_on, deadline.provisional, deadline.calendar_edition) == (date(2026, 9, 25), True, "")


@pytest.mark.parametrize(
    "event, length, unit, code",
    [
        (date(2026, 9, 18), 0, WD, "length_not_positive"),
        (date(2026, 9, 18), -5, CD, "length_not_positive"),
        (date(2026, 9, 18), 2.5, WD, "length_not_positive"),
        (date(2026, 9, 18), True, WD, "length_not_positive"),
        (date(2026, 9, 18), 3_661, WD, "length_too_long"),
        (date(2026, 9, 18), 10**30, CD, "length_too_long"),
        (datetime(2026, 9, 18, tzinfo=UTC), 87_841, HOUR, "length_too_long"),
        (date(2026, 9, 18), 5, HOUR, "hours_need_a_moment"),
        (datetime(2026, 9, 18, 9), 5, HOUR, "moment_without_offset"),  # noqa: DTZ001 (the fault under test)
        (datetime(2026, 9, 18, 9), 5, WD, "moment_without_offset"),  # noqa: DTZ001 (the fault under test)
        (date.max, 5, WD, "day_out_of_range"),
        (date.min, 5, CD, "day_out_of_range"),
        (datetime.max.replace(tzinfo=UTC), 5, HOUR, "day_out_of_range"),
        (datetime.min.replace(tzinfo=SHANGHAI), 5, WD, "day_out_of_range"),
    ],
)
def test_what_cannot_be_counted_is_refused_by_name(event: date, length: int, unit: Unit, code: str) -> None:
    with pytest.raises(DeadlineError) as refused:
        due(event, length, unit, shipped_calendar())
    assert refused.value.code == code
    assert refused.value.zh.endswith("。")
    assert refused.value.en.endswith(".")


@pytest.mark.parametrize("unit, length", [(WD, 3_660), (CD, 3_660)])
def test_the_longest_period_from_the_last_day_is_still_counted(unit: Unit, length: int) -> None:
    assert due(date(2199, 12, 31), length, unit, shipped_calendar()).provisional
