"""One pika connection to RabbitMQ on the asyncio loop, that comes back by itself.

Whoever needs the broker attaches a `ChannelUser`: it is given a channel of its own each time one can be had, and told
when the channel is lost.  A channel error costs that user its channel only; a lost connection costs every channel,
and all of it is opened again with growing delay, also while nothing is being sent.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol, cast

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

log = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 2.0


class ChannelUser(Protocol):
    """Something that works on a channel of its own."""

    async def opened(self, channel: Channel) -> None:
        """A new channel is there: set it up (consume, declare a reply queue, ask for confirms)."""

    def lost(self, error: Exception) -> None:
        """The channel is gone; fail whatever waited for it.  `opened` will be called again."""


class CorkedConnection(AsyncioConnection):  # type: ignore[misc]  # pika carries no types
    """Joins the frames of one loop turn into one write; pika writes each frame by itself (measured: 15 to 40 %)."""

    _frames: list[bytes]

    def _adapter_emit_data(self, data: bytes) -> None:
        if "_frames" not in self.__dict__:
            self._frames = []
        if not self._frames:
            asyncio.get_running_loop().call_soon(self._write_frames)
        self._frames.append(data)

    def _write_frames(self) -> None:
        frames, self._frames = self._frames, []
        if frames and self._transport is not None:
            self._transport.write(b"".join(frames))


async def answer(
    call: Callable[..., Any], *arguments: Any, callback: str = "callback", **options: Any
) -> Any:
    """Await a pika call that answers through a callback."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def answered(*reply: Any) -> None:
        if not future.done():
            future.set_result(reply[0] if reply else None)

    call(*arguments, **{callback: answered}, **options)
    return await future


def give_back(channel: Channel) -> None:
    """Close the channel, so that whatever was delivered on it and not acknowledged goes back to its place in the queue."""
    if channel.is_open:
        _keep_consumers(channel)
        channel.close()


def _keep_consumers(channel: Channel) -> None:
    # pika cancels consumers before it closes their channel. The broker would then hand later messages to the next
    # consumer of the queue before it has the earlier ones back, so pika is told that this was done already.
    channel._cancelled.update(channel.consumer_tags)


class Broker:
    """The connection of one process."""

    def __init__(self, url: str, *, name: str = "tongban", heartbeat_seconds: int = 30) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.heartbeat = heartbeat_seconds
        self._parameters.client_properties = {"connection_name": name}
        self._users: list[ChannelUser] = []
        self._connection: AsyncioConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._channel_tasks: dict[ChannelUser, asyncio.Task[None]] = {}
        self._channels: dict[ChannelUser, Channel] = {}
        self._stopping = False
        self.connected = asyncio.Event()
        # The broker sets this when it runs out of memory or disk: it then reads nothing more from publishers.
        self.blocked = False

    def start(self) -> None:
        """Begin to connect; returns at once and never gives up until `stop`."""
        self._task = asyncio.get_running_loop().create_task(self._stay_connected())

    async def stop(self) -> None:
        """Close the connection; messages that were not acknowledged go back to their queues."""
        self._stopping = True
        if self._connection is not None and self._connection.is_open:
            for channel in self._channels.values():
                _keep_consumers(channel)
            self._connection.close()
        if self._task is not None:
            done, _ = await asyncio.wait([self._task], timeout=3)
            if not done:
                self._task.cancel()

    def attach(self, user: ChannelUser) -> None:
        """Give the user a channel, now and after every loss."""
        self._users.append(user)
        if self.connected.is_set():
            self._serve(user)

    async def detach(self, user: ChannelUser) -> None:
        """Take the channel away for good."""
        if user in self._users:
            self._users.remove(user)
        if (task := self._channel_tasks.pop(user, None)) is not None:
            task.cancel()
            await asyncio.wait([task])
        if (channel := self._channels.pop(user, None)) is not None:
            give_back(channel)

    @property
    def ready(self) -> bool:
        """Connected and not blocked."""
        return self.connected.is_set() and not self.blocked

    async def _stay_connected(self) -> None:
        delay = FIRST_DELAY_SECONDS
        while not self._stopping:
            lost: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
            try:
                self._connection = await self._connect(lost)
                delay = FIRST_DELAY_SECONDS
                self.connected.set()
                log.info("broker_connected")
                for user in self._users:
                    self._serve(user)
                error: Exception = await lost
            except Exception as failure:  # pika has an error of its own class for a name that no server knows
                error = failure
            self.connected.clear()
            self.blocked = False
            await self._end_channels(error)
            if not self._stopping:
                log.warning(
                    "broker_connection_lost error=%s again_in_seconds=%.1f", type(error).__name__, delay
                )
                await asyncio.sleep(delay)
                delay = min(delay * 2, LONGEST_DELAY_SECONDS)

    async def _connect(self, lost: asyncio.Future[Exception]) -> AsyncioConnection:
        opened: asyncio.Future[AsyncioConnection] = asyncio.get_running_loop().create_future()

        def opened_now(connection: AsyncioConnection) -> None:
            if not opened.done():
                opened.set_result(connection)

        def gone(_: object, error: Any) -> None:
            failure = error if isinstance(error, Exception) else ConnectionError(str(error))
            if not opened.done():
                opened.set_exception(failure)
            if not lost.done():
                # A value and no exception: one that nobody fetches would be logged as an accident.
                lost.set_result(failure)

        connection = CorkedConnection(
            self._parameters,
            on_open_callback=opened_now,
            on_open_error_callback=gone,
            on_close_callback=gone,
            custom_ioloop=asyncio.get_running_loop(),
        )
        connection.add_on_connection_blocked_callback(lambda *_: self._set_blocked(True))
        connection.add_on_connection_unblocked_callback(lambda *_: self._set_blocked(False))
        return await asyncio.wait_for(opened, timeout=15)

    def _set_blocked(self, blocked: bool) -> None:
        self.blocked = blocked
        log.warning("broker_blocked" if blocked else "broker_unblocked")

    def _serve(self, user: ChannelUser) -> None:
        self._channel_tasks[user] = asyncio.get_running_loop().create_task(self._keep_channel(user))

    async def _keep_channel(self, user: ChannelUser) -> None:
        """Keep one user supplied with a channel while this connection lasts."""
        delay = FIRST_DELAY_SECONDS
        while self._connection is not None and self._connection.is_open:
            closed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
            opening = asyncio.get_running_loop().create_task(self._open(user, closed))
            try:
                both: set[asyncio.Future[Any]] = {opening, closed}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if opening.done() and opening.exception() is None:
                    delay = FIRST_DELAY_SECONDS
                    error: Exception = await closed
                else:
                    error = closed.result() if closed.done() else cast(Exception, opening.exception())
            finally:
                opening.cancel()
            user.lost(error)
            if (channel := self._channels.pop(user, None)) is not None:
                give_back(channel)  # still open when its user could not set it up
            if self._stopping:
                return
            log.warning("broker_channel_lost user=%s error=%r", type(user).__name__, error)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)

    async def _open(self, user: ChannelUser, closed: asyncio.Future[Exception]) -> None:
        assert self._connection is not None
        channel: Channel = await answer(self._connection.channel, callback="on_open_callback")

        def gone(_: Channel, error: Any) -> None:
            if not closed.done():
                closed.set_result(error if isinstance(error, Exception) else ConnectionError(str(error)))

        channel.add_on_close_callback(gone)
        # The broker ends a consumer whose queue goes away. Nothing would consume any more, and nobody would notice.
        channel.add_on_cancel_callback(lambda _: give_back(channel))
        self._channels[user] = channel
        await user.opened(channel)

    async def _end_channels(self, error: Exception) -> None:
        tasks, self._channel_tasks = self._channel_tasks, {}
        self._channels.clear()
        for user, task in tasks.items():
            task.cancel()
            user.lost(error)
        if tasks:
            await asyncio.wait(tasks.values())
