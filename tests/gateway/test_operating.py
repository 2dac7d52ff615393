"""What an operator sees, and what of it is left when a service is away."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from services.applications import contracts as c
from services.audit import contracts as a
from services.notifications import contracts as n
from shared.errors import Unavailable
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors
from tests.gateway.written_examples import answers

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
CASE_ID, EVENT_ID = uuid4(), uuid4()
URL = f"/api/v1/operator/cases/{CASE_ID}/effects"


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    return shared_database


@pytest.fixture
async def operator(visitors: Visitors) -> dict[str, str]:
    return await visitors.headers(Role.OPERATOR)


@pytest.fixture
def one_case(services: ScriptedServices) -> ScriptedServices:
    effect = c.EffectView(
        event_id=EVENT_ID, event_type="cn.tongban.applications.case_submitted.v1", version=1, recorded_at=AT,
        sent_at=AT + timedelta(milliseconds=5), actor_role="applicant",
    )  # fmt: skip
    entry = answers()["list_entries"].entries[0]  # type: ignore[attr-defined]  # an entry page
    message = answers()["mark_read"]
    sealed_at = AT + timedelta(milliseconds=20)
    services.answers = {
        "case_effects": c.CaseEffects(case_id=CASE_ID, case_no="1" * 43, effects=(effect,)),
        "subject_entries": a.EntryPage(
            entries=[entry.model_copy(update={"event_id": EVENT_ID, "sealed_at": sealed_at, "index": 7})]
        ),
        "list_case_messages": n.MessagePage(
            messages=[message.model_copy(update={"cause_id": EVENT_ID, "created_at": AT + timedelta(milliseconds=9)})]  # type: ignore[list-item]
        ),
    }  # fmt: skip
    return services


async def test_an_operator_sees_every_effect_of_a_case_with_its_time(
    http: httpx.AsyncClient, operator: dict[str, str], one_case: ScriptedServices
) -> None:
    view = (await http.get(URL, headers=operator)).json()
    [line] = view["effects"]
    assert line["recorded_at"] == "2026-11-24T09:00:00+08:00"
    assert line["sent_at"] == "2026-11-24T09:00:00.005000+08:00"
    assert (line["sealed_at"], line["audit_index"]) == ("2026-11-24T09:00:00.020000+08:00", 7)
    assert line["noticed_at"] == "2026-11-24T09:00:00.009000+08:00"
    assert line["listed_at"] is None
    assert view["away"] == []


async def test_a_service_that_is_away_leaves_its_part_empty(
    http: httpx.AsyncClient, operator: dict[str, str], one_case: ScriptedServices
) -> None:
    one_case.answers["subject_entries"] = Unavailable("审计", "Audit")
    answer = await http.get(URL, headers=operator)
    assert answer.status_code == 200
    assert answer.json()["away"] == ["audit"]
    assert answer.json()["effects"][0]["sealed_at"] is None
    assert answer.json()["messages"]


async def test_without_the_owner_of_cases_there_is_no_answer(
    http: httpx.AsyncClient, operator: dict[str, str], one_case: ScriptedServices
) -> None:
    one_case.answers["case_effects"] = Unavailable("办件", "Applications")
    answer = await http.get(URL, headers=operator)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_the_board_names_who_does_not_answer(
    http: httpx.AsyncClient, operator: dict[str, str], services: ScriptedServices
) -> None:
    services.answers = {"list_items": answers()["list_items"], "get_checkpoint": Unavailable("审计", "Audit")}
    board = (await http.get("/api/v1/operator/services", headers=operator)).json()["services"]
    # "No such case" is an answer too.
    answering = {line["service"] for line in board if line["answers"]}
    assert answering == {"catalogue", "applications", "documents", "notifications", "database", "broker"}
    assert {line["service"] for line in board} - answering == {"audit"}
