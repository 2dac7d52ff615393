"""The clocks of a case: what runs, since when, until when (domain rules §1.1 and §2).

A clock keeps its start, length and unit beside the date, and which calendar edition gave it, so that every date can be
computed again and told day by day.  Statutory, promised and internal limits are three different clocks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.applications.domain.item import Limit
from shared.deadlines.calendar import Calendar
from shared.deadlines.clock import Unit
from shared.deadlines.counting import Deadline, due, midnight_after

# Chinese, English, article.
CLOCK_NAMES: dict[str, tuple[str, str, str]] = {
    "intake": ("收件审查期限", "time to answer a submission", "行政许可法 32(4)"),
    "correction": ("补正期限", "time to correct", ""),
    "statutory": ("法定办结时限", "statutory time to decide", "行政许可法 42"),
    "promised": ("承诺办结时限", "promised time to decide", ""),
    "supply": ("容缺材料补交期限", "time to supply tolerated papers", ""),
    "delivery": ("送达期限", "time to deliver the result", "行政许可法 44"),
}


def article_of(name: str, *, is_licence: bool) -> str:
    """The article behind a clock. The licence law binds licences; other items follow it by analogy (参照).

    How long the organ may take over anything but a licence is the item's own limit, which no article of that law gives.
    """
    article = CLOCK_NAMES[name][2]
    if is_licence or not article:
        return article
    return "" if name == "statutory" else f"参照{article}"


# LIC-04: incomplete papers are noticed on the spot or within five working days.
INTAKE = Limit(5, "working_day")
# LIC-11: the document is issued and delivered within ten working days of the decision.
DELIVERY = Limit(10, "working_day")


@dataclass(frozen=True, slots=True)
class Clock:
    """One running or stopped clock; the day named by `started_on` is not counted (民法典 201)."""

    name: str
    started_on: date
    length: int
    unit: str
    due_on: date
    provisional: bool
    calendar: str
    stopped_on: date | None = None

    @property
    def runs(self) -> bool:
        """Whether the clock is still running."""
        return self.stopped_on is None


def start(name: str, on: date, limit: Limit, calendar: Calendar) -> Clock:
    """A clock that starts on this day."""
    deadline = _deadline(on, limit, calendar)
    return Clock(
        name, on, limit.length, limit.unit, deadline.due_on, deadline.provisional, deadline.calendar_edition
    )


def last_day(clock: Clock, calendar: Calendar) -> date:
    """The last day of a clock by the newest calendar: before it is over nobody loses a right and no duty is breached.

    A provisional date moves when the notice of its year is known.  It is never cut short, for it has been told.
    """
    return max(clock.due_on, explain(clock, calendar).due_on) if clock.provisional else clock.due_on


def runs_out_at(clock: Clock, calendar: Calendar) -> datetime:
    """The instant at which the time is over: its last day ends at 24:00 in China (民法典 203¶2)."""
    return midnight_after(last_day(clock, calendar))


def explain(clock: Clock, calendar: Calendar) -> Deadline:
    """The clock told day by day, counted again with this calendar."""
    return _deadline(clock.started_on, Limit(clock.length, clock.unit), calendar)


def stop(clocks: Iterable[Clock], names: Iterable[str], on: date) -> tuple[Clock, ...]:
    """The clocks with those of these names stopped; one that has stopped keeps its day."""
    wanted = frozenset(names)
    return tuple(
        replace(clock, stopped_on=on) if clock.name in wanted and clock.runs else clock for clock in clocks
    )


def stop_all(clocks: Iterable[Clock], on: date) -> tuple[Clock, ...]:
    """No clock of a closed case runs."""
    return tuple(replace(clock, stopped_on=on) if clock.runs else clock for clock in clocks)


# Thousands of submissions of a day start the same clock; counting it once a day is enough.  The edition names the
# calendar's content, so the memory stays right when a new notice is loaded.
_counted: dict[tuple[str, date, int, str], Deadline] = {}
_MOST_REMEMBERED = 4096


def _deadline(on: date, limit: Limit, calendar: Calendar) -> Deadline:
    key = (calendar.edition, on, limit.length, limit.unit)
    known = _counted.get(key)
    if known is None:
        if len(_counted) >= _MOST_REMEMBERED:
            _counted.clear()
        known = _counted[key] = due(on, limit.length, Unit(limit.unit), calendar)
    return known
