"""Between the case and the printer: the original of a document, numbers that became VOID, documents issued anew."""

import hashlib

from services.applications import access
from services.applications.contracts.events import DocumentRefV1
from services.applications.contracts.printing import (
    DocumentForPrinting,
    DocumentReissuedV1,
    GetDocumentForPrinting,
    ReissuedDocument,
    ReissueDocument,
)
from services.applications.contracts.views import DocumentLine
from services.applications.domain.documents import titles
from services.applications.domain.errors import DomainError, NotAllowed, NotFound, case_not_found
from services.applications.handlers import Doing
from services.applications.ids import new_id
from services.applications.methods.base import Methods
from services.applications.publishing import SOURCE
from services.applications.store import cases, documents, printing
from services.applications.store.cases import EVERYTHING, StoredCase
from services.applications.store.documents import SealedDocument
from services.applications.store.printing import Void
from services.documents.contracts import DocumentFailedV1
from shared import time
from shared.database import Connection
from shared.identity import Role
from shared.messaging import outbox
from shared.messaging.commands import command as one_time
from shared.messaging.envelope import envelope
from shared.runtime import Call, Received, consumes, rpc


class PrintingMethods(Methods):
    """Between the case and the printer."""

    @rpc(Role.SYSTEM)
    async def document_for_printing(self, call: Call, request: GetDocumentForPrinting) -> DocumentForPrinting:
        """The original of a document, for the printer alone."""
        return await self._ask(call, request, document_for_printing)

    @rpc(Role.CLERK, Role.APPROVER)
    async def reissue_document(self, call: Call, request: ReissueDocument) -> ReissuedDocument:
        """Issue a VOID document anew under the next number."""

        async def run(connection: Connection) -> ReissuedDocument:
            return await reissue_document(
                Doing(self._office, connection, call.actor, call.traceparent), request
            )

        this = one_time(access.command_id_of(call), call.operation, request)
        reissued: ReissuedDocument = await self.runtime.commands.run_once(
            self.runtime.database, this, ReissuedDocument, run
        )
        return reissued

    @consumes(DocumentFailedV1)
    async def on_document_failed(self, connection: Connection, received: Received) -> None:
        """Keep the number of a document that could not be printed as VOID."""
        failed = received.event
        void = Void(failed.code, failed.zh, failed.en)
        await printing.mark_void(connection, failed.document_id, void, time.now())


async def document_for_printing(doing: Doing, request: GetDocumentForPrinting) -> DocumentForPrinting:
    """The original as it was sealed; it holds names and texts, so only the printer may ask."""
    if doing.actor.id != "service:documents":
        raise NotAllowed(
            "only_documents", "只有文书印制服务可以取得文书原文。", "Only the printer may ask for this."
        )
    row = await printing.by_id(doing.connection, request.document_id)
    stored = None if row is None else await cases.load(doing.connection, row["case_id"], EVERYTHING)
    if row is None or stored is None:
        raise _no_document()
    title, _ = titles(row["kind"], is_licence=row["values"]["is_licence"])
    return DocumentForPrinting(
        document_id=row["id"],
        case_id=row["case_id"],
        case_version=stored.case.version,
        case_state=stored.case.state.value,
        unit=stored.case.unit,
        applicant_id=stored.case.applicant_id,
        agent_id=stored.case.agent_id,
        kind=row["kind"],
        number=row["number"],
        title=title,
        organ=row["values"].get("organ", ""),
        issued_on=row["issued_on"],
        template_version=row["template_version"],
        lines=tuple(
            DocumentLine.model_validate({"style": line.style, "text": line.text, "label": line.label})
            for line in doing.office.documents.open(row)
        ),
        sha256=row["sha256"].hex(),
    )


def _no_document() -> NotFound:
    return NotFound(
        "document_not_found", "没有找到这份文书。", "There is no such document.", pointer="/document_id"
    )


async def reissue_document(doing: Doing, request: ReissueDocument) -> ReissuedDocument:
    """Seal a void document anew; the case is locked, so that two members of staff do not both do it."""
    scope = access.scope_of(doing.actor)
    stored = await cases.load(doing.connection, request.case_id, scope, lock=True)
    if stored is None:
        raise case_not_found()
    row = await documents.one(doing.connection, request.case_id, request.document_id)
    if row is None:
        raise _no_document()
    if row["voided_at"] is None:
        raise DomainError(
            "document_not_void",
            "这份文书没有作废，不需要重新制发。",
            "This document is not void, so there is nothing to issue anew.",
            pointer="/document_id",
        )
    if await printing.is_replaced(doing.connection, request.document_id):
        raise DomainError(
            "document_replaced",
            "这份作废的文书已经重新制发过，请查看新的文书。",
            "This void document was issued anew already; see the one that replaced it.",
            pointer="/document_id",
        )
    at = time.now()
    today = time.shanghai(at).date()
    sealed = await doing.office.documents.seal_anew(doing.connection, row, on=today, at=at)
    reason = doing.office.keyring.encrypt(request.reason, context=f"reissue:{sealed.id}")
    await printing.insert_replacement(
        doing.connection, sealed, request.document_id, doing.actor.id, reason, at
    )
    await _tell(doing, stored, sealed, request)
    return ReissuedDocument(
        case_id=stored.case.id,
        document_id=sealed.id,
        number=sealed.number,
        replaces=request.document_id,
    )


async def _tell(doing: Doing, stored: StoredCase, sealed: SealedDocument, request: ReissueDocument) -> None:
    at = time.now()
    reference = DocumentRefV1(
        document_id=sealed.id, kind=sealed.kind, number=sealed.number, sha256=sealed.sha256.hex()
    )
    event = DocumentReissuedV1(
        case_id=stored.case.id,
        case_no=stored.case.case_no,
        unit=stored.case.unit,
        replaces=request.document_id,
        document=reference,
        reason_sha256=hashlib.sha256(f"{sealed.id}:{request.reason}".encode()).hexdigest(),
        reissued_at=at,
    )
    # As a look, it is a subject of its own and takes no version of the case.
    told = envelope(
        event,
        source=SOURCE,
        event_id=new_id(at),
        subject=str(sealed.id),
        sequence=1,
        recorded_at=at,
        actor=doing.actor,
        traceparent=doing.traceparent,
    )
    await outbox.add(doing.connection, [told])
