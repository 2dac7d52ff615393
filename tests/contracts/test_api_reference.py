"""A program that was written for the API as docs/reference/openapi.json says it still works with the API of today."""

import json
from copy import deepcopy
from typing import Any

import pytest

from deploy.reference.__main__ import API, api_now
from deploy.reference.api_compatibility import faults

Json = dict[str, Any]
SUBMIT = "/api/v1/province/cases"


@pytest.fixture(scope="module")
def written() -> Json:
    document: Json = json.loads(API.read_text("utf-8"))
    return document


@pytest.fixture
def changed(written: Json) -> Json:
    return deepcopy(written)


def test_nothing_that_a_client_relies_on_was_taken_away(written: Json) -> None:
    assert faults(written, api_now()) == []


def test_what_may_be_added_is_borne(written: Json, changed: Json) -> None:
    changed["paths"]["/api/v1/new"] = {"get": {"responses": {"200": {"description": "new"}}}}
    schema(changed, "CaseReceipt")["properties"]["remark"] = {"type": "string"}
    schema(changed, "CaseReceipt")["required"].append("remark")
    schema(changed, "ProvinceCase")["properties"]["remark"] = {"type": "string", "default": ""}

    assert faults(written, changed) == []


def test_an_operation_that_is_gone_is_found(written: Json, changed: Json) -> None:
    del changed["paths"][SUBMIT]["post"]

    assert faults(written, changed) == [f"POST {SUBMIT}: is gone"]


def test_a_field_that_must_be_given_now_is_found(written: Json, changed: Json) -> None:
    schema(changed, "ProvinceCase")["properties"]["remark"] = {"type": "string"}
    schema(changed, "ProvinceCase")["required"].append("remark")

    assert faults(written, changed) == [f"POST {SUBMIT}.remark: must be given now"]


def test_a_field_that_answers_no_longer_hold_is_found_wherever_it_was(written: Json, changed: Json) -> None:
    del schema(changed, "CaseReceipt")["properties"]["case_no"]

    found = faults(written, changed)
    assert f"POST {SUBMIT} 201.case_no: is gone" in found
    assert len(found) > 5


def test_another_type_is_found(written: Json, changed: Json) -> None:
    schema(changed, "CaseReceipt")["properties"]["version"] = {"type": "string"}

    assert f"POST {SUBMIT} 201.version: was integer, is string" in faults(written, changed)


def test_a_header_that_must_be_given_now_is_found(written: Json, changed: Json) -> None:
    changed["paths"]["/api/v1/province/events"]["get"].setdefault("parameters", []).append(
        {"name": "X-New", "in": "header", "required": True}
    )

    assert faults(written, changed) == ["GET /api/v1/province/events: header X-New must be given now"]


def test_another_status_is_found(written: Json, changed: Json) -> None:
    answers = changed["paths"][SUBMIT]["post"]["responses"]
    answers["202"] = answers.pop("201")

    assert faults(written, changed) == [f"POST {SUBMIT}: no longer answers 201"]


def test_a_value_that_is_no_longer_taken_is_found(written: Json, changed: Json) -> None:
    schema(changed, "CounterCase")["properties"]["channel"]["enum"].remove("home_visit")

    assert faults(written, changed) == ["POST /api/v1/counter/cases.channel: no longer takes home_visit"]


def schema(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found
