"""Counting a clock's days, each with its reason, until the period is used up.

The rules are 民法典 201–203 and 行政许可法 82; domain.md §2.1 lists them.  Every day from the start to the due day appears
exactly once in the answer, so that the date can be checked by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from shared.deadlines.calendar import Calendar, DayKind
from shared.deadlines.clock import SHANGHAI, Clock, ClockEntry, Moment, Start, Unit, fold
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


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    """One day of the way from the start to the due day.

    `name` is the holiday the day belongs to, `ordinal` the number it got in the count, `counted_time` what a clock in
    hours used of it, `article` and `reason` those of the clock entry that made it special.  `announced` tells whether
    a notice covers the day.
    """

    day: date
    kind: ExplainedKind
    name: str
    counted: bool
    ordinal: int | None = None
    counted_time: timedelta | None = None
    article: str = ""
    reason: str = ""
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


def midnight_after(on: date) -> datetime:
    """24:00 of this day in China."""
    return datetime.combine(on + ONE_DAY, time(), SHANGHAI)


def _days_before_counting(clock: Clock, calendar: Calendar) -> Iterator[ExplainedDay]:
    """The days from START to the last RESTART, which took back whatever had been counted."""
    on = clock.started_on
    while on < clock.counting_from_on:
        kind = _named_kind(clock, on) or ExplainedKind.SET_ASIDE
        yield _named_day(clock, calendar, on, kind)
        on += ONE_DAY


def _days(clock: Clock, calendar: Calendar) -> Iterator[ExplainedDay]:
    """The event day, which is not counted (民法典 201), and every day after it until the length is reached."""
    first = clock.counting_from_on
    yield _named_day(clock, calendar, first, _named_kind(clock, first) or ExplainedKind.EVENT_DAY)
    ordinal = 0
    for on in _days_after(first):
        explained = _one_day(clock, calendar, on, ordinal)
        ordinal += explained.counted
        yield explained
        if ordinal == clock.length and _may_end_on(explained):
            return


def _one_day(clock: Clock, calendar: Calendar, on: date, ordinal: int) -> ExplainedDay:
    """One day after the event day, when `ordinal` days are counted already."""
    day = calendar.day(on)
    if exclusion := clock.exclusion_on(on):
        return ExplainedDay(
            on,
            ExplainedKind.EXCLUDED,
            day.name,
            counted=False,
            article=exclusion.article,
            reason=exclusion.reason,
            announced=day.announced,
        )
    if ordinal == clock.length:
        # 民法典 203: a period whose last day is a rest day ends on the first day after the rest.
        kind = ExplainedKind.MOVED_DUE_DAY if day.is_working else _CALENDAR_KINDS[day.kind]
        return ExplainedDay(on, kind, day.name, counted=False, announced=day.announced)
    # 行政许可法 82: limits in working days leave out statutory holidays; calendar days run through them.
    counted = day.is_working or clock.unit is Unit.CALENDAR_DAY
    number = ordinal + 1 if counted else None
    return ExplainedDay(on, _CALENDAR_KINDS[day.kind], day.name, counted, number, announced=day.announced)


_CALENDAR_KINDS = {kind: ExplainedKind(kind.value) for kind in DayKind}
_KINDS_TO_END_ON = frozenset(
    {ExplainedKind.WORKING_DAY, ExplainedKind.MAKE_UP_WORKDAY, ExplainedKind.MOVED_DUE_DAY}
)


def _may_end_on(explained: ExplainedDay) -> bool:
    return explained.kind in _KINDS_TO_END_ON


def _hours(clock: Clock, calendar: Calendar) -> Iterator[ExplainedDay]:
    """Hours run from the stated moment (民法典 201¶2), through nights, rest days and holidays."""
    moment, left = _counting_moment(clock), timedelta(hours=clock.length)
    for on in _days_after(clock.counting_from_on - ONE_DAY):
        exclusion = clock.exclusion_on(on)
        used = timedelta() if exclusion else min(left, midnight_after(on) - moment)
        day, named = calendar.day(on), _named_kind(clock, on)
        kind = named or (ExplainedKind.EXCLUDED if exclusion else _CALENDAR_KINDS[day.kind])
        source = _naming_entry(clock, on) if named else exclusion
        yield ExplainedDay(
            on,
            kind,
            day.name,
            counted=bool(used),
            counted_time=used,
            article=source.article if source else "",
            reason=source.reason if source else "",
            announced=day.announced,
        )
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
    day, entry = calendar.day(on), _naming_entry(clock, on)
    tells_why = kind is not ExplainedKind.SET_ASIDE
    return ExplainedDay(
        on,
        kind,
        day.name,
        counted=False,
        article=entry.article if tells_why else "",
        reason=entry.reason if tells_why else "",
        announced=day.announced,
    )


def _is_provisional(clock: Clock, counted: Sequence[ExplainedDay]) -> bool:
    """Whether a notice that is not out yet could move the date: only days whose kind decided something matter."""
    if clock.unit is Unit.HOUR:
        return False
    deciding = counted[1:]
    if clock.unit is Unit.CALENDAR_DAY:
        last = next(index for index, day in enumerate(counted) if day.ordinal == clock.length)
        deciding = counted[last:]
    return any(not day.announced and day.kind is not ExplainedKind.EXCLUDED for day in deciding)
