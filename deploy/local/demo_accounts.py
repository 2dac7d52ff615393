"""The people and programs that a local copy comes with: made by the gateway, printed for whoever starts it."""

import json
import subprocess
from dataclasses import dataclass

from deploy.local.faults import Fault
from deploy.local.home import ROOT, Home
from deploy.local.plan import ProcessPlan
from deploy.local.terminal import step, table

MODULE = "services.gateway.seed"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    login: str
    password: str
    who: str


def seed(home: Home, processes: list[ProcessPlan]) -> None:
    """Makes what is missing; harmless to repeat."""
    gateway = next((process for process in processes if process.name == "gateway"), None)
    if gateway is None:
        return
    with step("演示账号 Demo accounts"):
        command = [gateway.command[0], "-m", MODULE]
        done = subprocess.run(
            command,
            env=gateway.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        with home.log("seed").open("a") as log:
            log.write(done.stderr)
        if done.returncode != 0:
            raise Fault(
                "演示账号没有建好——请看日志。",
                "The demo accounts could not be made – see the log.",
                home.log("seed"),
            )
        (home.run / "demo-accounts.json").write_text(done.stdout)


def known(home: Home) -> list[DemoAccount]:
    try:
        return [DemoAccount(**entry) for entry in json.loads((home.run / "demo-accounts.json").read_text())]
    except (OSError, ValueError, TypeError):
        return []


def as_table(home: Home) -> str:
    rows = [[f"  {account.login}", account.password, account.who] for account in known(home)]
    return table([["  账号 Login", "密码 Password", "身份 Who"], *rows]) if rows else ""
