"""A load of HTTP requests, so many in flight: a keep-alive client small enough not to be what is measured."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast


@dataclass
class Load:
    """What came back: latencies of accepted requests in seconds, and how many were answered otherwise."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        """The latency that this share of the requests did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else float("nan")


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request at a time."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast and no check: uvloop's transports are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or b"0")
        if len(rest) < length:
            return
        status = int(head[9:12])
        self._buffer.clear()
        if self._answer is not None:
            self._answer.set_result(status)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("closed by the server"))

    async def ask(self, request: bytes) -> int:
        """Send the request as it is; the status of its answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def load(
    host: str, port: int, make: Callable[[], bytes], *, in_flight: int, seconds: float, accepted: int = 201
) -> Load:
    """Keep so many requests in flight for so long."""
    result = Load()
    loop = asyncio.get_running_loop()
    end = perf_counter() + seconds

    async def one_after_the_other() -> None:
        _, connection = await loop.create_connection(Connection, host, port)
        while perf_counter() < end:
            request = make()
            started = perf_counter()
            status = await connection.ask(request)
            if status == accepted:
                result.latencies.append(perf_counter() - started)
            else:
                result.refused[status] = result.refused.get(status, 0) + 1
        connection.close()

    started = perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(in_flight)))
    result.seconds = perf_counter() - started
    return result
