"""The lock files hold everything that is asked for, pinned and hashed, without naming an index."""

import shutil
from pathlib import Path

import pytest

from deploy.local import locks
from deploy.local.home import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_lock_files_agree_with_the_project() -> None:
    assert locks.faults(ROOT) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("pyproject.toml", '"pika==1.4.4"', '"pika==1.4.5"', "pika==1.4.5 不在 is not in requirements.lock"),
        ("pyproject.toml", '"pika==1.4.4"', '"pika==1.4.4", "leftpad"', "leftpad 不在 is not in"),
        ("requirements-dev.lock", "pika==1.4.4", "pika==1.4.3", "pika"),
        (
            "requirements.lock",
            "pika==1.4.4",
            "--index-url https://example.org\npika==1.4.4",
            "names an address",
        ),
        ("requirements.lock", "pika==1.4.4 \\", "pika==1.4.4", "without a hash"),
    ],
)
def test_each_disagreement_is_named(copy: Path, file: str, old: str, new: str, fault: str) -> None:
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))

    assert any(fault in found for found in locks.faults(copy))
