"""The running service on a real broker: every delivered event sealed once, checkpoints signed, questions answered."""

import asyncio
import base64
import signal
import urllib.request
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import BaseModel

from deploy.local.processes import Process
from services.audit.contracts import (
    CheckpointSignedV1,
    CheckpointView,
    ConsistencyProof,
    EntryPage,
    GetCheckpoint,
    GetConsistency,
    GetProof,
    InclusionProof,
    ListEntries,
    SubjectEntries,
)
from services.audit.domain.checkpoint import parse_checkpoint, parse_note
from services.audit.domain.merkle import verify_consistency
from services.audit.service import PUBLISHERS, AuditService
from services.audit.settings import AuditSettings
from services.audit.verifier import Report, verify_log, verify_proof
from shared.database import Database
from shared.errors import Refused
from shared.identity import Role, TokenSigner
from shared.messaging.broker import Broker
from shared.messaging.envelope import CONTENT_TYPE, Envelope, exchange_of, publisher_of
from shared.messaging.publisher import ConfirmingPublisher
from shared.messaging.rpc import RpcClient
from shared.messaging.topology import ServiceTopology, declare
from shared.runtime.entrypoints import topology_of
from shared.testing.actors import an_actor
from shared.testing.plugin import SettingsMaker
from shared.testing.servers import PlatformServers
from tests.audit.a_log import event, events

Reply = TypeVar("Reply", bound=BaseModel)


@dataclass
class Auditing:
    """The service as others see it, and its database as an operator sees it."""

    settings: AuditSettings
    servers: PlatformServers
    database: Database
    publisher: ConfirmingPublisher
    gateway: RpcClient
    applications: RpcClient
    processes: list[Process]

    def start(self) -> Process:
        process = self.servers.launch_service(
            f"audit-{len(self.processes)}", "services.audit.service:AuditService", self.settings
        )
        self.processes.append(process)
        return process

    async def deliver(self, *sent: Envelope) -> None:
        await asyncio.gather(
            *(
                self.publisher.publish(
                    exchange_of(publisher_of(one.type)),
                    one.type,
                    one.model_dump_json().encode(),
                    f"{one.id}/{number}",
                    CONTENT_TYPE,
                )
                for number, one in enumerate(sent)
            )
        )

    async def ask(
        self, method: str, request: BaseModel, reply: type[Reply], role: Role = Role.AUDITOR
    ) -> Reply:
        # Only a service speaks as the system, and only for itself.
        client = self.applications if role is Role.SYSTEM else self.gateway
        return await client.call("audit", method, request, reply, actor=an_actor(role), timeout_seconds=30)

    async def count(self, table: str) -> int:
        return int((await self.database.fetch(f"SELECT count(*) FROM {table}"))[0][0])

    async def sealed(self, leaves: int, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while await self.count("leaves") < leaves:
                await asyncio.sleep(0.02)

    async def checkpointed(self, seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while (await self.database.fetch("SELECT max(tree_size) FROM checkpoints"))[0][
                0
            ] != await self.count("leaves"):
                await asyncio.sleep(0.05)

    async def verify(self) -> Report:
        notes = [row["note"] for row in await self.database.fetch("SELECT note FROM checkpoints")]
        key = Path(self.settings.secrets_dir / "audit.public.key").read_text()
        return await verify_log(self.settings.database_url, key, notes)


@pytest.fixture
async def auditing(
    settings_for: SettingsMaker,
    broker_url_for: Callable[[str], str],
    amqp_url: str,
    platform_servers: PlatformServers,
) -> AsyncIterator[Auditing]:
    settings = settings_for(AuditSettings, "audit", checkpoint_seconds=0.3)
    others = [ServiceTopology(name, answers_rpc=False) for name in PUBLISHERS if name != "audit"]
    await asyncio.to_thread(declare, amqp_url, [*others, topology_of(AuditService)])
    database = Database(settings.database_url, size=2)
    await database.start()
    publisher, publishing = ConfirmingPublisher(), Broker(amqp_url, name="test")
    publishing.attach(publisher)
    brokers = [publishing]
    clients = []
    for name in ("gateway", "applications"):
        brokers.append(Broker(broker_url_for(name), name=f"test-{name}"))
        signer = TokenSigner.from_secrets(settings.secrets_dir, name)
        clients.append(RpcClient(brokers[-1], name=name, signer=signer))
    for broker in brokers:
        broker.start()
    await publisher.opened_once.wait()
    while not all(broker.ready for broker in brokers):
        await asyncio.sleep(0.02)
    auditing = Auditing(settings, platform_servers, database, publisher, *clients, [])
    auditing.start()
    yield auditing
    for process in auditing.processes:
        await asyncio.to_thread(process.stop)
    for broker in brokers:
        await broker.stop()
    await database.stop()


async def test_every_event_of_every_service_is_sealed_and_proved_to_anyone(auditing: Auditing):
    sent = [
        event(number).model_copy(update={"type": f"cn.tongban.{publisher}.something_happened.v1"})
        for number, publisher in enumerate(PUBLISHERS)
    ]
    await auditing.deliver(*sent)
    await auditing.sealed(len(PUBLISHERS))
    key = (auditing.settings.secrets_dir / "audit.public.key").read_text()
    for one, role in zip(cycle(sent), Role, strict=False):
        proof = await auditing.ask("get_proof", GetProof(event_id=one.id), InclusionProof, role)
        report = verify_proof(proof.model_dump_json(), key, auditing.settings.log_origin)
        assert report.ok, report
        assert report.leaf is not None
        assert (report.leaf.event_id, report.leaf.type) == (str(one.id), one.type)


async def test_the_same_event_delivered_five_times_is_one_leaf(auditing: Auditing):
    await auditing.deliver(*[event(1)] * 3)
    await auditing.sealed(1)
    await auditing.deliver(event(1), event(1), event(2))
    await auditing.sealed(2)
    assert await auditing.count("leaves") == 2
    assert await auditing.count("inbox") == 0


async def test_an_event_that_comes_back_altered_waits_for_a_person_and_disturbs_nobody(auditing: Auditing):
    await auditing.deliver(event(1))
    await auditing.sealed(1)
    await auditing.deliver(event(2), event(1, actor="staff:other"), event(3))
    await auditing.sealed(3)
    async with asyncio.timeout(10):
        while not (letters := await auditing.database.fetch("SELECT * FROM dead_letters")):
            await asyncio.sleep(0.05)
    assert [(row["message_id"], row["reason"], row["detail"]) for row in letters] == [
        (event(1).id, "refused", "audit_event_altered")
    ]
    assert await auditing.count("leaves") == 3


async def test_checkpoints_are_signed_by_themselves_and_told_but_not_logged(auditing: Auditing):
    await auditing.deliver(*events(0, 50))
    await auditing.sealed(50)
    await auditing.checkpointed()
    first = await auditing.ask("get_checkpoint", GetCheckpoint(), CheckpointView, Role.APPLICANT)
    await auditing.deliver(*events(50, 60))
    await auditing.sealed(60)
    await auditing.checkpointed()
    told = [
        Envelope.model_validate_json(row["body"])
        for row in await auditing.database.fetch("SELECT body FROM outbox ORDER BY id")
    ]
    assert {one.type for one in told} == {CheckpointSignedV1.event_type}
    assert told[-1].data["tree_size"] == 60
    # The relay would bring them back to us: they are taken and left out.
    await auditing.deliver(*told)
    await auditing.deliver(event(60))
    await auditing.sealed(61)
    assert await auditing.count("leaves") == 61

    last = await auditing.ask("get_checkpoint", GetCheckpoint(tree_size=60), CheckpointView, Role.APPLICANT)
    ask = GetConsistency(from_size=first.tree_size, to_size=60)
    proof = await auditing.ask("get_consistency", ask, ConsistencyProof, Role.APPLICANT)
    roots = [parse_checkpoint(parse_note(one.note).text).root for one in (first, last)]
    hashes = [base64.b64decode(digest) for digest in proof.proof]
    assert verify_consistency(first.tree_size, 60, roots[0], roots[1], hashes)


async def test_lists_are_for_those_whose_office_it_is(auditing: Auditing):
    await auditing.deliver(*events(0, 8))
    await auditing.sealed(8)
    for role in Role:
        for method, request, allowed in (
            ("list_entries", ListEntries(), {Role.AUDITOR, Role.OPERATOR}),
            ("subject_entries", SubjectEntries(subject="case-0"), {Role.AUDITOR, Role.OPERATOR, Role.CLERK}),
        ):
            if role in allowed:
                page = await auditing.ask(method, request, EntryPage, role)
                assert len(page.entries) == (8 if method == "list_entries" else 2)
            else:
                with pytest.raises(Refused, match="role_not_allowed"):
                    await auditing.ask(method, request, EntryPage, role)


async def test_an_unknown_event_is_a_plain_refusal_in_both_languages(auditing: Auditing):
    await auditing.deliver(event(1))
    await auditing.sealed(1)
    with pytest.raises(Refused) as refusal:
        await auditing.ask("get_proof", GetProof(event_id=event(404).id), InclusionProof)
    assert (refusal.value.kind, refusal.value.code) == ("not_found", "audit_entry_unknown")
    assert refusal.value.zh


async def test_two_replicas_killed_while_they_seal_lose_nothing_and_double_nothing(auditing: Auditing):
    for first in range(0, 2400, 800):
        replicas = [auditing.start(), *auditing.processes[-2:-1]]
        # Everything is delivered twice, as after a lost confirm of the relay.
        await auditing.deliver(*events(first, first + 800), *events(first, first + 800))
        await auditing.sealed(first + 100)
        for replica in replicas:
            replica.send(signal.SIGKILL)
            await asyncio.to_thread(replica.wait_gone, 10)
        auditing.start()
    await auditing.sealed(2400, seconds=60)
    await auditing.checkpointed()
    assert await auditing.count("leaves") == 2400
    assert await auditing.count("dead_letters") == 0
    report = await auditing.verify()
    assert report.ok, report.faults


async def test_the_log_is_to_be_seen_in_the_metrics(auditing: Auditing, unused_port: int):
    await auditing.deliver(*events(0, 5))
    await auditing.sealed(5)
    auditing.settings = auditing.settings.model_copy(update={"private_port": unused_port})
    auditing.start()
    async with asyncio.timeout(30):
        while "audit_tree_size 5.0" not in (text := await asyncio.to_thread(metrics_of, unused_port)):
            await asyncio.sleep(0.1)
    for name in (
        "audit_leaves_total",
        "audit_unsealed",
        "audit_seal_duration_seconds",
        "audit_checkpoint_age_seconds",
    ):
        assert name in text
    assert "audit_log_damaged 0.0" in text


def metrics_of(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as reply:
            return str(reply.read().decode())
    except OSError:
        return ""


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
