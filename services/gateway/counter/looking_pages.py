"""Looking closer at the desk: people unmasked, documents in full, files. Every such look is recorded by its service."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway import cases
from services.gateway.counter.case_page import case_page, clerk_of
from services.gateway.design.render import page
from services.gateway.design.typed import Fault, faults_of, parse, text_of
from services.gateway.downloads import download
from services.gateway.forms import Purpose
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, gateway_of
from shared.errors import Refused

router = APIRouter()


@router.post("/desk/cases/{case_id}/reveal")
async def reveal(request: Request, case_id: UUID) -> Response:
    visitor = await clerk_of(request)
    form = await checked_form(request)
    try:
        purpose = parse(Purpose, {"purpose": text_of(form, "purpose")}).purpose
        parties = await cases.reveal(gateway_of(request), visitor, case_id, purpose)
    except (Problem, Refused) as error:
        return await case_page(request, case_id, faults=faults_of(error, {"purpose": "查看用途"}))
    return await case_page(request, case_id, revealed=parties)


@router.get("/desk/cases/{case_id}/documents/{document_id}")
async def document(request: Request, case_id: UUID, document_id: UUID) -> Response:
    visitor = await clerk_of(request)
    shown = await cases.document(gateway_of(request), visitor, cases.CaseKey(case_id), document_id)
    return await page(
        request,
        "counter/document.html",
        title=shown.title,
        room="desk",
        document=shown,
        back=f"/desk/cases/{case_id}",
        place=f"/desk/cases/{case_id}/documents/{document_id}",
    )


@router.post("/desk/cases/{case_id}/documents/{document_id}")
async def whole_document(request: Request, case_id: UUID, document_id: UUID) -> Response:
    """The document in full, to be printed for the applicant; the look is recorded with its purpose."""
    visitor = await clerk_of(request)
    form = await checked_form(request)
    faults: list[Fault] = []
    purpose: str | None = None
    try:
        purpose = parse(Purpose, {"purpose": text_of(form, "purpose")}).purpose
    except Problem as error:
        faults = faults_of(error, {"purpose": "查看用途"})
    shown = await cases.document(
        gateway_of(request), visitor, cases.CaseKey(case_id), document_id, purpose=purpose
    )
    return await page(
        request,
        "counter/document.html",
        title=shown.title,
        status=422 if faults else 200,
        faults=faults,
        room="desk",
        document=shown,
        back=f"/desk/cases/{case_id}",
        place=f"/desk/cases/{case_id}/documents/{document_id}",
    )


@router.get("/desk/cases/{case_id}/files/{upload_id}")
async def file(request: Request, case_id: UUID, upload_id: UUID) -> Response:
    visitor = await clerk_of(request)
    return download(await cases.file(gateway_of(request), visitor, cases.CaseKey(case_id), upload_id))
