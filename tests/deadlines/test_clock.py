"""START, EXCLUDE, RESTART and EXTEND, each with the article that lets it happen."""

from datetime import date, datetime, timedelta

import pytest

from shared.deadlines import (
    SHANGHAI,
    ClockEntry,
    Deadline,
    DeadlineError,
    Exclude,
    ExplainedKind,
    Extend,
    Restart,
    Start,
    Unit,
    evaluate,
)
from shared.deadlines.shipped import shipped_calendar


def sep(day: int) -> date:
    return date(2026, 9, day)


def october(day: int) -> date:
    return date(2026, 10, day)


def start(on: date = date(2026, 9, 1), length: int = 20, unit: Unit = Unit.WORKING_DAY) -> Start:
    return Start(at=on, length=length, unit=unit, article="行政许可法 42")


def hours() -> Start:
    return Start(at=datetime(2026, 9, 1, tzinfo=SHANGHAI), length=1, unit=Unit.HOUR)


def exclude(first_on: date, last_on: date) -> Exclude:
    return Exclude(
        first_on=first_on, last_on=last_on, article="行政许可法 45", reason="听证", approver="staff:chen"
    )


def restart(on: date) -> Restart:
    return Restart(at=on, article="政府信息公开条例 30", reason="收到补正")


def extend(length: int) -> Extend:
    return Extend(length=length, article="行政许可法 42", reason="案情复杂", approver="staff:head")


def run(*entries: ClockEntry) -> Deadline:
    return evaluate(entries, shipped_calendar())


# Counted by hand: 20 September is a make-up Sunday, 25–27 Mid-Autumn, 1–7 October National Day, 10 October a make-up
# Saturday.  Twenty working days after 1 September: 2–4, 7–11, 14–18, 20–24, 28 and 29.
@pytest.mark.parametrize(
    "entries, due_on",
    [
        ([start()], sep(29)),
        # 行政许可法 45: the time of a hearing is not counted; both ends belong to it.
        ([start(), exclude(sep(8), sep(10))], october(9)),
        # A weekend, days before the first counted one and days after the end cost nothing.
        ([start(), exclude(sep(12), sep(13))], sep(29)),
        ([start(), exclude(date(2026, 8, 1), sep(1))], sep(29)),
        ([start(), exclude(sep(30), sep(30))], sep(29)),
        # Two overlapping procedures stop the clock once.
        ([start(), exclude(sep(8), sep(10)), exclude(sep(9), sep(11))], october(10)),
        # 行政许可法 42: ten more working days, approved by the head of the organ.
        ([start(), extend(10)], october(19)),
        # 政府信息公开条例 30: the whole period begins again on the day the correction is received.
        ([start(), restart(sep(7))], october(10)),
        ([start(), restart(sep(3)), restart(sep(7))], october(10)),
        # What was extended survives the restart, whichever came first.
        ([start(length=10), extend(10), restart(sep(7))], october(10)),
        ([start(length=10), restart(sep(7)), extend(10)], october(10)),
        # Days excluded before the restart have nothing left to stop; days after it have.
        ([start(), exclude(sep(2), sep(4)), restart(sep(7))], october(10)),
        ([start(), exclude(sep(4), sep(8)), restart(sep(7))], october(12)),
    ],
)
def test_working_day_clocks(entries: list[ClockEntry], due_on: date) -> None:
    assert run(*entries).due_on == due_on


def test_the_last_recorded_restart_wins_even_when_it_lies_earlier() -> None:
    deadline = run(start(), restart(sep(7)), restart(sep(3)))
    assert deadline.due_on == run(start(), restart(sep(3))).due_on
    assert [day.day for day in deadline.days if day.kind is ExplainedKind.RESTART_DAY] == [sep(3)]


def test_excluded_days_carry_the_article_and_the_reason() -> None:
    deadline = run(start(), exclude(sep(8), sep(10)))
    excluded = [day for day in deadline.days if day.kind is ExplainedKind.EXCLUDED]
    assert [day.day.day for day in excluded] == [8, 9, 10]
    assert {(day.article, day.reason, day.counted) for day in excluded} == {("行政许可法 45", "听证", False)}


def test_days_before_a_restart_are_set_aside_and_the_restart_day_is_not_counted() -> None:
    deadline = run(start(sep(1)), restart(sep(4)))
    assert [day.kind for day in deadline.days[:5]] == [
        ExplainedKind.EVENT_DAY,
        ExplainedKind.SET_ASIDE,
        ExplainedKind.SET_ASIDE,
        ExplainedKind.RESTART_DAY,
        ExplainedKind.REST_DAY,
    ]
    assert deadline.days[3].reason == "收到补正"


def test_calendar_days_stand_still_too_and_end_on_no_excluded_day() -> None:
    begin = start(sep(2), 10, Unit.CALENDAR_DAY)
    assert run(begin, exclude(sep(5), sep(6))).due_on == sep(14)
    # Saturday 12 is the last day; Monday 14, to which it would move, is excluded.
    assert run(begin, exclude(sep(14), sep(14))).due_on == sep(15)


def test_a_clock_in_hours_stands_still_on_excluded_days_and_restarts_at_a_moment() -> None:
    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 9, day, hour, tzinfo=SHANGHAI)

    begin = Start(at=at(1, 9), length=24, unit=Unit.HOUR)
    stopped = run(begin, exclude(sep(2), sep(3)))
    assert stopped.due_at == at(4, 9)
    assert stopped.days[0].counted_time == timedelta(hours=15)
    assert run(begin, Restart(at=at(2, 8))).due_at == at(3, 8)
    assert run(begin, Restart(at=at(1, 20)), Extend(length=24)).due_at == at(3, 20)
    assert run(begin, exclude(sep(1), sep(1))).due_at == at(3, 0)


def test_a_restart_taken_back_by_a_later_record_names_no_day_of_a_clock_in_hours() -> None:
    begin = Start(at=datetime(2026, 9, 1, 9, tzinfo=SHANGHAI), length=48, unit=Unit.HOUR)
    second = Restart(at=datetime(2026, 9, 2, 8, tzinfo=SHANGHAI))
    first = Restart(at=datetime(2026, 9, 1, 20, tzinfo=SHANGHAI))
    assert run(begin, second, first).days[1].kind is ExplainedKind.WORKING_DAY


def test_excluded_days_that_no_notice_covers_make_nothing_provisional() -> None:
    begin = start(date(2023, 12, 20), 5)
    assert run(begin).provisional
    assert not run(begin, exclude(date(2023, 12, 21), date(2023, 12, 31))).provisional


@pytest.mark.parametrize(
    "entries, code",
    [
        ([], "clock_not_started"),
        ([extend(5)], "clock_not_started"),
        ([start(), start()], "clock_started_twice"),
        ([start(), restart(date(2026, 8, 31))], "restart_before_start"),
        ([start(), extend(0)], "length_not_positive"),
        ([start(), extend(3_650)], "length_too_long"),
        ([start(), exclude(sep(8), sep(7))], "exclusion_ends_before_it_begins"),
        ([start(), exclude(sep(8), date.max)], "day_out_of_range"),
        ([start(), exclude(sep(8), date(2199, 12, 31))], "deadline_out_of_range"),
        ([start(), restart(date.max)], "day_out_of_range"),
        (
            [hours(), restart(sep(2))],
            "hours_need_a_moment",
        ),
    ],
)
def test_entries_that_make_no_clock_are_refused_by_name(entries: list[ClockEntry], code: str) -> None:
    with pytest.raises(DeadlineError) as refused:
        run(*entries)
    assert refused.value.code == code
