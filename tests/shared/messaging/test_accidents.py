"""What a consumer must not do when something breaks under it: lose, repeat, overtake, stop listening, refuse to end."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pika
import pytest

from shared.database import Connection, Database
from shared.errors import TemporaryError
from shared.messaging import broker as broker_module
from shared.messaging import failures
from shared.messaging.broker import Broker
from shared.messaging.consumer import Handler, QueueConsumer, Received
from shared.messaging.topology import ServiceTopology, declare
from tests.shared.messaging.conftest import SERVICE, Bus, ThingHappenedV1, thing, until
from tests.shared.messaging.test_consumer import consuming, numbers, write_effects


@pytest.fixture(autouse=True)
async def effects(bus: Bus) -> None:
    async with bus.database.acquire() as connection:
        await connection.execute(
            "CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, number bigint)"
        )


async def publish(bus: Bus, number: int, **changes: object) -> None:
    body = json.loads(thing(number).model_dump_json()) | changes
    await bus.publish_raw(json.dumps(body).encode())


def has_effect(bus: Bus, number: int) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return number in await numbers(bus)

    return look


def counts(bus: Bus, table: str, wanted: int) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return await bus.count(table) == wanted

    return look


async def ready_messages(bus: Bus) -> int:
    def ask() -> int:
        connection = pika.BlockingConnection(pika.URLParameters(bus.amqp_url))
        try:
            answer = connection.channel().queue_declare(bus.queue.name, passive=True)
            return int(answer.method.message_count)
        finally:
            connection.close()

    return await asyncio.to_thread(ask)


async def test_a_batch_that_was_cancelled_is_never_acknowledged_with_a_later_one(bus: Bus) -> None:
    entered = asyncio.Event()
    hanging = True

    async def handler(connection: Connection, received: Sequence[Received]) -> None:
        if hanging:
            entered.set()
            await asyncio.sleep(60)
        await write_effects(connection, received)

    async with consuming(bus, handler) as consumer:
        await publish(bus, 1, subject="a")
        await asyncio.wait_for(entered.wait(), 10)
        await publish(bus, 2, subject="b")
        await asyncio.sleep(0.2)
        hanging = False
        assert consumer._in_flight is not None
        consumer._in_flight.cancel()  # as a container that is being killed does
        await until(has_effect(bus, 2))
        await until(has_effect(bus, 1))
    assert await ready_messages(bus) == 0


@pytest.mark.parametrize(
    "poison",
    [{"sequence": 10**30}, {"subject": "a\0b"}, {"subject": "".join(map(chr, range(0x4E00, 0x9000)))}],
    ids=["a number too large", "a NUL character", "a subject too long for an index"],
)
async def test_a_message_that_fits_no_table_becomes_a_dead_letter_and_stops_nobody(
    bus: Bus, poison: dict[str, object]
) -> None:
    async def handler(connection: Connection, received: Sequence[Received]) -> None:
        if any(one.envelope.sequence != 2 for one in received):
            raise ZeroDivisionError
        await write_effects(connection, received)

    async with consuming(bus, handler):
        await publish(bus, 1, **poison)
        await asyncio.sleep(0.5)
        await publish(bus, 2)
        await until(has_effect(bus, 2))
        await until(counts(bus, "dead_letters", 1))
    assert await ready_messages(bus) == 0


async def test_a_failing_message_with_a_nul_in_its_data_ends_as_a_dead_letter(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "DELAYS_SECONDS", (0,))
    monkeypatch.setattr(failures, "ATTEMPTS_FOR_A_BUG", 2)

    async def handler(connection: Connection, received: Sequence[Received]) -> None:
        raise ZeroDivisionError

    async with consuming(bus, handler):
        await publish(bus, 1, data={"number": 1, "words": "a\0b"})
        await until(counts(bus, "dead_letters", 1))
    (row,) = await bus.database.fetch("SELECT type, reason FROM dead_letters")
    assert tuple(row) == (ThingHappenedV1.event_type, "failed_too_often")


async def test_what_a_full_disk_refuses_is_held_until_there_is_room(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bus.database.acquire() as connection:
        await connection.execute(
            """
            CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$
            """
        )
        for table in ("effects", "inbox", "retries", "dead_letters"):
            await connection.execute(
                f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION disk_is_full()"
            )
    async with consuming(bus, write_effects):
        await publish(bus, 1, subject="a")
        await asyncio.sleep(0.5)
        await publish(bus, 2, subject="b")
        await asyncio.sleep(0.5)
        async with bus.database.acquire() as connection:
            await connection.execute("DROP FUNCTION disk_is_full CASCADE")
        await until(has_effect(bus, 1))
        await until(has_effect(bus, 2))


async def test_a_message_whose_commit_succeeded_unnoticed_is_not_tried_again(bus: Bus) -> None:
    envelope = thing(1)
    async with bus.database.transaction() as connection:
        await connection.execute(
            "INSERT INTO inbox (message_id, consumer, received_at) VALUES ($1, $2, now())",
            envelope.id,
            bus.queue.name,
        )
    async with bus.database.transaction() as connection:
        await failures.remember(
            connection, bus.queue.name, envelope, envelope.model_dump_json().encode(), TemporaryError("cut")
        )
    assert await bus.count("retries") == 0


async def test_a_consumer_whose_queue_was_made_anew_listens_to_the_new_one(bus: Bus) -> None:
    def make_anew() -> None:
        connection = pika.BlockingConnection(pika.URLParameters(bus.amqp_url))
        connection.channel().queue_delete(bus.queue.name)
        connection.close()
        time.sleep(1)  # sooner than that, the broker itself tries to go on with the new queue
        declare(bus.amqp_url, [ServiceTopology(SERVICE, [bus.queue])])

    async with consuming(bus, write_effects):
        await publish(bus, 1)
        await until(has_effect(bus, 1))
        await asyncio.to_thread(make_anew)
        await publish(bus, 2)
        await until(has_effect(bus, 2))


async def test_a_missing_queue_is_asked_for_less_and_less_often(
    bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    consumer = QueueConsumer(queue="no.such_queue", database=bus.database, handler=write_effects)
    consumer.start(bus.broker)
    await asyncio.sleep(4)
    await consumer.stop()
    assert sum("broker_channel_lost" in line.getMessage() for line in caplog.records) <= 5


async def test_a_consumer_stops_while_the_database_is_away_and_its_message_waits(bus: Bus) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    await nowhere.start()
    consumer = QueueConsumer(
        queue=bus.queue.name, database=nowhere, handler=write_effects, contracts=[ThingHappenedV1]
    )
    consumer.start(bus.broker)
    await publish(bus, 1)
    await asyncio.sleep(0.5)
    await asyncio.wait_for(consumer.stop(), 5)
    await nowhere.stop()
    async with consuming(bus, write_effects):
        await until(has_effect(bus, 1))


@pytest.mark.parametrize("host", ["broker.invalid", "127.0.0.1:1"])
async def test_a_broker_that_cannot_be_found_is_looked_for_again_and_again(
    host: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(broker_module, "FIRST_DELAY_SECONDS", 0.01)
    broker = Broker(f"amqp://nobody:x@{host}/x")
    broker.start()
    async with asyncio.timeout(30):
        while caplog.text.count("broker_connection_lost") < 3:
            await asyncio.sleep(0.05)
    await broker.stop()


@asynccontextmanager
async def replica(bus: Bus, handler: Handler) -> AsyncIterator[QueueConsumer]:
    """A second process of the same consumer: a connection of its own."""
    broker = Broker(bus.amqp_url, name="replica")
    broker.start()
    await broker.connected.wait()
    consumer = QueueConsumer(
        queue=bus.queue.name, database=bus.database, handler=handler, contracts=[ThingHappenedV1]
    )
    consumer.start(broker)
    yield consumer
    await consumer.stop()
    await broker.stop()


async def test_two_replicas_keep_the_order_of_a_subject_and_one_goes_on_when_the_other_stops(
    bus: Bus,
) -> None:
    async def slow(connection: Connection, received: Sequence[Received]) -> None:
        await write_effects(connection, received)
        await asyncio.sleep(0.05)

    async with replica(bus, slow) as one, replica(bus, slow) as other:
        for number in range(1, 1500):
            bus.publisher.publish(
                f"{SERVICE}.events",
                ThingHappenedV1.event_type,
                thing(number).model_dump_json().encode(),
                str(number),
                "application/json",
            )
            if number % 50 == 0:
                await asyncio.sleep(0.01)
        await until(has_effect(bus, 300), seconds=30)
        active = one if one._waiting or one._in_flight else other
        await active.stop()
        await until(has_effect(bus, 1499), seconds=30)
    assert await numbers(bus) == list(range(1, 1500))
