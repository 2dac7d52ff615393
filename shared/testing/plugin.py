"""The fixtures that every test of the platform may ask for."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

from deploy.local.secret_files import generate
from shared import time
from shared.identity import Actor
from shared.runtime.settings import ProcessSettings
from shared.testing.actors import an_actor
from shared.testing.clock import Clock
from shared.testing.databases import Databases
from shared.testing.platform import RunningPlatform
from shared.testing.servers import PlatformServers

GIVEN_DATABASE = os.environ.get("TEST_DATABASE_URL")
GIVEN_BROKER = os.environ.get("TEST_AMQP_URL")

SettingsClass = TypeVar("SettingsClass", bound=ProcessSettings)


class SettingsMaker(Protocol):
    """Settings of a service on a fresh database and on this test's virtual host."""

    def __call__(self, settings_class: type[SettingsClass], service: str, **more: Any) -> SettingsClass: ...


@pytest.fixture(scope="session")
def platform_servers(request: pytest.FixtureRequest) -> Iterator[PlatformServers]:
    """One private PostgreSQL and RabbitMQ for the whole run, started when first asked for."""
    with PlatformServers() as servers:
        wanted = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
        servers.begin(
            database="database_for" in wanted and not GIVEN_DATABASE,
            broker="broker_url_for" in wanted and not GIVEN_BROKER,
        )
        yield servers


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Makes fresh databases; most tests want `database_for`."""
    url = GIVEN_DATABASE or request.getfixturevalue("platform_servers").postgres.url()
    databases = Databases(url)
    yield databases
    databases.close()


@pytest.fixture
def database_for(databases: Databases) -> Iterator[Callable[[str], str]]:
    """`database_for("audit")` → the address of a fresh, migrated database of that service, gone after the test."""
    made: list[str] = []

    def make(service: str) -> str:
        made.append(databases.fresh(service))
        return made[-1]

    yield make
    for url in made:
        databases.drop(url)


@pytest.fixture
def broker_url_for(request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """`broker_url_for("audit")` → that account's address of a virtual host that only this test uses.

    The accounts have the rights of a real installation; "tongban" may do everything. A given broker has one address
    for all accounts and tests.
    """
    if GIVEN_BROKER:
        yield lambda login: GIVEN_BROKER
        return
    servers: PlatformServers = request.getfixturevalue("platform_servers")
    rabbit = servers.rabbit
    vhost = f"test-{secrets.token_hex(6)}"
    rabbit.add_vhost(vhost)
    accounts = {account.login: account for account in rabbit.accounts}
    yield lambda login: rabbit.url(accounts[login], vhost)
    rabbit.delete_vhost(vhost)


@pytest.fixture
def amqp_url(broker_url_for: Callable[[str], str]) -> str:
    """The address of this test's own virtual host, with every right in it."""
    return broker_url_for("tongban")


@pytest.fixture(scope="session")
def running_platform() -> Iterator[RunningPlatform]:
    """The whole platform, once for the run: `.url` for its pages and API, `.clock`, `.kill(name)`."""
    with RunningPlatform() as platform:
        yield platform


@pytest.fixture(scope="session")
def secrets_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every key file of the platform, made once for the run; nobody changes it."""
    folder = tmp_path_factory.mktemp("secrets")
    generate(folder)
    return folder


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Clock]:
    """Moves the time of this process, and of those that are given its file."""
    clock = Clock(tmp_path / "clock")
    time.follow_clock_file(clock.file)
    yield clock
    time.follow_clock_file(None)


@pytest.fixture
def actor() -> Callable[..., Actor]:
    """`actor(Role.CLERK)` → an actor as the running platform would make one."""
    return an_actor


@pytest.fixture
def settings_for(
    database_for: Callable[[str], str], broker_url_for: Callable[[str], str], secrets_dir: Path
) -> SettingsMaker:
    """`settings_for(AuditSettings, "audit")` → that service's settings on a fresh database and virtual host."""

    def make(settings_class: type[SettingsClass], service: str, **more: Any) -> SettingsClass:
        common: dict[str, Any] = {
            "mode": "test",
            "secrets_dir": secrets_dir,
            "database_url": database_for(service),
            "amqp_url": broker_url_for(service),
            "private_port": 0,
            "log_format": "text",
        }
        return settings_class(**common | more)

    return make
