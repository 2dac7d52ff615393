"""Where a case stands, as people ask it: what is it, since when, who acts next, by which day; and its way as stations."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from services.applications.contracts import CaseView, ClockView
from services.gateway.design.language import N_, Words, _, spoken
from services.gateway.design.words import day_said
from shared.time import shanghai

Holder = Literal["applicant", "office", "nobody"]
Stage = Literal["done", "here", "ahead", "stopped"]
# What the way to a stop was besides time that runs.
Stretch = Literal["", "excluded", "extended"]
# `done` is what was hoped for; `ended` is over without saying how anybody feels about it.
Tone = Literal["action", "soon", "done", "ended"]

OPEN_STATES = frozenset(
    {
        "SUBMITTED",
        "CORRECTION_NOTICED",
        "ACCEPTED",
        "ACCEPTED_TOLERANT",
        "ACCEPTED_DEEMED",
        "IN_REVIEW",
        "SPECIAL_PROCEDURE",
        "EXTENDED",
    }
)
# How a case ended without a decision.
ENDED = Words(
    {
        "WITHDRAWN": N_("撤回"),
        "TERMINATED": N_("终止"),
        "LAPSED_NO_CORRECTION": N_("补正不来办结"),
        "NOT_REQUIRED": N_("不受理（无需许可）"),
        "NOT_COMPETENT": N_("不予受理"),
        "VOIDED": N_("作废"),
    }
)
# What became of a result that had been delivered.
AFTERWARDS = Words(
    {
        "CLOSED": N_("办结归档"),
        "REVOKED": N_("撤销"),
        "WITHDRAWN_LICENCE": N_("撤回许可"),
        "CANCELLED": N_("注销"),
        "CHANGED": N_("变更"),
        "RENEWED": N_("延续"),
    }
)
# Which clock a person waits for in each state.
_CLOCK = {
    "SUBMITTED": "intake",
    "CORRECTION_NOTICED": "correction",
    "ACCEPTED": "promised",
    "ACCEPTED_DEEMED": "promised",
    "IN_REVIEW": "promised",
    "SPECIAL_PROCEDURE": "promised",
    "EXTENDED": "promised",
    "ISSUED": "delivery",
    "ACCEPTED_TOLERANT": "supply",
    "DECIDED_GRANT": "delivery",
    "DECIDED_REFUSE": "delivery",
}


@dataclass(frozen=True, slots=True)
class Status:
    """The sentence at the top of a case: what, since when, who has the ball, what happens next and by which day."""

    what: str
    since: date
    holder: Holder
    next_step: str
    due_on: date | None
    clock: str | None
    tone: Tone


@dataclass(frozen=True, slots=True)
class Station:
    """One stop on the way of a case; `on` is its day, `due_on` the day by which it is to be reached.

    `stretch` says that the time before it is left out of the time to decide, or that it was added to.
    """

    name: str
    stage: Stage
    on: date | None = None
    due_on: date | None = None
    holder: Holder = "nobody"
    stretch: Stretch = ""


def clock_of(case: CaseView, name: str) -> ClockView | None:
    """The newest clock of this name."""
    return next((clock for clock in reversed(case.clocks) if clock.name == name), None)


def waiting_clock(case: CaseView) -> ClockView | None:
    """The clock that matters now."""
    name = _CLOCK.get(case.state)
    return clock_of(case, name) if name else None


def status_of(case: CaseView, *, staff: bool = False) -> Status:
    """The status sentence of this case, spoken to its applicant or to those who handle it."""
    holder, next_step, tone = _NEXT[case.state]
    what = _what(case)
    if staff and case.state in _FOR_STAFF:
        told, next_step = _FOR_STAFF[case.state]
        what = _(told)
    if case.state == "ACCEPTED_DEEMED" and any(p.status in _STILL_TO_COME for p in case.check.materials):
        # Accepted by silence is not complete: nothing can be granted before the rest has come (行政许可法 Art 38).
        holder, tone = "applicant", "soon"
        next_step = _LACKING_FOR_STAFF if staff else _LACKING
    clock = waiting_clock(case)
    since = case.timeline[-1].effective_on if case.timeline else shanghai(case.submitted_at).date()
    return Status(
        what=what,
        since=since,
        holder=holder,
        next_step=_(next_step) if next_step else "",
        due_on=clock.due_on if clock and clock.stopped_on is None else None,
        clock=clock.name if clock else None,
        tone=tone,
    )


def _what(case: CaseView) -> str:
    if case.state == "DELIVERED" and case.decision is not None:
        granted = case.decision.result == "grant"
        return _("决定准予，结果已送达，办件办结。") if granted else _("决定不予，结果已送达，办件办结。")
    if case.state == "TERMINATED" and any(entry.event == "ToleranceExpired" for entry in case.timeline):
        return _("容缺材料逾期未补齐，办理已终止，可以重新申请。")
    if case.state == "SPECIAL_PROCEDURE":
        return _procedures(case)
    return _WHAT[case.state]


def _procedures(case: CaseView) -> str:
    """Which procedure is going on, and until when its time is left out: beyond the told end the clocks run again."""
    running = [procedure for procedure in case.procedures if procedure.ended_on is None]
    names = _("、").join(spoken(procedure, "kind") for procedure in running) or _("特别程序")
    if any(procedure.overrun for procedure in running):
        return _("{names}尚未结束，但书面告知的时间已经届满，办理期限恢复计算。", names=names)
    until = max((procedure.told_until for procedure in running), default=None)
    if until is None:
        return _("正在进行{names}，所需时间已书面告知，这段时间不计入办理期限。", names=names)
    return _("正在进行{names}，已书面告知至{day}，这段时间不计入办理期限。", names=names, day=day_said(until))


_WHAT = Words(
    {
        "SUBMITTED": N_("已收到您的申请，正在核对材料，尚未受理。"),
        "CORRECTION_NOTICED": N_("材料需要补正，请按补正通知书补齐。"),
        "ACCEPTED": N_("申请已受理，正在审查。"),
        "ACCEPTED_TOLERANT": N_("申请已容缺受理，请补交所缺材料。"),
        "ACCEPTED_DEEMED": N_("逾期未告知，申请视为已受理，正在审查。"),
        "IN_REVIEW": N_("材料已齐全，正在审查。"),
        "EXTENDED": N_("办理期限已依法延长，正在审查。"),
        "DECIDED_GRANT": N_("已作出准予决定，等待送达。"),
        "ISSUED": N_("证件已制作，等待送达。"),
        "DECIDED_REFUSE": N_("已作出不予决定，等待送达。"),
        "DELIVERED": N_("结果已送达，办件办结。"),
        "CLOSED": N_("结果已送达，办件已办结归档。"),
        "WITHDRAWN": N_("申请已撤回，办件终止。"),
        "TERMINATED": N_("办理已终止，原因见终止办理通知书，可以重新申请。"),
        "NOT_REQUIRED": N_("申请的事项依法不需要取得行政许可，不受理，说明见告知书。"),
        "NOT_COMPETENT": N_("申请的事项不属于本机关职权，不予受理；应当向哪个机关申请，见决定书。"),
        "VOIDED": N_("这是错误登记的记录，已作废；不影响您重新申请。"),
        "REVOKED": N_("准予的结果已被撤销或者收回，理由和救济途径见决定书。"),
        "WITHDRAWN_LICENCE": N_("许可已依法撤回，理由、补偿和救济途径见决定书。"),
        "CANCELLED": N_("许可已注销，原因见告知书。"),
        "CHANGED": N_("许可已由之后的办件变更。"),
        "RENEWED": N_("许可已由之后的办件延续。"),
        "LAPSED_NO_CORRECTION": N_("逾期未补正，办件已办结；这不是不予许可，可以重新申请。"),
    }
)
_NEXT: dict[str, tuple[Holder, str, Tone]] = {
    "SUBMITTED": ("office", N_("窗口核对材料，告知是否受理或需要补正的全部内容"), "action"),
    "CORRECTION_NOTICED": ("applicant", N_("请您补正材料，并重新提交"), "soon"),
    "ACCEPTED": ("office", N_("审批人员审查并作出决定"), "action"),
    "ACCEPTED_DEEMED": ("office", N_("审批人员审查并作出决定"), "action"),
    "ACCEPTED_TOLERANT": ("applicant", N_("请您补交承诺的材料；补齐前不作出决定"), "soon"),
    "IN_REVIEW": ("office", N_("审批人员审查并作出决定"), "action"),
    "SPECIAL_PROCEDURE": ("office", N_("特别程序结束后继续审查"), "action"),
    "EXTENDED": ("office", N_("审批人员审查并作出决定"), "action"),
    "DECIDED_GRANT": ("office", N_("窗口送达决定书"), "action"),
    "ISSUED": ("office", N_("窗口送达证件"), "action"),
    "DECIDED_REFUSE": ("office", N_("窗口送达决定书"), "action"),
    "DELIVERED": ("nobody", "", "done"),
    **dict.fromkeys((*ENDED, *AFTERWARDS), ("nobody", "", "ended")),
    **dict.fromkeys(("CLOSED", "RENEWED"), ("nobody", "", "done")),
}
_LACKING = N_("请您补交尚缺的材料；补齐前不能作出准予决定，办理期限照常计算")
_LACKING_FOR_STAFF = N_("申请人补交尚缺的材料；补齐前不能作出准予决定，办理期限照常计算")
_STILL_TO_COME = frozenset({"missing", "defective"})
# What staff read where the applicant is spoken to.
_FOR_STAFF: dict[str, tuple[str, str]] = {
    "SUBMITTED": (N_("已收件，等待受理。"), N_("窗口核对材料，告知是否受理或需要补正的全部内容")),
    "CORRECTION_NOTICED": (N_("已告知补正，等待申请人补正材料。"), N_("申请人补正；补齐后重新核对")),
    "ACCEPTED_TOLERANT": (
        N_("已容缺受理，等待申请人补交材料。"),
        N_("申请人补交承诺的材料；补齐前不作出决定"),
    ),
    "TERMINATED": (N_("办理已终止，原因见终止办理通知书。"), ""),
}


def stations_of(case: CaseView) -> list[Station]:
    """The stops of this case in order: those it has passed with their day, the rest with the day they are due."""
    stops = [Station(_("收件"), "done", case.received_on)]
    stops += _correction(case)
    stops.append(_acceptance(case))
    stops += _supply(case)
    stops += _procedure(case)
    stops += [_decision(case), *_licence(case), _delivery(case)]
    if case.state in ENDED:
        reached = [stop for stop in stops if stop.stage == "done"]
        ended_on = case.timeline[-1].effective_on if case.timeline else None
        return [*reached, Station(ENDED[case.state], "stopped", ended_on)]
    if case.state in AFTERWARDS:
        on = case.timeline[-1].effective_on if case.timeline else None
        stage: Stage = "done" if case.state == "CLOSED" else "stopped"
        return [*(stop for stop in stops if stop.stage == "done"), Station(AFTERWARDS[case.state], stage, on)]
    return _mark_here(case, stops)


def _mark_here(case: CaseView, stops: list[Station]) -> list[Station]:
    """The first stop that is not reached is where the case is now."""
    holder = _NEXT[case.state][0]
    for place, stop in enumerate(stops):
        if stop.stage == "ahead":
            stops[place] = replace(stop, stage="here", holder=holder)
            break
    return stops


def _event_on(case: CaseView, event: str) -> date | None:
    return next((entry.effective_on for entry in case.timeline if entry.event == event), None)


def _correction(case: CaseView) -> list[Station]:
    asked_on = _event_on(case, "CorrectionRequested")
    if asked_on is None:
        return []
    clock = clock_of(case, "correction")
    asked = Station(_("告知补正"), "done", asked_on)
    if case.state == "CORRECTION_NOTICED":
        return [
            asked,
            Station(_("补正材料"), "ahead", None, clock.due_on if clock else None, stretch="excluded"),
        ]
    supplied_on = _event_on(case, "MaterialsSupplied")
    return (
        [asked, Station(_("补正材料"), "done", supplied_on, stretch="excluded")] if supplied_on else [asked]
    )


def _acceptance(case: CaseView) -> Station:
    names = {"tolerant": _("容缺受理"), "deemed": _("视为受理")}
    name = names.get(case.acceptance_basis or "", _("受理"))
    if case.accepted_on is not None:
        return Station(name, "done", case.accepted_on)
    clock = clock_of(case, "intake")
    running = clock is not None and clock.stopped_on is None
    return Station(name, "ahead", None, clock.due_on if clock and running else None)


def _supply(case: CaseView) -> list[Station]:
    promise = case.tolerance
    if promise is None:
        return []
    if promise.fulfilled_on is not None:
        return [Station(_("补齐材料"), "done", promise.fulfilled_on)]
    return [Station(_("补齐材料"), "ahead", None, promise.supply_due_on)]


def _procedure(case: CaseView) -> list[Station]:
    """A special procedure stands on the way of a case that had one (行政许可法 45)."""
    begun_on, ended_on = _event_on(case, "ProcedureStarted"), _event_on(case, "ProcedureEnded")
    if begun_on is None:
        return []
    if case.state == "SPECIAL_PROCEDURE" or ended_on is None:
        return [Station(_("特别程序"), "ahead", begun_on, stretch="excluded")]
    return [Station(_("特别程序"), "done", ended_on, stretch="excluded")]


def _licence(case: CaseView) -> list[Station]:
    issued_on = _event_on(case, "LicenceIssued")
    return [] if issued_on is None else [Station(_("制证"), "done", issued_on)]


def _decision(case: CaseView) -> Station:
    if case.decision is not None:
        name = _("准予决定") if case.decision.result == "grant" else _("不予决定")
        return Station(name, "done", case.decision.decided_on, stretch=_added(case))
    clock = clock_of(case, "promised")
    return Station(_("审查决定"), "ahead", None, clock.due_on if clock else None, stretch=_added(case))


def _added(case: CaseView) -> Stretch:
    """Whether the time to decide was extended (行政许可法 42)."""
    clock = clock_of(case, "statutory")
    extended = clock is not None and any(one.operation == "EXTEND" for one in clock.operations)
    return "extended" if extended or case.state == "EXTENDED" else ""


def _delivery(case: CaseView) -> Station:
    if case.decision is not None and case.decision.delivered_on is not None:
        return Station(_("送达"), "done", case.decision.delivered_on)
    clock = clock_of(case, "delivery")
    return Station(_("送达"), "ahead", None, clock.due_on if clock else None)
