"""The running service on a real broker: events in, signed PDFs kept, failures told, questions answered."""

import asyncio
import base64
import hashlib
import io
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel
from pyhanko.pdf_utils.reader import PdfFileReader

from deploy.local.processes import Process
from services.applications.contracts import CaseAcceptedV1, DocumentRefV1
from services.applications.contracts.printing import (
    DocumentForPrinting,
    DocumentReissuedV1,
    GetDocumentForPrinting,
)
from services.documents.contracts import (
    ComparePdf,
    Comparison,
    GetPdf,
    PdfView,
    Verification,
    VerifyDocument,
)
from services.documents.service import ANYBODY, READERS, DocumentsService
from services.documents.settings import DocumentsSettings
from shared import time
from shared.database import Database
from shared.errors import Refused, Unavailable
from shared.identity import Actor, Role, TokenSigner, TokenVerifier
from shared.messaging.broker import Broker
from shared.messaging.envelope import CONTENT_TYPE, Envelope, Event, envelope
from shared.messaging.publisher import ConfirmingPublisher
from shared.messaging.rpc import RpcClient
from shared.messaging.rpc_server import Call, RpcMethod, RpcServer
from shared.messaging.topology import ServiceTopology, declare
from shared.runtime.entrypoints import topology_of
from shared.testing.actors import OTHER_UNIT, UNIT, an_actor
from shared.testing.plugin import SettingsMaker
from shared.testing.servers import PlatformServers
from tests.documents.conftest import APPLICANT, URL, a_document, digest

Reply = TypeVar("Reply", bound=BaseModel)
OWNER = an_actor(Role.APPLICANT, person_id=APPLICANT)
CLERK = an_actor(Role.CLERK)


class Applications:
    """Stands in for applications where the printer asks it for the original."""

    def __init__(self) -> None:
        self.known: dict[UUID, DocumentForPrinting] = {}
        self.asked_by: set[str] = set()

    async def document_for_printing(self, call: Call, request: GetDocumentForPrinting) -> DocumentForPrinting:
        self.asked_by.add(call.actor.id)
        if request.document_id not in self.known:
            raise Refused("not_found", "document_not_found", "没有", "none")
        return self.known[request.document_id]

    def has(self, document: DocumentForPrinting) -> DocumentForPrinting:
        self.known[document.document_id] = document
        return document


@dataclass
class Printing:
    """The service as others see it, and its database as an operator sees it."""

    settings: DocumentsSettings
    servers: PlatformServers
    database: Database
    publisher: ConfirmingPublisher
    client: RpcClient
    applications: Applications
    processes: list[Process] = field(default_factory=list)

    def start(self) -> Process:
        process = self.servers.launch_service(
            f"documents-{len(self.processes)}", "services.documents.service:DocumentsService", self.settings
        )
        self.processes.append(process)
        return process

    async def deliver(self, *sent: Envelope) -> None:
        for number, one in enumerate(sent):
            body = one.model_dump_json().encode()
            await self.publisher.publish(
                "applications.events", one.type, body, f"{one.id}/{number}", CONTENT_TYPE
            )

    async def ask(self, method: str, request: BaseModel, reply: type[Reply], actor: Actor) -> Reply:
        async with asyncio.timeout(30):
            while True:
                try:
                    return await self.client.call("documents", method, request, reply, actor=actor)
                except Unavailable:
                    await asyncio.sleep(0.05)

    async def rows(self, sql: str, count: int, seconds: float = 60) -> list[Any]:
        """Wait until the query gives so many rows."""
        async with asyncio.timeout(seconds):
            while len(rows := await self.database.fetch(sql)) != count:
                await asyncio.sleep(0.05)
        return rows

    async def pdf(self, document: DocumentForPrinting, actor: Actor) -> PdfView:
        """Ask until the PDF is there."""
        async with asyncio.timeout(60):
            while True:
                view = await self.ask("get_pdf", GetPdf(document_id=document.document_id), PdfView, actor)
                if view.state != "pending":
                    return view
                assert view.retry_after_seconds
                await asyncio.sleep(0.2)

    async def verify(self, document: DocumentForPrinting) -> Verification:
        request = VerifyDocument(document_id=document.document_id)
        return await self.ask("verify_document", request, Verification, an_actor(Role.APPLICANT))


def accepted(document: DocumentForPrinting, *, sequence: int = 2, state: str = "ACCEPTED") -> Envelope:
    """The event of the case with which the document was sealed."""
    reference = DocumentRefV1(
        document_id=document.document_id, kind=document.kind, number=document.number, sha256=document.sha256
    )
    event = CaseAcceptedV1(
        case_id=document.case_id,
        case_no="11341600762764234C3000180002001202609180001",
        item_code="11341600762764234C3000180002001",
        item_version=1,
        item_name="人防工程建设审批",
        unit=document.unit,
        channel="online",
        applicant_id=document.applicant_id,
        state=state,
        effective_on=date(2026, 9, 18),
        basis="ordinary",
        accepted_on=date(2026, 9, 18),
        statutory_due_on=date(2026, 10, 22),
        promised_due_on=date(2026, 9, 25),
        documents=(reference,),
    )
    return enveloped(event, document.case_id, sequence)


def enveloped(event: Event, subject: UUID, sequence: int = 1) -> Envelope:
    return envelope(
        event,
        source="/applications",
        event_id=uuid4(),
        subject=str(subject),
        sequence=sequence,
        recorded_at=time.now(),
        actor=an_actor(Role.CLERK),
    )


@pytest.fixture
async def printing(
    settings_for: SettingsMaker,
    broker_url_for: Callable[[str], str],
    amqp_url: str,
    platform_servers: PlatformServers,
) -> AsyncIterator[Printing]:
    settings = settings_for(DocumentsSettings, "documents", public_url=URL)
    topologies = [ServiceTopology("applications"), topology_of(DocumentsService)]
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
    method = RpcMethod(
        "document_for_printing",
        frozenset({Role.SYSTEM}),
        GetDocumentForPrinting,
        applications.document_for_printing,
    )
    verifier = TokenVerifier.from_secrets(settings.secrets_dir, "applications")
    brokers["applications"].attach(RpcServer("applications", {method.name: method}, verifier, concurrency=8))
    signer = TokenSigner.from_secrets(settings.secrets_dir, "gateway")
    client = RpcClient(brokers["gateway"], name="gateway", signer=signer)
    for broker in brokers.values():
        broker.start()
    await publisher.opened_once.wait()
    made = Printing(settings, platform_servers, database, publisher, client, applications)
    made.start()
    with pytest.raises(Refused, match="document_not_found"):
        await made.ask("verify_document", VerifyDocument(document_id=uuid4()), Verification, CLERK)
    yield made
    for process in made.processes:
        await asyncio.to_thread(process.stop)
    for broker in brokers.values():
        await broker.stop()
    await database.stop()


async def test_a_numbered_document_is_printed_at_once_and_there_is_one_pdf_whatever_is_delivered_again(
    printing: Printing,
) -> None:
    document = printing.applications.has(a_document())
    sent = accepted(document)
    await printing.deliver(sent, sent, sent.model_copy(update={"id": uuid4()}))
    await printing.rows("SELECT 1 FROM files", 1)

    view = await printing.pdf(document, OWNER)
    assert view.content is not None
    pdf = base64.b64decode(view.content)
    assert hashlib.sha256(pdf).hexdigest() == view.sha256
    assert len(PdfFileReader(io.BytesIO(pdf)).embedded_signatures) == 1
    assert printing.applications.asked_by == {"service:documents"}
    [told] = await printing.rows("SELECT body FROM outbox", 1)
    assert view.sha256 in told["body"]
    assert "李雷" not in told["body"]
    assert (await printing.pdf(document, CLERK)).sha256 == view.sha256
    # What lies in the database is ciphertext.
    [row] = await printing.database.fetch("SELECT pdf FROM files")
    assert b"%PDF" not in row["pdf"]


async def test_a_voucher_is_printed_when_somebody_of_the_case_asks_and_for_nobody_else(
    printing: Printing,
) -> None:
    voucher = printing.applications.has(a_document(kind="receipt_voucher"))
    for stranger in (an_actor(Role.APPLICANT), an_actor(Role.CLERK, unit=OTHER_UNIT)):
        with pytest.raises(Refused, match="document_not_found"):
            await printing.ask("get_pdf", GetPdf(document_id=voucher.document_id), PdfView, stranger)
    assert (await printing.pdf(voucher, OWNER)).state == "ready"
    assert (await printing.verify(voucher)).state == "valid"


async def test_a_character_without_a_glyph_is_told_once_with_its_code_point(printing: Printing) -> None:
    document = printing.applications.has(a_document(name="李\ue000"))
    await printing.deliver(accepted(document))
    [row] = await printing.rows("SELECT failure_code, failure_zh FROM documents WHERE state = 'failed'", 1)
    [told] = await printing.rows("SELECT body FROM outbox", 1)
    assert "U+E000" in told["body"]
    assert "李" not in told["body"]
    assert row["failure_code"] == "glyph_missing"
    assert "U+E000" in row["failure_zh"]
    view = await printing.pdf(document, OWNER)
    assert (view.state, view.content) == ("void", None)
    shown = await printing.verify(document)
    assert (shown.state, shown.void_code) == ("void", "glyph_missing")
    # The next document is printed as ever, and so is the one that stands in for the void one.
    anew = printing.applications.has(a_document(name="李雷", number="亳人防许受〔2026〕13号"))
    reference = DocumentRefV1(
        document_id=anew.document_id, kind=anew.kind, number=anew.number, sha256=anew.sha256
    )
    event = DocumentReissuedV1(
        case_id=anew.case_id,
        case_no="11341600762764234C3000180002001202609180001",
        unit=UNIT,
        replaces=document.document_id,
        document=reference,
        reason_sha256="0" * 64,
        reissued_at=time.now(),
    )
    await printing.deliver(enveloped(event, anew.document_id))
    assert (await printing.pdf(anew, OWNER)).state == "ready"


async def test_a_text_that_is_not_the_one_that_was_sealed_is_not_printed(printing: Printing) -> None:
    document = a_document()
    sent = accepted(document)
    changed = a_document("您的申请不予受理。").lines
    printing.applications.has(document.model_copy(update={"lines": changed, "sha256": digest(changed)}))
    await printing.deliver(sent)
    [row] = await printing.rows("SELECT failure_code FROM documents WHERE state = 'failed'", 1)
    assert row["failure_code"] == "text_digest_differs"


async def test_while_applications_cannot_be_asked_the_document_waits(printing: Printing) -> None:
    document = a_document()
    await printing.deliver(accepted(document))
    await printing.rows("SELECT 1 FROM documents WHERE attempts > 0 AND lease_until IS NULL", 1)
    assert (await printing.verify(document)).state == "pending"
    printing.applications.has(document)
    await printing.rows("SELECT 1 FROM files", 1)


async def test_anybody_may_verify_without_learning_a_name_and_compare_a_file(printing: Printing) -> None:
    document = printing.applications.has(a_document())
    await printing.deliver(accepted(document))
    await printing.rows("SELECT 1 FROM files", 1)
    shown = await printing.verify(document)
    assert (shown.state, shown.number, shown.organ) == ("valid", document.number, document.organ)
    assert shown.issued_on == document.issued_on
    assert "本地试用签名" in (shown.signed_by or "")
    assert "李雷" not in shown.model_dump_json()

    assert shown.sha256 is not None
    for sha256, same in ((shown.sha256, True), ("0" * 64, False)):
        request = ComparePdf(document_id=document.document_id, sha256=sha256)
        found = await printing.ask("compare_pdf", request, Comparison, an_actor(Role.APPLICANT))
        assert found.same is same

    await printing.deliver(accepted(document, sequence=9, state="REVOKED"))
    await printing.rows("SELECT 1 FROM cases WHERE state = 'REVOKED'", 1)
    assert (await printing.verify(document)).state == "revoked"
    # An older event that comes late does not bring it back.
    await printing.deliver(accepted(document, sequence=3))
    await printing.deliver(accepted(printing.applications.has(a_document()), sequence=4))
    await printing.rows("SELECT 1 FROM files", 2)
    assert (await printing.verify(document)).state == "revoked"


async def test_killed_with_9_in_the_middle_every_document_has_one_pdf_and_one_event(
    printing: Printing,
) -> None:
    documents = [printing.applications.has(a_document(number=f"亳人防许受〔2026〕{n}号")) for n in range(20)]
    await printing.deliver(*(accepted(document, sequence=n) for n, document in enumerate(documents, 2)))
    for done in (3, 8):
        async with asyncio.timeout(60):
            while len(await printing.database.fetch("SELECT 1 FROM files")) < done:
                await asyncio.sleep(0.02)
        os.kill(printing.processes[-1].pid, signal.SIGKILL)
        # The lease of what was under way has to run out; a test need not wait for it.
        async with printing.database.transaction() as connection:
            await connection.execute("UPDATE documents SET lease_until = NULL WHERE state = 'waiting'")
        printing.start()
    await printing.rows("SELECT 1 FROM files", len(documents))
    told = await printing.database.fetch("SELECT subject FROM outbox")
    assert sorted(row["subject"] for row in told) == sorted(str(one.document_id) for one in documents)
    assert len(await printing.database.fetch("SELECT 1 FROM documents WHERE state = 'printed'")) == 20


async def test_the_pdf_of_a_document_can_never_be_changed(printing: Printing) -> None:
    document = printing.applications.has(a_document())
    await printing.deliver(accepted(document))
    await printing.rows("SELECT 1 FROM files", 1)
    for sql in ("UPDATE files SET pages = 9", "DELETE FROM files"):
        with pytest.raises(Exception, match="never changes"):
            async with printing.database.transaction() as connection:
                await connection.execute(sql)


async def test_each_method_answers_its_roles_and_no_others(printing: Printing) -> None:
    document_id = uuid4()
    calls: list[tuple[str, BaseModel, type[BaseModel], tuple[Role, ...]]] = [
        ("get_pdf", GetPdf(document_id=document_id), PdfView, READERS),
        ("verify_document", VerifyDocument(document_id=document_id), Verification, ANYBODY),
        ("compare_pdf", ComparePdf(document_id=document_id, sha256="0" * 64), Comparison, ANYBODY),
    ]
    for method, request, reply, roles in calls:
        for role in set(Role) - {Role.SYSTEM}:
            with pytest.raises(Refused) as caught:
                await printing.ask(method, request, reply, an_actor(role))
            expected = "not_found" if role in roles else "forbidden"
            assert caught.value.kind == expected, f"{method} as {role}"


async def test_no_name_reaches_the_log_of_the_process(printing: Printing) -> None:
    document = printing.applications.has(a_document(name="李雷\ue000"))
    await printing.deliver(accepted(document))
    await printing.rows("SELECT 1 FROM documents WHERE state = 'failed'", 1)
    log = printing.servers.log("documents-0").read_text(encoding="utf-8")
    assert "document_failed" in log
    assert "李雷" not in log
