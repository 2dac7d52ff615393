"""Idempotency-Key, If-Match, entity tags and cursors."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from services.applications import contracts as c
from services.audit.contracts import EntryPage, SubjectEntries
from services.gateway.conditions import Cursors, command_id_of
from services.gateway.problems import Problem
from shared.errors import Refused
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors

CASE_ID = uuid4()
ACCEPTANCE = f"/api/v1/counter/cases/{CASE_ID}/acceptance"
RECEIPT = c.CaseReceipt(
    case_id=CASE_ID,
    case_no="11341600762764234C3000180002001202611240001",
    version=2,
    state="ACCEPTED",
    submitted_at=datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC),
    due_on=date(2026, 12, 22),
)


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    return shared_database


@pytest.fixture
async def clerk(visitors: Visitors) -> dict[str, str]:
    return await visitors.headers(Role.CLERK)


async def test_a_decision_without_a_key_is_refused(http: httpx.AsyncClient, clerk: dict[str, str]) -> None:
    answer = await http.post(ACCEPTANCE, headers={**clerk, "if-match": '"1"'})
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_required"


@pytest.mark.parametrize("key", ["short", "x" * 129, "has a space in it", "tab\tinside-key"])
async def test_a_key_is_8_to_128_visible_characters(
    key: str, http: httpx.AsyncClient, clerk: dict[str, str]
) -> None:
    answer = await http.post(ACCEPTANCE, headers={**clerk, "if-match": '"1"', "idempotency-key": key})
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_invalid"


async def test_a_decision_without_a_version_is_refused(
    http: httpx.AsyncClient, clerk: dict[str, str], key: dict[str, str]
) -> None:
    answer = await http.post(ACCEPTANCE, headers={**clerk, **key})
    assert answer.status_code == 428
    assert answer.json()["code"] == "if_match_required"


@pytest.mark.parametrize(
    "tag", ["3", 'W/"3"', "*", '"1", "2"', '"0"', '"99999999999"', '"2147483648"', '"３"']
)
async def test_only_one_strong_tag_of_ours_is_a_version(
    tag: str, http: httpx.AsyncClient, clerk: dict[str, str], key: dict[str, str]
) -> None:
    sent = {**clerk, **key}
    headers = [
        *((name.encode(), value.encode()) for name, value in sent.items()),
        (b"if-match", tag.encode()),
    ]
    answer = await http.post(ACCEPTANCE, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "if_match_invalid"


@pytest.mark.parametrize(
    ("name", "first", "second", "status", "code"),
    [
        ("if-match", '"1"', '"2"', 400, "if_match_invalid"),
        ("idempotency-key", "one-of-two-keys", "two-of-two-keys", 400, "idempotency_key_invalid"),
        ("authorization", "Bearer another", "", 401, "unauthenticated"),
    ],
)
async def test_a_header_sent_twice_is_never_one_of_the_two(
    name: str,
    first: str,
    second: str,
    status: int,
    code: str,
    http: httpx.AsyncClient,
    clerk: dict[str, str],
    key: dict[str, str],
) -> None:
    sent = {**clerk, **key, "if-match": '"1"'}
    sent[name] = second or sent[name]
    answer = await http.post(ACCEPTANCE, headers=[(name, first), *sent.items()])
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_same_key_is_the_same_command_for_its_principal_and_operation(
    http: httpx.AsyncClient, clerk: dict[str, str], key: dict[str, str], services: ScriptedServices
) -> None:
    services.answers["accept_case"] = RECEIPT
    for _ in range(2):
        answer = await http.post(ACCEPTANCE, headers={**clerk, **key, "if-match": '"1"'})
        assert answer.status_code == 200
    first, second = services.calls
    assert (
        first.command_id
        == second.command_id
        == command_id_of(first.actor.id, "counter_accept_case", key["idempotency-key"])
    )
    assert isinstance(first.request, c.AcceptCase)
    assert first.request.expected_version == 1


def test_commands_differ_by_principal_operation_and_key() -> None:
    ids = {
        command_id_of(who, what, key)
        for who in ("staff:a", "staff:b")
        for what in ("accept", "decide")
        for key in ("key-one-1", "key-two-2")
    }
    assert len(ids) == 8
    assert all(isinstance(one, UUID) for one in ids)


async def test_an_answer_carries_its_version_and_chinese_time(
    http: httpx.AsyncClient, clerk: dict[str, str], key: dict[str, str], services: ScriptedServices
) -> None:
    services.answers["accept_case"] = RECEIPT
    answer = await http.post(ACCEPTANCE, headers={**clerk, **key, "if-match": '"1"'})
    assert answer.headers["etag"] == '"2"'
    assert answer.json()["submitted_at"] == "2026-11-24T09:02:03+08:00"
    assert answer.json()["due_on"] == "2026-12-22"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("invalid", 422),
        ("not_found", 404),
        ("forbidden", 403),
        ("conflict", 409),
        ("stale", 412),
        ("in_progress", 409),
        ("unavailable", 503),
    ],
)
async def test_a_services_refusal_keeps_its_code_and_words(
    kind: str,
    status: int,
    http: httpx.AsyncClient,
    clerk: dict[str, str],
    key: dict[str, str],
    services: ScriptedServices,
) -> None:
    services.answers["accept_case"] = Refused(
        kind,  # type: ignore[arg-type]  # every kind in turn
        "some_rule",
        "不行。",
        "No.",
        pointer="/materials/0",
        facts={"state": "ACCEPTED"},
    )
    answer = await http.post(ACCEPTANCE, headers={**clerk, **key, "if-match": '"1"'})
    problem = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["type"], problem["detail"], problem["detail_en"]) == (
        "/problems/some_rule",
        "不行。",
        "No.",
    )
    assert problem["errors"][0]["pointer"] == "/materials/0"
    assert problem["facts"] == {"state": "ACCEPTED"}
    assert len(problem["traceId"]) == 32


async def test_a_cursor_goes_on_where_the_service_stopped(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["list_cases"] = c.CasePage(items=(), next_cursor="inner-1")
    me = await visitors.headers(Role.APPLICANT)
    first = await http.get("/api/v1/applicant/cases?limit=5", headers=me)
    link = first.headers["link"]
    assert link.endswith('; rel="next"')
    assert "inner-1" not in link
    await http.get(link[1 : link.index(">")], headers=me)
    request = services.calls[1].request
    assert isinstance(request, c.ListCases)
    assert (request.cursor, request.limit, request.view) == ("inner-1", 5, "mine")


async def test_a_link_can_be_sent_whatever_the_path_holds(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["subject_entries"] = EntryPage(entries=[], next_cursor="inner-1")
    auditor = await visitors.headers(Role.AUDITOR)
    answer = await http.get("/api/v1/operator/audit/subjects/办件 1/entries", headers=auditor)
    link = answer.headers["link"]
    followed = await http.get(link[1 : link.index(">")], headers=auditor)
    assert followed.status_code == 200
    assert services.calls[1].request == SubjectEntries(
        subject="办件 1", cursor="inner-1", limit=20, order="newest"
    )


async def test_a_cursor_is_worth_nothing_to_anybody_else_or_for_another_list(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["list_cases"] = c.CasePage(items=(), next_cursor="inner-1")
    first, second = [await visitors.headers(Role.CLERK) for _ in range(2)]
    cursor = (await http.get("/api/v1/counter/desk", headers=first)).json()["next_cursor"]
    for path, who in (("/desk", second), ("/deliveries", first)):
        answer = await http.get(f"/api/v1/counter{path}?cursor={cursor}", headers=who)
        assert answer.status_code == 400
        assert answer.json()["code"] == "invalid_cursor"


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: "A" + s[1:], lambda s: "", lambda s: "é" + s])
def test_a_changed_cursor_is_refused(change: object) -> None:
    cursors = Cursors(b"k" * 32)
    sealed = cursors.seal("inner", "list")
    assert cursors.open(sealed, "list") == "inner"
    with pytest.raises(Problem, match="invalid_cursor"):
        cursors.open(change(sealed), "list")  # type: ignore[operator]  # each of the functions above
