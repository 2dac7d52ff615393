"""The seed against the page it comes from: every item passes the rules, and its lists are those of the sources."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.catalogue.content import checked
from services.catalogue.contracts import ItemContent, LimitUnit
from services.catalogue.domain.codes import uscc_is_valid
from services.catalogue.seed import seed_calendars, seed_items, seed_organisations

ITEMS = {item.codes.local: item for item in seed_items()}

# Main papers, tolerable papers, papers free by sharing, statutory and promised limit, days to supply.
EXPECTED = {
    "A-01": (6, 4, 4, 20, 5, 3),
    "A-02": (11, 4, 4, 20, 5, 3),
    "A-03": (5, 2, 2, 20, 7, 5),
    "A-04": (3, 1, 1, 20, 3, 1),
    "A-05": (3, 1, 0, 20, 7, 5),
    "A-06": (6, 2, 2, 10, 3, 1),
    "A-07": (4, 2, 3, 20, 7, 5),
    "A-08": (4, 2, 3, 10, 3, 1),
    "A-09": (3, 2, 2, 20, 7, 5),
    "A-10": (5, 0, 0, 10, 7, None),
    "A-11": (1, 0, 0, 5, 1, None),
    "A-12": (1, 0, 0, 10, 5, None),
    "A-13": (1, 0, 0, 5, 1, None),
}


def test_all_thirteen_items_are_there() -> None:
    assert list(ITEMS) == list(EXPECTED)


@pytest.mark.parametrize("local", EXPECTED)
def test_each_item_passes_the_rules_of_publication(local: str) -> None:
    item = checked(ITEMS[local])
    figures = (
        sum(material.main for material in item.materials),
        sum(material.tolerable for material in item.materials),
        sum(material.by_sharing for material in item.materials),
        item.statutory_limit.amount,
        item.promised_limit.amount,
        item.tolerance.supply_working_days,
    )
    assert figures == EXPECTED[local]


def test_the_code_seen_on_live_data_is_the_only_one_not_marked_inferred() -> None:
    sure = [item.codes.basic for item in ITEMS.values() if "/codes/basic" not in paths(item)]
    assert sure == ["000180002002"]
    assert ITEMS["A-02"].codes.implementation == "11341600762764234C3000180002002"


def paths(item: ItemContent) -> set[str]:
    return {field.path for field in item.provisional}


@pytest.mark.parametrize("local", EXPECTED)
def test_what_the_sources_leave_open_is_marked_provisional(local: str) -> None:
    marked = paths(ITEMS[local])
    assert {
        "/promised_limit",
        "/places",
        "/contacts",
        "/correction_limit",
        "/basis",
        "/served_objects",
    } <= marked
    assert ("/tolerance" in marked) == ITEMS[local].tolerance.enabled


@pytest.mark.parametrize("local", EXPECTED)
def test_only_the_limit_that_a_law_gives_is_sure(local: str) -> None:
    """行政许可法 Art 42 gives that of licences; every other limit is set by the office or read from “days” alone."""
    is_licence = ITEMS[local].item_type.value == "01"
    assert ("/statutory_limit" in paths(ITEMS[local])) != is_licence


@pytest.mark.parametrize("local", EXPECTED)
def test_no_title_is_made_up_for_a_document_known_by_its_number_alone(local: str) -> None:
    by_number = {"国人防〔2014〕235号", "皖价费〔2014〕138号", "皖人防〔2020〕60号"}
    titles = [basis.law for basis in ITEMS[local].basis if basis.document_no in by_number]
    assert all(title.endswith("（标题待核对）") for title in titles)


@pytest.mark.parametrize("local", EXPECTED)
def test_no_field_is_marked_twice(local: str) -> None:
    marked = [field.path for field in ITEMS[local].provisional]
    assert len(marked) == len(set(marked))


def test_codes_of_items_are_all_different() -> None:
    assert len({item.codes.implementation for item in ITEMS.values()}) == len(ITEMS)


def test_licences_have_the_twenty_working_days_of_the_law() -> None:
    """行政许可法 Art 42."""
    licences = [item for item in ITEMS.values() if item.item_type.value == "01"]
    assert {item.codes.local for item in licences} == {"A-01", "A-02", "A-03", "A-04", "A-05"}
    assert {(item.statutory_limit.amount, item.statutory_limit.unit) for item in licences} == {
        (20, LimitUnit.WORKING_DAY)
    }


def test_the_opinion_on_seismic_observation_counts_calendar_days() -> None:
    """地震监测管理条例 Art 32 says ten days, not ten working days."""
    item = ITEMS["A-10"]
    # Some organs count working days there, so the kind of day is not settled.
    assert "/statutory_limit" in paths(item)
    assert (item.statutory_limit.unit, item.promised_limit.unit) == (LimitUnit.CALENDAR_DAY,) * 2


def test_tolerant_approval_is_off_everywhere() -> None:
    assert not any(item.tolerance.decision_before_completion for item in ITEMS.values())


def test_the_organisation_keeps_its_code_through_its_renaming() -> None:
    organ = seed_organisations()[0]
    assert uscc_is_valid(organ.uscc)
    assert [name.valid_from for name in organ.names] == [None, date(2023, 4, 1)]


def test_the_announced_years_come_with_their_notices() -> None:
    assert [(each.year, each.notice.issued_on) for each in seed_calendars()] == [
        (2024, date(2023, 10, 25)),
        (2025, date(2024, 11, 12)),
        (2026, date(2025, 11, 4)),
    ]


@pytest.mark.parametrize("change", [{"promise": 5}, {"result": {"kind": "none", "nmae": "x"}}])
def test_a_misspelt_field_is_refused(change: dict[str, Any]) -> None:
    plain = ITEMS["A-01"].model_dump(mode="json")
    with pytest.raises(ValidationError):
        ItemContent.model_validate({**plain, **change}, extra="forbid")
