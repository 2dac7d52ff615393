"""Forms that no page of ours would send: each is refused in words, and none is read without an end."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest

from services.catalogue.contracts import GuideView
from services.gateway.bodies import JSON_LIMIT_BYTES
from services.gateway.counter.holding import Intake
from services.gateway.counter.intake_fields import fields_of
from services.gateway.gateway import Gateway
from services.gateway.identity.sessions import digest_of
from services.gateway.identity.visitor import Session
from services.gateway.supplying import id_of
from shared.identity import Role
from tests.gateway.conftest import Visitors

CASE = str(uuid4())
OPEN_FORMS = ("/sign-in", "/sign-out", "/register", "/password-reset", "/find", "/found/papers", "/view")
# A number for Unicode that `int` does not read, one that it reads only up to a length, and digits of another script.
NUMBERS = ("²", "9" * 5000, "٣", "-1")
HALF_A_CHARACTER = rb"\ud800"


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    return shared_database


@pytest.fixture
async def browser(http: httpx.AsyncClient, gateway: Gateway) -> httpx.AsyncClient:
    """A browser without an account, and the token of its forms in `http.headers`."""
    http.headers["accept"] = "text/html"
    http.cookies.set("tongban_form", "x" * 32)
    http.headers["x-test-token"] = gateway.csrf.token(digest_of("x" * 32))
    return http


async def sign_in(http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors, role: Role) -> str:
    """A session in the browser's cookie; the token of its forms."""
    token = await visitors.token(role, kind=Session.COOKIE)
    http.headers["accept"] = "text/html"
    http.cookies.set("tongban_session", token)
    return gateway.csrf.token(digest_of(token))


def multipart(token: str, fields: dict[str, bytes], encoding: str) -> dict[str, Any]:
    """A form that says in which of Python's encodings its texts are."""
    parts = {"csrf_token": token.encode(), **fields}
    written = [
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in parts.items()
    ]
    content_type = f"multipart/form-data; boundary=x; charset={encoding}"
    return {"content": b"".join(written) + b"--x--\r\n", "headers": {"content-type": content_type}}


@pytest.mark.parametrize("path", OPEN_FORMS)
async def test_a_form_with_half_a_character_is_refused(path: str, browser: httpx.AsyncClient) -> None:
    names = ("login", "password", "key", "next", "token", "new_password", "case_no", "access_code", "view")
    for fields in (dict.fromkeys(names, HALF_A_CHARACTER * 20), {r"\ud800": b"1"}):
        form = multipart(browser.headers["x-test-token"], fields, "unicode_escape")
        answer = await browser.post(path, **form)
        assert answer.status_code in (400, 404), (path, answer.status_code)


@pytest.mark.parametrize("path", OPEN_FORMS)
async def test_a_form_without_an_end_is_refused_while_it_comes(path: str, browser: httpx.AsyncClient) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield b"csrf_token=" + browser.headers["x-test-token"].encode() + b"&login="
        for _ in range(1000):
            read += 65536
            yield b"x" * 65536

    answer = await browser.post(
        path, content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code in (404, 413)
    assert read <= JSON_LIMIT_BYTES + 65536


@pytest.mark.parametrize(
    "fields", [{"contact": "x", "contact.name": "y"}, {"login.a": "x", "login": "y"}, {"a.b": "1", "a": "2"}]
)
async def test_a_name_that_is_a_text_and_a_part_is_refused(
    fields: dict[str, str], browser: httpx.AsyncClient
) -> None:
    form = {"csrf_token": browser.headers["x-test-token"], **fields}
    assert (await browser.post("/register", data=form)).status_code == 400


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_version_that_is_no_number_of_ours_never_fails(
    number: str, http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors
) -> None:
    places = {
        Role.APPLICANT: [f"/my/cases/{CASE}/withdraw", f"/my/cases/{CASE}/papers"],
        Role.CLERK: [
            f"/desk/cases/{CASE}/{act}"
            for act in ("accept", "accept-tolerantly", "correction", "deliver", "withdraw", "papers")
        ],
        Role.APPROVER: [f"/review/cases/{CASE}/decide"],
    }
    for role, paths in places.items():
        token = await sign_in(http, gateway, visitors, role)
        form = {
            "csrf_token": token,
            "version": number,
            "correction_working_days": number,
            "result": "grant",
            "method": "window",
        }
        for path in paths:
            answer = await http.post(path, data=form)
            assert answer.status_code in (404, 422), (path, answer.status_code)


@pytest.mark.parametrize("part", ["applicant", "contact", "agent"])
def test_a_part_sent_as_a_text_is_no_part(part: str) -> None:
    guide = cast(GuideView, SimpleNamespace(code="x" * 31, version=1, materials=()))
    fields = fields_of(Intake(id=uuid4(), values={part: "x", f"{part}.name": "王小明"}), guide)
    assert fields[part] == {"name": "王小明"}
    assert not fields_of(Intake(id=uuid4(), values={part: "x"}), guide).get(part)


def test_a_kept_file_without_an_id_is_none() -> None:
    assert id_of("no id") is None


@pytest.mark.parametrize("place", ["//evil.example/x", "/\\evil.example", "/x\tevil.example"])
async def test_the_way_back_from_a_problem_stays_on_this_site(place: str, http: httpx.AsyncClient) -> None:
    headers = {"accept": "text/html", "referer": f"http://tongban.test{place}"}
    answer = await http.get("/nothing", headers=headers)
    assert answer.status_code == 404
    assert "evil.example" not in answer.text
