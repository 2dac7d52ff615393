"""`make check`: everything that a machine can say about the code without running it, one line each, all of them every time."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.local import locks
from deploy.local.home import ROOT
from deploy.local.terminal import say, step

BIN = ROOT / ".venv" / "bin"


def checks() -> Iterator[tuple[str, list[str]]]:
    """The title of each check and the command that makes it."""
    yield "代码规范 Lint (ruff)", [f"{BIN}/ruff", "check", "--quiet", "."]
    yield "代码格式 Format (ruff)", [f"{BIN}/ruff", "format", "--check", "--quiet", "."]
    yield "类型 Types (mypy)", [f"{BIN}/mypy"]
    yield "导入方向 Imports (import-linter)", [f"{BIN}/lint-imports"]
    yield "迁移 Migrations (squawk)", [f"{BIN}/squawk", *map(str, migrations())]
    if promtool := shutil.which("promtool"):
        rules = ROOT / "deploy" / "observability"
        yield "告警规则 Alarm rules", [promtool, "check", "rules", str(rules / "rules.yml")]
        yield "告警规则测试 Tests of alarm rules", [promtool, "test", "rules", str(rules / "rules-test.yml")]
        yield (
            "抓取配置 Scrape configuration",
            [promtool, "check", "config", "--syntax-only", str(rules / "prometheus.yml")],
        )


def migrations() -> list[Path]:
    folders = [ROOT / "shared" / "messaging" / "migrations", *ROOT.glob("services/*/migrations")]
    return sorted(file for folder in folders for file in folder.glob("*.sql"))


def main() -> int:
    results = [_passes(title, command) for title, command in checks()]
    results.append(_lock_files_agree())
    return 0 if all(results) else 1


def _passes(title: str, command: list[str]) -> bool:
    try:
        with step(title):
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=os.environ | {"NO_COLOR": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise _Refused(done.stdout + done.stderr)
    except _Refused as refused:
        say(str(refused).rstrip())
        return False
    return True


def _lock_files_agree() -> bool:
    try:
        with step("锁定文件 Lock files"):
            if faults := locks.faults(ROOT):
                raise _Refused("\n".join(faults))
    except _Refused as refused:
        say(str(refused))
        return False
    return True


class _Refused(Exception):
    pass


if __name__ == "__main__":
    sys.exit(main())
