"""Contracts of dates that a new notice moves."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from services.applications.contracts.events import CaseFacts
from services.applications.contracts.requests import Request
from services.applications.contracts.views import View
from services.catalogue.contracts import GivenCalendar
from shared.messaging.envelope import Event


class MovedDateV1(BaseModel):
    """One date of a case before and after; `told_to_applicant` when a document of ours names it to the applicant."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    clock: str
    name_zh: str
    name_en: str
    due_before: date
    due_after: date
    provisional: bool
    told_to_applicant: bool


class ClocksRecomputedV1(CaseFacts):
    """Dates were counted again with a newer calendar; `before` and `after` name its editions.

    A date that stays is listed too when it was provisional and is settled now.
    """

    event_type: ClassVar[str] = "cn.tongban.applications.clocks_recomputed.v1"

    before: str
    after: str
    dates: tuple[MovedDateV1, ...]


EVENTS: tuple[type[Event], ...] = (ClocksRecomputedV1,)


class PreviewCalendar(Request):
    """What a notice would do to every open date; nothing is stored.  The nearest date comes first."""

    calendar: GivenCalendar
    only_moved: bool = False
    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=100, ge=1, le=500)


class AskRecalculation(Request):
    """How far the counting again has come."""


class OpenDate(View):
    """One open date before and after a notice."""

    case_no: str
    clock: str
    name_zh: str
    name_en: str
    due_before: date
    due_after: date
    provisional_before: bool
    provisional_after: bool
    # A date that the applicant must keep and that was told to him is never cut short.
    kept_as_told: bool = False


class CalendarPreview(View):
    """A page of open dates; `limit` counts cases, so that a page of unmoved ones may be empty.

    `open_cases` counts all cases with an open date, up to a bound; `dates` and `moved` are those of this page.
    """

    edition_before: str
    edition_after: str
    lines: tuple[OpenDate, ...]
    dates: int
    moved: int
    open_cases: int
    next_cursor: str | None = None


class Recalculation(View):
    """How many cases wait to be counted again, up to a bound, and with which calendar."""

    edition: str
    waiting: int
