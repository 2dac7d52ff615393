"""`tongban dead-letters list`: what could not be handled and waits for a person, in every service."""

import argparse
import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deploy.commands.running import connected, database_url, database_urls
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.terminal import coloured, say, table

if TYPE_CHECKING:
    from shared.messaging.dead_letters import DeadLetter

MOST_SHOWN = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_service(parser)
    parser.add_argument(
        "--limit",
        metavar="N",
        default=str(MOST_SHOWN),
        help=f"每个服务最多几条，默认 {MOST_SHOWN} per service",
    )
    add_json(parser)


def add_service(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--service", metavar="NAME", help="只看一个服务，默认全部 one service instead of all")


def run(options: argparse.Namespace) -> int:
    limit = whole_number("--limit", options.limit)
    letters = asyncio.run(_letters(chosen(options.service), limit))
    if options.json:
        say_json({"dead_letters": [_as_json(service, letter) for service, letter in letters]})
    else:
        say(as_text(letters))
    return 0


def chosen(service: str | None) -> dict[str, str]:
    """The databases to look into."""
    return {service: database_url(service)} if service else database_urls()


def whole_number(option: str, text: str) -> int:
    if text.isascii() and text.isdecimal() and 0 < int(text[:19]) < 2**63:
        return int(text[:19])
    raise UsageFault(
        f"{option} 的值“{text[:40]}”不是正整数——请改正。",
        f"{option} {text[:40]!r} is no whole number above zero – mend it.",
    )


async def _letters(databases: dict[str, str], limit: int) -> "list[tuple[str, DeadLetter]]":
    from shared.messaging.dead_letters import list_open

    found: list[tuple[str, DeadLetter]] = []
    for service, url in databases.items():
        async with connected(service, url) as connection:
            found += [(service, letter) for letter in await list_open(connection, limit=min(limit, 10_000))]
    return found


def _as_json(service: str, letter: "DeadLetter") -> dict[str, Any]:
    return {
        "service": service,
        "id": letter.id,
        "message_id": str(letter.message_id) if letter.message_id else None,
        "consumer": letter.consumer,
        "type": letter.type,
        "subject": letter.subject,
        "reason": letter.reason,
        "detail": letter.detail,
        "attempts": letter.attempts,
        "failed_at": letter.failed_at.isoformat(),
    }


def as_text(letters: "Sequence[tuple[str, DeadLetter]]") -> str:
    if not letters:
        return coloured("✓ 没有待处理的死信 No message waits for a person", "32")
    from shared.time import shanghai

    rows = [
        ["服务 Service", "编号 Id", "时间 Time", "消息 Message", "主体 Subject", "原因 Reason", "次数 Tries"]
    ]
    for service, letter in letters:
        when = shanghai(letter.failed_at).strftime("%Y-%m-%d %H:%M:%S")
        row = [service, str(letter.id), when, letter.type or "?", letter.subject or "–", letter.reason]
        rows.append([*row, str(letter.attempts)])
    hint = "重放 To replay:  tongban dead-letters replay --service NAME --id N"
    return f"{table(rows)}\n\n{hint}"
