"""容缺审批: a result before completion, its mark, and its recall (§5.3(8))."""

from dataclasses import replace
from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.errors import IllegalTransition, NotAllowed, OutcomeNotAllowed
from services.applications.domain.item import TolerancePolicy
from services.applications.domain.materials import Defect
from services.applications.domain.parts.tolerating import Recall
from services.applications.domain.state import State
from services.applications.domain.timers import command_of, timers_of
from tests.applications.domain.cases import (
    APPROVER,
    CALENDAR,
    CLEAN,
    CLERK,
    DEFAULT_ID,
    FRIDAY,
    ITEM,
    ORGAN_HEAD,
    OTHER_CLERK,
    at,
    decide,
    later,
    only,
    papers,
    submitted,
    then,
    tolerated,
)
from tests.applications.domain.test_documents import text_after

# The switch is on, which the projection allows only with the legal sign-off of the version.
SWITCHED_ON = replace(ITEM, tolerance=TolerancePolicy(enabled=True, decision_before_completion=True))
WORDS = "0" * 64
AFTER = date(2026, 9, 28)
WITHOUT_CAD = ("form", "plan", "mandate", "copy")


def facts(on: date, by=CLERK):
    return at(on, by, SWITCHED_ON)


def awaiting() -> Case:
    """Granted on the Monday with the CAD files still to come."""
    return then(tolerated(), c.GrantBeforeCompletion(), facts(later(3), ORGAN_HEAD))


def delivered() -> Case:
    return then(awaiting(), c.Deliver("window"), facts(later(4), CLERK))


def in_default() -> Case:
    return then(delivered(), c.ExpireTolerance(DEFAULT_ID), facts(AFTER))


def test_it_is_off_by_default_and_only_the_organ_head_can():
    # §5.3(8)
    with pytest.raises(OutcomeNotAllowed, match="no_decision_before_completion"):
        decide(tolerated(), c.GrantBeforeCompletion(), at(later(3), ORGAN_HEAD))
    with pytest.raises(NotAllowed, match="role_not_allowed"):
        decide(tolerated(), c.GrantBeforeCompletion(), facts(later(3), APPROVER))
    # The ordinary decision stays closed while papers are awaited, whoever asks.
    with pytest.raises(IllegalTransition):
        decide(tolerated(), c.Decide("grant"), facts(later(3), ORGAN_HEAD))


def test_only_secondary_papers_may_still_be_awaited():
    # §5.3(8), 行政许可法 38: a faulted main paper is a condition that is not shown to be met.
    case = replace(tolerated(), defects=(Defect("plan", "wrong_content"),))
    with pytest.raises(OutcomeNotAllowed, match="not_only_secondary_papers"):
        decide(case, c.GrantBeforeCompletion(), facts(later(3), ORGAN_HEAD))


def test_whoever_received_the_case_does_not_grant_it_alone_either():
    with pytest.raises(NotAllowed, match="separation_of_duties"):
        decide(tolerated(), c.GrantBeforeCompletion(), facts(later(3), replace(ORGAN_HEAD, id=CLERK.id)))


def test_the_supply_clock_goes_on_after_the_grant_and_the_delivery():
    # §5.3(8)
    for case in (awaiting(), delivered()):
        supply = case.clock("supply")
        assert supply is not None
        assert (supply.runs, supply.due_on) == (True, date(2026, 9, 24))
        assert {timer.kind for timer in timers_of(case, CALENDAR)} >= {"supply", "remind_0"}
        assert isinstance(command_of("supply", DEFAULT_ID), c.ExpireTolerance)
        assert isinstance(only(decide(case, c.Remind(1), facts(date(2026, 9, 23)))), e.SupplyReminded)


def test_the_document_is_marked_with_the_papers_and_the_date():
    # §5.3(8)
    text = text_after(tolerated(), c.GrantBeforeCompletion(), facts(later(3), ORGAN_HEAD), SWITCHED_ON)
    for words in ("【待补正】", "CAD电子文件（电子）", "2026年9月24日（含当日）前补齐", "收回程序"):
        assert words in text


def test_papers_in_time_and_right_lift_the_mark():
    # §5.3(8)
    case = then(delivered(), c.Supply(papers("cad"), "online"), facts(later(5)))
    assert case.state is State.DELIVERED
    event = only(decide(case, c.ConfirmSupply(), facts(later(5), OTHER_CLERK)))
    assert isinstance(event, e.SupplyConfirmed)
    assert event.lifts_mark
    text = text_after(case, c.ConfirmSupply(), facts(later(5), OTHER_CLERK), SWITCHED_ON)
    assert "“待补正”标注自即日起取消" in text
    done = then(case, c.ConfirmSupply(), facts(later(5), OTHER_CLERK))
    assert not done.awaits_after_grant
    assert not any(timer.kind.startswith(("supply", "remind")) for timer in timers_of(done, CALENDAR))


def test_no_paper_comes_after_a_grant_that_awaits_none_or_after_the_date():
    # §5.3(8)
    complete = then(submitted("form", "plan", "mandate", "cad", "copy"), c.Accept(), at(FRIDAY))
    granted = then(complete, c.Decide("grant"), at(later(3), APPROVER))
    with pytest.raises(OutcomeNotAllowed, match="no_papers_awaited"):
        decide(granted, c.Supply(papers("cad"), "online"), at(later(4)))
    for case in (delivered(), in_default()):
        with pytest.raises(OutcomeNotAllowed, match="no_papers_awaited"):
            decide(case, c.Supply(papers("cad"), "online"), facts(AFTER))


def test_a_wrong_paper_after_the_grant_brings_one_notice_then_the_recall():
    # §5.3(6), (8)
    wrong = (Defect("cad", "illegible"),)
    case = then(delivered(), c.Supply(papers("cad"), "online"), facts(later(5)))
    case = then(case, c.FaultSupply(wrong), facts(later(5)))
    assert (case.state, case.awaits_after_grant) == (State.DELIVERED, True)
    case = then(case, c.Supply(papers("cad"), "online"), facts(later(5)))
    events = decide(case, c.FaultSupply(wrong, True, WORDS, DEFAULT_ID), facts(later(5)))
    assert [type(event) for event in events] == [e.SupplyFaulted, e.ToleranceExpired, e.RecallNoticed]


def test_default_begins_the_recall_and_takes_nothing_away_by_itself():
    # §5.3(7), (8), §10: the clock tells and records; the organ head decides.
    events = decide(delivered(), c.ExpireTolerance(DEFAULT_ID), facts(AFTER))
    expired, noticed = events
    assert isinstance(expired, e.ToleranceExpired)
    assert isinstance(noticed, e.RecallNoticed)
    assert (expired.effective_on, expired.default_id) == (date(2026, 9, 24), DEFAULT_ID)
    assert (noticed.hear_until.length, noticed.hear_until.due_on) == (5, date(2026, 10, 10))
    case = in_default()
    assert case.state is State.DELIVERED
    assert decide(case, c.ExpireTolerance(DEFAULT_ID), facts(AFTER)) == []
    text = text_after(delivered(), c.ExpireTolerance(DEFAULT_ID), facts(AFTER), SWITCHED_ON)
    assert "拟收回该办理结果" in text
    assert "陈述意见" in text


def test_the_holder_is_heard_before_the_result_is_recalled():
    # §5.3(8)
    case = in_default()
    with pytest.raises(OutcomeNotAllowed, match="holder_not_heard"):
        decide(case, c.RecallResult(WORDS), facts(AFTER, ORGAN_HEAD))
    heard = then(case, c.HearOnRecall(WORDS), facts(AFTER))
    for ready, day in ((heard, AFTER), (case, date(2026, 10, 12))):
        event = only(decide(ready, c.RecallResult(WORDS), facts(day, ORGAN_HEAD)))
        assert isinstance(event, e.ResultRecalled)
        assert event.to_publish
        recalled = then(ready, c.RecallResult(WORDS), facts(day, ORGAN_HEAD))
        assert recalled.state is State.REVOKED
        assert not any(clock.runs for clock in recalled.clocks)
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(heard, c.RecallResult(None), facts(AFTER, ORGAN_HEAD))
    text = text_after(heard, c.RecallResult(WORDS), facts(AFTER, ORGAN_HEAD), SWITCHED_ON)
    for words in ("听取您的意见", "理由如此", "申请行政复议", "依法公布"):
        assert words in text


def test_the_organ_head_can_let_the_result_stand_for_good():
    # §5.3(8)
    case = then(in_default(), c.DropRecall(WORDS), facts(AFTER, ORGAN_HEAD))
    assert case.state is State.DELIVERED
    clock = case.clock("recall_hearing")
    assert clock is not None
    assert not clock.runs
    with pytest.raises(OutcomeNotAllowed, match="no_open_recall"):
        decide(case, c.RecallResult(WORDS), facts(AFTER, ORGAN_HEAD))
    # 行政许可法 8¶1: whoever was told that the result stands can rely on it; the same default is no ground again.
    with pytest.raises(OutcomeNotAllowed, match="no_ground_to_recall"):
        decide(case, c.NoticeRecall(), facts(AFTER, ORGAN_HEAD))


def test_the_record_of_a_recall_says_who_noticed_heard_and_decided_and_when():
    # §5.3(8): told, heard, decided by the head of the organ; the reasons are on record by their digest.
    _, noticed = decide(delivered(), c.ExpireTolerance(DEFAULT_ID), facts(AFTER))
    assert isinstance(noticed, e.RecallNoticed)
    assert (noticed.effective_on, noticed.hear_until.length, noticed.hear_until.unit) == (
        AFTER,
        5,
        "working_day",
    )
    spoken = date(2026, 9, 29)
    heard = only(decide(in_default(), c.HearOnRecall(WORDS), facts(spoken, OTHER_CLERK)))
    assert heard == e.RecallHeard(effective_on=spoken, recorded_by=OTHER_CLERK.id, statement_sha256=WORDS)
    case = then(in_default(), c.HearOnRecall(WORDS), facts(spoken))
    assert case.recall == Recall(AFTER, heard_on=spoken)
    decided_on = date(2026, 9, 30)
    recalled = only(decide(case, c.RecallResult(WORDS), facts(decided_on, ORGAN_HEAD)))
    assert recalled == e.ResultRecalled(
        effective_on=decided_on, recalled_by=ORGAN_HEAD.id, reasons_sha256=WORDS
    )
    after = then(case, c.RecallResult(WORDS), facts(decided_on, ORGAN_HEAD))
    assert after.recall == Recall(AFTER, recalled_on=decided_on, heard_on=spoken)
    dropped = only(decide(case, c.DropRecall(WORDS), facts(decided_on, ORGAN_HEAD)))
    assert dropped == e.RecallDropped(effective_on=decided_on, dropped_by=ORGAN_HEAD.id, reasons_sha256=WORDS)
    kept = then(case, c.DropRecall(WORDS), facts(decided_on, ORGAN_HEAD))
    assert kept.recall == Recall(AFTER, heard_on=spoken, dropped_on=decided_on)


def test_no_recall_without_a_default():
    # §5.3(8)
    for case in (delivered(), then(in_default(), c.HearOnRecall(WORDS), facts(AFTER))):
        with pytest.raises(OutcomeNotAllowed, match="no_ground_to_recall"):
            decide(case, c.NoticeRecall(), facts(AFTER, ORGAN_HEAD))
    with pytest.raises(OutcomeNotAllowed, match="no_open_recall"):
        decide(delivered(), c.HearOnRecall(WORDS), facts(AFTER))


def test_no_case_is_filed_while_papers_are_awaited_or_a_recall_is_open():
    # §5.3(8)
    for case in (delivered(), in_default()):
        with pytest.raises(OutcomeNotAllowed, match="papers_still_awaited"):
            decide(case, c.CloseCase(), facts(AFTER))


def test_tolerant_acceptance_asks_for_the_credit_of_today():
    case = submitted(*WITHOUT_CAD, asks=True, item=SWITCHED_ON)
    assert then(case, c.AcceptTolerantly(), at(FRIDAY, CLERK, SWITCHED_ON, CLEAN)).promise is not None
