"""A look of the staff at a file is recorded before the file is handed out; an applicant's own look is nobody's business."""

import json

import httpx
import pytest

from services.gateway import client
from services.gateway.contracts import CaseFileOpenedV1, CasesFoundV1
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Session
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors
from tests.gateway.test_uploads import PDF, upload
from tests.gateway.written_examples import example_of


async def _case_with_a_file(
    http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway, services: ScriptedServices
) -> tuple[str, str]:
    stored = await upload(http, await visitors.headers(Role.APPLICANT), PDF)
    upload_id = stored.json()["upload_id"]
    [row] = await gateway.database.fetch("SELECT digest FROM uploads WHERE id = $1", upload_id)
    case = example_of(client.GET_CASE).model_dump(mode="json")
    case["check"]["materials"][0] |= {
        "upload_id": upload_id,
        "digest": row["digest"],
        "media_type": "application/pdf",
    }
    services.answers["get_case"] = client.GET_CASE.reply.model_validate(case)
    return str(case["case_id"]), upload_id


async def _recorded(gateway: Gateway) -> list[str]:
    rows = await gateway.database.fetch(
        "SELECT subject FROM outbox WHERE routing_key = $1", CaseFileOpenedV1.event_type
    )
    return [row["subject"] for row in rows]


@pytest.mark.parametrize("room, role", [("counter", Role.CLERK), ("approver", Role.APPROVER)])
async def test_a_file_that_staff_open_is_an_entry_of_the_log(
    http: httpx.AsyncClient,
    visitors: Visitors,
    gateway: Gateway,
    services: ScriptedServices,
    room: str,
    role: Role,
) -> None:
    case_id, upload_id = await _case_with_a_file(http, visitors, gateway, services)
    answer = await http.get(
        f"/api/v1/{room}/cases/{case_id}/files/{upload_id}", headers=await visitors.headers(role)
    )
    assert answer.content == PDF
    assert await _recorded(gateway) == [case_id]


async def test_an_applicant_opens_an_own_file_unrecorded(
    http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway, services: ScriptedServices
) -> None:
    case_id, upload_id = await _case_with_a_file(http, visitors, gateway, services)
    path = f"/api/v1/applicant/cases/{case_id}/files/{upload_id}"
    answer = await http.get(path, headers=await visitors.headers(Role.APPLICANT))
    assert answer.content == PDF
    assert await _recorded(gateway) == []


@pytest.mark.parametrize("way", ["api", "page"])
async def test_looking_for_a_case_by_the_end_of_a_number_is_an_entry_of_the_log(
    http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway, services: ScriptedServices, way: str
) -> None:
    found = client.FIND_CASES.reply.model_validate_json(example_of(client.FIND_CASES).model_dump_json())
    services.answers["find_cases"] = found
    headers = await visitors.headers(Role.CLERK)
    if way == "api":
        answer = await http.post("/api/v1/counter/cases/find", json={"text": "0012"}, headers=headers)
        assert answer.json()["items"][0]["by"] == "certificate"
    else:
        http.cookies.set("tongban_session", await visitors.token(Role.CLERK, kind=Session.COOKIE))
        answer = await http.get("/desk/find?last=0012", headers={"accept": "text/html"})
        assert answer.headers["location"] == f"/desk/cases/{found.items[0].line.case_id}"
    rows = await gateway.database.fetch(
        "SELECT body FROM outbox WHERE routing_key = $1", CasesFoundV1.event_type
    )
    [told] = [json.loads(row["body"])["data"] for row in rows]
    assert told["case_ids"] == [str(found.items[0].line.case_id)]
    # Which digits were asked for stands nowhere.
    assert told.keys() == {"case_ids", "found_at"}
