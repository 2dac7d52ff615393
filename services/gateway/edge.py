"""The outermost layer: every request gets a trace, every answer its security headers, every failure a problem.

Plain ASGI, because a submission passes here: a middleware that wraps requests costs more than the operation itself.
"""

import logging
from time import perf_counter
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway import trace
from services.gateway.design import language
from services.gateway.identity import cookies
from services.gateway.metrics import record_request
from services.gateway.problems import Problem, problem_of, problem_of_invalid
from services.gateway.visits import FORM_COOKIE
from shared.errors import TemporaryError, as_refusal

log = logging.getLogger(__name__)

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        (
            b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
            b"form-action 'self'"
        ),
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
]
# These belong to the private port; the public one does not know them.
PRIVATE_PATHS = frozenset({"/metrics", "/live", "/ready"})


def problem_for(error: Exception) -> Problem:
    """Any failure as the problem that the caller gets; what is no refusal is logged with its trace."""
    if isinstance(error, Problem):
        return error
    if (refusal := as_refusal(error)) is not None:
        return problem_of(refusal)
    if isinstance(error, ValidationError):
        return problem_of_invalid(error)
    if isinstance(error, RequestValidationError):
        return Problem("invalid_request")
    if isinstance(error, TemporaryError):
        return Problem("service_unavailable", headers={"retry-after": "5"})
    if isinstance(error, HTTPException):
        return _of_http(error)
    log.error("request_failed trace_id=%s", trace.trace_id(), exc_info=error)
    return Problem("internal_error")


def _of_http(error: HTTPException) -> Problem:
    known = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
    code = known.get(error.status_code, "malformed_request")
    return Problem(code, status=error.status_code, headers=dict(error.headers or {}))


async def answer_failure(request: Request, error: Exception) -> Response:
    """The answer to a failed request: a page when a page was asked for and pages are there, else the problem."""
    problem = problem_for(error)
    page = getattr(request.app.state, "problem_page", None)
    wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
    if page is not None and wants_page:
        shown: Response = await page(request, problem)
        return shown
    return problem.response(trace.trace_id())


class Edge:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        traceparent = trace.begin(_header(scope, b"traceparent"))
        language.speak(cookies.language(_header(scope, b"cookie") or b""))
        sent = {"status": 0}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                _add_headers(scope, message, traceparent)
            await send(message)

        try:
            if scope["path"] in PRIVATE_PATHS:
                raise Problem("not_found")
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            sent["status"] = 499
        except Exception as error:
            if sent["status"]:
                raise
            response = await answer_failure(Request(scope, receive), error)
            await response(scope, receive, send_with_headers)
        finally:
            record_request(_route(scope), sent["status"], perf_counter() - started)


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)


def _add_headers(scope: Scope, message: Message, traceparent: str) -> None:
    headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
    own = {name for name, _ in headers}
    headers += [(name, value) for name, value in SECURITY_HEADERS if name not in own]
    headers.append((b"traceparent", traceparent.encode()))
    if (value := scope.get(FORM_COOKIE)) is not None:
        secure = scope["app"].state.gateway.settings.secure_cookies
        headers.append((b"set-cookie", cookies.form_cookie_header(value, secure=secure)))
    message["headers"] = headers


def _route(scope: Scope) -> str:
    """The operation, or a page's path as it was declared; never a path that a caller made up."""
    operation: Any = scope.get("tongban.route")
    if operation is not None:
        return str(operation)
    route = scope.get("route")
    return getattr(route, "path", None) or "other"
