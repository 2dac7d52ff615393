"""Keeps the platform's processes running: starts what the plan says, restarts what ended, stops all when told to.

`python -m deploy.local.supervisor` is started by `up`, detached. A process that ends is started again after a pause that doubles
up to half a minute and starts small again once the process has run for a minute. A private server that died is started again
too. Standard library only, and little of it, because this sits beside the platform for weeks.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from deploy.local import plan
from deploy.local.faults import Fault
from deploy.local.home import Home
from deploy.local.plan import ProcessPlan
from deploy.local.postgresql import PostgresServer
from deploy.local.processes import Process, launch
from deploy.local.rabbitmq import RabbitServer

TICK_SECONDS = 0.2
STOP_SECONDS = 15
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60  # who ran this long has earned a short pause again
LARGEST_LOG = 20 * 1024 * 1024
KEPT_LOGS = 2


class Child:
    """One process of the plan and the pause before its next start."""

    def __init__(self, process_plan: ProcessPlan, home: Home) -> None:
        self.plan = process_plan
        self._pid_file = home.pid_file(process_plan.name)
        self._log = home.log(process_plan.name)
        self._process: Process | None = None
        self._began = 0.0
        self._pause = FIRST_PAUSE
        self._next_start = 0.0

    def start_when_due(self) -> None:
        now = time.monotonic()
        if self._process is None and now >= self._next_start:
            self._process = launch(self.plan.command, self.plan.environment, self._log)
            self._process.remember(self._pid_file)
            self._began = now

    def notice_end(self) -> None:
        if self._process is None:
            return
        ended = _how_it_ended(self._process)
        if ended is None:
            return
        now = time.monotonic()
        self._pause = (
            FIRST_PAUSE if now - self._began > STEADY_SECONDS else min(self._pause * 2, LONGEST_PAUSE)
        )
        self._next_start = now + self._pause
        self._process = None
        _say(f"{self.plan.name} ended {ended}, started again in {self._pause:.1f} s")

    def ask_to_stop(self) -> None:
        if self._process:
            self._process.send(signal.SIGTERM)

    def stop(self, seconds: float) -> None:
        if self._process and not self._process.stop(seconds):
            _say(f"{self.plan.name} did not stop in time and was killed")
        self._process = None
        self._pid_file.unlink(missing_ok=True)


class Supervisor:
    def __init__(self, home: Home, servers: list[PostgresServer | RabbitServer]) -> None:
        self._home = home
        self._servers = servers
        self._children = [Child(process_plan, home) for process_plan in plan.read(home)]
        self._stopping = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        _say(f"started with {len(self._children)} processes")
        rounds = 0
        while not self._stopping:
            for child in self._children:
                child.notice_end()
                child.start_when_due()
            rounds += 1
            if rounds % 5 == 0:
                self._revive_servers()
            if rounds % 50 == 0:
                for log in self._home.logs.glob("*.log"):
                    rotate(log)
            time.sleep(TICK_SECONDS)
        self._stop_all()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _stop_all(self) -> None:
        """All are asked at once and share the time; the gateway was started last and hears it first."""
        for child in reversed(self._children):
            child.ask_to_stop()
        end = time.monotonic() + STOP_SECONDS
        for child in reversed(self._children):
            child.stop(max(0.1, end - time.monotonic()))
        _say("stopped")

    def _revive_servers(self) -> None:
        for server in self._servers:
            if self._stopping or server.running():
                continue
            name = type(server).__name__
            _say(f"{name} is gone and is started again")
            try:
                server.start()
                _say(f"{name} runs again")
            except (Fault, OSError) as error:
                _say(f"{name} did not start: {error}")


def rotate(log: Path) -> None:
    """Copies and empties the file, because the process that writes it keeps it open (and appends)."""
    if log.stat().st_size < LARGEST_LOG:
        return
    for number in range(KEPT_LOGS, 1, -1):
        older, newer = log.with_suffix(f".log.{number}"), log.with_suffix(f".log.{number - 1}")
        if newer.exists():
            newer.replace(older)
    shutil.copyfile(log, log.with_suffix(".log.1"))
    os.truncate(log, 0)


def _how_it_ended(process: Process) -> str | None:
    """None while it runs."""
    try:
        pid, status = os.waitpid(process.pid, os.WNOHANG)
    except ChildProcessError:
        return None if process.alive() else "unnoticed"
    if pid == 0:
        return None
    code = os.waitstatus_to_exitcode(status)
    return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"


def _say(text: str) -> None:
    print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), text, flush=True)


def main() -> None:
    home = Home.from_environment()
    servers: list[PostgresServer | RabbitServer] = []
    if not home.database_url:
        servers.append(PostgresServer(home.folder, durable="--not-durable" not in sys.argv))
    if not home.amqp_url:
        servers.append(RabbitServer(home.folder))
    Supervisor(home, servers).run()


if __name__ == "__main__":
    main()
