"""What holds of every deadline, tried on dates, lengths and clocks nobody thought of."""

import contextlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

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
    add_working_days,
    corresponding_day,
    due,
    evaluate,
    subtract_working_days,
    working_days_between,
)
from shared.deadlines.months import deadline_sheets
from shared.deadlines.scenario import parse_scenario, read_scenario
from shared.deadlines.shipped import shipped_calendar

CALENDAR = shipped_calendar()
DAYS = st.dates(date(2023, 10, 1), date(2027, 6, 30))
LENGTHS = st.integers(1, 120)
DAY_UNITS = st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY])
LONG_UNITS = st.sampled_from([Unit.MONTH, Unit.YEAR])
MOMENTS = st.integers(0, 1_500_000).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
)


@st.composite
def exclusions(draw: st.DrawFn) -> Exclude:
    first_on = draw(DAYS)
    return Exclude(first_on=first_on, last_on=first_on + timedelta(days=draw(st.integers(0, 40))))


@st.composite
def day_clocks(draw: st.DrawFn) -> list[ClockEntry]:
    start = Start(at=draw(DAYS), length=draw(LENGTHS), unit=draw(DAY_UNITS))
    restarts = st.integers(0, 60).map(lambda days: Restart(at=start.at + timedelta(days=days)))
    later = st.one_of(exclusions(), restarts, st.builds(Extend, length=st.integers(1, 30)))
    return [start, *draw(st.lists(later, max_size=6))]


def explained_without_gap(deadline: Deadline, first: date) -> bool:
    span = (deadline.due_on - first).days + 1
    return [day.day for day in deadline.days] == [first + timedelta(days=n) for n in range(span)]


@given(day_clocks())
def test_every_day_from_start_to_due_is_explained_once_and_the_count_is_the_length(
    entries: list[ClockEntry],
) -> None:
    deadline, start = evaluate(entries, CALENDAR), entries[0]
    assert isinstance(start, Start)
    assert isinstance(start.at, date)
    length = start.length + sum(entry.length for entry in entries if isinstance(entry, Extend))
    assert explained_without_gap(deadline, start.at)
    assert [day.ordinal for day in deadline.days if day.counted] == list(range(1, length + 1))
    assert all(day.ordinal is None for day in deadline.days if not day.counted)
    assert deadline.days[0].kind is ExplainedKind.EVENT_DAY


@given(day_clocks())
def test_a_period_ends_on_a_working_day_and_working_day_clocks_count_nothing_else(
    entries: list[ClockEntry],
) -> None:
    deadline = evaluate(entries, CALENDAR)
    assert CALENDAR.is_working_day(deadline.due_on)
    if deadline.unit is Unit.WORKING_DAY:
        assert all(CALENDAR.is_working_day(day.day) for day in deadline.days if day.counted)


@given(day_clocks())
def test_no_excluded_day_is_counted(entries: list[ClockEntry]) -> None:
    stops = [entry for entry in entries if isinstance(entry, Exclude)]
    for day in evaluate(entries, CALENDAR).days:
        assert not (day.counted and any(stop.first_on <= day.day <= stop.last_on for stop in stops))


@given(DAYS, LENGTHS, st.data())
def test_excluding_one_counted_working_day_moves_the_date_by_one_working_day(
    event_on: date, length: int, data: st.DataObject
) -> None:
    start = Start(at=event_on, length=length, unit=Unit.WORKING_DAY)
    before = evaluate([start], CALENDAR)
    day = data.draw(st.sampled_from([day.day for day in before.days if day.counted]))
    after = evaluate([start, Exclude(first_on=day, last_on=day)], CALENDAR)
    assert after.due_on == add_working_days(before.due_on, 1, CALENDAR)


@given(DAYS, LENGTHS, st.integers(1, 10), DAY_UNITS)
def test_a_longer_period_never_ends_earlier(event_on: date, length: int, more: int, unit: Unit) -> None:
    shorter, longer = due(event_on, length, unit, CALENDAR), due(event_on, length + more, unit, CALENDAR)
    assert shorter.due_on <= longer.due_on
    if unit is Unit.WORKING_DAY:
        assert longer.due_on == add_working_days(shorter.due_on, more, CALENDAR)


@given(DAYS, st.integers(0, 30), LENGTHS, DAY_UNITS)
def test_a_later_start_never_ends_earlier(event_on: date, later: int, length: int, unit: Unit) -> None:
    second = event_on + timedelta(days=later)
    assert due(event_on, length, unit, CALENDAR).due_on <= due(second, length, unit, CALENDAR).due_on


@given(DAYS, LENGTHS)
def test_working_days_are_never_shorter_than_calendar_days_before_the_rest_rule(
    event_on: date, length: int
) -> None:
    assert due(event_on, length, Unit.WORKING_DAY, CALENDAR).due_on >= event_on + timedelta(days=length)


@given(MOMENTS, st.integers(1, 24 * 60))
def test_hours_are_hours_across_every_night_rest_day_and_holiday(at: datetime, length: int) -> None:
    deadline = due(at, length, Unit.HOUR, CALENDAR)
    assert deadline.due_at - at == timedelta(hours=length)
    assert explained_without_gap(deadline, at.date())
    assert sum((day.counted_time or timedelta() for day in deadline.days), timedelta()) == timedelta(
        hours=length
    )


@given(MOMENTS, st.integers(1, 24 * 20), st.lists(exclusions(), max_size=4))
def test_hours_outside_the_excluded_days_are_the_length(
    at: datetime, length: int, stops: list[Exclude]
) -> None:
    deadline = evaluate([Start(at=at, length=length, unit=Unit.HOUR), *stops], CALENDAR)
    assert sum((day.counted_time or timedelta() for day in deadline.days), timedelta()) == timedelta(
        hours=length
    )
    assert not any(
        day.counted and stop.first_on <= day.day <= stop.last_on for day in deadline.days for stop in stops
    )


@given(DAYS, LENGTHS)
def test_a_date_is_provisional_exactly_when_it_lies_beyond_the_notices(event_on: date, length: int) -> None:
    deadline = due(event_on, length, Unit.WORKING_DAY, CALENDAR)
    known = [date(2024, 1, 1) <= day.day <= date(2026, 12, 31) for day in deadline.days[1:]]
    assert deadline.provisional is not all(known)


@given(DAYS, st.integers(0, 200))
def test_subtracting_undoes_adding_from_a_working_day(day: date, number: int) -> None:
    working = add_working_days(day, 1, CALENDAR)
    there = add_working_days(working, number, CALENDAR)
    assert subtract_working_days(there, number, CALENDAR) == working
    assert working_days_between(working, there, CALENDAR) == number


@given(day_clocks())
def test_month_sheets_hold_every_explained_day_once_under_its_weekday(entries: list[ClockEntry]) -> None:
    deadline = evaluate(entries, CALENDAR)
    sheets = deadline_sheets(deadline, CALENDAR)
    weeks = [week for sheet in sheets for week in sheet.weeks]
    assert all(len(week) == 7 for week in weeks)
    assert all(cell.on.weekday() == column for week in weeks for column, cell in enumerate(week) if cell)
    assert (
        tuple(cell.explained for week in weeks for cell in week if cell and cell.explained) == deadline.days
    )


@given(day_clocks(), exclusions(), st.data())
def test_an_exclusion_recorded_at_any_time_never_shortens_a_period(
    entries: list[ClockEntry], more: Exclude, data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(entries)))
    longer = [*entries[:place], more, *entries[place:]]
    assert evaluate(longer, CALENDAR).due_on >= evaluate(entries, CALENDAR).due_on


@given(day_clocks(), st.integers(1, 30), st.data())
def test_an_extension_never_shortens_and_survives_wherever_it_was_recorded(
    entries: list[ClockEntry], more: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(entries)))
    longer = evaluate([*entries[:place], Extend(length=more), *entries[place:]], CALENDAR)
    assert longer == evaluate([*entries, Extend(length=more)], CALENDAR)
    assert longer.due_on >= evaluate(entries, CALENDAR).due_on


@given(day_clocks())
def test_only_the_last_new_beginning_decides_the_date(entries: list[ClockEntry]) -> None:
    restarts = [entry for entry in entries if isinstance(entry, Restart)]
    one = [entry for entry in entries if not isinstance(entry, Restart) or entry is restarts[-1]]
    assert evaluate(one, CALENDAR).due_on == evaluate(entries, CALENDAR).due_on


@given(day_clocks(), st.randoms())
def test_exclusions_give_the_same_date_in_any_order_and_said_twice(
    entries: list[ClockEntry], random: Any
) -> None:
    stops = [entry for entry in entries if isinstance(entry, Exclude)]
    others = [entry for entry in entries if not isinstance(entry, Exclude)]
    mixed = [*stops, *stops]
    random.shuffle(mixed)
    assert evaluate([*others, *mixed], CALENDAR).due_on == evaluate(entries, CALENDAR).due_on


@given(day_clocks())
def test_a_clock_written_as_a_scenario_replays_to_the_same_answer(entries: list[ClockEntry]) -> None:
    start = entries[0]
    assert isinstance(start, Start)
    scenario = {
        "start": start.at.isoformat(),
        "length": start.length,
        "unit": start.unit.value,
        "operations": [written(entry) for entry in entries[1:]],
    }
    replayed = parse_scenario(json.dumps(scenario).encode())
    assert replayed.replay(CALENDAR) == evaluate(entries, CALENDAR) == replayed.replay(shipped_calendar())


def written(entry: ClockEntry) -> dict[str, Any]:
    match entry:
        case Exclude():
            return {
                "operation": "EXCLUDE",
                "from": entry.first_on.isoformat(),
                "until": entry.last_on.isoformat(),
            }
        case Restart():
            return {"operation": "RESTART", "at": entry.at.isoformat()}
        case Extend():
            return {"operation": "EXTEND", "length": entry.length}
    raise AssertionError(entry)


@given(st.dates(date(2023, 10, 1), date(2190, 1, 1)), st.integers(1, 9), LONG_UNITS)
def test_months_and_years_end_on_or_next_after_their_corresponding_day(
    event_on: date, length: int, unit: Unit
) -> None:
    deadline = due(event_on, length, unit, CALENDAR)
    months = length * (12 if unit is Unit.YEAR else 1)
    last = corresponding_day(event_on, months=months)
    assert (last.year * 12 + last.month) - (event_on.year * 12 + event_on.month) == months
    assert last.day == event_on.day or (last.day < event_on.day and (last + timedelta(days=1)).day == 1)
    assert deadline.due_on >= last
    assert not any(
        CALENDAR.is_working_day(last + timedelta(days=n)) for n in range((deadline.due_on - last).days)
    )
    assert explained_without_gap(deadline, event_on)
    assert sum(day.counted for day in deadline.days) == (last - event_on).days


@given(st.binary(max_size=200) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_content_at_all_breaks_the_reader_of_scenarios(content: bytes) -> None:
    with contextlib.suppress(DeadlineError):
        parse_scenario(content)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_no_wrong_value_in_any_field_breaks_the_reader_of_scenarios(data: st.DataObject) -> None:
    operation: dict[str, Any] = {"operation": "EXCLUDE", "from": "2026-10-12", "until": "2026-10-14"}
    scenario: dict[str, Any] = {
        "start": "2026-09-18",
        "length": 20,
        "unit": "working_day",
        "operations": [operation],
    }
    where = data.draw(st.sampled_from([scenario, operation]))
    where[data.draw(st.sampled_from(sorted(where)))] = data.draw(JSON_VALUES)
    with contextlib.suppress(DeadlineError):
        read_scenario(scenario).replay(CALENDAR)
