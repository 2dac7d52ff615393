"""The running service on a real broker: events in, notices in the inbox and in the mail, questions answered."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel

from deploy.local.processes import Process
from services.applications.contracts import CaseFacts, GetPartyContact, PartyContact
from services.notifications.contracts import (
    Channel,
    DeliveryState,
    GetMessage,
    ListCaseMessages,
    ListInbox,
    ListTemplates,
    ListUndelivered,
    MarkRead,
    MessagePage,
    MessageView,
    ResendMessage,
    TemplateList,
    UndeliveredPage,
)
from services.notifications.service import READERS, NotificationsService
from services.notifications.settings import NotificationsSettings
from shared.database import Database
from shared.errors import Refused, Unavailable
from shared.identity import Actor, Role, TokenSigner, TokenVerifier
from shared.messaging.broker import Broker
from shared.messaging.envelope import CONTENT_TYPE, Envelope
from shared.messaging.publisher import ConfirmingPublisher
from shared.messaging.rpc import RpcClient
from shared.messaging.rpc_server import Call, RpcMethod, RpcServer
from shared.messaging.topology import ServiceTopology, declare
from shared.runtime.entrypoints import topology_of
from shared.testing.actors import an_actor
from shared.testing.plugin import SettingsMaker
from shared.testing.servers import PlatformServers
from tests.notifications import events
from tests.notifications.conftest import ADDRESS, Sink, until

Reply = TypeVar("Reply", bound=BaseModel)
APPLICANT = an_actor(Role.APPLICANT, person_id=events.APPLICANT)


class Applications:
    """Stands in for applications where notifications asks it for an address."""

    def __init__(self) -> None:
        self.asked_by: list[Actor] = []

    async def party_contact(self, call: Call, request: GetPartyContact) -> PartyContact:
        self.asked_by.append(call.actor)
        return PartyContact(
            case_id=request.case_id,
            person_id=events.APPLICANT,
            name="李雷",
            mobile="13800000000",
            email=ADDRESS,
        )


@dataclass
class Notifying:
    """The service as others see it, and its database as an operator sees it."""

    settings: NotificationsSettings
    servers: PlatformServers
    database: Database
    publisher: ConfirmingPublisher
    client: RpcClient
    applications: Applications
    processes: list[Process] = field(default_factory=list)

    def start(self) -> Process:
        process = self.servers.launch_service(
            f"notifications-{len(self.processes)}",
            "services.notifications.service:NotificationsService",
            self.settings,
        )
        self.processes.append(process)
        return process

    async def deliver(self, *sent: Envelope) -> None:
        await asyncio.gather(
            *(
                self.publisher.publish(
                    "applications.events",
                    one.type,
                    one.model_dump_json().encode(),
                    f"{one.id}/{number}",
                    CONTENT_TYPE,
                )
                for number, one in enumerate(sent)
            )
        )

    async def ask(
        self,
        method: str,
        request: BaseModel,
        reply: type[Reply],
        actor: Actor,
        command_id: UUID | None = None,
    ) -> Reply:
        async with asyncio.timeout(30):
            while True:
                try:
                    return await self.client.call(
                        "notifications", method, request, reply, actor=actor, command_id=command_id
                    )
                except Unavailable:
                    await asyncio.sleep(0.05)

    async def rows(self, sql: str, count: int, seconds: float = 30) -> list[Any]:
        """Wait until the query gives so many rows."""
        async with asyncio.timeout(seconds):
            while len(rows := await self.database.fetch(sql)) != count:
                await asyncio.sleep(0.05)
        return rows


@pytest.fixture
async def notifying(
    settings_for: SettingsMaker,
    broker_url_for: Callable[[str], str],
    amqp_url: str,
    platform_servers: PlatformServers,
    sink: Sink,
) -> AsyncIterator[Notifying]:
    settings = settings_for(
        NotificationsSettings,
        "notifications",
        public_url="https://tongban.example.gov.cn",
        smtp_url=f"smtp://127.0.0.1:{sink.port}",
    )
    topologies = [ServiceTopology("applications"), topology_of(NotificationsService)]
    await asyncio.to_thread(declare, amqp_url, topologies)
    database = Database(settings.database_url, size=2)
    await database.start()
    brokers = {
        name: Broker(broker_url_for(name), name=f"test-{name}") for name in ("gateway", "applications")
    }
    publisher, applications = ConfirmingPublisher(), Applications()
    # Only the relay may publish events; here its place is taken by an account with every right.
    brokers["relay"] = Broker(amqp_url, name="test-relay")
    brokers["relay"].attach(publisher)
    methods = {
        "party_contact": RpcMethod(
            "party_contact", frozenset({Role.SYSTEM}), GetPartyContact, applications.party_contact
        )
    }
    verifier = TokenVerifier.from_secrets(settings.secrets_dir, "applications")
    brokers["applications"].attach(RpcServer("applications", methods, verifier, concurrency=8))
    client = RpcClient(
        brokers["gateway"], name="gateway", signer=TokenSigner.from_secrets(settings.secrets_dir, "gateway")
    )
    for broker in brokers.values():
        broker.start()
    await publisher.opened_once.wait()
    notifying = Notifying(settings, platform_servers, database, publisher, client, applications)
    notifying.start()
    await notifying.ask("list_inbox", ListInbox(), MessagePage, APPLICANT)
    yield notifying
    for process in notifying.processes:
        await asyncio.to_thread(process.stop)
    for broker in brokers.values():
        await broker.stop()
    await database.stop()


async def _has_letters(sink: Sink, count: int) -> bool:
    return len(sink.letters) >= count


def in_order(*told: CaseFacts) -> list[Envelope]:
    return [events.enveloped(event, sequence=number) for number, event in enumerate(told, 1)]


async def test_a_case_is_told_in_the_inbox_and_by_mail_once_whatever_is_delivered_again(
    notifying: Notifying, sink: Sink
) -> None:
    sent = in_order(events.submitted(), events.tolerantly_accepted(), events.decided())
    await notifying.deliver(*sent, *sent[::-1], *sent, sent[1], *sent)
    await notifying.rows("SELECT 1 FROM deliveries WHERE state = 'served'", 3)

    page = await notifying.ask("list_inbox", ListInbox(), MessagePage, APPLICANT)
    assert [message.template_id for message in page.messages] == [
        "case_granted",
        "case_accepted_tolerantly",
        "case_submitted",
    ]
    assert len(sink.letters) == 3
    assert {sink.read(number)["To"] for number in range(3)} == {ADDRESS}
    assert {actor.id for actor in notifying.applications.asked_by} == {"service:notifications"}
    assert await notifying.database.fetch("SELECT 1 FROM dead_letters") == []


async def test_events_of_a_case_are_told_in_their_order(notifying: Notifying) -> None:
    sent = in_order(*events.ALL)
    await notifying.deliver(*sent)
    rows = await notifying.rows("SELECT cause_id FROM messages ORDER BY position", len(sent))
    assert [row["cause_id"] for row in rows] == [one.id for one in sent]


async def test_an_unreadable_event_waits_for_a_person_and_disturbs_nobody(notifying: Notifying) -> None:
    good, bad = events.enveloped(events.submitted()), events.enveloped(events.accepted())
    await notifying.deliver(bad.model_copy(update={"data": {"case_id": "not a uuid"}}), good)
    await notifying.rows("SELECT 1 FROM messages", 1)
    [letter] = await notifying.rows("SELECT reason FROM dead_letters", 1)
    assert letter["reason"] == "unreadable"


async def test_a_stop_finishes_the_letter_under_way_and_ends_quickly(
    notifying: Notifying, sink: Sink
) -> None:
    sink.holds_answers = True
    await notifying.deliver(*(events.enveloped(events.submitted()) for _ in range(5)))
    await until(partial(_has_letters, sink, 2))
    stopping = asyncio.create_task(asyncio.to_thread(notifying.processes[0].stop))
    await asyncio.sleep(0.5)
    sink.holds_answers = False

    assert await asyncio.wait_for(stopping, 10), "asking was enough"
    rows = await notifying.database.fetch("SELECT state FROM deliveries")
    assert sorted(row["state"] for row in rows) == ["queued"] * 3 + ["served"] * 2
    assert len(sink.letters) == 2


async def test_killed_with_9_in_the_middle_every_event_is_told_once(notifying: Notifying) -> None:
    sent = [
        events.enveloped(events.submitted(case_id=uuid4(), email_given=number % 10 == 0))
        for number in range(300)
    ]
    await notifying.deliver(*sent[:100])
    for told, part in ((20, sent[100:200]), (120, sent[200:])):
        delivering = asyncio.create_task(notifying.deliver(*part))
        await notifying.rows(f"SELECT 1 FROM messages LIMIT {told}", told)
        os.kill(notifying.processes[-1].pid, signal.SIGKILL)
        notifying.start()
        await delivering
    await notifying.rows("SELECT 1 FROM messages", len(sent), seconds=60)
    rows = await notifying.database.fetch("SELECT DISTINCT cause_id FROM messages")
    assert len(rows) == len(sent)


async def test_each_method_answers_its_roles_and_no_others(notifying: Notifying) -> None:
    message_id = uuid4()
    calls: list[tuple[str, BaseModel, type[BaseModel], tuple[Role, ...]]] = [
        ("list_inbox", ListInbox(), MessagePage, (Role.APPLICANT,)),
        ("mark_read", MarkRead(message_id=message_id), MessageView, (Role.APPLICANT,)),
        ("get_message", GetMessage(message_id=message_id), MessageView, READERS),
        ("list_case_messages", ListCaseMessages(case_id=uuid4()), MessagePage, READERS),
        ("list_undelivered", ListUndelivered(), UndeliveredPage, (Role.OPERATOR,)),
        ("resend_message", ResendMessage(message_id=message_id), MessageView, (Role.OPERATOR,)),
        ("list_templates", ListTemplates(), TemplateList, (Role.OPERATOR,)),
    ]
    for method, request, reply, roles in calls:
        for role in set(Role) - {Role.SYSTEM}:
            try:
                await notifying.ask(method, request, reply, an_actor(role), uuid4())
                kind = "answered"
            except Refused as refusal:
                kind = refusal.kind
            allowed = {"answered", "not_found"} if role in roles else {"forbidden"}
            assert kind in allowed, f"{method} as {role}: {kind}"


async def test_a_resend_ordered_twice_under_one_command_id_happens_once(
    notifying: Notifying, sink: Sink
) -> None:
    sink.recipient_answers.append("550 5.1.1 no such user")
    await notifying.deliver(events.enveloped(events.accepted()))
    await notifying.rows("SELECT 1 FROM deliveries WHERE state = 'failed'", 1)
    operator = an_actor(Role.OPERATOR)
    page = await notifying.ask("list_undelivered", ListUndelivered(), UndeliveredPage, operator)
    request, command_id = ResendMessage(message_id=page.deliveries[0].message_id), uuid4()

    first = await notifying.ask("resend_message", request, MessageView, operator, command_id)
    await notifying.rows("SELECT 1 FROM deliveries WHERE state = 'served'", 1)
    again = await notifying.ask("resend_message", request, MessageView, operator, command_id)
    assert first == again
    assert len(sink.letters) == 1

    message = await notifying.ask(
        "get_message", GetMessage(message_id=request.message_id), MessageView, APPLICANT
    )
    assert [(one.channel, one.state) for one in message.deliveries] == [
        (Channel.IN_APP, DeliveryState.SERVED),
        (Channel.EMAIL, DeliveryState.SERVED),
    ]
    assert [attempt.outcome for attempt in message.deliveries[1].attempts] == ["refused", "sent"]


async def test_a_template_that_was_rewritten_ends_the_process_with_its_reason(notifying: Notifying) -> None:
    async with notifying.database.transaction() as connection:
        await connection.execute("ALTER TABLE templates DISABLE TRIGGER templates_never_change")
        await connection.execute("UPDATE templates SET sha256 = 'other' WHERE template_id = 'case_accepted'")
    second = notifying.start()
    assert await asyncio.to_thread(second.wait_gone, 20)
    log = notifying.servers.log("notifications-1").read_text(encoding="utf-8")
    assert "service_cannot_start" in log
    assert "case_accepted.v1" in log


async def test_no_address_reaches_the_log_of_the_process(notifying: Notifying, sink: Sink) -> None:
    sink.recipient_answers.append(f"550 5.1.1 <{ADDRESS}> does not exist")
    await notifying.deliver(*in_order(events.submitted(), events.accepted()))
    await notifying.rows("SELECT 1 FROM deliveries WHERE state IN ('failed', 'served')", 2)
    log = notifying.servers.log("notifications-0").read_text(encoding="utf-8")
    assert "delivery_failed" in log
    assert "李雷" not in log
    assert ADDRESS.partition("@")[0] not in log
