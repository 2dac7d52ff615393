"""The whole platform: up, up again, killed, up, down; each leaves the machine as it says."""

import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import plan, status
from deploy.local.down import anything_runs, down
from deploy.local.home import Home
from deploy.local.ports import answers
from deploy.local.processes import Process
from deploy.local.up import up

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def home(home_folder: Path) -> Iterator[Home]:
    home = Home(home_folder, port=Home(home_folder).ports.take("public"))
    yield home
    down(home)


def pids(home: Home) -> dict[str, Process | None]:
    return {path.stem: Process.remembered(path) for path in home.run.glob("*.pid")}


def test_up_mends_whatever_state_it_finds_and_down_leaves_nothing(home: Home) -> None:
    up(home, mode="test", durable=False)
    first = pids(home)
    assert status.all_ready(home)

    up(home, mode="test", durable=False)
    assert pids(home) == first, "what runs well is left alone"

    for process in first.values():
        assert process
        process.send(signal.SIGKILL)
    up(home, mode="test", durable=False)
    assert status.all_ready(home)
    assert not {*first.values()} & {*pids(home).values()}
    with urllib.request.urlopen(f"{home.public_url}/api/openapi.json", timeout=10) as answer:
        assert answer.status == 200

    ports = [
        home.port,
        *(process.private_port for process in plan.read(home)),
        *home.ports.remembered().values(),
    ]
    down(home)
    assert not anything_runs(home)
    assert not [port for port in ports if answers(port)]
