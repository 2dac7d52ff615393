"""A log as the service and an intruder use it, and numbered events to fill it with."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import asyncpg

from services.audit import handlers
from services.audit.contracts import GetProof, InclusionProof
from services.audit.signing import CheckpointSigner
from services.audit.store import Sealed, StoredCheckpoint
from services.audit.verifier import Report, verify_log
from shared.database import Database
from shared.messaging.envelope import Envelope

ORIGIN = "tongban.bozhou.gov.cn/audit"
NAMESPACE = UUID("0197c0de-0000-7000-8000-00000000beef")
START = datetime(2026, 9, 18, 1, 2, 3, tzinfo=UTC)


def event(
    number: int, *, subject: str | None = None, actor: str = "staff:wangfang", digest: str = "0" * 64
) -> Envelope:
    """The event with this number; the same number is the same event."""
    return Envelope(
        id=uuid5(NAMESPACE, str(number)),
        source="/applications",
        type="cn.tongban.applications.case_accepted.v1",
        subject=subject or f"case-{number % 7}",
        sequence=number,
        time=START + timedelta(milliseconds=number),
        actor=actor,
        actorrole="clerk",
        payloadsha256=digest,
        data={},
    )


def events(first: int, until: int) -> list[Envelope]:
    return [event(number) for number in range(first, until)]


class Log:
    """The log as the service uses it, each call in a transaction of its own."""

    def __init__(self, url: str, database: Database, signer: CheckpointSigner, public_key: str) -> None:
        self.url = url
        self.database = database
        self.signer = signer
        self.public_key = public_key
        self.at = START

    async def seal(self, *batch: Envelope) -> Sealed:
        async with self.database.transaction() as connection:
            return await handlers.seal_events(connection, batch, self.at)

    async def sign(self) -> StoredCheckpoint:
        self.at += timedelta(seconds=1)
        async with self.database.transaction() as connection:
            checkpoint = await handlers.sign_checkpoint(connection, self.signer, self.at)
        assert checkpoint is not None
        return checkpoint

    async def grow(self, *sizes: int) -> list[str]:
        """Let the log grow to each of these sizes, with a checkpoint at each; returns the notes, as a witness keeps them."""
        notes = []
        for size in sizes:
            await self.seal(*events(await self.size(), size))
            notes.append((await self.sign()).note)
        return notes

    async def size(self) -> int:
        return int(await self.value("SELECT count(*) FROM leaves"))

    async def proof_of(self, number: int, tree_size: int | None = None) -> InclusionProof:
        async with self.database.transaction() as connection:
            ask = GetProof(event_id=event(number).id, tree_size=tree_size)
            return await handlers.get_proof(connection, ask, self.signer, self.at)

    async def value(self, sql: str, *arguments: object) -> object:
        async with self.database.acquire() as connection:
            return await connection.fetchval(sql, *arguments)

    async def verify(self, *witnessed: str, key: str | None = None) -> Report:
        return await verify_log(self.url, key or self.public_key, witnessed)

    async def tamper(self, *statements: str) -> None:
        """Change what must not change, with every power over the tables that a database has to give."""
        connection = await asyncpg.connect(self.url)
        try:
            for table in ("leaves", "nodes", "checkpoints"):
                await connection.execute(f"GRANT ALL ON {table} TO CURRENT_USER")
                await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def to_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
