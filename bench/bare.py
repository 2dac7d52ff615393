"""The reference: the very SQL transaction of a submission, without HTTP, bus and rules, on asyncpg alone.

Also where the time of one submission goes, layer by layer.
"""

import asyncio
import itertools
import statistics
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from bench.submissions import case, credit_codes
from services.applications import submitting
from services.applications.contracts import CaseReceipt, SubmitCase
from services.applications.office import Office
from services.applications.settings import ApplicationsSettings
from services.applications.store.intake import Intake, Submission
from shared.database import Database
from shared.identity import Actor, Role, TokenSigner
from shared.messaging.broker import Broker
from shared.messaging.commands import CommandLog
from shared.messaging.rpc import RpcClient
from shared.privacy import Keyring
from shared.runtime import Call

PROVINCE = Actor("client:province", frozenset({Role.PROVINCE}))


def requests() -> Iterator[SubmitCase]:
    """Submissions as the service gets them."""
    run = uuid.uuid4().hex[:8]
    for count, number in enumerate(credit_codes()):
        yield SubmitCase.model_validate(case(number, f"BARE-{run}-{count}"))


class BareIntake:
    """The intake of `applications` in this process."""

    def __init__(self, environment: Mapping[str, str], connections: int) -> None:
        self.settings = ApplicationsSettings(
            mode="test",
            secrets_dir=Path(environment["TONGBAN_SECRETS_DIR"]),
            database_url=environment["TONGBAN_DATABASE_URL"],
            amqp_url=environment["TONGBAN_AMQP_URL"],
            private_port=0,
            database_pool_size=connections,
        )
        self.database = Database(self.settings.database_url, size=connections)
        commands = CommandLog(Keyring.from_file(self.settings.secrets_dir / "replies.keyring.json"))
        self.office = Office.open(self.database, commands, self.settings)
        self.intake = Intake(self.database, commands)

    async def __aenter__(self) -> "BareIntake":
        await self.database.start()
        await self.office.refresh()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.database.stop()

    async def prepared(self, wanted: Sequence[SubmitCase]) -> list[Submission]:
        """What the rules make of the requests, ready to be written."""
        return [
            await submitting.prepare(
                self.office, Call(PROVINCE, uuid.uuid4(), None, "applications.submit_case"), request
            )
            for request in wanted
        ]


async def bare_per_second(environment: Mapping[str, str], *, connections: int, seconds: float) -> float:
    """Transactions a second with so many connections, each writing one prepared submission at a time."""
    async with BareIntake(environment, connections) as bare:
        stock = iter(await bare.prepared(list(itertools.islice(requests(), int(1500 * seconds)))))
        written = 0
        end = perf_counter() + seconds

        async def write() -> None:
            nonlocal written
            for submission in stock:
                if perf_counter() > end:
                    return
                await bare.intake.write_all([submission])
                written += 1

        started = perf_counter()
        await asyncio.gather(*(write() for _ in range(connections)))
        return written / (perf_counter() - started)


async def layers(
    environment: Mapping[str, str], gateway: Mapping[str, str], http_ms: float
) -> dict[str, float]:
    """Milliseconds (median) of one submission at a time in each layer, from the outside in."""
    async with BareIntake(environment, 2) as bare:
        rules, prepared = await _time_rules(bare, 300)
        with_commit = await _time_writes(bare, prepared[:150])
        async with bare.database.acquire() as connection:
            await connection.execute("SET synchronous_commit = off")
            without_commit = await _time_writes(bare, prepared[150:])
            await connection.execute("RESET synchronous_commit")
    rpc = await _time_rpc(gateway, 300)
    return {
        "HTTP": http_ms - rpc,
        "RPC over the broker": rpc - rules - with_commit,
        "rules, documents, encryption": rules,
        "SQL": without_commit,
        "commit to disk": with_commit - without_commit,
        "whole submission": http_ms,
    }


async def _time_rules(bare: BareIntake, count: int) -> tuple[float, list[Submission]]:
    times, prepared = [], []
    for request in itertools.islice(requests(), count):
        started = perf_counter()
        prepared += await bare.prepared([request])
        times.append(perf_counter() - started)
    return statistics.median(times) * 1000, prepared


async def _time_writes(bare: BareIntake, submissions: Sequence[Submission]) -> float:
    times = []
    for submission in submissions:
        started = perf_counter()
        await bare.intake.write_all([submission])
        times.append(perf_counter() - started)
    return statistics.median(times) * 1000


async def _time_rpc(gateway: Mapping[str, str], count: int) -> float:
    broker = Broker(gateway["TONGBAN_AMQP_URL"], name="bench")
    signer = TokenSigner.from_secrets(Path(gateway["TONGBAN_SECRETS_DIR"]), "gateway")
    client = RpcClient(broker, name="gateway", signer=signer)
    broker.start()
    while not client.ready:  # noqa: ASYNC110  pika says it by a callback of the client itself
        await asyncio.sleep(0.05)
    times = []
    for request in itertools.islice(requests(), count):
        started = perf_counter()
        await client.call(
            "applications", "submit_case", request, CaseReceipt, actor=PROVINCE, command_id=uuid.uuid4()
        )
        times.append(perf_counter() - started)
    await broker.stop()
    return statistics.median(times) * 1000
