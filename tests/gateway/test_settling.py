"""An order about a dead letter is in the audit log before it is carried out, once, and the page says what became of it."""

import re
from uuid import uuid4

import httpx
import pytest

from services.audit import contracts as a
from services.gateway.gateway import Gateway
from services.gateway.identity.sessions import digest_of
from services.gateway.identity.visitor import Session
from shared.errors import Refused, Unavailable
from shared.identity import Role
from shared.messaging import failures, operating
from tests.gateway.conftest import ScriptedServices, Visitors
from tests.gateway.test_feed_and_witness import submitted

PLACE = "/operator/dead-letters"


@pytest.fixture
async def operator(http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors) -> dict[str, str]:
    """An operator at a browser; the token of their forms."""
    token = await visitors.token(Role.OPERATOR, kind=Session.COOKIE)
    http.cookies.set("tongban_session", token)
    http.headers["accept"] = "text/html"
    return {"csrf_token": gateway.csrf.token(digest_of(token)), "key": str(uuid4())}


async def bury(gateway: Gateway, body: bytes = b"{}") -> int:
    async with gateway.database.transaction() as connection:
        await failures.bury_unreadable(connection, "gateway.feed", body, "unreadable <b>detail</b>")
    [row] = await gateway.database.fetch("SELECT max(id) AS newest FROM dead_letters")
    return int(row["newest"])


async def orders(gateway: Gateway) -> list[tuple[str, str | None]]:
    rows = await gateway.database.fetch(
        """
        SELECT body::json -> 'data' ->> 'order', body::json -> 'data' ->> 'reason' FROM outbox
        WHERE routing_key = 'cn.tongban.gateway.dead_letter_ordered.v1' ORDER BY id
        """
    )
    return [(row[0], row[1]) for row in rows]


async def test_a_letter_of_the_gateway_is_put_away_with_a_reason_and_on_record(
    http: httpx.AsyncClient, gateway: Gateway, operator: dict[str, str]
) -> None:
    number = await bury(gateway)
    place = f"{PLACE}/gateway/{number}/discard"
    unsaid = await http.post(place, data=operator)
    assert unsaid.status_code == 422
    assert unsaid.text.count("搁置前请选择理由") == 2
    assert await orders(gateway) == []
    done = await http.post(place, data=operator | {"reason": "duplicate"})
    assert (done.status_code, done.headers["location"]) == (303, f"{PLACE}?said=discard")
    # A double click is the same order.
    again = await http.post(place, data=operator | {"reason": "duplicate"})
    assert again.status_code == 303
    assert await orders(gateway) == [("discard", "duplicate")]
    page = await http.get(f"{PLACE}?said=discard")
    assert "理由已记入审计账" in page.text
    assert f"/gateway/{number}/" not in page.text


async def test_a_letter_is_handed_over_again(
    http: httpx.AsyncClient, gateway: Gateway, operator: dict[str, str]
) -> None:
    number = await bury(gateway, submitted(None).envelope.model_dump_json().encode())
    done = await http.post(f"{PLACE}/gateway/{number}/replay", data=operator)
    assert done.status_code == 303
    assert len(await gateway.database.fetch("SELECT 1 FROM retries")) == 1
    unreadable = await bury(gateway)
    refused = await http.post(f"{PLACE}/gateway/{unreadable}/replay", data=operator | {"key": str(uuid4())})
    assert refused.status_code == 422
    assert "重放没有意义" in refused.text
    assert await orders(gateway) == [("replay", None), ("replay", None)]


async def test_an_order_to_another_service_is_passed_on_and_its_refusal_shown(
    http: httpx.AsyncClient, services: ScriptedServices, operator: dict[str, str]
) -> None:
    services.answers["discard_dead_letter"] = operating.Settled(id=7)
    assert (
        await http.post(f"{PLACE}/audit/7/discard", data=operator | {"reason": "outdated"})
    ).status_code == 303
    [call] = [call for call in services.calls if call.method == "discard_dead_letter"]
    assert (call.service, call.request) == (
        "audit",
        operating.DiscardDeadLetter(id=7, reason="outdated"),
    )
    services.answers["replay_dead_letter"] = Refused(
        "not_found", "dead_letter_not_found", "没有这条待处理的死信。", "There is no such open dead letter."
    )
    gone = await http.post(f"{PLACE}/audit/8/replay", data=operator | {"key": str(uuid4())})
    assert gone.status_code == 422
    assert "没有这条待处理的死信" in gone.text
    for place in ("nobody/8/replay", "audit/8/burn", "audit/-8/replay", "audit/٣/replay"):
        assert (await http.post(f"{PLACE}/{place}", data=operator)).status_code == 404, place


async def test_only_the_part_of_a_service_that_is_away_says_so(
    http: httpx.AsyncClient, gateway: Gateway, services: ScriptedServices, operator: dict[str, str]
) -> None:
    await bury(gateway)
    services.answers["list_dead_letters"] = Unavailable("服务", "The service")
    page = await http.get(PLACE)
    assert page.status_code == 200
    assert page.text.count("暂时无法读取") == 5
    assert "unreadable &lt;b&gt;detail" in page.text
    home = await http.get("/operator")
    assert home.status_code == 200
    assert "1条待处理" in home.text
    assert "读不到" in home.text


async def test_an_auditor_looks_and_settles_nothing(
    http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors
) -> None:
    await bury(gateway)
    token = await visitors.token(Role.AUDITOR, kind=Session.COOKIE)
    http.cookies.set("tongban_session", token)
    page = await http.get(PLACE, headers={"accept": "text/html"})
    assert page.status_code == 200
    assert '<form method="post" action="/operator' not in page.text
    form = {"csrf_token": gateway.csrf.token(digest_of(token)), "key": "12345678", "reason": "outdated"}
    for order in ("replay", "discard"):
        assert (await http.post(f"{PLACE}/gateway/1/{order}", data=form)).status_code == 403


async def test_a_search_that_cannot_be_names_its_fields_and_asks_nothing(
    http: httpx.AsyncClient, services: ScriptedServices, operator: dict[str, str]
) -> None:
    asked = "/operator/audit?case=%3Cscript%3E&since=yesterday&until=9999-12-31&kind=burned"
    page = await http.get(asked)
    assert page.status_code == 422
    for words in ("没有这个办件编号或办件标识", "日期格式不对", "没有这种事件"):
        assert words in page.text
    assert "<script>" not in re.sub(r"<script src=[^>]*>", "", page.text)
    assert 'value="yesterday"' in page.text
    assert "search_entries" not in [call.method for call in services.calls]
    assert (await http.get("/operator/audit?actor=%00")).status_code == 400


async def test_the_last_day_is_searched_whole(
    http: httpx.AsyncClient, services: ScriptedServices, operator: dict[str, str]
) -> None:
    services.answers["search_entries"] = a.EntryPage(entries=[], next_cursor="bGVhZjoy")
    kind = "applications.case_accepted.v1"
    page = await http.get(f"/operator/audit?since=2026-11-24&until=2026-11-24&kind={kind}")
    [call] = [call for call in services.calls if call.method == "search_entries"]
    request = call.request.model_dump(mode="json")
    assert request["since"] == "2026-11-24T00:00:00+08:00"
    assert request["until"] == "2026-11-25T00:00:00+08:00"
    assert request["type"] == f"cn.tongban.{kind}"
    assert "cursor=bGVhZjoy" in page.text
