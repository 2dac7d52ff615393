"""Sign in and out, register, and set a new password by a letter."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, Words, _
from services.gateway.design.render import home_of, own_place, page, see
from services.gateway.design.typed import Fault, faults_of, nested, parse, text_of, values_of
from services.gateway.identity import actions, cookies, throttle
from services.gateway.identity.models import AskReset, Registration, ResetPassword, SignIn
from services.gateway.identity.visitor import Session
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, current_visitor, gateway_of
from shared.errors import Refused

router = APIRouter()
SIGN_IN_LABELS = Words({"login": N_("登录名"), "password": N_("密码")})
NEW_PASSWORD_LABELS = Words({"new_password": N_("新密码"), "token": N_("链接")})
REGISTRATION_LABELS = Words(
    {
        "kind": N_("申请人类型"),
        "name": N_("姓名或单位名称"),
        "certificate_type": N_("证件类型"),
        "certificate_number": N_("证件号码"),
        "representative": N_("法定代表人（负责人）"),
        "mobile": N_("手机号码"),
        "email": N_("电子邮箱"),
        "login": N_("登录名"),
        "password": N_("密码"),
    }
)


def address_of(request: Request) -> str:
    """Where the request comes from, for the count of failed tries."""
    return throttle.address_of(request.scope)


@router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    visitor = await current_visitor(request)
    place = own_place(request.query_params.get("next"), "")
    if visitor.signed_in:
        return see(place or home_of(visitor))
    return await _sign_in_page(request, place)


async def _sign_in_page(
    request: Request, place: str, faults: list[Fault] | None = None, values: Mapping[str, str] | None = None
) -> Response:
    return await page(
        request,
        "identity/sign_in.html",
        title=_("登录"),
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        place=place,
        was_reset=request.query_params.get("reset") == "1",
        registered=request.query_params.get("registered") == "1",
    )


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    form = await checked_form(request)
    gateway = gateway_of(request)
    place = own_place(text_of(form, "next"), "")
    typed = {"login": text_of(form, "login"), "password": str(form.get("password") or "")}
    try:
        given = parse(SignIn, {name: value for name, value in typed.items() if value})
        done = await actions.sign_in(gateway, given, address_of(request), Session.COOKIE)
    except (Problem, Refused) as error:
        faults = faults_of(error, SIGN_IN_LABELS)
        return await _sign_in_page(request, place, faults, {"login": typed["login"]})
    response = see(place or home_of(done.visitor))
    cookies.keep_session(response, done.begun, secure=gateway.settings.secure_cookies)
    return response


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    await checked_form(request)
    gateway, visitor = gateway_of(request), await current_visitor(request)
    if visitor.signed_in:
        await actions.sign_out(gateway, visitor)
    response = see("/")
    cookies.drop_session(response, secure=gateway.settings.secure_cookies)
    return response


@router.get("/register")
async def register_page(request: Request) -> Response:
    return await _register_page(request, {"kind": "natural", "certificate_type": "111"})


async def _register_page(
    request: Request, values: Mapping[str, str], faults: list[Fault] | None = None
) -> Response:
    return await page(
        request,
        "identity/register.html",
        title=_("注册账号"),
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        place=own_place(request.query_params.get("next") or values.get("next"), ""),
    )


@router.post("/register")
async def register(request: Request) -> Response:
    form = await checked_form(request)
    values = values_of(form)
    typed = nested(values)
    place = own_place(str(typed.pop("next", "")), "")
    if typed.get("kind") == "legal":
        typed["certificate_type"] = "USCC"
    typed["password"] = str(form.get("password") or "")
    if not typed["password"]:
        del typed["password"]
    command_id = command_id_of(address_of(request), "page.register", text_of(form, "key") or "none")
    try:
        given = parse(Registration, typed)
        await actions.register(gateway_of(request), given, command_id, address_of(request))
    except (Problem, Refused) as error:
        return await _register_page(request, values, faults_of(error, REGISTRATION_LABELS))
    return see(f"/sign-in?registered=1&next={place}" if place else "/sign-in?registered=1")


@router.get("/password-reset")
async def reset_page(request: Request) -> Response:
    token = request.query_params.get("token", "")[:200]
    if token:
        return await page(request, "identity/new_password.html", title=_("设置新密码"), token=token)
    return await page(
        request, "identity/ask_reset.html", title=_("找回密码"), sent=request.query_params.get("sent") == "1"
    )


@router.post("/password-reset")
async def reset(request: Request) -> Response:
    form = await checked_form(request)
    if text_of(form, "token"):
        return await _new_password(request, text_of(form, "token"), str(form.get("new_password") or ""))
    login = text_of(form, "login")
    try:
        given = AskReset(login=login)
        await actions.ask_reset(gateway_of(request), given, address_of(request))
    except ValidationError:
        faults = [Fault("login", "请填写登录名", "Please fill in the login.")]
    except (Problem, Refused) as error:
        faults = faults_of(error, SIGN_IN_LABELS)
    else:
        return see("/password-reset?sent=1")
    return await page(
        request,
        "identity/ask_reset.html",
        title=_("找回密码"),
        status=422,
        faults=faults,
        values={"login": login},
        sent=False,
    )


async def _new_password(request: Request, token: str, password: str) -> Response:
    try:
        given = parse(ResetPassword, {"token": token, **({"new_password": password} if password else {})})
        await actions.reset_password(gateway_of(request), given, address_of(request))
    except (Problem, Refused) as error:
        return await page(
            request,
            "identity/new_password.html",
            title=_("设置新密码"),
            status=422,
            faults=faults_of(error, NEW_PASSWORD_LABELS),
            token=token,
        )
    return see("/sign-in?reset=1")
