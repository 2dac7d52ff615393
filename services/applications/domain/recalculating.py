"""A newly announced year moves the dates of open cases (domain rules §2.1(8) and (9))."""

from collections.abc import Iterable, Mapping

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, with_clocks
from services.applications.domain.clocks import Clock, recomputed
from services.applications.domain.copying import replace
from services.applications.domain.events import CaseEvent
from services.applications.domain.events.recalculating import MovedDate
from services.applications.domain.facts import Facts, Rule
from shared.deadlines.calendar import Calendar


def counted_again(clocks: Iterable[Clock], calendar: Calendar) -> tuple[tuple[Clock, Clock], ...]:
    """Every running clock, as it is and as this calendar counts it."""
    return tuple((clock, recomputed(clock, calendar)) for clock in clocks if clock.runs)


def _recompute(case: Case, _: c.RecomputeClocks, facts: Facts) -> list[CaseEvent]:
    """§2.1(9): dates follow the calendar.  A case whose dates stay and were settled already has nothing to record."""
    changed = [
        (old, new)
        for old, new in counted_again(case.clocks, facts.calendar)
        if (old.due_on, old.provisional) != (new.due_on, new.provisional)
    ]
    if not changed:
        return []
    return [
        e.ClocksRecomputed(
            effective_on=facts.now.on,
            before=changed[0][0].calendar,
            after=facts.calendar.edition,
            clocks=tuple(new for _, new in changed),
            dates=tuple(MovedDate(old.name, old.due_on, new.due_on) for old, new in changed),
        )
    ]


def _recomputed(case: Case, event: e.ClocksRecomputed) -> Case:
    moved = with_clocks(case, event.clocks)
    supply = moved.clock("supply")
    if moved.promise is None or supply is None or not supply.runs:
        return moved
    # The undertaking names the same day as its clock.
    return replace(moved, promise=replace(moved.promise, due_on=supply.due_on))


RULES: Mapping[type[c.Command], Rule] = {
    c.RecomputeClocks: _recompute,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.ClocksRecomputed: _recomputed,
}
