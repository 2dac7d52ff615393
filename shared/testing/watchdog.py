"""Outlives a test run and cleans up after it: `python -m shared.testing.watchdog FOLDER`, with a pipe as its input.

The end of the pipe means that the run is over, by whatever way. Then every process that was remembered under the folder
is ended, the run's own processes before the servers they use, and the folder is removed.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.home import ROOT, Home
from deploy.local.processes import Process
from deploy.local.servers import PostgresServer, RabbitServer

# The folders of the run's own servers, and of a whole platform that was started as `make up` does.
DATABASE, BROKER, PLATFORM = "database", "broker", "platform"


class Watchdog:
    """A temporary folder whose processes and files are gone soon after this process, at the latest."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tongban-test-"))
        # The unprivileged owner of a root's cluster has to pass through here.
        self.folder.chmod(0o711)
        # In a session of its own, so that Ctrl-C in the terminal does not reach it.
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self.folder)],
            stdin=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
        )

    def release(self) -> None:
        """Clean up now, and wait for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(90)


def clean_up(folder: Path) -> None:
    """Nothing of the run stays: no process, no file."""
    platform = Home(folder / PLATFORM)
    # The supervisor first, because it would start the others again.
    _end(platform.pid_file("supervisor"))
    _end(*(folder / "run").glob("*.pid"), *platform.run.glob("*.pid"))
    for server_folder in (folder / BROKER, platform.folder):
        RabbitServer(server_folder, accounts=[]).remove()
    for server_folder in (folder / DATABASE, platform.folder):
        PostgresServer(server_folder).remove()
    shutil.rmtree(folder, ignore_errors=True)


def _end(*pid_files: Path) -> None:
    processes = [process for process in map(Process.remembered, pid_files) if process is not None]
    for process in processes:
        process.send(signal.SIGTERM)
    for process in processes:
        process.stop(seconds=10)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    clean_up(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
