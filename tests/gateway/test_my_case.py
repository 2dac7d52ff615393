"""The applicant's case: what can be done now, the receipt, what waits on every page, a helper, a rating, a call back."""

import re
from datetime import date
from typing import Any

import httpx
import pytest

from services.applications import contracts as c
from services.applications.contracts.mandates import GiveMandate
from services.applications.contracts.rating import RateCase
from services.gateway import client
from services.gateway.applicant import large_print, possible, receipt
from services.gateway.contracts import CallBackNumberSeenV1
from services.gateway.gateway import Gateway
from services.gateway.identity.sessions import digest_of
from services.gateway.identity.visitor import Session
from shared.errors import Refused, Unavailable
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors
from tests.gateway.written_examples import example_of

CASE = c.CaseView.model_validate(example_of(client.GET_CASE).model_dump())
MINE = f"/my/cases/{CASE.case_id}"
CODE = "ABCDEFGH"


def case(**changes: Any) -> c.CaseView:
    """The written example of a case, otherwise than it is in this."""
    return c.CaseView.model_validate(CASE.model_dump(mode="json") | {"allowed": []} | changes)


class Browser:
    """Somebody with a browser, who sends the forms of the pages."""

    def __init__(self, http: httpx.AsyncClient, csrf: str) -> None:
        self.http, self._csrf = http, csrf

    async def read(self, place: str) -> str:
        return (await self.http.get(place, headers={"accept": "text/html"})).text

    async def send(self, place: str, key: str = "key-1", **fields: Any) -> httpx.Response:
        data = {
            "csrf_token": self._csrf,
            "key": key,
            **{name.replace("__", "."): v for name, v in fields.items()},
        }
        return await self.http.post(place, data=data, headers={"accept": "text/html"})


@pytest.fixture
async def guest(http: httpx.AsyncClient, gateway: Gateway) -> Browser:
    await http.get("/call-me", headers={"accept": "text/html"})
    return Browser(http, gateway.csrf.token(digest_of(http.cookies["tongban_form"])))


async def _signed_in(http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors, role: Role) -> Browser:
    token = await visitors.token(role, kind=Session.COOKIE)
    http.cookies.set("tongban_session", token)
    return Browser(http, gateway.csrf.token(digest_of(token)))


@pytest.fixture
async def applicant(http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors) -> Browser:
    return await _signed_in(http, gateway, visitors, Role.APPLICANT)


# -- what can be done now ----------------------------------------------------------------------------------------


def offered(view: c.CaseView) -> set[str]:
    return {choice.place.rpartition("/")[2] for choice in possible.choices(view)}


def test_what_the_case_does_not_allow_is_not_offered() -> None:
    assert offered(case()) == {f"call-me?case={CASE.case_id}"}
    assert not possible.withdrawable(case())


@pytest.mark.parametrize(
    ("allowed", "changes", "place"),
    [
        ("rate_case", {}, "rate"),
        ("request_recusal", {}, "recusal"),
        ("give_mandate", {}, "helper"),
        ("request_hearing", {"hearing": {"state": "told"}}, "hearing"),
        ("request_hearing", {"hearing": {"state": "told"}}, "no-hearing"),
        ("hear_on_recall", {"recall": {"noticed_on": "2026-11-20"}}, "recall"),
        (
            "request_supply_extension",
            {"tolerance": {"supply_due_on": "2026-12-01", "lacking": ["A"]}},
            "more-time",
        ),
    ],
)
def test_what_the_case_allows_is_offered(allowed: str, changes: dict[str, Any], place: str) -> None:
    assert place in offered(case(allowed=[allowed], **changes))


@pytest.mark.parametrize(
    ("allowed", "changes"),
    [
        ("request_hearing", {"hearing": {"state": "lapsed"}}),
        ("hear_on_recall", {"recall": {"noticed_on": "2026-11-20", "heard_on": "2026-11-21"}}),
        (
            "request_supply_extension",
            {
                "tolerance": {
                    "supply_due_on": "2026-12-01",
                    "lacking": ["A"],
                    "request": {"asked_on": "2026-11-20", "until": "2026-12-05"},
                }
            },
        ),
    ],
)
def test_what_was_done_already_is_not_offered_again(allowed: str, changes: dict[str, Any]) -> None:
    assert offered(case(allowed=[allowed], **changes)) == {f"call-me?case={CASE.case_id}"}


async def test_a_page_for_what_is_not_possible_says_so(
    applicant: Browser, services: ScriptedServices
) -> None:
    services.answers["get_case"] = case()
    assert "现在不能办理这一项" in await applicant.read(f"{MINE}/ask/hearing")
    assert (await applicant.http.get(f"{MINE}/ask/anything")).status_code == 404


# -- the receipt -------------------------------------------------------------------------------------------------


def _voucher() -> dict[str, Any]:
    reference = {
        "document_id": CASE.case_id,
        "kind": "receipt_voucher",
        "number": "1",
        "title": "收件凭证",
        "title_en": "Receipt",
        "issued_on": "2026-11-20",
    }
    document = example_of(client.GET_DOCUMENT).model_dump(mode="json")
    document["lines"] = [{"style": "field", "text": CODE, "label": "查询码"}]
    return {
        "get_case": case(documents=[reference]),
        "get_document": c.DocumentView.model_validate(document),
    }


async def test_the_receipt_tells_number_and_code_and_leads_a_camera_to_both(
    applicant: Browser, services: ScriptedServices
) -> None:
    services.answers |= _voucher()
    shown = await applicant.read(f"{MINE}/receipt")
    assert CODE in shown
    assert "<svg" in shown.partition("receipt__square")[2]


async def test_the_code_travels_to_no_server(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(receipt, "qr_code", lambda address, **_: asked.append(address))
    receipt.square_code(gateway, "123", CODE)
    assert asked == [f"http://tongban.test/find?case_no=123#code={CODE}"]


async def test_the_receipt_is_there_without_its_voucher(
    applicant: Browser, services: ScriptedServices
) -> None:
    services.answers |= _voucher() | {"get_document": Unavailable("文书", "Documents")}
    shown = await applicant.read(f"{MINE}/receipt")
    assert "查询码暂时无法读取" in shown


async def test_the_number_of_a_square_code_stands_in_the_look_up_page(guest: Browser) -> None:
    assert 'value="123&#34;&gt;"' in await guest.read('/find?case_no=123">')


# -- what waits --------------------------------------------------------------------------------------------------


def _lines(state: str) -> c.CasePage:
    page = example_of(client.LIST_CASES)
    assert isinstance(page, c.CasePage)
    line = page.items[0].model_copy(update={"state": state, "due_on": date(2026, 12, 1)})
    return c.CasePage(items=(line,))


@pytest.mark.parametrize("state", ["CORRECTION_NOTICED", "ACCEPTED_TOLERANT"])
async def test_what_waits_is_said_on_every_page_until_it_was_sent_again(
    applicant: Browser, services: ScriptedServices, state: str
) -> None:
    services.answers["list_cases"] = _lines(state)
    for place in ("/call-me", "/my/inbox", "/find", "/about"):
        assert "现在去补" in await applicant.read(place), place
    services.answers["list_cases"] = _lines("SUBMITTED")
    assert "现在去补" not in await applicant.read("/call-me")


async def test_a_page_is_drawn_while_nobody_can_say_what_waits(
    applicant: Browser, services: ScriptedServices
) -> None:
    services.answers["list_cases"] = Unavailable("办件", "Cases")
    assert "请打给我" in await applicant.read("/call-me")


# -- a helper ----------------------------------------------------------------------------------------------------

HELPER = {"agent__name": "李秀英", "agent__certificate_number": "341602198503120022"}
FUTURE = {"agent__valid_until": "2099-12-31"}


async def test_a_helper_is_named_for_a_scope_and_a_time(
    applicant: Browser, services: ScriptedServices
) -> None:
    services.answers |= {
        "get_case": case(allowed=["give_mandate"]),
        "give_mandate": example_of(client.GIVE_MANDATE),
    }
    sent = await applicant.send(
        f"{MINE}/helper", **HELPER, **FUTURE, scope="supply", agreed="true", version="1"
    )
    assert sent.status_code == 303
    asked = next(call.request for call in services.calls if call.method == "give_mandate")
    assert isinstance(asked, GiveMandate)
    assert (asked.agent.scope, str(asked.agent.valid_until)) == (("supply",), "2099-12-31")


async def test_everything_that_a_mandate_lacks_is_said_at_once(
    applicant: Browser, services: ScriptedServices
) -> None:
    services.answers["get_case"] = case(allowed=["give_mandate"])
    sent = await applicant.send(
        f"{MINE}/helper", agent__name="李秀英", agent__certificate_number="341602198503120023"
    )
    assert sent.status_code == 422
    for name in ("agent.certificate_number", "agent.scope", "agent.valid_until", "agreed"):
        assert f'href="#{name}"' in sent.text, name
    assert 'value="李秀英"' in sent.text
    assert not [call for call in services.calls if call.method == "give_mandate"]


# -- a rating ----------------------------------------------------------------------------------------------------


async def test_a_poor_rating_is_called_back_and_a_good_one_is_not(
    applicant: Browser, services: ScriptedServices, gateway: Gateway
) -> None:
    services.answers |= {
        "get_case": case(allowed=["rate_case"]),
        "rate_case": example_of(client.RATE_CASE),
    }
    assert "哪里没有做好" in await applicant.read(f"{MINE}/rate?level=1")
    assert "哪里做得好" in await applicant.read(f"{MINE}/rate?level=5")
    await applicant.send(f"{MINE}/rate", "good", level="5", tags="quick", version="1")
    assert await gateway.database.fetch("SELECT 1 FROM call_backs") == []
    for _ in range(2):
        sent = await applicant.send(
            f"{MINE}/rate", "poor", level="1", tags="rude", words="没人理", version="1"
        )
        assert sent.status_code == 303
    [row] = await gateway.database.fetch("SELECT * FROM call_backs")
    assert (row["reason"], row["case_id"]) == ("rating", CASE.case_id)
    told = [call.request for call in services.calls if call.method == "rate_case"]
    assert all(isinstance(one, RateCase) for one in told)
    assert len({call.command_id for call in services.calls if call.method == "rate_case"}) == 2


async def test_a_refused_rating_keeps_what_was_written(
    applicant: Browser, services: ScriptedServices
) -> None:
    services.answers |= {
        "get_case": case(allowed=["rate_case"]),
        "rate_case": Refused("stale", "stale_version", "办件已更新。", "The case has changed."),
    }
    sent = await applicant.send(f"{MINE}/rate", level="1", tags="slow", words="<b>跑了三趟</b>", version="1")
    assert sent.status_code == 422
    assert "&lt;b&gt;跑了三趟&lt;/b&gt;" in sent.text
    assert re.search(r'value="slow" checked', sent.text)


# -- being called back -------------------------------------------------------------------------------------------


async def test_a_guest_asks_twice_and_waits_once_with_a_sealed_number(
    guest: Browser, gateway: Gateway
) -> None:
    for key in ("one", "one", "two"):
        sent = await guest.send("/call-me", key, phone="１３８ 0000 0001")
        assert sent.headers["location"] == "/call-me/asked"
    [row] = await gateway.database.fetch("SELECT * FROM call_backs")
    assert b"13800000001" not in bytes(row["number"]) + bytes(row["number_index"])
    assert row["owner"] is None


@pytest.mark.parametrize("phone", ["", "12", "138000000012", "abc", "📞", "5120000"])
async def test_a_number_that_cannot_be_called_is_told_how_to_be_written(
    guest: Browser, gateway: Gateway, phone: str
) -> None:
    sent = await guest.send("/call-me", phone=phone)
    assert sent.status_code == 422
    assert sent.text.count("电话号码") >= 2
    assert f'value="{phone}"' in sent.text
    assert await gateway.database.fetch("SELECT 1 FROM call_backs") == []


async def test_a_script_does_not_fill_the_list_of_the_desk(guest: Browser) -> None:
    answers = [await guest.send("/call-me", f"key-{n}", phone=f"138000000{n:02}") for n in range(15)]
    assert answers[0].status_code == 303
    assert answers[-1].status_code == 422
    assert "稍" in answers[-1].text


async def test_the_account_s_own_number_is_one_tap_away(
    applicant: Browser, gateway: Gateway, services: ScriptedServices
) -> None:
    assert "138****0001" in await applicant.read("/call-me")
    services.answers["get_case"] = case()
    await applicant.send("/call-me", number="own", case=str(CASE.case_id))
    [row] = await gateway.database.fetch("SELECT * FROM call_backs")
    assert row["case_id"] == CASE.case_id
    assert row["owner"].startswith("account:")


async def test_nobody_leads_a_clerk_to_a_case_that_they_may_not_read(
    guest: Browser, gateway: Gateway
) -> None:
    await guest.send("/call-me", phone="13800000001", case=str(CASE.case_id))
    [row] = await gateway.database.fetch("SELECT * FROM call_backs")
    assert row["case_id"] is None


async def test_each_look_at_a_number_is_an_entry_of_the_log_and_a_call_counts_once(
    guest: Browser, http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors
) -> None:
    await guest.send("/call-me", phone="0558-5120000")
    [row] = await gateway.database.fetch("SELECT id FROM call_backs")
    clerk, place = await _signed_in(http, gateway, visitors, Role.CLERK), f"/desk/call-backs/{row['id']}"
    assert "05585120000" not in await clerk.read("/desk/call-backs")
    assert "05585120000" in (await clerk.send(f"{place}/number")).text
    seen = "SELECT subject FROM outbox WHERE routing_key = $1"
    assert [
        one["subject"] for one in await gateway.database.fetch(seen, CallBackNumberSeenV1.event_type)
    ] == [str(row["id"])]
    for _ in range(2):
        await clerk.send(f"{place}/called", outcome="missed", tries="0")
    assert "1 次" in await clerk.read("/desk/call-backs")
    await clerk.send(f"{place}/called", outcome="reached", tries="1")
    assert "没有等着回电的人" in await clerk.read("/desk/call-backs")


# -- large print -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "years"),
    [("341602196611250012", 60), ("341602196611260012", 59), ("341602199001010012", 36), ("X", 0)],
)
def test_an_age_is_read_from_an_identity_card(number: str, years: int) -> None:
    assert large_print.age(number, date(2026, 11, 25)) == years
