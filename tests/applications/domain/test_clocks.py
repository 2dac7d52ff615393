"""What happens to a case's clock on its way: days left out, an extension, a new beginning, a newer calendar."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.applications.domain import clocks
from services.applications.domain.clocks import Clock
from services.applications.domain.item import Limit
from shared.deadlines import Calendar, CalendarYear, ExplainedKind
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import explain_day

CALENDAR = shipped_calendar()
FRIDAY = date(2026, 9, 18)
TWENTY = Limit(20, "working_day")
HEARING: dict[str, Any] = {
    "article": "行政许可法 45",
    "reason": "hearing",
    "approver": "staff:head",
    "document_no": "亳人防许特〔2026〕3号",
    "calendar": CALENDAR,
}
EXTENSION: dict[str, Any] = HEARING | {
    "article": "行政许可法 42",
    "reason": "complex",
    "document_no": "亳人防许延〔2026〕1号",
}
STORED = TypeAdapter(Clock)


def statutory(on: date = FRIDAY, calendar: Calendar = CALENDAR) -> Clock:
    return clocks.start("statutory", on, TWENTY, calendar)


def with_2027(*off: str, work: tuple[str, ...] = ()) -> Calendar:
    notice = {"title": "通知", "number": "1号", "issued_on": "2026-11-27"}
    holidays = [{"holiday": "元旦", "off": list(off), "work": list(work)}]
    record = {"year": 2027, "version": 1, "notice": notice, "holidays": holidays}
    return CALENDAR.with_year(CalendarYear.from_record(record))


def test_a_hearing_of_three_working_days_moves_the_date_by_three_working_days() -> None:
    """LIC-13: both ends of the told stretch are left out."""
    stopped = clocks.excluded(statutory(), date(2026, 10, 12), date(2026, 10, 14), **HEARING)
    assert (statutory().due_on, stopped.due_on) == (date(2026, 10, 22), date(2026, 10, 27))
    assert stopped.stands_still_on(date(2026, 10, 14))
    assert not stopped.stands_still_on(date(2026, 10, 15))


def test_each_day_left_out_names_its_procedure_article_and_document() -> None:
    """LIC-13, lessons 2: the date explains itself."""
    stopped = clocks.excluded(statutory(), date(2026, 10, 12), date(2026, 10, 14), **HEARING)
    left_out = [day for day in clocks.explain(stopped, CALENDAR).days if day.kind is ExplainedKind.EXCLUDED]
    assert [day.day.day for day in left_out] == [12, 13, 14]
    assert {(day.article, day.reason, day.document) for day in left_out} == {
        ("行政许可法 45", "听证", "亳人防许特〔2026〕3号")
    }
    assert explain_day(left_out[0]).zh == "依法扣除：听证（行政许可法 45，亳人防许特〔2026〕3号）"
    assert "hearing" in explain_day(left_out[0]).en


def test_a_procedure_that_ended_early_gives_the_rest_of_its_time_back() -> None:
    told = clocks.excluded(statutory(), date(2026, 10, 12), date(2026, 10, 16), **HEARING)
    early = clocks.shortened_exclusion(told, date(2026, 10, 13), calendar=CALENDAR)
    assert (told.due_on, early.due_on) == (date(2026, 10, 29), date(2026, 10, 26))
    assert early.entries[0].told_until == date(2026, 10, 16)
    assert clocks.shortened_exclusion(early, date(2026, 10, 12), calendar=CALENDAR).entries[
        0
    ].told_until == date(2026, 10, 16)


def test_a_procedure_that_lasts_longer_than_told_leaves_out_no_day_more() -> None:
    """LIC-13: a suspension that was not told does not stop the clock."""
    told = clocks.excluded(statutory(), date(2026, 10, 12), date(2026, 10, 14), **HEARING)
    assert clocks.shortened_exclusion(told, date(2026, 10, 20), calendar=CALENDAR) == told


def test_a_procedure_that_never_began_leaves_out_nothing() -> None:
    told = clocks.excluded(statutory(), date(2026, 10, 12), date(2026, 10, 14), **HEARING)
    assert clocks.shortened_exclusion(told, date(2026, 10, 11), calendar=CALENDAR) == statutory()


def test_the_exclusion_that_a_document_told_is_the_one_that_is_shortened() -> None:
    first = clocks.excluded(statutory(), date(2026, 10, 12), date(2026, 10, 14), **HEARING)
    both = clocks.excluded(
        first, date(2026, 10, 19), date(2026, 10, 21), **(HEARING | {"document_no": "4号"})
    )
    early = clocks.shortened_exclusion(
        both, date(2026, 10, 12), document_no=HEARING["document_no"], calendar=CALENDAR
    )
    assert [entry.last_on for entry in early.entries] == [date(2026, 10, 12), date(2026, 10, 21)]
    nothing = clocks.shortened_exclusion(both, date(2026, 10, 12), document_no="5号", calendar=CALENDAR)
    assert nothing == both


def test_twenty_days_and_ten_more() -> None:
    """LIC-08: twenty working days and ten more."""
    longer = clocks.extended(statutory(), 10, **EXTENSION)
    assert longer.due_on == clocks.start("statutory", FRIDAY, Limit(30, "working_day"), CALENDAR).due_on
    assert [entry.length for entry in longer.extensions] == [10]


def test_a_new_beginning_counts_the_whole_period_and_its_extension_again() -> None:
    longer = clocks.extended(statutory(), 10, **EXTENSION)
    again = clocks.restarted(longer, date(2026, 10, 9), **(EXTENSION | {"article": "政府信息公开条例 30"}))
    fresh = clocks.start("statutory", date(2026, 10, 9), Limit(30, "working_day"), CALENDAR)
    assert again.due_on == fresh.due_on
    twice = clocks.restarted(again, date(2026, 9, 30), **EXTENSION)
    assert twice.due_on < again.due_on


def test_a_clock_stored_before_operations_were_kept_reads_and_counts_as_it_did() -> None:
    written = STORED.dump_python(statutory(), mode="json")
    del written["entries"]
    assert STORED.validate_python(written) == statutory()


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 20), st.sampled_from(["exclude", "extend", "restart"])),
        max_size=5,
    )
)
def test_a_stored_clock_is_the_same_clock_and_its_date_is_that_of_its_entries(
    steps: list[tuple[int, int, str]],
) -> None:
    clock = statutory()
    for after, length, kind in steps:
        day = date.fromordinal(FRIDAY.toordinal() + after)
        match kind:
            case "exclude":
                end = date.fromordinal(day.toordinal() + length)
                clock = clocks.excluded(clock, day, end, **HEARING)
            case "extend":
                clock = clocks.extended(clock, length + 1, **EXTENSION)
            case _:
                clock = clocks.restarted(clock, day, **EXTENSION)
    assert STORED.validate_json(STORED.dump_json(clock)) == clock
    assert clocks.explain(clock, CALENDAR).due_on == clock.due_on


def test_the_organs_own_date_becomes_exact_in_both_directions() -> None:
    clock = statutory(date(2026, 12, 16))
    later = clocks.recomputed(clock, with_2027("2027-01-01"))
    earlier = clocks.recomputed(clock, with_2027("2027-01-01", work=("2027-01-02", "2027-01-03")))
    assert clock.provisional
    assert clock.due_on == date(2027, 1, 13)
    assert (later.due_on, earlier.due_on) == (date(2027, 1, 14), date(2027, 1, 12))
    assert not later.provisional
    assert later.calendar.endswith("2027v1")


def test_a_date_told_to_the_applicant_moves_away_but_is_never_cut_short() -> None:
    """Domain rules §2.1(8) and (9)."""
    told = clocks.start("correction", date(2026, 12, 16), Limit(15, "working_day"), CALENDAR)
    later = clocks.recomputed(told, with_2027("2027-01-01"))
    calendar = with_2027("2027-01-01", work=("2027-01-02", "2027-01-03"))
    kept = clocks.recomputed(told, calendar)
    assert (told.due_on, later.due_on, kept.due_on) == (
        date(2027, 1, 6),
        date(2027, 1, 7),
        date(2027, 1, 6),
    )
    explained = clocks.explain(kept, calendar)
    assert explained.due_on == date(2027, 1, 6)
    assert [day.day for day in explained.days if day.kind is ExplainedKind.KEPT_AS_TOLD] == [date(2027, 1, 6)]


def test_a_told_date_that_was_kept_is_kept_by_the_next_notice_too() -> None:
    told = clocks.start("supply", date(2026, 12, 16), Limit(15, "working_day"), CALENDAR)
    kept = clocks.recomputed(told, with_2027("2027-01-01", work=("2027-01-02", "2027-01-03")))
    assert clocks.last_day(kept, with_2027("2027-01-01")) == told.due_on


@pytest.mark.parametrize("name", ["statutory", "correction"])
def test_a_stopped_clock_is_history_and_no_notice_moves_it(name: str) -> None:
    clock = replace(clocks.start(name, date(2026, 12, 16), TWENTY, CALENDAR), stopped_on=date(2026, 12, 20))
    assert clocks.recomputed(clock, with_2027("2027-01-01")) == clock


def test_only_running_clocks_of_the_named_kinds_change() -> None:
    running, stopped = statutory(), replace(statutory(), stopped_on=FRIDAY)
    promised = replace(statutory(), name="promised")
    changed = clocks.change_running(
        (running, stopped, promised), ("statutory",), lambda clock: clocks.extended(clock, 10, **EXTENSION)
    )
    assert [len(clock.entries) for clock in changed] == [1, 0, 0]


@st.composite
def notices(draw: st.DrawFn) -> Calendar:
    """A notice of 2027 that no office ever issued: any days off, any weekend days worked."""
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(60)]
    off = draw(st.sets(st.sampled_from(days), max_size=20))
    work = draw(st.sets(st.sampled_from([day for day in days if day.weekday() >= 5 and day not in off])))
    return with_2027(*(day.isoformat() for day in off), work=tuple(day.isoformat() for day in sorted(work)))


@given(st.dates(date(2026, 11, 1), date(2026, 12, 31)), notices(), notices())
def test_the_promise_is_never_later_than_the_statute_whatever_notices_come(
    on: date, first: Calendar, second: Calendar
) -> None:
    promised = clocks.start("promised", on, Limit(7, "working_day"), CALENDAR)
    statute = statutory(on)
    for calendar in (first, second):
        # Two drafts bear one name here; a real second notice has a version of its own.
        promised, statute = replace(promised, calendar=""), replace(statute, calendar="")
        promised = clocks.recomputed(promised, calendar)
        statute = clocks.recomputed(statute, calendar)
        assert promised.due_on <= statute.due_on
        assert clocks.explain(statute, calendar).due_on == statute.due_on
        assert statute.due_on == clocks.start("statutory", on, TWENTY, calendar).due_on


@given(st.dates(date(2026, 11, 1), date(2026, 12, 31)), st.lists(notices(), min_size=1, max_size=3))
def test_a_told_date_only_ever_moves_away_and_explains_itself(on: date, calendars: list[Calendar]) -> None:
    told = clocks.start("correction", on, Limit(15, "working_day"), CALENDAR)
    for calendar in calendars:
        before, told = told.due_on, clocks.recomputed(replace(told, calendar=""), calendar)
        explained = clocks.explain(told, calendar)
        assert told.due_on >= before
        assert explained.due_on == told.due_on == explained.days[-1].day
        assert [day.day for day in explained.days] == [
            on + timedelta(days=number) for number in range((told.due_on - on).days + 1)
        ]
        assert sum(day.counted for day in explained.days) == 15
