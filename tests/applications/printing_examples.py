"""Examples of the contracts of a document that is issued anew."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel

from services.applications.contracts import DocumentRefV1
from services.applications.contracts.printing import DocumentReissuedV1, ReissuedDocument
from shared.testing.actors import UNIT

_CASE = UUID("01900000-0000-7000-8000-0000000000c1")
_VOID = UUID("01900000-0000-7000-8000-0000000000d1")
_ANEW = UUID("01900000-0000-7000-8000-0000000000d2")
_NUMBER = "亳人防许受〔2026〕13号"

EVENTS: dict[str, Callable[[], BaseModel]] = {
    "document_reissued.v1": lambda: DocumentReissuedV1(
        case_id=_CASE,
        case_no="11341600762764234C3000180002001202609180001",
        unit=UNIT,
        replaces=_VOID,
        document=DocumentRefV1(document_id=_ANEW, kind="acceptance_notice", number=_NUMBER, sha256="1" * 64),
        reason_sha256="0" * 64,
        reissued_at=datetime(2026, 9, 18, 1, 2, 3, tzinfo=UTC),
    ),
}
VIEWS: dict[str, Callable[[], BaseModel]] = {
    "reissued_document": lambda: ReissuedDocument(
        case_id=_CASE, document_id=_ANEW, number=_NUMBER, replaces=_VOID
    ),
}
