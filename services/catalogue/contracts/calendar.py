"""The yearly notice on rest days and make-up workdays."""

from datetime import date

from pydantic import ConfigDict, Field

from services.catalogue.contracts.words import Contract, Line, ShortName


class CalendarNotice(Contract):
    """Where a year's arrangement was announced: the source of every row."""

    title: Line
    number: Line
    issued_on: date
    url: str = Field(default="", max_length=1000)


class CalendarHoliday(Contract):
    """One holiday's days off, adjusted ones included, and its make-up workdays (调休上班日)."""

    holiday: ShortName
    off: tuple[date, ...]
    work: tuple[date, ...]


class CalendarYear(Contract):
    """国务院办公厅关于某年部分节假日安排的通知, as rows; a corrected notice is a new version of the year.

    Its JSON form is what `shared.deadlines.calendar.CalendarYear.from_record` reads.
    """

    year: int = Field(ge=2000, le=2100)
    version: int = Field(ge=1, le=1000)
    notice: CalendarNotice
    holidays: tuple[CalendarHoliday, ...] = Field(min_length=1)


class GivenNotice(CalendarNotice):
    """A notice as a keeper hands it in: a field that we do not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GivenHoliday(CalendarHoliday):
    """A holiday as a keeper hands it in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    off: tuple[date, ...] = Field(max_length=60)
    work: tuple[date, ...] = Field(default=(), max_length=60)


class GivenCalendar(CalendarYear):
    """A year as a keeper hands it in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notice: GivenNotice
    holidays: tuple[GivenHoliday, ...] = Field(min_length=1, max_length=40)

    def as_published(self) -> CalendarYear:
        """The year as the catalogue keeps it and tells it."""
        return CalendarYear.model_validate(self.model_dump())
