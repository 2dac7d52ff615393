"""Who may act for a step on a day: role, post, stand-in, dated delegation (§4.3, §7.2 AB岗, 行政许可法 24)."""

from dataclasses import replace
from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.authority import (
    Absence,
    Authority,
    Delegation,
    Occasion,
    Post,
    Powers,
    authority_for,
)
from services.applications.domain.commands import By
from services.applications.domain.errors import NotAllowed
from services.applications.domain.item import ReviewStep
from services.applications.domain.lanes import Lane, lanes_of
from tests.applications.domain.cases import ITEM, ORGAN_HEAD, accepted, at, decide, later, then

UNIT = ITEM.unit
DAY = date(2026, 9, 21)
HOLDER, STAND_IN, DELEGATE, OTHER = (
    By(f"staff:{name}", "approver", UNIT) for name in ("holder", "standin", "delegate", "other")
)
BY_POST = ReviewStep("plan", "规划审查", "planning", post="规划科长")
BY_ROLE = ReviewStep("head", "负责人审查", "head's look", role="organ_head")
OTHER_ROLE = ReviewStep("first", "初审", "first look", role="clerk")
POST = Post(UNIT, "规划科长", HOLDER.id, STAND_IN.id, date(2026, 1, 1), None, "人字〔2026〕1号")
FOR_POST = Delegation(
    UNIT, HOLDER.id, DELEGATE.id, "授字〔2026〕7号", date(2026, 9, 20), date(2026, 9, 25), posts=("规划科长",)
)
FOR_ITEM = replace(FOR_POST, delegator=ORGAN_HEAD.id, posts=(), items=(ITEM.code,), role="organ_head")
ALL = Powers((POST,), (FOR_POST, FOR_ITEM))
HERE = Occasion(UNIT, ITEM.code, DAY)


def refusal(step: ReviewStep, by: By, occasion: Occasion = HERE, powers: Powers = ALL) -> str:
    with pytest.raises(NotAllowed) as refused:
        authority_for(step, by, occasion, powers)
    return refused.value.code


def test_the_holder_acts_by_the_appointment():
    assert authority_for(BY_POST, HOLDER, HERE, ALL) == Authority("holder", POST.post, None, POST.instrument)
    assert refusal(BY_POST, OTHER) == "not_your_step"
    assert refusal(BY_POST, HOLDER, powers=Powers()) == "post_not_appointed"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 9, 22), None, "post_not_appointed"),
        (date(2026, 1, 1), date(2026, 9, 20), "post_not_appointed"),
    ],
)
def test_an_appointment_holds_only_on_its_days(first: date, last: date | None, code: str):
    powers = Powers((replace(POST, valid_from=first, valid_to=last),))
    assert refusal(BY_POST, HOLDER, powers=powers) == code


def test_the_stand_in_acts_only_while_the_holder_can_not():
    """AB岗 (§7.2)."""
    assert refusal(BY_POST, STAND_IN) == "holder_is_present"
    away = replace(ALL, absences=(Absence(HOLDER.id, date(2026, 9, 19), DAY),))
    given = authority_for(BY_POST, STAND_IN, HERE, away)
    assert given == Authority("stand_in", POST.post, HOLDER.id, POST.instrument, "absent")
    back = replace(HERE, on=date(2026, 9, 22))
    assert refusal(BY_POST, STAND_IN, back, away) == "holder_is_present"
    recused = authority_for(BY_POST, STAND_IN, replace(HERE, recused=(HOLDER.id,)), ALL)
    assert recused == Authority("stand_in", POST.post, HOLDER.id, POST.instrument, "recused")
    vacant = authority_for(BY_POST, STAND_IN, HERE, Powers((replace(POST, holder=None),)))
    assert vacant == Authority("stand_in", POST.post, None, POST.instrument, "post_vacant")


def test_the_stand_in_may_state_a_listed_reason_instead_and_it_is_recorded():
    stated = authority_for(BY_POST, STAND_IN, replace(HERE, stand_in_reason="ill"), ALL)
    assert stated == Authority("stand_in", POST.post, HOLDER.id, POST.instrument, "ill")
    assert refusal(BY_POST, STAND_IN, replace(HERE, stand_in_reason="lazy")) == "stand_in_reason_unknown"


def test_a_delegate_acts_by_the_instrument_and_names_it():
    given = authority_for(BY_POST, DELEGATE, HERE, ALL)
    assert given == Authority("delegate", POST.post, HOLDER.id, FOR_POST.instrument)
    item = authority_for(BY_ROLE, DELEGATE, HERE, ALL)
    assert item == Authority("delegate", None, ORGAN_HEAD.id, FOR_ITEM.instrument)
    assert refusal(BY_ROLE, DELEGATE, replace(HERE, item_code="other")) == "not_your_step"
    # The role of the instrument, and no other: OTHER_ROLE belongs to clerks.
    assert refusal(OTHER_ROLE, DELEGATE) == "not_your_step"


@pytest.mark.parametrize("day", [date(2026, 9, 19), date(2026, 9, 26)])
def test_outside_its_dates_a_delegation_gives_nothing(day: date):
    """行政许可法 24: dated."""
    assert refusal(BY_POST, DELEGATE, replace(HERE, on=day)) == "delegation_not_in_force"
    assert refusal(BY_ROLE, DELEGATE, replace(HERE, on=day)) == "delegation_not_in_force"


def test_on_the_day_of_its_revocation_it_gives_nothing_any_more():
    revoked = replace(ALL, delegations=(replace(FOR_POST, revoked_on=DAY),))
    assert refusal(BY_POST, DELEGATE, powers=revoked) == "delegation_not_in_force"
    tomorrow = replace(ALL, delegations=(replace(FOR_POST, revoked_on=date(2026, 9, 22)),))
    assert authority_for(BY_POST, DELEGATE, HERE, tomorrow).kind == "delegate"


def test_a_power_is_not_delegated_on():
    """行政许可法 24: what a delegate gives away is nothing."""
    on = replace(FOR_POST, delegator=DELEGATE.id, delegate=OTHER.id)
    assert refusal(BY_POST, OTHER, powers=replace(ALL, delegations=(FOR_POST, on))) == "not_your_step"


def test_a_delegator_who_was_taken_off_the_case_gives_no_power_for_it():
    off = replace(HERE, recused=(HOLDER.id,))
    assert refusal(BY_POST, DELEGATE, off) == "not_your_step"


def test_whoever_may_not_act_is_told_whose_step_it_is():
    for step, zh, en in (
        (BY_POST, "岗位“规划科长”", "the post “规划科长”"),
        (BY_ROLE, "本机关负责人", "the head of the organ"),
        (OTHER_ROLE, "窗口或者经办人员", "a clerk"),
    ):
        with pytest.raises(NotAllowed, match="not_your_step") as refused:
            authority_for(step, OTHER, HERE, ALL)
        assert (zh in refused.value.zh, en in refused.value.en) == (True, True)
        assert refused.value.facts == {"step": step.code}


def test_in_another_unit_nobody_has_any_power():
    stranger = replace(HOLDER, unit="11341600003172034A")
    assert refusal(BY_POST, stranger) == "not_your_step"


def test_each_opinion_records_by_whose_power_and_instrument_it_was_given():
    """Lessons 8: who held which power, by which instrument, on that day."""
    item = replace(ITEM, review=(BY_POST,))
    facts = replace(at(DAY, DELEGATE, item), powers=ALL)
    (event,) = decide(accepted(), c.GiveOpinion("plan", "pass"), facts)
    assert isinstance(event, e.OpinionGiven)
    assert (event.given_by, event.authority, event.in_place_of, event.instrument, event.effective_on) == (
        DELEGATE.id,
        "delegate",
        HOLDER.id,
        FOR_POST.instrument,
        DAY,
    )


def test_one_power_speaks_once_whoever_acts_for_it():
    """§4.3: a holder and the delegate are no two voices of a joint approval."""
    board = replace(BY_POST, code="board", kind="joint_approval", needs=2)
    item = replace(ITEM, review=(board, ReviewStep("end", "复核", "end", after=("board",))))

    def facts(by: By):
        return replace(at(DAY, by, item), powers=ALL)

    case = then(accepted(), c.GiveOpinion("board", "pass"), facts(HOLDER))
    with pytest.raises(NotAllowed, match="power_used_before"):
        decide(case, c.GiveOpinion("board", "pass"), facts(DELEGATE))
    case = then(accepted(), c.GiveOpinion("board", "pass"), facts(DELEGATE))
    with pytest.raises(NotAllowed, match="power_used_before"):
        decide(case, c.GiveOpinion("board", "pass"), facts(HOLDER))


def test_the_lists_of_a_person_are_those_in_which_they_may_act():
    assert lanes_of(HOLDER, UNIT, ALL, DAY) == (Lane("post:规划科长"), Lane("role:approver"))
    assert lanes_of(DELEGATE, UNIT, ALL, DAY) == (
        Lane("post:规划科长"),
        Lane("role:approver"),
        Lane("role:organ_head", items=(ITEM.code,)),
    )
    assert lanes_of(DELEGATE, UNIT, ALL, later(20)) == (Lane("role:approver"),)
    assert lanes_of(STAND_IN, UNIT, ALL, DAY) == (
        Lane("role:approver"),
        Lane("post:规划科长", instead_of=HOLDER.id),
    )
    away = replace(ALL, absences=(Absence(HOLDER.id, DAY, DAY),))
    assert lanes_of(STAND_IN, UNIT, away, DAY) == (Lane("post:规划科长"), Lane("role:approver"))
    assert lanes_of(OTHER, UNIT, ALL, DAY) == (Lane("role:approver"),)
