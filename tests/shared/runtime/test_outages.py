"""What the seam survives on a real broker and database: crashes, restarts while idle, a broker that takes nothing."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.migrate import migrate
from shared.errors import Refused, TemporaryError
from shared.messaging import outbox
from shared.messaging import relay as relay_module
from shared.messaging.publisher import ConfirmingPublisher, NotPublished
from shared.messaging.relay import OutboxRelay
from shared.testing.databases import Databases
from shared.testing.servers import PlatformServers
from tests.shared.messaging.conftest import ThingHappenedV1, thing, until
from tests.shared.runtime.echo_service import NumberDrawnV1
from tests.shared.runtime.test_service import Echo, running_echo

pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module")
def servers() -> Iterator[PlatformServers]:
    """Servers of this module's own, with fsync, because these tests kill them."""
    with PlatformServers(durable=True) as servers:
        servers.begin()
        yield servers


@pytest.fixture
async def echo(servers: PlatformServers, secrets_dir: Path, free_port: int) -> AsyncIterator[Echo]:
    databases = Databases(servers.postgres.url())
    url = databases.fresh("catalogue")
    migrate("catalogue", url)
    account = servers.rabbit.accounts[0]
    async with running_echo(url, servers.rabbit.url(account), secrets_dir, free_port) as running:
        yield running
    # The tests here may have killed the server under this connection; the whole server goes away with the module.
    with contextlib.suppress(psycopg.OperationalError):
        databases.drop(url)
        databases.close()


async def answers_again(echo: Echo) -> bool:
    try:
        return (await echo.ask("echo", "back")).text == "back"
    except Refused:
        return False


async def publishes_again(echo: Echo) -> bool:
    drawn = thing(1).model_copy(update={"type": NumberDrawnV1.event_type, "data": {"number": 5}})
    try:
        await echo.publisher.publish(
            "catalogue.events",
            drawn.type,
            drawn.model_dump_json().encode(),
            str(drawn.id),
            "application/json",
        )
    except Exception:
        return False
    return True


async def test_after_a_broker_crash_calls_and_events_flow_again_by_themselves(
    echo: Echo, servers: PlatformServers
) -> None:
    # RabbitMQ writes what it knows of a new quorum queue to the disk some seconds after the declaration.
    await asyncio.sleep(6)
    await asyncio.to_thread(servers.rabbit.kill)
    with pytest.raises(Refused, match="service_unavailable"):
        await echo.ask("echo")
    await asyncio.to_thread(servers.rabbit.start)
    await until(lambda: answers_again(echo), seconds=30)
    await until(lambda: publishes_again(echo), seconds=30)

    async def consumed() -> bool:
        return await echo.effects("number 5") > 0

    await until(consumed, seconds=30)


async def test_after_a_database_crash_the_service_works_again_without_any_traffic(
    echo: Echo, servers: PlatformServers
) -> None:
    await asyncio.to_thread(servers.postgres.kill)
    await asyncio.sleep(1)
    assert not await asyncio.to_thread(echo.answers, "/ready")
    assert await asyncio.to_thread(echo.answers, "/live")
    await asyncio.to_thread(servers.postgres.start)

    before = None

    async def ticks() -> bool:
        nonlocal before
        try:
            count = await echo.effects("tick")
        except TemporaryError:
            return False
        grown = before is not None and count > before
        before = count
        return grown

    await until(ticks, seconds=30)


async def test_messages_wait_unharmed_while_the_database_is_away(
    echo: Echo, servers: PlatformServers
) -> None:
    await asyncio.to_thread(servers.postgres.kill)
    assert await publishes_again(echo)
    await asyncio.sleep(3)
    await asyncio.to_thread(servers.postgres.start)

    async def consumed_once() -> bool:
        try:
            return await echo.effects("number 5") == 1
        except TemporaryError:
            return False

    await until(consumed_once, seconds=30)
    rows = await echo.database.fetch(
        "SELECT (SELECT count(*) FROM retries) + (SELECT count(*) FROM dead_letters)"
    )
    assert rows[0][0] == 0


async def test_a_blocked_broker_refuses_calls_at_once_and_loses_nothing(
    echo: Echo, servers: PlatformServers
) -> None:
    relay = OutboxRelay("catalogue", echo.database, echo.publisher)
    await asyncio.to_thread(servers.rabbit.control, "set_vm_memory_high_watermark", "0.0000001")
    try:
        async with echo.database.transaction() as connection:
            waiting = thing(1).model_copy(update={"type": NumberDrawnV1.event_type, "data": {"number": 9}})
            await outbox.add(connection, [waiting])
        carrying = asyncio.create_task(relay.carry_batch())
        await until(lambda: _is_blocked(echo), seconds=20)
        with pytest.raises(Refused, match="service_unavailable"):
            await asyncio.wait_for(echo.ask("echo"), 1)
        assert not carrying.done()
    finally:
        await asyncio.to_thread(servers.rabbit.control, "set_vm_memory_high_watermark", "0.6")
    assert await asyncio.wait_for(carrying, 20) == 1

    async def consumed() -> bool:
        return await echo.effects("number 9") == 1

    await until(consumed, seconds=20)
    await until(lambda: answers_again(echo), seconds=20)


async def test_a_broker_that_confirms_nothing_for_long_gets_no_pile_of_copies(
    echo: Echo, servers: PlatformServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "CONFIRM_SECONDS", 0.2)
    published = 0
    publish = ConfirmingPublisher.publish

    def count(publisher: ConfirmingPublisher, *message: str) -> asyncio.Future[None]:
        nonlocal published
        confirm = publish(publisher, *message)
        published += not confirm.done()
        return confirm

    monkeypatch.setattr(ConfirmingPublisher, "publish", count)
    waiting = thing(1).model_copy(update={"type": NumberDrawnV1.event_type, "data": {"number": 17}})
    async with echo.database.transaction() as connection:
        await outbox.add(connection, [waiting])
    relay = OutboxRelay("catalogue", echo.database, echo.publisher)
    await asyncio.to_thread(servers.rabbit.control, "set_vm_memory_high_watermark", "0.0000001")
    try:
        for _ in range(20):
            with contextlib.suppress(NotPublished):
                await relay.carry_batch()
            await asyncio.sleep(0.1)
    finally:
        await asyncio.to_thread(servers.rabbit.control, "set_vm_memory_high_watermark", "0.6")

    async def carries_again() -> bool:
        with contextlib.suppress(NotPublished):
            return await relay.carry_batch() == 1
        return False

    monkeypatch.setattr(relay_module, "CONFIRM_SECONDS", 10.0)
    await until(carries_again, seconds=30)
    assert published <= 4


async def test_an_event_that_no_queue_wants_is_not_marked_as_sent_and_blocks_no_other(
    echo: Echo, servers: PlatformServers
) -> None:
    relay = OutboxRelay("catalogue", echo.database, echo.publisher)
    wanted = thing(1).model_copy(update={"type": NumberDrawnV1.event_type, "data": {"number": 11}})
    async with echo.database.transaction() as connection:
        await outbox.add(connection, [thing(1), wanted])
    assert await relay.carry_batch() == 2
    rows = await echo.database.fetch("SELECT routing_key, last_error FROM outbox WHERE sent_at IS NULL")
    assert [row["routing_key"] for row in rows] == [ThingHappenedV1.event_type]
    assert "NO_ROUTE" in rows[0]["last_error"]


async def test_a_relay_killed_between_confirm_and_mark_sends_again_and_consumers_notice_nothing(
    echo: Echo,
) -> None:
    wanted = thing(1).model_copy(update={"type": NumberDrawnV1.event_type, "data": {"number": 13}})
    async with echo.database.transaction() as connection:
        await outbox.add(connection, [wanted])

    class DyingRelay(OutboxRelay):
        async def _mark_sent(self, connection: object, ids: object) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await DyingRelay("catalogue", echo.database, echo.publisher).carry_batch()
    assert await OutboxRelay("catalogue", echo.database, echo.publisher).carry_batch() == 1

    async def consumed() -> bool:
        return await echo.effects("number 13") > 0

    await until(consumed)
    await asyncio.sleep(0.5)
    assert await echo.effects("number 13") == 1


async def test_two_relays_at_once_send_each_row_once(echo: Echo) -> None:
    drawn = [
        thing(number).model_copy(update={"type": NumberDrawnV1.event_type, "data": {"number": 1000 + number}})
        for number in range(700)
    ]
    async with echo.database.transaction() as connection:
        await outbox.add(connection, drawn)
    other = ConfirmingPublisher()
    echo.broker.attach(other)
    await asyncio.wait_for(other.opened_once.wait(), 10)
    relays = [OutboxRelay("catalogue", echo.database, publisher) for publisher in (echo.publisher, other)]
    carried = [await asyncio.gather(*(relay.carry_batch() for relay in relays)) for _ in range(3)]
    assert sum(map(sum, carried)) == 700


async def test_a_stop_does_not_wait_for_a_broker_that_is_frozen(echo: Echo, servers: PlatformServers) -> None:
    broker = servers.rabbit.process()
    assert broker is not None
    broker.send(signal.SIGSTOP)
    try:
        assert await asyncio.wait_for(echo.end(), 15) == 0
    finally:
        broker.send(signal.SIGCONT)


async def _is_blocked(echo: Echo) -> bool:
    return echo.broker.blocked
