"""Requests whose head never ends, over a real socket: refused while they come, and everybody else is served on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from services.gateway import protocol
from services.gateway.protocol import HEAD_LIMIT_BYTES, Protocol

HEAD = b"POST / HTTP/1.1\r\nhost: x\r\n"
# More than the sockets and the event loop hold between them.
PLENTY_BYTES = 16 * 1024 * 1024


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the length of the body."""
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    body = str(length).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(echo, port=0, http=Protocol, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def ask(port: int, *pieces: bytes, pause: float = 0.0) -> tuple[bytes, int]:
    """What is answered to these pieces, and how many bytes of them were taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    taken = 0
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            taken += len(piece)
            await asyncio.sleep(pause)
    except ConnectionError:
        pass
    try:
        return await asyncio.wait_for(reader.read(1000), 5), taken
    except (ConnectionError, TimeoutError):
        return b"", taken
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [(HEAD + b"x: ", b"a" * 65536), (HEAD, b"x: a\r\n" * 8192), (b"GET /", b"a" * 65536)],
    ids=["one header", "many headers", "path"],
)
async def test_a_head_without_an_end_is_refused_while_it_comes(
    port: int, beginning: bytes, piece: bytes
) -> None:
    _, taken = await ask(port, beginning, *[piece] * (PLENTY_BYTES // len(piece)))
    assert taken < PLENTY_BYTES
    answer, _ = await ask(port, HEAD, b"x: " + b"a" * HEAD_LIMIT_BYTES, pause=0.05)
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_a_head_that_never_comes_ends_by_itself(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    answer, _ = await ask(port, b"P", b"O", b"S", b"T", pause=0.01)
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_heads_in_pieces_large_bodies_and_requests_in_a_row_are_served(port: int) -> None:
    body = b"b" * (4 * HEAD_LIMIT_BYTES)
    request = HEAD + b"content-length: %d\r\n\r\n" % len(body) + body
    answer, _ = await ask(port, HEAD, b"content-length: 2\r\n", b"\r\nbb", pause=0.01)
    assert answer.endswith(b"\r\n\r\n2")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):
        writer.write(request + request[:10])
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(request[10:])
        for _ in range(2):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            assert await reader.readexactly(6) == b"%d" % len(body)
    writer.close()
