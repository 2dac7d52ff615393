"""A year's calendar is published under the version of its notice, and a version never changes."""

from collections.abc import Mapping
from typing import Any

from services.catalogue.domain.errors import CalendarRefused
from services.catalogue.domain.publication import Published
from shared.deadlines.calendar import CalendarYear
from shared.deadlines.errors import DeadlineError


def is_new(last: Published | None, record: Mapping[str, Any], content_sha256: str) -> bool:
    """Whether the record is a version not published yet; refuses days that cannot be, and a version given twice."""
    try:
        year = CalendarYear.from_record(record)
    except DeadlineError as error:
        raise CalendarRefused(error.zh, error.en) from error
    if last is None or year.version > last.version:
        return True
    if year.version == last.version and content_sha256 != last.content_sha256:
        raise CalendarRefused(
            f"{year.year}年放假安排第{year.version}版已经发布，内容更正应使用新的版本号。",
            f"Version {year.version} of the calendar of {year.year} is published; a correction needs a new version.",
        )
    return False
