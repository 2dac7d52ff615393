"""Whatever is sent: a problem with a stable type, both languages and the place, nothing changed, never a 5xx."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway import bodies, examples
from services.gateway.forms import OnlineCase
from services.gateway.problems import KNOWN, Problem
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors

CASES = "/api/v1/applicant/cases"
APPLICATION: dict[str, Any] = examples.ONLINE_CASE


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    return shared_database


@pytest.fixture
async def applicant(visitors: Visitors) -> dict[str, str]:
    return await visitors.headers(Role.APPLICANT)


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/problems/{code}"
    assert problem["status"] == status
    assert problem["detail"]
    assert problem["detail_en"]
    return problem


async def send(
    http: httpx.AsyncClient, applicant: dict[str, str], content: bytes, **headers: str
) -> httpx.Response:
    every = {
        **applicant,
        "content-type": "application/json",
        "idempotency-key": str(uuid4()),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return await http.post(CASES, content=content, headers=every)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"not json",
        b'{"item_code": "\\ud800"}',
        b'{"item_code": "\xff\xfe"}',
        b'{"item_code": "\x00"}',
        b'{"item_version": ' + b"9" * 5000 + b"}",
        b"[" * 5000,
        b"\xef\xbb\xbf{}",
    ],
)
async def test_what_is_no_json_is_malformed(
    content: bytes, http: httpx.AsyncClient, applicant: dict[str, str], services: ScriptedServices
) -> None:
    is_problem(await send(http, applicant, content), 400, "malformed_json")
    assert services.calls == []


@pytest.mark.parametrize("content", [b"null", b"[]", b'"text"', b"1", b"NaN", b"true", b"{}"])
async def test_json_that_is_no_application_is_not_valid(
    content: bytes, http: httpx.AsyncClient, applicant: dict[str, str]
) -> None:
    assert is_problem(await send(http, applicant, content), 422, "invalid_request")["errors"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"item_code": 1}, "/item_code"),
        ({"item_code": "a b"}, "/item_code"),
        ({"item_code": "A\0B"}, "/item_code"),
        ({"item_version": "one"}, "/item_version"),
        ({"item_version": 1e400}, "/item_version"),
        ({"item_version": 2**31}, "/item_version"),
        ({"summary": "text\0with NUL"}, "/summary"),
        ({"summary": ""}, "/summary"),
        ({"summary": "长" * 501}, "/summary"),
        ({"channel": "counter"}, "/channel"),
        ({"asks_tolerance": "perhaps"}, "/asks_tolerance"),
        ({"asks_tolerance": 1}, "/asks_tolerance"),
        ({"item_version": True}, "/item_version"),
        ({"item_version": "1"}, "/item_version"),
        ({"materials": {"code": "A01-01"}}, "/materials"),
        ({"materials": [{"code": "A01-01", "upload_id": "x"}]}, "/materials/0/upload_id"),
        ({"materials": [{"code": "A01-01"}]}, "/materials/0"),
        ({"materials": [{"code": "A01-01", "form": "paper"}] * 101}, "/materials"),
        ({"surprise": 1}, "/surprise"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"external_no": "AH-1"}, ""),
        ({"applicant": None}, "/applicant"),
    ],
)
async def test_a_wrong_field_is_named_by_its_pointer(
    change: dict[str, Any],
    pointer: str,
    http: httpx.AsyncClient,
    applicant: dict[str, str],
    services: ScriptedServices,
) -> None:
    content = json.dumps({**APPLICATION, **change}).replace("Infinity", "1e400").encode()
    problem = is_problem(await send(http, applicant, content), 422, "invalid_request")
    assert problem["errors"][0]["pointer"] == pointer
    assert services.calls == []


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("341602199001010011", "certificate_checksum"),
        ("34160219900230001X", "certificate_checksum"),
        ("9Z", "string_too_short"),
    ],
)
async def test_a_wrong_identity_number_is_refused_in_words(
    number: str, code: str, http: httpx.AsyncClient, applicant: dict[str, str]
) -> None:
    body = {
        **APPLICATION,
        "applicant": {**APPLICATION["applicant"], "certificate_number": number},
    }
    answer = await send(http, applicant, json.dumps(body).encode())
    [error] = is_problem(answer, 422, "invalid_request")["errors"]
    assert error["code"] == code
    assert number not in answer.text


async def test_nul_in_any_text_is_refused_and_an_escaped_backslash_is_not(
    http: httpx.AsyncClient, applicant: dict[str, str]
) -> None:
    with pytest.raises(Problem) as refused:
        bodies.parse_json(b'{"login": "a\\u0000b"}', "application/json", OnlineCase)
    assert refused.value.code == "invalid_request"
    bodies._refuse_nul(b'{"text": "\\\\u0000"}')
    with pytest.raises(Problem) as found:
        bodies._refuse_nul(b'{"a": [{"b": "\\u0000"}], "\\u0000": 1}')
    assert [error.pointer for error in found.value.errors] == ["/a/0/b", ""]


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/xml", "application/jsonp", "multipart/form-data"]
)
async def test_only_json_is_read_as_json(
    content_type: str, http: httpx.AsyncClient, applicant: dict[str, str]
) -> None:
    is_problem(await send(http, applicant, b"{}", content_type=content_type), 415, "not_acceptable_media")


async def test_a_body_too_large_is_refused_by_its_length_or_while_it_comes(
    http: httpx.AsyncClient, applicant: dict[str, str]
) -> None:
    large = b" " * (bodies.JSON_LIMIT_BYTES + 1)
    is_problem(await send(http, applicant, large), 413, "body_too_large")

    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 65536

    headers = {**applicant, "content-type": "application/json", "idempotency-key": str(uuid4())}
    answer = await http.post(CASES, content=chunks(), headers=headers)
    is_problem(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "limit=1e3", "limit=%00", "limit=1&limit=2", "page=2", "cursor=%FF"],
)
async def test_a_wrong_parameter_is_refused(
    query: str, http: httpx.AsyncClient, applicant: dict[str, str]
) -> None:
    answer = await http.get(f"{CASES}?{query}", headers=applicant)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_parameter", "invalid_cursor")


@pytest.mark.parametrize(
    "path",
    ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/applicant/cases/x/y/z", "/nothing", "/api/v1/applicant/cases/%00",
     "/api/v1/catalogue/items/" + "x" * 200, "/metrics", "/live", "/ready", "/api/v1//applicant/cases"],
)  # fmt: skip
async def test_what_is_not_there_is_a_problem_too(path: str, http: httpx.AsyncClient) -> None:
    is_problem(await http.get(path), 404, "not_found")


async def test_an_id_that_cannot_be_one_names_nothing(
    http: httpx.AsyncClient, applicant: dict[str, str], services: ScriptedServices
) -> None:
    is_problem(await http.get(f"{CASES}/not-an-id", headers=applicant), 404, "not_found")
    assert services.calls == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
async def test_a_method_that_is_not_there_names_those_that_are(method: str, http: httpx.AsyncClient) -> None:
    answer = await http.request(method, CASES)
    is_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"


async def test_head_is_get_without_a_body(
    http: httpx.AsyncClient, applicant: dict[str, str], services: ScriptedServices
) -> None:
    assert (await http.head(CASES, headers=applicant)).status_code == 404
    assert services.calls[0].method == "list_cases"


async def test_a_fault_of_ours_says_nothing_about_itself(
    http: httpx.AsyncClient, applicant: dict[str, str], services: ScriptedServices
) -> None:
    services.answers["list_cases"] = RuntimeError("secret detail")
    answer = await http.get(CASES, headers=applicant)
    is_problem(answer, 500, "internal_error")
    assert "secret detail" not in answer.text


async def test_every_answer_carries_the_security_headers_and_its_trace(http: httpx.AsyncClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = await http.get("/nothing", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.json()["traceId"] == trace
    assert answer.headers["traceparent"].startswith(f"00-{trace}-")


@pytest.mark.parametrize("code", [*KNOWN, "case_not_found"])
async def test_every_problem_type_opens_an_explanation(code: str, http: httpx.AsyncClient) -> None:
    page = await http.get(f"/problems/{code}", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    answer = (await http.get(f"/problems/{code}")).json()
    assert answer["zh"]
    assert answer["en"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: json.dumps(text).encode()))
def test_no_bytes_make_the_parser_fail(content: bytes) -> None:
    with pytest.raises(Problem) as refused:
        bodies.parse_json(content, "application/json", OnlineCase)
    assert refused.value.status in (400, 422)
    assert refused.value.response("0" * 32).body
