"""What pages need of a request: who it is, the form's protection token, the form itself."""

from fastapi import Request
from starlette.datastructures import FormData
from starlette.types import Message

from services.gateway.bodies import JSON_LIMIT_BYTES
from services.gateway.conditions import headers_of
from services.gateway.gateway import Gateway
from services.gateway.identity import cookies
from services.gateway.identity.sessions import digest_of
from services.gateway.identity.visitor import ANONYMOUS, Visitor
from services.gateway.problems import Problem
from shared.identity import Role

FORM_COOKIE = "tongban.form_cookie"
_VISITOR = "tongban.visitor"
# A page's form holds text only; files go through the uploads operation, or are read with `files=True`.
FORM_LIMIT_FIELDS = 500


def gateway_of(request: Request) -> Gateway:
    """The running gateway."""
    gateway: Gateway = request.app.state.gateway
    return gateway


async def current_visitor(request: Request) -> Visitor:
    """Whoever sent this request; `ANONYMOUS` when nobody is signed in."""
    if _VISITOR not in request.scope:
        try:
            found = await gateway_of(request).recognise(headers_of(request.scope))
        except Problem:
            found = ANONYMOUS
        request.scope[_VISITOR] = found
    visitor: Visitor = request.scope[_VISITOR]
    return visitor


async def visitor_with(request: Request, *roles: Role) -> Visitor:
    """The visitor, who must be signed in and hold one of these roles; raises `unauthenticated` or `forbidden`."""
    visitor = await current_visitor(request)
    if not visitor.signed_in:
        raise Problem("unauthenticated")
    if not visitor.actor.has(*roles):
        raise Problem("forbidden")
    return visitor


async def csrf_token(request: Request) -> str:
    """The token for the forms of this page (`<input type="hidden" name="csrf_token">`, or X-CSRF-Token)."""
    return gateway_of(request).csrf.token(await _bound_to(request, begin=True))


async def check_csrf(request: Request, token: str | None) -> None:
    """Raises `csrf_token_invalid` unless the token belongs to this browser."""
    gateway_of(request).csrf.check_bound(await _bound_to(request, begin=False), token)


async def checked_form(
    request: Request, limit: int = JSON_LIMIT_BYTES, *, too_large: str = "body_too_large"
) -> FormData:
    """The form of an unsafe request, at most so long, its protection token checked and every text storable."""
    form = await read_form(request, limit, too_large=too_large)
    token = form.get("csrf_token")
    await check_csrf(request, token if isinstance(token, str) else None)
    return form


async def read_form(request: Request, limit: int, *, too_large: str) -> FormData:
    """The form before anything is known of who sent it: at most so long, every text storable."""
    try:
        form = await _limited(request, limit, too_large).form(max_fields=FORM_LIMIT_FIELDS, max_files=50)
    except Exception as fault:
        if isinstance(fault, Problem):
            raise
        raise Problem("malformed_form") from fault
    texts = (text for pair in form.multi_items() for text in pair if isinstance(text, str))
    if not all(map(_storable, texts)):
        raise Problem("malformed_form")
    return form


def _limited(request: Request, limit: int, too_large: str) -> Request:
    """The request, refused as soon as its body is known to pass the limit, whatever its headers promise."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:20]) > limit:
        raise Problem(too_large)
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise Problem(too_large)
        return message

    return Request(request.scope, receive)


def _storable(text: str) -> bool:
    """No NUL, and no half of a character: a form may name an encoding of Python's that can write one."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


async def _bound_to(request: Request, *, begin: bool) -> bytes:
    """What the token of this browser is derived from; `begin` gives a browser without cookies one."""
    visitor = await current_visitor(request)
    if visitor.token_sha256 is not None:
        return visitor.token_sha256
    headers = headers_of(request.scope)
    value = cookies.form_cookie(headers, secure=gateway_of(request).settings.secure_cookies)
    if value is None:
        if not begin:
            raise Problem("csrf_token_invalid")
        value = request.scope.setdefault(FORM_COOKIE, cookies.new_form_cookie())
    return digest_of(value)
