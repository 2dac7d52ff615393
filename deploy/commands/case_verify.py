"""`tongban case verify FILE`: a case bundle, checked with the log's public key and nothing running."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.commands.audit_verify import add_public_key, public_key
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.terminal import coloured, plain, say

if TYPE_CHECKING:
    from deploy.commands.case_bundle import BundleReport

MOST_FAULTS_TOLD = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="办件包 the bundle, as the API or `case export` gives it"
    )
    add_public_key(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    from deploy.commands.case_bundle import verify_bundle

    file = Path(options.file)
    if not file.is_file():
        raise UsageFault(
            f"没有文件“{file}”——请核对路径。", f"There is no file {str(file)!r} – check its path."
        )
    report = verify_bundle(file, public_key(options.public_key))
    if options.json:
        say_json(report.as_dict())
    else:
        say(as_text(report))
    return 0 if report.ok else 1


def as_text(report: "BundleReport") -> str:
    """The report for a person."""
    counted = (
        f"  {report.files} 个文件，{report.proved_events}/{report.events} 个事件有存证证明，"
        f"{report.proved_documents} 份文书与事件中的摘要一致\n"
        f"  {report.files} files, {report.proved_events} of {report.events} events proved,"
        f" {report.proved_documents} documents match the digests in the events"
    )
    # The bundle may come from anybody, and must not write over what is said of it.
    missing = [f"  · {plain(one['path'])}: {plain(one['why'])}" for one in report.absent]
    absent = ["  清单声明未收入的文件 declared as not included:", *missing] if missing else []
    if report.ok:
        head = coloured(
            f"✓ 办件 {plain(report.case_no)} 的包完整、未被改动 The bundle is whole and unaltered", "32"
        )
        return "\n".join((head, counted, *absent))
    faults = [
        f"  ✗ {plain(one.path)} {plain(one.zh)}\n    {plain(one.en)}"
        for one in report.faults[:MOST_FAULTS_TOLD]
    ]
    head = coloured("✗ 办件包有问题 Something is wrong with the bundle", "31")
    return "\n".join((head, *faults, counted, *absent))
