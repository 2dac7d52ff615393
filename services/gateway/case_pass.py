"""A case number and its code, kept by the browser after somebody has found a case: sealed, and for half an hour.

So the code stands in no address, where histories, logs and referrers would repeat it.
"""

import base64
from datetime import datetime, timedelta

from fastapi import Request
from starlette.responses import Response

from services.gateway.forms import CaseCode
from services.gateway.gateway import Gateway
from services.gateway.problems import Problem
from services.gateway.sealing import keyring_of
from shared import time
from shared.privacy import Undecryptable

COOKIE = "tongban_case"
LIFETIME = timedelta(minutes=30)
_CONTEXT = "case-pass"


def keep(response: Response, gateway: Gateway, code: CaseCode) -> None:
    """Let the browser keep this number and code."""
    content = f"{time.now().isoformat()}\n{code.model_dump_json()}"
    sealed = base64.urlsafe_b64encode(keyring_of(gateway).encrypt(content, context=_CONTEXT)).decode()
    response.set_cookie(
        COOKIE,
        sealed,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=gateway.settings.secure_cookies,
    )


def read(request: Request, gateway: Gateway) -> CaseCode:
    """The number and code of this browser; raises `not_found` without or after half an hour."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(COOKIE, ""))
        kept_at, _, content = keyring_of(gateway).decrypt_text(sealed, context=_CONTEXT).partition("\n")
        if time.now() - datetime.fromisoformat(kept_at) <= LIFETIME:
            return CaseCode.model_validate_json(content)
    except (ValueError, Undecryptable) as fault:
        raise _again() from fault
    raise _again()


def _again() -> Problem:
    return Problem(
        "not_found",
        zh="查询已过期，请重新输入办件编号和查询码。",
        en="This look has ended; give the case number and the code again.",
    )
