"""容缺审批: a result given before its last papers are there, marked, and recalled when they do not come (§5.3(8))."""

from collections.abc import Mapping

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, with_clocks
from services.applications.domain.clocks import last_day, start, stop
from services.applications.domain.concluding import decide_case
from services.applications.domain.copying import replace
from services.applications.domain.errors import OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.item import Item, Limit
from services.applications.domain.materials import check_materials
from services.applications.domain.parts.tolerating import Recall
from services.applications.domain.state import State

# [P] How long the holder of a result can speak before it is recalled.
HEAR_HOLDER = Limit(5, "working_day")


def lacking_before_completion(case: Case, item: Item) -> tuple[str, ...]:
    """What may still come after the grant; refuses what §5.3(8) does not allow."""
    if not item.tolerance.decision_before_completion:
        # Off by default: it needs the legal sign-off that stands with the published version.
        raise OutcomeNotAllowed(
            "no_decision_before_completion",
            "该事项未开通容缺审批，材料补齐并经审查后才能作出决定。",
            "This item gives no result before completion; the papers have to come and be examined first.",
        )
    check = check_materials(item, case.supplied_codes, case.defects)
    # 行政许可法 38: the conditions themselves must be met, so only papers that decide none of them may follow.
    unfit = tuple(dict.fromkeys((*check.main_lacking, *check.not_tolerable, *check.defective)))
    if unfit or not check.lacking:
        zh, en = item.listed(unfit)
        raise OutcomeNotAllowed(
            "not_only_secondary_papers",
            f"容缺审批只适用于次要材料待补的办件{f'（{zh}）' if zh else ''}。",
            f"Only secondary papers may still be awaited{f' ({en})' if en else ''}.",
            article="行政许可法 38",
        )
    return check.lacking


def grant_before_completion(case: Case, command: c.GrantBeforeCompletion, facts: Facts) -> list[e.CaseEvent]:
    """The organ head grants on every condition of an ordinary decision, while secondary papers are still to come."""
    awaited = lacking_before_completion(case, facts.item)
    return decide_case(
        case, c.Decide("grant", command.reasons_sha256, command.minutes_sha256), facts, awaited=awaited
    )


def notice_recall(case: Case, _: c.NoticeRecall, facts: Facts) -> list[e.CaseEvent]:
    """After the default the holder is told that the result is to be recalled, and is heard first."""
    # A recall that was dropped was decided on; the same default is no ground for another.
    if case.promise is None or case.promise.broken_on is None or case.recall is not None:
        raise OutcomeNotAllowed(
            "no_ground_to_recall",
            "没有可以收回结果的情形：材料尚在补交期限内、已经补齐，或者已经告知、已经决定不予收回。",
            "There is no ground to recall: the time to supply still runs, the papers came, notice was given already, or"
            " the result was left to stand.",
        )
    return [recall_noticed(facts)]


def recall_noticed(facts: Facts) -> e.RecallNoticed:
    """The notice with the days in which the holder can speak."""
    return e.RecallNoticed(
        effective_on=facts.now.on,
        hear_until=start("recall_hearing", facts.now.on, HEAR_HOLDER, facts.calendar),
        noticed_by=facts.by.id,
    )


def hear_on_recall(case: Case, command: c.HearOnRecall, facts: Facts) -> list[e.CaseEvent]:
    """What the holder says is put on record; the statement itself is kept encrypted."""
    _require_open(case)
    return [
        e.RecallHeard(
            effective_on=facts.now.on,
            recorded_by=facts.by.id,
            statement_sha256=command.statement_sha256,
        )
    ]


def recall_result(case: Case, command: c.RecallResult, facts: Facts) -> list[e.CaseEvent]:
    """The organ head recalls, after the holder was heard or did not speak in the time for it."""
    recall = _require_open(case)
    clock = case.clock("recall_hearing")
    if (
        recall.heard_on is None
        and clock is not None
        and facts.now.on <= (until := last_day(clock, facts.calendar))
    ):
        raise OutcomeNotAllowed(
            "holder_not_heard",
            f"持有人陈述意见的期限至{until.isoformat()}，届满或者听取意见后才能作出收回决定。",
            f"The holder can speak until {until.isoformat()}; decide after that, or once the holder was heard.",
            until=until.isoformat(),
        )
    if command.reasons_sha256 is None:
        raise _reasons_required()
    return [
        e.ResultRecalled(
            effective_on=facts.now.on, recalled_by=facts.by.id, reasons_sha256=command.reasons_sha256
        )
    ]


def drop_recall(case: Case, command: c.DropRecall, facts: Facts) -> list[e.CaseEvent]:
    """What the holder said convinces: the result stands, and the reasons are on record."""
    _require_open(case)
    return [
        e.RecallDropped(
            effective_on=facts.now.on, dropped_by=facts.by.id, reasons_sha256=command.reasons_sha256
        )
    ]


def _reasons_required() -> OutcomeNotAllowed:
    return OutcomeNotAllowed(
        "reasons_required",
        "请写明理由，理由将载入文书和办件记录。",
        "Please state the reasons; they go into the document and the record.",
        pointer="/reasons",
    )


def _require_open(case: Case) -> Recall:
    if case.recall is None or not case.recall.open:
        raise OutcomeNotAllowed(
            "no_open_recall",
            "没有正在进行的收回程序。",
            "No recall of this result is open.",
        )
    return case.recall


def _recall_noticed(case: Case, event: e.RecallNoticed) -> Case:
    return replace(with_clocks(case, [event.hear_until]), recall=Recall(event.effective_on))


def _recall_heard(case: Case, event: e.RecallHeard) -> Case:
    assert case.recall is not None
    return replace(case, recall=replace(case.recall, heard_on=event.effective_on))


def _recalled(case: Case, event: e.ResultRecalled) -> Case:
    recall = None if case.recall is None else replace(case.recall, recalled_on=event.effective_on)
    return replace(case, state=State.REVOKED, recall=recall)


def _recall_dropped(case: Case, event: e.RecallDropped) -> Case:
    recall = None if case.recall is None else replace(case.recall, dropped_on=event.effective_on)
    clocks = stop(case.clocks, ["recall_hearing"], event.effective_on)
    return replace(case, recall=recall, clocks=clocks)


RULES: Mapping[type[c.Command], Rule] = {
    c.GrantBeforeCompletion: grant_before_completion,
    c.NoticeRecall: notice_recall,
    c.HearOnRecall: hear_on_recall,
    c.RecallResult: recall_result,
    c.DropRecall: drop_recall,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.RecallNoticed: _recall_noticed,
    e.RecallHeard: _recall_heard,
    e.ResultRecalled: _recalled,
    e.RecallDropped: _recall_dropped,
}
