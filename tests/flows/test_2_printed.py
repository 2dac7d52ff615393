"""From the seal to the paper: signed PDFs, their verification, and a number that becomes VOID and is issued anew."""

import hashlib
import io
from dataclasses import replace
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from deploy.demo.stage import Stage
from deploy.demo.visitors import Json
from services.gateway.demo_accounts import CLERK
from tests.flows.cases import case_of, somebody, submit_at_counter
from tests.flows.conftest import Rows

PURPOSE = {"purpose": "打印交申请人"}


def accepted(stage: Stage, name: str) -> tuple[str, Json]:
    """A case of somebody of this name, accepted at the counter, and its notice."""
    person = somebody()
    account = replace(person, name=name, person={**person.person, "name": name})
    receipt = submit_at_counter(stage, account)
    path = f"/counter/cases/{receipt['case_id']}/acceptance"
    stage.visitor(CLERK).post(path, version=receipt["version"])
    return receipt["case_id"], document_of(stage, receipt["case_id"], "acceptance_notice")


def document_of(stage: Stage, case_id: str, kind: str) -> Json:
    documents: list[Json] = case_of(stage, case_id)["documents"]
    return next(document for document in documents if document["kind"] == kind)


def pdf_of(stage: Stage, case_id: str, document_id: str) -> bytes:
    """The PDF, once it is printed."""

    def printed() -> bytes | None:
        path = f"/counter/cases/{case_id}/documents/{document_id}/pdf"
        answer = stage.visitor(CLERK).ask("POST", path, json=PURPOSE)
        assert answer.status_code in (200, 202), answer.text
        return answer.content if answer.status_code == 200 else None

    pdf = stage.eventually(printed, "文书印好", "the document to be printed")
    assert pdf is not None
    return pdf


def verified(stage: Stage, document_id: str) -> Json:
    return stage.passer_by.get(f"/public/documents/{document_id}")


def test_what_was_sealed_comes_as_a_signed_pdf_that_anybody_can_verify(stage: Stage, rows: Rows) -> None:
    case_id, notice = accepted(stage, "何无忧")
    voucher = document_of(stage, case_id, "receipt_voucher")
    for document in (notice, voucher):
        pdf = pdf_of(stage, case_id, document["document_id"])
        assert len(PdfFileReader(io.BytesIO(pdf)).embedded_signatures) == 1
        shown = verified(stage, document["document_id"])
        assert (shown["state"], shown["number"]) == ("valid", document["number"])
        assert shown["sha256"] == hashlib.sha256(pdf).hexdigest()
        assert "何无忧" not in str(shown)
    looks = rows("applications", "SELECT viewed FROM looks WHERE case_id = %s", case_id)
    assert {look["viewed"] for look in looks} >= {"document:acceptance_notice", "document:receipt_voucher"}


def test_a_name_that_no_font_can_draw_makes_the_number_void_and_it_is_issued_anew(stage: Stage) -> None:
    case_id, notice = accepted(stage, "何𖹀忧")

    def void() -> Json | None:
        document = document_of(stage, case_id, "acceptance_notice")
        return document if document["void_reason"] else None

    listed: Any = stage.eventually(void, "文号作废", "the number to become void")
    assert listed["number"] == notice["number"]
    assert "U+16E40" in listed["void_reason"]
    assert verified(stage, notice["document_id"])["state"] == "void"

    clerk = stage.visitor(CLERK)
    path = f"/counter/cases/{case_id}/documents/{notice['document_id']}/reissue"
    anew = clerk.post(path, {"reason": "已装字体"})
    assert anew["number"] != notice["number"]
    clerk.refused(path, {"reason": "已装字体"}, code="document_replaced")
    documents = case_of(stage, case_id)["documents"]
    assert [d["replaces"] for d in documents if d["document_id"] == anew["document_id"]] == [
        notice["document_id"]
    ]
    # The font is still missing, so this number becomes void as well; both stay listed.
    stage.eventually(
        lambda: verified_or_none(stage, anew["document_id"]), "新文号作废", "the new number to become void"
    )


def verified_or_none(stage: Stage, document_id: str) -> Json | None:
    """What is known of a document, once it is void."""
    answer = stage.passer_by.ask("GET", f"/public/documents/{document_id}")
    shown: Json = answer.json()
    return shown if answer.status_code == 200 and shown["state"] == "void" else None
