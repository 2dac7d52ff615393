"""`tongban credit withdraw`: a record was wrong (异议成立); it no longer counts, and the reason is kept."""

import argparse
from typing import TYPE_CHECKING

from deploy.commands.credit import in_register, validated
from deploy.commands.credit_repair import show
from deploy.commands.usage import UsageFault, add_json

if TYPE_CHECKING:
    from services.applications.contracts.credit import CreditRecordView
    from services.applications.credit.work import Work

EXAMPLE = "tongban credit withdraw 0199… --reason 同名不同人"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"例 Example: {EXAMPLE}"
    parser.add_argument("id", metavar="ID", help="记录编号，见 tongban credit list  the record's id")
    parser.add_argument("--reason", metavar="TEXT", help="哪里有误 what was wrong")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    from services.applications.contracts.credit import WithdrawCreditRecord

    if not options.reason:
        raise UsageFault(
            f"撤销须说明理由——例如：{EXAMPLE}。", f"A withdrawal has a reason – for example: {EXAMPLE}."
        )
    fields = {"record_id": options.id, "reason": options.reason}
    request = validated(lambda: WithdrawCreditRecord.model_validate(fields))

    async def act(work: "Work") -> "CreditRecordView":
        from services.applications.credit.ending import withdraw

        return await withdraw(work, request)

    show(in_register(act), "已撤销 Withdrawn", as_json=options.json)
    return 0
