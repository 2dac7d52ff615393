"""The people and programs that a local copy comes with: made by the gateway, printed for whoever starts it."""

import json
from dataclasses import dataclass

from deploy.local.home import Home
from deploy.local.plan import ProcessPlan
from deploy.local.seeding import named, run_seed
from deploy.local.terminal import step, table

MODULE = "services.gateway.seed"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    login: str
    password: str
    who: str


def seed(home: Home, processes: list[ProcessPlan]) -> None:
    """Makes what is missing; harmless to repeat."""
    gateway = named("gateway", processes)
    if gateway is None:
        return
    with step("演示账号 Demo accounts"):
        made = run_seed(home, gateway, MODULE, "演示账号", "demo accounts")
        (home.run / "demo-accounts.json").write_text(made)


def known(home: Home) -> list[DemoAccount]:
    try:
        return [DemoAccount(**entry) for entry in json.loads((home.run / "demo-accounts.json").read_text())]
    except (OSError, ValueError, TypeError):
        return []


def as_table(home: Home) -> str:
    rows = [[f"  {account.login}", account.password, account.who] for account in known(home)]
    return table([["  账号 Login", "密码 Password", "身份 Who"], *rows]) if rows else ""
