"""How a command speaks to the running platform as one of its people: over the API, with a session of its own.

The environment of the shell comes first (TONGBAN_URL, TONGBAN_LOGIN, TONGBAN_PASSWORD); without it, the run folder of
`make up` knows the address, and the account of a local copy.  Standard library only.
"""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.commands.usage import UsageFault
from deploy.local import demo_accounts, plan
from deploy.local.faults import Fault
from deploy.local.home import Home

PATIENCE_SECONDS = 30.0


class Refusal(Fault):
    """The platform refused; `code` is the stable name of the reason."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.code = code


@dataclass(frozen=True, slots=True)
class Api:
    """The API as one person uses it."""

    url: str
    token: str = ""

    def get(self, path: str) -> dict[str, Any]:
        return self._send("GET", path, None, {})

    def post(self, path: str, content: Mapping[str, Any], key: str = "") -> dict[str, Any]:
        """Send JSON; the same key again has the same effect once."""
        return self._send("POST", path, content, {"idempotency-key": key} if key else {})

    def _send(
        self, method: str, path: str, content: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        body = None if content is None else json.dumps(content).encode()
        known = {"content-type": "application/json", **headers}
        if self.token:
            known["authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(f"{self.url}/api/v1{path}", body, known, method=method)  # noqa: S310  # checked in _address
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as reply:  # noqa: S310  # as above
                answer: dict[str, Any] = json.load(reply)
                return answer
        except urllib.error.HTTPError as error:
            # The answer of a refusal holds its connection until it is closed.
            with error:
                raise _refusal(error) from error
        except (OSError, ValueError) as error:
            raise Fault(
                f"连不上平台 {self.url}——请用 make status 查看是否在运行。",
                f"The platform at {self.url} cannot be reached – see make status whether it runs.",
            ) from error


def _refusal(error: urllib.error.HTTPError) -> Refusal:
    try:
        problem = json.load(error)
        faults = problem.get("errors", [])
        zh = "；".join([problem["detail"], *(f"{one['pointer']} {one['detail']}" for one in faults)])
        en = "; ".join([problem["detail_en"], *(f"{one['pointer']} {one['detail_en']}" for one in faults)])
        return Refusal(problem["code"], zh, en)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refusal(
            "unreadable_answer",
            f"平台返回了无法读取的答复（{error.code}）。",
            f"The platform's answer cannot be read ({error.code}).",
        )


def signed_in_as(role: str, environment: Mapping[str, str] = os.environ) -> Api:
    """The API of the running platform, as the account named in the environment or the local copy's one of this role."""
    home = Home.from_environment(environment)
    url = _address(environment, home)
    login, password = _account(role, environment, home)
    session = Api(url).post("/sessions", {"login": login, "password": password})
    return Api(url, session["access_token"])


def _address(environment: Mapping[str, str], home: Home) -> str:
    if given := environment.get("TONGBAN_URL", "").rstrip("/"):
        if given.startswith(("http://", "https://")):
            return given
        raise UsageFault(
            "TONGBAN_URL 应以 http:// 或 https:// 开头——请核对平台地址。",
            "TONGBAN_URL must begin with http:// or https:// – check the platform's address.",
        )
    if port := plan.public_port(home):
        return f"http://127.0.0.1:{port}"
    raise Fault(
        f"在 {home.folder} 中没有找到运行过的平台——请先运行 make up，或用 TONGBAN_URL 指明平台地址。",
        f"No platform was started in {home.folder} – run make up first, or name its address in TONGBAN_URL.",
    )


def _account(role: str, environment: Mapping[str, str], home: Home) -> tuple[str, str]:
    if login := environment.get("TONGBAN_LOGIN"):
        return login, environment.get("TONGBAN_PASSWORD", "")
    for account in demo_accounts.known(home):
        if account.login == role:
            return account.login, account.password
    raise UsageFault(
        "缺少登录账号——请在 TONGBAN_LOGIN 和 TONGBAN_PASSWORD 中给出有权限的账号。",
        "No account is known – name one that may do this in TONGBAN_LOGIN and TONGBAN_PASSWORD.",
    )
