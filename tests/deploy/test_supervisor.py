"""The supervisor with stand-ins for the platform's processes: restarts, pauses, stops, and what a crash of its own leaves."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local import down, plan, supervisor
from deploy.local.faults import Fault
from deploy.local.home import ROOT, Home
from deploy.local.plan import ProcessPlan
from deploy.local.ports import require_free
from deploy.local.processes import Process, launch
from deploy.local.up import runs_well

STEADY = "import time; print('up', flush=True); time.sleep(600)"
CRASHING = "import sys; print('up', flush=True); sys.exit(3)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """With servers given, so that the supervisor has none of its own to watch."""
    home = Home(tmp_path / "run", database_url="postgresql://given", amqp_url="amqp://given")
    home.make_folders()
    yield home
    down.stop_processes(home)


def start(home: Home, **codes: str) -> Process:
    processes = [ProcessPlan(name, [sys.executable, "-c", code], {}, 0) for name, code in codes.items()]
    plan.write(home, processes)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TONGBAN_HOME": str(home.folder),
        "DATABASE_URL": "postgresql://given",
        "AMQP_URL": "amqp://given",
    }
    process = launch([sys.executable, "-m", "deploy.local.supervisor"], environment, home.log("supervisor"))
    process.remember(home.pid_file("supervisor"))
    return process


def eventually(condition: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


def running(home: Home, name: str) -> Process | None:
    return Process.remembered(home.pid_file(name))


def test_a_killed_process_is_started_again(home: Home) -> None:
    start(home, relay=STEADY)
    eventually(lambda: running(home, "relay"))
    first = running(home, "relay")
    assert first

    first.send(signal.SIGKILL)

    eventually(lambda: running(home, "relay") not in (None, first))
    assert "relay ended by signal SIGKILL" in home.log("supervisor").read_text()


def test_one_that_keeps_crashing_is_started_ever_more_slowly(home: Home) -> None:
    start(home, relay=CRASHING, audit=STEADY)
    said = home.log("supervisor")

    eventually(lambda: said.exists() and said.read_text().count("relay ended with exit code 3") >= 3)

    pauses = [line.split()[-2] for line in said.read_text().splitlines() if "relay ended" in line]
    assert pauses[:3] == ["1.0", "2.0", "4.0"]
    assert "audit" not in said.read_text()


def test_told_to_stop_it_stops_all_and_kills_who_ignores_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = [ProcessPlan(name, [sys.executable, "-c", STUBBORN], {}, 0) for name in ("relay", "audit")]
    plan.write(home, children)
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.5)
    watcher = supervisor.Supervisor(home, [])
    for child in watcher._children:
        child.start_when_due()
    eventually(lambda: all(b"up" in home.log(child.name).read_bytes() for child in children))

    watcher._stop_all()

    assert not any(running(home, child.name) for child in children)


def test_what_a_killed_supervisor_leaves_behind_is_stopped_by_down(home: Home) -> None:
    process = start(home, relay=STEADY, audit=STEADY)
    eventually(lambda: running(home, "relay") and running(home, "audit"))
    left = [running(home, "relay"), running(home, "audit")]

    process.send(signal.SIGKILL)
    process.wait_gone(5)
    assert all(orphan and orphan.alive() for orphan in left)
    down.down(home)

    assert not any(orphan and orphan.alive() for orphan in left)
    assert not list(home.run.glob("*.pid"))


def test_pid_files_of_an_earlier_boot_stop_nobody(home: Home) -> None:
    bystander = launch([sys.executable, "-c", STEADY], {}, home.log("bystander"))
    home.pid_file("relay").write_text(f"{bystander.pid} an-earlier-boot:17\n")

    assert not down.anything_runs(home)
    down.stop_processes(home)

    assert bystander.alive()
    assert not home.pid_file("relay").exists()
    bystander.stop()


def test_a_platform_without_its_supervisor_does_not_count_as_running(home: Home) -> None:
    process = start(home, relay=STEADY)
    eventually(lambda: running(home, "relay"))
    process.send(signal.SIGKILL)
    process.wait_gone(5)

    assert not runs_well(home)


def test_a_taken_public_port_is_named_with_its_holder_and_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(
            Fault, match=rf"Port {port} is taken by .*, pid {os.getpid()} .* TONGBAN_PORT={port + 1}"
        ):
            require_free(port)


def test_a_long_log_is_put_aside_and_its_writer_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LARGEST_LOG", 10)
    log = tmp_path / "relay.log"
    with log.open("ab", buffering=0) as writer:
        for number in range(4):
            writer.write(f"line number {number}\n".encode())
            supervisor.rotate(log)
        writer.write(b"short\n")
        supervisor.rotate(log)

    assert log.read_text() == "short\n"
    assert log.with_suffix(".log.1").read_text() == "line number 3\n"
    assert log.with_suffix(".log.2").read_text() == "line number 2\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["relay.log", "relay.log.1", "relay.log.2"]


def test_reset_refuses_a_folder_that_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("precious")

    with pytest.raises(Fault, match="nothing was deleted"):
        down.reset(Home(tmp_path), sure=True)

    assert (tmp_path / "letters").exists()
