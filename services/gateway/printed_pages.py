"""Pages of the printed form: the PDF in each room that shows documents, and a void document issued anew."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway import printed
from services.gateway.conditions import command_id_of
from services.gateway.design.language import _
from services.gateway.design.render import page, see
from services.gateway.design.typed import parse, text_of
from services.gateway.downloads import download
from services.gateway.forms import Purpose
from services.gateway.identity.visitor import Visitor
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared.identity import Role

router = APIRouter()
# Each room of the staff with its role.
STAFF_ROOMS = {"desk": (Role.CLERK,), "review": (Role.APPROVER, Role.ORGAN_HEAD)}


@router.get("/my/cases/{case_id}/documents/{document_id}.pdf")
async def own_pdf(request: Request, case_id: UUID, document_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    return await _pdf(request, visitor, f"/my/cases/{case_id}", case_id, document_id, None)


@router.post("/desk/cases/{case_id}/documents/{document_id}.pdf")
async def desk_pdf(request: Request, case_id: UUID, document_id: UUID) -> Response:
    return await _staff_pdf(request, "desk", case_id, document_id)


@router.post("/review/cases/{case_id}/documents/{document_id}.pdf")
async def review_pdf(request: Request, case_id: UUID, document_id: UUID) -> Response:
    return await _staff_pdf(request, "review", case_id, document_id)


@router.post("/desk/cases/{case_id}/documents/{document_id}/reissue")
async def desk_reissue(request: Request, case_id: UUID, document_id: UUID) -> Response:
    return await _reissue(request, "desk", case_id, document_id)


@router.post("/review/cases/{case_id}/documents/{document_id}/reissue")
async def review_reissue(request: Request, case_id: UUID, document_id: UUID) -> Response:
    return await _reissue(request, "review", case_id, document_id)


async def _staff_pdf(request: Request, room: str, case_id: UUID, document_id: UUID) -> Response:
    visitor = await visitor_with(request, *STAFF_ROOMS[room])
    form = await checked_form(request)
    purpose = parse(Purpose, {"purpose": text_of(form, "purpose")}).purpose
    return await _pdf(request, visitor, f"/{room}/cases/{case_id}", case_id, document_id, purpose)


async def _pdf(
    request: Request, visitor: Visitor, case: str, case_id: UUID, document_id: UUID, purpose: str | None
) -> Response:
    view = await printed.pdf(gateway_of(request), visitor, case_id, document_id, purpose=purpose)
    if view.state == "ready":
        return download(printed.file_of(view))
    shown = await page(
        request,
        "document_pending.html",
        title=_("文书正在印制"),
        status=202,
        number=view.number,
        back=f"{case}/documents/{document_id}",
    )
    shown.headers["retry-after"] = str(view.retry_after_seconds or 2)
    return shown


async def _reissue(request: Request, room: str, case_id: UUID, document_id: UUID) -> Response:
    visitor = await visitor_with(request, *STAFF_ROOMS[room])
    form = await checked_form(request)
    reason = parse(printed.Reissue, {"reason": text_of(form, "reason")}).reason
    command_id = command_id_of(visitor.actor.id, "page.reissue", text_of(form, "key") or str(document_id))
    made = await printed.reissue(gateway_of(request), visitor, case_id, document_id, reason, command_id)
    return see(f"/{room}/cases/{case_id}/documents/{made.document_id}")
