"""What a question about a paper does besides its answer: take files at once, show them small, fetch them from a phone."""

import base64
import io
from uuid import UUID

import segno
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.applicant import applying, drafts, phone_uploads
from services.gateway.applicant.answers import Filling, paper_of, shown_values, take_files
from services.gateway.applicant.apply_pages import open_draft, question_page
from services.gateway.applicant.paper_files import ADVICE
from services.gateway.applicant.putting_aside import back_to
from services.gateway.design.language import _
from services.gateway.design.render import page, see
from services.gateway.design.typed import values_of
from services.gateway.limits import MANY_FILES_BYTES, form_with_files
from services.gateway.problems import Problem
from services.gateway.thumbnails import thumbnail
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared.identity import Role

router = APIRouter()


async def _open_paper(request: Request, draft_id: UUID, step: str) -> Filling:
    filling = await open_draft(request, draft_id, step)
    if filling.draft.sent or not step.startswith(applying.PAPER):
        raise Problem("not_found")
    paper_of(filling, step.removeprefix(applying.PAPER))
    return filling


@router.post("/drafts/{draft_id}/{step}/files")
async def add_files(request: Request, draft_id: UUID, step: str) -> Response:
    """Store what was chosen at once, while the page stays open; the answer itself is given with the page's button."""
    filling = await _open_paper(request, draft_id, step)
    form = await form_with_files(request, MANY_FILES_BYTES)
    faults = await take_files(filling, step, form)
    values = values_of(form) | {f"answer-{step}": "upload"}
    return await question_page(filling, step, shown_values(filling.draft) | values, faults)


@router.get("/drafts/{draft_id}/{step}/thumbnails/{upload_id}")
async def picture(request: Request, draft_id: UUID, step: str, upload_id: UUID) -> Response:
    """A small picture of one's own file."""
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    draft = await drafts.load(gateway, visitor.actor.id, draft_id)
    paper = draft.papers.get(step.removeprefix(applying.PAPER))
    if paper is None or upload_id not in {paper.upload_id, *(part.upload_id for part in paper.files)}:
        raise Problem("not_found")
    view = await gateway.uploads.get(visitor.actor.id, upload_id)
    return await thumbnail(gateway, view.digest, view.media_type)


@router.get("/drafts/{draft_id}/{step}/phone")
async def by_phone(request: Request, draft_id: UUID, step: str) -> Response:
    """The QR code for the phone, and what has come from it."""
    filling = await _open_paper(request, draft_id, step)
    code = step.removeprefix(applying.PAPER)
    gateway = gateway_of(request)
    link = await phone_uploads.current(gateway, filling.visitor.actor.id, draft_id, code)
    given = filling.draft.papers.get(code)
    address = f"{gateway.settings.address}/phone/{link.token}" if link else ""
    return await page(
        request,
        "applicant/phone.html",
        title=_("用手机拍照上传"),
        draft=filling.draft,
        paper=paper_of(filling, code),
        step=step,
        link=link,
        address=address,
        code=_qr_code(address) if link else None,
        came=await phone_uploads.photos(gateway, link) if link else [],
        given=given,
        advice=ADVICE,
        place=f"{filling.place}/{step}",
        returns=filling.returns,
    )


@router.post("/drafts/{draft_id}/{step}/phone")
async def begin_phone(request: Request, draft_id: UUID, step: str) -> Response:
    """A new link, which ends the one before."""
    filling = await _open_paper(request, draft_id, step)
    await checked_form(request)
    code = step.removeprefix(applying.PAPER)
    await phone_uploads.begin(gateway_of(request), filling.visitor.actor.id, draft_id, code)
    place, _mark, query = back_to(request, draft_id, step).partition("?")
    return see(f"{place}/phone" + (f"?{query}" if query else ""))


@router.post("/drafts/{draft_id}/{step}/phone/end")
async def end_phone(request: Request, draft_id: UUID, step: str) -> Response:
    """Take the link back; what came by it stays."""
    await _open_paper(request, draft_id, step)
    await checked_form(request)
    await phone_uploads.revoke(gateway_of(request), draft_id, step.removeprefix(applying.PAPER))
    return see(back_to(request, draft_id, step))


def _qr_code(address: str) -> str:
    """The address as a picture that needs no file of its own."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=3, scale=8, xmldecl=False, svgns=True
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}"
