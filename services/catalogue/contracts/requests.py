"""What the catalogue can be asked, and what a keeper can have it do."""

from datetime import date

from pydantic import Field

from services.catalogue.contracts.calendar import GivenCalendar
from services.catalogue.contracts.codes import ItemType, ServedObject
from services.catalogue.contracts.item import ItemContent
from services.catalogue.contracts.words import ImplementationCode, Request, ShortName, Text


class ListItems(Request):
    """Items in the order of their codes; `cursor` is what the page before gave, opaque to the caller."""

    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=20, ge=1, le=100)
    text: ShortName | None = None
    item_type: ItemType | None = None
    served_object: ServedObject | None = None
    include_withdrawn: bool = False


class SearchItems(Request):
    """Items in force by Chinese words, pinyin in full or its first letters, everyday words or a code; best first."""

    text: ShortName
    limit: int = Field(default=10, ge=1, le=100)


class GetItem(Request):
    """`version` None asks for the one in force now."""

    code: ImplementationCode
    version: int | None = Field(default=None, ge=1, le=1_000_000)


class GetGuide(Request):
    code: ImplementationCode


class GetToleranceList(Request):
    """The items on the public list for tolerant acceptance."""


class PublishItem(Request):
    """Publishing the same content again changes nothing and answers with the version that holds it."""

    content: ItemContent


class WithdrawItem(Request):
    """`expected_version` is the version the keeper looked at: a newer one refuses the command as stale."""

    code: ImplementationCode
    expected_version: int = Field(ge=1, le=1_000_000)
    effective_on: date
    reason: Text


class PublishCalendar(Request):
    """A year's notice under the version that follows the last one; the same again changes nothing."""

    calendar: GivenCalendar


class ListCalendars(Request):
    year: int | None = Field(default=None, ge=2000, le=2100)
