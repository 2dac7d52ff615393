"""A real service process on a real broker and database: what its callers see, and what it survives."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import urllib.request
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.secret_files import generate
from shared import time
from shared.database import Database
from shared.errors import Refused
from shared.identity import Actor, Role, TokenSigner
from shared.messaging.broker import Broker
from shared.messaging.envelope import envelope
from shared.messaging.publisher import ConfirmingPublisher
from shared.messaging.rpc import InternalError, RpcClient
from shared.messaging.topology import declare
from shared.runtime.entrypoints import topology_of
from tests.shared.runtime.echo_service import Answer, Ask, EchoService, NumberDrawnV1

CLERK = Actor("staff:li", frozenset({Role.CLERK}), unit="341600-02")
ROOT = Path(__file__).parents[3]


@dataclass
class Echo:
    """The service under test, its environment and a client of it."""

    environment: dict[str, str]
    database: Database
    broker: Broker
    rpc: RpcClient
    publisher: ConfirmingPublisher
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "shared.runtime.launcher",
                "tests.shared.runtime.echo_service:EchoService",
            ],
            env=self.environment,
            cwd=ROOT,
        )

    async def ready(self) -> None:
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(self.answers, "/ready"):
                await asyncio.sleep(0.1)

    def answers(self, path: str) -> bool:
        url = f"http://127.0.0.1:{self.environment['TONGBAN_PRIVATE_PORT']}{path}"
        try:
            with urllib.request.urlopen(url, timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    async def ask(
        self, method: str, text: str = "你好", *, seconds: float = 0, actor: Actor = CLERK
    ) -> Answer:
        return await self.rpc.call("catalogue", method, Ask(text=text, seconds=seconds), Answer, actor=actor)

    async def effects(self, what: str) -> int:
        rows = await self.database.fetch("SELECT count(*) FROM effects WHERE what = $1", what)
        return int(rows[0][0])

    async def end(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return await asyncio.to_thread(self.process.wait, 20)


@asynccontextmanager
async def running_echo(database_url: str, amqp_url: str, secrets_dir: Path, port: int) -> AsyncIterator[Echo]:
    await asyncio.to_thread(declare, amqp_url, [topology_of(EchoService)])
    database = Database(database_url)
    await database.start()
    broker = Broker(amqp_url, name="test")
    rpc = RpcClient(broker, name="gateway", signer=TokenSigner.from_secrets(secrets_dir, "gateway"))
    publisher = ConfirmingPublisher()
    broker.attach(publisher)
    broker.start()
    environment = {
        "PATH": os.environ["PATH"],
        "TONGBAN_MODE": "test",
        "TONGBAN_SECRETS_DIR": str(secrets_dir),
        "TONGBAN_DATABASE_URL": database_url,
        "TONGBAN_AMQP_URL": amqp_url,
        "TONGBAN_PRIVATE_PORT": str(port),
        "TONGBAN_LOG_FORMAT": "text",
    }
    echo = Echo(environment, database, broker, rpc, publisher)
    echo.start()
    try:
        await echo.ready()
        yield echo
    finally:
        if echo.process is not None and echo.process.poll() is None:
            echo.process.kill()
            echo.process.wait()
        await broker.stop()
        await database.stop()


@pytest.fixture
async def echo(
    database_for: Callable[[str], str], amqp_url: str, secrets_dir: Path, free_port: int
) -> AsyncIterator[Echo]:
    async with running_echo(database_for("catalogue"), amqp_url, secrets_dir, free_port) as running:
        yield running


async def test_a_call_is_answered_in_the_callers_name(echo: Echo) -> None:
    assert await echo.ask("echo") == Answer(text="你好", actor="staff:li")


async def test_a_refusal_arrives_as_it_was_said(echo: Echo) -> None:
    with pytest.raises(Refused) as refused:
        await echo.ask("refuse")
    assert refused.value.to_wire() == {
        "kind": "conflict",
        "code": "always_refused",
        "zh": "总是拒绝。",
        "en": "Always refused.",
        "pointer": "",
        "facts": {"text": "你好"},
        "errors": [],
    }


@pytest.mark.parametrize("method", ["fail", "leave"])
async def test_a_bug_is_an_internal_error_and_the_service_goes_on(echo: Echo, method: str) -> None:
    with pytest.raises(InternalError):
        await echo.ask(method)
    assert (await echo.ask("echo")).text == "你好"


async def test_who_holds_no_fitting_role_is_refused(echo: Echo) -> None:
    applicant = Actor("account:1", frozenset({Role.APPLICANT}))
    with pytest.raises(Refused, match="role_not_allowed"):
        await echo.ask("echo", actor=applicant)


async def test_a_token_of_an_unknown_signer_is_refused(echo: Echo, tmp_path: Path) -> None:
    generate(tmp_path)
    forger = RpcClient(echo.broker, name="gateway", signer=TokenSigner.from_secrets(tmp_path, "gateway"))
    await asyncio.sleep(0.5)
    with pytest.raises(Refused, match="not_authenticated"):
        await forger.call("catalogue", "echo", Ask(text="x"), Answer, actor=CLERK)


async def test_an_invalid_request_names_the_place_and_not_the_content(echo: Echo) -> None:
    class AnyAsk(Ask):
        text: str

    with pytest.raises(Refused, match="invalid_request") as refused:
        await echo.rpc.call("catalogue", "echo", AnyAsk(text="很" * 30), Answer, actor=CLERK)
    assert [fault.pointer for fault in refused.value.errors] == ["/text"]
    assert "很" not in str(refused.value.to_wire())


async def test_an_unknown_method_is_refused(echo: Echo) -> None:
    with pytest.raises(Refused, match="unknown_method"):
        await echo.ask("no_such_method")


async def test_a_service_that_does_not_exist_is_unavailable_at_once(echo: Echo) -> None:
    with pytest.raises(Refused, match="service_unavailable"):
        await asyncio.wait_for(echo.rpc.call("nobody", "echo", Ask(text="x"), Answer, actor=CLERK), 2)


async def test_a_caller_without_an_answer_is_not_told_that_nothing_was_changed(echo: Echo) -> None:
    command_id = uuid.uuid4()

    async def write(timeout_seconds: float) -> Answer:
        ask = Ask(text="late", seconds=0.5)
        return await echo.rpc.call(
            "catalogue",
            "write_once",
            ask,
            Answer,
            actor=CLERK,
            command_id=command_id,
            timeout_seconds=timeout_seconds,
        )

    with pytest.raises(Refused, match="it is not known whether"):
        await write(0.2)
    await asyncio.sleep(0.6)
    assert (await write(5)).text == "late"
    assert await echo.effects("late") == 1


async def test_a_repeated_command_has_one_effect_and_the_same_answer(echo: Echo) -> None:
    command_id = uuid.uuid4()

    async def write(text: str) -> Answer:
        return await echo.rpc.call(
            "catalogue", "write_once", Ask(text=text), Answer, actor=CLERK, command_id=command_id
        )

    assert await write("a") == await write("a")
    assert await echo.effects("a") == 1
    with pytest.raises(Refused, match="idempotency_key_reused"):
        await write("b")


async def test_the_same_command_while_it_runs_is_told_so(echo: Echo) -> None:
    command_id = uuid.uuid4()

    async def write() -> Answer:
        return await echo.rpc.call(
            "catalogue", "write_once", Ask(text="slow", seconds=1), Answer, actor=CLERK, command_id=command_id
        )

    first = asyncio.create_task(write())
    await asyncio.sleep(0.3)
    with pytest.raises(Refused, match="command_in_progress"):
        await write()
    assert (await first).text == "slow"
    assert await echo.effects("slow") == 1


async def test_events_are_consumed_and_timers_tick(echo: Echo) -> None:
    drawn = envelope(
        NumberDrawnV1(number=7),
        source="/catalogue",
        event_id=uuid.uuid4(),
        subject="lottery",
        sequence=1,
        recorded_at=time.now(),
        actor=CLERK,
    )
    for _ in range(5):
        await echo.publisher.publish(
            "catalogue.events",
            drawn.type,
            drawn.model_dump_json().encode(),
            str(drawn.id),
            "application/json",
        )
    async with asyncio.timeout(10):
        while not await echo.effects("number 7") or await echo.effects("tick") < 2:
            await asyncio.sleep(0.05)
    assert await echo.effects("number 7") == 1


async def test_sigterm_answers_what_runs_and_leaves_the_rest_to_the_next_process(echo: Echo) -> None:
    running = asyncio.create_task(echo.ask("echo", "running", seconds=1))
    await asyncio.sleep(0.3)
    ended = asyncio.create_task(echo.end())
    await asyncio.sleep(0.3)
    waiting = asyncio.create_task(echo.ask("echo", "waiting"))
    assert (await running).text == "running"
    assert await ended == 0
    echo.start()
    assert (await waiting).text == "waiting"


async def test_a_call_whose_process_was_killed_is_answered_by_the_next(echo: Echo) -> None:
    asked = asyncio.create_task(echo.ask("echo", "again", seconds=0.5))
    await asyncio.sleep(0.2)
    await echo.end(signal.SIGKILL)
    echo.start()
    assert (await asked).text == "again"


async def test_a_standard_nameko_client_can_call(echo: Echo, secrets_dir: Path) -> None:
    token = TokenSigner.from_secrets(secrets_dir, "gateway").sign(CLERK, "catalogue")
    program = f"""
        import warnings; warnings.simplefilter("ignore")
        from nameko.standalone.rpc import ClusterRpcProxy
        config = {{"AMQP_URI": {echo.environment["TONGBAN_AMQP_URL"]!r}}}
        with ClusterRpcProxy(config, context_data={{"actor_token": {token!r}}}) as cluster:
            print(cluster.catalogue.echo(request={{"text": "stock"}}))
    """
    output = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert "{'text': 'stock', 'actor': 'staff:li'}" in output.stdout, output.stderr


async def test_live_does_not_depend_on_the_broker_and_ready_does(echo: Echo) -> None:
    assert await asyncio.to_thread(echo.answers, "/live")
    assert await asyncio.to_thread(echo.answers, "/metrics")
