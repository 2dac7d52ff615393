"""Documents towards the printer: who gets the original, numbers that became VOID, and documents issued anew."""

import asyncio
import base64
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.applications import contracts as v
from services.applications import handlers, looks
from services.applications.contracts.printing import (
    GetDocumentForPrinting,
    ReissuedDocument,
    ReissueDocument,
)
from services.applications.contracts.tolerating import GetSignature
from services.applications.domain.errors import DomainError
from services.applications.handlers import Doing
from services.applications.methods import printing as methods
from services.applications.methods.tolerating import get_signature
from services.applications.store import printing
from services.applications.store.printing import Void
from services.documents.workshop import digest_of
from shared import time
from shared.database import Connection
from shared.identity import Actor, Role, system_actor
from shared.messaging.commands import command
from shared.testing.actors import OTHER_UNIT, UNIT
from tests.applications.conftest import ALL_PAPERS, MAIN_PAPERS, Desk
from tests.applications.test_tolerance_flows import a_png

PRINTER = system_actor("documents")
VOID = Void("glyph_missing", "抬头中有一个字（U+E000）所配置的字体都没有。", "U+E000 has no glyph.")


async def accepted(desk: Desk) -> tuple[UUID, v.DocumentReference]:
    """An accepted case and its notice."""
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    request = v.AcceptCase(case_id=receipt.case_id, expected_version=1)
    await desk.do(handlers.accept_case, desk.clerk, request)
    case = await desk.view(receipt.case_id)
    return case.case_id, next(one for one in case.documents if one.kind == "acceptance_notice")


async def make_void(desk: Desk, document_id: UUID) -> bool:
    async with desk.database.transaction() as connection:
        return await printing.mark_void(connection, document_id, VOID, time.now())


async def reissue(
    desk: Desk, case_id: UUID, document_id: UUID, actor: Actor | None = None
) -> ReissuedDocument:
    request = ReissueDocument(case_id=case_id, document_id=document_id, reason="张三丰的名字已能印制")

    async def run(connection: Connection) -> ReissuedDocument:
        return await methods.reissue_document(Doing(desk.office, connection, actor or desk.clerk), request)

    this = command(uuid4(), "applications.reissue_document", request)
    reissued: ReissuedDocument = await desk.office.commands.run_once(
        desk.database, this, ReissuedDocument, run
    )
    return reissued


async def test_the_printer_gets_the_original_with_its_digest_and_nobody_else_does(desk: Desk) -> None:
    case_id, notice = await accepted(desk)
    request = GetDocumentForPrinting(document_id=notice.document_id)
    original = await desk.ask(methods.document_for_printing, PRINTER, request)
    assert (original.case_id, original.number, original.unit) == (case_id, notice.number, UNIT)
    assert "张三丰" in str(original.lines)
    assert digest_of(original) == original.sha256
    for actor in (desk.clerk, desk.zhang, system_actor("notifications")):
        with pytest.raises(DomainError, match="only_documents"):
            await desk.ask(methods.document_for_printing, actor, request)
    with pytest.raises(DomainError, match="document_not_found"):
        await desk.ask(methods.document_for_printing, PRINTER, GetDocumentForPrinting(document_id=uuid4()))


async def test_every_event_names_the_documents_that_were_sealed_with_it(desk: Desk) -> None:
    _, notice = await accepted(desk)
    request = GetDocumentForPrinting(document_id=notice.document_id)
    original = await desk.ask(methods.document_for_printing, PRINTER, request)
    bodies = await desk.database.fetch("SELECT body FROM outbox ORDER BY id")
    assert original.sha256 in bodies[-1]["body"]
    assert notice.number in bodies[-1]["body"]
    assert "receipt_voucher" in bodies[0]["body"]


async def test_a_number_that_became_void_stays_listed_with_its_reason(desk: Desk) -> None:
    case_id, notice = await accepted(desk)
    assert await make_void(desk, notice.document_id)
    assert not await make_void(desk, notice.document_id), "the first reason stays"
    assert not await make_void(desk, uuid4())
    listed = next(d for d in (await desk.view(case_id)).documents if d.document_id == notice.document_id)
    assert (listed.number, listed.void_reason, listed.void_reason_en) == (notice.number, VOID.zh, VOID.en)
    request = v.GetDocument(case_id=case_id, document_id=notice.document_id)
    assert (await desk.ask(looks.get_document, desk.zhang, request)).void_reason == VOID.zh


async def test_a_void_document_is_issued_anew_under_the_next_number_with_the_same_text(desk: Desk) -> None:
    case_id, notice = await accepted(desk)
    await make_void(desk, notice.document_id)
    version = (await desk.view(case_id)).version
    anew = await reissue(desk, case_id, notice.document_id)

    assert anew.number == notice.number.replace("〕1号", "〕2号")
    case = await desk.view(case_id)
    assert case.version == version
    assert [d.replaces for d in case.documents if d.document_id == anew.document_id] == [notice.document_id]
    before, after = [
        await desk.ask(methods.document_for_printing, PRINTER, GetDocumentForPrinting(document_id=one))
        for one in (notice.document_id, anew.document_id)
    ]
    changed = {line.style for line, new in zip(before.lines, after.lines, strict=True) if line != new}
    assert changed == {"number"}
    assert digest_of(after) == after.sha256 != before.sha256
    # The printer hears of it, and the reason, which is free text, does not leave.
    told = (await desk.database.fetch("SELECT body FROM outbox ORDER BY id"))[-1]["body"]
    assert after.sha256 in told
    assert "document_reissued.v1" in told
    assert "张三丰" not in told
    masked = await desk.ask(
        looks.get_document, desk.clerk, v.GetDocument(case_id=case_id, document_id=anew.document_id)
    )
    assert masked.masked
    assert anew.number in str(masked.lines)


async def test_the_day_of_a_document_issued_anew_is_the_day_it_is_sealed(desk: Desk, clock: Any) -> None:
    case_id, notice = await accepted(desk)
    await make_void(desk, notice.document_id)
    clock.move(days=3)
    anew = await reissue(desk, case_id, notice.document_id)
    original = await desk.ask(
        methods.document_for_printing, PRINTER, GetDocumentForPrinting(document_id=anew.document_id)
    )
    assert original.issued_on == time.today()
    assert original.lines[-1].text == f"{time.today():%Y}年{time.today().month}月{time.today().day}日"


async def test_what_is_not_void_or_was_replaced_or_belongs_to_others_is_not_issued_anew(desk: Desk) -> None:
    case_id, notice = await accepted(desk)
    with pytest.raises(DomainError, match="document_not_void"):
        await reissue(desk, case_id, notice.document_id)
    await make_void(desk, notice.document_id)
    stranger = Actor("staff:stranger", frozenset({Role.CLERK}), OTHER_UNIT)
    with pytest.raises(DomainError, match="case_not_found"):
        await reissue(desk, case_id, notice.document_id, stranger)
    with pytest.raises(DomainError, match="document_not_found"):
        await reissue(desk, case_id, uuid4())
    await reissue(desk, case_id, notice.document_id)
    with pytest.raises(DomainError, match="document_replaced"):
        await reissue(desk, case_id, notice.document_id)


async def test_of_two_who_issue_one_document_anew_at_once_one_does_and_no_number_is_lost(desk: Desk) -> None:
    case_id, notice = await accepted(desk)
    await make_void(desk, notice.document_id)
    done = await asyncio.gather(
        *(reissue(desk, case_id, notice.document_id) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, ReissuedDocument) for one in done) == 1
    assert {one.code for one in done if isinstance(one, DomainError)} == {"document_replaced"}
    _, other = await accepted(desk)
    assert other.number.endswith("〕3号")


async def test_what_belongs_to_the_submission_is_issued_anew_and_keeps_its_drawn_signature(
    desk: Desk,
) -> None:
    request = desk.tolerant(*MAIN_PAPERS, "A01-08")
    assert request.undertaking is not None
    drawn = request.undertaking.model_copy(update={"drawn": base64.b64encode(a_png()).decode()})
    receipt = await desk.submit(request.model_copy(update={"undertaking": drawn}))
    assert {document.kind for document in receipt.documents} == {"receipt_voucher", "undertaking"}
    ask = GetSignature(case_id=receipt.case_id, promise="undertaking")
    before = await desk.ask(get_signature, desk.zhang, ask)
    for document in receipt.documents:
        await make_void(desk, document.document_id)
        anew = await reissue(desk, receipt.case_id, document.document_id)
        assert anew.number not in {one.number for one in receipt.documents}
    # Whatever order the database gives rows in: here the signed one stands behind the one issued anew.
    for version in (2, 1):
        sql = "UPDATE documents SET case_version = $1 WHERE signature IS NOT NULL"
        await desk.database.fetch(sql, version)
    assert await desk.ask(get_signature, desk.zhang, ask) == before
