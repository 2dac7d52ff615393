"""`tongban calendar coverage`: which years are announced, from which notices, and how far ahead dates are certain."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from deploy.commands.running import connected, database_urls
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.faults import Fault
from deploy.local.terminal import coloured, say, table
from shared import time
from shared.deadlines import Calendar, CalendarYear, announced_working_days_ahead, working_days_between
from shared.deadlines.shipped import shipped_records

# So many working days ahead the longest ordinary limit reaches (行政许可法 42: 45 and 15 more).
ENOUGH_WORKING_DAYS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    records, shipped = _records()
    calendar = Calendar.from_years(CalendarYear.from_record(record) for record in records)
    if options.json:
        say_json(as_json(calendar, shipped=shipped))
    else:
        say(as_text(calendar, shipped=shipped))
    return 0


def _records() -> tuple[Sequence[Any], bool]:
    """The years that the running catalogue has published; without a platform, those that come with the program."""
    try:
        url = database_urls().get("catalogue")
    except UsageFault:
        raise
    except Fault:
        url = None
    if url is None:
        return shipped_records(), True
    return asyncio.run(_published(url)), False


async def _published(url: str) -> Sequence[Any]:

    async with connected("catalogue", url) as connection:
        rows = await connection.fetch(
            "SELECT DISTINCT ON (year) content::text FROM calendar_versions ORDER BY year, version DESC"
        )
    return [json.loads(row[0]) for row in rows]


def as_json(calendar: Calendar, *, shipped: bool) -> dict[str, Any]:
    until = calendar.announced_until
    return {
        "shipped": shipped,
        "announced_until": until.isoformat() if until else None,
        "working_days_ahead": announced_working_days_ahead(time.today(), calendar),
        "enough": ENOUGH_WORKING_DAYS,
        "years": [
            {
                "year": year.year,
                "version": year.version,
                "title": year.notice.title,
                "number": year.notice.number,
                "issued_on": year.notice.issued_on.isoformat(),
                "url": year.notice.url,
                "working_days": _working_days(calendar, year.year),
            }
            for year in calendar.years
        ],
    }


def as_text(calendar: Calendar, *, shipped: bool) -> str:
    told = as_json(calendar, shipped=shipped)
    rows = [
        [
            str(year["year"]),
            f"v{year['version']}",
            str(year["working_days"]),
            year["number"],
            year["issued_on"],
            year["title"],
        ]
        for year in told["years"]
    ]
    head = [["年 Year", "", "工作日 Days", "文号 Number", "发布 Issued", "来源 Source"]]
    note = ["（没有运行中的平台：随程序附带的安排 nothing runs: the shipped years）", ""] if shipped else []
    return "\n".join([*note, table([*head, *rows]), "", ahead_in_words(told["working_days_ahead"])])


def ahead_in_words(days: int) -> str:
    """How far ahead dates are certain; when that is too little, what to do."""
    zh, en = f"今后 {days} 个工作日已公布", f"{days} working days ahead are announced"
    if days >= ENOUGH_WORKING_DAYS:
        return f"✓ {zh}  {en}"
    return coloured(
        f"⚠ {zh}，少于 {ENOUGH_WORKING_DAYS} 个：下一年放假通知发布后请运行 tongban calendar load\n"
        f"  {en}, fewer than {ENOUGH_WORKING_DAYS}: run tongban calendar load when the next notice is out",
        "33",
    )


def _working_days(calendar: Calendar, year: int) -> int:

    return working_days_between(date(year - 1, 12, 31), date(year, 12, 31), calendar)
