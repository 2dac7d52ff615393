"""Where a case stands, as people ask it: what is it, since when, who acts next, by which day; and its way as stations."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.applications.contracts import CaseView, ClockView
from shared.deadlines.wording import day_zh
from shared.time import shanghai

Holder = Literal["applicant", "office", "nobody"]
Stage = Literal["done", "here", "ahead", "stopped"]
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
ENDED = {
    "WITHDRAWN": "撤回",
    "TERMINATED": "终止",
    "LAPSED_NO_CORRECTION": "补正不来办结",
    "NOT_REQUIRED": "不受理（无需许可）",
    "NOT_COMPETENT": "不予受理",
    "VOIDED": "作废",
}
# What became of a result that had been delivered.
AFTERWARDS = {
    "CLOSED": "办结归档",
    "REVOKED": "撤销",
    "WITHDRAWN_LICENCE": "撤回许可",
    "CANCELLED": "注销",
    "CHANGED": "变更",
    "RENEWED": "延续",
}
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
    """One stop on the way of a case; `on` is its day, `due_on` the day by which it is to be reached."""

    name: str
    stage: Stage
    on: date | None = None
    due_on: date | None = None
    holder: Holder = "nobody"


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
    if staff and case.state in _FOR_STAFF:
        what, next_step = _FOR_STAFF[case.state]
    else:
        what = _what(case)
    if case.state == "ACCEPTED_DEEMED" and any(p.status in _STILL_TO_COME for p in case.check.materials):
        # Accepted by silence is not complete: nothing can be granted before the rest has come (行政许可法 Art 38).
        holder, tone = "applicant", "soon"
        next_step = f"{'申请人' if staff else '请您'}补交尚缺的材料；补齐前不能作出准予决定，办理期限照常计算"
    clock = waiting_clock(case)
    since = case.timeline[-1].effective_on if case.timeline else shanghai(case.submitted_at).date()
    return Status(
        what=what,
        since=since,
        holder=holder,
        next_step=next_step,
        due_on=clock.due_on if clock and clock.stopped_on is None else None,
        clock=clock.name if clock else None,
        tone=tone,
    )


def _what(case: CaseView) -> str:
    if case.state == "DELIVERED" and case.decision is not None:
        result = "准予" if case.decision.result == "grant" else "不予"
        return f"决定{result}，结果已送达，办件办结。"
    if case.state == "TERMINATED" and any(entry.event == "ToleranceExpired" for entry in case.timeline):
        return "容缺材料逾期未补齐，办理已终止，可以重新申请。"
    if case.state == "SPECIAL_PROCEDURE":
        return _procedures(case)
    return _WHAT[case.state]


def _procedures(case: CaseView) -> str:
    """Which procedure is going on, and until when its time is left out: beyond the told end the clocks run again."""
    running = [procedure for procedure in case.procedures if procedure.ended_on is None]
    names = "、".join(procedure.kind_zh for procedure in running) or "特别程序"
    if any(procedure.overrun for procedure in running):
        return f"{names}尚未结束，但书面告知的时间已经届满，办理期限恢复计算。"
    until = max((procedure.told_until for procedure in running), default=None)
    told = f"已书面告知至{day_zh(until)}" if until else "所需时间已书面告知"
    return f"正在进行{names}，{told}，这段时间不计入办理期限。"


_WHAT = {
    "SUBMITTED": "已收到您的申请，正在核对材料，尚未受理。",
    "CORRECTION_NOTICED": "材料需要补正，请按补正通知书补齐。",
    "ACCEPTED": "申请已受理，正在审查。",
    "ACCEPTED_TOLERANT": "申请已容缺受理，请补交所缺材料。",
    "ACCEPTED_DEEMED": "逾期未告知，申请视为已受理，正在审查。",
    "IN_REVIEW": "材料已齐全，正在审查。",
    "EXTENDED": "办理期限已依法延长，正在审查。",
    "DECIDED_GRANT": "已作出准予决定，等待送达。",
    "ISSUED": "证件已制作，等待送达。",
    "DECIDED_REFUSE": "已作出不予决定，等待送达。",
    "DELIVERED": "结果已送达，办件办结。",
    "CLOSED": "结果已送达，办件已办结归档。",
    "WITHDRAWN": "申请已撤回，办件终止。",
    "TERMINATED": "办理已终止，原因见终止办理通知书，可以重新申请。",
    "NOT_REQUIRED": "申请的事项依法不需要取得行政许可，不受理，说明见告知书。",
    "NOT_COMPETENT": "申请的事项不属于本机关职权，不予受理；应当向哪个机关申请，见决定书。",
    "VOIDED": "这是错误登记的记录，已作废；不影响您重新申请。",
    "REVOKED": "准予的结果已被撤销或者收回，理由和救济途径见决定书。",
    "WITHDRAWN_LICENCE": "许可已依法撤回，理由、补偿和救济途径见决定书。",
    "CANCELLED": "许可已注销，原因见告知书。",
    "CHANGED": "许可已由之后的办件变更。",
    "RENEWED": "许可已由之后的办件延续。",
    "LAPSED_NO_CORRECTION": "逾期未补正，办件已办结；这不是不予许可，可以重新申请。",
}
_NEXT: dict[str, tuple[Holder, str, Tone]] = {
    "SUBMITTED": ("office", "窗口核对材料，告知是否受理或需要补正的全部内容", "action"),
    "CORRECTION_NOTICED": ("applicant", "请您补正材料，并重新提交", "soon"),
    "ACCEPTED": ("office", "审批人员审查并作出决定", "action"),
    "ACCEPTED_DEEMED": ("office", "审批人员审查并作出决定", "action"),
    "ACCEPTED_TOLERANT": ("applicant", "请您补交承诺的材料；补齐前不作出决定", "soon"),
    "IN_REVIEW": ("office", "审批人员审查并作出决定", "action"),
    "SPECIAL_PROCEDURE": ("office", "特别程序结束后继续审查", "action"),
    "EXTENDED": ("office", "审批人员审查并作出决定", "action"),
    "DECIDED_GRANT": ("office", "窗口送达决定书", "action"),
    "ISSUED": ("office", "窗口送达证件", "action"),
    "DECIDED_REFUSE": ("office", "窗口送达决定书", "action"),
    "DELIVERED": ("nobody", "", "done"),
    **dict.fromkeys((*ENDED, *AFTERWARDS), ("nobody", "", "ended")),
    **dict.fromkeys(("CLOSED", "RENEWED"), ("nobody", "", "done")),
}
_STILL_TO_COME = frozenset({"missing", "defective"})
# What staff read where the applicant is spoken to.
_FOR_STAFF: dict[str, tuple[str, str]] = {
    "SUBMITTED": ("已收件，等待受理。", "窗口核对材料，告知是否受理或需要补正的全部内容"),
    "CORRECTION_NOTICED": ("已告知补正，等待申请人补正材料。", "申请人补正；补齐后重新核对"),
    "ACCEPTED_TOLERANT": ("已容缺受理，等待申请人补交材料。", "申请人补交承诺的材料；补齐前不作出决定"),
    "TERMINATED": ("办理已终止，原因见终止办理通知书。", ""),
}


def stations_of(case: CaseView) -> list[Station]:
    """The stops of this case in order: those it has passed with their day, the rest with the day they are due."""
    stops = [Station("收件", "done", case.received_on)]
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
            stops[place] = Station(stop.name, "here", stop.on, stop.due_on, holder)
            break
    return stops


def _event_on(case: CaseView, event: str) -> date | None:
    return next((entry.effective_on for entry in case.timeline if entry.event == event), None)


def _correction(case: CaseView) -> list[Station]:
    asked_on = _event_on(case, "CorrectionRequested")
    if asked_on is None:
        return []
    clock = clock_of(case, "correction")
    asked = Station("告知补正", "done", asked_on)
    if case.state == "CORRECTION_NOTICED":
        return [asked, Station("补正材料", "ahead", None, clock.due_on if clock else None)]
    supplied_on = _event_on(case, "MaterialsSupplied")
    return [asked, Station("补正材料", "done", supplied_on)] if supplied_on else [asked]


def _acceptance(case: CaseView) -> Station:
    names = {"tolerant": "容缺受理", "deemed": "视为受理"}
    name = names.get(case.acceptance_basis or "", "受理")
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
        return [Station("补齐材料", "done", promise.fulfilled_on)]
    return [Station("补齐材料", "ahead", None, promise.supply_due_on)]


def _procedure(case: CaseView) -> list[Station]:
    """A special procedure stands on the way of a case that had one (行政许可法 45)."""
    begun_on, ended_on = _event_on(case, "ProcedureStarted"), _event_on(case, "ProcedureEnded")
    if begun_on is None:
        return []
    if case.state == "SPECIAL_PROCEDURE" or ended_on is None:
        return [Station("特别程序", "ahead", begun_on)]
    return [Station("特别程序", "done", ended_on)]


def _licence(case: CaseView) -> list[Station]:
    issued_on = _event_on(case, "LicenceIssued")
    return [] if issued_on is None else [Station("制证", "done", issued_on)]


def _decision(case: CaseView) -> Station:
    if case.decision is not None:
        name = "准予决定" if case.decision.result == "grant" else "不予决定"
        return Station(name, "done", case.decision.decided_on)
    clock = clock_of(case, "promised")
    return Station("审查决定", "ahead", None, clock.due_on if clock else None)


def _delivery(case: CaseView) -> Station:
    if case.decision is not None and case.decision.delivered_on is not None:
        return Station("送达", "done", case.decision.delivered_on)
    clock = clock_of(case, "delivery")
    return Station("送达", "ahead", None, clock.due_on if clock else None)
