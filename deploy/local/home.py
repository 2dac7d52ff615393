"""The folder of one running copy, `.run` unless TONGBAN_HOME says otherwise, and where everything in it lies."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.faults import Fault
from deploy.local.ports import PortBook

ROOT = Path(__file__).resolve().parent.parent.parent
DEFAULT_PORT = 8080


@dataclass(frozen=True, slots=True)
class Home:
    folder: Path
    port: int = DEFAULT_PORT
    database_url: str | None = None  # a given server instead of a private one
    amqp_url: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        return cls(
            folder=Path(environment.get("TONGBAN_HOME") or ROOT / ".run").absolute(),
            port=_port(environment.get("TONGBAN_PORT") or str(DEFAULT_PORT)),
            database_url=environment.get("DATABASE_URL") or None,
            amqp_url=environment.get("AMQP_URL") or None,
        )

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def run(self) -> Path:
        """Pids and the plan that the supervisor follows."""
        return self.folder / "run"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def ports(self) -> PortBook:
        return PortBook(self.folder / "state.json")

    @property
    def plan(self) -> Path:
        return self.run / "plan.json"

    def pid_file(self, name: str) -> Path:
        return self.run / f"{name}.pid"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def make_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.logs, self.run, self.secrets, self.mail, self.blobs):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise Fault(
        f"TONGBAN_PORT 的值“{text}”不是端口号——请改为 1 到 65535 的整数。",
        f"TONGBAN_PORT is {text!r}, which is no port – set it to a number from 1 to 65535.",
    )
