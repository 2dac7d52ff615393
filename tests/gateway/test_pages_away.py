"""Pages while a service is away: its part says so, the rest is drawn, and nothing that was typed is lost."""

import httpx
import pytest

from services.applications.contracts import CasePage
from services.catalogue.contracts import ItemPage
from services.gateway.gateway import Gateway
from services.gateway.identity.sessions import digest_of
from services.gateway.identity.visitor import Session
from shared.errors import Unavailable
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors

AWAY = Unavailable("服务", "The service")
SAYS_SO = "暂时无法读取"


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    return shared_database


@pytest.fixture
def page(http: httpx.AsyncClient) -> httpx.AsyncClient:
    http.headers["accept"] = "text/html"
    return http


async def sign_in(http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors, role: Role) -> str:
    token = await visitors.token(role, kind=Session.COOKIE)
    http.cookies.set("tongban_session", token)
    return gateway.csrf.token(digest_of(token))


async def test_the_home_page_is_drawn_without_the_catalogue(
    page: httpx.AsyncClient, services: ScriptedServices
) -> None:
    services.answers["list_items"] = AWAY
    answer = await page.get("/")
    assert answer.status_code == 200
    assert SAYS_SO in answer.text
    assert "查询进度" in answer.text


async def test_the_home_page_is_drawn_without_the_cases(
    page: httpx.AsyncClient, gateway: Gateway, visitors: Visitors, services: ScriptedServices
) -> None:
    await sign_in(page, gateway, visitors, Role.APPLICANT)
    services.answers |= {"list_items": ItemPage(items=()), "list_cases": AWAY}
    answer = await page.get("/")
    assert answer.status_code == 200
    assert answer.text.count(SAYS_SO) == 1


@pytest.mark.parametrize(("place", "role"), [("/desk", Role.CLERK), ("/review", Role.APPROVER)])
async def test_a_desk_without_its_list_says_so(
    page: httpx.AsyncClient,
    gateway: Gateway,
    visitors: Visitors,
    services: ScriptedServices,
    place: str,
    role: Role,
) -> None:
    await sign_in(page, gateway, visitors, role)
    services.answers["list_cases"] = AWAY
    answer = await page.get(place)
    assert answer.status_code == 200
    assert SAYS_SO in answer.text


async def test_an_inbox_without_its_service_says_so(
    page: httpx.AsyncClient, gateway: Gateway, visitors: Visitors, services: ScriptedServices
) -> None:
    await sign_in(page, gateway, visitors, Role.APPLICANT)
    services.answers |= {"list_inbox": AWAY, "list_cases": CasePage(items=())}
    assert SAYS_SO in (await page.get("/my/inbox")).text
    assert "没有" in (await page.get("/my/cases")).text or "这里会列出" in (await page.get("/my/cases")).text


async def test_a_guide_without_the_catalogue_is_a_page_that_says_what_to_do(
    page: httpx.AsyncClient, services: ScriptedServices
) -> None:
    services.answers["get_guide"] = AWAY
    answer = await page.get(f"/items/{'0' * 31}")
    assert answer.status_code == 503
    assert "请稍后再试" in answer.text


async def test_looking_for_a_case_while_the_service_is_away_keeps_what_was_typed(
    page: httpx.AsyncClient, gateway: Gateway, services: ScriptedServices
) -> None:
    page.cookies.set("tongban_form", "x" * 32)
    services.answers["get_case"] = AWAY
    form = {
        "csrf_token": gateway.csrf.token(digest_of("x" * 32)),
        "case_no": "112345678901",
        "access_code": "abcdefgh",
    }
    answer = await page.post("/find", data=form)
    assert answer.status_code == 422
    assert 'value="112345678901"' in answer.text
    assert "没有找到" not in answer.text


async def test_a_form_after_the_session_has_ended_says_that_nothing_was_sent(page: httpx.AsyncClient) -> None:
    answer = await page.post("/my/cases/00000000-0000-4000-8000-000000000000/withdraw", data={})
    assert answer.status_code == 401
    assert "登录已过期" in answer.text
