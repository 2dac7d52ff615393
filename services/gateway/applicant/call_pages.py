"""Being called back: asked for in two taps, and the list of calls to make at the desk."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway import calling_back, cases
from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, number_of, parse, text_of, values_of
from services.gateway.identity import throttle
from services.gateway.identity.own import own_identity
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.supplying import id_of
from services.gateway.visits import checked_form, current_visitor, gateway_of, visitor_with
from shared.errors import Refused
from shared.identity import Role
from shared.privacy import mask_mobile

router = APIRouter()
LABELS = {"phone": N_("电话号码")}


@router.get("/call-me")
async def call_me(request: Request) -> Response:
    return await _page(request)


async def _page(
    request: Request, *, faults: list[Fault] | None = None, values: dict[str, str] | None = None
) -> Response:
    visitor = await current_visitor(request)
    mobile = await _own_mobile(request, visitor)
    case_id = id_of(request.query_params.get("case", "") or (values or {}).get("case", ""))
    return await page(
        request,
        "applicant/call_me.html",
        title=_("请给我回电话"),
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        own=mask_mobile(mobile) if mobile else None,
        case_id=case_id,
    )


async def _own_mobile(request: Request, visitor: Visitor) -> str | None:
    if not visitor.has(Role.APPLICANT):
        return None
    try:
        return (await own_identity(gateway_of(request), visitor)).mobile
    except Problem:
        return None


@router.post("/call-me")
async def ask(request: Request) -> Response:
    form = await checked_form(request)
    visitor, gateway, values = await current_visitor(request), gateway_of(request), values_of(form)
    own = await _own_mobile(request, visitor)
    try:
        phone = own if own and text_of(form, "number") == "own" else _typed(text_of(form, "phone"))
        await gateway.throttle.count(calling_back.LIMIT, throttle.address_of(request.scope))
        request_id = command_id_of(visitor.actor.id, "page.call_me", text_of(form, "key"))
        asked = calling_back.Asked(phone, case_id=await _own_case(request, visitor, text_of(form, "case")))
        await calling_back.ask(gateway, visitor, asked, request_id)
    except (Problem, Refused) as error:
        faults = faults_of(error, {field: _(label) for field, label in LABELS.items()})
        return await _page(request, faults=faults, values=values)
    return see("/call-me/asked")


async def _own_case(request: Request, visitor: Visitor, case: str) -> UUID | None:
    """The case that it is about, if it is one that the visitor may read: the clerk shall not be led to another."""
    case_id = id_of(case)
    if case_id is None or not visitor.has(Role.APPLICANT):
        return None
    try:
        await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id))
    except Refused:
        return None
    return case_id


def _typed(phone: str) -> str:
    return parse(calling_back.CallBackNumber, {"phone": phone} if phone else {}).phone


@router.get("/call-me/asked")
async def asked(request: Request) -> Response:
    return await page(request, "applicant/call_asked.html", title=_("已收到，我们会给您打电话"))


@router.get("/desk/call-backs")
async def call_backs(request: Request) -> Response:
    return await _list(request)


async def _list(request: Request, shown: UUID | None = None, number: str = "") -> Response:
    await visitor_with(request, Role.CLERK)
    return await page(
        request,
        "applicant/call_backs.html",
        title=_("待回电"),
        room="call-backs",
        waiting=await calling_back.waiting(gateway_of(request)),
        shown=shown,
        number=number,
    )


@router.post("/desk/call-backs/{call_back_id}/number")
async def show_number(request: Request, call_back_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.CLERK)
    await checked_form(request)
    number = await calling_back.number_of(gateway_of(request), visitor, call_back_id)
    return await _list(request, call_back_id, number)


@router.post("/desk/call-backs/{call_back_id}/called")
async def called(request: Request, call_back_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.CLERK)
    form = await checked_form(request)
    reached, tries = text_of(form, "outcome") == "reached", number_of(form, "tries") or 0
    await calling_back.called(gateway_of(request), visitor, call_back_id, reached=reached, tries=tries)
    return see("/desk/call-backs")
