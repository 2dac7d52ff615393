"""Papers that come after the submission, and what happens when they do not come."""

from datetime import date

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.clocks import INTAKE, last_day, start
from services.applications.domain.completing import recall_noticed
from services.applications.domain.errors import OutcomeNotAllowed
from services.applications.domain.events import CaseEvent
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.materials import HandedIn, check_materials, refuse_foreign
from services.applications.domain.outcome import Assessment, Outcome, assess_papers
from services.applications.domain.state import State
from shared.deadlines import working_days_between


def supply(case: Case, command: c.Supply, facts: Facts) -> list[CaseEvent]:
    refuse_foreign(facts.item, command.papers)
    _refuse_after_grant(case, facts)
    _refuse_unawaited(case, facts.item, command.papers)
    new = {paper.code for paper in command.papers}
    still_open = tuple(defect for defect in case.defects if defect.material_code not in new)
    after = assess_papers(
        facts.item,
        (*case.supplied_codes, *new),
        still_open,
        offered=case.commitments if case.basis is None else (),
        asked=case.asks_tolerance,
        signed=case.undertaking_signed,
        credit=facts.credit,
        on=facts.now.on,
        calendar=facts.calendar,
        undertaken=case.undertaken,
    )
    answers = _answers(case)
    completes = _completes(answers, after)
    supplied = e.MaterialsSupplied(
        effective_on=facts.now.on,
        answers=answers,
        papers=command.papers,
        supplied_at=facts.now.at,
        supplied_by=facts.by.id,
        channel=command.channel,
        completes=completes,
        still_lacking=after.check.lacking,
        proposed=after.outcome.value,
        # The corrected application is a receipt of its own: again five working days to answer it.
        intake=start("intake", facts.now.on, INTAKE, facts.calendar)
        if answers == "correction" and completes
        else None,
    )
    return [supplied]


def _refuse_after_grant(case: Case, facts: Facts) -> None:
    # §5.3(8): after the grant papers are awaited only where it was given before completion, and only in time.
    if case.verdict is None:
        return
    due_on = _supply_due_on(case, facts)
    if not case.awaits_after_grant or due_on is None or facts.now.on > due_on:
        raise OutcomeNotAllowed(
            "no_papers_awaited",
            "本办件已经作出决定，没有在补交期限内的待补材料。",
            "The case is decided, and no papers are awaited in time any more.",
        )


def _refuse_unawaited(case: Case, item: Item, papers: tuple[HandedIn, ...]) -> None:
    # After the acceptance only what was lacking may come; what was examined is not exchanged behind anybody's back.
    if case.basis is None:
        return
    lacking = check_materials(item, case.supplied_codes, case.defects).lacking
    for place, paper in enumerate(papers):
        if paper.code not in lacking:
            raise OutcomeNotAllowed(
                "material_not_awaited",
                "受理后只能补交尚缺的材料。",
                "After acceptance only the papers that are still lacking can be supplied.",
                pointer=f"/materials/{place}/code",
                lacking=list(lacking),
            )


_ANSWERS = {
    # LIC-03, Art 32¶1(3): what can be put right on the spot may be, before any answer.
    State.SUBMITTED: "addition",
    State.CORRECTION_NOTICED: "correction",
    State.ACCEPTED_TOLERANT: "tolerance",
    State.ACCEPTED_DEEMED: "deemed",
}


def _answers(case: Case) -> str:
    if case.verdict is not None:
        return "completion"
    # Papers that lacked when the case was deemed accepted may come while its time is extended or stands still.
    return _ANSWERS.get(case.state, "deemed")


def _completes(answers: str, after: Assessment) -> bool:
    if answers in ("tolerance", "deemed", "completion"):
        return after.check.complete
    # A correction is answered when what still lacks may follow later; a part of it leaves the notice open.
    return after.outcome is not Outcome.REQUEST_CORRECTION


def remind(case: Case, command: c.Remind, facts: Facts) -> list[CaseEvent]:
    due_on = _supply_due_on(case, facts)
    if due_on is None or facts.now.on > due_on or not _waits(case):
        return []
    # A reminder that comes late (the system slept) would tell a wrong number of days: the next one tells the right one.
    if working_days_between(facts.now.on, due_on, facts.calendar) != command.working_days_left:
        return []
    lacking = check_materials(facts.item, case.supplied_codes, case.defects).lacking
    reminded = e.SupplyReminded(
        effective_on=facts.now.on,
        supply_due_on=due_on,
        working_days_left=command.working_days_left,
        lacking=lacking,
    )
    return [reminded]


def _supply_due_on(case: Case, facts: Facts) -> date | None:
    clock = case.clock("supply")
    return None if clock is None else last_day(clock, facts.calendar)


def expire_tolerance(case: Case, command: c.ExpireTolerance, facts: Facts) -> list[CaseEvent]:
    due_on = _supply_due_on(case, facts)
    if due_on is None or facts.now.on <= due_on or not _waits(case):
        return []
    # What was asked for in time is answered by a person before anything ends (§10).
    if case.asked_for_more_time:
        return []
    # §5.3(7): the default counts from the end of the supply date, whenever the system notices it.
    lacking = check_materials(facts.item, case.supplied_codes, case.defects).lacking
    expired = e.ToleranceExpired(
        effective_on=due_on,
        supply_due_on=due_on,
        lacking=lacking,
        default_id=command.default_id,
    )
    if case.verdict is not None:
        # §5.3(8): the result is not taken away by a clock; its holder is told and heard, and the organ head decides.
        return [expired, recall_noticed(facts)]
    return [expired, e.Terminated(effective_on=due_on, reason="undertaking_broken")]


def _waits(case: Case) -> bool:
    supply = case.clock("supply")
    return supply is not None and supply.runs


def lapse_correction(case: Case, _: c.LapseCorrection, facts: Facts) -> list[CaseEvent]:
    correction = case.clock("correction")
    if correction is None or facts.now.on <= (due_on := last_day(correction, facts.calendar)):
        return []
    return [e.Lapsed(effective_on=due_on, correction_due_on=due_on)]
