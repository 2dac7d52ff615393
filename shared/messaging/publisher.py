"""Publishing with confirms: a message counts as sent when the broker says that a queue has it."""

import asyncio
from typing import Any

import pika
from pika.channel import Channel

from shared.messaging.broker import answer, give_back


class NotPublished(Exception):
    """The broker did not take the message, or nobody knows whether it did; it has to be sent again."""


class Unroutable(NotPublished):
    """No queue is bound for this message: a fault of deployment, never "sent"."""


class ConfirmingPublisher:
    """A channel in confirm mode; `publish` returns when the broker has the message safely."""

    def __init__(self) -> None:
        self._channel: Channel | None = None
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._tags: dict[str, int] = {}
        self._last_tag = 0
        self.opened_once = asyncio.Event()

    async def opened(self, channel: Channel) -> None:
        self._last_tag = 0
        channel.add_on_return_callback(self._returned)
        await answer(channel.confirm_delivery, self._confirmed)
        self._channel = channel
        self.opened_once.set()

    def lost(self, error: Exception) -> None:
        self._channel = None
        waiting, self._waiting = self._waiting, {}
        self._tags.clear()
        for future in waiting.values():
            if not future.done():
                future.set_exception(NotPublished(f"channel lost: {type(error).__name__}"))

    def start_over(self) -> None:
        """Leave the channel for a new one; whatever waits for a confirm ends with `NotPublished`."""
        if self._channel is not None:
            give_back(self._channel)

    def publish(
        self, exchange: str, routing_key: str, body: bytes, message_id: str, content_type: str
    ) -> asyncio.Future[None]:
        """Send one persistent, mandatory message; the future ends with the broker's confirm or `NotPublished`."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._channel is None or not self._channel.is_open:
            future.set_exception(NotPublished("no channel to the broker"))
            return future
        self._last_tag += 1
        self._waiting[self._last_tag] = future
        self._tags[message_id] = self._last_tag
        future.add_done_callback(lambda _: self._tags.pop(message_id, None))
        self._channel.basic_publish(
            exchange,
            routing_key,
            body,
            pika.BasicProperties(
                content_type=content_type,
                message_id=message_id,
                delivery_mode=2,
                type=routing_key,
                app_id="tongban",
            ),
            mandatory=True,
        )
        return future

    def _confirmed(self, frame: Any) -> None:
        method = frame.method
        tags = [method.delivery_tag]
        if method.multiple:
            tags = [tag for tag in self._waiting if tag <= method.delivery_tag]
        for tag in tags:
            future = self._waiting.pop(tag, None)
            if future is None or future.done():
                continue
            if isinstance(method, pika.spec.Basic.Ack):
                future.set_result(None)
            else:
                future.set_exception(NotPublished("refused by the broker"))

    def _returned(self, _: Channel, method: Any, properties: pika.BasicProperties, __: bytes) -> None:
        # The return comes before the confirm of the same message, so the confirm finds the future done.
        future = self._waiting.get(self._tags.get(properties.message_id or "", 0))
        if future is not None and not future.done():
            future.set_exception(Unroutable(f"{method.exchange}/{method.routing_key}: {method.reply_text}"))
