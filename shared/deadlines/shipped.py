"""The calendar that comes with the program; the only module of the engine that reads a file.

The command line reads it with nothing running, and `catalogue` publishes it as its first edition.
"""

import json
from functools import cache
from importlib import resources
from typing import Any

from shared.deadlines.calendar import Calendar, CalendarYear


@cache
def shipped_calendar() -> Calendar:
    """The shipped years as one calendar."""
    return Calendar.from_years(CalendarYear.from_record(record) for record in shipped_records())


def shipped_records() -> list[dict[str, Any]]:
    """The shipped years as they stand in the file, for whoever publishes or stores them."""
    text = resources.files("shared.deadlines").joinpath("calendar.json").read_text("utf-8")
    years: list[dict[str, Any]] = json.loads(text)["years"]
    return years
