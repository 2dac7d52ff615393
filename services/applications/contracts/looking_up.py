"""Questions of a counter: which case somebody means, and what one did on a day."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from services.applications.contracts.requests import Request
from services.applications.contracts.views import CaseLine, View
from shared.privacy import normalise


def _as_written(value: object) -> object:
    """Spaces, full-width digits and a small x are how people type, not what they mean."""
    return normalise(value) if isinstance(value, str) and len(value) <= 200 else value


End = Annotated[
    str,
    BeforeValidator(_as_written),
    StringConstraints(min_length=4, max_length=50, pattern=r"^[0-9A-Z]{4,50}$"),
]


class FindCases(Request):
    """The cases of my unit whose number, or the certificate of whose people, ends with `text` (four or more)."""

    text: End


class FoundCase(View):
    """One of them, masked, and by what it was found."""

    line: CaseLine
    by: Literal["number", "certificate"]


class FoundCases(View):
    """The newest first; `more` says that there are others, for whom more of the number is needed."""

    items: tuple[FoundCase, ...]
    more: bool = False


# Beyond these the midnights of a day are no instants that a database can hold.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(9000, 12, 31))]


class GetDay(Request):
    """What I did on a day; without a date today."""

    on: Day | None = None


class DayEntry(View):
    """One act of mine."""

    case_id: UUID
    case_no: str
    item_name: str
    item_name_en: str = ""
    applicant_name: str
    event: str
    title_zh: str
    title_en: str
    at: datetime


class DayCount(View):
    """How many acts of one kind."""

    title_zh: str
    title_en: str
    count: int


class DayView(View):
    """A day's work of one person, counted and listed in order; `more` says that the list was cut."""

    on: date
    counts: tuple[DayCount, ...]
    entries: tuple[DayEntry, ...]
    more: bool = False
