"""The rules of a case: a command and the facts in, events or a refusal out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.clocks import CLOCK_NAMES, DELIVERY, INTAKE, Clock, start
from services.applications.domain.commands import By, Command, Instant
from services.applications.domain.credit import CreditFacts
from services.applications.domain.errors import InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.events import CaseEvent
from services.applications.domain.item import Item, Limit
from services.applications.domain.materials import MISSING, Defect, check_materials, refuse_foreign
from services.applications.domain.outcome import Assessment, Outcome, assess, must_be
from services.applications.domain.state import ENDING_CLOCKS, State
from services.applications.domain.tolerance import chosen_supply_clock
from services.applications.domain.transitions import must_allow
from shared.deadlines.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Facts:
    """What the world says at the moment of a command."""

    now: Instant
    by: By
    item: Item
    calendar: Calendar
    credit: CreditFacts | None = None


def submit(command: c.Submit, facts: Facts) -> e.Submitted:
    """Receive an application, complete or not: nobody is sent away, the receipt is the start of every clock."""
    refuse_foreign(facts.item, command.papers)
    assessment = assess(
        facts.item,
        check_materials(facts.item, [paper.code for paper in command.papers]),
        asked=command.asks_tolerance,
        signed=command.undertaking_signed,
        credit=facts.credit,
        on=facts.now.on,
        calendar=facts.calendar,
    )
    return e.Submitted(
        effective_on=facts.now.on,
        case_no=command.case_no,
        item_code=facts.item.code,
        item_version=facts.item.version,
        unit=facts.item.unit,
        channel=command.channel,
        applicant_id=command.applicant_id,
        agent_id=command.agent_id,
        partner=command.partner,
        external_no=command.external_no,
        submitted_at=facts.now.at,
        received_by=facts.by.id,
        receiver_role=facts.by.role,
        papers=command.papers,
        asks_tolerance=command.asks_tolerance,
        undertaking_signed=command.undertaking_signed,
        email_given=command.email_given,
        intake=start("intake", facts.now.on, INTAKE, facts.calendar),
        proposed=assessment.outcome.value,
        missing=assessment.check.lacking,
        tolerance_refused=_codes(assessment) if command.asks_tolerance else (),
        credit=facts.credit,
    )


def decide(case: Case, command: Command, facts: Facts) -> list[CaseEvent]:
    """The events that follow from the command; raises a `DomainError` when a rule forbids it."""
    must_allow(case.state, command)
    _refuse_after_the_end(case, command, facts)
    rule: Callable[[Case, Any, Facts], list[CaseEvent]] = _RULES[type(command)]
    return rule(case, command, facts)


def _refuse_after_the_end(case: Case, command: Command, facts: Facts) -> None:
    # Between the end of a clock and its timer the case is no longer what it seems; the timer has the first word.
    if isinstance(command, _SYSTEM_COMMANDS):
        return
    clock = case.clock(ENDING_CLOCKS[case.state]) if case.state in ENDING_CLOCKS else None
    if clock is not None and clock.runs and facts.now.on > clock.due_on:
        zh, en, _ = CLOCK_NAMES[clock.name]
        raise OutcomeNotAllowed(
            "clock_ran_out",
            f"“{zh}”已于{clock.due_on.isoformat()}届满，系统正在按规定处理，请刷新后查看。",
            f"The {en} ended on {clock.due_on.isoformat()}; the system is drawing the consequence. Read the case again.",
            due_on=clock.due_on.isoformat(),
            clock=clock.name,
        )


_SYSTEM_COMMANDS = (c.DeemAccepted, c.Remind, c.ExpireTolerance, c.LapseCorrection)


def assess_case(case: Case, facts: Facts, found: tuple[Defect, ...] = ()) -> Assessment:
    """Where the papers of a case stand today, with the defects that a clerk has just named."""
    return assess(
        facts.item,
        check_materials(facts.item, case.supplied_codes, (*case.defects, *found)),
        asked=case.asks_tolerance,
        signed=case.undertaking_signed,
        credit=facts.credit,
        on=facts.now.on,
        calendar=facts.calendar,
    )


def _accept(case: Case, _: c.Accept, facts: Facts) -> list[CaseEvent]:
    # LIC-05, Art 32(5): complete and in legal form, so it must be accepted.
    must_be(Outcome.ACCEPT, facts.item, assess_case(case, facts))
    return [_accepted(facts, "ordinary")]


def _accept_tolerantly(case: Case, command: c.AcceptTolerantly, facts: Facts) -> list[CaseEvent]:
    assessment = assess_case(case, facts)
    must_be(Outcome.ACCEPT_TOLERANTLY, facts.item, assessment)
    accepted = _accepted(facts, "tolerant")
    supply = chosen_supply_clock(facts.item, accepted.promised, command.supply_due_on, facts.calendar)
    return [replace(accepted, supply=supply, lacking=assessment.check.lacking, credit=facts.credit)]


def _accepted(facts: Facts, basis: str) -> e.Accepted:
    on = facts.now.on
    return e.Accepted(
        effective_on=on,
        basis=basis,
        accepted_on=on,
        accepted_by=facts.by.id,
        # LIC-08, Art 42: the time to decide runs from the acceptance; the promise may only be shorter.
        statutory=start("statutory", on, facts.item.statutory, facts.calendar),
        promised=start("promised", on, facts.item.promised, facts.calendar),
    )


def _deem_accepted(case: Case, _: c.DeemAccepted, facts: Facts) -> list[CaseEvent]:
    # LIC-04, Art 32(4): not noticed in five working days means accepted from the day the papers were received.
    on = case.received_on
    intake = case.clock("intake")
    if intake is None or facts.now.on <= intake.due_on:
        return []
    accepted = e.Accepted(
        effective_on=on,
        basis="deemed",
        accepted_on=on,
        accepted_by=facts.by.id,
        statutory=start("statutory", on, facts.item.statutory, facts.calendar),
        promised=start("promised", on, facts.item.promised, facts.calendar),
        lacking=assess_case(case, facts).check.lacking,
    )
    breached = e.DutyBreached(
        effective_on=intake.due_on, rule="LIC-04", article="行政许可法 32(4), 72", due_on=intake.due_on
    )
    return [accepted, breached]


def _request_correction(case: Case, command: c.RequestCorrection, facts: Facts) -> list[CaseEvent]:
    _refuse_unknown_materials(facts.item, command.defects)
    _refuse_late_defects(case, command.defects)
    assessment = assess_case(case, facts, command.defects)
    must_be(Outcome.REQUEST_CORRECTION, facts.item, assessment)
    limit = Limit(command.working_days, "working_day") if command.working_days else facts.item.correction
    requested = e.CorrectionRequested(
        effective_on=facts.now.on,
        defects=_all_defects(case, command.defects, assessment),
        correction=start("correction", facts.now.on, limit, facts.calendar),
        requested_by=facts.by.id,
        tolerance_refused=_codes(assessment) if case.asks_tolerance else (),
        credit=facts.credit,
    )
    return [requested]


def _all_defects(case: Case, found: tuple[Defect, ...], assessment: Assessment) -> tuple[Defect, ...]:
    # Everything at once (一次性告知): what the clerk found, what was open, and every missing paper.
    check = assessment.check
    missing = tuple(
        Defect(code, MISSING)
        for code in (*check.missing_main, *check.missing_other, *check.missing_tolerable)
    )
    return tuple(dict.fromkeys((*missing, *case.defects, *found)))


def _refuse_unknown_materials(item: Item, defects: tuple[Defect, ...]) -> None:
    for place, defect in enumerate(defects):
        if defect.material_code not in item.by_code:
            raise InvalidRequest(
                "material_not_on_list",
                "不得要求申请人提交清单以外的材料（行政许可法第三十一条）。",
                "Nothing outside the item's published list may be asked for (Administrative Licence Law, Art. 31).",
                pointer=f"/defects/{place}/material_code",
            )


def _refuse_late_defects(case: Case, defects: tuple[Defect, ...]) -> None:
    # "One-time": what could have been seen at the first notice may not be asked for later (Art 32(4), Art 72(4)).
    if case.noticed_in is None:
        return
    new = {paper.code for paper in case.papers if paper.supplied_in > case.noticed_in}
    noticed = {defect.material_code for defect in case.defects}
    for place, defect in enumerate(defects):
        if defect.material_code not in new | noticed:
            raise OutcomeNotAllowed(
                "defect_visible_before",
                "一次性告知后，只能就新补交的材料再次提出补正，该材料的问题在首次告知时已可发现。",
                "After the one-time notice only newly supplied papers can be faulted; this one was there before.",
                pointer=f"/defects/{place}/material_code",
                article="行政许可法 32(4), 72(4)",
            )


def _supply(case: Case, command: c.Supply, facts: Facts) -> list[CaseEvent]:
    refuse_foreign(facts.item, command.papers)
    new = {paper.code for paper in command.papers}
    still_open = tuple(defect for defect in case.defects if defect.material_code not in new)
    after = assess(
        facts.item,
        check_materials(facts.item, {*case.supplied_codes, *new}, still_open),
        asked=case.asks_tolerance,
        signed=case.undertaking_signed,
        credit=facts.credit,
        on=facts.now.on,
        calendar=facts.calendar,
    )
    answers = _ANSWERS[case.state]
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
        # The corrected application is a receipt of its own: again five working days to answer it.
        intake=start("intake", facts.now.on, INTAKE, facts.calendar)
        if answers == "correction" and completes
        else None,
    )
    return [supplied]


_ANSWERS = {
    State.SUBMITTED: "addition",
    State.CORRECTION_NOTICED: "correction",
    State.ACCEPTED_TOLERANT: "tolerance",
    State.ACCEPTED_DEEMED: "deemed",
}


def _completes(answers: str, after: Assessment) -> bool:
    if answers in ("tolerance", "deemed"):
        return after.check.complete
    # A correction is answered when what still lacks may follow later; a part of it leaves the notice open.
    return after.outcome is not Outcome.REQUEST_CORRECTION


def _decide_case(case: Case, command: c.Decide, facts: Facts) -> list[CaseEvent]:
    _keep_duties_apart(case, facts.by)
    check = check_materials(facts.item, case.supplied_codes, case.defects)
    if command.result == "grant" and not check.complete:
        zh, en = facts.item.listed(check.lacking)
        raise OutcomeNotAllowed(
            "grant_with_papers_missing",
            f"材料尚不齐全（{zh}），不得作出准予决定（行政许可法第三十八条）。",
            f"Papers are lacking ({en}); no grant is possible (Art. 38).",
        )
    on = facts.now.on
    decided = e.Decided(
        effective_on=on,
        result=command.result,
        decided_on=on,
        decided_by=facts.by.id,
        within_promise=_in_time(case.clock("promised"), facts),
        within_statute=_in_time(case.clock("statutory"), facts),
        delivery=start("delivery", on, DELIVERY, facts.calendar),
        # LIC-18, Art 38: a refusal tells the reasons and the way to reconsideration and to court.
        remedy="R-STD" if command.result == "refuse" else None,
        reasons_sha256=command.reasons_sha256,
    )
    return [decided]


def _in_time(clock: Clock | None, facts: Facts) -> bool:
    return clock is None or facts.now.on <= clock.due_on


def _keep_duties_apart(case: Case, by: By) -> None:
    if by.id in (case.received_by, case.accepted_by):
        raise NotAllowed(
            "separation_of_duties",
            "收件或受理本办件的人员不能单独作出决定，请由其他审批人员决定。",
            "Whoever received or accepted the case can't be its sole decider; another approver must decide.",
        )


def _deliver(case: Case, command: c.Deliver, facts: Facts) -> list[CaseEvent]:
    assert case.verdict is not None
    delivered = e.Delivered(
        effective_on=facts.now.on,
        delivered_on=facts.now.on,
        method=command.method,
        result=case.verdict.result,
        delivered_by=facts.by.id,
        waybill=command.waybill,
    )
    return [delivered]


def _withdraw(case: Case, _: c.Withdraw, facts: Facts) -> list[CaseEvent]:
    return [e.Withdrawn(effective_on=facts.now.on, withdrawn_on=facts.now.on, withdrawn_by=facts.by.id)]


def _remind(case: Case, command: c.Remind, facts: Facts) -> list[CaseEvent]:
    promise = case.promise
    if promise is None or facts.now.on > promise.due_on:
        # A reminder that comes after the last day (the system slept) would only confuse.
        return []
    lacking = check_materials(facts.item, case.supplied_codes, case.defects).lacking
    reminded = e.SupplyReminded(
        effective_on=facts.now.on,
        supply_due_on=promise.due_on,
        working_days_left=command.working_days_left,
        lacking=lacking,
    )
    return [reminded]


def _expire_tolerance(case: Case, command: c.ExpireTolerance, facts: Facts) -> list[CaseEvent]:
    promise = case.promise
    if promise is None or facts.now.on <= promise.due_on:
        return []
    # §5.3(7): the default counts from the end of the supply date, whenever the system notices it.
    lacking = check_materials(facts.item, case.supplied_codes, case.defects).lacking
    expired = e.ToleranceExpired(
        effective_on=promise.due_on,
        supply_due_on=promise.due_on,
        lacking=lacking,
        default_id=command.default_id,
    )
    return [expired, e.Terminated(effective_on=promise.due_on, reason="undertaking_broken")]


def _lapse_correction(case: Case, _: c.LapseCorrection, facts: Facts) -> list[CaseEvent]:
    correction = case.clock("correction")
    if correction is None or facts.now.on <= correction.due_on:
        return []
    return [e.Lapsed(effective_on=correction.due_on, correction_due_on=correction.due_on)]


def _codes(assessment: Assessment) -> tuple[str, ...]:
    return tuple(reason.code for reason in assessment.against_tolerance)


_RULES: dict[type[Command], Callable[[Case, Any, Facts], list[CaseEvent]]] = {
    c.Accept: _accept,
    c.AcceptTolerantly: _accept_tolerantly,
    c.RequestCorrection: _request_correction,
    c.Supply: _supply,
    c.Decide: _decide_case,
    c.Deliver: _deliver,
    c.Withdraw: _withdraw,
    c.DeemAccepted: _deem_accepted,
    c.Remind: _remind,
    c.ExpireTolerance: _expire_tolerance,
    c.LapseCorrection: _lapse_correction,
}
