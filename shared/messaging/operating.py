"""What every service tells operators and auditors of itself, and how a person settles its dead letters.

The same four methods in every service, given to it by the runtime; the gateway, which answers no calls, uses the
functions beneath them.  Nothing here holds personal data: of a letter's content only what is no name or number of a
person is shown.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared import time
from shared.database import Connection, Database
from shared.identity import Role
from shared.messaging import dead_letters
from shared.messaging.rpc_server import Call, RpcMethod

READERS = frozenset({Role.OPERATOR, Role.AUDITOR})
SETTLERS = frozenset({Role.OPERATOR})
STARTED_AT = time.now()
# Counted no further: a flood must not make its own measurement slow.
_MOST = 10_000

DiscardReason = Literal["handled_otherwise", "outdated", "duplicate", "unreadable"]
Figures = Callable[[Connection], Awaitable[Mapping[str, float]]]


class Request(BaseModel):
    """Base of every request: unknown fields are a fault of the caller."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GetState(Request):
    """How the service is, now."""


class ListDeadLetters(Request):
    """Open dead letters, oldest first, from the id after `after`."""

    after: int = Field(default=0, ge=0, le=2**53 - 1)
    limit: int = Field(default=50, ge=1, le=200)


class ReplayDeadLetter(Request):
    """Hand a message to its consumer again, from the beginning."""

    id: int = Field(ge=1, le=2**53 - 1)


class DiscardDeadLetter(Request):
    """Settle a message without handling it."""

    id: int = Field(ge=1, le=2**53 - 1)
    reason: DiscardReason


class Reply(BaseModel):
    """Base of every reply; readers ignore what they do not know yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ServiceState(Reply):
    """One service as it is now; `figures` are its own, such as documents that wait to be printed."""

    version: str
    started_at: datetime
    outbox_waiting: int
    outbox_since: datetime | None = None
    retries: int
    dead_letters: int
    figures: dict[str, float] = {}


class DeadLetterView(Reply):
    """A message that waits for a person; `content` is masked."""

    id: int
    message_id: UUID | None = None
    consumer: str
    type: str | None = None
    subject: str | None = None
    reason: str
    detail: str
    attempts: int
    failed_at: datetime
    content: str


class DeadLetterPage(Reply):
    """Open dead letters; `more` says whether there are others."""

    letters: list[DeadLetterView]
    more: bool = False


class Settled(Reply):
    """The dead letter is settled."""

    id: int


async def state(connection: Connection, version: str, figures: Mapping[str, float]) -> ServiceState:
    """How the service on this database is."""
    [row] = await connection.fetch(
        """
        SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE sent_at IS NULL LIMIT $1) AS unsent) AS unsent,
               (SELECT recorded_at FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 1) AS since,
               (SELECT count(*) FROM (SELECT 1 FROM retries LIMIT $1) AS waiting) AS waiting,
               (SELECT count(*) FROM (SELECT 1 FROM dead_letters WHERE replayed_at IS NULL LIMIT $1) AS dead) AS dead
        """,
        _MOST,
    )
    return ServiceState(
        version=version,
        started_at=STARTED_AT,
        outbox_waiting=row["unsent"],
        outbox_since=row["since"],
        retries=row["waiting"],
        dead_letters=row["dead"],
        figures=dict(figures),
    )


async def letters(connection: Connection, ask: ListDeadLetters) -> DeadLetterPage:
    """Open dead letters with their masked content."""
    found = await dead_letters.list_open(connection, after=ask.after, limit=ask.limit + 1)
    shown = found[: ask.limit]
    bodies = await dead_letters.bodies(connection, [letter.id for letter in shown])
    views = [
        DeadLetterView(
            id=letter.id,
            message_id=letter.message_id,
            consumer=letter.consumer,
            type=letter.type,
            subject=letter.subject,
            reason=letter.reason,
            detail=letter.detail,
            attempts=letter.attempts,
            failed_at=letter.failed_at,
            content=dead_letters.masked(bodies[letter.id]),
        )
        for letter in shown
    ]
    return DeadLetterPage(letters=views, more=len(found) > ask.limit)


class Operated:
    """The methods of one service."""

    def __init__(self, database: Database, version: str, figures: Figures | None = None) -> None:
        self._database, self._version, self._figures = database, version, figures

    @property
    def methods(self) -> dict[str, RpcMethod]:
        """As its RPC server offers them."""
        found = (
            RpcMethod("get_state", READERS, GetState, self.get_state),
            RpcMethod("list_dead_letters", READERS, ListDeadLetters, self.list_dead_letters),
            RpcMethod("replay_dead_letter", SETTLERS, ReplayDeadLetter, self.replay_dead_letter),
            RpcMethod("discard_dead_letter", SETTLERS, DiscardDeadLetter, self.discard_dead_letter),
        )
        return {method.name: method for method in found}

    async def get_state(self, call: Call, ask: GetState) -> ServiceState:
        async with self._database.acquire() as connection:
            figures = await self._figures(connection) if self._figures else {}
            return await state(connection, self._version, figures)

    async def list_dead_letters(self, call: Call, ask: ListDeadLetters) -> DeadLetterPage:
        async with self._database.acquire() as connection:
            return await letters(connection, ask)

    async def replay_dead_letter(self, call: Call, ask: ReplayDeadLetter) -> Settled:
        async with self._database.transaction() as connection:
            await dead_letters.replay(connection, ask.id, by=call.actor.id)
        return Settled(id=ask.id)

    async def discard_dead_letter(self, call: Call, ask: DiscardDeadLetter) -> Settled:
        async with self._database.transaction() as connection:
            await dead_letters.discard(connection, ask.id, by=call.actor.id, reason=ask.reason)
        return Settled(id=ask.id)
