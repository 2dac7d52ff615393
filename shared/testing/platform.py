"""The whole platform, as `make up` starts it, in a temporary folder and with a clock that a test can move.

For tests of whole flows and of crashes: the supervisor starts again whatever is killed. It ends with the test run, by
whatever way that ends.
"""

from __future__ import annotations

import signal
import time
from typing import Self

from deploy.local import demo_accounts, plan
from deploy.local.demo_accounts import DemoAccount
from deploy.local.home import Home
from deploy.local.postgresql import PostgresServer
from deploy.local.processes import Process
from deploy.local.rabbitmq import RabbitServer
from deploy.local.up import is_ready, up
from shared.testing.clock import Clock
from shared.testing.watchdog import PLATFORM, Watchdog

DATABASE, BROKER = "postgresql", "rabbitmq"


class RunningPlatform:
    """Every process of the platform, or those named in `only`; `durable=True` keeps fsync on."""

    def __init__(self, *, durable: bool = False, only: tuple[str, ...] = ()) -> None:
        self._watchdog = Watchdog()
        folder = self._watchdog.folder / PLATFORM
        bare = Home(folder)
        self.home = Home(folder, port=bare.ports.take("public"))
        self.clock = Clock(self._watchdog.folder / "clock")
        self._durable, self._only = durable, only

    @property
    def url(self) -> str:
        """The public address, without a slash at the end."""
        return f"http://127.0.0.1:{self.home.port}"

    @property
    def accounts(self) -> list[DemoAccount]:
        """The people and programs that a local copy comes with."""
        return demo_accounts.known(self.home)

    def start(self) -> None:
        """Returns when every process is ready; raises Fault with the log's place when one is not."""
        up(self.home, mode="test", durable=self._durable, clock_file=self.clock.file, only=self._only)

    def environment_of(self, process: str) -> dict[str, str]:
        """The variables of one process: its database, its broker account, its private port."""
        return next(one.environment for one in plan.read(self.home) if one.name == process)

    def process(self, name: str) -> Process | None:
        """A process by its name in the plan, or one of the two servers, while it runs."""
        return Process.remembered(self.home.pid_file(name))

    def kill(self, name: str) -> None:
        """End a process, the database or the broker as a crash would; the supervisor starts it again."""
        process = self.process(name)
        if process is None:
            raise LookupError(f"{name} does not run")
        process.send(signal.SIGKILL)
        process.wait_gone(10)

    def wait_until_ready(self, *, seconds: float = 60) -> None:
        """Until the servers run and every process says that it is ready."""
        servers = (PostgresServer(self.home.folder), RabbitServer(self.home.folder, accounts=[]))
        end = time.monotonic() + seconds
        while not all(server.ready() for server in servers) or not all(map(is_ready, plan.read(self.home))):
            if time.monotonic() > end:
                raise TimeoutError(f"the platform is not ready after {seconds} s; logs in {self.home.logs}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End everything and remove the folder."""
        self._watchdog.release()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
