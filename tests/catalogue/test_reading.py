"""The seeded catalogue as everybody reads it: pages by cursor, search, guides, calendars."""

from collections.abc import AsyncIterator
from datetime import date
from time import perf_counter

import pytest

from services.catalogue import handlers
from services.catalogue.contracts import (
    CalendarPublishedV1,
    GetGuide,
    GetToleranceList,
    ItemPage,
    ItemType,
    ListCalendars,
    ListItems,
    ServedObject,
)
from services.catalogue.domain.errors import CursorRefused, ItemUnknown
from services.catalogue.seed.__main__ import publish_seed
from services.catalogue.store import CatalogueStore
from shared.database import Database
from shared.messaging.envelope import Envelope

TODAY = date(2026, 9, 18)


@pytest.fixture
async def seeded(database: Database) -> Database:
    async with database.transaction() as connection:
        assert await publish_seed(connection) == 17
    return database


@pytest.fixture
async def store(seeded: Database) -> AsyncIterator[CatalogueStore]:
    async with seeded.acquire() as connection:
        yield CatalogueStore(connection)


async def listed(store: CatalogueStore, **question: object) -> ItemPage:
    return await handlers.list_items(ListItems.model_validate(question), store, TODAY)


async def test_the_seed_loads_once_and_fast(seeded: Database) -> None:
    started = perf_counter()
    async with seeded.transaction() as connection:
        assert await publish_seed(connection) == 0
    assert perf_counter() - started < 2
    rows = await seeded.fetch("SELECT body FROM outbox ORDER BY id")
    events = [Envelope.model_validate_json(row["body"]) for row in rows]
    assert [event.type.split(".")[3] for event in events] == [
        "organisation_published",
        *["calendar_published"] * 3,
        *["item_published"] * 13,
    ]
    assert {event.actor for event in events} == {"service:catalogue"}
    assert CalendarPublishedV1.model_validate(events[3].data).calendar.year == 2026


async def test_pages_follow_each_other_without_gap_or_repeat(store: CatalogueStore) -> None:
    codes, cursor, pages = [], None, 0
    while True:
        page = await listed(store, limit=5, cursor=cursor)
        codes += [item.code for item in page.items]
        pages, cursor = pages + 1, page.next_cursor
        if cursor is None:
            break
    assert (len(codes), pages) == (13, 3)
    assert codes == sorted(set(codes))


async def test_a_page_that_ends_with_the_last_item_has_no_cursor(store: CatalogueStore) -> None:
    assert (await listed(store, limit=13)).next_cursor is None
    assert (await listed(store, limit=12)).next_cursor is not None


@pytest.mark.parametrize("cursor", ["x", "!!!!", "5Lqh", "Jw==", "", "A" * 200])
async def test_a_cursor_that_is_not_ours_is_refused(store: CatalogueStore, cursor: str) -> None:
    with pytest.raises(CursorRefused):
        await listed(store, cursor=cursor)


@pytest.mark.parametrize(
    "question,expected",
    [
        ({"text": "警报"}, {"A-04"}),
        ({"text": "SEISMIC"}, {"A-10", "A-11"}),
        ({"text": "a-07"}, {"A-07"}),
        ({"text": "%"}, set()),
        ({"text": "五万平方米"}, {"A-07"}),
        ({"item_type": ItemType.PUBLIC_SERVICE}, {"A-11", "A-12", "A-13"}),
        ({"served_object": ServedObject.NATURAL_PERSON}, {"A-08", "A-11", "A-12", "A-13"}),
        ({"served_object": "natural_person", "item_type": "10"}, {"A-08"}),
    ],
)
async def test_items_are_found_by_word_type_and_applicant(
    store: CatalogueStore, question: dict[str, object], expected: set[str]
) -> None:
    page = await listed(store, **question)
    assert {item.local_code for item in page.items} == expected


@pytest.mark.parametrize("withdrawn_on,in_use", [(date(2026, 9, 18), 12), (date(2026, 9, 19), 13)])
async def test_withdrawn_items_are_listed_only_when_asked_for(
    seeded: Database, withdrawn_on: date, in_use: int
) -> None:
    await seeded.fetch(
        """UPDATE items SET withdrawn_on = $1, withdrawn_reason = '{"zh": "取消", "en": "gone"}'
           WHERE code LIKE '%000180003000'""",
        withdrawn_on,
    )
    async with seeded.acquire() as connection:
        store = CatalogueStore(connection)
        page = await listed(store)
        everything = await listed(store, include_withdrawn=True)
    assert (len(page.items), len(everything.items)) == (in_use, 13)
    withdrawn = {item.local_code for item in everything.items if item.state == "withdrawn"}
    assert withdrawn == ({"A-03"} if in_use == 12 else set())


async def test_every_item_has_a_guide(store: CatalogueStore) -> None:
    for item in (await listed(store)).items:
        guide = await handlers.get_guide(GetGuide(code=item.code), store, TODAY)
        assert guide.organ_name.zh == "亳州市国防动员办公室"
        assert len(guide.faq) >= 2
        assert all(material.basis for material in guide.materials)


async def test_the_tolerance_list_names_every_tolerant_item_with_its_papers_and_rule(
    store: CatalogueStore,
) -> None:
    # §5.3(1): what is not on the public list is never tolerated.
    listing = await handlers.get_tolerance_list(GetToleranceList(), store, TODAY)
    tolerant = {item.code for item in (await listed(store)).items if item.tolerance_enabled}
    assert {item.code for item in listing.items} == tolerant
    assert tolerant
    for item in listing.items:
        assert item.tolerable
        assert item.main_materials
        assert item.supply_working_days is not None
        assert f"{item.supply_working_days}个工作日" in item.rule.zh
        assert item.decision_before_completion is False


async def test_an_item_that_does_not_exist_has_no_guide(store: CatalogueStore) -> None:
    with pytest.raises(ItemUnknown):
        await handlers.get_guide(GetGuide(code="0" * 31), store, TODAY)


async def test_calendars_are_listed_by_year(store: CatalogueStore) -> None:
    every = await handlers.list_calendars(ListCalendars(), store, TODAY)
    assert [calendar.year for calendar in every.calendars] == [2024, 2025, 2026]
    one = await handlers.list_calendars(ListCalendars(year=2026), store, TODAY)
    assert one.calendars == every.calendars[2:]
    assert (await handlers.list_calendars(ListCalendars(year=2030), store, TODAY)).calendars == ()
