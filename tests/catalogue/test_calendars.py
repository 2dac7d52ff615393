"""A keeper loads a year's notice: on a real PostgreSQL, with its event, one version after another."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.catalogue import handlers
from services.catalogue.contracts import (
    CalendarList,
    CalendarPublishedV1,
    CalendarReceipt,
    ListCalendars,
    PublishCalendar,
)
from services.catalogue.domain.errors import CalendarRefused
from services.catalogue.seed.__main__ import publish_seed
from services.catalogue.store import CatalogueStore
from tests.catalogue.conftest import KeepersDesk

TODAY = date(2026, 11, 24)


def notice_of(year: int = 2027, version: int = 1, **changed: Any) -> PublishCalendar:
    given: dict[str, Any] = {
        "year": year,
        "version": version,
        "notice": {
            "title": f"国务院办公厅关于{year}年部分节假日安排的通知",
            "number": "1号",
            "issued_on": "2026-11-27",
        },
        "holidays": [{"holiday": "元旦", "off": [f"{year}-01-01", f"{year}-01-02"], "work": []}],
    }
    return PublishCalendar.model_validate({"calendar": given | changed})


@pytest.fixture
async def seeded(desk: KeepersDesk) -> KeepersDesk:
    async with desk.database.transaction() as connection:
        await publish_seed(connection)
    return desk


async def load(desk: KeepersDesk, command: PublishCalendar) -> CalendarReceipt:
    async with desk.database.transaction() as connection:
        store = CatalogueStore(connection)
        return await handlers.publish_given_calendar(command, store, desk.recording)


async def known(desk: KeepersDesk) -> CalendarList:
    async with desk.database.acquire() as connection:
        return await handlers.list_calendars(ListCalendars(), CatalogueStore(connection), TODAY)


async def test_a_new_year_is_told_to_everybody_and_reaches_further_ahead(seeded: KeepersDesk) -> None:
    before = await known(seeded)
    receipt = await load(seeded, notice_of())
    assert receipt == CalendarReceipt(year=2027, version=1, changed=True, working_days=260)
    event = CalendarPublishedV1.model_validate((await seeded.told())[-1].data)
    assert (event.calendar.year, event.calendar.holidays[0].holiday) == (2027, "元旦")
    after = await known(seeded)
    assert (before.announced_until, before.working_days_ahead) == (date(2026, 12, 31), 27)
    assert (after.announced_until, after.working_days_ahead) == (date(2027, 12, 31), 287)


async def test_the_version_in_force_again_changes_nothing_and_tells_nobody(seeded: KeepersDesk) -> None:
    await load(seeded, notice_of())
    told = len(await seeded.told())
    assert not (await load(seeded, notice_of())).changed
    assert len(await seeded.told()) == told


async def test_a_corrected_notice_is_the_next_version_of_its_year(seeded: KeepersDesk) -> None:
    await load(seeded, notice_of())
    corrected = [{"holiday": "元旦", "off": ["2027-01-01"], "work": []}]
    assert (await load(seeded, notice_of(version=2, holidays=corrected))).changed
    newest = (await known(seeded)).calendars[-1]
    assert (newest.version, newest.holidays[0].off) == (2, (date(2027, 1, 1),))


@pytest.mark.parametrize(
    "wrong",
    [
        notice_of(version=2),  # the first version of a year is 1
        notice_of(2026, 3),  # 2026 is at version 1
        notice_of(2026, 1),  # version 1 says something else
        notice_of(holidays=[{"holiday": "元旦", "off": ["2028-01-01"], "work": []}]),
        notice_of(holidays=[{"holiday": "元旦", "off": [], "work": ["2027-01-04"]}]),  # a Monday
        notice_of(holidays=[{"holiday": "元旦", "off": ["2027-01-01"], "work": ["2027-01-01"]}]),
        notice_of(holidays=[{"holiday": "元旦", "off": ["2027-01-01", "2027-01-01"], "work": []}]),
    ],
)
async def test_a_notice_that_cannot_be_is_refused_and_nothing_changes(
    seeded: KeepersDesk, wrong: PublishCalendar
) -> None:
    before, told = await known(seeded), len(await seeded.told())
    with pytest.raises(CalendarRefused):
        await load(seeded, wrong)
    assert await known(seeded) == before
    assert len(await seeded.told()) == told


async def test_an_older_version_than_the_one_in_force_is_refused(seeded: KeepersDesk) -> None:
    await load(seeded, notice_of())
    await load(seeded, notice_of(version=2))
    with pytest.raises(CalendarRefused):
        await load(seeded, notice_of())


@pytest.mark.parametrize(
    "changed",
    [
        {"year": 1999},
        {"year": True},
        {"version": 0},
        {"holidays": []},
        {"unknown": 1},
        {"notice": {"title": "通知", "number": "1号", "issued_on": "2026-11-27", "more": 1}},
        {"notice": {"title": "\x00", "number": "1号", "issued_on": "2026-11-27"}},
        {"notice": {"title": "通知", "number": "1号"}},
        {"holidays": [{"holiday": "元旦", "off": ["2027-02-30"], "work": []}]},
        {"holidays": [{"holiday": "元旦", "off": ["2027-01-01"], "work": [], "rest": []}]},
        {"holidays": [{"holiday": "元旦", "off": ["2027-01-01"] * 61, "work": []}]},
    ],
)
def test_a_notice_that_fits_no_contract_is_not_even_looked_at(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        notice_of(**changed)
