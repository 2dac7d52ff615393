"""Somebody who uses the public API: an applicant, a clerk, the province's program, or a person without an account."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx

from deploy.local.faults import Fault

Json = dict[str, Any]
API = "/api/v1"
PAGE_LIMIT = 100
FIRST_ERROR = 400


class Account(Protocol):
    """Who signs in."""

    @property
    def login(self) -> str: ...

    @property
    def password(self) -> str: ...


class Visitor:
    """One person or program with its own token; every refusal becomes a sentence with cause, remedy and log."""

    def __init__(self, http: httpx.Client, log: Path, token: str | None = None) -> None:
        self._http, self._log = http, log
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    @classmethod
    def signed_in(cls, http: httpx.Client, log: Path, account: Account) -> "Visitor":
        """A person, by login and password."""
        body = {"login": account.login, "password": account.password}
        return cls(http, log, cls(http, log).post("/sessions", body)["access_token"])

    @classmethod
    def program(cls, http: httpx.Client, log: Path, account: Account) -> "Visitor":
        """A partner's program, by OAuth 2 client credentials."""
        answer = cls(http, log).send(
            "POST",
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(account.login, account.password),
        )
        return cls(http, log, answer["access_token"])

    def get(self, path: str, **query: Any) -> Json:
        return self.send(
            "GET", path, params={name: value for name, value in query.items() if value is not None}
        )

    def pages(self, path: str, member: str = "items") -> Iterator[Json]:
        """Every line of a list, page after page."""
        cursor = None
        while True:
            page = self.get(path, cursor=cursor, limit=PAGE_LIMIT)
            yield from page[member]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def post(self, path: str, body: Json | None = None, *, version: int | None = None, key: str = "") -> Json:
        """An action: with a key of its own, and with the version that was seen where there is one."""
        return self.send("POST", path, **_action(body, version, key))

    def refused(self, path: str, body: Json | None = None, *, version: int | None = None, code: str) -> Json:
        """An action that must be refused for this reason; anything else is a fault of the platform."""
        answer = self.ask("POST", path, **_action(body, version, ""))
        problem = _json(answer)
        if answer.status_code < FIRST_ERROR or problem.get("code") != code:
            raise Fault(
                f"本应以“{code}”拒绝的操作得到了 HTTP {answer.status_code} {problem.get('code', '')}——请带着日志反馈问题。",
                f"What should have been refused with {code!r} was answered with HTTP {answer.status_code}"
                f" {problem.get('code', '')}"
                " – please report it with the log.",
                self._log,
            )
        return problem

    def upload(self, content: bytes, media_type: str) -> Json:
        """Hand over a file; its id is worth something to this visitor only."""
        headers = {"idempotency-key": str(uuid4()), "content-type": media_type}
        return self.send("POST", "/uploads", content=content, headers=headers)

    def send(self, method: str, path: str, **request: Any) -> Json:
        answer = self.ask(method, path, **request)
        if answer.status_code >= FIRST_ERROR:
            raise self._refusal(answer)
        return _json(answer)

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer as it is, refusals too."""
        headers = {**self._headers, **request.pop("headers", {})}
        try:
            return self._http.request(method, API + path, headers=headers, **request)
        except httpx.TransportError as error:
            raise Fault(
                f"平台在 {self._http.base_url} 没有应答（{type(error).__name__}）——请用 make status 查看，再运行 make up。",
                f"The platform does not answer at {self._http.base_url} ({type(error).__name__})"
                " – see make status, then run make up.",
                self._log,
            ) from error

    def _refusal(self, answer: httpx.Response) -> Fault:
        problem = _json(answer)
        code = problem.get("code", "")
        where = f"{answer.request.method} {answer.request.url.path}"
        remedy_zh, remedy_en = _REMEDIES.get(
            code,
            (
                "请看日志；若平台刚升级，请先 make reset 再重试",
                "see the log; after an upgrade run make reset first",
            ),
        )
        return Fault(
            f"{where} 被拒绝：{problem.get('detail', '')}（HTTP {answer.status_code} {code}）——{remedy_zh}。",
            f"{where} was refused: {problem.get('detail_en', '')} (HTTP {answer.status_code} {code}) – {remedy_en}.",
            self._log,
        )


_REMEDIES = {
    "sign_in_failed": (
        "演示账号的密码已被改动，请运行 make reset",
        "a demo password was changed; run make reset",
    ),
    "invalid_client": (
        "演示服务账号已被改动，请运行 make reset",
        "the demo client was changed; run make reset",
    ),
    "service_unavailable": ("请稍等片刻再运行 make demo", "wait a moment and run make demo again"),
    "too_many_attempts": ("请稍等片刻再运行 make demo", "wait a moment and run make demo again"),
}


def _action(body: Json | None, version: int | None, key: str) -> Json:
    headers = {"idempotency-key": key or str(uuid4())}
    if version is not None:
        headers["if-match"] = f'"{version}"'
    return {"headers": headers} if body is None else {"headers": headers, "json": body}


def _json(answer: httpx.Response) -> Json:
    try:
        content = answer.json()
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {}
