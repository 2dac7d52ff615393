"""The private port: alive by the heartbeat alone, ready by its checks, scraped by many at once."""

import asyncio
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared import metrics
from shared.runtime.health import Health


@pytest.fixture
def health() -> Iterator[Health]:
    health = Health(0)
    health.start()
    yield health
    health.stop()


def get(health: Health, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{health.port}{path}", timeout=5) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_it_listens_within_fifty_milliseconds() -> None:
    # The best of several, because a busy machine may delay any one of them.
    assert min(seconds_to_listen() for _ in range(5)) < 0.05


def seconds_to_listen() -> float:
    health = Health(0)
    before = time.monotonic()
    health.start()
    assert get(health, "/live")[0] == 200
    elapsed = time.monotonic() - before
    health.stop()
    return elapsed


def test_a_silent_event_loop_is_not_alive_and_a_new_beat_revives_it(
    health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert get(health, "/live")[0] == 200
    monkeypatch.setattr(health, "_last_beat", time.monotonic() - 11)
    status, body = get(health, "/live")
    assert status == 503
    assert json.loads(body)["heartbeat_age_seconds"] >= 11
    health.beat()
    assert get(health, "/live")[0] == 200


async def test_the_heartbeat_task_keeps_it_alive(health: Health) -> None:
    health._last_beat = 0
    heart = asyncio.create_task(health.heartbeat())
    await asyncio.sleep(0)
    assert (await asyncio.to_thread(get, health, "/live"))[0] == 200
    heart.cancel()


def test_being_alive_never_asks_a_check(health: Health) -> None:
    def explode() -> bool:
        raise AssertionError("asked")

    health.add_check("database", explode)
    assert get(health, "/live")[0] == 200


def test_ready_names_everything_that_is_missing(health: Health) -> None:
    def explode() -> bool:
        raise RuntimeError("password in here")

    assert get(health, "/ready") == (200, '{"ready": true, "missing": {}}\n')
    health.add_check("fine", lambda: True)
    health.add_check("quiet", lambda: "")
    health.add_check("broker", lambda: False)
    health.add_check("database", lambda: "no connection for 12 s")
    health.add_check("broken", explode)
    status, body = get(health, "/ready")
    assert status == 503
    assert json.loads(body)["missing"] == {
        "broker": "not ready",
        "database": "no connection for 12 s",
        "broken": "the check failed: RuntimeError",
    }


def test_concurrent_scrapes_are_all_answered_also_beside_a_client_that_says_nothing(health: Health) -> None:
    with socket.create_connection(("127.0.0.1", health.port)), ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: get(health, "/metrics"), range(100)))
    assert {status for status, _ in answers} == {200}


def test_other_paths_and_methods_are_refused(health: Health) -> None:
    assert get(health, "/")[0] == 404
    request = urllib.request.Request(f"http://127.0.0.1:{health.port}/metrics", data=b"x", method="POST")
    with pytest.raises(urllib.error.HTTPError, match="405") as refused:
        urllib.request.urlopen(request, timeout=5)
    refused.value.close()


def test_a_taken_port_is_said_at_the_start() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Health(taken.getsockname()[1]).start()


def test_it_can_be_stopped_twice_and_its_port_used_again() -> None:
    first = Health(0)
    first.start()
    port = first.port
    get(first, "/live")
    first.stop()
    first.stop()
    second = Health(port)
    second.start()
    assert get(second, "/live")[0] == 200
    second.stop()


def test_the_shared_figures_are_named_as_the_alarms_expect(health: Health) -> None:
    metrics.record_rpc("get_case", "ok", 0.004)
    metrics.record_consumed("on_case", "handled", 2)
    metrics.record_consumer_duration("on_case", 0.01)
    metrics.record_outbox("applications", 3, 1.5)
    metrics.record_published("applications", 4)
    metrics.record_waiting_failures("applications", dead_letters=1, retries=2)
    metrics.record_process_start("applications", "0.1.0", "test")
    lines = get(health, "/metrics")[1].splitlines()
    for line in (
        'rpc_requests_total{method="get_case",outcome="ok"} 1.0',
        'rpc_request_duration_seconds_count{method="get_case"} 1.0',
        'consumer_messages_total{handler="on_case",outcome="handled"} 2.0',
        'consumer_message_duration_seconds_count{handler="on_case"} 1.0',
        'outbox_unsent_messages{service="applications"} 3.0',
        'outbox_oldest_unsent_age_seconds{service="applications"} 1.5',
        'relay_published_total{service="applications"} 4.0',
        'dead_letters{service="applications"} 1.0',
        'retries_waiting{service="applications"} 2.0',
    ):
        assert line in lines
    assert any(line.startswith("process_start_info{") for line in lines)
    assert any(line.startswith("process_resident_memory_bytes") for line in lines)
