"""`tongban credit list`: the records of the register, or those of one person, whose number is asked for and never shown."""

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from deploy.commands.credit import RECORD_HEAD, in_register, record_row, validated
from deploy.commands.dead_letters_list import whole_number
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.terminal import say, table

if TYPE_CHECKING:
    from services.applications.contracts.credit import CreditRecordView
    from services.applications.credit.work import Work

MOST = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--person",
        metavar="TYPE",
        help="只看一人：证件类型代码（111、USCC 等），号码随后输入 one person: the type of the certificate",
    )
    parser.add_argument(
        "--purpose", metavar="TEXT", help="为何查询此人，记入审计账 why you ask about this person"
    )
    parser.add_argument(
        "--limit", metavar="N", default="50", help=f"最多几条，不超过 {MOST}  at most so many"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    records = _of_person(options) if options.person else _newest(options)
    if options.json:
        say_json({"records": [record.model_dump(mode="json") for record in records]})
    elif records:
        say(table([RECORD_HEAD, *(record_row(record) for record in records)]))
    else:
        say("没有信用记录 There is no credit record")
    return 0


def _newest(options: argparse.Namespace) -> "tuple[CreditRecordView, ...]":
    from services.applications.contracts.credit import ListCredit

    limit = whole_number("--limit", options.limit)
    if not 1 <= limit <= MOST:
        raise UsageFault(f"--limit 应在 1 至 {MOST} 之间。", f"--limit must be from 1 to {MOST}.")

    async def act(work: "Work") -> "tuple[CreditRecordView, ...]":
        from services.applications.credit.looking import list_page

        return (await list_page(work, ListCredit(limit=limit))).records

    return in_register(act)


def _of_person(options: argparse.Namespace) -> "tuple[CreditRecordView, ...]":
    from services.applications.contracts.credit import QueryCredit

    if not options.purpose:
        raise UsageFault(
            "查询个人信用须说明目的——请给出 --purpose，例如：--purpose 核对异议申请。",
            "Asking about a person needs a reason – give --purpose, for example: --purpose 核对异议申请.",
        )
    fields = {
        "certificate_type": options.person,
        "certificate_number": _number(),
        "purpose": options.purpose,
    }
    request = validated(lambda: QueryCredit.model_validate(fields))

    async def act(work: "Work") -> "tuple[CreditRecordView, ...]":
        from services.applications.credit.looking import query

        return (await query(work, request)).records

    return in_register(act)


def _number() -> str:
    """The number of a person must stand in no history of commands and in no list of processes."""
    if sys.stdin.isatty():
        return getpass.getpass("证件号码 Certificate number: ")
    return sys.stdin.readline(200).strip()
