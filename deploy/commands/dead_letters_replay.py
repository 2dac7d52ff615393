"""`tongban dead-letters replay`: hand messages to their consumer again; whatever had its effect already has none twice."""

import argparse
import asyncio
import getpass
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from deploy.commands.dead_letters_list import add_service, chosen, whole_number
from deploy.commands.running import connected
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.terminal import coloured, say

if TYPE_CHECKING:
    from shared.database import Connection

LETTERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one dead letter; without words it was handed over."""

    service: str
    id: int
    replayed: bool
    zh: str = ""
    en: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_service(parser)
    parser.add_argument(
        "--id",
        metavar="N",
        action="append",
        default=[],
        help="只重放这一条，可多次给出；须同时给出 --service this one only",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    ids = [whole_number("--id", text) for text in options.id]
    if ids and not options.service:
        raise UsageFault(
            "每个服务的编号各自独立——给出 --id 时请同时给出 --service。",
            "Each service numbers its own – with --id give --service too.",
        )
    outcomes = asyncio.run(_replay_all(chosen(options.service), ids, by=f"operator:{getpass.getuser()}"))
    if options.json:
        say_json({"replayed": [asdict(outcome) for outcome in outcomes]})
    else:
        say(as_text(outcomes))
    return 0 if all(outcome.replayed for outcome in outcomes) else 1


async def _replay_all(databases: dict[str, str], ids: list[int], *, by: str) -> list[Outcome]:
    """Each in a transaction of its own, so that one that is refused holds up no other."""
    outcomes: list[Outcome] = []
    for service, url in databases.items():
        async with connected(service, url) as connection:
            numbers = ids or await _open_ids(connection)
            outcomes += [await _replay(connection, service, number, by) for number in numbers]
    return outcomes


async def _open_ids(connection: "Connection") -> list[int]:
    """Those that are open now; what fails again later gets a new number and is not replayed in a circle."""
    from shared.messaging.dead_letters import list_open

    ids: list[int] = []
    while page := await list_open(connection, after=ids[-1] if ids else 0, limit=LETTERS_AT_ONCE):
        ids += [letter.id for letter in page]
    return ids


async def _replay(connection: "Connection", service: str, number: int, by: str) -> Outcome:
    from shared.errors import Refused
    from shared.messaging.dead_letters import replay

    try:
        async with connection.transaction():
            await replay(connection, number, by=by)
    except Refused as refused:
        return Outcome(service, number, False, refused.zh, refused.en)
    return Outcome(service, number, True)


def as_text(outcomes: list[Outcome]) -> str:
    refused = [outcome for outcome in outcomes if not outcome.replayed]
    done = len(outcomes) - len(refused)
    nothing_done = bool(refused) and not done
    head = [] if nothing_done else [coloured(f"✓ 已重放 {done} 条 handed over again: {done}", "32")]
    told = [f"✗ {outcome.service} {outcome.id}：{outcome.zh}\n  {outcome.en}" for outcome in refused]
    return "\n".join((*head, *(coloured(line, "31") for line in told)))
