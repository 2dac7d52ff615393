"""Counting a clock's days, each with its reason, until the period is used up.

The rules are 民法典 201–203 and 行政许可法 82; domain.md §2.1 lists them.  Every day from the start to the due day appears
exactly once in the answer, so that the date can be checked by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from shared.deadlines.calendar import Calendar, CalendarDay, DayKind
from shared.deadlines.clock import SHANGHAI, Clock, ClockEntry, Moment, Start, Unit, corresponding_day, fold
from shared.deadlines.errors import DeadlineError

ONE_DAY = timedelta(days=1)
LONGEST_WALK_DAYS = 20_000  # more than the longest length in working days; only endless exclusions reach it


class ExplainedKind(StrEnum):
    """Why a day was counted or not."""

    EVENT_DAY = "event_day"  # named by START: not counted in days, counted from its moment in hours
    RESTART_DAY = "restart_day"  # named by RESTART: the same
    SET_ASIDE = "set_aside"  # between START and the last RESTART: the count began again
    EXCLUDED = "excluded"  # the clock stood still
    WORKING_DAY = "working_day"
    MAKE_UP_WORKDAY = "make_up_workday"
    REST_DAY = "rest_day"
    HOLIDAY = "holiday"
    MOVED_DUE_DAY = "moved_due_day"  # the last day was a rest day, so the period ends on this one
    KEPT_AS_TOLD = "kept_as_told"  # after the counted end, but a date that was told is never cut short


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    """One day of the way from the start to the due day.

    `name` is the holiday the day belongs to, `ordinal` the number it got in the count, `counted_time` what a clock in
    hours used of it, `article`, `reason` and `document` those of the clock entry that made it special.  `announced` tells
    whether a notice covers the day.
    """

    day: date
    kind: ExplainedKind
    name: str
    counted: bool
    ordinal: int | None = None
    counted_time: timedelta | None = None
    article: str = ""
    reason: str = ""
    reason_en: str = ""
    document: str = ""
    announced: bool = True


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a period ends, and why.

    `due_on` is its last day in China.  `due_at` is the instant at which it is over: 24:00 of that day for periods in
    days (民法典 203¶2), the exact moment for hours.  A provisional date rests on days that no notice covers yet and must
    be computed again when one does; `calendar_edition` says which notices were known.
    """

    due_on: date
    due_at: datetime
    unit: Unit
    length: int
    provisional: bool
    days: tuple[ExplainedDay, ...]
    calendar_edition: str


def due(event: Moment, length: int, unit: Unit, calendar: Calendar) -> Deadline:
    """When a period of this length ends that an event of this day (or, for hours, moment) starts."""
    return evaluate([Start(at=event, length=length, unit=unit)], calendar)


def evaluate(entries: Sequence[ClockEntry], calendar: Calendar) -> Deadline:
    """When the clock that these entries have made ends."""
    clock = fold(entries)
    before = list(_days_before_counting(clock, calendar))
    counted = list(_hours(clock, calendar) if clock.unit is Unit.HOUR else _days(clock, calendar))
    due_on = counted[-1].day
    return Deadline(
        due_on=due_on,
        due_at=_end_of_hours(counted, clock) if clock.unit is Unit.HOUR else midnight_after(due_on),
        unit=clock.unit,
        length=clock.length,
        provisional=_is_provisional(clock, counted),
        days=(*before, *counted),
        calendar_edition=calendar.edition,
    )


def in_time(deadline: Deadline, acted_at: datetime, *, posted_on: date | None = None) -> bool:
    """Whether an act kept the deadline: its last day ends at 24:00 (民法典 203¶2).

    What was posted before the end is in time although it arrives later, for the journey does not count (行诉解释 48).
    """
    if posted_on is not None and midnight_after(posted_on) <= deadline.due_at:
        return True
    return acted_at < deadline.due_at


def midnight_after(on: date) -> datetime:
    """24:00 of this day in China."""
    return datetime.combine(on + ONE_DAY, time(), SHANGHAI)


def kept_until(deadline: Deadline, told: date, calendar: Calendar) -> Deadline:
    """The deadline with its end kept at a later day that somebody was told, every day between named as such."""
    days = list(deadline.days)
    for on in _days_after(deadline.due_on):
        if on > told:
            break
        day = calendar.day(on)
        days.append(
            ExplainedDay(on, ExplainedKind.KEPT_AS_TOLD, day.name, counted=False, announced=day.announced)
        )
    return replace(deadline, due_on=told, due_at=midnight_after(told), days=tuple(days))


def _days_before_counting(clock: Clock, calendar: Calendar) -> Iterator[ExplainedDay]:
    """The days from START to the last RESTART, which took back whatever had been counted."""
    on = clock.started_on
    while on < clock.counting_from_on:
        yield _named_day(clock, calendar, on, _named_kind(clock, on) or ExplainedKind.SET_ASIDE)
        on += ONE_DAY


def _days(clock: Clock, calendar: Calendar) -> Iterator[ExplainedDay]:
    """The event day, which is not counted (民法典 201), and every day after it until all days are counted."""
    first, to_count = clock.counting_from_on, _days_to_count(clock)
    yield _named_day(clock, calendar, first, _named_kind(clock, first) or ExplainedKind.EVENT_DAY)
    ordinal = 0
    for on in _days_after(first):
        explained = _one_day(clock, calendar, on, ordinal, to_count)
        ordinal += explained.counted
        yield explained
        if ordinal == to_count and explained.kind in _KINDS_TO_END_ON:
            return


def _days_to_count(clock: Clock) -> int:
    """How many days the period has.  民法典 202: months and years reach to the corresponding day."""
    first = clock.counting_from_on
    match clock.unit:
        case Unit.MONTH:
            return (corresponding_day(first, months=clock.length) - first).days
        case Unit.YEAR:
            return (corresponding_day(first, years=clock.length) - first).days
    return clock.length


def _one_day(clock: Clock, calendar: Calendar, on: date, ordinal: int, to_count: int) -> ExplainedDay:
    """One day after the event day, when `ordinal` days are counted already."""
    day = calendar.day(on)
    if clock.exclusions and (exclusion := clock.exclusion_on(on)):
        return _by_entry(day, ExplainedKind.EXCLUDED, exclusion)
    if ordinal == to_count:
        # 民法典 203: a period whose last day is a rest day ends on the first day after the rest.
        kind = ExplainedKind.MOVED_DUE_DAY if day.is_working else _CALENDAR_KINDS[day.kind]
        return ExplainedDay(on, kind, day.name, counted=False, announced=day.announced)
    # 行政许可法 82: limits in working days leave out statutory holidays; all others run through them.
    counted = day.is_working or clock.unit is not Unit.WORKING_DAY
    number = ordinal + 1 if counted else None
    return ExplainedDay(on, _CALENDAR_KINDS[day.kind], day.name, counted, number, announced=day.announced)


def _by_entry(
    day: CalendarDay, kind: ExplainedKind, entry: ClockEntry | None, used: timedelta | None = None
) -> ExplainedDay:
    """A day that an entry of the clock made special, with what that entry rests on."""
    return ExplainedDay(
        day.on,
        kind,
        day.name,
        counted=bool(used),
        counted_time=used,
        article=entry.article if entry else "",
        reason=entry.reason if entry else "",
        reason_en=(entry.reason_en or entry.reason) if entry else "",
        document=entry.document if entry else "",
        announced=day.announced,
    )


_CALENDAR_KINDS = {kind: ExplainedKind(kind.value) for kind in DayKind}
_KINDS_TO_END_ON = frozenset(
    {ExplainedKind.WORKING_DAY, ExplainedKind.MAKE_UP_WORKDAY, ExplainedKind.MOVED_DUE_DAY}
)


def _hours(clock: Clock, calendar: Calendar) -> Iterator[ExplainedDay]:
    """Hours run from the stated moment (民法典 201¶2), through nights, rest days and holidays."""
    moment, left = _counting_moment(clock), timedelta(hours=clock.length)
    for on in _days_after(clock.counting_from_on - ONE_DAY):
        exclusion = clock.exclusion_on(on)
        used = timedelta() if exclusion else min(left, midnight_after(on) - moment)
        day, named = calendar.day(on), _named_kind(clock, on)
        kind = named or (ExplainedKind.EXCLUDED if exclusion else _CALENDAR_KINDS[day.kind])
        source = _naming_entry(clock, on) if named else exclusion
        yield _by_entry(day, kind, source, used)
        moment, left = midnight_after(on), left - used
        if not left:
            return


def _counting_moment(clock: Clock) -> datetime:
    if isinstance(clock.counting_from, datetime):
        return clock.counting_from
    raise AssertionError("a clock in hours counts from an instant: checked_moment sees to it")


def _end_of_hours(counted: Sequence[ExplainedDay], clock: Clock) -> datetime:
    last = counted[-1]
    began = _counting_moment(clock) if len(counted) == 1 else midnight_after(last.day - ONE_DAY)
    return began + (last.counted_time or timedelta())


def _days_after(first: date) -> Iterator[date]:
    for distance in range(1, LONGEST_WALK_DAYS):
        yield first + timedelta(days=distance)
    raise DeadlineError(
        "deadline_out_of_range",
        "扣除的时间过长，无法算出截止日期：请核对扣除期间。",
        "So many days are excluded that no due date can be found: check the excluded time.",
    )


def _named_kind(clock: Clock, on: date) -> ExplainedKind | None:
    """START and RESTART name a day.  One after the last RESTART is no longer special: the later record took it back."""
    if on == clock.started_on:
        return ExplainedKind.EVENT_DAY
    if on <= clock.counting_from_on and clock.restart_on(on):
        return ExplainedKind.RESTART_DAY
    return None


def _naming_entry(clock: Clock, on: date) -> ClockEntry:
    return clock.restart_on(on) or clock.start


def _named_day(clock: Clock, calendar: Calendar, on: date, kind: ExplainedKind) -> ExplainedDay:
    entry = None if kind is ExplainedKind.SET_ASIDE else _naming_entry(clock, on)
    return _by_entry(calendar.day(on), kind, entry)


def _is_provisional(clock: Clock, counted: Sequence[ExplainedDay]) -> bool:
    """Whether a notice that is not out yet could move the date: only days whose kind decided something matter."""
    if clock.unit is Unit.HOUR:
        return False
    deciding = counted[1:]
    if clock.unit is not Unit.WORKING_DAY:
        last = max(index for index, day in enumerate(counted) if day.counted)
        deciding = counted[last:]
    return any(not day.announced and day.kind is not ExplainedKind.EXCLUDED for day in deciding)
