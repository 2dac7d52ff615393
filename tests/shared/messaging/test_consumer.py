"""A message has its effect once, is never lost, and keeps its order about one subject."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from shared.database import Connection
from shared.errors import Refused, TemporaryError
from shared.messaging import dead_letters, failures
from shared.messaging.consumer import Handler, QueueConsumer, Received
from tests.shared.messaging.conftest import Bus, ThingHappenedV1, thing, until


@asynccontextmanager
async def consuming(bus: Bus, handler: Handler) -> AsyncIterator[QueueConsumer]:
    consumer = QueueConsumer(
        queue=bus.queue.name, database=bus.database, handler=handler, contracts=[ThingHappenedV1]
    )
    consumer.start(bus.broker)
    yield consumer
    await consumer.stop()
    await bus.broker.detach(consumer)


@pytest.fixture
async def effects(bus: Bus) -> None:
    """A table of effects without a unique key: an effect that happens twice shows."""
    async with bus.database.acquire() as connection:
        await connection.execute(
            "CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, number bigint)"
        )


async def write_effects(connection: Connection, received: Sequence[Received]) -> None:
    for one in received:
        await connection.execute("INSERT INTO effects (number) VALUES ($1)", one.event.number)


async def numbers(bus: Bus) -> list[int]:
    return [row["number"] for row in await bus.database.fetch("SELECT number FROM effects ORDER BY id")]


@pytest.mark.usefixtures("effects")
class TestConsumer:
    async def test_an_event_from_the_outbox_has_its_effect(self, bus: Bus) -> None:
        async with consuming(bus, write_effects):
            await bus.record(thing(1))
            assert await bus.relay.carry_batch() == 1
            await until(lambda: _equals(bus, [1]))
        assert await bus.count("outbox", "sent_at IS NULL") == 0

    async def test_the_same_message_five_times_has_one_effect(self, bus: Bus) -> None:
        repeated = thing(1)
        async with consuming(bus, write_effects):
            for _ in range(5):
                await bus.publish_raw(repeated.model_dump_json().encode())
            await bus.publish_raw(thing(2).model_dump_json().encode())
            await until(lambda: _has_number(bus, 2))
        assert await numbers(bus) == [1, 2]

    async def test_a_message_that_comes_while_the_consumer_is_stopped_waits_for_it(self, bus: Bus) -> None:
        await bus.publish_raw(thing(1).model_dump_json().encode())
        async with consuming(bus, write_effects):
            await until(lambda: _equals(bus, [1]))

    async def test_an_unreadable_message_becomes_a_dead_letter_and_stops_nobody(self, bus: Bus) -> None:
        async with consuming(bus, write_effects):
            await bus.publish_raw(b'{"specversion": "1.0", "id": "no"}')
            await bus.publish_raw(b"\xff\xfe not even text")
            await bus.publish_raw(thing(3).model_dump_json().encode())
            await until(lambda: _has_number(bus, 3))
            await until(lambda: _counts(bus, "dead_letters", 2))
        rows = await bus.database.fetch("SELECT reason, consumer FROM dead_letters")
        assert {tuple(row) for row in rows} == {("unreadable", bus.queue.name)}

    async def test_a_refused_message_becomes_a_dead_letter_at_once_and_others_go_on(self, bus: Bus) -> None:
        async def refuse_two(connection: Connection, received: Sequence[Received]) -> None:
            await write_effects(connection, received)
            if any(one.event.number == 2 for one in received):
                raise Refused("conflict", "not_two", "不行", "no")

        async with consuming(bus, refuse_two):
            for number in (1, 2, 3):
                await bus.publish_raw(thing(number, subject=f"subject {number}").model_dump_json().encode())
            await until(lambda: _has_number(bus, 3))
            await until(lambda: _counts(bus, "dead_letters", 1))
        assert await numbers(bus) == [1, 3]
        (row,) = await bus.database.fetch("SELECT reason, detail FROM dead_letters")
        assert tuple(row) == ("refused", "not_two")

    async def test_a_failed_message_is_tried_again_and_later_ones_about_its_subject_wait(
        self, bus: Bus
    ) -> None:
        failing = True

        async def fail_first(connection: Connection, received: Sequence[Received]) -> None:
            if failing and any(one.envelope.sequence == 1 for one in received):
                raise TemporaryError("the mail server is away", 0)
            await write_effects(connection, received)

        async with consuming(bus, fail_first):
            for number in (1, 2):
                await bus.publish_raw(thing(number, subject="one case").model_dump_json().encode())
            await bus.publish_raw(thing(7, subject="another case").model_dump_json().encode())
            await until(lambda: _has_number(bus, 7))
            await until(lambda: _counts(bus, "retries", 2))
            failing = False
            await until(lambda: _counts(bus, "retries", 0))
        assert await numbers(bus) == [7, 1, 2]

    async def test_a_bug_is_tried_a_few_times_and_then_given_to_a_person_who_can_replay_it(
        self, bus: Bus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(failures, "DELAYS_SECONDS", (0,))
        broken = True

        async def buggy(connection: Connection, received: Sequence[Received]) -> None:
            if broken:
                raise ZeroDivisionError
            await write_effects(connection, received)

        async with consuming(bus, buggy):
            await bus.publish_raw(thing(1).model_dump_json().encode())
            await until(lambda: _counts(bus, "dead_letters", 1))
            assert await bus.count("retries") == 0
            broken = False
            async with bus.database.transaction() as connection:
                (letter,) = await dead_letters.list_open(connection)
                assert letter.reason == "failed_too_often"
                assert letter.attempts == failures.ATTEMPTS_FOR_A_BUG
                await dead_letters.replay(connection, letter.id, by="staff:operator")
            await until(lambda: _equals(bus, [1]))
        assert await bus.count("dead_letters", "replayed_at IS NULL") == 0

    async def test_replaying_twice_is_refused(self, bus: Bus) -> None:
        async with bus.database.transaction() as connection:
            await failures.bury_dropped(
                connection, bus.queue.name, thing(1).model_dump_json().encode(), "delivery_limit"
            )
            (letter,) = await dead_letters.list_open(connection)
            await dead_letters.replay(connection, letter.id, by="staff:operator")
            with pytest.raises(Refused, match="dead_letter_not_found"):
                await dead_letters.replay(connection, letter.id, by="staff:operator")

    async def test_messages_of_one_subject_keep_their_order_through_a_flood(self, bus: Bus) -> None:
        await bus.record(*(thing(number) for number in range(1, 1201)))
        while await bus.relay.carry_batch():
            pass
        async with consuming(bus, write_effects):
            await until(lambda: _has_number(bus, 1200), seconds=30)
        assert await numbers(bus) == list(range(1, 1201))

    async def test_a_channel_error_costs_the_consumer_its_channel_only(self, bus: Bus) -> None:
        async with consuming(bus, write_effects) as consumer:
            await bus.publish_raw(thing(1).model_dump_json().encode())
            await until(lambda: _equals(bus, [1]))
            assert consumer._channel is not None
            consumer._channel.basic_ack(999_999)  # an unknown delivery: the broker closes the channel
            await bus.publish_raw(thing(2).model_dump_json().encode())
            await until(lambda: _equals(bus, [1, 2]))
            assert bus.broker.ready

    async def test_a_message_whose_process_died_before_acknowledging_comes_again_and_changes_nothing(
        self, bus: Bus
    ) -> None:
        entered, release = asyncio.Event(), asyncio.Event()

        async def slow(connection: Connection, received: Sequence[Received]) -> None:
            await write_effects(connection, received)
            entered.set()
            await release.wait()

        async with consuming(bus, slow) as consumer:
            await bus.publish_raw(thing(1).model_dump_json().encode())
            await asyncio.wait_for(entered.wait(), 10)
            cut_the_socket(bus)
            release.set()
            await until(lambda: _equals(bus, [1]))
            await bus.broker.connected.wait()
            await until(lambda: _is_idle(consumer))
        assert await numbers(bus) == [1]


def cut_the_socket(bus: Bus) -> None:
    """As a broker that dies: the connection ends under whatever is in flight."""
    assert bus.broker._connection is not None
    bus.broker._connection._transport._sock.shutdown(socket.SHUT_RDWR)


async def _equals(bus: Bus, wanted: list[int]) -> bool:
    return await numbers(bus) == wanted


async def _has_number(bus: Bus, number: int) -> bool:
    return number in await numbers(bus)


async def _counts(bus: Bus, table: str, wanted: int) -> bool:
    return await bus.count(table) == wanted


async def _is_idle(consumer: QueueConsumer) -> bool:
    await asyncio.sleep(0.5)
    return consumer._in_flight is None and consumer._channel is not None
