"""`tongban audit verify`: the whole audit log, computed anew from its database; trusts no running service."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.commands.running import database_url, secrets_dir, unreachable
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.terminal import coloured, say

if TYPE_CHECKING:  # the verifier brings asyncpg and cryptography, which `--help` need not wait for
    from services.audit.verifier import Progress, Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database-url", metavar="URL", help="审计数据库，默认为本机平台 default: this machine's platform"
    )
    add_public_key(parser)
    parser.add_argument(
        "--witness",
        metavar="FILE",
        action="append",
        default=[],
        help="另存的检查点，可多次给出 a checkpoint kept elsewhere",
    )
    add_json(parser)


def add_public_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--public-key", metavar="FILE", help="审计账的公钥 the log's public key")


def run(options: argparse.Namespace) -> int:
    url = options.database_url or database_url("audit")
    witnesses = [read_text(name) for name in options.witness]
    report = asyncio.run(_verify(url, public_key(options.public_key), witnesses))
    if options.json:
        say_json(report.as_dict())
    else:
        say(as_text(report))
    return 0 if report.ok else 1


async def _verify(url: str, key: str, witnesses: list[str]) -> "Report":
    import asyncpg

    from services.audit.verifier import verify_log

    try:
        with _progress() as progress:
            return await verify_log(url, key, witnesses, progress=progress)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise unreachable("audit") from error


@contextmanager
def _progress() -> "Iterator[Progress | None]":
    """A bar, on a terminal only; it stays out of what is piped on."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("核验 Verifying")
        yield lambda done, total: bar.update(task, completed=done, total=total)


def public_key(given: str | None) -> str:
    """The key from the file named, else the running platform's."""
    return read_text(given or str(secrets_dir() / "audit.public.key"))


def read_text(name: str) -> str:
    try:
        return Path(name).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise UsageFault(
            f"无法读取文件 {name}——请核对路径和权限。",
            f"The file {name} cannot be read – check its path and rights.",
        ) from error


def as_text(report: "Report") -> str:
    facts = (
        f"  条目 Leaves       {report.tree_size}",
        f"  检查点 Checkpoints {report.checkpoints}",
        f"  见证 Witnessed    {report.witnessed}",
        f"  根 Root           {report.root}",
        f"  用时 Took         {report.seconds:.2f} s",
    )
    if report.ok:
        return "\n".join(
            (coloured("✓ 审计账完整，未被改动 The audit log is whole and unaltered", "32"), *facts)
        )
    faults = [line for fault in report.faults for line in (f"  ✗ {fault.zh}", f"    {fault.en}")]
    more = report.fault_count - len(report.faults)
    if more > 0:
        faults.append(f"  … 另有 {more} 处 and {more} more")
    head = f"✗ 审计账有 {report.fault_count} 处问题 The audit log has {report.fault_count} faults"
    return "\n".join((coloured(head, "31"), *faults, *facts))
