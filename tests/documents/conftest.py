"""A press in the configured faces, papers, and a migrated database."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.applications.contracts.printing import DocumentForPrinting
from services.applications.contracts.views import DocumentLine
from services.documents.presses import Press, PressOptions
from services.documents.settings import DocumentsSettings
from shared.database import Database
from shared.testing.actors import UNIT

URL = "https://tongban.example.gov.cn"
APPLICANT = UUID("01900000-0000-8000-8000-0000000000a1")
CASE = UUID("01900000-0000-7000-8000-0000000000c1")


def documents_settings(**changes: Any) -> DocumentsSettings:
    fields: dict[str, Any] = {
        "mode": "test",
        "secrets_dir": "/nonexistent",
        "amqp_url": "amqp://unused",
        "private_port": 0,
        "database_url": "postgresql://unused",
        "public_url": URL,
    }
    return DocumentsSettings(**fields | changes)


def press_options(**changes: Any) -> PressOptions:
    return replace(documents_settings().press_options(), **changes)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def press() -> AsyncIterator[Press]:
    """One for the tests of a module, which run on one loop: loading the fonts is most of a short test."""
    made = Press(press_options())
    yield made
    await made.stop()


@pytest.fixture
async def database(database_for: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(database_for("documents"))
    await opened.start()
    yield opened
    await opened.stop()


def a_document(
    *texts: str, name: str = "李雷", kind: str = "acceptance_notice", **changes: Any
) -> DocumentForPrinting:
    """The original of a document as applications gives it."""
    lines = (
        DocumentLine(style="title", text="受理通知书"),
        DocumentLine(style="number", text="亳人防许受〔2026〕12号"),
        DocumentLine(style="addressee", text=f"{name}："),
        DocumentLine(style="field", text=name, label="申请人"),
        *(DocumentLine(style="text", text=text) for text in texts or ("您的申请予以受理。",)),
        DocumentLine(style="signature", text="亳州市国防动员办公室"),
        DocumentLine(style="date", text="2026年9月18日"),
    )
    fields: dict[str, Any] = {
        "document_id": uuid4(),
        "case_id": CASE,
        "case_version": 2,
        "case_state": "ACCEPTED",
        "unit": UNIT,
        "applicant_id": APPLICANT,
        "kind": kind,
        "number": "亳人防许受〔2026〕12号",
        "title": "受理通知书",
        "organ": "亳州市国防动员办公室",
        "issued_on": date(2026, 9, 18),
        "template_version": 1,
        "lines": lines,
        "sha256": digest(lines),
    }
    return DocumentForPrinting(**fields | changes)


def digest(lines: tuple[DocumentLine, ...]) -> str:
    text = json.dumps(
        [(line.style, line.label, line.text) for line in lines], ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()
