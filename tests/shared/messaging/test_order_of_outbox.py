"""What the relay promises beyond "sent at least once": rows about one subject never overtake each other."""

import asyncio
from datetime import timedelta

import pytest

from shared import time
from shared.messaging import relay as relay_module
from shared.messaging.publisher import ConfirmingPublisher
from shared.messaging.relay import OutboxRelay
from tests.shared.messaging.conftest import SERVICE, Bus, ThingHappenedV1, thing, until


async def sent_in_order(bus: Bus) -> list[int]:
    rows = await bus.database.fetch(
        "SELECT (body::json ->> 'sequence')::int FROM outbox WHERE sent_at IS NOT NULL ORDER BY id"
    )
    return [row[0] for row in rows]


async def test_rows_wait_behind_an_unroutable_one_about_their_subject(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwanted = thing(1, subject="a").model_copy(update={"type": "cn.tongban.catalogue.unwanted.v1"})
    await bus.record(unwanted)
    assert await bus.relay.carry_batch() == 1
    await bus.record(thing(2, subject="a"), thing(3, subject="b"))
    await bus.relay.carry_batch()
    assert await sent_in_order(bus) == [3]

    async with bus.database.acquire() as connection:  # the queue is bound at last
        await connection.execute("UPDATE outbox SET routing_key = $1", ThingHappenedV1.event_type)
    later = time.now() + relay_module.UNROUTABLE_RETRY + timedelta(seconds=1)
    monkeypatch.setattr(time, "now", lambda: later)
    await bus.relay.carry_batch()
    assert await sent_in_order(bus) == [1, 2, 3]


async def test_a_second_relay_waits_in_reserve(bus: Bus) -> None:
    await bus.record(*(thing(number) for number in range(1, 701)))
    other = ConfirmingPublisher()
    bus.broker.attach(other)
    await asyncio.wait_for(other.opened_once.wait(), 10)
    reserve = OutboxRelay(SERVICE, bus.database, other)
    carried = await asyncio.gather(bus.relay.carry_batch(), reserve.carry_batch())
    assert sorted(carried) == [0, 500]
    assert await reserve.carry_batch() == 200  # once the other is not at work


async def test_a_fault_of_one_database_ends_neither_its_relay_nor_those_of_others(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "PAUSE_AFTER_FAILURE_SECONDS", 0.1)
    async with bus.database.acquire() as connection:
        await connection.execute("ALTER TABLE outbox RENAME TO away")
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(work) for work in (bus.relay.run(), bus.relay.measure(), bus.relay.purge())
        ]
        await asyncio.sleep(0.5)
        async with bus.database.acquire() as connection:
            await connection.execute("ALTER TABLE away RENAME TO outbox")
        await bus.record(thing(1))

        async def is_sent() -> bool:
            return await sent_in_order(bus) == [1]

        await until(is_sent)
        for task in running:
            task.cancel()


async def test_old_rows_are_purged_as_fast_as_a_busy_day_makes_them(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "PURGED_AT_ONCE", 100)
    await bus.record(*(thing(number) for number in range(1, 1001)))
    async with bus.database.acquire() as connection:
        await connection.execute(
            "UPDATE outbox SET sent_at = $1", time.now() - relay_module.SENT_ROWS_KEPT - timedelta(minutes=1)
        )
    purging = asyncio.create_task(bus.relay.purge())
    await asyncio.sleep(2)
    purging.cancel()
    assert await bus.count("outbox") == 0
