"""The credit register over the API: what reaches the service, and what is refused at the edge."""

from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest

from services.applications.contracts import credit as c
from shared.errors import FieldError, Refused
from shared.identity import Role
from tests.applications.credit.examples import VIEW, VIEWS
from tests.gateway.conftest import ScriptedServices, Visitors

IMPORTS = "/api/v1/keeper/credit/imports"
REPORT = VIEWS["credit_import_report"]()
WITHOUT_FILE = b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nabc\r\n--x--\r\n'


async def send(
    http: httpx.AsyncClient, visitors: Visitors, content: bytes = b"a,b", **fields: str
) -> httpx.Response:
    headers = await visitors.headers(Role.KEEPER)
    return await http.post(
        IMPORTS,
        headers=headers | {"idempotency-key": str(uuid4())},
        files={"file": ("名单.csv", content, "text/csv")},
        data={"purpose": "九月名单更新"} | fields,
    )


async def test_a_list_reaches_the_service_as_it_is(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["import_credit"] = REPORT
    content = bytes(range(256)) * 8
    answer = await send(http, visitors, content, partial="true", dry_run="false")
    assert answer.status_code == 200
    assert answer.json()["faults"][0]["line"] == 3
    call = services.calls[-1]
    request = c.ImportCredit.model_validate_json(call.request.model_dump_json())
    assert (request.content, request.purpose) == (content, "九月名单更新")
    assert (request.partial, request.dry_run) == (True, False)
    assert call.command_id is not None


async def test_the_largest_list_fits_and_a_larger_one_is_refused(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["import_credit"] = REPORT
    assert (await send(http, visitors, b"x" * 2 * 1024 * 1024)).status_code == 200
    assert (await send(http, visitors, b"x" * 3 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"purpose": ""}, 422),
        ({"purpose": "x" * 201}, 422),
        ({"partial": "vielleicht"}, 422),
        ({"extra": "1"}, 422),
    ],
)
async def test_a_wrong_field_is_refused_at_the_edge(
    fields: dict[str, str],
    status: int,
    http: httpx.AsyncClient,
    visitors: Visitors,
    services: ScriptedServices,
) -> None:
    answer = await send(http, visitors, **fields)
    assert (answer.status_code, answer.json()["code"]) == (status, "invalid_request")
    assert services.calls == []


@pytest.mark.parametrize(
    ("content_type", "content", "status"),
    [
        ("text/csv", b"a,b", 415),
        ("multipart/form-data; boundary=x", b"", 400),
        ("multipart/form-data", b"--x", 400),
        (
            "multipart/form-data; boundary=x",
            WITHOUT_FILE,
            400,
        ),
    ],
)
async def test_a_body_that_is_no_such_form_is_refused(
    content_type: str,
    content: bytes,
    status: int,
    http: httpx.AsyncClient,
    visitors: Visitors,
    services: ScriptedServices,
) -> None:
    headers = await visitors.headers(Role.KEEPER)
    headers |= {"idempotency-key": str(uuid4()), "content-type": content_type}
    answer = await http.post(IMPORTS, headers=headers, content=content)
    assert answer.status_code == status
    assert services.calls == []


async def test_every_wrong_line_is_in_the_answer(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["import_credit"] = Refused(
        "invalid",
        "credit_file_faulty",
        "有误",
        "wrong",
        errors=[FieldError("/lines/3/recorded_on", "date_format", "日期不对", "no date")],
    )
    answer = await send(http, visitors)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/lines/3/recorded_on"


async def test_the_number_of_a_person_is_in_the_body_and_never_in_an_address(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["query_credit"] = VIEWS["person_credit"]()
    body = {"certificate_type": "111", "certificate_number": "341602199001010012", "purpose": "核对异议"}
    headers = await visitors.headers(Role.KEEPER)
    answer = await http.post("/api/v1/keeper/credit/query", headers=headers, json=body)
    assert answer.status_code == 200
    assert "341602199001010012" not in answer.text
    wrong = body | {"certificate_number": "341602199001010013"}
    answer = await http.post("/api/v1/keeper/credit/query", headers=headers, json=wrong)
    assert answer.status_code == 422
    assert "341602199001010013" not in answer.text


async def test_repairs_and_withdrawals_reach_the_service(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers |= {"repair_credit": VIEW, "withdraw_credit_record": VIEW}
    headers = await visitors.headers(Role.KEEPER) | {"idempotency-key": str(uuid4())}
    place = f"/api/v1/keeper/credit/records/{VIEW.record_id}"
    repair = {"instrument": "亳信修〔2026〕3号", "repaired_on": "2026-09-18"}
    assert (await http.post(f"{place}/repair", headers=headers, json=repair)).status_code == 200
    request = services.calls[-1].request
    assert request == c.RepairCredit(
        record_id=VIEW.record_id, instrument="亳信修〔2026〕3号", repaired_on=date(2026, 9, 18)
    )
    answer = await http.post(f"{place}/withdrawal", headers=headers, json={"reason": "同名不同号"})
    assert answer.status_code == 200
    # A number of a person cannot slip into the number of an instrument.
    wrong = repair | {"instrument": "修341602199001010012"}
    assert (await http.post(f"{place}/repair", headers=headers, json=wrong)).status_code == 422


async def test_the_register_is_a_list_with_pages(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["list_credit"] = VIEWS["credit_page"]()
    headers = await visitors.headers(Role.KEEPER)
    answer = await http.get("/api/v1/keeper/credit/records", headers=headers)
    assert [record["record_id"] for record in answer.json()["records"]] == [str(VIEW.record_id)]
    cursor = answer.json()["next_cursor"]
    again = await http.get(f"/api/v1/keeper/credit/records?cursor={cursor}", headers=headers)
    assert again.status_code == 200
    request = services.calls[-1].request
    assert isinstance(request, c.ListCredit)
    assert request.cursor == "MjAyNi0wMy0wMg"


async def test_a_clerk_asks_again(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["ask_credit_again"] = VIEWS["case_credit"]()
    case_id = UUID(int=5)
    headers = await visitors.headers(Role.CLERK)
    answer = await http.post(f"/api/v1/counter/cases/{case_id}/credit", headers=headers)
    assert answer.status_code == 200
    assert [one["answered"] for one in answer.json()["answers"]] == [True, False]
    assert services.calls[-1].request == c.AskCreditAgain(case_id=case_id)
