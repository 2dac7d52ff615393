"""Dead letters of every service: seen, handed over again or put away, each order in the audit log before it is carried out."""

import asyncio
from typing import Literal
from uuid import UUID, uuid4

from pydantic import BaseModel

from services.gateway.client import Method
from services.gateway.contracts import DeadLetterOrderedV1
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.operator.board import SERVICES, part
from services.gateway.problems import Problem
from shared import time
from shared.database import Connection
from shared.errors import Refused
from shared.messaging import dead_letters, operating, outbox
from shared.messaging.commands import command
from shared.messaging.envelope import Envelope, envelope

GATEWAY = "gateway"
ALL = (*SERVICES, GATEWAY)
REASONS: tuple[operating.DiscardReason, ...] = ("handled_otherwise", "outdated", "duplicate", "unreadable")


class Order(BaseModel):
    """What a person decided about one dead letter."""

    service: str
    id: int
    order: Literal["replay", "discard"]
    reason: operating.DiscardReason | None = None


def is_number(letter_id: str) -> bool:
    """Whether this can be the number of a dead letter."""
    return letter_id.isascii() and letter_id.isdigit() and 0 < int(letter_id[:20]) < 2**53


async def letters_of(
    gateway: Gateway, visitor: Visitor, service: str, ask: operating.ListDeadLetters
) -> operating.DeadLetterPage:
    """The open dead letters of one service."""
    _must_be_known(service)
    if service == GATEWAY:
        async with gateway.database.acquire() as connection:
            return await operating.letters(connection, ask)
    method = Method(service, "list_dead_letters", operating.ListDeadLetters, operating.DeadLetterPage)
    return await gateway.services.ask(visitor, method, ask)


async def all_letters(gateway: Gateway, visitor: Visitor) -> dict[str, operating.DeadLetterPage | None]:
    """The first open dead letters of every service; nothing for one that is away."""
    ask = operating.ListDeadLetters()
    pages = await asyncio.gather(*(part(letters_of(gateway, visitor, name, ask)) for name in ALL))
    return dict(zip(ALL, pages, strict=True))


async def settle(gateway: Gateway, visitor: Visitor, order: Order, command_id: UUID) -> operating.Settled:
    """Record the order, then carry it out; the same command again is the same order."""
    _must_be_known(order.service)
    first = False

    async def record(connection: Connection) -> operating.Settled:
        nonlocal first
        first = True
        await outbox.add(connection, [_recorded(visitor, order)])
        return operating.Settled(id=order.id)

    this = command(command_id, "operator.settle_dead_letter", order)
    settled = await gateway.commands.run_once(gateway.database, this, operating.Settled, record)
    try:
        await _carry_out(gateway, visitor, order, command_id)
    except Refused as refusal:
        if first or refusal.code != "dead_letter_not_found":
            raise
    return settled


def _must_be_known(service: str) -> None:
    if service not in ALL:
        raise Problem("not_found")


async def _carry_out(gateway: Gateway, visitor: Visitor, order: Order, command_id: UUID) -> None:
    if order.service == GATEWAY:
        await _carry_out_here(gateway, visitor, order)
    elif order.reason is not None:
        discard = Method(order.service, "discard_dead_letter", operating.DiscardDeadLetter, operating.Settled)
        request = operating.DiscardDeadLetter(id=order.id, reason=order.reason)
        await gateway.services.ask(visitor, discard, request, command_id)
    else:
        replay = Method(order.service, "replay_dead_letter", operating.ReplayDeadLetter, operating.Settled)
        await gateway.services.ask(visitor, replay, operating.ReplayDeadLetter(id=order.id), command_id)


async def _carry_out_here(gateway: Gateway, visitor: Visitor, order: Order) -> None:
    async with gateway.database.transaction() as connection:
        if order.reason is not None:
            await dead_letters.discard(connection, order.id, by=visitor.actor.id, reason=order.reason)
        else:
            await dead_letters.replay(connection, order.id, by=visitor.actor.id)


def _recorded(visitor: Visitor, order: Order) -> Envelope:
    at = time.now()
    event = DeadLetterOrderedV1(
        service=order.service,
        dead_letter_id=order.id,
        order=order.order,
        reason=order.reason,
        ordered_at=at,
    )
    return envelope(
        event,
        source="/gateway",
        event_id=uuid4(),
        subject=f"dead-letter:{order.service}:{order.id}",
        sequence=int(at.timestamp() * 1000),
        recorded_at=at,
        actor=visitor.actor,
    )
