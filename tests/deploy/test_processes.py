"""A pid is believed only together with its start time."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from deploy.local.processes import Process, launch

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def started(command: list[str], log: Path) -> Process:
    process = launch(command, dict(os.environ), log)
    while b"up" not in log.read_bytes():
        assert process.alive()
        time.sleep(0.01)
    return process


def test_a_remembered_process_is_found_again(tmp_path: Path) -> None:
    process = started(SLEEPER, tmp_path / "log")
    process.remember(tmp_path / "pid")

    assert Process.remembered(tmp_path / "pid") == process
    assert process.stop(seconds=5)
    assert Process.remembered(tmp_path / "pid") is None


def test_a_stranger_with_the_same_pid_is_neither_found_nor_signalled(tmp_path: Path) -> None:
    stranger = started(SLEEPER, tmp_path / "log")
    Process(stranger.pid, "another boot:1").remember(tmp_path / "pid")

    assert Process.remembered(tmp_path / "pid") is None
    Process(stranger.pid, "another boot:1").send(signal.SIGKILL)
    assert stranger.alive()
    stranger.stop(seconds=5)


def test_who_ignores_the_request_is_killed(tmp_path: Path) -> None:
    process = started(STUBBORN, tmp_path / "log")

    assert not process.stop(seconds=0.2)
    assert not process.alive()


@pytest.mark.parametrize("content", ["", "garbage", "12", "x y", "99999999 boot:1"])
def test_an_unreadable_pid_file_names_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / "pid").write_text(content)

    assert Process.remembered(tmp_path / "pid") is None


def test_a_zombie_counts_as_ended(tmp_path: Path) -> None:
    process = started(SLEEPER, tmp_path / "log")
    os.kill(process.pid, signal.SIGKILL)

    assert process.wait_gone(5)
