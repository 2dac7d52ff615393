"""Takes what the broker put aside (delivered too often) into the service's own `dead_letters`, where a person sees it."""

import asyncio
import logging
from typing import Any

from pika.channel import Channel

from shared.database import Database
from shared.errors import TemporaryError
from shared.messaging import failures
from shared.messaging.broker import answer
from shared.messaging.topology import dead_queue_of

log = logging.getLogger(__name__)


class DeadQueueConsumer:
    """Works the queue `<service>.dead`, one message at a time."""

    def __init__(self, service: str, database: Database) -> None:
        self._service = service
        self._database = database
        self._tasks: set[asyncio.Task[None]] = set()

    async def opened(self, channel: Channel) -> None:
        await answer(channel.basic_qos, prefetch_count=1)
        await answer(channel.basic_consume, dead_queue_of(self._service), self._delivered)

    def lost(self, error: Exception) -> None:
        """Nothing waits here: the message is delivered again on the next channel."""

    def _delivered(self, channel: Channel, method: Any, properties: Any, body: bytes) -> None:
        task = asyncio.get_running_loop().create_task(
            self._keep(channel, method.delivery_tag, properties, body)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep(self, channel: Channel, tag: int, properties: Any, body: bytes) -> None:
        headers = properties.headers or {}
        consumer = str(headers.get("x-first-death-queue", dead_queue_of(self._service)))
        reason = str(headers.get("x-first-death-reason", "unknown"))
        while channel.is_open:
            try:
                async with self._database.transaction() as connection:
                    await failures.bury_dropped(connection, consumer, body, reason)
                break
            except TemporaryError:
                await asyncio.sleep(1)
            except Exception:
                # Nobody else would ever take this queue's messages, so the work goes on.
                log.exception("dead_queue_not_kept service=%s", self._service)
                await asyncio.sleep(10)
        log.error("message_dropped_by_broker consumer=%s reason=%s", consumer, reason)
        if channel.is_open:
            channel.basic_ack(tag)
