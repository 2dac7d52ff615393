"""Working days as the State Council announces them, year by year, and the weekend rule where it has not yet spoken.

A working day is Monday to Friday outside the announced holidays, and every make-up working day (调休上班日), which is
always a Saturday or Sunday.  The source of truth is the yearly notice 国务院办公厅关于×年部分节假日安排的通知, so each year
carries its notice and a version.  A calendar never changes: loading a notice makes a new one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from shared.deadlines.errors import DeadlineError

SATURDAY = 5


class Change(StrEnum):
    """What a notice makes of a day against the weekend rule."""

    OFF = "off"
    WORK = "work"


class DayKind(StrEnum):
    """What a day is in the calendar, whatever clock looks at it."""

    WORKING_DAY = "working_day"
    MAKE_UP_WORKDAY = "make_up_workday"
    REST_DAY = "rest_day"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class AnnouncedDay:
    """One row of a notice: the day, whether it is off or worked, and for which holiday."""

    on: date
    change: Change
    holiday: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Where a year's arrangement was announced."""

    title: str
    number: str
    issued_on: date
    url: str = ""


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The announced arrangement of one year; a corrected notice is a new version of the same year."""

    year: int
    version: int
    notice: Notice
    days: tuple[AnnouncedDay, ...]

    def __post_init__(self) -> None:
        seen: set[date] = set()
        for day in self.days:
            self._check(day, seen)
            seen.add(day.on)

    def _check(self, day: AnnouncedDay, seen: set[date]) -> None:
        if day.on in seen:
            raise _bad_calendar(day, "出现了两次", "is listed twice")
        if day.on.year != self.year and (day.on.year, day.on.month) != (self.year - 1, 12):
            # New Year's arrangement sometimes reaches back: the 2019 notice moved 29 and 31 December 2018.
            raise _bad_calendar(
                day, f"不属于{self.year}年的安排", f"does not belong to the arrangement of {self.year}"
            )
        if day.change is Change.WORK and day.on.weekday() < SATURDAY:
            raise _bad_calendar(
                day, "标为调休上班，却不是周六或周日", "is a make-up working day but no Saturday or Sunday"
            )

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "CalendarYear":
        """The year from its JSON form: that of the shipped file, of the published event and of the projections."""
        try:
            return cls(
                year=int(record["year"]),
                version=int(record["version"]),
                notice=_notice(record["notice"]),
                days=tuple(_announced_days(record["holidays"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DeadlineError(
                "unreadable_calendar",
                "放假安排数据无法读取：请核对年份、版本、通知和日期的写法。",
                "The holiday calendar cannot be read: check how its year, version, notice and dates are written.",
            ) from error


def _notice(record: Mapping[str, Any]) -> Notice:
    issued_on = date.fromisoformat(record["issued_on"])
    return Notice(record["title"], record["number"], issued_on, record.get("url", ""))


def _announced_days(holidays: Iterable[Mapping[str, Any]]) -> Iterable[AnnouncedDay]:
    for entry in holidays:
        for change in Change:
            for on in entry[change.value]:
                yield AnnouncedDay(date.fromisoformat(on), change, entry["holiday"])


def _bad_calendar(day: AnnouncedDay, zh: str, en: str) -> DeadlineError:
    on = day.on.isoformat()
    return DeadlineError(
        "bad_calendar", f"放假安排有误：{on}{zh}。", f"The holiday calendar is wrong: {on} {en}.", on=on
    )


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day as the calendar sees it; `name` is the holiday it belongs to, `announced` whether a notice covers it."""

    on: date
    kind: DayKind
    name: str
    announced: bool

    @property
    def is_working(self) -> bool:
        return self.kind is DayKind.WORKING_DAY or self.kind is DayKind.MAKE_UP_WORKDAY


@dataclass(frozen=True)
class Calendar:
    """All announced years together; beyond them the weekend rule holds and every day says it is not announced."""

    years: tuple[CalendarYear, ...] = field(default=())

    def __post_init__(self) -> None:
        numbers = [year.year for year in self.years]
        if len(set(numbers)) != len(numbers):
            raise DeadlineError(
                "bad_calendar", "同一年份出现了两个版本。", "One year is given in two versions."
            )

    @classmethod
    def from_years(cls, years: Iterable[CalendarYear]) -> "Calendar":
        """The calendar of these years; of several versions of a year the newest holds, in whatever order they come."""
        calendar = cls()
        for year in years:
            calendar = calendar.with_year(year)
        return calendar

    def with_year(self, announced: CalendarYear) -> "Calendar":
        """The calendar after this notice; an older version of a known year changes nothing, so order does not matter."""
        known = self.year(announced.year)
        if known and known.version >= announced.version:
            return self
        others = [year for year in self.years if year.year != announced.year]
        return Calendar(tuple(sorted([*others, announced], key=lambda year: year.year)))

    def year(self, number: int) -> CalendarYear | None:
        return next((year for year in self.years if year.year == number), None)

    @cached_property
    def edition(self) -> str:
        """Which versions a date was computed with, e.g. `2024v1 2025v1 2026v1`; stored beside the date."""
        return " ".join(f"{year.year}v{year.version}" for year in self.years)

    @cached_property
    def content(self) -> int:
        """What tells two calendars apart in memory: a draft that is only looked at bears the name of its edition too."""
        return hash(self.years)

    @property
    def announced_until(self) -> date | None:
        """The last day that a notice covers."""
        return date(self.years[-1].year, 12, 31) if self.years else None

    @cached_property
    def _announced_years(self) -> frozenset[int]:
        return frozenset(year.year for year in self.years)

    @cached_property
    def _changes(self) -> dict[date, AnnouncedDay]:
        return {day.on: day for year in self.years for day in year.days}

    def day(self, on: date) -> CalendarDay:
        """What this day is."""
        change = self._changes.get(on)
        if change is None:
            kind = DayKind.WORKING_DAY if on.weekday() < SATURDAY else DayKind.REST_DAY
            return CalendarDay(on, kind, "", on.year in self._announced_years)
        kind = DayKind.HOLIDAY if change.change is Change.OFF else DayKind.MAKE_UP_WORKDAY
        return CalendarDay(on, kind, change.holiday, announced=True)

    def is_working_day(self, on: date) -> bool:
        change = self._changes.get(on)
        return on.weekday() < SATURDAY if change is None else change.change is Change.WORK
