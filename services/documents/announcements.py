"""The events of the printer as envelopes for the outbox: each document has exactly one, so its sequence is 1."""

from datetime import datetime
from uuid import uuid4

from services.documents.contracts import DocumentFailedV1, DocumentRenderedV1
from services.documents.domain.errors import CannotBePrinted
from services.documents.store import File, Wanted
from shared.identity import system_actor
from shared.messaging.envelope import Envelope, Event, envelope

NAME = "documents"
ITSELF = system_actor(NAME)


def rendered(wanted: Wanted, file: File, now: datetime) -> Envelope:
    """The document has its PDF."""
    event = DocumentRenderedV1(
        document_id=wanted.document_id,
        case_id=wanted.case_id,
        kind=wanted.kind,
        number=wanted.number,
        text_sha256=wanted.text_sha256,
        sha256=file.sha256.hex(),
        size=len(file.pdf),
        pages=file.pages,
        signed_by=file.signed_by,
        rendered_at=now,
    )
    return _wrap(event, wanted, now)


def failed(wanted: Wanted, fault: CannotBePrinted, now: datetime) -> Envelope:
    """The document will never have one."""
    event = DocumentFailedV1(
        document_id=wanted.document_id,
        case_id=wanted.case_id,
        kind=wanted.kind,
        number=wanted.number,
        code=fault.code,
        zh=fault.zh,
        en=fault.en,
        failed_at=now,
    )
    return _wrap(event, wanted, now)


def _wrap(event: Event, wanted: Wanted, now: datetime) -> Envelope:
    return envelope(
        event,
        source=f"/{NAME}",
        event_id=uuid4(),
        subject=str(wanted.document_id),
        sequence=1,
        recorded_at=now,
        actor=ITSELF,
    )
