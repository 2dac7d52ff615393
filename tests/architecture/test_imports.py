"""Imports point inward, as the contracts in pyproject.toml state; and a contract that could not fail would state nothing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local.home import ROOT

# A line that breaks each contract, and the file in which it would.
VIOLATIONS = {
    "shared imports no service and no deployment": ("shared/time.py", "import services.catalogue.contracts"),
    "a service imports another only through its contracts": (
        "services/notifications/store.py",
        "import services.catalogue.store",
    ),
    "a domain imports the standard library, itself and shared.deadlines": (
        "services/catalogue/domain/__init__.py",
        "import pydantic",
    ),
    "service, handlers, store, domain: each imports only what is below it": (
        "services/audit/store.py",
        "import services.audit.handlers",
    ),
    "only shared.runtime knows Nameko and eventlet": ("services/audit/handlers.py", "import nameko"),
}


def verdicts(folder: Path) -> dict[str, str]:
    """What import-linter says of each contract about the tree in this folder."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = dict(re.findall(r"^(.+?) (KEPT|BROKEN)", done.stdout, re.MULTILINE))
    assert found, done.stdout + done.stderr
    return found


def test_imports_point_inward() -> None:
    assert set(verdicts(ROOT).values()) == {"KEPT"}


def test_every_contract_can_fail(tmp_path: Path) -> None:
    for package in ("services", "shared", "deploy"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, line in VIOLATIONS.values():
        with (tmp_path / file).open("a") as broken:
            broken.write(f"\n{line}\n")

    assert verdicts(tmp_path) == dict.fromkeys(VIOLATIONS, "BROKEN")
