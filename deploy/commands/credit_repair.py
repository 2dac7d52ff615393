"""`tongban credit repair`: a record was repaired (信用修复) by an instrument; from its day it no longer counts."""

import argparse
from typing import TYPE_CHECKING

from deploy.commands.credit import RECORD_HEAD, in_register, record_row, validated
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.terminal import coloured, say, table

if TYPE_CHECKING:
    from services.applications.contracts.credit import CreditRecordView
    from services.applications.credit.work import Work

EXAMPLE = "tongban credit repair 0199… --instrument 亳信修〔2026〕3号 --on 2026-09-18"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"例 Example: {EXAMPLE}"
    parser.add_argument("id", metavar="ID", help="记录编号，见 tongban credit list  the record's id")
    parser.add_argument("--instrument", metavar="NO", help="修复决定的文书号 the number of the instrument")
    parser.add_argument("--on", metavar="DATE", help="从哪天起恢复 from which day, YYYY-MM-DD")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    from services.applications.contracts.credit import RepairCredit

    if not options.instrument or not options.on:
        raise UsageFault(
            f"修复须有文书号和日期——例如：{EXAMPLE}。", f"A repair has an instrument and a day: {EXAMPLE}."
        )
    fields = {"record_id": options.id, "instrument": options.instrument, "repaired_on": options.on}
    request = validated(lambda: RepairCredit.model_validate(fields))

    async def act(work: "Work") -> "CreditRecordView":
        from services.applications.credit.ending import repair

        return await repair(work, request)

    show(in_register(act), "已修复 Repaired", as_json=options.json)
    return 0


def show(record: "CreditRecordView", done: str, *, as_json: bool) -> None:
    """The record as it stands now."""
    if as_json:
        say_json(record.model_dump(mode="json"))
    else:
        say(coloured(f"✓ {done}", "32"))
        say(table([RECORD_HEAD, record_row(record)]))
