"""One look at everything that runs: every service with its state, what waits, the log and its witness.

Each part is asked for by itself and at the same time, so that one that is away leaves a gap and nothing more.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.applications import contracts as c
from services.audit import contracts as a
from services.catalogue import contracts as k
from services.documents import contracts as d
from services.gateway import client, witness
from services.gateway.client import Method
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.notifications import contracts as n
from shared import time
from shared.errors import Refused, TemporaryError, Unavailable
from shared.identity import Role
from shared.messaging import operating
from shared.messaging.rpc import InternalError
from shared.version import VERSION

Part = TypeVar("Part")
PATIENCE_SECONDS = 2.0
SERVICES = ("catalogue", "applications", "documents", "notifications", "audit")
NOTHING = UUID(int=0)


class ServiceLine(BaseModel):
    """One service as it answers now; `milliseconds` is absent when it does not, `state` where there is none to tell."""

    service: str
    answers: bool
    milliseconds: float | None = None
    state: operating.ServiceState | None = None


class ServiceBoard(BaseModel):
    """Every part of the platform that the gateway needs, asked at once."""

    services: list[ServiceLine]
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The newest signed checkpoint, and whether the log still says what the gateway keeps of it as its witness."""

    checkpoint: a.CheckpointView
    kept: witness.WitnessedCheckpoint | None
    agrees: bool | None


def state_of(service: str) -> Method[operating.GetState, operating.ServiceState]:
    """The question to one service."""
    return Method(service, "get_state", operating.GetState, operating.ServiceState)


async def service_board(gateway: Gateway, visitor: Visitor) -> ServiceBoard:
    """Ask every service something small, and the database and the broker whether they are there."""
    ask = gateway.services.ask
    questions = {
        "catalogue": ask(visitor, client.LIST_ITEMS, k.ListItems(limit=1)),
        "applications": ask(visitor, client.CASE_EFFECTS, c.GetEffects(case_id=NOTHING)),
        "documents": ask(visitor, client.VERIFY_DOCUMENT, d.VerifyDocument(document_id=NOTHING)),
        "notifications": _quiet(ask(visitor, client.LIST_UNDELIVERED, n.ListUndelivered(limit=1))),
        "audit": ask(visitor, client.GET_CHECKPOINT, a.GetCheckpoint()),
        "database": _database_answers(gateway),
        "broker": _broker_answers(gateway),
    }
    states = [_state(gateway, visitor, name) for name in questions]
    lines = [_line_of(name, question) for name, question in questions.items()]
    answered = await asyncio.gather(asyncio.gather(*lines), asyncio.gather(*states))
    found = [line.model_copy(update={"state": state}) for line, state in zip(*answered, strict=True)]
    return ServiceBoard(services=found, looked_at=time.now())


async def _quiet(question: Awaitable[object]) -> None:
    """That this one is not for auditors is an answer like any other."""
    await question


async def _line_of(name: str, question: Awaitable[object]) -> ServiceLine:
    """Any answer will do, a refusal too; only silence and a fault do not."""
    started = perf_counter()
    try:
        await asyncio.wait_for(question, PATIENCE_SECONDS)
    except Refused as refusal:
        if refusal.kind == "unavailable":
            return ServiceLine(service=name, answers=False)
    except (TimeoutError, InternalError):
        return ServiceLine(service=name, answers=False)
    return ServiceLine(service=name, answers=True, milliseconds=round((perf_counter() - started) * 1000, 1))


async def _database_answers(gateway: Gateway) -> None:
    if not await gateway.database.ping():
        raise Unavailable("数据库", "The database")


async def _broker_answers(gateway: Gateway) -> None:
    if gateway.broker is not None and not gateway.broker.ready:
        raise Unavailable("消息通道", "The message bus")


async def _state(gateway: Gateway, visitor: Visitor, name: str) -> operating.ServiceState | None:
    """The state behind one line; that of the gateway itself stands with its database."""
    if name == "database":
        return await part(_own_state(gateway))
    return (
        await part(gateway.services.ask(visitor, state_of(name), operating.GetState()))
        if name in SERVICES
        else None
    )


async def _own_state(gateway: Gateway) -> operating.ServiceState:
    async with gateway.database.acquire() as connection:
        return await operating.state(connection, VERSION, {})


async def part(question: Awaitable[Part]) -> Part | None:
    """The answer, or nothing when there is none in time."""
    try:
        return await asyncio.wait_for(question, PATIENCE_SECONDS)
    except (Refused, TemporaryError, TimeoutError, InternalError):
        return None


async def witnessed(gateway: Gateway, visitor: Visitor) -> Witnessed:
    """Ask the log for its newest checkpoint, and again for the one that is kept here."""
    newest, kept = await asyncio.gather(
        gateway.services.ask(visitor, client.GET_CHECKPOINT, a.GetCheckpoint()),
        witness.newest_checkpoints(gateway.database, 1),
    )
    if not kept:
        return Witnessed(newest, None, None)
    asked = a.GetCheckpoint(tree_size=kept[0].tree_size)
    again = await gateway.services.ask(visitor, client.GET_CHECKPOINT, asked)
    return Witnessed(newest, kept[0], again.root == kept[0].root and not kept[0].contradicted)


async def coverage(gateway: Gateway, visitor: Visitor) -> k.CalendarList:
    """How far the announced working days reach."""
    return await gateway.services.ask(visitor, client.LIST_CALENDARS, k.ListCalendars())


async def undelivered(gateway: Gateway, visitor: Visitor) -> n.UndeliveredPage:
    """Notices that wait for a person; only operators are shown them."""
    if not visitor.actor.has(Role.OPERATOR):
        return n.UndeliveredPage(deliveries=[])
    return await gateway.services.ask(visitor, client.LIST_UNDELIVERED, n.ListUndelivered(limit=50))
