"""The servers of a test run: started when first asked for, ended whatever happens to the run.

Ending is the work of a watchdog process that waits on a pipe. When the run closes the pipe, or dies in any way at all,
the watchdog ends every process that was remembered in the run's folder and removes the folder.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

from deploy.local.home import ROOT
from deploy.local.processes import Process, launch
from deploy.local.servers import OWNER, RELAY, PostgresServer, RabbitServer, platform_accounts
from deploy.services import SERVICES
from shared.runtime.settings import ProcessSettings
from shared.testing.watchdog import BROKER, DATABASE, Watchdog


def environment_of(settings: ProcessSettings) -> dict[str, str]:
    """The variables that give a process these settings; what is no text is written as JSON."""
    variables = settings.model_dump(mode="json", exclude_none=True)
    return {"PATH": os.environ["PATH"]} | {
        f"TONGBAN_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in variables.items()
    }


class PlatformServers:
    """A PostgreSQL and a RabbitMQ of one's own; `durable=True` keeps fsync on, for tests that kill them."""

    def __init__(self, *, durable: bool = False) -> None:
        self._watchdog = Watchdog()
        self.folder = self._watchdog.folder
        self.passwords = {login: secrets.token_urlsafe(12) for login in (OWNER, RELAY, *SERVICES)}
        self._postgres = PostgresServer(self.folder / DATABASE, durable=durable)
        self._rabbit = RabbitServer(self.folder / BROKER, accounts=platform_accounts(self.passwords))
        self._starting = ThreadPoolExecutor(2, thread_name_prefix="test-servers")
        self._started: dict[str, Future[None]] = {}

    def begin(self, *, database: bool = True, broker: bool = True) -> None:
        """Let them start while other work goes on; a cold broker needs several seconds."""
        if broker:
            self._begin(self._rabbit)
        if database:
            self._begin(self._postgres)

    @property
    def postgres(self) -> PostgresServer:
        """The database server, running."""
        self._begin(self._postgres).result()
        return self._postgres

    @property
    def rabbit(self) -> RabbitServer:
        """The broker, running."""
        self._begin(self._rabbit).result()
        return self._rabbit

    def launch(self, name: str, command: list[str], environment: dict[str, str]) -> Process:
        """Start a process of the platform that ends with these servers at the latest."""
        process = launch(command, environment, self.log(name), folder=ROOT)
        process.remember(self.folder / "run" / f"{name}.pid")
        return process

    def launch_service(self, name: str, service: str, settings: ProcessSettings) -> Process:
        """Start one Nameko service (`package.module:Class`) as its own launcher does, with these settings."""
        command = [sys.executable, "-m", "shared.runtime.launcher", service]
        return self.launch(name, command, environment_of(settings))

    def log(self, name: str) -> Path:
        """Where a launched process writes."""
        return self.folder / "logs" / f"{name}.log"

    def stop(self) -> None:
        """End everything and remove the folder."""
        self._starting.shutdown(wait=True, cancel_futures=True)
        self._watchdog.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _begin(self, server: PostgresServer | RabbitServer) -> Future[None]:
        name = type(server).__name__
        if name not in self._started:
            self._started[name] = self._starting.submit(server.start)
        return self._started[name]
