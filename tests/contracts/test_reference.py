"""docs/reference says what the code says, and a published event stays readable under its type."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from deploy.reference import asyncapi
from deploy.reference.__main__ import EVENTS, FOLDER, made
from deploy.reference.compatibility import faults

Json = dict[str, Any]
ACCEPTED = "applications.CaseAcceptedV1"
FROM_HERE = "python -m deploy.reference"


@pytest.fixture(scope="module")
def written() -> Json:
    document: Json = json.loads(EVENTS.read_text("utf-8"))
    return document


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return made()


@pytest.mark.parametrize("name", ["asyncapi.json", "events.md", "settings.md", "metrics.md", "problems.md"])
def test_the_page_is_what_the_code_says(pages: dict[str, str], name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == pages[name], f"write it again with {FROM_HERE}"


def test_no_published_event_changed_in_a_way_that_readers_cannot_bear(written: Json) -> None:
    assert faults(written, asyncapi.document()) == []


def test_every_reference_of_the_document_leads_somewhere(written: Json) -> None:
    for reference in references(written):
        place: Any = written
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


class TestCompatibility:
    """The comparison finds what it looks for."""

    @pytest.fixture
    def changed(self, written: Json) -> Json:
        return deepcopy(written)

    def test_a_new_field_with_a_default_is_borne(self, written: Json, changed: Json) -> None:
        schema(changed)["properties"]["remark"] = {"type": "string", "default": ""}

        assert faults(written, changed) == []

    def test_other_words_are_borne(self, written: Json, changed: Json) -> None:
        schema(changed)["description"] = "Said better."

        assert faults(written, changed) == []

    def test_a_new_field_without_a_default_is_not(self, written: Json, changed: Json) -> None:
        schema(changed)["properties"]["remark"] = {"type": "string"}
        schema(changed)["required"].append("remark")

        assert faults(written, changed) == [f"{name(written)}.remark: is new and has no default"]

    def test_a_field_that_is_gone_is_not(self, written: Json, changed: Json) -> None:
        del schema(changed)["properties"]["case_no"]
        schema(changed)["required"].remove("case_no")

        assert f"{name(written)}.case_no: is gone" in faults(written, changed)

    def test_another_type_is_not(self, written: Json, changed: Json) -> None:
        schema(changed)["properties"]["case_no"] = {"type": "integer"}

        assert faults(written, changed) == [f"{name(written)}.case_no (type): was string, is integer"]

    def test_a_field_that_may_now_be_absent_is_not(self, written: Json, changed: Json) -> None:
        schema(changed)["required"].remove("case_no")

        assert faults(written, changed) == [f"{name(written)}.case_no: was always there"]

    def test_another_value_of_a_closed_set_is_not(self, written: Json, changed: Json) -> None:
        schema(changed)["properties"]["basis"]["enum"].append("by_lot")

        assert len(faults(written, changed)) == 1

    def test_an_event_that_is_no_longer_published_is_not(self, written: Json, changed: Json) -> None:
        del changed["components"]["messages"][ACCEPTED]

        assert faults(written, changed) == [f"{name(written)}: is no longer published"]


def schema(document: Json) -> Json:
    found: Json = document["components"]["schemas"][ACCEPTED]
    return found


def name(document: Json) -> str:
    said: str = document["components"]["messages"][ACCEPTED]["name"]
    return said
