"""The printed form of a document: its signed PDF for those who may read it whole, and documents issued anew.

`applications` is asked for the document first: it decides who may read it unmasked, and records a look of the staff with
its purpose.  Only then is the printer asked for the file.
"""

import base64
import re
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.responses import Response

from services.applications.contracts.printing import ReissuedDocument, ReissueDocument
from services.documents import contracts as d
from services.gateway import cases, client, examples
from services.gateway.answers import Answer
from services.gateway.cases import CaseKey, File
from services.gateway.downloads import download
from services.gateway.forms import Form, Purpose
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.operations import Room, Visit, Who
from services.gateway.problems import Problem


class Reissue(Form):
    """Why a void document is issued anew."""

    reason: str = Field(min_length=2, max_length=500)


class NotReady(BaseModel):
    """The PDF is being made; ask again after the seconds that Retry-After names."""

    document_id: UUID
    state: str = "pending"
    detail: str
    detail_en: str


async def pdf(
    gateway: Gateway, visitor: Visitor, case_id: UUID, document_id: UUID, *, purpose: str | None = None
) -> d.PdfView:
    """The PDF of a document, or that it is still being made; raises `document_void` when there never will be one."""
    shown = await cases.document(gateway, visitor, CaseKey(case_id), document_id, purpose=purpose)
    if shown.masked:
        # The file shows everything, so it is only for those who may see everything.
        raise Problem("forbidden")
    view = await gateway.services.ask(visitor, client.GET_PDF, d.GetPdf(document_id=document_id))
    if view.state == "void":
        raise Problem("document_void", zh=view.zh, en=view.en)
    return view


def file_of(view: d.PdfView) -> File:
    """The PDF as a download, under its kind and what a file's name can hold of its number."""
    assert view.content is not None
    # 亳人防许准〔2026〕3号 gives decision_grant-2026-3.pdf: a header holds no Chinese.
    name = "-".join([view.kind or "document", *re.findall(r"[0-9A-Za-z]+", view.number)])
    return File(base64.b64decode(view.content), "application/pdf", f"{name}.pdf")


def pdf_answer(view: d.PdfView) -> Answer | Response:
    """200 with the file, or 202 and when to come again."""
    if view.state == "ready":
        return download(file_of(view))
    waiting = NotReady(document_id=view.document_id, detail=view.zh, detail_en=view.en)
    return Answer(waiting, status=202, headers={"retry-after": str(view.retry_after_seconds or 2)})


async def reissue(
    gateway: Gateway, visitor: Visitor, case_id: UUID, document_id: UUID, reason: str, command_id: UUID
) -> ReissuedDocument:
    """Issue a void document anew under the next number."""
    request = ReissueDocument(case_id=case_id, document_id=document_id, reason=reason)
    return await gateway.services.ask(visitor, client.REISSUE_DOCUMENT, request, command_id)


def add_own_pdf(room: Room, who: Who) -> None:
    """The PDF for the people of the case."""

    @room.get(
        "/cases/{case_id}/documents/{document_id}/pdf",
        who=who,
        zh="下载文书的 PDF（已签名）；尚未印制好时答 202",
        en="The signed PDF of a document; 202 while it is being made",
        raw_reply="application/pdf",
        later=NotReady,
        problems=("not_found", "document_void"),
    )
    async def get_pdf(visit: Visit) -> Answer | Response:
        case_id, document_id = visit.uuid("case_id"), visit.uuid("document_id")
        return pdf_answer(await pdf(visit.gateway, visit.visitor, case_id, document_id))


def add_staff_pdf(room: Room, who: Who) -> None:
    """The PDF for the staff, whose look is recorded with its purpose, and documents issued anew."""

    @room.post(
        "/cases/{case_id}/documents/{document_id}/pdf",
        who=who,
        zh="下载文书的 PDF（须说明用途，记入审计）；尚未印制好时答 202",
        en="The signed PDF of a document; the look is recorded with its purpose; 202 while it is being made",
        body=Purpose,
        raw_reply="application/pdf",
        later=NotReady,
        problems=("not_found", "document_void"),
        example=examples.PURPOSE,
    )
    async def get_pdf(visit: Visit) -> Answer | Response:
        case_id, document_id = visit.uuid("case_id"), visit.uuid("document_id")
        purpose = visit.body(Purpose).purpose
        return pdf_answer(await pdf(visit.gateway, visit.visitor, case_id, document_id, purpose=purpose))

    @room.post(
        "/cases/{case_id}/documents/{document_id}/reissue",
        who=who,
        zh="重新制发因印制失败而作废的文书（取新文号）",
        en="Issue a document anew that became void because it could not be printed",
        body=Reissue,
        reply=ReissuedDocument,
        idempotent=True,
        problems=("not_found", "document_not_void", "document_replaced"),
        example=examples.REISSUE,
    )
    async def reissue_document(visit: Visit) -> Answer:
        case_id, document_id = visit.uuid("case_id"), visit.uuid("document_id")
        reason = visit.body(Reissue).reason
        return Answer(
            await reissue(visit.gateway, visit.visitor, case_id, document_id, reason, visit.command)
        )
