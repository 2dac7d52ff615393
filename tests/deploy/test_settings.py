"""What the environment says, and what each process is told."""

import json
from pathlib import Path

import pytest

from deploy.local import plan
from deploy.local.faults import Fault
from deploy.local.home import DEFAULT_PORT, ROOT, Home
from deploy.local.plan import Addresses
from deploy.services import SERVICES

ADDRESSES = Addresses(
    databases={service: f"postgresql://{service}" for service in SERVICES},
    broker={name: f"amqp://{name}" for name in ("relay", *SERVICES)},
)


def test_without_settings_the_run_folder_is_beside_the_code() -> None:
    assert Home.from_environment({}) == Home(ROOT / ".run", DEFAULT_PORT)


def test_empty_variables_are_none_because_make_exports_them_all() -> None:
    variables = {"TONGBAN_HOME": "", "TONGBAN_PORT": "", "DATABASE_URL": "", "AMQP_URL": ""}

    assert Home.from_environment(variables) == Home(ROOT / ".run", DEFAULT_PORT)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "80 80"])
def test_a_port_that_is_none_is_refused_in_one_sentence(port: str) -> None:
    with pytest.raises(Fault, match="set it to a number from 1 to 65535"):
        Home.from_environment({"TONGBAN_PORT": port})


def test_no_process_is_told_another_ones_password_but_the_relay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make_folders()

    for process in plan.plan(home, ADDRESSES):
        told = json.dumps(process.environment)
        own = set(SERVICES) if process.name == "relay" else {process.name}
        assert not [other for other in SERVICES if other not in own and f"postgresql://{other}" in told]


def test_the_plan_is_read_by_its_owner_only_and_comes_back_the_same(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make_folders()
    processes = plan.plan(home, ADDRESSES)
    plan.write(home, processes)

    assert home.plan.stat().st_mode & 0o077 == 0
    assert plan.read(home) == processes


def test_a_damaged_plan_counts_as_none(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make_folders()
    home.plan.write_text('[{"name": 1}]')

    assert plan.read(home) == []


def test_two_copies_never_share_a_port(tmp_path: Path) -> None:
    ports = [
        {process.private_port for process in plan.plan(Home(tmp_path / copy), ADDRESSES)}
        for copy in ("one", "two")
    ]

    assert all(len(of_one) == 8 for of_one in ports)
