"""Sealing on a real PostgreSQL: each event once, in one order without gaps, under hashes that the definition gives."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from services.audit import handlers, store
from services.audit.domain.errors import EventAltered, LeafRefused, LogDamaged
from services.audit.domain.leaf import parse_leaf
from services.audit.domain.merkle import root_of
from services.audit.store import Sealed
from tests.audit.a_log import Log, event, events

ROOT = Path(__file__).parents[2]


async def test_events_become_leaves_in_the_order_they_came(log: Log):
    assert await log.seal(*events(0, 5)) == Sealed(first_index=0, added=5, repeated=0)
    assert await log.seal(*events(5, 8)) == Sealed(first_index=5, added=3, repeated=0)
    rows = await log.database.fetch("SELECT * FROM leaves ORDER BY leaf_index")
    assert [row["leaf_index"] for row in rows] == list(range(8))
    assert [row["event_id"] for row in rows] == [event(number).id for number in range(8)]
    assert all(parse_leaf(row["leaf"]).hash == row["leaf_hash"] for row in rows)


async def test_the_root_from_stored_nodes_is_the_root_over_all_leaves_at_every_size(log: Log):
    for number in range(20):
        await log.seal(event(number))
    hashes = [handlers.leaf_of(event(number)).hash for number in range(20)]
    async with log.database.acquire() as connection:
        for size in range(21):
            assert (await store.tree_at(connection, size)).root() == root_of(hashes[:size])


async def test_the_same_event_delivered_five_times_is_one_leaf(log: Log):
    assert (await log.seal(event(1), event(1), event(2), event(1))).added == 2
    for _ in range(2):
        assert await log.seal(event(1), event(2)) == Sealed(first_index=2, added=0, repeated=2)
    assert await log.size() == 2
    assert (await log.verify()).ok


@pytest.mark.parametrize("change", [{"actor": "staff:other"}, {"digest": "1" * 64}, {"subject": "another"}])
async def test_an_event_that_comes_back_altered_is_refused_and_nothing_of_its_batch_is_sealed(
    log: Log, change
):
    await log.seal(event(1))
    with pytest.raises(EventAltered) as refusal:
        await log.seal(event(2), event(1, **change))
    assert refusal.value.facts == {"event_id": str(event(1).id)}
    with pytest.raises(EventAltered):
        await log.seal(event(3), event(3, **change))
    assert await log.size() == 1


async def test_an_event_that_has_no_canonical_form_is_refused(log: Log):
    with pytest.raises(LeafRefused, match="subject"):
        await log.seal(event(1, subject="a\x07b"))


async def test_a_batch_that_fails_later_in_its_transaction_leaves_no_number_behind(log: Log):
    async def seal_and_fail() -> None:
        async with log.database.transaction() as connection:
            await handlers.seal_events(connection, events(0, 3), log.at)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await seal_and_fail()
    assert await log.seal(*events(3, 5)) == Sealed(first_index=0, added=2, repeated=0)


async def test_many_replicas_at_once_are_one_sealer(log: Log):
    """Every batch overlaps with its neighbours, so that repeats and new events race."""
    batches = [events(first, first + 30) for first in range(0, 300, 15)]
    sealed = await asyncio.gather(*(log.seal(*batch) for batch in batches))
    assert sum(one.added for one in sealed) == await log.size() == 315
    await log.sign()
    report = await log.verify()
    assert report.ok, report.faults
    assert report.tree_size == 315


async def test_a_second_sealer_waits_until_the_first_has_committed(log: Log):
    async with log.database.transaction() as connection:
        await handlers.seal_events(connection, [event(1)], log.at)
        waiting = asyncio.create_task(log.seal(event(2)))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    assert (await waiting).first_index == 1


SEALER = """
import asyncio, sys
from services.audit import handlers
from shared.database import Database
from tests.audit.a_log import START, events

async def main(url, first):
    database = Database(url, size=1)
    await database.start()
    async with database.transaction() as connection:
        await handlers.seal_events(connection, events(first, first + 40), START)
    print("committed", flush=True)
    async with database.transaction() as connection:
        await handlers.seal_events(connection, events(first + 20, first + 90), START)
        print("in the middle", flush=True)
        await asyncio.sleep(60)

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


async def test_a_sealer_killed_in_the_middle_of_a_batch_leaves_no_gap_and_no_double(log: Log):
    for first in (0, 90):
        sealer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SEALER, log.url, str(first), cwd=ROOT, stdout=subprocess.PIPE
        )
        assert sealer.stdout is not None
        assert await sealer.stdout.readline() == b"committed\n"
        assert await sealer.stdout.readline() == b"in the middle\n"
        os.kill(sealer.pid, signal.SIGKILL)
        await sealer.wait()
        assert await log.size() == first + 40
        # The broker delivers the unacknowledged batch again, to whoever lives.
        assert (await log.seal(*events(first + 20, first + 90))).added == 50
    await log.sign()
    report = await log.verify()
    assert report.ok, report.faults
    assert report.tree_size == 180


async def test_a_lost_node_stops_sealing_instead_of_building_on_it(log: Log):
    await log.seal(*events(0, 4))
    await log.tamper("DELETE FROM nodes WHERE level = 2")
    with pytest.raises(LogDamaged):
        await log.seal(event(4))
    assert await log.size() == 4


@pytest.mark.parametrize("table", ["leaves", "nodes", "checkpoints"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_service_cannot_change_what_is_sealed(log: Log, table, change):
    await log.grow(4)
    column = {"leaves": "leaf", "nodes": "hash", "checkpoints": "note"}[table]
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await log.value(change.format(table, column, column))


@pytest.mark.parametrize("table", ["leaves", "nodes", "checkpoints"])
async def test_even_a_login_with_every_right_meets_the_trigger(log: Log, table):
    await log.grow(4)
    await log.value(f"GRANT ALL ON {table} TO CURRENT_USER")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await log.value(f"DELETE FROM {table}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await log.value(f"TRUNCATE {table}")


async def test_a_leaf_holds_identifiers_and_digests_only(log: Log):
    await log.seal(event(1))
    stored = json.loads(str(await log.value("SELECT leaf FROM leaves")))
    assert set(stored) == {
        "event_id",
        "type",
        "source",
        "subject",
        "sequence",
        "actor",
        "role",
        "recorded_at",
        "payload_sha256",
    }
