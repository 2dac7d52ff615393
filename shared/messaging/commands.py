"""One-time commands: the same command id has one effect and always the same reply (for 30 days).

The row of a command is written in the transaction of its effect, so neither exists without the other.  Replies are
stored encrypted, because some hold what only the applicant may know (the access code of a case).
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

import shared.time as time
from shared.database import Connection, Database
from shared.errors import Refused
from shared.privacy import Keyring

Reply = TypeVar("Reply", bound=BaseModel)
KEPT = timedelta(days=30)

# Remembers commands and returns the ids that were not there; a service may make it part of one larger statement.
RECORD = """
    INSERT INTO commands (command_id, operation, request_sha256, reply, created_at)
    SELECT *, $5::timestamptz FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[])
    ON CONFLICT DO NOTHING RETURNING command_id
"""


@dataclass(frozen=True, slots=True)
class Command:
    """What is remembered of a command: its id, the operation, the digest of its request."""

    id: UUID
    operation: str
    request_sha256: bytes


def command(command_id: UUID, operation: str, request: BaseModel) -> Command:
    """The command as it is remembered."""
    # Without defaults, so that a request repeated across an update that adds a field is still the same request.
    content = request.model_dump_json(exclude_defaults=True)
    return Command(command_id, operation, hashlib.sha256(content.encode()).digest())


class CommandLog:
    """The commands of one service."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def run_once(
        self,
        database: Database,
        this: Command,
        reply_model: type[Reply],
        run: Callable[[Connection], Awaitable[Reply]],
    ) -> Reply:
        """Run the command in a transaction with its row, or give the stored reply when it has run before.

        Raises `Refused`: `idempotency_key_reused` (another request under this id), `command_in_progress`.
        """
        async with database.transaction() as connection:
            await _lock(connection, this)
            if (stored := await self.stored_reply(connection, this)) is not None:
                return reply_model.model_validate_json(stored)
            reply = await run(connection)
            if not await self.record(connection, [(this, reply)]):
                raise _in_progress()  # a group commit, which takes no lock, has carried it out meanwhile
        return reply

    async def stored_reply(self, connection: Connection, this: Command) -> bytes | None:
        """The reply of a command that has run, as JSON; None when it has not."""
        row = await connection.fetchrow(
            "SELECT operation, request_sha256, reply FROM commands WHERE command_id = $1", this.id
        )
        if row is None:
            return None
        if (row["operation"], row["request_sha256"]) != (this.operation, this.request_sha256):
            raise key_reused()
        return self._keyring.decrypt(row["reply"], context=str(this.id))

    async def record(self, connection: Connection, done: Sequence[tuple[Command, BaseModel]]) -> set[UUID]:
        """Remember the commands with their replies in one statement; the ids that were not there before.

        A group commit records first and then writes the effects of those ids only.
        """
        rows = await connection.fetch(RECORD, *self.columns(done))
        return {row["command_id"] for row in rows}

    def columns(self, done: Sequence[tuple[Command, BaseModel]]) -> tuple[Any, ...]:
        """The arguments of `RECORD`."""
        # Two groups that share ids take them in the same order, so they cannot wait for each other.
        ordered = sorted(done, key=lambda pair: pair[0].id.bytes)
        return (
            [this.id for this, _ in ordered],
            [this.operation for this, _ in ordered],
            [this.request_sha256 for this, _ in ordered],
            [self._keyring.encrypt(reply.model_dump_json(), context=str(this.id)) for this, reply in ordered],
            time.now(),
        )


async def forget_old(connection: Connection, at_most: int) -> str:
    """Delete what nobody can repeat any more, a bounded piece at a time; the status of the statement."""
    return await connection.execute(
        """
        DELETE FROM commands WHERE command_id IN (
            SELECT command_id FROM commands WHERE created_at < $1 ORDER BY created_at LIMIT $2)
        """,
        time.now() - KEPT,
        at_most,
    )


async def _lock(connection: Connection, this: Command) -> None:
    if not await connection.fetchval(
        "SELECT pg_try_advisory_xact_lock($1)", int.from_bytes(this.id.bytes[:8], "big", signed=True)
    ):
        raise _in_progress()


def _in_progress() -> Refused:
    return Refused(
        "in_progress",
        "command_in_progress",
        "同一请求正在处理中，请稍候再查询结果。",
        "The same request is being carried out. Please ask again in a moment.",
    )


def key_reused() -> Refused:
    """The same id came with another request: nothing is done, because we cannot know which one is meant."""
    return Refused(
        "invalid",
        "idempotency_key_reused",
        "该幂等键（Idempotency-Key）已用于另一份内容不同的请求，请换用新的键。",
        "This Idempotency-Key was used for a request with another content. Use a new key.",
    )
