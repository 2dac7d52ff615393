"""The relay carries outbox rows to the broker: `python -m shared.messaging.relay`, one task for each database.

Rows are locked, published with confirms, then marked.  A crash between the confirm and the mark publishes a row twice,
and consumers notice nothing, because they keep an inbox.  Rows about one subject leave in the order in which they were
written: of several relays of one database one works and the others wait in reserve, and rows wait behind one that was
put off.  `NOTIFY` wakes the relay at each commit; a slow sweep is the safety net.
"""

import asyncio
import logging
import signal
from collections.abc import Mapping, Sequence
from datetime import timedelta

import asyncpg
import uvloop
from pydantic import Field

from shared import metrics, time
from shared.database import Connection, Database
from shared.errors import TemporaryError
from shared.logging import configure_logging
from shared.messaging import outbox
from shared.messaging.broker import Broker
from shared.messaging.envelope import CONTENT_TYPE
from shared.messaging.publisher import ConfirmingPublisher, NotPublished, Unroutable
from shared.runtime.health import Health
from shared.runtime.loop import calm_garbage_collector
from shared.runtime.settings import ProcessSettings, load

log = logging.getLogger(__name__)

BATCH = 500
GATHERING_SECONDS = 0.02
SWEEP_SECONDS = 1.0
PAUSE_AFTER_FAILURE_SECONDS = 1.0
# A queue without a leader confirms nothing and refuses nothing.
CONFIRM_SECONDS = 30.0
SENT_ROWS_KEPT = timedelta(days=3)
PURGE_EVERY_SECONDS = 60.0
PURGED_AT_ONCE = 5000
UNROUTABLE_RETRY = timedelta(seconds=30)
# An advisory lock of each database: whoever holds it is its relay for one batch.
RELAY_LOCK = int.from_bytes(b"outbox", "big")


class OutboxRelay:
    """Carries the rows of one service's database."""

    def __init__(self, service: str, database: Database, publisher: ConfirmingPublisher) -> None:
        self._service = service
        self._database = database
        self._publisher = publisher
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled, through every restart of database and broker."""
        while True:
            listener: asyncpg.Connection | None = None
            try:
                await self._publisher.opened_once.wait()
                listener = await self._database.listen(outbox.CHANNEL, self._wake)
                await self._carry_while_connected(listener)
            except (TemporaryError, NotPublished) as error:
                log.warning("relay_pauses service=%s reason=%s", self._service, error)
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)
            except Exception:
                # A fault of one database must not stop the relays of the others, which share this process.
                log.exception("relay_failed service=%s", self._service)
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)
            finally:
                if listener is not None:
                    # A polite goodbye could wait for a server that is just freezing, and fail.
                    listener.terminate()

    async def _carry_while_connected(self, listener: asyncpg.Connection) -> None:
        while not listener.is_closed():
            self._wake.clear()
            while (carried := await self.carry_batch()) == BATCH:
                pass
            if carried > 1:
                # Under load the next batch gathers for a moment, so that each costs the broker and the disk less.
                await asyncio.sleep(GATHERING_SECONDS)
            try:
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
        raise TemporaryError("the listening connection was closed")

    async def carry_batch(self) -> int:
        """Publish and mark up to `BATCH` rows; how many were locked for it."""
        async with self._database.transaction() as connection:
            now = time.now()
            # Losing the mark in a crash only repeats a message, so this commit need not wait for the disk.
            (setting_out,) = await connection.fetch(
                """
                SELECT pg_try_advisory_xact_lock($1) AS is_alone,
                       ARRAY(SELECT DISTINCT subject FROM outbox WHERE sent_at IS NULL AND retry_at > $2) AS put_off,
                       set_config('synchronous_commit', 'off', true)
                """,
                RELAY_LOCK,
                now,
            )
            if not setting_out["is_alone"]:
                return 0
            rows = await connection.fetch(
                """
                SELECT id, message_id, exchange, routing_key, body FROM outbox
                WHERE sent_at IS NULL AND (retry_at IS NULL OR retry_at <= $1) AND subject <> ALL($3::text[])
                ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
                """,
                now,
                BATCH,
                setting_out["put_off"],
            )
            lost = await self._publish(connection, rows) if rows else None
        if lost is not None:
            raise lost
        return len(rows)

    async def _publish(self, connection: Connection, rows: Sequence[asyncpg.Record]) -> NotPublished | None:
        """Publish and mark the rows; gives back why the broker took no more, after what it took was marked."""
        confirms = [
            self._publisher.publish(
                row["exchange"],
                row["routing_key"],
                row["body"].encode(),
                str(row["message_id"]),
                CONTENT_TYPE,
            )
            for row in rows
        ]
        _, unconfirmed = await asyncio.wait(confirms, timeout=CONFIRM_SECONDS)
        if unconfirmed:
            # The broker still holds what it did not confirm. On a new channel it forgets that, so that an hour
            # without an answer ends in two copies of a message and not in a hundred.
            self._publisher.start_over()
        outcomes = [(row, _outcome(confirm)) for row, confirm in zip(rows, confirms, strict=True)]
        await self._mark_sent(connection, [row["id"] for row, outcome in outcomes if outcome is None])
        await self._put_off(
            connection,
            [(row["id"], str(outcome)) for row, outcome in outcomes if isinstance(outcome, Unroutable)],
        )
        return next(
            (
                outcome
                for _, outcome in outcomes
                if isinstance(outcome, NotPublished) and not isinstance(outcome, Unroutable)
            ),
            None,
        )

    async def _mark_sent(self, connection: Connection, ids: list[int]) -> None:
        if ids:
            await connection.execute(
                "UPDATE outbox SET sent_at = $2 WHERE id = ANY($1::bigint[])", ids, time.now()
            )
            metrics.record_published(self._service, len(ids))

    async def _put_off(self, connection: Connection, unroutable: list[tuple[int, str]]) -> None:
        """No queue takes these: a fault of deployment.  They are tried again, and later rows of their subject wait."""
        if not unroutable:
            return
        log.error(
            "outbox_rows_unroutable service=%s rows=%d first=%s",
            self._service,
            len(unroutable),
            unroutable[0],
        )
        await connection.execute(
            """
            UPDATE outbox SET attempts = attempts + 1, retry_at = $3, last_error = failed.error
            FROM unnest($1::bigint[], $2::text[]) AS failed (id, error) WHERE outbox.id = failed.id
            """,
            [row_id for row_id, _ in unroutable],
            [error for _, error in unroutable],
            time.now() + UNROUTABLE_RETRY,
        )

    async def measure(self) -> None:
        """Tell the metrics how many rows wait and how long the oldest has waited."""
        while True:
            try:
                async with self._database.acquire() as connection:
                    oldest = await connection.fetchval(
                        "SELECT recorded_at FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 1"
                    )
                    unsent = await connection.fetchval(
                        "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE sent_at IS NULL LIMIT 100000) AS unsent"
                    )
                age = (time.now() - oldest).total_seconds() if oldest is not None else 0.0
                metrics.record_outbox(self._service, unsent, max(age, 0.0))
            except TemporaryError:
                log.warning("outbox_not_measured service=%s", self._service)
            except Exception:
                log.exception("outbox_not_measured service=%s", self._service)
            await asyncio.sleep(5)

    async def purge(self) -> None:
        """Delete rows that were sent long ago, in bounded pieces, oldest first."""
        while True:
            try:
                while await self._purge_oldest() == f"DELETE {PURGED_AT_ONCE}":
                    pass
            except TemporaryError:
                log.warning("outbox_not_purged service=%s", self._service)
            except Exception:
                log.exception("outbox_not_purged service=%s", self._service)
            await asyncio.sleep(PURGE_EVERY_SECONDS)

    async def _purge_oldest(self) -> str:
        async with self._database.acquire() as connection:
            return await connection.execute(
                """
                DELETE FROM outbox WHERE id IN (
                    SELECT id FROM (SELECT id, sent_at FROM outbox ORDER BY id LIMIT $2) AS oldest
                    WHERE sent_at < $1)
                """,
                time.now() - SENT_ROWS_KEPT,
                PURGED_AT_ONCE,
            )


def _outcome(confirm: asyncio.Future[None]) -> BaseException | None:
    if confirm.done():
        return confirm.exception()
    confirm.cancel()
    return NotPublished("the broker did not confirm in time")


class RelaySettings(ProcessSettings):
    """The relay reads the outbox of every database that it is given."""

    database_urls: dict[str, str] = Field(
        repr=False,
        description="各服务的数据库 each service's database, as a JSON object of service and address",
    )


async def relay_all(settings: RelaySettings) -> None:
    """Carry the rows of every database until SIGTERM or SIGINT; each has a channel of its own."""
    broker = Broker(settings.amqp_url, name="tongban-relay")
    health = Health(settings.private_port, host=settings.private_host)
    health.add_check("broker", lambda: broker.ready)
    databases = {
        service: Database(url, size=4, application_name="tongban-relay")
        for service, url in settings.database_urls.items()
    }
    health.add_check("databases", lambda: all(database.reachable for database in databases.values()))
    health.start()
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(health.heartbeat()), *await _carry(tasks, databases, broker)]
        broker.start()
        await _signalled()
        for task in running:
            task.cancel()
    await broker.stop()
    for database in databases.values():
        await database.stop()
    health.stop()


async def _carry(
    tasks: asyncio.TaskGroup, databases: Mapping[str, Database], broker: Broker
) -> list[asyncio.Task[None]]:
    running = []
    for service, database in databases.items():
        await database.start()
        publisher = ConfirmingPublisher()
        broker.attach(publisher)
        relay = OutboxRelay(service, database, publisher)
        running += [tasks.create_task(work) for work in (relay.run(), relay.measure(), relay.purge())]
    return running


async def _signalled() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def main() -> None:
    """Run the relay from the environment's settings."""
    settings = load(RelaySettings)
    configure_logging(settings, process="relay")
    calm_garbage_collector()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(relay_all(settings))


if __name__ == "__main__":
    main()
