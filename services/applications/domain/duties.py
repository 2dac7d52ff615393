"""Duties of the organ whose time has run out: each leaves an accountability record, once.

Silence grants nothing: a case whose time is over goes on, and the breach stands in its record (LIC-08).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.clocks import last_day
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.item import Item
from services.applications.domain.parts.duties import Breach
from services.applications.domain.parts.procedures import Procedure
from services.applications.domain.state import ACCEPTED_STATES, DECIDED_STATES, State
from shared.deadlines.calendar import Calendar

# A told end of a special procedure is no clock of its own; its timer and its breach are named by the kind.
PROCEDURE = "procedure_"
# Art 55 speaks of these three; Art 34 of the check on site, which needs its two people in time as well.
INSPECTED = frozenset({"inspection", "testing", "quarantine"})


@dataclass(frozen=True, slots=True)
class Duty:
    """A clock that the organ must keep: in which states, by which rule, under which article."""

    clock: str
    states: frozenset[State]
    rule: str
    article: str
    # For what is no licence, where the article is not merely followed by analogy.
    article_of_others: str = ""

    def article_for(self, item: Item) -> str:
        """The article as it binds this item."""
        if item.is_licence or self.rule == "PROMISE":
            return self.article
        return self.article_of_others or f"参照{self.article}"


_WAITING_FOR_DELIVERY = DECIDED_STATES | {State.ISSUED}
DUTIES: Mapping[str, Duty] = {
    duty.clock: duty
    for duty in (
        # LIC-08, Art 42: the decision is late; no deemed approval follows. Others' limits are kept under 优化营商环境条例.
        Duty("statutory", ACCEPTED_STATES, "LIC-08", "行政许可法 42, 74", "优化营商环境条例 36"),
        # A promise that is not kept is explained to the public (优化营商环境条例 36).
        Duty("promised", ACCEPTED_STATES, "PROMISE", "优化营商环境条例 36"),
        # LIC-11, Art 44: what was granted is delivered within ten working days.
        Duty("delivery", _WAITING_FOR_DELIVERY, "LIC-11", "行政许可法 44"),
        # LIC-15, Art 47: whoever asked for a hearing gets one within twenty days.
        Duty("hearing", ACCEPTED_STATES, "LIC-15", "行政许可法 47, 72(8)"),
        # LIC-12, Art 34 and 55: who inspects, tests or checks is assigned within five working days of the acceptance.
        Duty("inspectors", ACCEPTED_STATES, "LIC-12", "行政许可法 34, 55"),
    )
}


def record_breach(case: Case, command: c.RecordBreach, facts: Facts) -> list[e.CaseEvent]:
    if command.clock.startswith(PROCEDURE):
        return _procedure_overrun(case, command.clock, facts)
    due_on = open_duties(case, facts.calendar).get(command.clock)
    if due_on is None or facts.now.on <= due_on:
        return []
    duty = DUTIES[command.clock]
    # LIC-09, Art 42¶2: the time of several organs together has its own number.
    joint = command.clock == "statutory" and facts.item.joint_handling
    return [
        e.DutyBreached(
            effective_on=due_on,
            rule="LIC-09" if joint else duty.rule,
            article="行政许可法 42(2), 74" if joint else duty.article_for(facts.item),
            due_on=due_on,
            clock=command.clock,
        )
    ]


def missed(case: Case, facts: Facts) -> list[e.CaseEvent]:
    """What has run out and is not on record yet: whoever acts before the timer does not make it unseen."""
    names = (*open_duties(case, facts.calendar), *overrunning(case))
    return [breach for name in names for breach in record_breach(case, c.RecordBreach(name), facts)]


def _procedure_overrun(case: Case, name: str, facts: Facts) -> list[e.CaseEvent]:
    # LIC-13, Art 45: only the time that was told is left out; after its end the clock runs again by itself.
    procedure = overrunning(case).get(name)
    if procedure is None or facts.now.on <= procedure.told_until:
        return []
    return [
        e.DutyBreached(
            effective_on=procedure.told_until,
            rule="LIC-13",
            article=facts.item.article("45"),
            due_on=procedure.told_until,
            clock=name,
        )
    ]


def open_duties(case: Case, calendar: Calendar) -> dict[str, date]:
    """The clocks that the organ must keep now and whose breach is not on record yet, with the last day of each."""
    clocks = ((name, case.clock(name)) for name, duty in DUTIES.items() if case.state in duty.states)
    return {
        name: last_day(clock, calendar)
        for name, clock in clocks
        if clock is not None and clock.runs and not _on_record(case, name, clock.started_on)
    }


def overrunning(case: Case) -> dict[str, Procedure]:
    """The procedures that may run over what was told, by the name of their breach."""
    if case.state not in ACCEPTED_STATES:
        return {}
    running = ((PROCEDURE + one.kind, one) for one in case.procedures if one.runs)
    return {name: one for name, one in running if not _on_record(case, name, one.first_on)}


def _on_record(case: Case, clock: str, since: date) -> bool:
    # A second hearing or a second testing is a duty of its own.
    return any(one.clock == clock and one.due_on >= since for one in case.breaches)


def needs_inspectors(item: Item) -> bool:
    """Whether the law has the organ assign people who inspect, test or check on site."""
    # What only some cases need is no duty of each.
    return item.site_check_required or any(one.kind in INSPECTED and one.always for one in item.procedures)


def _breached(case: Case, event: e.DutyBreached) -> Case:
    breach = Breach(event.rule, event.due_on, event.clock)
    return replace(case, breaches=(*case.breaches, breach))


RULES: Mapping[type[c.Command], Rule] = {c.RecordBreach: record_breach}

CHANGES: Mapping[type[e.CaseEvent], Change] = {e.DutyBreached: _breached}
