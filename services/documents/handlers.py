"""One function for each thing that can happen to the printer; each runs in its caller's transaction."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.applications.contracts import CaseFacts
from services.applications.contracts.printing import DocumentForPrinting, DocumentReissuedV1
from services.documents import store
from services.documents.contracts import (
    ComparePdf,
    Comparison,
    GetPdf,
    PdfView,
    Verification,
    VerifiedState,
    VerifyDocument,
)
from services.documents.domain.errors import DocumentUnknown
from services.documents.store import ON_DEMAND, KnownCase, Wanted
from shared.database import Connection, Database
from shared.errors import Refused
from shared.identity import Actor, Role
from shared.messaging.consumer import Received
from shared.privacy import Keyring

STAFF = (Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
RETRY_AFTER_SECONDS = 2
# What becomes of a case after its closing and takes its documents' effect away (行政许可法 8, 69, 70).
_ENDED: dict[str, VerifiedState] = {
    "REVOKED": "revoked",
    "WITHDRAWN_LICENCE": "withdrawn_licence",
    "CANCELLED": "cancelled",
}
_STATES: dict[str, VerifiedState] = {"printed": "valid", "failed": "void", "waiting": "pending"}

AskText = Callable[[UUID], Awaitable[DocumentForPrinting]]


# --- events ------------------------------------------------------------------------------------------------------


async def take_events(connection: Connection, received: Sequence[Received], now: datetime) -> None:
    """Keep what the events say about their cases, and put their documents on the list."""
    facts = [(one.event, one.envelope.sequence) for one in received if isinstance(one.event, CaseFacts)]
    await store.keep_cases(connection, [_case(event, sequence) for event, sequence in facts])
    named = [(event.case_id, document) for event, _ in facts for document in event.documents]
    named += [
        (one.event.case_id, one.event.document)
        for one in received
        if isinstance(one.event, DocumentReissuedV1)
    ]
    await store.want(
        connection,
        [
            Wanted(document.document_id, case_id, document.kind, document.number, document.sha256)
            for case_id, document in named
            if document.kind not in ON_DEMAND
        ],
        now,
    )


def _case(event: CaseFacts, sequence: int) -> KnownCase:
    return KnownCase(event.case_id, sequence, event.state, event.unit, event.applicant_id, event.agent_id)


# --- reading -----------------------------------------------------------------------------------------------------


async def get_pdf(
    database: Database, actor: Actor, request: GetPdf, keyring: Keyring, ask_text: AskText, now: datetime
) -> PdfView:
    """The PDF for the people of its case and the staff of its unit; the first one to ask for a voucher has it made."""
    async with database.acquire() as connection:
        row = await store.one(connection, request.document_id)
    if row is None or row["case_state"] is None:
        row = await _put_on_list(database, request.document_id, ask_text, now)
    if row is None or not may_read(actor, row):
        raise DocumentUnknown
    content = None
    if row["state"] == "printed":
        async with database.acquire() as connection:
            content = await store.pdf(connection, request.document_id, keyring)
    return _pdf_view(row, content)


def may_read(actor: Actor, row: asyncpg.Record) -> bool:
    """Whether this document is in the actor's reach; a look of the staff was recorded by applications before."""
    if actor.has(*STAFF):
        return actor.unit is not None and actor.unit == row["unit"]
    person = actor.person_id
    return person is not None and person in (row["applicant_id"], row["agent_id"])


async def _put_on_list(
    database: Database, document_id: UUID, ask_text: AskText, now: datetime
) -> asyncpg.Record | None:
    try:
        asked = await ask_text(document_id)
    except Refused as refusal:
        if refusal.kind == "not_found":
            return None
        raise
    case = KnownCase(
        asked.case_id, asked.case_version, asked.case_state, asked.unit, asked.applicant_id, asked.agent_id
    )
    wanted = Wanted(asked.document_id, asked.case_id, asked.kind, asked.number, asked.sha256)
    async with database.transaction() as connection:
        await store.keep_cases(connection, [case])
        await store.want(connection, [wanted], now)
        return await store.one(connection, document_id)


def _pdf_view(row: asyncpg.Record, content: bytes | None) -> PdfView:
    common = {"document_id": row["document_id"], "number": row["number"], "kind": row["kind"]}
    if content is not None:
        return PdfView(
            **common, state="ready", content=base64.b64encode(content).decode(), sha256=row["sha256"].hex()
        )
    if row["state"] == "failed":
        return PdfView(**common, state="void", zh=row["failure_zh"], en=row["failure_en"])
    return PdfView(
        **common,
        state="pending",
        retry_after_seconds=RETRY_AFTER_SECONDS,
        zh="文书正在印制，请稍后再来下载。",
        en="The document is being printed; please come back in a moment.",
    )


async def verify(connection: Connection, request: VerifyDocument) -> Verification:
    """What anybody may know of a document."""
    row = await store.one(connection, request.document_id)
    if row is None:
        raise DocumentUnknown
    return Verification(
        document_id=row["document_id"],
        state=_state(row),
        kind=row["kind"],
        number=row["number"],
        title=row["title"],
        organ=row["organ"],
        issued_on=row["issued_on"],
        void_code=row["failure_code"],
        sha256=row["sha256"].hex() if row["sha256"] else None,
        size=row["size"],
        signed_by=row["signed_by"],
    )


def _state(row: asyncpg.Record) -> VerifiedState:
    own = _STATES[row["state"]]
    return _ENDED.get(row["case_state"], own) if own == "valid" else own


async def compare(connection: Connection, request: ComparePdf) -> Comparison:
    """Whether a file with this digest is the one that was signed."""
    row = await store.one(connection, request.document_id)
    if row is None or row["sha256"] is None:
        raise DocumentUnknown
    return Comparison(document_id=row["document_id"], same=row["sha256"].hex() == request.sha256)
