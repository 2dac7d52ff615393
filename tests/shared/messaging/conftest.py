"""A small bus for the tests of delivery: one database, one broker, an event contract and helpers to publish and wait."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

import pytest

from shared import time
from shared.database import Database
from shared.identity import system_actor
from shared.messaging import outbox
from shared.messaging.broker import Broker
from shared.messaging.envelope import Envelope, Event, envelope
from shared.messaging.publisher import ConfirmingPublisher
from shared.messaging.relay import OutboxRelay
from shared.messaging.topology import Queue, ServiceTopology, declare, queue_for

SERVICE = "catalogue"


class ThingHappenedV1(Event):
    """An event of the tests."""

    event_type: ClassVar[str] = "cn.tongban.catalogue.thing_happened.v1"
    number: int


def thing(number: int, *, subject: str = "thing", event_id: uuid.UUID | None = None) -> Envelope:
    """An envelope as a handler would write it."""
    return envelope(
        ThingHappenedV1(number=number),
        source="/catalogue",
        event_id=event_id or uuid.uuid4(),
        subject=subject,
        sequence=number,
        recorded_at=time.now(),
        actor=system_actor(SERVICE),
    )


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 15) -> None:
    """Wait until the condition holds; fails the test when it never does."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


@dataclass
class Bus:
    """One service's database and broker with a queue that wants `ThingHappenedV1`."""

    database: Database
    broker: Broker
    publisher: ConfirmingPublisher
    relay: OutboxRelay
    queue: Queue
    amqp_url: str

    async def record(self, *envelopes: Envelope) -> None:
        async with self.database.transaction() as connection:
            await outbox.add(connection, envelopes)

    async def publish_raw(self, body: bytes) -> None:
        await self.publisher.publish(
            f"{SERVICE}.events", ThingHappenedV1.event_type, body, str(uuid.uuid4()), "application/json"
        )

    async def count(self, table: str, where: str = "true") -> int:
        rows = await self.database.fetch(f"SELECT count(*) FROM {table} WHERE {where}")
        return int(rows[0][0])


@pytest.fixture
async def bus(database_for: Callable[[str], str], amqp_url: str) -> AsyncIterator[Bus]:
    """The bus, connected and declared."""
    queue = queue_for(SERVICE, "on_thing", [ThingHappenedV1.event_type])
    await asyncio.to_thread(declare, amqp_url, [ServiceTopology(SERVICE, [queue])])
    database = Database(database_for(SERVICE))
    await database.start()
    broker = Broker(amqp_url, name="test")
    publisher = ConfirmingPublisher()
    broker.attach(publisher)
    broker.start()
    await asyncio.wait_for(publisher.opened_once.wait(), 10)
    yield Bus(database, broker, publisher, OutboxRelay(SERVICE, database, publisher), queue, amqp_url)
    await broker.stop()
    await database.stop()
