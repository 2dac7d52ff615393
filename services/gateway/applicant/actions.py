"""What an applicant can do; the API and the pages of this room call the same functions."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.applications import contracts as c
from services.applications.contracts.reviewing import UrgeCase
from services.gateway import cases, client
from services.gateway.forms import OnlineCase, Supply
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.notifications import contracts as n


async def submit(gateway: Gateway, visitor: Visitor, form: OnlineCase, command_id: UUID) -> c.CaseReceipt:
    """Apply for oneself, or as the agent of somebody else."""
    return await cases.submit(gateway, visitor, form, command_id)


async def my_cases(gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int) -> c.CasePage:
    """The visitor's own cases, whatever channel they came in by."""
    return await cases.case_list(gateway, visitor, "mine", cursor, limit)


async def supply(
    gateway: Gateway,
    visitor: Visitor,
    case_id: UUID,
    expected_version: int,
    form: Supply,
    command_id: UUID,
) -> c.CaseReceipt:
    """Correct, or supply what was tolerated, from home; also for a case that was made at the counter."""
    key = cases.CaseKey(case_id)
    return await cases.supply(gateway, visitor, key, expected_version, form, "online", command_id)


async def inbox(
    gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int, *, unread_only: bool = False
) -> n.MessagePage:
    """The visitor's own notices, newest first."""
    request = n.ListInbox(cursor=cursor, limit=limit, unread_only=unread_only)
    return await gateway.services.ask(visitor, client.LIST_INBOX, request)


async def mark_read(gateway: Gateway, visitor: Visitor, message_id: UUID) -> n.MessageView:
    """The visitor has read a notice; the first time counts."""
    return await gateway.services.ask(visitor, client.MARK_READ, n.MarkRead(message_id=message_id))


async def case_messages(
    gateway: Gateway, visitor: Visitor, case_id: UUID, cursor: str | None, limit: int
) -> n.MessagePage:
    """Every notice about one case."""
    request = n.ListCaseMessages(case_id=case_id, cursor=cursor, limit=limit)
    return await gateway.services.ask(visitor, client.LIST_CASE_MESSAGES, request)


async def case_effects(gateway: Gateway, visitor: Visitor, case_id: UUID) -> c.CaseEffects:
    """Every event of the visitor's case, so that each can be looked up in the audit log."""
    return await gateway.services.ask(visitor, client.CASE_EFFECTS, c.GetEffects(case_id=case_id))


Command = Callable[[Gateway, Visitor, c.CaseView, int, BaseModel, UUID], Awaitable[c.CaseReceipt]]


def _of(method: client.Method[Any, c.CaseReceipt]) -> Command:
    """A command on one's own case, with the version that was read: what the operation of the API sends too."""

    async def send(
        gateway: Gateway, visitor: Visitor, case: c.CaseView, version: int, form: BaseModel, command_id: UUID
    ) -> c.CaseReceipt:
        command = method.request(case_id=case.case_id, expected_version=version, **dict(form))
        return await gateway.services.ask(visitor, method, command, command_id)

    return send


request_hearing = _of(client.REQUEST_HEARING)
waive_hearing = _of(client.WAIVE_HEARING)
request_recusal = _of(client.REQUEST_RECUSAL)
ask_for_more_time = _of(client.REQUEST_SUPPLY_EXTENSION)
state_on_recall = _of(client.HEAR_ON_RECALL)
give_mandate = _of(client.GIVE_MANDATE)
revoke_mandate = _of(client.REVOKE_MANDATE)
rate = _of(client.RATE_CASE)


async def urge(
    gateway: Gateway, visitor: Visitor, case: c.CaseView, _: int, form: BaseModel, command_id: UUID
) -> c.CaseReceipt:
    """Ask that the case be moved on; who urges need not have read the newest version."""
    command = UrgeCase(case_id=case.case_id, **dict(form))
    return await gateway.services.ask(visitor, client.URGE_CASE, command, command_id)
