"""The cookies of browsers: the session, and a random one that binds the forms before sign-in."""

import secrets
from collections.abc import Mapping

from starlette.responses import Response

from services.gateway.identity.sessions import Begun

_SESSION = "tongban_session"
_FORM = "tongban_form"
LANGUAGE = "tongban_language"


def _named(name: str, *, secure: bool) -> str:
    # Browsers take a __Host- cookie only over TLS, for the whole host and from the host itself.
    return f"__Host-{name}" if secure else name


def _read(headers: Mapping[bytes, bytes], name: str) -> str | None:
    for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name and 0 < len(value) <= 200:
            return value
    return None


def session_token(headers: Mapping[bytes, bytes], *, secure: bool) -> str | None:
    """The session token that the browser sent."""
    return _read(headers, _named(_SESSION, secure=secure))


def form_cookie(headers: Mapping[bytes, bytes], *, secure: bool) -> str | None:
    """The random value that binds the forms of somebody who is not signed in."""
    return _read(headers, _named(_FORM, secure=secure))


def language(cookie: bytes) -> str:
    """The language that the browser was told to ask for; nothing when nobody chose one."""
    return (_read({b"cookie": cookie}, LANGUAGE) or "") if LANGUAGE.encode() in cookie else ""


def new_form_cookie() -> str:
    """A value for a browser that has none yet."""
    return secrets.token_urlsafe(24)


def form_cookie_header(value: str, *, secure: bool) -> bytes:
    """The Set-Cookie header for it."""
    flags = "; Secure" if secure else ""
    return f"{_named(_FORM, secure=secure)}={value}; Path=/; HttpOnly; SameSite=Lax{flags}".encode()


def keep_session(response: Response, begun: Begun, *, secure: bool) -> None:
    """Give the browser its session; it ends with the browser, and on the server at the latest."""
    response.set_cookie(
        _named(_SESSION, secure=secure), begun.token, path="/", httponly=True, samesite="lax", secure=secure
    )


def drop_session(response: Response, *, secure: bool) -> None:
    """Take the session cookie away."""
    response.delete_cookie(
        _named(_SESSION, secure=secure), path="/", httponly=True, samesite="lax", secure=secure
    )
