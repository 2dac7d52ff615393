"""One example of each published contract, written down: consumers test against the same files.

Yesterday's example must be readable by today's contract, and today's contract must still produce it. After a field
was added on purpose, `TONGBAN_WRITE_EXAMPLES=1 pytest tests/catalogue/test_contracts.py` writes the files again.
"""

import json
import os
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from services.catalogue.content import summary_of
from services.catalogue.contracts import (
    CalendarList,
    CalendarPublishedV1,
    CalendarReceipt,
    ItemMatch,
    ItemMatches,
    ItemPage,
    ItemPublishedV1,
    ItemState,
    ItemVersion,
    ItemView,
    ItemWithdrawnV1,
    MatchKind,
    Organisation,
    OrganisationPublishedV1,
    PublicationReceipt,
    Text,
)
from services.catalogue.guide import guide_of, tolerance_list_of
from services.catalogue.seed import seed_calendars
from shared.deadlines.calendar import CalendarYear
from shared.deadlines.shipped import shipped_calendar

EXAMPLES = Path(__file__).parent.parent / "contracts" / "catalogue"
DAY = date(2026, 9, 18)
REASON = Text(zh="国务院决定取消该事项。", en="Cancelled by the State Council.")


@pytest.fixture
def examples(version: ItemVersion, organ: Organisation) -> dict[str, BaseModel]:
    """Every event and every reply of the catalogue, by the name of its file."""
    view = ItemView(item=version, organ=organ, state=ItemState.IN_USE, current_version=1)
    calendar = seed_calendars()[-1]
    return {
        "item_published.v1": ItemPublishedV1(item=version, organ=organ),
        "item_withdrawn.v1": ItemWithdrawnV1(
            code=version.code, version=1, effective_on=date(2026, 10, 1), reason=REASON
        ),
        "organisation_published.v1": OrganisationPublishedV1(version=1, organisation=organ),
        "calendar_published.v1": CalendarPublishedV1(calendar=calendar),
        "item_page": ItemPage(items=(summary_of(version),), next_cursor="MTE="),
        "item_matches": ItemMatches(
            items=(
                ItemMatch(
                    **summary_of(version).model_dump(), match=MatchKind.EVERYDAY, matched="地下室修不了"
                ),
            ),
            found=1,
        ),
        "item_view": view,
        "guide_view": guide_of(view, DAY, shipped_calendar()),
        "tolerance_list": tolerance_list_of([version], DAY),
        "calendar_list": CalendarList(
            calendars=(calendar,), announced_until=date(2026, 12, 31), working_days_ahead=68
        ),
        "calendar_receipt": CalendarReceipt(year=2026, version=1, changed=True, working_days=248),
        "publication_receipt": PublicationReceipt(
            code=version.code, version=1, state=ItemState.IN_USE, changed=True
        ),
    }


NAMES = [
    "item_published.v1",
    "item_withdrawn.v1",
    "organisation_published.v1",
    "calendar_published.v1",
    "item_page",
    "item_matches",
    "item_view",
    "guide_view",
    "tolerance_list",
    "calendar_list",
    "calendar_receipt",
    "publication_receipt",
]


@pytest.mark.parametrize("name", NAMES)
def test_each_contract_still_has_the_form_that_was_written_down(
    name: str, examples: dict[str, BaseModel]
) -> None:
    example, file = examples[name], EXAMPLES / f"{name}.json"
    if os.environ.get("TONGBAN_WRITE_EXAMPLES"):
        file.write_text(
            json.dumps(example.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n", "utf-8"
        )
    written = json.loads(file.read_text("utf-8"))
    assert example.model_dump(mode="json") == written
    assert type(example).model_validate(written) == example


@pytest.mark.parametrize("name", NAMES)
def test_a_field_that_a_later_publisher_adds_disturbs_no_consumer(
    name: str, examples: dict[str, BaseModel]
) -> None:
    written = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    assert type(examples[name]).model_validate({**written, "added_later": 1}) == examples[name]


@pytest.mark.parametrize(
    "event", [ItemPublishedV1, ItemWithdrawnV1, OrganisationPublishedV1, CalendarPublishedV1]
)
def test_each_event_names_its_publisher_and_ends_in_its_version(event: type[ItemPublishedV1]) -> None:
    assert event.publisher() == "catalogue"
    assert event.event_type.endswith(".v1")


def test_the_deadline_engine_reads_the_published_calendar() -> None:
    for calendar in seed_calendars():
        record = CalendarPublishedV1(calendar=calendar).model_dump(mode="json")["calendar"]
        assert CalendarYear.from_record(record).year == calendar.year


def test_an_organisation_bears_the_name_of_the_day(organ: Organisation) -> None:
    assert organ.name_on(date(2021, 12, 1)).name.zh.startswith("亳州市人民防空办公室")
    assert organ.name_on(date(2023, 3, 31)).name.zh.startswith("亳州市人民防空办公室")
    assert organ.name_on(date(2023, 4, 1)).name.zh == "亳州市国防动员办公室"


@pytest.mark.parametrize("event", NAMES)
def test_published_facts_name_no_person(event: str) -> None:
    text = (EXAMPLES / f"{event}.json").read_text("utf-8")
    for word in ("account:", "staff:", "certificate", "mobile"):
        assert word not in text
