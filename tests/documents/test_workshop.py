"""The workshop on a real database: one PDF and one event whatever races, dies, comes late or is away."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.applications.contracts.printing import DocumentForPrinting
from services.documents import store
from services.documents.domain.patience import LONGEST_PAUSE, MOST_CRASHES, pause_after
from services.documents.presses import PressFailed, Print
from services.documents.sealing import LocalSeal, SealAway, Sealed, ToSeal
from services.documents.store import File, Wanted
from services.documents.workshop import Workshop
from shared import time
from shared.database import Database
from shared.errors import Unavailable
from shared.privacy import Keyring
from shared.testing.clock import Clock
from tests.documents.conftest import URL, a_document


class Press:
    """Stands in for the press, whose own behaviour has its own tests: counts, fails as told, takes its time."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self.fails = 0
        self.pause = 0.0

    async def print(self, paper: Any) -> Print:
        self.printed.append(paper.document_id)
        await asyncio.sleep(self.pause)
        if self.fails > 0:
            self.fails -= 1
            raise PressFailed("killed")
        return Print(_PDF, 1)

    async def stop(self) -> None:
        pass


class Seal:
    """Stands in for the seal."""

    def __init__(self) -> None:
        self.away = False

    async def seal(self, document: ToSeal) -> Sealed:
        if self.away:
            raise SealAway("away")
        return Sealed(document.pdf + b"%sealed", "CN=test")


_PDF = b"%PDF-1.7 made up"


class Shop:
    """A workshop with everything around it that a test can turn."""

    def __init__(self, database: Database, secrets_dir: Path) -> None:
        self.database, self.press, self.seal = database, Press(), Seal()
        self.known: dict[UUID, DocumentForPrinting] = {}
        self.keyring = Keyring.from_file(secrets_dir / "blobs.keyring.json")
        self.workshop = self.another()

    def another(self) -> Workshop:
        """A second process on the same list."""
        return Workshop(
            self.database,
            [self.press],  # type: ignore[list-item]  # it stands in for one
            self.seal,
            self.ask,
            self.keyring,
            public_url=URL,
            longest=timedelta(seconds=50),
        )

    async def ask(self, document_id: UUID) -> DocumentForPrinting:
        if document_id not in self.known:
            raise Unavailable("办件", "Applications")
        return self.known[document_id]

    async def want(self, *, known: bool = True) -> DocumentForPrinting:
        document = a_document()
        if known:
            self.known[document.document_id] = document
        wanted = Wanted(
            document.document_id, document.case_id, document.kind, document.number, document.sha256
        )
        async with self.database.transaction() as connection:
            await store.want(connection, [wanted, wanted], time.now())
        return document

    async def count(self, table: str) -> int:
        return len(await self.database.fetch(f"SELECT 1 FROM {table}"))

    async def document(self) -> Any:
        [row] = await self.database.fetch("SELECT * FROM documents")
        return row


@pytest.fixture
def shop(database: Database, secrets_dir: Path, clock: Clock) -> Shop:
    return Shop(database, secrets_dir)


async def test_two_replicas_share_the_list_and_print_each_document_once(shop: Shop) -> None:
    documents = [await shop.want() for _ in range(20)]
    shop.press.pause = 0.01
    await asyncio.gather(shop.workshop.work(), shop.another().work())
    assert sorted(shop.press.printed) == sorted(str(one.document_id) for one in documents)
    assert (await shop.count("files"), await shop.count("outbox")) == (20, 20)


async def test_who_comes_back_after_the_lease_finds_the_fence_moved_on(shop: Shop, clock: Clock) -> None:
    await shop.want()
    lease = timedelta(seconds=60)
    async with shop.database.transaction() as connection:
        late = await store.claim_next(connection, time.now(), lease)
        assert await store.claim_next(connection, time.now(), lease) is None
    clock.move(seconds=61)
    await shop.workshop.work()
    assert await shop.count("files") == 1
    assert late is not None
    file = File(b"other", b"0" * 32, 1, "CN=late")
    async with shop.database.transaction() as connection:
        assert not await store.put_away(connection, late, file, shop.keyring, time.now())
        assert not await store.give_up(connection, late, "late", "", "", time.now())
    assert ((await shop.document())["state"], await shop.count("files")) == ("printed", 1)


async def test_what_is_away_makes_a_document_wait_longer_each_time_and_never_give_up(
    shop: Shop, clock: Clock
) -> None:
    document = await shop.want(known=False)
    pauses = []
    for _ in range(12):
        await shop.workshop.work()
        due_at: datetime = (await shop.document())["due_at"]
        pauses.append(round((due_at - time.now()).total_seconds()))
        clock.move(seconds=(due_at - time.now()).total_seconds() + 1)
    assert pauses == sorted(pauses)
    assert pauses[0] < 5
    assert pauses[-1] == LONGEST_PAUSE.total_seconds()
    assert (await shop.document())["crashes"] == 0

    shop.known[document.document_id] = document
    shop.seal.away = True
    await shop.workshop.work()
    assert await shop.count("files") == 0
    shop.seal.away = False
    clock.move(minutes=6)
    await shop.workshop.work()
    assert await shop.count("files") == 1
    assert pause_after(1_000_000) == LONGEST_PAUSE


async def test_a_document_that_breaks_every_press_is_given_up_and_told_once(shop: Shop, clock: Clock) -> None:
    await shop.want()
    shop.press.fails = 99
    for _ in range(MOST_CRASHES + 2):
        await shop.workshop.work()
        clock.move(minutes=6)
    row = await shop.document()
    assert (row["state"], row["failure_code"]) == ("failed", "layout_failed")
    assert len(shop.press.printed) == MOST_CRASHES
    [told] = await shop.database.fetch("SELECT routing_key, body FROM outbox")
    assert told["routing_key"].endswith("document_failed.v1")
    assert "layout_failed" in told["body"]


async def test_one_broken_press_is_no_reason_to_give_up(shop: Shop, clock: Clock) -> None:
    await shop.want()
    shop.press.fails = MOST_CRASHES - 1
    for _ in range(MOST_CRASHES):
        await shop.workshop.work()
        clock.move(minutes=6)
    assert (await shop.document())["state"] == "printed"


async def test_a_stop_in_the_middle_leaves_the_document_to_the_next_at_once(shop: Shop) -> None:
    await shop.want()
    shop.press.pause = 30
    working = asyncio.create_task(shop.workshop.work())
    async with asyncio.timeout(10):
        while not shop.press.printed:
            await asyncio.sleep(0.01)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    shop.press.pause = 0
    await shop.another().work()
    assert (await shop.count("files"), await shop.count("outbox")) == (1, 1)


async def test_a_seal_of_the_secrets_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises((OSError, ValueError)):
        LocalSeal.from_secrets(tmp_path)
