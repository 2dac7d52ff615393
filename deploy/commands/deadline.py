"""`tongban deadline`: when a period ends, and why, from the shipped calendar; needs nothing running."""

import argparse
import re
from datetime import date, datetime
from typing import Any

from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.terminal import coloured, say, table
from shared.deadlines import SHANGHAI, Deadline, DeadlineError, ExplainedDay, Unit, due
from shared.deadlines.records import deadline_record
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import (
    UNIT_WORDS,
    day_zh,
    explain_day,
    moment_en,
    moment_zh,
    provisional_note,
    weekday_en,
    weekday_zh,
)

EXAMPLE = "tongban deadline --event 2026-09-18 --length 20 --unit working_day"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"例 Example: {EXAMPLE}"
    parser.add_argument(
        "--event", metavar="DAY", help="起算日；小时为起算时刻 the day, or for hours the moment, it starts"
    )
    parser.add_argument("--length", metavar="N", help="期限长度 how long the period is")
    parser.add_argument(
        "--unit",
        metavar="UNIT",
        help="working_day 工作日 | calendar_day 自然日 | hour 小时 | month 月 | year 年",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    event, length, unit = _event(options.event), _length(options.length), _unit(options.unit)
    try:
        deadline = due(event, length, unit, shipped_calendar())
    except DeadlineError as error:
        raise UsageFault(error.zh, error.en) from error
    if options.json:
        say_json(as_json(event, deadline))
    else:
        say(as_text(event, deadline))
    return 0


def _event(text: str | None) -> date | datetime:
    """A day or a moment; a moment without an offset is meant in China."""
    try:
        if text is not None and _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if text is not None and _MOMENT.fullmatch(text):
            at = datetime.fromisoformat(text)
            return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    except ValueError:
        pass  # a day that no month has is told like any other wrong word
    raise _wrong("--event", "起算日期", text, "YYYY-MM-DD", "YYYY-MM-DDTHH:MM+08:00")


def _length(text: str | None) -> int:
    """A number of so many digits that it must be refused anyway is not turned into an integer at all."""
    if text is not None and re.fullmatch(r"-?[0-9]{1,4000}", text):
        return int(text)
    raise _wrong("--length", "期限长度", text, "20")


def _unit(text: str | None) -> Unit:
    if text in {unit.value for unit in Unit}:
        return Unit(text)
    raise _wrong("--unit", "计算单位", text, *(unit.value for unit in Unit))


def _wrong(option: str, meaning: str, text: str | None, *right: str) -> UsageFault:
    """Missing or wrong: the cause, then how to write it."""
    if text is None:
        return UsageFault(
            f"缺少{meaning} {option}——例如：{EXAMPLE}。", f"{option} is missing – for example: {EXAMPLE}."
        )
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return UsageFault(
        f"{meaning} {option} 的值“{shown}”无法识别——请写成 {' 或 '.join(right)}。",
        f"{option} {shown!r} is not understood – write it as {' or '.join(right)}.",
    )


def as_json(event: date | datetime, deadline: Deadline) -> dict[str, Any]:
    """The answer for programs; `due_on` for periods in days, `due_at` for hours."""
    return {
        "event": event.isoformat(),
        "length": deadline.length,
        "unit": deadline.unit.value,
        **deadline_record(deadline),
    }


def as_text(event: date | datetime, deadline: Deadline) -> str:
    zh, en = UNIT_WORDS[deadline.unit]
    begin, end_zh, end_en = _ends_in_words(event, deadline)
    note = provisional_note(deadline)
    return "\n".join(
        (
            f"{coloured(f'截止 Due  {end_zh}', '1')}  ·  {end_en}",
            f"起算 From {begin}，{deadline.length} {zh} {en}",
            *((coloured(f"⚠ {note.zh}", "33"), f"  {note.en}") if note else ()),
            "",
            _day_table(deadline),
        )
    )


def _ends_in_words(event: date | datetime, deadline: Deadline) -> tuple[str, str, str]:
    begin = moment_zh(event) if isinstance(event, datetime) else day_zh(event)
    if deadline.unit is Unit.HOUR:
        return begin, moment_zh(deadline.due_at), moment_en(deadline.due_at)
    due_on = deadline.due_on
    return begin, day_zh(due_on), f"{due_on.isoformat()} ({weekday_en(due_on)})"


def _day_table(deadline: Deadline) -> str:
    """Every day on a line: its number or hours when counted, a dash when not, and why."""
    rows = [["日期 Day", "", "计入 No.", "说明", "Why"], *(_row(day) for day in deadline.days)]
    head, *lines = table(rows).splitlines()
    return "\n".join(
        (head, *(_shade(line, day, deadline) for line, day in zip(lines, deadline.days, strict=True)))
    )


def _row(day: ExplainedDay) -> list[str]:
    why = explain_day(day)
    return [day.day.isoformat(), weekday_zh(day.day), _count(day).rjust(8), why.zh, why.en]


def _count(day: ExplainedDay) -> str:
    if not day.counted:
        return "–"
    if day.counted_time is not None:
        return f"{day.counted_time.total_seconds() / 3600:.4g} h"
    return str(day.ordinal)


def _shade(line: str, day: ExplainedDay, deadline: Deadline) -> str:
    if day.day == deadline.due_on:
        return coloured(line, "1")
    return line if day.counted else coloured(line, "2")
