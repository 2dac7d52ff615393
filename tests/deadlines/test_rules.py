"""The nine rules of counting (domain rules §2.1), each on a table that was worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.deadlines import (
    SHANGHAI,
    CalendarYear,
    DeadlineError,
    Exclude,
    ExplainedKind,
    Extend,
    Restart,
    Start,
    Unit,
    corresponding_day,
    due,
    evaluate,
    in_time,
    kept_until,
)
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import explain_day

CALENDAR = shipped_calendar()


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("event", "unit", "first_counted"),
    [
        ("2026-09-21", Unit.WORKING_DAY, "2026-09-22"),
        ("2026-09-18", Unit.WORKING_DAY, "2026-09-20"),  # Saturday is skipped, the make-up Sunday counts
        ("2026-09-30", Unit.WORKING_DAY, "2026-10-08"),
        ("2026-09-18", Unit.CALENDAR_DAY, "2026-09-19"),
        ("2026-09-18", Unit.MONTH, "2026-09-19"),
    ],
)
def test_rule_1_the_day_of_the_event_is_not_counted(event: str, unit: Unit, first_counted: str) -> None:
    days = due(day(event), 1, unit, CALENDAR).days
    assert days[0].kind is ExplainedKind.EVENT_DAY
    assert not days[0].counted
    assert next(one.day for one in days if one.counted) == day(first_counted)


@pytest.mark.parametrize(
    ("at", "hours", "ends"),
    [
        ("2026-09-30T17:30+08:00", 5, "2026-09-30T22:30+08:00"),
        ("2026-09-30T22:00+08:00", 48, "2026-10-02T22:00+08:00"),  # through the holiday
        ("2026-12-31T23:59+08:00", 24, "2027-01-01T23:59+08:00"),
    ],
)
def test_rule_2_hours_start_at_once_and_run_through_rest_days(at: str, hours: int, ends: str) -> None:
    deadline = due(datetime.fromisoformat(at), hours, Unit.HOUR, CALENDAR)
    assert deadline.due_at == datetime.fromisoformat(ends)
    assert not deadline.provisional


@pytest.mark.parametrize(
    ("event", "length", "unit", "due_on"),
    [
        ("2026-09-21", 10, Unit.CALENDAR_DAY, "2026-10-08"),  # the 10th day is 1 October
        ("2026-09-24", 3, Unit.CALENDAR_DAY, "2026-09-28"),  # Sunday of Mid-Autumn
        ("2026-09-19", 1, Unit.CALENDAR_DAY, "2026-09-20"),  # a make-up Sunday is no rest day
        ("2025-08-31", 1, Unit.MONTH, "2025-09-30"),  # September has no 31st
        ("2025-12-31", 2, Unit.MONTH, "2026-02-28"),  # a make-up Saturday
        ("2024-01-31", 1, Unit.MONTH, "2024-02-29"),
        ("2025-03-02", 6, Unit.MONTH, "2025-09-02"),
        ("2025-04-01", 6, Unit.MONTH, "2025-10-09"),  # National Day 2025 lasts until the 8th
        ("2024-02-29", 1, Unit.YEAR, "2025-02-28"),
        ("2025-10-01", 1, Unit.YEAR, "2026-10-08"),
        ("2024-11-25", 2, Unit.YEAR, "2026-11-25"),
    ],
)
def test_rule_3_the_last_day_moves_past_a_rest_and_months_end_on_the_corresponding_day(
    event: str, length: int, unit: Unit, due_on: str
) -> None:
    assert due(day(event), length, unit, CALENDAR).due_on == day(due_on)


@pytest.mark.parametrize(
    ("begun", "years", "months", "last"),
    [
        ("2026-11-24", 1, 0, "2027-11-24"),
        ("2026-11-24", 3, 0, "2029-11-24"),
        ("2024-02-29", 1, 0, "2025-02-28"),
        ("2024-02-29", 4, 0, "2028-02-29"),
        (
            "2025-10-01",
            1,
            0,
            "2026-10-01",
        ),  # a holiday: a ban is no period for doing something and does not move
        ("2026-12-31", 0, 2, "2027-02-28"),
        ("2026-01-15", 0, -1, "2025-12-15"),
        ("2198-06-01", 1, 0, "2199-06-01"),
        ("2001-06-01", -1, 0, "2000-06-01"),
    ],
)
def test_rule_3_a_ban_lasts_until_the_corresponding_day(
    begun: str, years: int, months: int, last: str
) -> None:
    assert corresponding_day(day(begun), years=years, months=months) == day(last)


@pytest.mark.parametrize(
    ("years", "months"), [(174, 0), (1000, 0), (0, 12_000), (-27, 0), (-100, 0), (10**9, 0)]
)
def test_rule_3_a_corresponding_day_beyond_all_calendars_is_refused(years: int, months: int) -> None:
    with pytest.raises(DeadlineError, match="day_out_of_range"):
        corresponding_day(day("2026-01-15"), years=years, months=months)


@pytest.mark.parametrize(
    ("excluded_days", "due_on"), [(0, "2026-09-18"), (3, "2026-09-21"), (4, "2026-09-22"), (8, "2026-09-28")]
)
def test_rule_3_days_left_out_of_a_month_move_its_end_by_as_many(excluded_days: int, due_on: str) -> None:
    begun: list[Start | Exclude] = [Start(at=day("2026-08-18"), length=1, unit=Unit.MONTH)]
    if excluded_days:
        last_on = day("2026-09-01") + timedelta(days=excluded_days - 1)
        begun.append(Exclude(first_on=day("2026-09-01"), last_on=last_on))
    assert evaluate(begun, CALENDAR).due_on == day(due_on)


def test_rule_3_an_extension_of_a_month_is_months_from_the_start() -> None:
    entries = [Start(at=day("2026-01-31"), length=1, unit=Unit.MONTH), Extend(length=2)]
    assert evaluate(entries, CALENDAR).due_on == day("2026-04-30")


@pytest.mark.parametrize(
    ("acted_at", "posted_on", "kept"),
    [
        ("2026-10-22T23:59:59+08:00", None, True),
        ("2026-10-23T00:00:00+08:00", None, False),
        ("2026-10-22T15:59:59+00:00", None, True),
        ("2026-10-22T16:00:00+00:00", None, False),
    ],
)
def test_rule_4_the_last_day_ends_at_midnight_in_china(
    acted_at: str, posted_on: str | None, kept: bool
) -> None:
    deadline = due(day("2026-09-18"), 20, Unit.WORKING_DAY, CALENDAR)
    assert deadline.due_at == datetime(2026, 10, 22, 16, tzinfo=UTC)
    assert in_time(deadline, datetime.fromisoformat(acted_at)) is kept


@pytest.mark.parametrize(
    ("year", "working_days", "make_up"), [(2024, 251, 8), (2025, 248, 5), (2026, 248, 6)]
)
def test_rule_5_working_days_are_weekdays_outside_holidays_and_make_up_days(
    year: int, working_days: int, make_up: int
) -> None:
    days = [CALENDAR.day(date(year, 1, 1) + timedelta(days=n)) for n in range(366)]
    days = [one for one in days if one.on.year == year]
    assert sum(one.is_working for one in days) == working_days
    assert sum(one.kind == "make_up_workday" for one in days) == make_up


def test_rule_6_a_message_counts_on_the_day_it_entered_the_system_in_china() -> None:
    late_in_utc = datetime(2026, 9, 18, 16, 30, tzinfo=UTC)
    same = due(late_in_utc, 5, Unit.WORKING_DAY, CALENDAR)
    assert same.days[0].day == day("2026-09-19")


@pytest.mark.parametrize(("posted_on", "kept"), [("2026-10-22", True), ("2026-10-23", False)])
def test_rule_7_what_was_posted_before_the_end_is_in_time(posted_on: str, kept: bool) -> None:
    deadline = due(day("2026-09-18"), 20, Unit.WORKING_DAY, CALENDAR)
    arrived = datetime(2026, 10, 26, 9, tzinfo=SHANGHAI)
    assert in_time(deadline, arrived, posted_on=day(posted_on)) is kept


@pytest.mark.parametrize(
    ("event", "length", "unit", "provisional"),
    [
        ("2026-12-01", 20, Unit.WORKING_DAY, False),
        ("2026-12-30", 1, Unit.WORKING_DAY, False),
        ("2026-12-30", 2, Unit.WORKING_DAY, True),
        ("2026-12-21", 10, Unit.CALENDAR_DAY, False),
        ("2026-12-21", 11, Unit.CALENDAR_DAY, True),  # whether 1 January is a rest day is not announced
        ("2026-11-30", 1, Unit.MONTH, False),
        ("2026-12-01", 1, Unit.MONTH, True),
    ],
)
def test_rule_8_a_date_that_rests_on_a_year_without_notice_is_provisional(
    event: str, length: int, unit: Unit, provisional: bool
) -> None:
    assert due(day(event), length, unit, CALENDAR).provisional is provisional


def test_rule_9_a_notice_moves_the_date_of_the_same_entries() -> None:
    entries = [Start(at=day("2026-12-30"), length=5, unit=Unit.WORKING_DAY)]
    notice = {"title": "通知", "number": "1号", "issued_on": "2026-11-30"}
    holidays = [{"holiday": "元旦", "off": ["2027-01-01"], "work": []}]
    year = CalendarYear.from_record({"year": 2027, "version": 1, "notice": notice, "holidays": holidays})
    before, after = evaluate(entries, CALENDAR), evaluate(entries, CALENDAR.with_year(year))
    assert (before.due_on, before.provisional) == (day("2027-01-06"), True)
    assert (after.due_on, after.provisional) == (day("2027-01-07"), False)
    assert (before.calendar_edition, after.calendar_edition) == (
        "2024v1 2025v1 2026v1",
        "2024v1 2025v1 2026v1 2027v1",
    )


@pytest.mark.parametrize(
    ("stretches", "due_on"),
    [
        ([("2026-10-12", "2026-10-14"), ("2026-10-14", "2026-10-16")], "2026-10-29"),  # overlapping: once
        ([("2026-10-12", "2026-10-16"), ("2026-10-13", "2026-10-13")], "2026-10-29"),  # one inside another
        ([("2026-09-01", "2026-09-18")], "2026-10-22"),  # before the start
        ([("2026-10-23", "2026-12-31")], "2026-10-22"),  # after the end
        ([("2026-10-22", "2026-10-25")], "2026-10-26"),  # over the last day
        ([("2026-10-01", "2026-10-07")], "2026-10-22"),  # nothing but rest days
        ([("2026-09-01", "2026-10-22")], "2026-11-19"),  # over everything: the whole period comes after it
    ],
)
def test_excluded_stretches_may_overlap_lie_outside_or_cover_the_end(
    stretches: list[tuple[str, str]], due_on: str
) -> None:
    stops = [Exclude(first_on=day(first), last_on=day(last)) for first, last in stretches]
    start = Start(at=day("2026-09-18"), length=20, unit=Unit.WORKING_DAY)
    assert evaluate([start, *stops], CALENDAR).due_on == day(due_on)


@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH])
def test_an_exclusion_that_does_not_end_is_refused(unit: Unit) -> None:
    stop = Exclude(first_on=day("2026-09-20"), last_on=day("2199-12-31"))
    with pytest.raises(DeadlineError, match="deadline_out_of_range"):
        evaluate([Start(at=day("2026-09-18"), length=5, unit=unit), stop], CALENDAR)


def test_hours_stand_still_on_whole_excluded_days_the_first_one_too() -> None:
    start = Start(at=datetime(2026, 9, 18, 9, tzinfo=SHANGHAI), length=24, unit=Unit.HOUR)
    on_the_first = Exclude(first_on=day("2026-09-18"), last_on=day("2026-09-18"))
    assert evaluate([start, on_the_first], CALENDAR).due_at == datetime(2026, 9, 20, tzinfo=SHANGHAI)
    on_the_last = Exclude(first_on=day("2026-09-19"), last_on=day("2026-09-20"))
    assert evaluate([start, on_the_last], CALENDAR).due_at == datetime(2026, 9, 21, 9, tzinfo=SHANGHAI)


def test_a_told_date_that_is_kept_explains_the_days_after_the_count() -> None:
    counted = due(day("2026-09-18"), 20, Unit.WORKING_DAY, CALENDAR)
    kept = kept_until(counted, day("2026-10-26"), CALENDAR)
    assert (kept.due_on, kept.due_at) == (
        day("2026-10-26"),
        datetime(2026, 10, 27, tzinfo=SHANGHAI),
    )
    assert [one.kind for one in kept.days[-4:]] == [ExplainedKind.KEPT_AS_TOLD] * 4
    assert explain_day(kept.days[-1]).zh == "已告知的日期不缩短"
    assert kept_until(counted, counted.due_on, CALENDAR) == counted


def test_the_last_new_beginning_recorded_holds_though_its_day_is_earlier() -> None:
    start = Start(at=day("2026-09-18"), length=20, unit=Unit.WORKING_DAY)
    both = [start, Restart(at=day("2026-10-20")), Extend(length=2), Restart(at=day("2026-10-09"))]
    assert evaluate(both, CALENDAR).due_on == due(day("2026-10-09"), 22, Unit.WORKING_DAY, CALENDAR).due_on
