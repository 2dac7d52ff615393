"""What the printer publishes and answers.

Nothing here names a person: a document is known by its id, kind and number, a PDF by its digest.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.messaging.envelope import Event

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# ready: the PDF is there; pending: it is being made; void: it could not be made and the number is void.
PdfState = Literal["ready", "pending", "void"]
# valid, void (it never came into force), pending (sealed, its PDF is being made), or what became of its case later.
VerifiedState = Literal["valid", "void", "pending", "revoked", "withdrawn_licence", "cancelled"]


class DocumentRenderedV1(Event):
    """A document was printed and signed; this PDF is the only one that there will ever be of it."""

    event_type: ClassVar[str] = "cn.tongban.documents.document_rendered.v1"

    document_id: UUID
    case_id: UUID
    kind: str
    number: str
    # SHA-256 of the sealed text that was printed, and of the signed PDF.
    text_sha256: str
    sha256: str
    size: int
    pages: int
    signed_by: str
    rendered_at: datetime


class DocumentFailedV1(Event):
    """A document can't be printed for good; its number becomes VOID.

    The sentences may name the code point of a character that no font has, and never the text around it.
    """

    event_type: ClassVar[str] = "cn.tongban.documents.document_failed.v1"

    document_id: UUID
    case_id: UUID
    kind: str
    number: str
    code: str
    zh: str
    en: str
    failed_at: datetime


PUBLISHED: tuple[type[Event], ...] = (DocumentRenderedV1, DocumentFailedV1)


class Request(BaseModel):
    """Base of every request: unknown fields are a fault of the caller."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GetPdf(Request):
    """The PDF of a document, for the people of its case and the staff of its unit; asked for, it is made."""

    document_id: UUID


class VerifyDocument(Request):
    """Whether such a document was issued; anybody may ask, by the id in the QR code."""

    document_id: UUID


class ComparePdf(Request):
    """Whether a file is the one that was signed."""

    document_id: UUID
    sha256: Sha256


class Reply(BaseModel):
    """Base of every reply; readers ignore what they do not know yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class PdfView(Reply):
    """The PDF, or where it stands; `content` is base64 and only there when the state is `ready`."""

    document_id: UUID
    state: PdfState
    number: str
    kind: str = ""
    content: str | None = Field(default=None, repr=False)
    sha256: str | None = None
    retry_after_seconds: int | None = None
    zh: str = ""
    en: str = ""


class Verification(Reply):
    """What anybody may know of a document: that it was issued, by whom and when, and whether it still holds."""

    document_id: UUID
    state: VerifiedState
    kind: str
    number: str
    title: str = ""
    organ: str = ""
    issued_on: date | None = None
    void_code: str | None = None
    sha256: str | None = None
    size: int | None = None
    signed_by: str | None = None


class Comparison(Reply):
    """Whether the file is the one that was signed."""

    document_id: UUID
    same: bool
