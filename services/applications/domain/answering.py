"""Receiving an application and answering it: accepted, tolerantly accepted, to be corrected, or silence."""

from collections.abc import Sequence

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.clocks import INSPECTORS, INTAKE, Clock, article_of, last_day, start
from services.applications.domain.committing import refuse_unoffered
from services.applications.domain.copying import replace
from services.applications.domain.duties import needs_inspectors
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.events import CaseEvent
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item, Limit
from services.applications.domain.mandates import checked
from services.applications.domain.materials import MISSING, Defect, check_materials, refuse_foreign
from services.applications.domain.outcome import Assessment, Outcome, assess_papers, must_be
from services.applications.domain.tolerance import chosen_supply_clock


def submit(command: c.Submit, facts: Facts) -> e.Submitted:
    """Receive an application, complete or not: nobody is sent away, the receipt is the start of every clock."""
    refuse_foreign(facts.item, command.papers)
    handed_in = tuple(paper.code for paper in command.papers)
    refuse_unoffered(facts.item, command.commitments, handed_in)
    assessment = assess_papers(
        facts.item,
        handed_in,
        (),
        offered=command.commitments,
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
        undertaken=undertaken_in(facts.item, handed_in, command.commitments)
        if command.undertaking_signed
        else (),
        commitments=command.commitments,
        commitment_refused=tuple(reason.code for reason in assessment.against_commitment),
        signatures=command.signatures,
        eligibility=assessment.eligibility,
        follow_up=command.follow_up,
        mandate=command.mandate and checked(command.mandate, facts.now.on),
    )


def undertaken_in(item: Item, handed_in: Sequence[str], commitments: Sequence[str]) -> tuple[str, ...]:
    """The papers that an undertaking names: what may lag and neither came nor is committed (§5.3(2))."""
    return check_materials(item, (*handed_in, *commitments)).missing_tolerable


def assess_case(case: Case, facts: Facts, found: tuple[Defect, ...] = ()) -> Assessment:
    """Where the papers of a case stand today, with the defects that a clerk has just named."""
    return assess_papers(
        facts.item,
        case.supplied_codes,
        (*case.defects, *found),
        # What was committed is settled by the acceptance; until then today's credit decides.
        offered=case.commitments if case.basis is None else (),
        asked=case.asks_tolerance,
        signed=case.undertaking_signed,
        credit=facts.credit,
        on=facts.now.on,
        calendar=facts.calendar,
        undertaken=case.undertaken,
    )


def accept(case: Case, _: c.Accept, facts: Facts) -> list[CaseEvent]:
    # LIC-05, Art 32(5): complete and in legal form, so it must be accepted.
    assessment = assess_case(case, facts)
    must_be(Outcome.ACCEPT, facts.item, assessment)
    return [replace(_accepted(facts, "ordinary"), committed=assessment.committed)]


def accept_tolerantly(case: Case, command: c.AcceptTolerantly, facts: Facts) -> list[CaseEvent]:
    assessment = assess_case(case, facts)
    must_be(Outcome.ACCEPT_TOLERANTLY, facts.item, assessment)
    accepted = _accepted(facts, "tolerant")
    supply = chosen_supply_clock(facts.item, accepted.promised, command.supply_due_on, facts.calendar)
    return [
        replace(
            accepted,
            supply=supply,
            lacking=assessment.check.lacking,
            credit=facts.credit,
            committed=assessment.committed,
            eligibility=assessment.eligibility,
        )
    ]


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
        inspectors=_inspectors(facts),
    )


def _inspectors(facts: Facts) -> Clock | None:
    # LIC-12, Art 55: assigned within five working days of the acceptance, which for a deemed one is only now known.
    if not needs_inspectors(facts.item):
        return None
    return start("inspectors", facts.now.on, INSPECTORS, facts.calendar)


def deem_accepted(case: Case, _: c.DeemAccepted, facts: Facts) -> list[CaseEvent]:
    # LIC-04, Art 32(4): not noticed in five working days means accepted from the day the papers were received.
    on = case.received_on
    intake = case.clock("intake")
    if intake is None or facts.now.on <= (due_on := last_day(intake, facts.calendar)):
        return []
    assessment = assess_case(case, facts)
    accepted = e.Accepted(
        effective_on=on,
        basis="deemed",
        accepted_on=on,
        accepted_by=facts.by.id,
        statutory=start("statutory", on, facts.item.statutory, facts.calendar),
        promised=start("promised", on, facts.item.promised, facts.calendar),
        inspectors=_inspectors(facts),
        lacking=assessment.check.lacking,
        committed=assessment.committed,
    )
    breached = e.DutyBreached(
        effective_on=due_on,
        rule="LIC-04",
        article="行政许可法 32(4), 72" if facts.item.is_licence else article_of("intake", is_licence=False),
        due_on=due_on,
    )
    return [accepted, breached]


def request_correction(case: Case, command: c.RequestCorrection, facts: Facts) -> list[CaseEvent]:
    _refuse_unknown_materials(facts.item, command.defects)
    _refuse_shared_materials(facts.item, command.defects)
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
        commitment_refused=tuple(reason.code for reason in assessment.against_commitment),
        eligibility=assessment.eligibility,
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


def _refuse_shared_materials(item: Item, defects: tuple[Defect, ...]) -> None:
    for place, defect in enumerate(defects):
        if defect.reason == MISSING and item.by_code[defect.material_code].shareable:
            raise InvalidRequest(
                "material_by_sharing",
                "该材料由本机关通过数据共享取得，不得要求申请人提交（在线政务服务若干规定第七条）。",
                "The organ obtains this paper by data sharing and may not ask for it (online services rules, Art. 7).",
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


def _codes(assessment: Assessment) -> tuple[str, ...]:
    return tuple(reason.code for reason in assessment.against_tolerance)
