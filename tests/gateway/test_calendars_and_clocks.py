"""The keeper's calendars and the public calculator, over HTTP with the services played."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.cli import main
from services.applications.contracts.recalculating import CalendarPreview, PreviewCalendar, Recalculation
from services.catalogue.contracts import CalendarList, CalendarReceipt, PublishCalendar
from services.catalogue.seed import seed_calendars
from services.gateway import examples
from services.gateway.identity.throttle import CALCULATOR
from shared.errors import Refused, Unavailable
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors
from tests.gateway.written_examples import FOLDER

KNOWN = CalendarList(calendars=tuple(seed_calendars()), working_days_ahead=27)


def written(service: str, name: str) -> bytes:
    return (FOLDER / service / f"{name}.json").read_bytes()


@pytest.fixture
async def keeper(visitors: Visitors) -> dict[str, str]:
    return {"authorization": f"Bearer {await visitors.token(Role.KEEPER)}"}


async def test_the_calculator_says_what_the_command_says(
    http: httpx.AsyncClient,
    services: ScriptedServices,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    services.answers["list_calendars"] = KNOWN
    answered = await http.post("/api/v1/public/clock", json=examples.CLOCK)
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(examples.CLOCK), "utf-8")
    assert main(["clock", str(file), "--json"]) == 0
    assert answered.status_code == 200
    assert answered.json() == json.loads(capsys.readouterr().out)
    assert answered.json()["due_on"] == "2026-11-10"


async def test_the_calculator_counts_with_the_shipped_years_while_the_catalogue_is_away(
    http: httpx.AsyncClient, services: ScriptedServices
) -> None:
    services.answers["list_calendars"] = Unavailable("事项目录", "the catalogue")
    answered = (await http.post("/api/v1/public/clock", json=examples.CLOCK)).json()
    assert (answered["due_on"], answered["calendar"]) == ("2026-11-10", "2024v1 2025v1 2026v1")


async def test_the_calculator_counts_hours(http: httpx.AsyncClient, services: ScriptedServices) -> None:
    services.answers["list_calendars"] = KNOWN
    scenario = {"start": "2026-09-18T09:00+08:00", "length": 48, "unit": "hour", "operations": None}
    answered = (await http.post("/api/v1/public/clock", json=scenario)).json()
    assert answered["due_at"] == "2026-09-20T09:00:00+08:00"
    assert "due_on" not in answered


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"start": "2026-02-30"}, "/start"),
        ({"start": "1999-12-31"}, "/start"),
        ({"start": 5}, "/start"),
        ({"length": 0}, "/length"),
        ({"length": 10**30}, "/length"),
        ({"length": 20.0}, "/length"),
        ({"unit": "week"}, "/unit"),
        ({"more": 1}, "/more"),
        ({"operations": [{"operation": "STOP"}]}, "/operations/0/operation"),
        ({"operations": [{"operation": "EXCLUDE", "from": "2026-10-12"}]}, "/operations/0"),
        ({"operations": [{"operation": "RESTART", "at": "2026-09-01"}]}, "/operations/0"),
        ({"operations": [{"operation": "EXTEND", "length": 1, "reason": "a\nb"}]}, "/operations/0/reason"),
        ({"operations": [{"operation": "EXTEND", "length": 1}] * 1001}, "/operations"),
        ({"article": "\u0000"}, "/article"),
    ],
)
async def test_a_wrong_scenario_is_refused_with_its_place(
    http: httpx.AsyncClient, services: ScriptedServices, changed: dict[str, Any], pointer: str
) -> None:
    services.answers["list_calendars"] = KNOWN
    answered = await http.post("/api/v1/public/clock", json=examples.CLOCK | changed)
    assert answered.status_code == 422
    (fault, *_) = answered.json()["errors"]
    assert fault["pointer"] == pointer
    assert fault["detail"]
    assert fault["detail_en"]


async def test_a_scenario_whose_end_cannot_be_found_is_refused(
    http: httpx.AsyncClient, services: ScriptedServices
) -> None:
    services.answers["list_calendars"] = KNOWN
    endless = {"operation": "EXCLUDE", "from": "2026-09-18", "until": "2199-12-31"}
    answered = await http.post("/api/v1/public/clock", json=examples.CLOCK | {"operations": [endless]})
    assert (answered.status_code, answered.json()["code"]) == (422, "deadline_out_of_range")


async def test_nobody_has_the_server_count_without_end(
    http: httpx.AsyncClient, services: ScriptedServices
) -> None:
    services.answers["list_calendars"] = KNOWN
    for _ in range(CALCULATOR.free):
        assert (await http.post("/api/v1/public/clock", json={"start": 1})).status_code == 422
    for _ in range(CALCULATOR.free):
        assert (await http.post("/api/v1/public/clock", json=examples.CLOCK)).status_code == 200
    await http.post("/api/v1/public/clock", json=examples.CLOCK)
    answered = await http.post("/api/v1/public/clock", json=examples.CLOCK)
    assert (answered.status_code, answered.json()["code"]) == (429, "too_many_attempts")
    assert int(answered.headers["retry-after"]) > 0


async def test_the_keeper_sees_the_list_and_loads_the_year_once(
    http: httpx.AsyncClient, services: ScriptedServices, keeper: dict[str, str]
) -> None:
    services.answers["list_calendars"] = KNOWN
    services.answers["preview_calendar"] = CalendarPreview.model_validate_json(
        written("applications", "calendar_preview")
    )
    services.answers["publish_calendar"] = CalendarReceipt.model_validate_json(
        written("catalogue", "calendar_receipt")
    )
    services.answers["ask_recalculation"] = Recalculation.model_validate_json(
        written("applications", "recalculation")
    )
    known = await http.get("/api/v1/keeper/calendars", headers=keeper)
    assert known.json()["working_days_ahead"] == 27
    url = "/api/v1/keeper/calendars/preview?limit=2&only_moved=true"
    first = (await http.post(url, json=examples.CALENDAR, headers=keeper)).json()
    assert first["lines"][0]["due_after"] == "2026-10-23"
    cursor = first["next_cursor"]
    assert (
        await http.post(f"{url}&cursor={cursor}", json=examples.CALENDAR, headers=keeper)
    ).status_code == 200
    asked = services.calls[-1].request
    assert isinstance(asked, PreviewCalendar)
    assert (asked.cursor, asked.limit, asked.only_moved) == (
        "2026-10-22_01900000-0000-7000-8000-000000000001",
        2,
        True,
    )
    loaded = await http.post(
        "/api/v1/keeper/calendars",
        json=examples.CALENDAR,
        headers=keeper | {"idempotency-key": str(uuid4())},
    )
    assert loaded.json() == {"year": 2026, "version": 1, "changed": True, "working_days": 248}
    command = services.calls[-1]
    assert isinstance(command.request, PublishCalendar)
    assert command.command_id is not None
    progress = await http.get("/api/v1/keeper/recalculation", headers=keeper)
    assert progress.json()["waiting"] == 3


async def test_a_cursor_of_another_notice_is_refused(
    http: httpx.AsyncClient, services: ScriptedServices, keeper: dict[str, str]
) -> None:
    services.answers["preview_calendar"] = CalendarPreview.model_validate_json(
        written("applications", "calendar_preview")
    )
    url = "/api/v1/keeper/calendars/preview"
    first = (await http.post(url, json=examples.CALENDAR, headers=keeper)).json()
    other = examples.CALENDAR | {"version": 2}
    answered = await http.post(f"{url}?cursor={first['next_cursor']}", json=other, headers=keeper)
    assert (answered.status_code, answered.json()["code"]) == (400, "invalid_cursor")


async def test_a_refused_notice_is_told_as_the_catalogue_says_it(
    http: httpx.AsyncClient, services: ScriptedServices, keeper: dict[str, str]
) -> None:
    services.answers["publish_calendar"] = Refused("invalid", "calendar_refused", "有误。", "It is wrong.")
    answered = await http.post(
        "/api/v1/keeper/calendars",
        json=examples.CALENDAR,
        headers=keeper | {"idempotency-key": str(uuid4())},
    )
    assert (answered.status_code, answered.json()["code"]) == (422, "calendar_refused")


@pytest.mark.parametrize(
    "changed",
    [
        {"year": 1999},
        {"year": "2027"},
        {"more": 1},
        {"holidays": []},
        {"holidays": [{"holiday": "元旦", "off": ["2027-02-30"], "work": []}]},
        {"notice": {"title": "\u0000", "number": "1号", "issued_on": "2026-11-27"}},
    ],
)
async def test_a_notice_that_cannot_be_read_reaches_no_service(
    http: httpx.AsyncClient, services: ScriptedServices, keeper: dict[str, str], changed: dict[str, Any]
) -> None:
    for url in ("/api/v1/keeper/calendars", "/api/v1/keeper/calendars/preview"):
        headers = keeper | {"idempotency-key": str(uuid4())}
        answered = await http.post(url, json=examples.CALENDAR | changed, headers=headers)
        assert answered.status_code == 422
    assert services.calls == []
