"""The servers of a run end with it, by whatever way it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.home import ROOT
from deploy.local.processes import Process

# A shell that starts the tests in the background lets them ignore the interruption that this run is about.
RUN = """
import os, signal, sys, time
from shared.testing.servers import PlatformServers
signal.signal(signal.SIGINT, signal.default_int_handler)
servers = PlatformServers()
servers.launch("sleeper", ["sleep", "600"], {"PATH": os.environ["PATH"]})
if "postgres" in sys.argv:
    servers.postgres.url()
if "rabbit" in sys.argv:
    servers.rabbit.url()
print(servers.folder, flush=True)
time.sleep(600)
"""


@pytest.fixture
def run() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "postgres"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        yield run
        run.kill()


def processes_under(folder: Path) -> list[Process]:
    found = (Process.remembered(path) for path in folder.glob("**/run/*.pid"))
    return [process for process in found if process is not None]


def test_a_killed_run_leaves_no_process_and_no_file(run: subprocess.Popen[str]) -> None:
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    processes = processes_under(folder)
    assert len(processes) == 2
    os.killpg(run.pid, signal.SIGKILL)
    end = time.monotonic() + 60
    while time.monotonic() < end and (folder.exists() or any(process.alive() for process in processes)):
        time.sleep(0.05)
    assert not folder.exists()
    assert not any(process.alive() for process in processes)


def test_an_interrupted_run_leaves_nothing_either(run: subprocess.Popen[str]) -> None:
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    processes = processes_under(folder)
    os.killpg(run.pid, signal.SIGINT)
    end = time.monotonic() + 60
    while time.monotonic() < end and folder.exists():
        time.sleep(0.05)
    assert not folder.exists()
    assert not any(process.alive() for process in processes)
