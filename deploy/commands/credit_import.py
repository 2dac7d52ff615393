"""`tongban credit import`: put a CSV or xlsx file of records on the register; nothing, unless every line is right."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.commands.credit import in_register, purpose_of
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.terminal import coloured, say

if TYPE_CHECKING:
    from services.applications.contracts.credit import CreditImportReport
    from services.applications.credit.work import Work

PURPOSE = "导入信用记录"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="CSV（UTF-8 或 GB18030）或 xlsx  a CSV or an xlsx file")
    parser.add_argument(
        "--partial", action="store_true", help="只导入正确的行 import the lines that are right"
    )
    parser.add_argument("--dry-run", action="store_true", help="只检查，不导入 check only, write nothing")
    parser.add_argument("--purpose", metavar="TEXT", default=PURPOSE, help="为何导入，记入审计账 why")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    content, purpose = _content_of(Path(options.file)), purpose_of(options.purpose)

    async def act(work: "Work") -> "CreditImportReport":
        from services.applications.credit.importing import import_file, prepare

        file = await prepare(content, work.people)
        return await import_file(
            work, file, purpose=purpose, partial=options.partial, dry_run=options.dry_run
        )

    report = in_register(act)
    if options.json:
        say_json(report.model_dump(mode="json"))
    else:
        say(as_text(report))
    return 1 if report.refused else 0


def _content_of(path: Path) -> bytes:
    from services.applications.credit.reader import MOST_BYTES

    try:
        with path.open("rb") as file:
            # One byte more than the limit is enough to be told that it is too large.
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageFault(
            f"读不到文件“{path}”——请核对路径和权限。",
            f"The file {str(path)!r} cannot be read – check its path and your rights.",
        ) from error


def as_text(report: "CreditImportReport") -> str:
    done = "检查完毕，没有写入 Checked, nothing written" if report.dry_run else "已导入 Imported"
    counts = f"{report.lines} 行：新 {report.imported}，已有 {report.known}，有误 {report.refused}"
    counts_en = f"{report.lines} lines: {report.imported} new, {report.known} known, {report.refused} refused"
    faults = [
        coloured(f"✗ 第 {fault.line} 行 {fault.column}：{fault.zh} {fault.en}", "31")
        for fault in report.faults
    ]
    more = ["…"] if report.more_faults else []
    colour = "33" if report.refused else "32"
    return "\n".join((coloured(f"✓ {done}", colour), f"  {counts}", f"  {counts_en}", *faults, *more))
