"""The review between acceptance and decision: order, join, joint approval, back and off, on site (§4.3, LIC-12, 27)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.commands import By
from services.applications.domain.errors import (
    DomainError,
    IllegalTransition,
    InvalidRequest,
    NotAllowed,
    OutcomeNotAllowed,
)
from services.applications.domain.item import Item, Limit, ReviewStep
from services.applications.domain.parts.hearings import Hearing
from services.applications.domain.reviewing import check_batch, check_review
from services.applications.domain.state import State
from services.applications.domain.steps import Progress, earlier, internal_clock, standings, with_later
from services.applications.domain.tasks import Task, tasks_of
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CALENDAR,
    CLEAN,
    CLERK,
    COMPLETE,
    FRIDAY,
    ITEM,
    ORGAN_HEAD,
    SUPERVISOR,
    accepted,
    at,
    decide,
    later,
    papers,
    submitted,
    then,
    tolerated,
)
from tests.applications.domain.tables import A_CASE_IN

# The first check, then three sections side by side, then a countersignature that joins them.
STEPS = (
    ReviewStep("check", "初审", "first check", internal_limit=Limit(2, "working_day")),
    ReviewStep("plan", "规划审查", "planning", after=("check",), section="规划科"),
    ReviewStep("build", "工程审查", "engineering", after=("check",), section="工程科"),
    ReviewStep("fire", "消防审查", "fire safety", after=("check",), section="消防科", role="clerk"),
    ReviewStep("sign", "会签", "countersign", "countersign", after=("plan", "build", "fire")),
)
REVIEWED = replace(ITEM, review=STEPS)
JOINT = replace(
    ITEM,
    review=(
        ReviewStep("check", "初审", "first check"),
        ReviewStep("board", "集体决定", "joint decision", "joint_approval", after=("check",), needs=2),
    ),
)
WORDS = "0" * 64


def approver(name: str) -> By:
    """Somebody who may answer a step."""
    return By(f"staff:{name}", "approver", ITEM.unit)


ANNA, BO, CHEN, DING = (approver(name) for name in ("anna", "bo", "chen", "ding"))


def on(days: int, by: By, item: Item = REVIEWED, **more: Any):
    return replace(at(later(days), by, item), **more)


def opinions(case: Case, *given: tuple[str, By], item: Item = REVIEWED, days: int = 1) -> Case:
    """The case after these steps were passed by these people."""
    for step, by in given:
        case = then(case, c.GiveOpinion(step, "pass"), on(days, by, item))
    return case


def progress(case: Case, item: Item = REVIEWED) -> dict[str, str]:
    return {one.step.code: one.progress.value for one in standings(case, item)}


def all_passed() -> Case:
    sections = (("plan", BO), ("build", CHEN), ("fire", CLERK))
    return opinions(accepted(), ("check", ANNA), *sections, ("sign", DING))


def refused(code: str, case: Case, command: c.Command, facts: Any, kind: type[DomainError]) -> None:
    with pytest.raises(kind, match=code):
        decide(case, command, facts)


# -- order -------------------------------------------------------------------------------------------------------


def test_the_review_opens_with_every_acceptance():
    """§4.3: also tolerant and deemed; only the decision waits for the tolerated papers."""
    for make in (accepted, tolerated, A_CASE_IN[State.ACCEPTED_DEEMED]):
        assert progress(make()) == {
            "check": "open",
            "plan": "waiting",
            "build": "waiting",
            "fire": "waiting",
            "sign": "waiting",
        }
    case = opinions(tolerated(), ("check", ANNA), ("plan", BO))
    assert case.state is State.ACCEPTED_TOLERANT
    with pytest.raises(IllegalTransition, match="illegal_transition"):
        decide(case, c.Decide("grant"), on(1, APPROVER))
    assert submitted(*COMPLETE).review.given == ()
    assert set(progress(submitted(*COMPLETE)).values()) == {"waiting"}


def test_a_step_opens_when_all_steps_before_it_are_done():
    case = opinions(accepted(), ("check", ANNA))
    assert [progress(case)[step] for step in ("check", "plan", "build", "fire")] == ["passed", *["open"] * 3]
    case = opinions(case, ("plan", BO), ("build", CHEN))
    assert progress(case)["sign"] == "waiting"
    refused("step_not_open", case, c.GiveOpinion("sign", "pass"), on(1, DING), OutcomeNotAllowed)
    case = opinions(case, ("fire", CLERK))
    assert progress(case)["sign"] == "open"


@given(st.permutations([("plan", BO), ("build", CHEN), ("fire", CLERK)]))
def test_parallel_sections_may_answer_in_any_order(order: list[tuple[str, By]]):
    """§4.3: the join gives the same review whatever the order."""
    case = opinions(accepted(), ("check", ANNA), *order)
    expected = opinions(accepted(), ("check", ANNA), ("plan", BO), ("build", CHEN), ("fire", CLERK))
    assert standings(case, REVIEWED) == standings(expected, REVIEWED)
    assert tasks_of(case, REVIEWED, CALENDAR) == tasks_of(expected, REVIEWED, CALENDAR)
    assert replace(case.review, opinions=()) == replace(expected.review, opinions=())
    assert frozenset(case.review.opinions) == frozenset(expected.review.opinions)


def test_the_order_of_steps_is_that_of_the_item():
    assert earlier(STEPS, "sign") == {"check", "plan", "build", "fire"}
    assert with_later(STEPS, ["plan"]) == ("plan", "sign")
    assert with_later(STEPS, ["check"]) == ("check", "plan", "build", "fire", "sign")


def test_steps_that_wait_for_each_other_are_noticed():
    knot = replace(
        ITEM, review=(ReviewStep("a", "甲", "a", after=("b",)), ReviewStep("b", "乙", "b", after=("a",)))
    )
    with pytest.raises(ValueError, match="wait for each other"):
        standings(accepted(), knot)


def test_the_internal_clock_runs_from_the_opening_of_its_step_and_is_none_of_the_cases_clocks():
    case = accepted()
    (check, *_) = standings(case, REVIEWED)
    clock = internal_clock(check, CALENDAR)
    assert clock is not None
    # Friday 18 September; Sunday the 20th is a make-up day.
    assert clock.due_on == date(2026, 9, 21)
    assert "internal" not in {one.name for one in case.clocks}


def test_one_objection_is_enough_unless_several_approve_together():
    item = replace(ITEM, review=(ReviewStep("look", "复核", "second look", needs=2),))
    case = then(accepted(), c.GiveOpinion("look", "fail", WORDS), on(1, ANNA, item))
    assert progress(case, item) == {"look": "failed"}
    case = opinions(accepted(), ("look", ANNA), item=item)
    assert progress(case, item) == {"look": "open"}
    assert progress(opinions(case, ("look", BO), item=item), item) == {"look": "passed"}


def test_a_step_is_open_since_the_last_step_before_it_was_done():
    case = opinions(accepted(), ("check", ANNA), days=3)
    opened = {one.step.code: one.opened_on for one in standings(case, REVIEWED)}
    assert opened == {"check": FRIDAY, **dict.fromkeys(("plan", "build", "fire"), later(3)), "sign": None}


def test_a_joint_approval_beside_another_last_step_is_not_the_decision():
    item = replace(ITEM, review=(*JOINT.review, ReviewStep("other", "其他", "other", after=("check",))))
    case = opinions(accepted(), ("check", ANNA), ("board", BO), ("board", CHEN), ("other", DING), item=item)
    assert [type(one) for one in decide(case, c.Decide("grant"), on(2, APPROVER, item))] == [e.Decided]


# -- who -----------------------------------------------------------------------------------------------------------


def test_a_step_belongs_to_its_role_and_unit():
    refused("not_your_step", accepted(), c.GiveOpinion("check", "pass"), on(1, CLERK), NotAllowed)
    stranger = By("staff:far", "approver", "11341600003172034A")
    refused("not_your_step", accepted(), c.GiveOpinion("check", "pass"), on(1, stranger), NotAllowed)
    for by in (APPLICANT, SUPERVISOR):
        refused("role_not_allowed", accepted(), c.GiveOpinion("check", "pass"), on(1, by), NotAllowed)


def test_an_opinion_is_given_once_to_a_step_that_exists():
    case = opinions(accepted(), ("check", ANNA))
    refused("step_not_open", case, c.GiveOpinion("check", "pass"), on(1, BO), OutcomeNotAllowed)
    refused("unknown_step", case, c.GiveOpinion("nothing", "pass"), on(1, BO), InvalidRequest)


def test_an_opinion_against_the_application_states_its_reasons():
    """LIC-18, Art 38."""
    refused("reasons_required", accepted(), c.GiveOpinion("check", "fail"), on(1, ANNA), OutcomeNotAllowed)


def test_nobody_countersigns_an_opinion_of_their_own():
    """§4.3 separation of duties."""
    case = opinions(accepted(), ("check", ANNA), ("plan", BO), ("build", CHEN), ("fire", CLERK))
    for by in (ANNA, BO):
        refused("own_opinion_countersigned", case, c.GiveOpinion("sign", "pass"), on(1, by), NotAllowed)
    assert progress(opinions(case, ("sign", DING)))["sign"] == "passed"


# -- the decision ------------------------------------------------------------------------------------------------


def test_without_steps_one_approver_decides_as_ever():
    events = decide(accepted(), c.Decide("grant"), at(later(1), APPROVER))
    assert [type(event) for event in events] == [e.Decided]


def test_nothing_is_decided_before_every_step_is_passed():
    """§4.3: neither granted nor refused while a step is open."""
    case = opinions(accepted(), ("check", ANNA), ("plan", BO))
    for command in (c.Decide("grant"), c.Decide("refuse", WORDS)):
        refused("review_not_done", case, command, on(1, APPROVER), OutcomeNotAllowed)
    assert then(all_passed(), c.Decide("grant"), on(2, APPROVER)).state is State.DECIDED_GRANT


def test_an_opinion_against_it_allows_only_a_refusal_with_reasons():
    """§4.3, LIC-18."""
    case = opinions(accepted(), ("check", ANNA))
    case = then(case, c.GiveOpinion("plan", "fail", WORDS), on(1, BO))
    refused("opinion_against", case, c.Decide("grant"), on(1, APPROVER), OutcomeNotAllowed)
    refused("reasons_required", case, c.Decide("refuse"), on(1, APPROVER), OutcomeNotAllowed)
    assert then(case, c.Decide("refuse", WORDS), on(1, APPROVER)).state is State.DECIDED_REFUSE


def test_several_decide_together_and_the_last_needed_voice_brings_the_decision():
    """§4.3: n of m, lessons 8."""
    case = opinions(accepted(), ("check", ANNA), item=JOINT)
    refused("step_is_the_decision", case, c.GiveOpinion("board", "pass"), on(1, BO, JOINT), OutcomeNotAllowed)
    first = decide(case, c.Decide("grant"), on(1, BO, JOINT))
    assert [type(event) for event in first] == [e.ApprovalGiven]
    case = then(case, c.Decide("grant"), on(1, BO, JOINT))
    assert case.state is State.ACCEPTED
    refused("opinion_given_before", case, c.Decide("grant"), on(2, BO, JOINT), NotAllowed)
    second = decide(case, c.Decide("grant"), on(2, CHEN, JOINT))
    assert [type(event) for event in second] == [e.ApprovalGiven, e.Decided]


def test_of_several_as_many_must_refuse_as_must_agree():
    case = opinions(accepted(), ("check", ANNA), item=JOINT)
    case = then(case, c.Decide("grant"), on(1, BO, JOINT))
    case = then(case, c.Decide("refuse", WORDS), on(1, CHEN, JOINT))
    assert case.state is State.ACCEPTED
    case = then(case, c.Decide("refuse", WORDS), on(1, DING, JOINT))
    assert case.state is State.DECIDED_REFUSE


def test_whoever_received_the_case_has_no_voice_in_the_joint_decision():
    """§4.3: receiver ≠ sole decider; we keep them out of a joint one too."""
    case = opinions(accepted(by=CLERK), ("check", ANNA), item=JOINT)
    both = By(CLERK.id, "approver", ITEM.unit, frozenset({"clerk"}))
    refused("separation_of_duties", case, c.Decide("grant"), on(1, both, JOINT), NotAllowed)


def test_a_joint_approval_before_the_decision_counts_different_people():
    item = replace(
        ITEM,
        review=(
            ReviewStep("board", "会审", "board", "joint_approval", needs=2),
            ReviewStep("last", "复核", "last look", after=("board",)),
        ),
    )
    case = opinions(accepted(), ("board", ANNA), item=item)
    refused("opinion_given_before", case, c.GiveOpinion("board", "pass"), on(1, ANNA, item), NotAllowed)
    assert progress(case, item)["last"] == "waiting"
    assert progress(opinions(case, ("board", BO), item=item), item)["last"] == "open"


def test_nothing_is_granted_before_a_required_check_on_site():
    """LIC-12, Art 34¶3."""
    item = replace(ITEM, site_check_required=True)
    refused("site_check_missing", accepted(), c.Decide("grant"), on(1, APPROVER, item), OutcomeNotAllowed)
    found = c.RecordSiteCheck(("staff:one", "staff:two"), later(1), WORDS, passed=False)
    case = then(accepted(), found, on(1, CLERK, item))
    refused("site_check_missing", case, c.Decide("grant"), on(1, APPROVER, item), OutcomeNotAllowed)
    assert decide(case, c.Decide("refuse", WORDS), on(1, APPROVER, item))
    case = then(case, replace(found, passed=True), on(1, CLERK, item))
    assert decide(case, c.Decide("grant"), on(1, APPROVER, item))


def test_of_limited_licences_the_earlier_acceptance_goes_first():
    """LIC-27, Art 57."""
    limited = replace(ITEM, number_limited=True)
    facts = on(1, APPROVER, limited, earlier_undecided=("11341600NO1",))
    with pytest.raises(OutcomeNotAllowed, match="earlier_acceptance_undecided") as refusal:
        decide(accepted(), c.Decide("grant"), facts)
    assert "11341600NO1" in refusal.value.zh
    assert decide(accepted(), c.Decide("refuse", WORDS), facts)
    assert decide(accepted(), c.Decide("grant"), replace(facts, earlier_undecided=()))
    assert decide(accepted(), c.Decide("grant"), on(1, APPROVER, ITEM, earlier_undecided=("NO1",)))


def test_a_batch_takes_only_what_is_alike():
    """§4.3: same item version, complete, no procedure, no dissent."""
    alike = (ITEM.code, ITEM.version)
    assert decide(accepted(), c.Decide("grant"), on(1, APPROVER, ITEM, alike=alike))
    other = on(1, APPROVER, ITEM, alike=(ITEM.code, 2))
    refused("unlike_case", accepted(), c.Decide("grant"), other, OutcomeNotAllowed)
    incomplete = A_CASE_IN[State.ACCEPTED_DEEMED]()
    incomplete = replace(incomplete, papers=incomplete.papers[1:])
    facts = on(15, APPROVER, ITEM, alike=alike)
    refused("papers_missing_in_batch", incomplete, c.Decide("refuse", WORDS), facts, OutcomeNotAllowed)
    heard = replace(accepted(), hearing=Hearing())
    with pytest.raises(OutcomeNotAllowed, match="procedure_in_batch"):
        check_batch(heard, c.Decide("grant"), on(1, APPROVER, ITEM, alike=alike))
    dissent = opinions(accepted(), ("check", ANNA), item=JOINT)
    dissent = then(dissent, c.Decide("refuse", WORDS), on(1, BO, JOINT))
    facts = on(1, CHEN, JOINT, alike=alike)
    refused("dissent_in_batch", dissent, c.Decide("grant"), facts, OutcomeNotAllowed)


def test_the_chair_of_the_hearing_neither_reviews_nor_decides():
    """LIC-16, Art 48¶1(3): chair ≠ reviewing staff, also after the hearing."""
    case = replace(accepted(), hearing=Hearing(chair=ANNA.id))
    check = c.RecordSiteCheck((ANNA.id, BO.id), later(1), WORDS, passed=True)
    for command in (c.GiveOpinion("check", "pass"), c.AssignInspectors((ANNA.id, BO.id)), check):
        refused("chair_may_not_review", case, command, on(1, ANNA), NotAllowed)
    with pytest.raises(NotAllowed, match="chair_may_not_review"):
        check_review(case, c.Decide("grant"), on(1, ANNA, ITEM))
    assert ANNA.id in tasks_of(case, ITEM, CALENDAR)[0].barred
    assert ANNA.id in tasks_of(case, REVIEWED, CALENDAR)[0].barred


# -- back, off, on -----------------------------------------------------------------------------------------------


def test_what_is_sent_back_counts_no_more_and_is_done_again():
    """§4.3: the step and everything after it reopen; what stood beside it stays."""
    case = opinions(accepted(), ("check", ANNA), ("plan", BO), ("build", CHEN), ("fire", CLERK))
    sent = decide(case, c.SendBack("plan", "facts_unclear"), on(3, DING))
    assert isinstance(sent[0], e.SentBack)
    assert (sent[0].from_step, sent[0].reopens) == ("sign", ("plan", "sign"))
    case = then(case, c.SendBack("plan", "facts_unclear"), on(3, DING))
    assert progress(case) == {
        "check": "passed",
        "plan": "open",
        "build": "passed",
        "fire": "passed",
        "sign": "waiting",
    }
    assert BO.id in case.review.people
    assert {one.step.code: one.opened_on for one in standings(case, REVIEWED)}["plan"] == later(3)
    case = opinions(case, ("plan", BO), ("sign", DING), days=4)
    assert set(progress(case).values()) == {"passed"}


def test_the_decider_may_send_back_from_the_decision():
    case = then(all_passed(), c.SendBack("check", "new_facts"), on(3, APPROVER))
    assert progress(case)["check"] == "open"
    assert case.review.given == ()
    both = By(CLERK.id, "approver", ITEM.unit, frozenset({"clerk"}))
    refused("separation_of_duties", all_passed(), c.SendBack("check", "new_facts"), on(3, both), NotAllowed)


@pytest.mark.parametrize(
    ("command", "code", "kind"),
    [
        (c.SendBack("plan", "because"), "reason_unknown", InvalidRequest),
        (c.SendBack("plan", "other"), "reasons_required", InvalidRequest),
        (c.SendBack("nothing", "facts_unclear"), "unknown_step", InvalidRequest),
        (c.SendBack("build", "facts_unclear"), "step_not_done", OutcomeNotAllowed),
        (c.SendBack("plan", "facts_unclear"), "not_an_earlier_step", OutcomeNotAllowed),
    ],
)
def test_a_sending_back_needs_a_reason_and_an_earlier_step(command, code, kind):
    case = opinions(accepted(), ("check", ANNA), ("plan", BO))
    refused(code, case, command, on(2, DING), kind)


def test_whoever_withdraws_can_do_nothing_more_on_the_case():
    """§4.3, LIC-16: recusal, also of the decision."""
    case = opinions(accepted(), ("check", ANNA), ("plan", BO), ("build", CHEN), ("fire", CLERK))
    case = then(case, c.Recuse(DING.id, "interest"), on(2, DING))
    for command in (
        c.GiveOpinion("sign", "pass"),
        c.Decide("grant"),
        c.SendBack("plan", "facts_unclear"),
        c.Urge(),
        c.AssignInspectors(("staff:one", "staff:two")),
    ):
        refused("recused", case, command, on(3, DING), NotAllowed)
    refused(
        "recused_before", case, c.Recuse(DING.id, "interest", "organ"), on(3, ORGAN_HEAD), OutcomeNotAllowed
    )


def test_what_rests_on_the_opinion_of_somebody_taken_off_is_done_again():
    case = then(all_passed(), c.Recuse(BO.id, "party_or_kin", "organ"), on(2, ORGAN_HEAD))
    assert progress(case)["plan"] == "open"
    assert progress(case)["sign"] == "waiting"
    assert progress(case)["build"] == "passed"
    refused("review_not_done", case, c.Decide("grant"), on(3, APPROVER), OutcomeNotAllowed)
    refused("recused", case, c.GiveOpinion("plan", "pass"), on(3, BO), NotAllowed)


def test_taking_off_the_holder_of_a_power_reopens_what_was_done_in_the_holders_place():
    case = opinions(accepted(), ("check", ANNA))
    in_place = replace(case.review.opinions[0], in_place_of=BO.id)
    case = replace(case, review=replace(case.review, opinions=(in_place,)))
    case = then(case, c.Recuse(BO.id, "interest", "organ"), on(2, ORGAN_HEAD))
    assert progress(case)["check"] == "open"


def test_about_others_the_head_of_the_organ_decides():
    """Art 48¶1(3)."""
    case = accepted()
    recuse = c.Recuse(BO.id, "interest", "organ")
    refused("recusal_needs_the_head", case, recuse, on(1, ANNA), NotAllowed)
    wrong = c.Recuse(BO.id, "interest", "self")
    refused("recusal_of_somebody_else", case, wrong, on(1, ORGAN_HEAD), InvalidRequest)
    refused("ground_unknown", case, c.Recuse(ANNA.id, "tired"), on(1, ANNA), InvalidRequest)
    assert then(case, recuse, on(1, ORGAN_HEAD)).review.recused == (BO.id,)


def test_a_request_of_the_applicant_is_recorded_and_answered():
    """LIC-16: the request, then the head's decision on it."""
    asked = c.Recuse(BO.id, "interest", "applicant")
    refused("no_recusal_asked", accepted(), asked, on(1, ORGAN_HEAD), OutcomeNotAllowed)
    refused("no_recusal_asked", accepted(), c.DeclineRecusal(WORDS), on(1, ORGAN_HEAD), OutcomeNotAllowed)
    case = then(accepted(), c.RequestRecusal(WORDS), on(1, APPLICANT))
    assert case.review.recusals_asked == 1
    assert then(case, c.DeclineRecusal(WORDS), on(1, ORGAN_HEAD)).review.recusals_asked == 0
    case = then(case, asked, on(1, ORGAN_HEAD))
    assert (case.review.recusals_asked, case.review.recused) == (0, (BO.id,))


def test_an_applicant_urges_once_a_day_and_it_is_counted():
    """催办: logged; staff are not limited."""
    case = then(accepted(), c.Urge(), on(1, APPLICANT))
    refused("urged_today", case, c.Urge(), on(1, APPLICANT), OutcomeNotAllowed)
    case = then(case, c.Urge(), on(1, By("account:2", "applicant")))
    refused("urged_today", case, c.Urge(), on(1, APPLICANT), OutcomeNotAllowed)
    case = then(then(case, c.Urge("check"), on(1, SUPERVISOR)), c.Urge(), on(1, SUPERVISOR))
    case = then(case, c.Urge(), on(2, APPLICANT))
    assert case.review.urging.count == 5
    refused("unknown_step", case, c.Urge("nothing"), on(2, SUPERVISOR), InvalidRequest)


def test_who_urged_yesterday_may_urge_today_after_somebody_else():
    case = then(accepted(), c.Urge(), on(1, APPLICANT))
    case = then(case, c.Urge(), on(2, By("account:2", "applicant")))
    assert then(case, c.Urge(), on(2, APPLICANT)).review.urging.count == 3


# -- on site -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [(), ("staff:one",), ("staff:one", "staff:one")])
def test_at_least_two_of_the_staff_go(people: tuple[str, ...]):
    """LIC-12, Art 34¶3, 55¶2."""
    assign, record = c.AssignInspectors(people), c.RecordSiteCheck(people, later(1), WORDS, passed=True)
    refused("too_few_inspectors", accepted(), assign, on(1, APPROVER), InvalidRequest)
    refused("too_few_inspectors", accepted(), record, on(1, CLERK), InvalidRequest)


def test_nobody_who_was_taken_off_goes_and_no_check_lies_in_the_future():
    case = then(accepted(), c.Recuse(BO.id, "interest", "organ"), on(1, ORGAN_HEAD))
    people = (BO.id, ANNA.id)
    refused("inspector_recused", case, c.AssignInspectors(people), on(1, APPROVER), NotAllowed)
    for day in (later(2), later(-1)):
        check = c.RecordSiteCheck((ANNA.id, CHEN.id), day, WORDS, passed=True)
        refused("site_check_date", case, check, on(1, CLERK), InvalidRequest)


def test_a_visit_stops_no_clock():
    """LIC-13: 现场踏勘 is none of the eight; the dates stay where they were."""
    case = then(accepted(), c.AssignInspectors(("staff:one", "staff:two")), on(1, APPROVER))
    check = c.RecordSiteCheck(("staff:one", "staff:two"), later(2), WORDS, passed=True)
    after = then(case, check, on(2, CLERK))
    running = [(clock.name, clock.due_on, clock.entries) for clock in after.clocks if clock.runs]
    assert running == [(clock.name, clock.due_on, clock.entries) for clock in accepted().clocks if clock.runs]
    assert {"staff:one", "staff:two"} <= after.review.people


# -- tasks -------------------------------------------------------------------------------------------------------


def test_tasks_follow_the_review_and_bar_whoever_may_not():
    case = accepted()
    assert [task.step for task in tasks_of(case, ITEM, CALENDAR)] == ["decision"]
    assert CLERK.id in tasks_of(case, ITEM, CALENDAR)[0].barred
    (check,) = tasks_of(case, REVIEWED, CALENDAR)
    assert check == Task("check", None, "approver", None, date(2026, 9, 21))
    case = opinions(case, ("check", ANNA))
    assert [(task.step, task.section, task.lane) for task in tasks_of(case, REVIEWED, CALENDAR)] == [
        ("plan", "规划科", "role:approver"),
        ("build", "工程科", "role:approver"),
        ("fire", "消防科", "role:clerk"),
    ]
    case = opinions(case, ("plan", BO), ("build", CHEN), ("fire", CLERK))
    (sign,) = tasks_of(case, REVIEWED, CALENDAR)
    assert set(sign.barred) == {ANNA.id, BO.id, CHEN.id, CLERK.id}
    case = opinions(case, ("sign", DING))
    assert [task.step for task in tasks_of(case, REVIEWED, CALENDAR)] == ["decision"]
    case = then(case, c.Decide("grant"), on(2, APPROVER))
    assert tasks_of(case, REVIEWED, CALENDAR) == ()


def test_no_decision_waits_while_tolerated_papers_do():
    assert tasks_of(tolerated(), ITEM, CALENDAR) == ()
    case = then(tolerated(), c.Supply(papers("cad"), "online"), at(later(3), credit=CLEAN))
    assert [task.step for task in tasks_of(case, ITEM, CALENDAR)] == ["decision"]


@pytest.mark.parametrize("state", [state for state in A_CASE_IN if A_CASE_IN[state]().terminal])
def test_a_closed_case_has_no_task(state: State):
    """§4.3: terminal states sweep what is open."""
    assert tasks_of(A_CASE_IN[state](), REVIEWED, CALENDAR) == ()


def test_a_failed_step_still_leads_to_a_task_to_decide():
    case = then(accepted(), c.GiveOpinion("check", "fail", WORDS), on(1, ANNA))
    assert progress(case)["check"] == Progress.FAILED
    assert [task.step for task in tasks_of(case, REVIEWED, CALENDAR)] == ["decision"]
