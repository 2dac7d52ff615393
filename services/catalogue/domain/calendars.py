"""A year's calendar is published under the version of its notice, and a version never changes."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from services.catalogue.domain.errors import CalendarRefused
from services.catalogue.domain.publication import Published
from shared.deadlines.calendar import Calendar, CalendarYear
from shared.deadlines.errors import DeadlineError


def is_new(last: Published | None, record: Mapping[str, Any], content_sha256: str) -> bool:
    """Whether the record is a version not published yet; refuses days that cannot be, and a version given twice."""
    year = _checked(record)
    if last is None or year.version > last.version:
        return True
    if year.version == last.version and content_sha256 != last.content_sha256:
        raise CalendarRefused(
            f"{year.year}年放假安排第{year.version}版已经发布，内容更正应使用新的版本号。",
            f"Version {year.version} of the calendar of {year.year} is published; a correction needs a new version.",
        )
    return False


def follows(last: Published | None, record: Mapping[str, Any], content_sha256: str) -> bool:
    """The same for a keeper's hand, who must have looked at the last version: the new one is the next."""
    new, version = is_new(last, record, content_sha256), int(record["version"])
    expected = last.version + 1 if last else 1
    if not new and last and version == last.version:
        return False
    if version != expected:
        raise CalendarRefused(
            f"{record['year']}年放假安排的下一版应为第{expected}版，请核对现行安排后再载入。",
            f"The next version of the calendar of {record['year']} is {expected}. Look at the one in force first.",
        )
    return True


def working_days_of(record: Mapping[str, Any]) -> int:
    """Working days of the whole year, by which a keeper sees whether the rows were copied whole."""
    year = _checked(record)
    calendar, first = Calendar((year,)), date(year.year, 1, 1)
    days: Iterable[date] = (first + timedelta(days=number) for number in range(366))
    return sum(calendar.is_working_day(day) for day in days if day.year == year.year)


def _checked(record: Mapping[str, Any]) -> CalendarYear:
    try:
        return CalendarYear.from_record(record)
    except DeadlineError as error:
        raise CalendarRefused(error.zh, error.en) from error
