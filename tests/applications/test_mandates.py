"""Mandates and channels on a real PostgreSQL: row by row, an agent reaches what the mandate reaches."""

from datetime import date, datetime
from typing import Any

import pytest

from services.applications import contracts as v
from services.applications import handlers, queries, work_lists
from services.applications.contracts import mandates as mv
from services.applications.domain.errors import DomainError, NotAllowed, NotFound
from services.applications.methods import mandates
from shared.identity import Actor, Role
from shared.testing.actors import OTHER_UNIT
from shared.testing.clock import Clock
from tests.applications.conftest import ALL_PAPERS, Desk, day
from tests.applications.test_flows import every_case_is_the_fold_of_its_record, published

SUN = {"name": "孙悟空", "certificate_type": "111", "certificate_number": "341602198505050056"}


def agent_of(desk: Desk) -> Actor:
    """The agent's own account."""
    return desk.owner_of(SUN)


async def give(desk: Desk, receipt: v.CaseReceipt, actor: Actor | None = None, **more: Any) -> v.CaseReceipt:
    dates = {name: more.pop(name) for name in ("valid_from",) if name in more}
    request = mv.GiveMandate.model_validate(
        {"case_id": receipt.case_id, "expected_version": receipt.version, "agent": SUN | more, **dates}
    )
    return await desk.do(mandates.give_mandate, actor or desk.zhang, request)


async def revoke(desk: Desk, receipt: v.CaseReceipt, actor: Actor | None = None) -> v.CaseReceipt:
    request = mv.RevokeMandate(case_id=receipt.case_id, expected_version=receipt.version)
    return await desk.do(mandates.revoke_mandate, actor or desk.zhang, request)


async def move(
    desk: Desk, receipt: v.CaseReceipt, channel: str, actor: Actor | None = None, **more: Any
) -> v.CaseReceipt:
    request = mv.ChangeChannel.model_validate(
        {"case_id": receipt.case_id, "expected_version": receipt.version, "channel": channel} | more
    )
    return await desk.do(mandates.change_channel, actor or desk.zhang, request)


async def mine(desk: Desk, actor: Actor) -> list[str]:
    page = await desk.ask(work_lists.list_cases, actor, v.ListCases(view="mine"))
    return [line.case_no for line in page.items]


async def reaches(desk: Desk, receipt: v.CaseReceipt, actor: Actor) -> bool:
    """By the row, by the list, and the two agree."""
    listed = receipt.case_no in await mine(desk, actor)
    try:
        await desk.view(receipt.case_id, actor)
    except NotFound:
        assert not listed
        return False
    assert listed
    return True


async def test_an_agent_reaches_mandated_cases_only_and_only_while_the_mandate_holds(
    desk: Desk, clock: Clock
):
    agent = agent_of(desk)
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    other = await desk.submit(desk.request(*ALL_PAPERS))
    assert not await reaches(desk, receipt, agent)
    receipt = await give(desk, receipt, valid_from="2026-09-21", valid_until="2026-09-24")
    reached = []
    for number in (18, 21, 24, 25):
        clock.set_to(day(9, number))
        reached.append(await reaches(desk, receipt, agent))
    assert reached == [False, True, True, False]
    # By every question, not only the page of the case.
    with pytest.raises(NotFound):
        await desk.ask(queries.case_effects, agent, v.GetEffects(case_id=receipt.case_id))
    clock.set_to(day(9, 22))
    assert not await reaches(desk, other, agent)
    view = await desk.view(receipt.case_id, agent)
    assert view.mandate is not None
    assert (view.mandate.valid_until, view.mandate.holds) == (date(2026, 9, 24), True)
    assert "孙悟空" in {party.name for party in view.parties}
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_revoked_agent_sees_nothing_not_even_by_the_voucher(desk: Desk):
    agent = agent_of(desk)
    submitted = await desk.submit(desk.request(*ALL_PAPERS))
    receipt = await give(desk, submitted)
    assert await reaches(desk, receipt, agent)
    receipt = await revoke(desk, receipt)
    assert not await reaches(desk, receipt, agent)
    by_code = v.GetCase(case_no=submitted.case_no, access_code=submitted.access_code)
    with pytest.raises(NotFound):
        await desk.ask(queries.get_case, agent, by_code)
    # The applicant and the file still know who it was.
    view = await desk.view(receipt.case_id, desk.zhang)
    assert view.mandate is not None
    assert view.mandate.revoked_on == date(2026, 9, 18)
    assert "孙悟空" in {party.name for party in view.parties}
    await every_case_is_the_fold_of_its_record(desk)


async def test_an_agent_acts_within_the_scope_and_may_lay_the_mandate_down(desk: Desk):
    agent = agent_of(desk)
    receipt = await give(desk, await desk.submit(desk.request("A01-01")), scope=["supply"])
    receipt = await desk.supply(receipt, "A01-10", actor=agent)
    withdrawal = v.WithdrawCase(case_id=receipt.case_id, expected_version=receipt.version)
    with pytest.raises(NotAllowed, match="beyond_mandate"):
        await desk.do(handlers.withdraw_case, agent, withdrawal)
    with pytest.raises(NotAllowed, match="beyond_mandate"):
        await give(desk, receipt, agent)
    receipt = await revoke(desk, receipt, agent)
    assert not await reaches(desk, receipt, agent)


async def test_another_agent_takes_the_place_of_the_first(desk: Desk):
    receipt = await give(desk, await desk.submit(desk.request(*ALL_PAPERS)))
    first = agent_of(desk)
    second = {"name": "猪八戒", "certificate_type": "111", "certificate_number": "341602198503120022"}
    receipt = await give(desk, receipt, **second)
    assert not await reaches(desk, receipt, first)
    assert await reaches(desk, receipt, desk.owner_of(second))
    people = await desk.rows("SELECT role FROM parties WHERE role = 'agent'")
    assert len(people) == 1


async def test_an_agent_named_at_the_submission_has_a_dated_mandate(desk: Desk, clock: Clock):
    agent = agent_of(desk)
    receipt = await desk.submit(
        desk.request(*ALL_PAPERS, agent=SUN | {"valid_until": "2026-09-30", "scope": ["supply"]}), agent
    )
    assert await reaches(desk, receipt, agent)
    clock.set_to(day(10, 1))
    assert not await reaches(desk, receipt, agent)
    with pytest.raises(DomainError, match="mandate_over"):
        await desk.submit(desk.request(*ALL_PAPERS, agent=SUN | {"valid_until": "2026-09-30"}), agent)


async def test_a_mandate_tells_the_other_services_a_pseudonym_and_no_name(desk: Desk):
    receipt = await give(desk, await desk.submit(desk.request(*ALL_PAPERS)), valid_until="2026-12-31")
    event = (await published(desk, receipt.case_id))[-1]
    assert event["type"] == "cn.tongban.applications.mandate_given.v1"
    assert event["data"]["agent_id"] == str(agent_of(desk).person_id)
    assert "孙悟空" not in str(await desk.rows("SELECT body::text FROM outbox"))
    stored = await desk.rows("SELECT name, certificate_number FROM parties WHERE role = 'agent'")
    assert "孙悟空".encode() not in stored[0]["name"]


async def test_nobody_else_gives_or_takes_a_mandate(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    far = Actor("staff:far", frozenset({Role.CLERK}), OTHER_UNIT)
    for stranger in (agent_of(desk), far):
        with pytest.raises(NotFound):
            await give(desk, receipt, stranger)
        with pytest.raises(NotFound):
            await move(desk, receipt, "counter", stranger)
    # At the counter of the unit the clerk records it for the applicant who stands there.
    assert (await give(desk, receipt, desk.clerk)).version == 2


async def test_a_case_begun_on_line_goes_on_at_the_counter_and_back(desk: Desk):
    receipt = await desk.submit(desk.request("A01-01", "A01-04", "A01-05"))
    receipt = await move(desk, receipt, "counter", delivery="window")
    view = await desk.view(receipt.case_id)
    assert (view.channel, view.delivery_way) == ("counter", "window")
    page = await desk.ask(work_lists.list_cases, desk.clerk, v.ListCases(view="desk"))
    assert page.items[0].channel == "counter"
    receipt = await desk.supply(receipt, "A01-06", "A01-08", "A01-10", actor=desk.clerk)
    receipt = await desk.accept(receipt)
    receipt = await move(desk, receipt, "online", desk.clerk, delivery="post")
    event = (await published(desk, receipt.case_id))[-1]
    assert (event["data"]["channel"], event["data"]["before"]) == ("online", "counter")
    assert isinstance(datetime.fromisoformat(event["time"]), datetime)
    receipt = await desk.decide(receipt)
    receipt = await move(desk, receipt, "service_point")
    receipt = await desk.deliver(receipt)
    with pytest.raises(DomainError, match="illegal_transition"):
        await move(desk, receipt, "online")
    await every_case_is_the_fold_of_its_record(desk)
