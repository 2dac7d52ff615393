"""The decision, its delivery, and the applicant's withdrawal."""

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case, Verdict
from services.applications.domain.clocks import DELIVERY, Clock, last_day, start
from services.applications.domain.commands import By
from services.applications.domain.committing import post_check_clock
from services.applications.domain.errors import InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.events import CaseEvent
from services.applications.domain.facts import Facts
from services.applications.domain.hearings import refuse_unheard
from services.applications.domain.item import Item
from services.applications.domain.licences import must_be_made_out
from services.applications.domain.materials import check_materials
from services.applications.domain.procedures import refuse_while_procedure_runs
from services.applications.domain.renewing import must_still_be_held
from services.applications.domain.reviewing import check_batch, check_review, joint_decision
from services.applications.domain.revoking import banned_after_refusal
from services.applications.domain.tolerance import require_examined


def decide_case(
    case: Case, command: c.Decide, facts: Facts, awaited: tuple[str, ...] = ()
) -> list[CaseEvent]:
    """Grant or refuse; `awaited` are papers that may still come after the grant (容缺审批, §5.3(8))."""
    _keep_duties_apart(case, facts.by)
    _require_reasons(command)
    refuse_while_procedure_runs(case)
    refuse_unheard(case, command, facts)
    check = check_materials(facts.item, case.supplied_codes, case.defects)
    if command.result == "grant":
        require_examined(case)
    if command.result == "grant" and not check.complete and not awaited:
        zh, en = facts.item.listed(check.lacking)
        raise OutcomeNotAllowed(
            "grant_with_papers_missing",
            f"材料尚不齐全（{zh}），不得作出准予决定（行政许可法第三十八条）。",
            f"Papers are lacking ({en}); no grant is possible (Art. 38).",
        )
    check_review(case, command, facts)
    check_batch(case, command, facts)
    must_still_be_held(case, command.result, facts)
    _refuse_unknown_ground(command, facts.item)
    approvals, is_last = joint_decision(case, command, facts)
    if not is_last:
        return [*approvals]
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
        online_remedy=command.result == "refuse" and facts.online_reconsideration,
        awaited=awaited,
        awaited_until=case.promise.due_on if case.promise and awaited else None,
        post_check=post_check_clock(case, on, facts) if command.result == "grant" else None,
        minutes_sha256=command.minutes_sha256,
        ground=command.ground,
        banned_until=banned_after_refusal(command.ground, facts),
    )
    return [*approvals, decided]


def _in_time(clock: Clock | None, facts: Facts) -> bool:
    return clock is None or facts.now.on <= last_day(clock, facts.calendar)


def _require_reasons(command: c.Decide) -> None:
    if command.result == "refuse" and command.reasons_sha256 is None:
        raise OutcomeNotAllowed(
            "reasons_required",
            "不予许可的决定必须说明理由（行政许可法第三十八条）。",
            "A refusal must state its reasons (Administrative Licence Law, Article 38).",
            pointer="/reasons",
        )


# LIC-24, Art 78: the one ground from which the law draws a consequence of its own (a warning, and perhaps a ban).
REFUSAL_GROUNDS = frozenset({"false_materials"})


def _refuse_unknown_ground(command: c.Decide, item: Item) -> None:
    if command.ground is None:
        return
    # A warning is a penalty, and no penalty rests on a law that is only followed by analogy.
    if command.result == "grant" or command.ground not in REFUSAL_GROUNDS or not item.is_licence:
        raise InvalidRequest(
            "ground_not_in_law",
            "只有不予许可的决定可以注明“隐瞒有关情况或者提供虚假材料”（行政许可法第七十八条），其他情形请写在理由中。",
            "Only a refusal can name hidden facts or false papers as its ground (Administrative Licence Law, Art. 78);"
            " anything else belongs into the reasons.",
            pointer="/ground",
            allowed=sorted(REFUSAL_GROUNDS),
        )


def _keep_duties_apart(case: Case, by: By) -> None:
    if by.id in case.handled_by:
        raise NotAllowed(
            "separation_of_duties",
            "收件或受理本办件的人员不能单独作出决定，请由其他审批人员决定。",
            "Whoever received or accepted the case can't be its sole decider; another approver must decide.",
        )


def deliver(case: Case, command: c.Deliver, facts: Facts) -> list[CaseEvent]:
    assert case.verdict is not None
    must_be_made_out(case, facts.item)
    _require_online_remedy(case.verdict, command)
    delivered = e.Delivered(
        effective_on=facts.now.on,
        delivered_on=facts.now.on,
        method=command.method,
        result=case.verdict.result,
        delivered_by=facts.by.id,
        waybill=command.waybill,
    )
    return [delivered]


def _require_online_remedy(verdict: Verdict, command: c.Deliver) -> None:
    # 行政复议法 22¶2: what is delivered through the internet must offer an internet channel to reconsideration too.
    if verdict.result == "refuse" and command.method == "electronic" and not verdict.online_remedy:
        raise OutcomeNotAllowed(
            "online_reconsideration_missing",
            "决定书没有载明网上申请行政复议的地址，不得以电子方式送达（行政复议法第二十二条），"
            "请改用窗口领取或者邮寄送达。",
            "The decision names no address to ask for reconsideration on line, so it can't be delivered electronically"
            " (Administrative Reconsideration Law, Art. 22); hand it over or post it.",
            pointer="/method",
        )


def withdraw(case: Case, _: c.Withdraw, facts: Facts) -> list[CaseEvent]:
    return [e.Withdrawn(effective_on=facts.now.on, withdrawn_on=facts.now.on, withdrawn_by=facts.by.id)]
