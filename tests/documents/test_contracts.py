"""One example of each contract of printing, written down: consumers test against the same files.

After a field was added on purpose, `TONGBAN_WRITE_EXAMPLES=1 pytest tests/documents/test_contracts.py` writes them again.
"""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import BaseModel

from services.documents.contracts import (
    PUBLISHED,
    Comparison,
    DocumentFailedV1,
    DocumentRenderedV1,
    PdfView,
    Verification,
)
from shared.messaging.envelope import Event
from tests.documents.conftest import a_document

FOLDER = Path(__file__).parent.parent / "contracts"
AT = datetime(2026, 9, 18, 1, 2, 3, tzinfo=UTC)
CASE = UUID("01900000-0000-7000-8000-0000000000c1")
DOCUMENT = UUID("01900000-0000-7000-8000-0000000000d1")
NUMBER = "亳人防许受〔2026〕12号"

EXAMPLES: dict[str, BaseModel] = {
    "documents/document_rendered.v1": DocumentRenderedV1(
        document_id=DOCUMENT,
        case_id=CASE,
        kind="acceptance_notice",
        number=NUMBER,
        text_sha256="1" * 64,
        sha256="2" * 64,
        size=180_000,
        pages=1,
        signed_by="CN=某机关电子印章,O=某机关,C=CN",
        rendered_at=AT,
    ),
    "documents/document_failed.v1": DocumentFailedV1(
        document_id=DOCUMENT,
        case_id=CASE,
        kind="acceptance_notice",
        number=NUMBER,
        code="glyph_missing",
        zh="抬头中有一个字（U+E000）所配置的字体都没有。",
        en="The addressee holds a character (U+E000) that none of the configured fonts has.",
        failed_at=AT,
    ),
    "documents/pdf_view": PdfView(
        document_id=DOCUMENT,
        state="ready",
        number=NUMBER,
        kind="acceptance_notice",
        content="JVBERi0xLjc=",
        sha256="2" * 64,
    ),
    "documents/verification": Verification(
        document_id=DOCUMENT,
        state="valid",
        kind="acceptance_notice",
        number=NUMBER,
        title="受理通知书",
        organ="亳州市国防动员办公室",
        issued_on=date(2026, 9, 18),
        sha256="2" * 64,
        size=180_000,
        signed_by="CN=某机关电子印章,O=某机关,C=CN",
    ),
    "documents/comparison": Comparison(document_id=DOCUMENT, same=True),
    "applications/document_for_printing": a_document(document_id=DOCUMENT),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_contract_looks_as_it_was_written_down(name: str) -> None:
    file = FOLDER / f"{name}.json"
    if os.environ.get("TONGBAN_WRITE_EXAMPLES"):
        file.parent.mkdir(exist_ok=True)
        content = EXAMPLES[name].model_dump(mode="json")
        file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
    assert json.loads(file.read_text("utf-8")) == EXAMPLES[name].model_dump(mode="json")


def test_every_published_event_has_an_example() -> None:
    named = {type(example) for example in EXAMPLES.values() if isinstance(example, Event)}
    assert set(PUBLISHED) <= named
