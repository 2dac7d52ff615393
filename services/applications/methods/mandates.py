"""Mandates and channels: the methods."""

from services.applications.contracts import CaseReceipt
from services.applications.contracts.mandates import ChangeChannel, GiveMandate, RevokeMandate
from services.applications.domain import commands as c
from services.applications.handlers import Doing, act, held
from services.applications.methods.base import Methods
from services.applications.people import agent_of
from services.applications.store import mandates
from shared import time
from shared.identity import Role
from shared.runtime import Call, rpc


class MandateMethods(Methods):
    """Mandates and channels."""

    @rpc(Role.APPLICANT, Role.CLERK)
    async def give_mandate(self, call: Call, request: GiveMandate) -> CaseReceipt:
        """Name an agent, for a time and a scope."""
        return await self._once(call, request, give_mandate)

    @rpc(Role.APPLICANT, Role.CLERK)
    async def revoke_mandate(self, call: Call, request: RevokeMandate) -> CaseReceipt:
        """Take the mandate back, or lay it down."""
        return await self._once(call, request, revoke_mandate)

    @rpc(Role.APPLICANT, Role.CLERK)
    async def change_channel(self, call: Call, request: ChangeChannel) -> CaseReceipt:
        """Go on through another channel."""
        return await self._once(call, request, change_channel)


async def give_mandate(doing: Doing, request: GiveMandate) -> CaseReceipt:
    """The agent's identity goes into the encrypted list of people; the record knows a pseudonym."""
    stored = await held(doing, request.case_id, request.expected_version)
    valid_from = request.valid_from or time.today()
    agent = agent_of(request.agent, doing.office.people, None, valid_from)
    assert agent.person_id is not None
    command = c.GiveMandate(agent.person_id, valid_from, request.agent.valid_until, request.agent.scope)
    receipt = await act(doing, stored, command)
    await mandates.put_agent(doing.connection, doing.office.parties, stored.case.id, agent)
    return receipt


async def revoke_mandate(doing: Doing, request: RevokeMandate) -> CaseReceipt:
    """The case is none of the agent's from now on."""
    stored = await held(doing, request.case_id, request.expected_version)
    return await act(doing, stored, c.RevokeMandate())


async def change_channel(doing: Doing, request: ChangeChannel) -> CaseReceipt:
    """What was begun in one place goes on in another."""
    stored = await held(doing, request.case_id, request.expected_version)
    return await act(doing, stored, c.ChangeChannel(request.channel, request.delivery))
