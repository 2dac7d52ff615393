"""Month sheets: the days of a calendar, or of one deadline, laid out in weeks from Monday, for pages and documents."""

from dataclasses import dataclass
from datetime import date, timedelta

from shared.deadlines.calendar import Calendar, DayKind
from shared.deadlines.clock import checked_day
from shared.deadlines.counting import Deadline, ExplainedDay
from shared.deadlines.errors import DeadlineError

MOST_MONTHS = 240


@dataclass(frozen=True, slots=True)
class SheetDay:
    """One cell; `explained` is what the deadline made of the day, when it lies on the deadline's way."""

    on: date
    kind: DayKind
    name: str
    announced: bool
    explained: ExplainedDay | None = None


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """One month in weeks of seven cells; cells of the neighbouring months are empty."""

    year: int
    month: int
    weeks: tuple[tuple[SheetDay | None, ...], ...]


def month_sheets(first: date, last: date, calendar: Calendar) -> tuple[MonthSheet, ...]:
    """The months from that of the first day to that of the last, whole."""
    return _sheets(first, last, calendar, {})


def deadline_sheets(deadline: Deadline, calendar: Calendar) -> tuple[MonthSheet, ...]:
    """The months a deadline runs through, its days explained."""
    explained = {day.day: day for day in deadline.days}
    return _sheets(deadline.days[0].day, deadline.due_on, calendar, explained)


def _sheets(
    first: date, last: date, calendar: Calendar, explained: dict[date, ExplainedDay]
) -> tuple[MonthSheet, ...]:
    checked_day(first)
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    if not 0 <= end - begin < MOST_MONTHS:
        raise DeadlineError(
            "months_out_of_range",
            f"月份范围不对：止月不得早于起月，最多{MOST_MONTHS}个月。",
            f"The months are out of range: the last may not be before the first, at most {MOST_MONTHS}.",
        )
    months = (divmod(number, 12) for number in range(begin, end + 1))
    return tuple(_sheet(year, month + 1, calendar, explained) for year, month in months)


def _sheet(year: int, month: int, calendar: Calendar, explained: dict[date, ExplainedDay]) -> MonthSheet:
    first = date(year, month, 1)
    monday = first - timedelta(days=first.weekday())
    cells: list[SheetDay | None] = []
    for distance in range(42):
        on = monday + timedelta(days=distance)
        if len(cells) % 7 == 0 and distance and on.month != month:
            break
        cells.append(_cell(on, calendar, explained) if on.month == month else None)
    return MonthSheet(year, month, tuple(tuple(cells[week : week + 7]) for week in range(0, len(cells), 7)))


def _cell(on: date, calendar: Calendar, explained: dict[date, ExplainedDay]) -> SheetDay:
    day = calendar.day(on)
    return SheetDay(on, day.kind, day.name, day.announced, explained.get(on))
