"""Tolerated papers after they came: examined, noticed once more, given more time for force majeure (§5.3(6), (7))."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.applications.domain import commands as c
from services.applications.domain import committing, completing
from services.applications.domain import events as e
from services.applications.domain.case import Case, Promise
from services.applications.domain.changes import Change, with_clocks
from services.applications.domain.clocks import Clock, extended, last_day, shortened_exclusion
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.hearings import refuse_chair
from services.applications.domain.materials import MISSING, Defect, check_materials
from services.applications.domain.parts.tolerating import SupplyRequest
from services.applications.domain.state import DECIDED_STATES, State
from shared.deadlines import subtract_working_days, working_days_between
from shared.deadlines.calendar import Calendar

_AFTER_GRANT = DECIDED_STATES | {State.ISSUED, State.DELIVERED}


def confirm_supply(case: Case, _: c.ConfirmSupply, facts: Facts) -> list[e.CaseEvent]:
    """§5.3(6): a person has examined what came late, and it is right."""
    refuse_chair(case, [facts.by.id])
    _unexamined(case)
    return [
        e.SupplyConfirmed(
            effective_on=facts.now.on, examined_by=facts.by.id, lifts_mark=case.awaits_after_grant
        )
    ]


def fault_supply(case: Case, command: c.FaultSupply, facts: Facts) -> list[e.CaseEvent]:
    """§5.3(6): wrong papers bring one more notice, and only while time remains before the supply date."""
    refuse_chair(case, [facts.by.id])
    promise = _unexamined(case)
    _refuse_other_papers(promise, command.defects)
    supply = case.clock("supply")
    assert supply is not None
    may_notice = promise.faulted_on is None and facts.now.on <= last_day(supply, facts.calendar)
    if may_notice != (not command.ends):
        raise _other_outcome(may_notice=may_notice)
    if may_notice:
        # The same date: waiting for papers moves no clock (行政许可法 45 is a closed list).
        return [_faulted(command, facts, replace(supply, stopped_on=None))]
    if command.reasons_sha256 is None:
        raise OutcomeNotAllowed(
            "reasons_required",
            "请写明补交材料不符合要求的具体理由，理由将载入通知书。",
            "Please state why the late papers are wrong; the reasons go into the notice.",
            pointer="/reasons",
        )
    # No time is left: the papers count as not supplied, by the decision of whoever examined them (§10: a person).
    lacking = tuple(dict.fromkeys(defect.material_code for defect in command.defects))
    return [
        _faulted(command, facts, None),
        *broken(case, facts, lacking, command.default_id, "late_papers_wrong"),
    ]


def _faulted(command: c.FaultSupply, facts: Facts, supply: Clock | None) -> e.SupplyFaulted:
    return e.SupplyFaulted(
        effective_on=facts.now.on,
        defects=command.defects,
        examined_by=facts.by.id,
        supply=supply,
        reasons_sha256=command.reasons_sha256,
    )


def _unexamined(case: Case) -> Promise:
    promise = case.promise
    if promise is None or promise.fulfilled_on is None or promise.confirmed_on or promise.broken_on:
        raise OutcomeNotAllowed(
            "no_late_papers",
            "本办件没有待审查的容缺补交材料。",
            "No late papers of this case wait to be examined.",
        )
    return promise


def _refuse_other_papers(promise: Promise, defects: tuple[Defect, ...]) -> None:
    if not defects:
        raise InvalidRequest(
            "defects_required",
            "请指出补交材料中哪些不符合要求。",
            "Please name what is wrong with the late papers.",
            pointer="/defects",
        )
    for place, defect in enumerate(defects):
        # "One-time": what was there at the acceptance could be seen then (Art 32(4), 72(4)).
        if defect.material_code not in promise.lacking or defect.reason == MISSING:
            raise InvalidRequest(
                "defect_not_of_late_paper",
                "只能对补交的容缺材料提出问题（行政许可法第三十二条第一款第四项）。",
                "Only the papers that came late can be faulted now (Administrative Licence Law, Art. 32(4)).",
                pointer=f"/defects/{place}/material_code",
            )


def _other_outcome(*, may_notice: bool) -> OutcomeNotAllowed:
    if may_notice:
        return OutcomeNotAllowed(
            "supply_notice_possible",
            "补交期限尚未届满且未曾再次告知，应当再告知申请人一次，不能直接终止。",
            "Time remains and no further notice was given: the applicant is told once more before anything ends.",
            pointer="/ends",
        )
    return OutcomeNotAllowed(
        "supply_notice_not_possible",
        "补交期限已经届满或者已经再次告知过一次，不能再告知；材料确不符合要求的，请确认视为未补交。",
        "The time is over or one more notice was given already; confirm (`ends`) that the papers count as not supplied.",
        pointer="/ends",
    )


def broken(
    case: Case, facts: Facts, lacking: tuple[str, ...], default_id: UUID | None, reason: str
) -> list[e.CaseEvent]:
    """§5.3(7): the default, and what follows: the end of an open case, the recall of a result given before (8)."""
    promise = case.promise
    assert promise is not None
    assert default_id is not None
    expired = e.ToleranceExpired(
        effective_on=facts.now.on,
        supply_due_on=promise.due_on,
        lacking=lacking,
        default_id=default_id,
    )
    if case.verdict is not None:
        return [expired, completing.recall_noticed(facts)]
    return [expired, e.Terminated(effective_on=facts.now.on, reason=reason)]


def request_extension(case: Case, command: c.RequestSupplyExtension, facts: Facts) -> list[e.CaseEvent]:
    """Force majeure: asked for before the supply date has passed, with the facts and what proves them."""
    if case.asked_for_more_time:
        raise OutcomeNotAllowed(
            "extension_already_asked",
            "延长补交期限的申请正在审核，请等待答复。",
            "More time was asked for already; please wait for the answer.",
        )
    _require_possible_date(case, command.until, facts, "/until")
    return [
        e.SupplyExtensionRequested(
            effective_on=facts.now.on,
            until=command.until,
            requested_by=facts.by.id,
            reasons_sha256=command.reasons_sha256,
            evidence=command.evidence,
        )
    ]


def extend_supply(case: Case, command: c.ExtendSupply, facts: Facts) -> list[e.CaseEvent]:
    """§5.3(7): approved by somebody else than whoever entered the request, within what the statutory time leaves."""
    _open_request(case, facts)
    _require_possible_date(case, command.due_on, facts, "/due_on")
    supply = case.clock("supply")
    assert supply is not None
    longer = extended(
        supply,
        _longer_by(supply, command.due_on, facts.calendar),
        article="",
        reason="force_majeure",
        approver=facts.by.id,
        document_no="",
        calendar=facts.calendar,
    )
    return [
        e.SupplyExtended(
            effective_on=facts.now.on,
            supply=longer,
            approved_by=facts.by.id,
            reasons_sha256=command.reasons_sha256,
        )
    ]


def _longer_by(supply: Clock, due_on: date, calendar: Calendar) -> int:
    # Counted from the start: a date that was told and kept may lie beyond the counted one.
    so_far = supply.length + sum(one.length for one in supply.extensions)
    return working_days_between(supply.started_on, due_on, calendar) - so_far


def decline_extension(case: Case, command: c.DeclineSupplyExtension, facts: Facts) -> list[e.CaseEvent]:
    """The supply date stands; when it has passed while the request waited, the case ends by this decision."""
    _open_request(case, facts)
    declined = e.SupplyExtensionDeclined(
        effective_on=facts.now.on, declined_by=facts.by.id, reasons_sha256=command.reasons_sha256
    )
    supply = case.clock("supply")
    assert supply is not None
    if facts.now.on <= last_day(supply, facts.calendar):
        return [declined]
    # What came and was found wrong lacks as well (§5.3(6)): nobody is in default without a paper to name.
    lacking = check_materials(facts.item, case.supplied_codes, case.defects).lacking
    return [declined, *broken(case, facts, lacking, command.default_id, "undertaking_broken")]


def _open_request(case: Case, facts: Facts) -> SupplyRequest:
    request = case.supply_request
    if request is None or request.answered_on is not None:
        raise OutcomeNotAllowed(
            "no_extension_request",
            "没有待答复的延长补交期限申请。",
            "Nobody has asked for more time to supply.",
        )
    if facts.by.id == request.asked_by:
        raise NotAllowed(
            "separation_of_duties",
            "登记延长申请的人员不能同时批准该申请，请由其他有权限的人员办理。",
            "Whoever entered the request can't answer it; another approver must.",
        )
    return request


def _require_possible_date(case: Case, day: date, facts: Facts, pointer: str) -> None:
    supply, statutory = case.clock("supply"), case.clock("statutory")
    assert supply is not None
    assert statutory is not None
    # §5.3(4) by the statutory date: the promise may suffer for force majeure, the law's own limit never.  A procedure
    # that runs may end sooner than it was told, so its days to come are not counted on.
    statutory = shortened_exclusion(statutory, facts.now.on, calendar=facts.calendar)
    reserve = facts.item.tolerance.reserve_working_days
    latest = subtract_working_days(last_day(statutory, facts.calendar), reserve, facts.calendar)
    earliest = max(supply.due_on, facts.now.on)
    if not earliest < day <= latest or not facts.calendar.is_working_day(day):
        raise OutcomeNotAllowed(
            "extension_date_not_allowed",
            f"新的补交期限应当是{earliest.isoformat()}之后、不晚于{latest.isoformat()}的工作日："
            "等待容缺材料不停止法定办理期限，须留出审查时间。",
            f"The new date must be a working day after {earliest.isoformat()} and not later than {latest.isoformat()}:"
            " waiting never stops the statutory time, and some of it must remain to decide.",
            pointer=pointer,
            latest=latest.isoformat(),
        )


def _confirmed(case: Case, event: e.SupplyConfirmed) -> Case:
    assert case.promise is not None
    promise = replace(case.promise, confirmed_on=event.effective_on, confirmed_by=event.examined_by)
    return replace(case, promise=promise)


def _supply_faulted(case: Case, event: e.SupplyFaulted) -> Case:
    assert case.promise is not None
    promise = replace(case.promise, faulted_on=event.effective_on, faulted_by=event.examined_by)
    case = replace(case, defects=event.defects, promise=promise)
    if event.supply is None:
        return case
    promise = replace(promise, fulfilled_on=None)
    # A result that was given before completion stays what it is while its paper comes again.
    state = case.state if case.state in _AFTER_GRANT else State.ACCEPTED_TOLERANT
    return replace(with_clocks(case, [event.supply]), state=state, promise=promise)


def _supply_extension_requested(case: Case, event: e.SupplyExtensionRequested) -> Case:
    request = SupplyRequest(
        event.effective_on, event.requested_by, event.until, event.reasons_sha256, event.evidence
    )
    return replace(case, supply_request=request)


def _supply_extended(case: Case, event: e.SupplyExtended) -> Case:
    assert case.promise is not None
    promise = replace(case.promise, due_on=event.supply.due_on)
    case = replace(with_clocks(case, [event.supply]), promise=promise)
    return _answered(case, event, granted=True)


def _supply_extension_declined(case: Case, event: e.SupplyExtensionDeclined) -> Case:
    return _answered(case, event, granted=False)


def _answered(case: Case, event: e.CaseEvent, *, granted: bool) -> Case:
    assert case.supply_request is not None
    request = replace(case.supply_request, answered_on=event.effective_on, granted=granted)
    return replace(case, supply_request=request)


def refuse_open_business(case: Case) -> None:
    """A case is not filed while papers are awaited, a recall is open or a commitment is unchecked (§5.3(8), §5.4)."""
    if case.awaits_after_grant or (case.recall is not None and case.recall.open):
        raise OutcomeNotAllowed(
            "papers_still_awaited",
            "容缺审批的材料尚未补齐审结，或者收回程序尚未结束，不能办结归档。",
            "Papers are still awaited after the grant, or its recall is open; the case can't be filed.",
        )
    committing.refuse_open_checks(case)


RULES: Mapping[type[c.Command], Rule] = {
    c.ConfirmSupply: confirm_supply,
    c.FaultSupply: fault_supply,
    c.RequestSupplyExtension: request_extension,
    c.ExtendSupply: extend_supply,
    c.DeclineSupplyExtension: decline_extension,
    **completing.RULES,
    **committing.RULES,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.SupplyConfirmed: _confirmed,
    e.SupplyFaulted: _supply_faulted,
    e.SupplyExtensionRequested: _supply_extension_requested,
    e.SupplyExtended: _supply_extended,
    e.SupplyExtensionDeclined: _supply_extension_declined,
    **completing.CHANGES,
    **committing.CHANGES,
}
