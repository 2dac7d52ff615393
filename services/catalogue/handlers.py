"""What the catalogue does for each question and command; the rules are in domain/, the SQL in store.py."""

import base64
import binascii
from datetime import date
from typing import Final

from services.catalogue.content import checked, summary_of
from services.catalogue.contracts import (
    CalendarList,
    CalendarReceipt,
    CalendarYear,
    GetGuide,
    GetItem,
    GetToleranceList,
    GuideView,
    ItemMatches,
    ItemPage,
    ItemState,
    ItemVersion,
    ItemView,
    ListCalendars,
    ListItems,
    Organisation,
    PublicationReceipt,
    PublishCalendar,
    PublishItem,
    SearchItems,
    ToleranceList,
    WithdrawItem,
)
from services.catalogue.domain import calendars
from services.catalogue.domain.codes import uscc_is_valid
from services.catalogue.domain.errors import CursorRefused, ItemUnknown, OrganisationUnknown
from services.catalogue.domain.publication import may_withdraw, next_version
from services.catalogue.guide import guide_of, tolerance_list_of
from services.catalogue.search import codes_found, index, search
from services.catalogue.store import CatalogueStore, Recording, digest
from shared.deadlines import Calendar, announced_working_days_ahead
from shared.deadlines import CalendarYear as DeadlineYear

LONGEST_CODE: Final = 40


async def list_items(question: ListItems, store: CatalogueStore, today: date) -> ItemPage:
    """One page of the items in force, or of those that answer to the words."""
    after, codes = _code_in(question.cursor), None
    if question.text is not None:
        codes = await codes_found(question.text, store, today, withdrawn=question.include_withdrawn)
    found = await store.items_in_force(question, codes, after, today)
    page = tuple(found[: question.limit])
    return ItemPage(items=page, next_cursor=_cursor(page[-1].code) if len(found) > question.limit else None)


async def search_items(question: SearchItems, store: CatalogueStore, today: date) -> ItemMatches:
    """The items in force that answer to the words, the best first."""
    return await search(question, store, today)


async def get_item(question: GetItem, store: CatalogueStore, today: date) -> ItemView:
    """One version of an item, or the one in force."""
    return await store.item(question.code, question.version, today)


async def get_guide(question: GetGuide, store: CatalogueStore, today: date) -> GuideView:
    """The public guide of the version in force."""
    return guide_of(await store.item(question.code, None, today), today, await known_calendar(store))


async def get_tolerance_list(_: GetToleranceList, store: CatalogueStore, today: date) -> ToleranceList:
    """The public list for tolerant acceptance."""
    return tolerance_list_of(await store.tolerant_items(today), today)


async def publish_item(
    command: PublishItem, store: CatalogueStore, recording: Recording
) -> PublicationReceipt:
    """Publish the content as the item's next version; the same content again changes nothing."""
    content = checked(command.content)
    code, content_sha256 = content.codes.implementation, digest(content)
    organ = await store.organisation(content.organ_uscc)
    last = await store.last_published(code)
    version = next_version(last, content_sha256)
    if version is None:
        assert last is not None
        return PublicationReceipt(code=code, version=last.version, state=ItemState.IN_USE, changed=False)
    item = ItemVersion(
        code=code, version=version, content=content, content_sha256=content_sha256, published_at=recording.at
    )
    await store.add_version(item, summary_of(item), organ, recording)
    await index(item, store)
    return PublicationReceipt(code=code, version=version, state=ItemState.IN_USE, changed=True)


async def withdraw_item(
    command: WithdrawItem, store: CatalogueStore, recording: Recording
) -> PublicationReceipt:
    """From the effective day nobody can apply for the item any more."""
    last = await store.last_published(command.code)
    if last is None:
        raise ItemUnknown(command.code)
    may_withdraw(last, command.expected_version)
    await store.withdraw(command.code, last.version, command.effective_on, command.reason, recording)
    return PublicationReceipt(
        code=command.code, version=last.version, state=ItemState.WITHDRAWN, changed=True
    )


async def publish_organisation(
    organisation: Organisation, store: CatalogueStore, recording: Recording
) -> bool:
    """Publish an organisation's dated names; false when they are known already."""
    if not uscc_is_valid(organisation.uscc):
        raise OrganisationUnknown(organisation.uscc)
    last = await store.last_organisation(organisation.uscc)
    version = next_version(last, digest(organisation))
    if version is not None:
        await store.add_organisation(organisation, version, recording)
    return version is not None


async def publish_calendar(calendar: CalendarYear, store: CatalogueStore, recording: Recording) -> bool:
    """Publish a year's working days under the version of its notice; false when it is known already."""
    last = await store.last_calendar(calendar.year)
    new = calendars.is_new(last, calendar.model_dump(mode="json"), digest(calendar))
    if new:
        await store.add_calendar(calendar, recording)
    return new


async def publish_given_calendar(
    command: PublishCalendar, store: CatalogueStore, recording: Recording
) -> CalendarReceipt:
    """Publish the next version of a year that a keeper hands in; the version in force again changes nothing."""
    calendar = command.calendar.as_published()
    record = calendar.model_dump(mode="json")
    last = await store.last_calendar(calendar.year)
    new = calendars.follows(last, record, digest(calendar))
    if new:
        await store.add_calendar(calendar, recording)
    return CalendarReceipt(
        year=calendar.year,
        version=calendar.version,
        changed=new,
        working_days=calendars.working_days_of(record),
    )


async def list_calendars(question: ListCalendars, store: CatalogueStore, today: date) -> CalendarList:
    """The calendars in force, and how far they reach."""
    calendar = await known_calendar(store)
    return CalendarList(
        calendars=await store.calendars(question.year),
        announced_until=calendar.announced_until,
        working_days_ahead=announced_working_days_ahead(today, calendar),
    )


async def known_calendar(store: CatalogueStore) -> Calendar:
    """All published years as one calendar."""
    years = await store.calendars(None)
    return Calendar.from_years(DeadlineYear.from_record(year.model_dump(mode="json")) for year in years)


def _cursor(code: str) -> str:
    return base64.urlsafe_b64encode(code.encode()).decode()


def _code_in(cursor: str | None) -> str:
    """Codes are ASCII without control characters; anything else was not a cursor of ours."""
    if cursor is None:
        return ""
    try:
        code = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise CursorRefused from error
    if not code.isalnum() or len(code) > LONGEST_CODE:
        raise CursorRefused
    return code
