"""The pages by which a matter goes from one device to another: a QR code to scan, and what the phone then shows."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway import case_pass
from services.gateway.applicant import drafts
from services.gateway.counter import handing_over, holding
from services.gateway.counter.case_page import clerk_of
from services.gateway.counter.handing_over import Handover, Kind
from services.gateway.counter.holding import Intake
from services.gateway.design.drawing import qr_code
from services.gateway.design.language import _
from services.gateway.design.render import page, see, sign_in_first
from services.gateway.forms import CaseCode
from services.gateway.identity.own import own_identity
from services.gateway.identity.throttle import Limit, address_of
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, current_visitor, gateway_of, visitor_with
from shared.identity import Role

router = APIRouter()
# Wrong links of one address; a link is far too long to be guessed, and nobody shall try.
TAKING = Limit("handover", 20)


async def phone_page(request: Request, kind: Kind, intake: Intake, *, back: str) -> Response:
    """The QR code of a new link to this matter, drawn once and kept nowhere."""
    visitor = await clerk_of(request)
    token = await handing_over.offer(gateway_of(request), kind, intake.id, visitor.actor.id)
    link = f"{gateway_of(request).settings.address}/take/{token}"
    return await page(
        request,
        "counter/phone.html",
        title=_("交到申请人手机"),
        room="new",
        kind=kind,
        intake=intake,
        token=token,
        qr=qr_code(link, scale=5),
        minutes=int(handing_over.LIVES.total_seconds() // 60),
        back=back,
    )


@router.post("/desk/cases/{case_id}/phone")
async def case_to_phone(request: Request, case_id: UUID) -> Response:
    """A case that was begun at this desk: its status and its supply page, on the applicant's phone."""
    visitor = await clerk_of(request)
    await checked_form(request)
    intake = await holding.of_case(gateway_of(request), visitor.actor.id, case_id)
    if intake is None or intake.handed_in is None or intake.handed_in.access_code is None:
        raise Problem(
            "not_found",
            zh="这个办件不是在本窗口收件的，请申请人用收件凭证上的编号和查询码查询。",
            en="This case was not taken in at this desk; its voucher has the number and the code to look it up.",
        )
    return await phone_page(request, "case_to_phone", intake, back=f"/desk/cases/{case_id}")


@router.get("/take/{token}")
async def offered(request: Request, token: str) -> Response:
    """What the link leads to; nothing is spent by looking, for messengers look ahead at links."""
    found = await _look(request, token)
    visitor = await current_visitor(request)
    if found.kind == "intake_to_phone" and not visitor.has(Role.APPLICANT):
        return sign_in_first(request)
    return await page(
        request,
        "counter/taken.html",
        title=_("接收办件"),
        kind=found.kind,
        token=token,
    )


async def _look(request: Request, token: str) -> Handover:
    gateway, address = gateway_of(request), address_of(request.scope)
    await gateway.throttle.count(TAKING, address)
    found = await handing_over.look(gateway, token)
    await gateway.throttle.take_back(TAKING, address)
    if found.kind == "draft_to_counter":
        raise Problem("not_found")
    return found


@router.post("/take/{token}")
async def take(request: Request, token: str) -> Response:
    await checked_form(request)
    found = await _look(request, token)
    if found.kind == "intake_to_phone":
        return await _claim(request, token)
    return await _open_case(request, token, found)


async def _claim(request: Request, token: str) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    draft = await handing_over.claim(gateway, visitor, await own_identity(gateway, visitor), token)
    return see(f"/drafts/{draft.id}")


async def _open_case(request: Request, token: str, found: Handover) -> Response:
    gateway = gateway_of(request)
    intake = await holding.load(gateway, found.owner, found.subject)
    if intake.handed_in is None or intake.handed_in.access_code is None:
        raise Problem("not_found")
    async with gateway.database.transaction() as connection:
        await handing_over.use(connection, gateway, token)
    answer = see("/found")
    code = CaseCode(case_no=intake.handed_in.case_no, access_code=intake.handed_in.access_code)
    case_pass.keep(answer, gateway, code)
    return answer


@router.post("/drafts/{draft_id}/hand-over")
async def to_counter(request: Request, draft_id: UUID) -> Response:
    """The code by which a clerk goes on with the draft, shown to its owner."""
    visitor: Visitor = await visitor_with(request, Role.APPLICANT)
    await checked_form(request)
    gateway = gateway_of(request)
    draft = await drafts.load(gateway, visitor.actor.id, draft_id)
    if draft.sent is not None:
        return see(f"/drafts/{draft_id}/done")
    code = await handing_over.offer(gateway, "draft_to_counter", draft_id, visitor.actor.id)
    return await page(
        request,
        "counter/to_counter.html",
        title=_("到窗口继续办理"),
        draft=draft,
        code=code,
        qr=qr_code(code, scale=5),
        minutes=int(handing_over.LIVES.total_seconds() // 60),
    )
