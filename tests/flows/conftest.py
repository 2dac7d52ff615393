"""The whole platform, started once for the run, as a person meets it: through HTTP.

The files are numbered because they share the platform and its clock, which only ever moves forward: first the scenes,
then who may do what, then outages, then weeks that pass, and at the end what must be true of the whole.  Each test
makes its own cases, so that any of them can be run alone.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from deploy.demo.stage import Stage
from deploy.demo.story import Step, Story
from deploy.local.faults import Fault
from deploy.local.home import ROOT
from shared.testing.platform import RunningPlatform
from shared.time import SHANGHAI

DEMO_SECONDS = 60
HERE = Path(__file__).parent
Steps = dict[str, dict[str, dict[str, Any]]]
Rows = Callable[..., list[dict[str, Any]]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test comes first waits for the platform to start and for two demonstrations."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(300))


class Silent:
    """A story without an audience."""

    def scene(self, name: str, zh: str, en: str) -> None: ...

    def working(self, step: Step) -> None: ...

    def done(self, step: Step) -> None: ...

    def failed(self, step: Step, fault: Fault) -> None: ...


@pytest.fixture(scope="session")
def platform(running_platform: RunningPlatform) -> RunningPlatform:
    """On a Monday at ten, so that every run counts its days from the same kind of day."""
    clock = running_platform.clock
    local = clock.now().astimezone(SHANGHAI)
    monday = local.replace(hour=10, minute=0, second=0) + timedelta(days=7 - local.weekday())
    clock.set_to(monday)
    return running_platform


@pytest.fixture
def stage(platform: RunningPlatform) -> Iterator[Stage]:
    """The people and papers of the demonstration; everybody signs in anew, because the clock may have moved."""
    with httpx.Client(base_url=platform.url, timeout=20) as http:
        yield Stage(http, platform.home, Story(Silent()))


@pytest.fixture
def rows(platform: RunningPlatform) -> Iterator[Rows]:
    """`rows("audit", "SELECT …", …)`: what a service's own login reads in its own database."""
    connections: dict[str, psycopg.Connection[dict[str, Any]]] = {}

    def read(service: str, query: str, *arguments: object) -> list[dict[str, Any]]:
        if service not in connections:
            url = platform.environment_of(service)["TONGBAN_DATABASE_URL"]
            connections[service] = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        return connections[service].execute(query.encode(), arguments or None).fetchall()

    yield read
    for connection in connections.values():
        connection.close()


@pytest.fixture(scope="session")
def demonstrations(platform: RunningPlatform) -> list[Steps]:
    """What `make demo ARGS=--json` told, played twice on the same platform."""
    platform.wait_until_ready()
    return [run_demo(platform), run_demo(platform)]


@pytest.fixture
def demo(demonstrations: list[Steps]) -> Steps:
    """The facts of the second play, by scene and step."""
    return demonstrations[1]


def run_demo(platform: RunningPlatform) -> Steps:
    """Play it, and sort what it told by scene and step."""
    done = run(platform, "-m", "deploy.demo", "--json")
    assert done.returncode == 0, done.stderr
    scenes: Steps = {}
    for line in done.stdout.splitlines():
        step = json.loads(line)
        assert set(step) == {"scene", "step", "ok", "at", "ms", "zh", "en", "facts", "error"}
        assert step["ok"], step
        assert step["zh"], step
        assert step["en"], step
        assert step["step"] not in scenes.setdefault(step["scene"], {}), step
        scenes[step["scene"]][step["step"]] = step["facts"]
    return scenes


def run(platform: RunningPlatform, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of the platform, on this platform's run folder."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "TONGBAN_HOME": str(platform.home.folder),
        "TONGBAN_PORT": str(platform.home.port),
    }
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEMO_SECONDS,
    )
