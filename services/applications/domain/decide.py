"""The rules of a case: a command and the facts in, events or a refusal out.

The topics (`answering.py`, `supplying.py`, `concluding.py`, `reviewing.py`, …) hold one rule for each command; here they
are found.
"""

from collections.abc import Mapping

from services.applications.domain import (
    answering,
    concluding,
    duties,
    exits,
    extending,
    hearing_rights,
    hearings,
    licences,
    mandates,
    procedures,
    recalculating,
    recusing,
    renewing,
    reviewing,
    revoking,
    sending_back,
    site_checks,
    supplying,
    tolerating,
)
from services.applications.domain import commands as c
from services.applications.domain.case import Case
from services.applications.domain.clocks import CLOCK_NAMES, last_day
from services.applications.domain.commands import Command
from services.applications.domain.errors import OutcomeNotAllowed
from services.applications.domain.events import CaseEvent
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.state import ENDING_CLOCKS
from services.applications.domain.transitions import must_allow


def decide(case: Case, command: Command, facts: Facts) -> list[CaseEvent]:
    """The events that follow from the command; raises a `DomainError` when a rule forbids it."""
    must_allow(case.state, command, facts.by)
    recusing.refuse_recused(case, facts)
    _refuse_after_the_end(case, command, facts)
    if isinstance(command, c.CloseCase):
        tolerating.refuse_open_business(case)
    return RULES[type(command)](case, command, facts)


def _refuse_after_the_end(case: Case, command: Command, facts: Facts) -> None:
    # Between the end of a clock and its timer the case is no longer what it seems; the timer has the first word.
    if isinstance(command, _SYSTEM_COMMANDS):
        return
    # What was asked in time is answered, also after the date: nobody is in default while the organ still thinks (§10).
    if isinstance(command, (c.ExtendSupply, c.DeclineSupplyExtension)):
        return
    clock = case.clock(ENDING_CLOCKS[case.state]) if case.state in ENDING_CLOCKS else None
    if clock is not None and clock.runs and facts.now.on > (due_on := last_day(clock, facts.calendar)):
        zh, en, _ = CLOCK_NAMES[clock.name]
        raise OutcomeNotAllowed(
            "clock_ran_out",
            f"“{zh}”已于{due_on.isoformat()}届满，系统正在按规定处理，请刷新后查看。",
            f"The {en} ended on {due_on.isoformat()}; the system is drawing the consequence. Read the case again.",
            due_on=due_on.isoformat(),
            clock=clock.name,
        )


_SYSTEM_COMMANDS = (
    c.DeemAccepted,
    c.DeemRenewed,
    c.ExpireTolerance,
    c.LapseCorrection,
    c.LapseHearingRight,
    c.MarkChanged,
    c.MarkExpired,
    c.MarkRenewed,
    c.RecomputeClocks,
    c.RecordBreach,
    c.Remind,
)


RULES: Mapping[type[Command], Rule] = {
    c.Accept: answering.accept,
    c.AcceptTolerantly: answering.accept_tolerantly,
    c.RequestCorrection: answering.request_correction,
    c.Supply: supplying.supply,
    c.Decide: concluding.decide_case,
    c.Deliver: concluding.deliver,
    c.Withdraw: concluding.withdraw,
    c.DeemAccepted: answering.deem_accepted,
    c.Remind: supplying.remind,
    c.ExpireTolerance: supplying.expire_tolerance,
    c.LapseCorrection: supplying.lapse_correction,
    **duties.RULES,
    **exits.RULES,
    **extending.RULES,
    **hearing_rights.RULES,
    **hearings.RULES,
    **licences.RULES,
    **mandates.RULES,
    **procedures.RULES,
    **recalculating.RULES,
    **recusing.RULES,
    **renewing.RULES,
    **reviewing.RULES,
    **revoking.RULES,
    **sending_back.RULES,
    **site_checks.RULES,
    **tolerating.RULES,
}
