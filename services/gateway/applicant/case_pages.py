"""My cases: the list, one case with its way and its dates, its documents, its papers, and the notices."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.applications import contracts as c
from services.gateway import cases, supplying
from services.gateway.applicant import actions, drafts, helping, large_print, possible, rating_pages
from services.gateway.applicant.asking import ASKINGS
from services.gateway.applicant.receipt import receipt_of
from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import faults_of, number_of, text_of, values_of
from services.gateway.downloads import download
from services.gateway.forms import Supply
from services.gateway.limits import MANY_FILES_BYTES, form_with_files
from services.gateway.problems import Problem
from services.gateway.progress import stations_of, status_of
from services.gateway.thumbnails import thumbnail
from services.gateway.visits import checked_form, gateway_of, visitor_with
from services.notifications import contracts as n
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
PER_PAGE = 20
# What the page answers after something was asked for or said.
_SAID = {
    **{name: asking.done for name, asking in ASKINGS.items()},
    "rated": N_("谢谢您的评价，已记录在案"),
    "withdrawn": N_("申请已撤回"),
}


@router.get("/my/cases")
async def mine(request: Request, cursor: str | None = None) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    scope = f"page.my_cases\n{visitor.actor.id}"
    inner = gateway.cursors.open(cursor, scope) if cursor else None
    lines: c.CasePage | None
    try:
        lines = await actions.my_cases(gateway, visitor, inner, PER_PAGE)
    except Refused as refusal:
        if refusal.kind != "unavailable":
            raise
        lines = None
    following = gateway.cursors.seal(lines.next_cursor, scope) if lines and lines.next_cursor else None
    return await page(
        request,
        "applicant/cases.html",
        title=_("我的办件"),
        lines=lines,
        following=following,
        begun=await drafts.unsent(gateway, visitor.actor.id),
        deleted=request.query_params.get("deleted") == "1",
        large_print_offered=await large_print.offered(gateway, visitor),
    )


@router.get("/my/cases/{case_id}")
async def case(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    found = await cases.view(gateway, visitor, cases.CaseKey(case_id), explain=True)
    said = request.query_params.get("said", "")
    return await page(
        request,
        "applicant/case.html",
        title=_("我的办件"),
        case=found,
        now=status_of(found),
        stations=stations_of(found),
        messages=await _messages(request, case_id),
        place=f"/my/cases/{case_id}",
        supplied=request.query_params.get("supplied") == "1",
        lacking=len(supplying.asked_for(found)),
        said=_(_SAID[said]) if said in _SAID else "",
        poorly_rated=found.rating is not None and found.rating.level in rating_pages.POOR_LEVELS,
        levels=rating_pages.LEVELS,
        choices=possible.choices(found),
        withdrawable=possible.withdrawable(found),
        helps=await helping.acts_for(gateway, visitor, found),
    )


@router.get("/my/cases/{case_id}/receipt")
async def receipt(request: Request, case_id: UUID) -> Response:
    """The receipt, still there when bookmarked; printed it is one sheet."""
    visitor = await visitor_with(request, Role.APPLICANT)
    shown = await receipt_of(gateway_of(request), visitor, case_id)
    return await page(
        request, "applicant/receipt.html", title=_("收件凭证"), receipt=shown, place=f"/my/cases/{case_id}"
    )


async def _messages(request: Request, case_id: UUID) -> n.MessagePage | None:
    visitor = await visitor_with(request, Role.APPLICANT)
    try:
        return await actions.case_messages(gateway_of(request), visitor, case_id, None, 50)
    except Refused:
        return None


@router.get("/my/cases/{case_id}/documents/{document_id}")
async def document(request: Request, case_id: UUID, document_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    shown = await cases.document(gateway_of(request), visitor, cases.CaseKey(case_id), document_id)
    back = f"/my/cases/{case_id}"
    pdf = None if shown.masked or shown.void_reason else f"{back}/documents/{document_id}.pdf"
    return await page(request, "document.html", title=shown.title, document=shown, back=back, pdf=pdf)


@router.get("/my/cases/{case_id}/files/{upload_id}")
async def file(request: Request, case_id: UUID, upload_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    return download(await cases.file(gateway_of(request), visitor, cases.CaseKey(case_id), upload_id))


@router.get("/my/cases/{case_id}/files/{upload_id}/thumbnail")
async def small_picture(request: Request, case_id: UUID, upload_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    found = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    for paper in found.check.materials:
        if paper.upload_id == upload_id and paper.digest is not None:
            return await thumbnail(gateway, paper.digest, paper.media_type or "")
    raise Problem("not_found")


@router.get("/my/cases/{case_id}/papers")
async def papers(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    found = await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id))
    return await supplying.form_page(request, found, back=f"/my/cases/{case_id}")


@router.post("/my/cases/{case_id}/papers")
async def supply(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    form = await form_with_files(request, MANY_FILES_BYTES)
    found = await cases.view(gateway, visitor, cases.CaseKey(case_id))

    async def put(content: bytes, name: str | None, command_id: UUID) -> UUID:
        return (await gateway.uploads.add(visitor.actor.id, content, name, command_id)).upload_id

    async def send(given: supplying.Given) -> c.CaseReceipt:
        handed_in = Supply(materials=given.papers)
        return await actions.supply(gateway, visitor, case_id, given.version, handed_in, given.command_id)

    place = f"/my/cases/{case_id}"
    return await supplying.take(request, found, form, put, send, back=place, after=place)


@router.get("/my/cases/{case_id}/withdraw")
async def ask_withdrawal(request: Request, case_id: UUID) -> Response:
    return await _withdrawal_page(request, case_id)


async def _withdrawal_page(
    request: Request, case_id: UUID, error: Exception | None = None, values: dict[str, str] | None = None
) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    found = await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id))
    return await page(
        request,
        "applicant/withdraw.html",
        title=_("撤回申请"),
        status=422 if error else 200,
        faults=faults_of(error, {"reason": _("撤回原因")}) if error else [],
        values=values,
        case=found,
        withdrawable=possible.withdrawable(found),
    )


@router.post("/my/cases/{case_id}/withdraw")
async def withdraw(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    form = await checked_form(request)
    command_id = command_id_of(visitor.actor.id, "page.withdraw", text_of(form, "key"))
    try:
        await cases.withdraw(
            gateway_of(request),
            visitor,
            case_id,
            number_of(form, "version") or 1,
            text_of(form, "reason") or None,
            command_id,
        )
    except (Problem, Refused) as error:
        return await _withdrawal_page(request, case_id, error, values_of(form))
    return see(f"/my/cases/{case_id}?said=withdrawn")


@router.get("/my/inbox")
async def inbox(request: Request, cursor: str | None = None) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    scope = f"page.inbox\n{visitor.actor.id}"
    inner = gateway.cursors.open(cursor, scope) if cursor else None
    messages: n.MessagePage | None
    try:
        messages = await actions.inbox(gateway, visitor, inner, PER_PAGE)
    except Refused as refusal:
        if refusal.kind != "unavailable":
            raise
        messages = None
    following = (
        gateway.cursors.seal(messages.next_cursor, scope) if messages and messages.next_cursor else None
    )
    return await page(
        request, "applicant/inbox.html", title=_("我的通知"), messages=messages, following=following
    )


@router.post("/my/inbox/{message_id}/read")
async def mark_read(request: Request, message_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    await checked_form(request)
    message = await actions.mark_read(gateway_of(request), visitor, message_id)
    return see(f"/my/cases/{message.case_id}")
