"""Which processes make up the platform on one machine, and the environment of each.

The plan is what `up` decides and the supervisor follows; it holds passwords and is therefore readable by its owner only.
Standard library only, because the supervisor imports it.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.home import ROOT, Home
from deploy.services import SERVICE_CLASSES

RELAY_PROCESS = "relay"
MAILSINK = "mailsink"
# Relay and mail sink first: what a service sends in its first second already finds them.
ORDER = (MAILSINK, RELAY_PROCESS, *SERVICE_CLASSES, "gateway")


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    name: str
    command: list[str]
    environment: dict[str, str]
    private_port: int  # health and metrics; for the mail sink its SMTP port
    has_health: bool = True


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where each process finds its own database and broker account."""

    databases: Mapping[str, str]
    broker: Mapping[str, str]


def plan(
    home: Home,
    addresses: Addresses,
    *,
    mode: str = "local",
    clock_file: Path | None = None,
    only: tuple[str, ...] = (),
) -> list[ProcessPlan]:
    """Every process, or those named in `only`, with ports taken from the book."""
    ports = home.ports
    private = {name: ports.take(name) for name in ORDER}
    environments = _environments(home, addresses, private)
    everywhere = _common(home, mode, clock_file)
    return [
        ProcessPlan(
            name, _command(name), everywhere | environments[name], private[name], has_health=name != MAILSINK
        )
        for name in ORDER
        if not only or name in only
    ]


def write(home: Home, processes: list[ProcessPlan]) -> None:
    fresh = home.plan.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump([asdict(process) for process in processes], file, indent=1)
    fresh.replace(home.plan)


def read(home: Home) -> list[ProcessPlan]:
    """The processes of the last `up`; empty when there was none."""
    try:
        return [ProcessPlan(**entry) for entry in json.loads(home.plan.read_text())]
    except (OSError, ValueError, TypeError):
        return []


def public_port(home: Home) -> int | None:
    """Where the gateway of the last `up` listens, whatever port is named now; nothing when there was none."""
    ports = [process.environment.get("TONGBAN_PORT") for process in read(home)]
    return next((int(port) for port in ports if port), None)


def _command(name: str) -> list[str]:
    modules = {
        MAILSINK: ["deploy.local.mailsink"],
        RELAY_PROCESS: ["shared.messaging.relay"],
        "gateway": ["services.gateway"],
    }
    module = modules.get(name) or ["shared.runtime.launcher", SERVICE_CLASSES[name]]
    return [sys.executable, "-m", *module]


def _environments(home: Home, addresses: Addresses, private: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """What differs from process to process: nobody is handed another's password, except the relay, which needs all."""
    environments = {
        service: {
            "TONGBAN_DATABASE_URL": addresses.databases[service],
            "TONGBAN_AMQP_URL": addresses.broker[service],
            "TONGBAN_PRIVATE_PORT": str(private[service]),
        }
        for service in addresses.databases
    }
    letters = {
        "TONGBAN_SMTP_URL": f"smtp://127.0.0.1:{private[MAILSINK]}",
        "TONGBAN_PUBLIC_URL": home.public_url,
    }
    environments["notifications"] |= letters
    environments["documents"] |= {"TONGBAN_PUBLIC_URL": home.public_url}
    environments["applications"] |= {"TONGBAN_BLOBS_DIR": str(home.blobs)}
    environments["gateway"] |= {
        **letters,
        "TONGBAN_PORT": str(home.port),
        "TONGBAN_BLOBS_DIR": str(home.blobs),
        "TONGBAN_MAIL_DIR": str(home.mail),
    }
    environments[RELAY_PROCESS] = {
        "TONGBAN_DATABASE_URLS": json.dumps(dict(addresses.databases)),
        "TONGBAN_AMQP_URL": addresses.broker[RELAY_PROCESS],
        "TONGBAN_PRIVATE_PORT": str(private[RELAY_PROCESS]),
    }
    environments[MAILSINK] = {
        "TONGBAN_SMTP_PORT": str(private[MAILSINK]),
        "TONGBAN_MAIL_DIR": str(home.mail),
    }
    return environments


def _common(home: Home, mode: str, clock_file: Path | None) -> dict[str, str]:
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",  # glibc keeps memory per thread otherwise, which idle processes never give back
        "TONGBAN_MODE": mode,
        "TONGBAN_HOME": str(home.folder),
        "TONGBAN_SECRETS_DIR": str(home.secrets),
        "TONGBAN_LOG_FORMAT": "text",
    }
    if clock_file:
        environment["TONGBAN_CLOCK_FILE"] = str(clock_file)
    return environment
