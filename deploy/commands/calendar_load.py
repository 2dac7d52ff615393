"""`tongban calendar load`: what a year's notice would move, then, when it is wanted, load it and see it through."""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from deploy.commands.api import Api, Refusal, signed_in_as
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.faults import Fault
from deploy.local.terminal import coloured, say, step, table
from shared.deadlines import Calendar, CalendarYear, DeadlineError

MOST_BYTES = 256 * 1024
MOST_LINES = 200
LONGEST_STANDSTILL_SECONDS = 75.0
KEEPER = "keeper"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "文件格式与 shared/deadlines/calendar.json 中的一年相同 The file is one year of calendar.json"
    )
    parser.add_argument("file", metavar="FILE", help="一年的放假安排（JSON） the notice of a year in JSON")
    parser.add_argument("--yes", action="store_true", help="不再询问，直接载入 load without asking")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    record = _year_of(Path(options.file))
    api = signed_in_as(KEEPER)
    preview = _preview(api, record)
    if options.json and not options.yes:
        # A program that asks without --yes wants to know and not to do.
        say_json({**preview, "loaded": False})
        return 0
    if not options.json:
        say(as_text(record, preview))
    if not options.yes and not _wanted():
        raise Fault(
            "没有载入——确认后请加 --yes 重新运行。",
            "Nothing was loaded – run it again with --yes when you are sure.",
        )
    receipt = api.post("/keeper/calendars", record, key=_key(record))
    waiting, heard = _see_through(api, record, quiet=options.json)
    if options.json:
        say_json({**preview, "loaded": True, "receipt": receipt, "waiting": waiting})
    else:
        say(_done(receipt))
    if heard and not waiting:
        return 0
    raise Fault(
        f"安排已载入，但尚有 {waiting} 件没有重新计算，已一分多钟没有进展——请看 applications 的日志；平台会继续重试。"
        if heard
        else "安排已载入，但 applications 还没有收到——请用 make status 和 tongban dead-letters list 查看；收到后会自行计算。",
        f"The notice is loaded, but {waiting} cases wait to be counted again and nothing moves – see the log of applications; "
        "the platform goes on trying."
        if heard
        else "The notice is loaded, but applications has not heard of it – see make status and tongban dead-letters list; it "
        "counts by itself when it does.",
    )


def _year_of(path: Path) -> dict[str, Any]:
    """The file as a record whose days can be; the platform checks it again and knows which version is next."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        record = json.loads(content.decode("utf-8-sig")) if len(content) <= MOST_BYTES else None
        if not isinstance(record, dict):
            raise ValueError
        CalendarYear.from_record(record)
    except OSError as error:
        raise UsageFault(
            f"读不到文件“{path}”——请核对路径和权限。",
            f"The file {str(path)!r} cannot be read – check its path and your rights.",
        ) from error
    except DeadlineError as error:
        raise UsageFault(error.zh, error.en) from error
    except (ValueError, RecursionError) as error:
        raise UsageFault(
            f"文件“{path}”不是一年的放假安排——应为 UTF-8 的 JSON 对象，含 year、version、notice、holidays。",
            f"The file {str(path)!r} is no year of holidays – it is a JSON object with year, version, notice, holidays.",
        ) from error
    return record


def _key(record: dict[str, Any]) -> str:
    """The same file is the same command, however often it is run."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _preview(api: Api, record: dict[str, Any]) -> dict[str, Any]:
    """All dates that would move, and how many there are altogether; nothing when the notice is in force already."""
    found: dict[str, Any] = {"moved": [], "dates": 0, "open_cases": 0, "known": False}
    cursor = ""
    while True:
        path = f"/keeper/calendars/preview?limit=500&only_moved=true{f'&cursor={cursor}' if cursor else ''}"
        try:
            page = api.post(path, record)
        except Refusal as refusal:
            if refusal.code == "calendar_not_newer":
                return {**found, "known": True}
            raise
        found["moved"] += page["lines"]
        found["dates"] += page["dates"]
        found["open_cases"] = page["open_cases"]
        cursor = page["next_cursor"] or ""
        if not cursor:
            return found


def as_text(record: dict[str, Any], preview: dict[str, Any]) -> str:
    """The source, the check value, and each date before and after."""
    year = CalendarYear.from_record(record)
    head = [
        coloured(
            f"{year.year} 年放假安排 第 {year.version} 版 · holidays of {year.year}, version {year.version}",
            "1",
        ),
        f"  来源 Source  {year.notice.title} {year.notice.number} {year.notice.issued_on.isoformat()}",
        f"  全年工作日 Working days of the year  {_working_days(year)}",
        "",
    ]
    if preview["known"]:
        return "\n".join(
            [*head, "这一版（或更新的版本）已经载入，没有日期变动 It is loaded already; no date moves"]
        )
    moved = preview["moved"]
    counts = f"在办期限 {preview['dates']} 个，其中 {len(moved)} 个变动"
    counts_en = f"{preview['dates']} open dates, {len(moved)} of them move"
    lines = [f"{counts}  {counts_en}"]
    if moved:
        lines += ["", _moved_table(moved[:MOST_LINES])]
    if len(moved) > MOST_LINES:
        lines.append(f"… 另有 {len(moved) - MOST_LINES} 个，--json 列出全部 and more; --json lists all")
    return "\n".join([*head, *lines])


def _moved_table(moved: list[dict[str, Any]]) -> str:
    rows = [
        [
            line["case_no"],
            line["name_zh"],
            line["due_before"] + (" 暂定" if line["provisional_before"] else ""),
            "→",
            line["due_after"] + (" 暂定" if line["provisional_after"] else ""),
        ]
        for line in moved
    ]
    return table([["办件 Case", "期限 Clock", "原日期 Before", "", "新日期 After"], *rows])


def _working_days(year: CalendarYear) -> int:

    calendar, first = Calendar((year,)), date(year.year, 1, 1)
    days = (first + timedelta(days=number) for number in range(366))
    return sum(calendar.is_working_day(day) for day in days if day.year == year.year)


def _wanted() -> bool:
    if not sys.stdin.isatty():
        return False
    say("")
    print("载入并重新计算？Load it and count again? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def _see_through(api: Api, record: dict[str, Any], *, quiet: bool) -> tuple[int, bool]:
    """Wait until every case is counted again; the platform goes on by itself if this is interrupted."""
    wanted = f"{record['year']}v{record['version']}"
    if quiet:
        return _poll(api, wanted, lambda _: None)
    with step("重新计算在办期限 Counting open dates again") as shown:
        return _poll(api, wanted, lambda waiting: shown.note(f"尚余 {waiting} 件 {waiting} to go"))


def _poll(api: Api, wanted: str, tell: Callable[[int], None]) -> tuple[int, bool]:
    """How many cases still wait when all are done or nothing moves any more, and whether the case engine has heard."""
    moved_at, last = time.monotonic(), -1
    while True:
        state = api.get("/keeper/recalculation")
        waiting: int = state["waiting"]
        tell(waiting)
        # The case engine hears of the notice a moment after the catalogue has it.
        heard = _reached(state["edition"], wanted)
        if waiting != last:
            moved_at, last = time.monotonic(), waiting
        if (heard and not waiting) or time.monotonic() - moved_at > LONGEST_STANDSTILL_SECONDS:
            return waiting, heard
        time.sleep(0.5)


def _reached(edition: str, wanted: str) -> bool:
    year, _, version = wanted.partition("v")
    known = dict(part.split("v") for part in edition.split())
    return int(known.get(year, 0)) >= int(version)


def _done(receipt: dict[str, Any]) -> str:
    if not receipt["changed"]:
        return coloured("✓ 已在使用，没有变化 It was in force already; nothing changed", "32")
    return coloured(
        "✓ 已载入；日期变动的申请人会收到通知 Loaded; applicants whose dates moved are told", "32"
    )
