"""`tongban clock`: replay a clock from a file of what happened to it; the shipped calendar, nothing running."""

import argparse
import sys
from pathlib import Path

from deploy.commands.deadline import as_text
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.terminal import say
from shared.deadlines import DeadlineError
from shared.deadlines.records import scenario_record
from shared.deadlines.scenario import MOST_BYTES, parse_scenario
from shared.deadlines.shipped import shipped_calendar

EXAMPLE = (
    '{"start": "2026-09-18", "length": 20, "unit": "working_day", "operations": ['
    '{"operation": "EXCLUDE", "from": "2026-10-12", "until": "2026-10-14"}, '
    '{"operation": "RESTART", "at": "2026-10-20"}, {"operation": "EXTEND", "length": 10}]}'
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"例 Example: {EXAMPLE}"
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="期限情景的 JSON 文件，“-”为标准输入 a scenario in JSON, - is stdin",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    if options.file is None:
        raise UsageFault(
            "缺少期限情景文件——例如：tongban clock 情景.json，或用“-”从标准输入读取。",
            "The scenario file is missing – for example: tongban clock scenario.json, or - for standard input.",
        )
    try:
        scenario = parse_scenario(_content(options.file))
        deadline = scenario.replay(shipped_calendar())
    except DeadlineError as error:
        raise UsageFault(error.zh, error.en) from error
    if options.json:
        say_json(scenario_record(scenario, deadline))
    else:
        say(as_text(scenario.start.at, deadline))
    return 0


def _content(name: str) -> bytes:
    """At most one byte more than a scenario may have, whatever the file is."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "?"
        shown = name if len(name) <= 80 else f"{name[:80]}…"
        raise UsageFault(
            f"无法读取文件“{shown}”（{reason}）——请核对路径和权限。",
            f"The file {shown!r} cannot be read ({reason}) – check its path and its permissions.",
        ) from error
