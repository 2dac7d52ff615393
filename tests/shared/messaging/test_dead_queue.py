"""A message that ends every process that takes it is put aside by the broker and reaches a person all the same."""

import asyncio
from typing import Any

import pika
import pytest

from shared.messaging import dead_letters, topology
from shared.messaging.dead_queue import DeadQueueConsumer
from shared.messaging.topology import ServiceTopology, declare
from tests.shared.messaging.conftest import SERVICE, Bus, thing, until
from tests.shared.messaging.test_accidents import counts
from tests.shared.messaging.test_accidents import effects as effects
from tests.shared.messaging.test_consumer import consuming, numbers, write_effects


def die_with_it(amqp_url: str, queue: str) -> None:
    """As a process that is killed by what it takes."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    for _ in channel.consume(queue, inactivity_timeout=5):
        break
    connection.close()


async def test_a_message_delivered_too_often_becomes_a_dead_letter_that_can_be_replayed(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "DELIVERY_LIMIT", 2)
    await asyncio.to_thread(declare, bus.amqp_url, [ServiceTopology(SERVICE, [bus.queue])])
    envelope = thing(1)
    await bus.publish_raw(envelope.model_dump_json().encode())
    for _ in range(3):
        await asyncio.to_thread(die_with_it, bus.amqp_url, bus.queue.name)
    bus.broker.attach(DeadQueueConsumer(SERVICE, bus.database))
    await until(counts(bus, "dead_letters", 1))
    async with bus.database.transaction() as connection:
        (letter,) = await dead_letters.list_open(connection)
        assert (letter.reason, letter.detail, letter.consumer) == (
            "dropped_by_broker",
            "delivery_limit",
            bus.queue.name,
        )
        await dead_letters.replay(connection, letter.id, by="staff:operator")

    async def has_effect() -> bool:
        return await numbers(bus) == [1]

    async with consuming(bus, write_effects):
        await until(has_effect)


async def test_the_dead_queue_is_worked_on_after_a_failure_of_any_kind(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bus.database.acquire() as connection:
        await connection.execute("ALTER TABLE dead_letters RENAME TO away")
    sleep = asyncio.sleep

    async def shortly(seconds: float, *more: Any) -> None:
        await sleep(min(seconds, 0.1))

    monkeypatch.setattr("shared.messaging.dead_queue.asyncio.sleep", shortly)
    bus.broker.attach(DeadQueueConsumer(SERVICE, bus.database))
    await bus.publisher.publish(
        topology.DEAD_LETTER_EXCHANGE, bus.queue.name, b"anything", "1", "application/json"
    )
    await sleep(0.5)
    async with bus.database.acquire() as connection:
        await connection.execute("ALTER TABLE away RENAME TO dead_letters")
    await until(counts(bus, "dead_letters", 1))
