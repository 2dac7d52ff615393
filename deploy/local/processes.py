"""Processes that outlive the command that started them, and are never confused with a stranger's.

A pid alone names a process badly: after a crash or a reboot the number may belong to somebody else. So a started process is
remembered with the kernel's start time, and is only ever looked at or signalled while both still agree. Standard library only:
the supervisor imports this and must stay small.
"""

import contextlib
import functools
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    started: str  # which boot of the machine, and clock ticks since then (field 22 of /proc/<pid>/stat)

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        stat = _stat(pid)
        return cls(pid, f"{_boot()}:{stat[19]}") if stat and stat[0] not in "ZX" else None

    @classmethod
    def remembered(cls, path: Path) -> "Process | None":
        """The process written down in this file, if it still runs."""
        try:
            pid, started = path.read_text().split()
            process = cls(int(pid), started)
        except (OSError, ValueError):
            return None
        return process if process.alive() else None

    def remember(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(f"{self.pid} {self.started}\n")
        fresh.replace(path)

    def alive(self) -> bool:
        _reap(self.pid)
        return Process.of(self.pid) == self

    def send(self, number: int) -> None:
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait_gone(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def stop(self, seconds: float = 15, number: int = signal.SIGTERM) -> bool:
        """Asks first, ends it by force after the given time; says whether asking was enough."""
        self.send(number)
        if self.wait_gone(seconds):
            return True
        self.send(signal.SIGKILL)
        self.wait_gone(5)
        return False

    def resident_bytes(self) -> int:
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError, ValueError):
            return 0


def launch(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    user: str | None = None,
    folder: Path | None = None,
) -> Process:
    """Starts a process that writes to `log`, in a session of its own: Ctrl-C in the terminal is not meant for it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        child = subprocess.Popen(
            list(command),
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    process = Process.of(child.pid) or Process(child.pid, "unknown")
    child.returncode = 0  # it outlives this object on purpose, which would otherwise warn about that
    return process


@functools.cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "boot"


def _stat(pid: int) -> list[str] | None:
    try:
        # The name in brackets may hold spaces and brackets itself: what counts starts after the last one.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None


def _reap(pid: int) -> None:
    """A child that ended stays as a zombie until its parent asks."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
