"""Outlives a test run and cleans up after it: `python -m shared.testing.watchdog FOLDER`, with a pipe as its input.

The end of the pipe means that the run is over, by whatever way. Then every process that was remembered under the folder
is ended, the run's own processes before the servers they use, and the folder is removed.
"""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

from deploy.local.processes import Process
from deploy.local.servers import PostgresServer, RabbitServer


def clean_up(folder: Path) -> None:
    """Nothing of the run stays: no process, no file."""
    remembered = (Process.remembered(path) for path in (folder / "run").glob("*.pid"))
    processes = [process for process in remembered if process is not None]
    for process in processes:
        process.send(signal.SIGTERM)
    for process in processes:
        process.stop(seconds=5)
    RabbitServer(folder / "broker", accounts=[]).remove()
    PostgresServer(folder / "database").remove()
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    clean_up(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
