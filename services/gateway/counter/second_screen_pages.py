"""The pages of the second screen: the tablet's own, and what the desk sees of it while it waits."""

import secrets
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.counter import second_screen
from services.gateway.counter.case_page import clerk_of
from services.gateway.counter.second_screen import Screen
from services.gateway.design.language import _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, text_of
from services.gateway.identity.throttle import address_of
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, gateway_of
from shared.errors import Refused
from shared.privacy import normalise

router = APIRouter()
COOKIE = "tongban_screen"


@router.get("/desk/intakes/{intake_id}/signature")
async def signature(request: Request, intake_id: UUID) -> Response:
    """Whether the tablet is connected and the signature has come, for the desk that waits for it."""
    visitor = await clerk_of(request)
    screen = await second_screen.of_desk(gateway_of(request), visitor)
    state = second_screen.state_of(screen, intake_id)
    if request.query_params.get("seen") == state:
        # Nothing new: what a screen reader has read is not read again.
        return Response(status_code=204, headers={"cache-control": "no-store"})
    return await page(
        request,
        "counter/signature_state.html",
        title=_("申请人屏幕"),
        screen=screen,
        state=state,
        arrived=True,
        intake_id=intake_id,
        screen_place=place_of_screen(request),
    )


def place_of_screen(request: Request) -> str:
    """What is typed into the tablet's browser."""
    return f"{gateway_of(request).settings.address}/screen"


@router.get("/screen")
async def screen_page(request: Request) -> Response:
    """What the tablet shows now: where to type the code, nothing yet, or the one text to be signed."""
    return await _shown(request, await _of(request))


async def _of(request: Request) -> Screen | None:
    return await second_screen.of_device(gateway_of(request), request.cookies.get(COOKIE))


async def _shown(request: Request, screen: Screen | None, faults: list[Fault] | None = None) -> Response:
    answer = await page(
        request,
        "counter/screen.html",
        title=_("申请人屏幕"),
        status=422 if faults else 200,
        faults=faults or [],
        screen=screen,
        shown=screen.shown if screen else None,
        named=[(name, name, "") for name in screen.shown.names] if screen and screen.shown else [],
        signed=request.query_params.get("signed") == "1",
    )
    if request.headers.get("hx-request") and (screen is None or screen.shown):
        # The tablet waited and there is something to read, or its desk is gone: the whole page is drawn anew.
        answer.headers["hx-refresh"] = "true"
    return answer


@router.post("/screen")
async def pair(request: Request) -> Response:
    form = await checked_form(request)
    code = normalise(text_of(form, "pairing"))
    token = secrets.token_urlsafe(32)
    gateway = gateway_of(request)
    try:
        await second_screen.pair(gateway, code, token, address_of(request.scope))
    except Problem as error:
        if error.status != 422:
            raise
        return await _shown(request, None, [Fault("pairing", error.zh, error.en)])
    answer = see("/screen")
    answer.set_cookie(
        COOKIE,
        token,
        path="/screen",
        httponly=True,
        samesite="strict",
        secure=gateway.settings.secure_cookies,
    )
    return answer


@router.post("/screen/sign")
async def sign(request: Request) -> Response:
    screen = await _of(request)
    form = await checked_form(request)
    if screen is None or screen.shown is None:
        return see("/screen")
    # Drawn by finger, or typed where nothing can be drawn; either names one of those who may sign.
    drawn = text_of(form, "drawn").removeprefix("data:image/png;base64,")
    name = text_of(form, "signed_name")
    if not drawn and text_of(form, "typed_name") != name:
        unsigned = Fault(
            "drawn",
            "请在框内手写签名，或者在下方输入承诺人的姓名全称",
            "Sign in the box, or type the full name of whoever promises below",
        )
        return await _shown(request, screen, [unsigned])
    try:
        await second_screen.sign(gateway_of(request), screen, name, drawn)
    except (Problem, Refused) as error:
        return await _shown(request, screen, faults_of(error, {}))
    return see("/screen?signed=1")
