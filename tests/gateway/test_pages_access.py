"""Every page and every form with every role: who may open what, and that no form acts without its token."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute

from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Session
from services.gateway.pages import ROUTERS
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors

NOBODY_S_ID = "00000000-0000-4000-8000-000000000000"
VALUES = {
    "code": "0" * 31,
    "step": "contact",
    "digest": "0",
    "name": "style.css",
    "article": "32",
    "token": "t" * 32,
    "event_id": NOBODY_S_ID,
    "service": "audit",
    "letter_id": "1",
    "order": "replay",
    "act": "extend_deadline",
    "kind": "posts",
}
# The first prefix that fits says who may come in; everything else is open to everybody.
ROOMS: list[tuple[str, frozenset[Role]]] = [
    ("/desk", frozenset({Role.CLERK})),
    ("/review", frozenset({Role.APPROVER, Role.ORGAN_HEAD})),
    ("/operator/audit", frozenset({Role.OPERATOR, Role.AUDITOR})),
    ("/operator/dead-letters", frozenset({Role.OPERATOR, Role.AUDITOR})),
    ("/operator/", frozenset({Role.OPERATOR})),
    ("/operator", frozenset({Role.OPERATOR, Role.AUDITOR})),
    ("/my/", frozenset({Role.APPLICANT})),
    ("/apply/", frozenset({Role.APPLICANT})),
    ("/drafts/", frozenset({Role.APPLICANT})),
    ("/live/desk", frozenset({Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.SUPERVISOR})),
    (
        "/live/cases/",
        frozenset({Role.APPLICANT, Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.SUPERVISOR}),
    ),
    ("/styleguide", frozenset({Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.OPERATOR, Role.AUDITOR})),
]
PEOPLE = [role for role in Role if role not in (Role.SYSTEM, Role.PROVINCE)]


def routes(method: str) -> Iterator[str]:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            if method in (route.methods or ()):
                yield route.path


def place_of(path: str) -> str:
    for name in (
        "case_id",
        "document_id",
        "upload_id",
        "draft_id",
        "message_id",
        "intake_id",
        "call_back_id",
        "delegation_id",
    ):
        path = path.replace(f"{{{name}}}", NOBODY_S_ID)
    for name, value in VALUES.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def allowed(path: str) -> frozenset[Role] | None:
    """Who may open this page; nothing for everybody."""
    return next((roles for prefix, roles in ROOMS if path.startswith(prefix)), None)


async def signed_in(http: httpx.AsyncClient, visitors: Visitors, role: Role) -> None:
    http.cookies.set("tongban_session", await visitors.token(role, kind=Session.COOKIE))


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    """These tests make visitors only, who do not mind each other."""
    return shared_database


@pytest.mark.parametrize("role", PEOPLE)
async def test_a_page_opens_for_its_roles_and_for_nobody_else(
    http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors, role: Role
) -> None:
    await signed_in(http, visitors, role)
    # A line to an open page has no end of its own.
    gateway.changes.leave()
    for path in routes("GET"):
        answer = await http.get(place_of(path), headers={"accept": "text/html"})
        roles = allowed(path)
        assert answer.status_code < 500 or answer.status_code == 503, path
        assert (answer.status_code == 403) == (roles is not None and role not in roles), path


async def test_somebody_who_is_not_signed_in_is_asked_to_and_led_back(http: httpx.AsyncClient) -> None:
    for path in routes("GET"):
        place = place_of(path)
        answer = await http.get(place, headers={"accept": "text/html"})
        if allowed(path) is not None:
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in?next=%2F"), path
        else:
            assert answer.status_code != 303 or path == "/my/cases", path


@pytest.mark.parametrize("role", [None, *PEOPLE])
async def test_no_form_acts_without_its_token(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices, role: Role | None
) -> None:
    if role is not None:
        await signed_in(http, visitors, role)
    for path in routes("POST"):
        answer = await http.post(place_of(path), data={"key": "12345678"}, headers={"accept": "text/html"})
        assert answer.status_code in (401, 403, 404), path
    assert [call.method for call in services.calls if call.command_id is not None] == []


async def test_every_page_is_private_and_forbids_scripts_of_others(http: httpx.AsyncClient) -> None:
    answer = await http.get("/sign-in")
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy


async def test_the_problem_of_an_api_call_stays_a_problem(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/v1/nothing", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_old_style_sheet_is_served_but_not_kept(http: httpx.AsyncClient) -> None:
    answer = await http.get("/assets/000000000000/style.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (await http.get("/assets/x/../settings.py")).status_code == 404
