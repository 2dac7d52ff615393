"""Mandates and channels: who may act for an applicant, when, and for what."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.answering import submit
from services.applications.domain.case import Case
from services.applications.domain.errors import DomainError, IllegalTransition, NotAllowed, NotFound
from services.applications.domain.evolve import begin
from services.applications.domain.mandates import acts_for, lost_reach, must_reach
from services.applications.domain.parts.mandates import Mandate
from tests.applications.domain.cases import (
    APPLICANT,
    APPLICANT_ID,
    APPROVER,
    CASE_ID,
    COMPLETE,
    FRIDAY,
    accepted,
    at,
    decide,
    delivered,
    later,
    only,
    papers,
    submission,
    then,
)

AGENT_ID = UUID("01900000-0000-8000-8000-00000000000b")


def mandated(*scope: str, until: date | None = None, start: date | None = None) -> Case:
    """An accepted case whose applicant named an agent on the Monday."""
    command = c.GiveMandate(AGENT_ID, start or later(3), until, scope)
    return then(accepted(), command, at(later(3), APPLICANT))


@pytest.mark.parametrize(
    ("start", "until", "on", "holds"),
    [
        (later(3), None, later(300), True),
        (later(3), later(10), later(10), True),
        (later(3), later(10), later(11), False),
        (later(5), later(10), later(4), False),
        (later(5), later(10), later(5), True),
    ],
)
def test_a_mandate_holds_from_its_first_day_to_its_last(
    start: date, until: date | None, on: date, holds: bool
):
    case = mandated(until=until, start=start)
    assert acts_for(case, AGENT_ID, on) is holds
    assert lost_reach(case, AGENT_ID, on) is not holds
    if holds:
        must_reach(case, c.Withdraw(), AGENT_ID, on)
        return
    with pytest.raises(NotFound, match="case_not_found"):
        must_reach(case, c.Withdraw(), AGENT_ID, on)


@pytest.mark.parametrize(
    ("scope", "command", "allowed"),
    [
        ((), c.Withdraw(), True),
        (("supply",), c.Supply(papers("cad"), "online"), True),
        (("supply",), c.Withdraw(), False),
        (("withdraw",), c.Withdraw(), True),
        (("channel",), c.ChangeChannel("counter"), True),
        (("supply", "withdraw"), c.ChangeChannel("counter"), False),
        (("supply",), c.Urge(), False),
        # Whoever acts for somebody may stop doing so, and may not send somebody else.
        (("supply",), c.RevokeMandate(), True),
        ((), c.GiveMandate(CASE_ID, later(3)), False),
    ],
)
def test_an_agent_does_what_the_mandate_covers(scope: tuple[str, ...], command: c.Command, allowed: bool):
    case = mandated(*scope)
    if allowed:
        must_reach(case, command, AGENT_ID, later(4))
        return
    with pytest.raises(NotAllowed, match="beyond_mandate"):
        must_reach(case, command, AGENT_ID, later(4))


def test_the_applicant_and_the_staff_need_no_mandate():
    case = mandated("supply")
    for person in (APPLICANT_ID, None):
        must_reach(case, c.Withdraw(), person, later(400))
        assert not acts_for(case, person, later(4))


def test_a_revoked_agent_is_gone_at_once():
    case = then(mandated(), c.RevokeMandate(), at(later(4), APPLICANT))
    assert case.agent_id is None
    assert not acts_for(case, AGENT_ID, later(4))
    assert lost_reach(case, AGENT_ID, later(4))
    with pytest.raises(DomainError, match="no_mandate"):
        decide(case, c.RevokeMandate(), at(later(5), APPLICANT))
    # And can be named again.
    again = then(case, c.GiveMandate(AGENT_ID, later(5)), at(later(5), APPLICANT))
    assert acts_for(again, AGENT_ID, later(5))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.GiveMandate(APPLICANT_ID, later(3)), "agent_is_the_applicant"),
        (c.GiveMandate(AGENT_ID, later(3), later(2)), "mandate_over"),
        (c.GiveMandate(AGENT_ID, later(-30), later(-1)), "mandate_over"),
        (c.GiveMandate(AGENT_ID, later(3), None, ("everything",)), "mandate_scope_unknown"),
    ],
)
def test_a_mandate_that_cannot_be_is_refused(command: c.GiveMandate, code: str):
    with pytest.raises(DomainError, match=code):
        decide(accepted(), command, at(later(3), APPLICANT))


def test_a_mandate_of_the_submission_is_dated_too():
    command = replace(
        submission(*COMPLETE), agent_id=AGENT_ID, mandate=Mandate(AGENT_ID, FRIDAY, later(10), ("supply",))
    )
    case = begin(CASE_ID, submit(command, at(FRIDAY, APPLICANT)))
    assert acts_for(case, AGENT_ID, later(10))
    assert not acts_for(case, AGENT_ID, later(11))
    with pytest.raises(DomainError, match="mandate_over"):
        submit(replace(command, mandate=Mandate(AGENT_ID, FRIDAY, later(-1))), at(FRIDAY, APPLICANT))


def test_an_agent_of_before_mandates_were_dated_goes_on():
    command = replace(submission(*COMPLETE), agent_id=AGENT_ID)
    case = begin(CASE_ID, submit(command, at(FRIDAY, APPLICANT)))
    assert acts_for(case, AGENT_ID, later(400))
    must_reach(case, c.Withdraw(), AGENT_ID, later(400))


def test_a_case_goes_on_through_another_channel():
    event = only(decide(accepted(), c.ChangeChannel("counter", "window"), at(later(3), APPLICANT)))
    assert isinstance(event, e.ChannelChanged)
    assert (event.before, event.channel, event.delivery) == ("online", "counter", "window")
    case = then(accepted(), c.ChangeChannel("counter", "window"), at(later(3), APPLICANT))
    assert (case.channel, case.delivery_way, case.state) == ("counter", "window", accepted().state)
    assert case.clocks == accepted().clocks
    # A later move that says nothing about the delivery leaves it as it was.
    assert then(case, c.ChangeChannel("online"), at(later(4))).delivery_way == "window"


@pytest.mark.parametrize(
    ("channel", "code"),
    [("online", "channel_unchanged"), ("province", "channel_unknown"), ("pigeon", "channel_unknown")],
)
def test_a_channel_that_leads_nowhere_is_refused(channel: str, code: str):
    with pytest.raises(DomainError, match=code):
        decide(accepted(), c.ChangeChannel(channel), at(later(3)))


@pytest.mark.parametrize(
    "command", [c.GiveMandate(AGENT_ID, later(6)), c.RevokeMandate(), c.ChangeChannel("counter")]
)
def test_after_the_delivery_nothing_of_this_changes(command: c.Command):
    with pytest.raises(IllegalTransition):
        decide(delivered(), command, at(later(6), APPLICANT))
    with pytest.raises(NotAllowed, match="role_not_allowed"):
        decide(mandated(), command, at(later(4), APPROVER))


def test_the_agent_of_an_older_case_names_no_other_agent_either():
    """民法典 169; cases of before mandates were dated name their agent and no mandate."""
    case = replace(mandated(), mandate=None)
    must_reach(case, c.Withdraw(), AGENT_ID, later(4))
    must_reach(case, c.GiveMandate(CASE_ID, later(3)), APPLICANT_ID, later(4))
    with pytest.raises(NotAllowed, match="beyond_mandate"):
        must_reach(case, c.GiveMandate(CASE_ID, later(3)), AGENT_ID, later(4))
