"""The approver's pages with the services played by a script: who is told what, what is sent, and what is kept."""

import re
from typing import Any

import httpx
import pytest

from services.applications import contracts as c
from services.applications.contracts import powers as p
from services.applications.contracts.rehearsing import Rehearsal, Rehearse
from services.gateway import client
from services.gateway.approver import acts, reasons
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Session
from shared.errors import Refused
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors
from tests.gateway.written_examples import example_of

CASE = c.CaseView.model_validate(example_of(client.GET_CASE).model_dump())
PLACE = f"/review/cases/{CASE.case_id}"
SCRIPT = "<script>alert('理由')</script>"
STEP: dict[str, Any] = {
    "code": "plan",
    "name_zh": "规划审查",
    "kind": "opinion",
    "role": "approver",
    "progress": "open",
}


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    """These tests make visitors only, who do not mind each other."""
    return shared_database


def case(**changes: Any) -> c.CaseView:
    allowed = {"state": "ACCEPTED", "decision": None, "allowed": ["decide_case", "give_opinion", *acts.ACTS]}
    return c.CaseView.model_validate(CASE.model_dump(mode="json") | allowed | changes)


async def come_in(http: httpx.AsyncClient, visitors: Visitors, role: Role = Role.APPROVER) -> None:
    http.cookies.set("tongban_session", await visitors.token(role, kind=Session.COOKIE))


async def page(http: httpx.AsyncClient, place: str) -> str:
    answer = await http.get(place, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


async def send(http: httpx.AsyncClient, place: str, **fields: str) -> httpx.Response:
    token = re.search(r'name="csrf_token" value="([^"]+)"', await page(http, PLACE))
    assert token is not None
    sent = {"csrf_token": token.group(1), "version": str(CASE.version), "key": "12345678"} | fields
    return await http.post(place, data=sent, headers={"accept": "text/html"})


def play(services: ScriptedServices, found: c.CaseView) -> None:
    services.answers["get_case"] = found
    services.answers["list_cases"] = c.CasePage(items=())


async def test_every_act_of_the_table_opens_its_questions(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    await come_in(http, visitors, Role.ORGAN_HEAD)
    play(services, case())
    for act in acts.ACTS.values():
        text = await page(http, f"{PLACE}/acts/{act.name}")
        assert act.title in text
        for one in act.inputs:
            assert f'name="{one.name}"' in text or one.kind in ("defects", "radio", "select"), (
                act.name,
                one.name,
            )
    answer = await http.get(f"{PLACE}/acts/nothing", headers={"accept": "text/html"})
    assert answer.status_code == 404


async def test_only_what_the_service_allows_is_offered() -> None:
    offered = {
        act.name for _, group in acts.offered(case(allowed=["extend_deadline", "recuse"])) for act in group
    }
    assert offered <= {"extend_deadline", "recuse"}
    assert "recuse" in offered
    assert acts.offered(case(allowed=[])) == []


async def test_whoever_was_taken_off_reads_why_nothing_can_be_done(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    await come_in(http, visitors)
    play(services, case(allowed=[]))
    assert "您已回避这个办件" in await page(http, PLACE)
    play(services, case(allowed=["recuse"]))
    assert "由您收件或者受理" in await page(http, PLACE)


async def test_a_countersigner_reads_what_was_said_first(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    opinion = {
        "opinion": "pass",
        "authority": "stand_in",
        "authority_zh": "B岗代办",
        "authority_en": "stand-in",
        "post": "规划科长",
        "given_on": "2026-11-20",
        "words": f"面积一致{SCRIPT}",
    }
    first = STEP | {"progress": "passed", "opinions": [opinion]}
    second = STEP | {"code": "sign", "name_zh": "会签", "kind": "countersign"}
    await come_in(http, visitors)
    play(services, case(review={"steps": [first, second]}))
    text = await page(http, PLACE)
    assert "面积一致" in text
    assert SCRIPT not in text
    assert "这个办件正在“会签”环节" in text
    assert '<option value="plan">' in await page(http, f"{PLACE}/acts/send_back")


async def test_a_decision_is_rehearsed_as_it_would_be_sent_and_nothing_is_done(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    await come_in(http, visitors)
    play(services, case())
    shown = {
        "case_id": str(CASE.case_id),
        "version": CASE.version,
        "state": "DECIDED_REFUSE",
        "state_zh": "不予",
        "state_en": "refused",
        "documents": [
            {
                "kind": "decision_refuse",
                "title": "不予决定书",
                "title_en": "Refusal",
                "lines": [{"style": "text", "text": SCRIPT}],
            }
        ],
    }
    services.answers["rehearse"] = Rehearsal.model_validate(shown)
    answer = await send(http, f"{PLACE}/preview", result="refuse", reasons=SCRIPT)
    assert answer.status_code == 200
    assert SCRIPT not in answer.text
    (asked,) = [call.request for call in services.calls if call.method == "rehearse"]
    assert isinstance(asked, Rehearse)
    assert asked.decide_case is not None
    assert asked.decide_case.reasons == SCRIPT
    assert not [call for call in services.calls if call.method == "decide_case"]


async def test_a_refused_decision_keeps_every_fact_that_was_typed(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    await come_in(http, visitors)
    play(services, case())
    services.answers["rehearse"] = Refused("conflict", "review_not_done", "审查环节尚未完成。", "Not done.")
    facts = {"slot.facts": "面积不一致", "slot.law": "《人民防空法》第二十二条", "slot.condition": "面积"}
    answer = await send(http, f"{PLACE}/preview", result="refuse", template="conditions", **facts)
    assert answer.status_code == 422
    assert "审查环节尚未完成" in answer.text
    for value in facts.values():
        assert f'value="{value}"' in answer.text


async def test_an_act_that_is_not_filled_in_says_so_at_its_field(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    await come_in(http, visitors, Role.ORGAN_HEAD)
    play(services, case())
    answer = await send(http, f"{PLACE}/acts/extend_deadline/preview", length="十天", reasons="因地下管线")
    assert answer.status_code == 422
    assert "length-fault" in answer.text
    assert "因地下管线" in answer.text
    assert not [call for call in services.calls if call.method in ("rehearse", "extend_deadline")]


async def test_powers_are_recorded_by_the_head_with_every_fault_at_its_own_form(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices, gateway: Gateway
) -> None:
    await come_in(http, visitors, Role.ORGAN_HEAD)
    play(services, case())
    services.answers["list_powers"] = p.PowersView(posts=(), delegations=(), absences=())
    services.answers["list_done_for_me"] = p.DoneForMeList(items=())
    answer = await send(
        http,
        "/review/powers/delegations",
        **{
            "delegations.delegator": "staff:a",
            "delegations.delegate": "staff:a",
            "delegations.posts": "科长",
        },
    )
    assert answer.status_code == 422
    assert 'value="staff:a"' in answer.text
    assert "请填写文号" in answer.text
    assert (await send(http, "/review/powers/nothing")).status_code == 404


def test_a_template_leaves_no_fact_open_and_reads_as_one_sentence() -> None:
    for template in reasons.TEMPLATES:
        values = {"template": template.code, "result": "refuse"}
        assert len(reasons.faults_before(values)) == len(template.slots)
        filled = values | {slot.field: f"{slot.name}。" for slot in template.slots}
        assert reasons.faults_before(filled) == []
        sentence = reasons.reasons_of(filled)
        assert "{" not in sentence
        assert sentence.count("。") == 1
