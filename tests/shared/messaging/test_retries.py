"""Waiting messages: their order, and that a large pile of them is worked off in a time that grows with the pile only."""

from datetime import timedelta
from time import perf_counter

from shared import time
from shared.errors import TemporaryError
from shared.messaging import failures
from shared.testing.clock import Clock
from tests.shared.messaging.conftest import Bus, thing


async def test_one_that_was_parked_just_when_the_one_before_it_was_settled_is_woken(bus: Bus) -> None:
    waiting = thing(2)
    async with bus.database.transaction() as connection:
        await failures.park(connection, bus.queue.name, waiting, waiting.model_dump_json().encode())
        assert await failures.next_due(connection, bus.queue.name) is None
        await failures.wake_forgotten(connection, bus.queue.name)
        due = await failures.next_due(connection, bus.queue.name)
    assert due is not None
    assert due.message_id == waiting.id


async def test_a_weekend_during_which_nothing_ran_uses_up_no_tries(bus: Bus, clock: Clock) -> None:
    waiting, parked = thing(1), thing(2)
    away = TemporaryError("another service is away")
    async with bus.database.transaction() as connection:
        await failures.remember(connection, bus.queue.name, waiting, waiting.model_dump_json().encode(), away)
        await failures.park(connection, bus.queue.name, parked, parked.model_dump_json().encode())
    clock.move(days=3)
    async with bus.database.transaction() as connection:
        due = await failures.next_due(connection, bus.queue.name)
        assert due is not None
        await failures.failed_again(connection, due, away)
    assert await bus.count("dead_letters") == 0


async def test_an_environment_that_fails_for_more_than_a_day_is_told_to_a_person(
    bus: Bus, clock: Clock
) -> None:
    waiting = thing(1)
    away = TemporaryError("another service is away")
    started = time.now()
    async with bus.database.transaction() as connection:
        await failures.remember(connection, bus.queue.name, waiting, waiting.model_dump_json().encode(), away)
    for _ in range(100):
        if await bus.count("dead_letters"):
            break
        async with bus.database.transaction() as connection:
            while (due := await failures.next_due(connection, bus.queue.name)) is None:
                clock.move(hours=0.5)
            await failures.failed_again(connection, due, away)
    assert timedelta(hours=20) < time.now() - started < timedelta(hours=48)


async def test_thirty_thousand_parked_messages_do_not_slow_down_those_that_are_due(bus: Bus) -> None:
    async with bus.database.acquire() as connection:
        for _ in range(
            7
        ):  # the statement keeps the plan that it got on an empty table, as in a running process
            await failures.next_due(connection, bus.queue.name)
        await connection.execute(
            """
            INSERT INTO retries (message_id, consumer, subject, sequence, body, attempts, first_failed_at, due_at,
                                 last_error)
            SELECT gen_random_uuid(), $1, 's' || (n % 10000), n / 10000, '{"type": "x"}', (n < 10000)::int, $2, $2, 'x'
            FROM generate_series(0, 39999) AS n
            """,
            bus.queue.name,
            time.now() - timedelta(minutes=1),
        )
        await connection.execute("UPDATE retries SET due_at = 'infinity' WHERE attempts = 0")
    started = perf_counter()
    for _ in range(100):
        async with bus.database.transaction() as connection:
            due = await failures.next_due(connection, bus.queue.name)
            assert due is not None
            await failures.settled(connection, due)
    assert perf_counter() - started < 4  # it took 9 s when parked messages were due as well
