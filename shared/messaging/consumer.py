"""Idempotent consumers: a message has its effect once, whatever is delivered again, and is never lost.

A queue's messages are taken in order.  Those that arrived while a transaction was in flight are handled together in
the next one: inbox rows, effects, commit, acknowledge.  When that transaction fails, each message is handled alone,
and one that fails by itself goes to `retries` (tried later) or to `dead_letters` (a person looks), in the consumer's
own database, and is acknowledged.  A message goes back to the broker only when this process ends before that; while
the database is away it is held.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from pika.channel import Channel
from pydantic import ValidationError

from shared import metrics, time
from shared.database import Connection, Database
from shared.errors import TemporaryError
from shared.messaging import failures
from shared.messaging.broker import Broker, answer, give_back
from shared.messaging.envelope import Envelope, Event

log = logging.getLogger(__name__)

PREFETCH = 400
LARGEST_BATCH = 200
GATHERING_SECONDS = 0.04
PAUSE_WHILE_DATABASE_IS_AWAY_SECONDS = 1.0
PAUSE_AFTER_ACCIDENT_SECONDS = 1.0
WAKE_FORGOTTEN_EVERY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Received:
    """One message, read: the envelope, and the contract in it when the consumer named contracts."""

    envelope: Envelope
    event: Any


Handler = Callable[[Connection, Sequence[Received]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Delivery:
    tag: int
    body: bytes
    redelivered: bool


class Reader:
    """Reads bodies into `Received`; a body that fits no contract raises `ValidationError`."""

    def __init__(self, contracts: Sequence[type[Event]]) -> None:
        self._contracts: Mapping[str, type[Event]] = {contract.event_type: contract for contract in contracts}

    def read(self, body: bytes) -> Received:
        """The message in this body."""
        envelope = Envelope.model_validate_json(body)
        contract = self._contracts.get(envelope.type)
        return Received(envelope, contract.model_validate(envelope.data) if contract else None)


class QueueConsumer:
    """Works one queue for one handler."""

    def __init__(
        self,
        *,
        queue: str,
        database: Database,
        handler: Handler,
        contracts: Sequence[type[Event]] = (),
        one_by_one: bool = False,
        sees_repeats: bool = False,
    ) -> None:
        self.queue = queue
        self._database = database
        self._handler = handler
        self._reader = Reader(contracts)
        self._largest = 1 if one_by_one else LARGEST_BATCH
        # A handler whose own rows are unique by message id needs no inbox, and may notice what a repeat has changed.
        self._sees_repeats = sees_repeats
        self._broker: Broker | None = None
        self._channel: Channel | None = None
        self._waiting: list[_Delivery] = []
        self._in_flight: asyncio.Task[None] | None = None
        self._gathering: asyncio.TimerHandle | None = None
        self._last_size = 0
        self._retrying: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self, broker: Broker) -> None:
        """Begin to take messages, now and after every reconnection, and to work off what waits for a retry."""
        self._broker = broker
        broker.attach(self)
        self._retrying = asyncio.get_running_loop().create_task(self._work_retries())

    async def stop(self) -> None:
        """Take no more messages, finish the transaction in flight, leave the rest to the broker.

        The channel is given up last and as a whole, so that the next consumer of the queue gets what this one held
        before anything later.
        """
        self._stopping = True
        if self._retrying is not None:
            self._retrying.cancel()
            await asyncio.wait([self._retrying])
        self._waiting.clear()
        if self._in_flight is not None:
            await asyncio.wait([self._in_flight])
        if self._broker is not None:
            await self._broker.detach(self)

    async def opened(self, channel: Channel) -> None:
        await answer(channel.basic_qos, prefetch_count=PREFETCH)
        self._waiting.clear()
        self._channel = channel
        # Awaited, so that a missing queue is asked for less and less often.
        await answer(channel.basic_consume, self.queue, self._delivered)

    def lost(self, error: Exception) -> None:
        # What waits will be delivered again; what is in flight commits, cannot be acknowledged, and the inbox
        # recognises it when it comes back.
        self._channel = None
        self._waiting.clear()

    def _delivered(self, _: Channel, method: Any, __: Any, body: bytes) -> None:
        self._waiting.append(_Delivery(method.delivery_tag, body, method.redelivered))
        self._begin()

    def _begin(self) -> None:
        if self._in_flight is not None or self._gathering is not None or self._stopping:
            return
        if self._waiting and self._channel is not None:
            batch, self._waiting = self._waiting[: self._largest], self._waiting[self._largest :]
            self._last_size = len(batch)
            self._in_flight = asyncio.get_running_loop().create_task(self._handle(self._channel, batch))
            self._in_flight.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._in_flight = None
        if task.cancelled() or task.exception() is not None:
            self._take_back_all(task)
        if self._last_size > 1 and len(self._waiting) < self._largest:
            # Under load a short pause lets the next transaction carry more; an idle queue waits for nobody.
            self._gathering = asyncio.get_running_loop().call_later(GATHERING_SECONDS, self._gathered)
        else:
            # One turn of the loop lets what has just arrived come along.
            asyncio.get_running_loop().call_soon(self._begin)

    def _gathered(self) -> None:
        self._gathering = None
        self._begin()

    def _take_back_all(self, task: asyncio.Task[None]) -> None:
        """A batch ended neither handled nor kept: an acknowledgement of later messages must never cover it."""
        if not task.cancelled() and not self._stopping:
            log.error("consumer_broke queue=%s", self.queue, exc_info=task.exception())
        channel, self._channel = self._channel, None
        if channel is not None:
            asyncio.get_running_loop().call_later(PAUSE_AFTER_ACCIDENT_SECONDS, give_back, channel)

    async def _handle(self, channel: Channel, batch: Sequence[_Delivery]) -> None:
        started = perf_counter()
        read, unreadable = self._read(batch)
        if read and not await self._try_together(read):
            for received, body in read:
                await self._handle_alone(received, body)
        for body, reason in unreadable:
            bury = partial(failures.bury_unreadable, consumer=self.queue, body=body, reason=reason)
            await self._until_stored(bury)
            metrics.record_consumed(self.queue, "unreadable", 1)
        metrics.record_consumer_duration(self.queue, perf_counter() - started)
        if channel.is_open:
            # Deliveries of a channel are numbered in order, so the last number acknowledges the whole batch.
            channel.basic_ack(batch[-1].tag, multiple=True)

    def _read(
        self, batch: Sequence[_Delivery]
    ) -> tuple[list[tuple[Received, bytes]], list[tuple[bytes, str]]]:
        read: list[tuple[Received, bytes]] = []
        unreadable: list[tuple[bytes, str]] = []
        for delivery in batch:
            try:
                read.append((self._reader.read(delivery.body), delivery.body))
            except (ValidationError, ValueError) as error:
                unreadable.append((delivery.body, _without_input(error)))
        return read, unreadable

    async def _try_together(self, read: Sequence[tuple[Received, bytes]]) -> bool:
        """All of them in one transaction; False when it failed and each has to be tried alone."""
        try:
            async with self._database.transaction() as connection:
                new = await self._take_new(connection, read)
                if new:
                    await self._handler(connection, new)
        except Exception as error:
            if len(read) > 1:
                log.info(
                    "consumer_batch_falls_apart queue=%s size=%d reason=%s",
                    self.queue,
                    len(read),
                    type(error),
                )
            return False
        metrics.record_consumed(self.queue, "handled", len(new))
        metrics.record_consumed(self.queue, "repeated_or_parked", len(read) - len(new))
        return True

    async def _take_new(
        self, connection: Connection, read: Sequence[tuple[Received, bytes]]
    ) -> list[Received]:
        """Those messages that are to be handled now: not handled before, and not waiting behind a failed one."""
        unseen = read if self._sees_repeats else await self._enter_in_inbox(connection, read)
        blocked = await failures.blocked_subjects(
            connection, self.queue, [received.envelope.subject for received, _ in read]
        )
        new: list[Received] = []
        for received, body in unseen:
            if received.envelope.subject in blocked:
                await failures.park(connection, self.queue, received.envelope, body)
            else:
                new.append(received)
        return new

    async def _enter_in_inbox(
        self, connection: Connection, read: Sequence[tuple[Received, bytes]]
    ) -> list[tuple[Received, bytes]]:
        """Write the inbox rows; returns the messages that had none, each once however often it is in the batch."""
        rows = await connection.fetch(
            """
            INSERT INTO inbox (message_id, consumer, received_at)
            SELECT DISTINCT message_id, $2, $3::timestamptz FROM unnest($1::uuid[]) AS ids (message_id)
            ON CONFLICT DO NOTHING RETURNING message_id
            """,
            [received.envelope.id for received, _ in read],
            self.queue,
            time.now(),
        )
        fresh = {row["message_id"] for row in rows}
        unseen: list[tuple[Received, bytes]] = []
        for received, body in read:
            if received.envelope.id in fresh:
                fresh.discard(received.envelope.id)
                unseen.append((received, body))
        return unseen

    async def _handle_alone(self, received: Received, body: bytes) -> None:
        while True:
            try:
                async with self._database.transaction() as connection:
                    new = await self._take_new(connection, [(received, body)])
                    if new:
                        await self._handler(connection, new)
                metrics.record_consumed(self.queue, "handled", 1)
                return
            except Exception as error:
                if isinstance(error, TemporaryError) and not await self._database.ping():
                    await self._pause_while_database_is_away()
                    continue
                failure = error
            await self._keep_failed(received.envelope, body, failure)
            metrics.record_consumed(self.queue, "failed", 1)
            log.warning(
                "message_failed queue=%s message_id=%s type=%s reason=%s",
                self.queue,
                received.envelope.id,
                received.envelope.type,
                type(failure).__name__,
                exc_info=failure if failures.is_bug(failure) else None,
            )
            return

    async def _keep_failed(self, envelope: Envelope, body: bytes, failure: BaseException) -> None:
        remember = partial(
            failures.remember, consumer=self.queue, envelope=envelope, body=body, error=failure
        )
        try:
            await self._until_stored(remember)
        except TemporaryError:
            raise
        except Exception as error:
            # Something in the envelope fits no column; its bytes always do.
            reason = type(error).__name__
            await self._until_stored(
                partial(failures.bury_unreadable, consumer=self.queue, body=body, reason=reason)
            )

    async def _until_stored(self, write: Callable[[Connection], Awaitable[None]]) -> None:
        while True:
            try:
                async with self._database.transaction() as connection:
                    await write(connection)
                return
            except TemporaryError:
                await self._pause_while_database_is_away()

    async def _pause_while_database_is_away(self) -> None:
        if self._stopping:
            raise TemporaryError(
                "the consumer stops while the database is away; the broker keeps the message"
            )
        await asyncio.sleep(PAUSE_WHILE_DATABASE_IS_AWAY_SECONDS)

    async def _work_retries(self) -> None:
        """Try again what is due, the oldest of each subject first; any replica may."""
        for second in itertools.count():
            try:
                if second % WAKE_FORGOTTEN_EVERY_SECONDS == 0:
                    async with self._database.acquire() as connection:
                        await failures.wake_forgotten(connection, self.queue)
                while await self._retry_one():
                    pass
            except TemporaryError:
                pass
            except Exception:
                log.exception("retry_worker_failed queue=%s", self.queue)
            await asyncio.sleep(1.0)

    async def _retry_one(self) -> bool:
        async with self._database.transaction() as connection:
            waiting = await failures.next_due(connection, self.queue)
            if waiting is None:
                return False
            try:
                received = self._reader.read(waiting.body)
                async with connection.transaction():
                    await self._handler(connection, [received])
            except TemporaryError as error:
                if not await self._database.ping():
                    raise
                await failures.failed_again(connection, waiting, error)
            except Exception as error:
                await failures.failed_again(connection, waiting, error)
            else:
                await failures.settled(connection, waiting)
                metrics.record_consumed(self.queue, "handled_after_retry", 1)
        return True


def _without_input(error: Exception) -> str:
    """The reason in words; what was in the message stays out of logs and reasons."""
    if isinstance(error, ValidationError):
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in faults[:5])
    return type(error).__name__
