"""Contracts between the case and the printer: a document's original for printing, and a document issued anew."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.applications.contracts.events import DocumentRefV1
from services.applications.contracts.fields import ShortText
from services.applications.contracts.requests import Request
from services.applications.contracts.views import DocumentLine, View
from shared.messaging.envelope import Event


class DocumentReissuedV1(Event):
    """A document that could not be printed was sealed anew under a new number; the old number stays as VOID.

    It changes nothing in the case, so it is a subject of its own and takes no version of the case.
    """

    event_type: ClassVar[str] = "cn.tongban.applications.document_reissued.v1"

    case_id: UUID
    case_no: str
    unit: str
    replaces: UUID
    document: DocumentRefV1
    # The reason is free text and stands encrypted in our database; its digest is here.
    reason_sha256: str
    reissued_at: datetime


EVENTS: tuple[type[Event], ...] = (DocumentReissuedV1,)


class GetDocumentForPrinting(Request):
    """The original of a document; only `documents` may ask."""

    document_id: UUID


class ReissueDocument(Request):
    """Seal a VOID document anew under the next number of its series, with the same text and the day of today."""

    case_id: UUID
    document_id: UUID
    reason: ShortText


class DocumentForPrinting(View):
    """The original as it was sealed, and whose case it belongs to."""

    document_id: UUID
    case_id: UUID
    case_version: int
    case_state: str
    unit: str
    applicant_id: UUID
    agent_id: UUID | None = None
    kind: str
    number: str
    title: str
    organ: str
    issued_on: date
    template_version: int
    lines: tuple[DocumentLine, ...]
    sha256: str


class ReissuedDocument(View):
    """The document that stands in for the void one."""

    case_id: UUID
    document_id: UUID
    number: str
    replaces: UUID
