"""The rules of a case: a command and the facts in, events or a refusal out.

The topics (`answering.py`, `supplying.py`, `concluding.py`, `reviewing.py`, …) hold one rule for each command; here they
are found.
"""

from collections.abc import Iterable, Mapping

from services.applications.domain import (
    answering,
    committing,
    concluding,
    duties,
    exits,
    extending,
    hearing_rights,
    hearings,
    licences,
    mandates,
    procedures,
    rating,
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
from services.applications.domain.state import ENDING_CLOCKS, State
from services.applications.domain.transitions import must_allow


def decide(case: Case, command: Command, facts: Facts) -> list[CaseEvent]:
    """The events that follow from the command; raises a `DomainError` when a rule forbids it."""
    must_allow(case.state, command, facts.by)
    recusing.refuse_recused(case, facts)
    _refuse_after_the_end(case, command, facts)
    if isinstance(command, c.CloseCase):
        tolerating.refuse_open_business(case)
    events = RULES[type(command)](case, command, facts)
    return [*_missed_before(case, command, facts, events), *events] if events else events


def _missed_before(
    case: Case, command: Command, facts: Facts, events: list[CaseEvent]
) -> Iterable[CaseEvent]:
    """What was missed before these events, in case they end its clock before its timer was looked at."""
    if isinstance(command, (c.RecordBreach, c.NotePostCheckOverdue)) or not _may_be_late(case, facts):
        return ()
    # What takes effect on an earlier day (a default, a silence) ended the clocks on that day.
    began = min(event.effective_on for event in events)
    missed = (*duties.missed(case, facts), *committing.unchecked(case, facts))
    return (breach for breach in missed if breach.effective_on < began)


def _may_be_late(case: Case, facts: Facts) -> bool:
    today = facts.now.on
    return any(
        clock.stopped_on is None and (clock.due_on < today or clock.provisional) for clock in case.clocks
    ) or any(one.ended_on is None and one.told_until < today for one in case.procedures)


def _refuse_after_the_end(case: Case, command: Command, facts: Facts) -> None:
    # Between the end of a clock and its timer the case is no longer what it seems; the timer has the first word.
    if isinstance(command, _SYSTEM_COMMANDS):
        return
    # What was asked in time is answered, also after the date: nobody is in default while the organ still thinks (§10).
    if isinstance(command, (c.ExtendSupply, c.DeclineSupplyExtension)):
        return
    clock = case.clock(ENDING_CLOCKS[case.state]) if case.state in ENDING_CLOCKS else None
    if clock is not None and clock.runs and facts.now.on > (due_on := last_day(clock, facts.calendar)):
        if case.state is State.ACCEPTED_TOLERANT and case.asked_for_more_time:
            _refuse_while_unanswered(command)
            return
        zh, en, _ = CLOCK_NAMES[clock.name]
        raise OutcomeNotAllowed(
            "clock_ran_out",
            f"“{zh}”已于{due_on.isoformat()}届满，系统正在按规定处理，请刷新后查看。",
            f"The {en} ended on {due_on.isoformat()}; the system is drawing the consequence. Read the case again.",
            due_on=due_on.isoformat(),
            clock=clock.name,
        )


def _refuse_while_unanswered(command: Command) -> None:
    # The supply date has passed and the answer is the organ's: the case goes on, only its papers wait for the answer.
    if isinstance(command, (c.Supply, c.GrantBeforeCompletion)):
        raise OutcomeNotAllowed(
            "supply_extension_not_answered",
            "补交期限已经届满，延长补交期限的申请正在审核，请等待答复；同意延长后可以继续补交。",
            "The supply date has passed and the request for more time is not answered yet; if it is granted, the papers"
            " can be supplied.",
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
    **rating.RULES,
    **recalculating.RULES,
    **recusing.RULES,
    **renewing.RULES,
    **reviewing.RULES,
    **revoking.RULES,
    **sending_back.RULES,
    **site_checks.RULES,
    **tolerating.RULES,
}
