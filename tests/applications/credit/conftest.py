"""A register on a real PostgreSQL, and a keeper who works in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest

from services.applications.contracts.credit import (
    CreditImportReport,
    CreditRecordView,
    PersonCredit,
    QueryCredit,
)
from services.applications.credit import importing, looking
from services.applications.credit.work import Work
from shared.database import Database
from shared.identity import Actor, Role
from shared.privacy import BlindIndex, Keyring
from shared.testing.clock import Clock

FRIDAY = datetime(2026, 9, 18, 1, 30, tzinfo=UTC)
Answer = TypeVar("Answer")


class Keeper:
    """Works on the register as the service does: each act in a transaction of its own."""

    def __init__(self, database: Database, secrets: Path) -> None:
        self.database = database
        self.people = BlindIndex.from_file(secrets / "blind-index.key")
        self.keyring = Keyring.from_file(secrets / "parties.keyring.json")
        self.actor = Actor("staff:keeper", frozenset({Role.KEEPER}), "11341600762764234C")

    def person(self, kind: str, number: str) -> UUID:
        return self.people.person_id(kind, number)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        async with self.database.transaction() as connection:
            yield Work(connection, self.actor, self.people, self.keyring)

    async def do(self, act: Callable[[Work, Any], Awaitable[Answer]], request: Any) -> Answer:
        async with self.work() as work:
            return await act(work, request)

    async def bring(
        self, content: bytes, *, partial: bool = False, dry_run: bool = False
    ) -> CreditImportReport:
        file = await importing.prepare(content, self.people)
        async with self.work() as work:
            return await importing.import_file(
                work, file, purpose="九月信用名单更新", partial=partial, dry_run=dry_run
            )

    async def records_of(self, kind: str, number: str) -> tuple[CreditRecordView, ...]:
        request = QueryCredit.model_validate(
            {"certificate_type": kind, "certificate_number": number, "purpose": "核对异议"}
        )
        found: PersonCredit = await self.do(looking.query, request)
        return found.records

    async def count(self, table: str) -> int:
        (row,) = await self.database.fetch(f"SELECT count(*) FROM {table}")
        return int(row[0])

    async def published(self, name: str) -> list[dict[str, Any]]:
        rows = await self.database.fetch(
            "SELECT body::json AS body FROM outbox WHERE routing_key = $1 ORDER BY id",
            f"cn.tongban.applications.{name}.v1",
        )
        return [row["body"] for row in rows]


@pytest.fixture
async def register_database(database_for: Callable[[str], str]) -> AsyncIterator[Database]:
    """The service's own database, fresh."""
    database = Database(database_for("applications"))
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
def keeper(register_database: Database, secrets_dir: Path, clock: Clock) -> Keeper:
    """A keeper on a Friday morning."""
    clock.set_to(FRIDAY)
    return Keeper(register_database, secrets_dir)
