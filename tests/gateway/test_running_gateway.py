"""The gateway as a process: its two ports, its consumers on a real broker, and how it stops."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pika
import pytest

from deploy.services import SERVICES
from services.gateway.topology import TOPOLOGY
from shared.messaging.topology import ServiceTopology, declare
from tests.gateway.test_feed_and_witness import submitted

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


class Running:
    """One gateway process."""

    def __init__(self, environment: dict[str, str], public: int, private: int) -> None:
        self._environment = environment
        self.url = f"http://127.0.0.1:{public}"
        self.private_url = f"http://127.0.0.1:{private}"
        self.process: asyncio.subprocess.Process

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.gateway", env=self._environment, cwd=ROOT
        )
        async with httpx.AsyncClient() as client:
            for _ in range(200):
                try:
                    if (await client.get(f"{self.private_url}/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)
        raise TimeoutError("the gateway is not ready")

    async def stop(self) -> int:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 20)


@pytest.fixture
async def running(
    database_for: Callable[[str], str],
    broker_url_for: Callable[[str], str],
    amqp_url: str,
    secrets_dir: Path,
    tmp_path: Path,
) -> AsyncIterator[Running]:
    others = [ServiceTopology(name) for name in SERVICES if name != "gateway"]
    await asyncio.to_thread(declare, amqp_url, [*others, TOPOLOGY])
    public, private = free_port(), free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TONGBAN_MODE": "test",
        "TONGBAN_SECRETS_DIR": str(secrets_dir),
        "TONGBAN_DATABASE_URL": database_for("gateway"),
        "TONGBAN_AMQP_URL": broker_url_for("gateway"),
        "TONGBAN_PRIVATE_PORT": str(private),
        "TONGBAN_PORT": str(public),
        "TONGBAN_BLOBS_DIR": str(tmp_path / "blobs"),
    }
    running = Running(environment, public, private)
    await running.start()
    yield running
    await running.stop()


def publish(amqp_url: str, body: bytes, routing_key: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish("applications.events", routing_key, body, mandatory=True)


async def test_each_port_answers_what_is_its_own(running: Running) -> None:
    async with httpx.AsyncClient() as client:
        for path in ("/metrics", "/live", "/ready"):
            assert (await client.get(running.url + path)).status_code == 404
            assert (await client.get(running.private_url + path)).status_code == 200
        assert (await client.get(f"{running.url}/api/openapi.json")).status_code == 200
        figures = (await client.get(f"{running.private_url}/metrics")).text
    assert 'gateway_requests_total{route="/api/openapi.json",status="200"} 1.0' in figures


async def test_events_of_a_partner_reach_the_feed_and_a_repeated_one_once(
    running: Running, amqp_url: str
) -> None:
    event = submitted("province")
    body = event.envelope.model_dump_json().encode()
    for _ in range(3):
        await asyncio.to_thread(publish, amqp_url, body, event.envelope.type)
    connection: Any = await asyncpg.connect(running._environment["TONGBAN_DATABASE_URL"])
    try:
        for _ in range(100):
            rows = await connection.fetch("SELECT event_id FROM feed")
            if rows:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.3)
        assert [row["event_id"] for row in await connection.fetch("SELECT event_id FROM feed")] == [
            event.envelope.id
        ]
    finally:
        await connection.close()


async def test_a_request_in_progress_is_answered_before_the_process_ends(running: Running) -> None:
    """The call waits for a service that is not there; neither that nor a signal leaves the caller without a word."""
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(f"{running.url}/api/v1/catalogue/items", timeout=20))
        await asyncio.sleep(0.5)
        assert (await client.get(f"{running.private_url}/live")).status_code == 200
        code = await running.stop()
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert answer.headers["retry-after"] == "5"
    assert code == 0


async def test_a_sent_body_without_end_is_cut_off(running: Running) -> None:
    host, _, port = running.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = "POST /api/v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    writer.write(head.encode())
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    for _ in range(8):
        writer.write(chunk)
    answer = await asyncio.wait_for(reader.readline(), 10)
    assert b" 413 " in answer
    writer.close()
