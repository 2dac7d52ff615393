"""Finding items by what people type; the seeded catalogue answers."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from services.catalogue import handlers
from services.catalogue.contracts import ItemMatches, MatchKind, SearchItems
from services.catalogue.seed.__main__ import publish_seed
from services.catalogue.store import CatalogueStore
from shared.database import Database

TODAY = date(2026, 9, 18)


@pytest.fixture
async def store(database: Database) -> AsyncIterator[CatalogueStore]:
    async with database.transaction() as connection:
        await publish_seed(connection)
    async with database.acquire() as connection:
        yield CatalogueStore(connection)


async def search(store: CatalogueStore, text: str, limit: int = 10) -> ItemMatches:
    return await handlers.search_items(SearchItems(text=text, limit=limit), store, TODAY)


@pytest.mark.parametrize(
    "typed,first,kind",
    [
        ("A-08", "A-08", MatchKind.CODE),
        ("ａ０８", "A-08", MatchKind.CODE),
        ("8", "A-08", MatchKind.CODE),
        ("11341600762764234C3000180002002", "A-02", MatchKind.CODE),
        ("拆除人民防空工程", "A-03", MatchKind.NAME),
        ("竣工验收", "A-06", MatchKind.NAME),
        ("异常", "A-13", MatchKind.NAME),
        ("rfgcps", "A-08", MatchKind.PINYIN),
        ("renfanggongchengpingshi", "A-08", MatchKind.PINYIN),
        ("renfang gongcheng pingshi", "A-08", MatchKind.PINYIN),
        ("RenFGC", "A-06", MatchKind.PINYIN),
        ("yidijianshe", "A-02", MatchKind.PINYIN),
        ("ydjs", "A-02", MatchKind.PINYIN),
        ("兼顾人防yq", "A-09", MatchKind.EVERYDAY),
        ("seismic", "A-11", MatchKind.ENGLISH),
        ("五万平方米", "A-07", MatchKind.SUMMARY),
        ("俊工验收备案", "A-06", MatchKind.NAME),
        ("俊工", "A-06", MatchKind.SIMILAR),
        ("震测环境意见", "A-10", MatchKind.SIMILAR),
        ("jungongyanshuo", "A-06", MatchKind.SIMILAR),
        ("yidijainshe", "A-02", MatchKind.SIMILAR),
    ],
)
async def test_an_item_is_found_by_what_people_type(
    store: CatalogueStore, typed: str, first: str, kind: MatchKind
) -> None:
    found = await search(store, typed)
    assert found.items, typed
    assert (found.items[0].local_code, found.items[0].match) == (first, kind)


@pytest.mark.parametrize(
    "typed,expected",
    [
        ("地下室", {"A-01", "A-02", "A-08"}),
        ("车位", {"A-08"}),
        ("人防车库", {"A-01", "A-08"}),
        ("防空洞", {"A-01", "A-03", "A-05", "A-07", "A-08"}),
        ("减免", {"A-02"}),
        ("免人防费", {"A-02"}),
        ("施工图", {"A-01"}),
        ("我想把楼顶的警报器拆了", {"A-04"}),
        ("地铁", {"A-09"}),
        ("fangkongdong", {"A-01", "A-03", "A-05", "A-08"}),
        ("fkd", {"A-03", "A-05", "A-08"}),
        ("拆 警报", {"A-04"}),
        ("井水冒泡", {"A-13"}),
        ("拆", {"A-03", "A-04"}),
    ],
)
async def test_everyday_words_lead_to_the_items(
    store: CatalogueStore, typed: str, expected: set[str]
) -> None:
    found = await search(store, typed)
    assert expected <= {item.local_code for item in found.items}


@pytest.mark.parametrize(
    "typed,first", [("cf", "A-03"), ("cfk", "A-03"), ("dz", "A-10"), ("rf", "A-08"), ("kz", "A-11")]
)
async def test_two_or_three_letters_are_enough_for_a_clerk(
    store: CatalogueStore, typed: str, first: str
) -> None:
    assert first in [item.local_code for item in (await search(store, typed)).items[:5]]


@pytest.mark.parametrize("typed", ["%", "'; DROP TABLE items", "qqqq", "火星移民许可证", "。", "𠮷"])
async def test_what_is_not_there_is_not_found(store: CatalogueStore, typed: str) -> None:
    assert await search(store, typed) == ItemMatches(items=(), found=0)
