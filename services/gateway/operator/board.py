"""The health board: each service asked a small question, with the time of its answer; what does not answer is away."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

from services.applications import contracts as c
from services.audit import contracts as a
from services.catalogue import contracts as k
from services.gateway import client
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.notifications import contracts as n
from shared.errors import Refused, TemporaryError

LONGEST_SECONDS = 2.0
# No case has it: that the service says so is the answer.
_NO_CASE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Health:
    """One process as the gateway sees it now."""

    name: str
    title: str
    well: bool
    milliseconds: int


async def board(gateway: Gateway, visitor: Visitor) -> list[Health]:
    """Every part of the platform that a visitor's request may need."""
    ask = gateway.services.ask
    return list(
        await asyncio.gather(
            _probe("gateway", "网关数据库", gateway.database.fetch("SELECT 1")),
            _probe("broker", "消息代理", _broker(gateway)),
            _probe("catalogue", "事项目录", ask(visitor, client.LIST_ITEMS, k.ListItems(limit=1))),
            _probe("applications", "办件", ask(visitor, client.CASE_EFFECTS, c.GetEffects(case_id=_NO_CASE))),
            _probe(
                "notifications", "通知", ask(visitor, client.LIST_UNDELIVERED, n.ListUndelivered(limit=1))
            ),
            _probe("audit", "审计账", ask(visitor, client.GET_CHECKPOINT, a.GetCheckpoint())),
        )
    )


async def _broker(gateway: Gateway) -> None:
    if gateway.broker is None or not gateway.broker.ready:
        raise TemporaryError("the broker is away")


async def _probe(name: str, title: str, question: Awaitable[object]) -> Health:
    started = perf_counter()
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await question
        well = True
    except Refused as refusal:
        # A refusal by a rule is an answer too.
        well = refusal.kind != "unavailable"
    except (TemporaryError, TimeoutError):
        well = False
    return Health(name, title, well, round((perf_counter() - started) * 1000))
