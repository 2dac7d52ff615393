"""The identity part of the API: accounts, sessions, resets, and OAuth 2 for partners' programs."""

import base64
import binascii
import json
from urllib.parse import unquote_plus

from starlette.responses import Response

from services.gateway import bodies, examples, trace
from services.gateway.answers import Answer
from services.gateway.identity import actions
from services.gateway.identity.models import (
    AccountView,
    AskReset,
    BearerView,
    ChangePassword,
    Notice,
    Registration,
    ResetPassword,
    SessionView,
    SignIn,
)
from services.gateway.identity.sessions import Begun
from services.gateway.identity.visitor import Session
from services.gateway.operations import ANYBODY, PEOPLE, SIGNED_IN, Room, Visit
from services.gateway.problems import Problem
from shared import time

FORM_LIMIT_BYTES = 8 * 1024

room = Room("identity", "", "账号与登录", "Accounts and sign-in")


@room.post(
    "/accounts",
    who=ANYBODY,
    zh="注册申请人账号",
    en="Register as an applicant",
    body=Registration,
    reply=AccountView,
    status=201,
    idempotent=True,
    problems=("login_taken", "certificate_registered", "too_many_attempts"),
    example=examples.REGISTRATION,
)
async def register(visit: Visit) -> Answer:
    view = await actions.register(visit.gateway, visit.body(Registration), visit.command, visit.address)
    return Answer(view, location="/api/v1/sessions/current")


@room.post(
    "/sessions",
    who=ANYBODY,
    zh="用账号密码换取访问令牌",
    en="A bearer token for login and password",
    body=SignIn,
    reply=SessionView,
    status=201,
    problems=("sign_in_failed", "too_many_attempts"),
    example=examples.SIGN_IN,
)
async def sign_in(visit: Visit) -> Answer:
    done = await actions.sign_in(visit.gateway, visit.body(SignIn), visit.address, Session.BEARER)
    view = SessionView(account=actions.view_of(done.visitor), **_bearer(done.begun).model_dump())
    return Answer(view)


@room.get(
    "/sessions/current",
    who=SIGNED_IN,
    zh="当前账号",
    en="Whose session this is",
    reply=AccountView,
)
async def get_session(visit: Visit) -> Answer:
    return Answer(actions.view_of(visit.visitor))


@room.delete("/sessions/current", who=SIGNED_IN, zh="退出登录", en="End this session", status=204)
async def sign_out(visit: Visit) -> Answer:
    await actions.sign_out(visit.gateway, visit.visitor)
    return Answer(status=204)


@room.post(
    "/account/password",
    who=PEOPLE,
    zh="修改密码；所有登录随之失效",
    en="Change the password; every session ends",
    body=ChangePassword,
    status=204,
    problems=("present_password_wrong", "too_many_attempts"),
    example=examples.CHANGE_PASSWORD,
)
async def change_password(visit: Visit) -> Answer:
    await actions.change_password(visit.gateway, visit.visitor, visit.body(ChangePassword), visit.address)
    return Answer(status=204)


@room.post(
    "/password-resets",
    who=ANYBODY,
    zh="申请重置密码；链接发到账号的电子邮箱",
    en="Ask for a link to reset the password, by e-mail",
    body=AskReset,
    reply=Notice,
    status=202,
    problems=("too_many_attempts",),
    example=examples.ASK_RESET,
)
async def ask_reset(visit: Visit) -> Answer:
    await actions.ask_reset(visit.gateway, visit.body(AskReset), visit.address)
    return Answer(
        Notice(
            zh="如果该账号存在并留有电子邮箱，我们已发出重置链接，30 分钟内有效。",
            en="If there is such an account with an e-mail address, a link was sent; it works for 30 minutes.",
        )
    )


@room.post(
    "/password-resets/completion",
    who=ANYBODY,
    zh="用邮件中的令牌设置新密码",
    en="Set a new password with the token of the letter",
    body=ResetPassword,
    status=204,
    problems=("reset_token_invalid", "too_many_attempts"),
    example=examples.RESET_PASSWORD,
)
async def reset_password(visit: Visit) -> Answer:
    await actions.reset_password(visit.gateway, visit.body(ResetPassword), visit.address)
    return Answer(status=204)


@room.post(
    "/oauth/token",
    who=ANYBODY,
    zh="服务账号的访问令牌（OAuth 2.0 客户端凭证）",
    en="A bearer token for a partner's program (OAuth 2 client credentials)",
    reply=BearerView,
    raw_body=("application/x-www-form-urlencoded",),
    problems=("malformed_form", "invalid_client", "unsupported_grant_type", "too_many_attempts"),
)
async def oauth_token(visit: Visit) -> Answer | Response:
    try:
        begun = await _client_token(visit)
    except Problem as problem:
        return _oauth_error(problem)
    return Answer(_bearer(begun), headers={"pragma": "no-cache"})


async def _client_token(visit: Visit) -> Begun:
    content = await visit.raw(FORM_LIMIT_BYTES)
    form = bodies.parse_form(content, visit.header("content-type") or "")
    if "grant_type" not in form:
        raise Problem("malformed_form", zh="缺少 grant_type。", en="The grant_type is missing.")
    if form["grant_type"] != "client_credentials":
        raise Problem("unsupported_grant_type")
    client_id, client_secret = _client_credentials(visit.header("authorization"), form)
    return await actions.client_token(visit.gateway, client_id, client_secret, visit.address)


def _client_credentials(authorization: str | None, form: dict[str, str]) -> tuple[str, str]:
    """By HTTP Basic (RFC 6749 §2.3.1, form-encoded inside) or in the form itself."""
    if authorization is not None and authorization[:6].lower() == "basic ":
        try:
            pair = base64.b64decode(authorization[6:].strip(), validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            pair = ""
        client_id, _, client_secret = pair.partition(":")
        return unquote_plus(client_id)[:200].replace("\0", ""), unquote_plus(client_secret)[:512]
    return form.get("client_id", "")[:200], form.get("client_secret", "")[:512]


_OAUTH_ERRORS = {
    "invalid_client": "invalid_client",
    "unsupported_grant_type": "unsupported_grant_type",
    "too_many_attempts": "temporarily_unavailable",
}


def _oauth_error(problem: Problem) -> Response:
    """RFC 6749 §5.2 wants `error` in plain JSON; the members of a problem stand beside it."""
    answer = problem.to_json(trace.trace_id())
    answer["error"] = _OAUTH_ERRORS.get(problem.code, "invalid_request")
    answer["error_description"] = problem.en
    headers = {"cache-control": "no-store", "pragma": "no-cache", **problem.headers}
    return Response(
        json.dumps(answer, ensure_ascii=False).encode(), problem.status, headers, "application/json"
    )


def _bearer(begun: Begun) -> BearerView:
    seconds = int((begun.expires_at - time.now()).total_seconds())
    return BearerView(access_token=begun.token, expires_in=seconds, expires_at=begun.expires_at)
