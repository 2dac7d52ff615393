"""The lines of open pages on a real PostgreSQL: what is committed is heard everywhere, and no line outlives its use."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
import uvicorn
from psycopg import sql

from services.gateway import client, live, live_pages
from services.gateway.app import create_app
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Session
from services.gateway.live import Changes, Line
from services.gateway.problems import Problem
from services.gateway.settings import GatewaySettings
from shared.identity import Role
from shared.testing.databases import Databases
from tests.gateway.conftest import ScriptedServices, Visitors
from tests.gateway.test_feed_and_witness import submitted, take
from tests.gateway.test_running_gateway import Running
from tests.gateway.test_running_gateway import running as running  # a fixture
from tests.gateway.written_examples import example_of

SOON = 15.0


class Heard:
    """What one line of a page has said so far."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def event(self) -> tuple[str, str]:
        """The next event with its data; heartbeats are none.  Raises `StopAsyncIteration` when the line ended."""
        name = ""
        while True:
            line = await asyncio.wait_for(anext(self._lines), SOON)
            key, _, value = line.partition(": ")
            if key == "event":
                name = value
            elif key.startswith("data") and name:
                return name, value

    async def changed(self) -> str:
        name, data = await self.event()
        assert name == "changed"
        return data

    async def ended(self) -> bool:
        """Whether the line is over soon."""
        with suppress(StopAsyncIteration, httpx.RemoteProtocolError):
            while True:
                await self.event()
        return True


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[str]:
    """A replica on a port of its own; answers without end need a real connection."""
    taken = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(gateway.settings, gateway=gateway), log_config=None, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    # Signals belong to the test run.
    work = asyncio.create_task(server._serve([taken]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    gateway.changes.leave()
    server.should_exit = True
    await work


@asynccontextmanager
async def line(url: str, place: str, token: str) -> AsyncIterator[Heard]:
    async with (
        httpx.AsyncClient(base_url=url, cookies={"tongban_session": token}, timeout=SOON) as client,
        client.stream("GET", place) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream"), answer.status_code
        heard = Heard(answer)
        assert await heard.event() == ("open", "")
        yield heard


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    return shared_database


@pytest.fixture
async def url(gateway: Gateway) -> AsyncIterator[str]:
    await listening(gateway.changes)
    async with serving(gateway) as url:
        yield url


@pytest.fixture
async def clerk(visitors: Visitors) -> str:
    return await visitors.token(Role.CLERK, kind=Session.COOKIE)


async def listening(changes: Changes) -> None:
    """Until this replica hears what is committed."""
    for _ in range(500):
        with suppress(Problem):
            changes.close(changes.open(None, None))
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("nothing is listened to")


async def test_what_is_committed_is_heard_on_every_line_of_every_replica(
    gateway: Gateway, gateway_settings: GatewaySettings, services: ScriptedServices, url: str, clerk: str
) -> None:
    case_id = uuid4()
    other = Gateway(gateway_settings, caller=services)
    await other.start()
    await listening(other.changes)
    services.answers["get_case"] = example_of(client.GET_CASE)
    async with (
        serving(other) as second_url,
        line(url, "/live/desk", clerk) as first,
        line(url, f"/live/cases/{case_id}", clerk) as of_case,
        line(second_url, "/live/desk", clerk) as second,
    ):
        await take(gateway, submitted(None, case_id))
        for heard in (first, of_case, second):
            assert await heard.changed() == str(case_id)
    await other.stop()


async def test_what_is_rolled_back_is_heard_by_nobody(gateway: Gateway, url: str, clerk: str) -> None:
    undone, done = uuid4(), uuid4()
    async with line(url, "/live/desk", clerk) as heard:
        with suppress(ZeroDivisionError):
            async with gateway.database.transaction() as connection:
                await live.tell(connection, [str(undone)])
                raise ZeroDivisionError
        await take(gateway, submitted(None, done))
        assert await heard.changed() == str(done)


async def test_a_line_about_one_case_hears_of_no_other(
    gateway: Gateway, services: ScriptedServices, url: str, clerk: str
) -> None:
    mine = uuid4()
    services.answers["get_case"] = example_of(client.GET_CASE)
    async with line(url, f"/live/cases/{mine}", clerk) as heard:
        await take(gateway, *(submitted(None) for _ in range(5)))
        await take(gateway, submitted(None, mine))
        assert await heard.changed() == str(mine)


async def test_there_is_no_line_about_the_case_of_somebody_else(url: str, visitors: Visitors) -> None:
    """The service says "not found" to whoever may not read it; nobody is told that it exists."""
    token = await visitors.token(Role.APPLICANT, kind=Session.COOKIE)
    async with httpx.AsyncClient(base_url=url, timeout=SOON) as client:
        assert (await client.get(f"/live/cases/{uuid4()}")).status_code == 401
        client.cookies.set("tongban_session", token)
        assert (await client.get(f"/live/cases/{uuid4()}")).status_code == 404
        assert (await client.get("/live/desk")).status_code == 403


async def test_a_database_that_goes_ends_the_lines_and_is_listened_to_again(
    gateway: Gateway, databases: Databases, gateway_database: str, url: str, clerk: str
) -> None:
    """Nobody knows what was missed meanwhile, so every page connects again and reads everything."""
    async with line(url, "/live/desk", clerk) as heard:
        with without(databases, gateway_database):
            assert await heard.ended()
            with pytest.raises(Problem) as refused:
                gateway.changes.open(None, None)
            assert refused.value.status == 503
    await listening(gateway.changes)
    async with line(url, "/live/desk", clerk) as heard:
        await take(gateway, submitted(None, case_id := uuid4()))
        assert await heard.changed() == str(case_id)


class without:
    """The database lets nobody in and has thrown everybody out, as while it starts again."""

    def __init__(self, databases: Databases, url: str) -> None:
        self._admin = psycopg.connect(databases._admin_url, autocommit=True)
        self._name = url.partition("?")[0].rpartition("/")[2]

    def __enter__(self) -> None:
        self._allow(False)
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self._name]
        )

    def __exit__(self, *_: object) -> None:
        self._allow(True)
        self._admin.close()

    def _allow(self, allowed: bool) -> None:
        statement = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        self._admin.execute(statement.format(sql.Identifier(self._name), sql.Literal(allowed)))


async def test_leaving_ends_every_line(gateway: Gateway, url: str, clerk: str) -> None:
    async with line(url, "/live/desk", clerk) as first, line(url, "/live/desk", clerk) as second:
        gateway.changes.leave()
        assert await first.ended()
        assert await second.ended()


async def test_a_person_holds_only_so_many_lines(
    gateway: Gateway, url: str, clerk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LINES_OF_A_SESSION", 2)
    async with line(url, "/live/desk", clerk), httpx.AsyncClient(base_url=url, timeout=SOON) as client:
        client.cookies.set("tongban_session", clerk)
        async with line(url, "/live/desk", clerk):
            refused = await client.get("/live/desk")
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_lines")
            assert refused.headers["retry-after"] == "60"
        await given_back(gateway.changes, 1)
        async with line(url, "/live/desk", clerk):
            assert len(gateway.changes._lines) == 2
    await given_back(gateway.changes, 0)


async def test_a_replica_holds_only_so_many_lines(
    gateway: Gateway, url: str, clerk: str, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LINES_OF_A_REPLICA", 1)
    async with line(url, "/live/desk", clerk), httpx.AsyncClient(base_url=url, timeout=SOON) as client:
        client.cookies.set("tongban_session", await visitors.token(Role.CLERK, kind=Session.COOKIE))
        refused = await client.get("/live/desk")
    assert (refused.status_code, refused.json()["code"]) == (503, "service_unavailable")
    assert refused.headers["retry-after"] == "5"


async def given_back(changes: Changes, expected: int) -> None:
    """Until so many lines are left; that a page is gone is noticed a moment later."""
    for _ in range(500):
        if len(changes._lines) == expected:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{len(changes._lines)} lines are left")


def test_what_waits_for_a_slow_reader_does_not_grow() -> None:
    of_all, of_one = Line(None), Line("mine")
    for number in range(100_000):
        for one in (of_all, of_one):
            one.hear({str(number), "mine"})
    assert len(of_all._changed) < 30
    assert live.EVERYTHING in of_all._changed
    assert of_one._changed == {"mine"}


async def test_a_reader_who_takes_nothing_is_hung_up_on(
    gateway: Gateway, url: str, clerk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every buffer between the two is filled; then the line is given back, and with it what it held."""
    monkeypatch.setattr(live_pages, "SLOW_SECONDS", 0.3)

    async def flood(_line: Line) -> AsyncIterator[str]:
        while True:
            yield ":" * 65536 + "\n\n"

    monkeypatch.setattr(live, "events", flood)
    host, _, port = url.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1024)
    head = f"GET /live/desk HTTP/1.1\r\nhost: x\r\ncookie: tongban_session={clerk}\r\n\r\n"
    writer.write(head.encode())
    await given_back(gateway.changes, 1)
    await given_back(gateway.changes, 0)
    writer.transport.abort()


async def test_a_gateway_that_is_told_to_end_does_not_wait_for_open_pages(
    running: Running,
    secrets_dir: Path,
) -> None:
    """An open line has no end of its own; the process must be gone long before its grace is over."""
    token = await session_in(running, secrets_dir)
    async with line(running.url, "/live/desk", token) as heard:
        loop = asyncio.get_running_loop()
        began = loop.time()
        code = await running.stop()
        assert await heard.ended()
    assert code == 0
    assert loop.time() - began < 6


async def session_in(running: Running, secrets_dir: Path) -> str:
    """Somebody signed in at a gateway that runs as a process, put straight into its database."""
    settings = GatewaySettings(
        mode="test",
        secrets_dir=secrets_dir,
        database_url=running._environment["TONGBAN_DATABASE_URL"],
        amqp_url="amqp://nobody:nothing@127.0.0.1:1/",
        private_port=0,
        blobs_dir=secrets_dir,
    )
    gateway = Gateway(settings, caller=ScriptedServices())
    await gateway.database.start()
    try:
        return await Visitors(gateway).token(Role.CLERK, kind=Session.COOKIE)
    finally:
        await gateway.database.stop()
