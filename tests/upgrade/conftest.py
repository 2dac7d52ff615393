"""The databases that an earlier release left behind, restored and then migrated by today's code."""

import gzip
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from deploy.migrate import migrate
from services.applications.office import Office
from services.applications.settings import ApplicationsSettings
from shared.database import Database
from shared.messaging.commands import CommandLog
from shared.privacy import Keyring
from shared.testing.clock import Clock
from shared.time import SHANGHAI

BEFORE = Path(__file__).parent / "before-issue-4"
# When the databases were dumped, by the platform's own clock.
DUMPED_AT = datetime(2027, 2, 1, 10, 5, tzinfo=SHANGHAI)


@pytest.fixture
def restored(database_for: Callable[[str], str]) -> Callable[[str], str]:
    """`restored("audit")` → a database as the earlier release left it, not yet migrated."""

    def restore(service: str) -> str:
        url = database_for(service)
        dump = gzip.decompress((BEFORE / f"{service}.sql.gz").read_bytes()).decode()
        with psycopg.connect(url) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            connection.execute(dump)
        return url

    return restore


@pytest.fixture
def migrated(restored: Callable[[str], str]) -> Callable[[str], str]:
    """The same after today's migrations."""

    def restore_and_migrate(service: str) -> str:
        url = restored(service)
        migrate(service, url)
        return url

    return restore_and_migrate


@pytest.fixture
async def database(migrated: Callable[[str], str]) -> AsyncIterator[Database]:
    """The cases of the earlier release, migrated."""
    database = Database(migrated("applications"))
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
async def office(database: Database, secrets_dir: Path, tmp_path: Path, clock: Clock) -> Office:
    """Today's case engine on these cases, with the keys of that time and on the day of the dump."""
    clock.set_to(DUMPED_AT)
    keys = tmp_path / "keys"
    shutil.copytree(secrets_dir, keys)
    for key in BEFORE.glob("*.key*"):
        shutil.copy(key, keys / key.name)
    shutil.copy(BEFORE / "parties.keyring.json", keys)
    shutil.copy(BEFORE / "replies.keyring.json", keys)
    settings = ApplicationsSettings(
        mode="test",
        secrets_dir=keys,
        database_url="postgresql://unused",
        amqp_url="amqp://unused",
        private_port=0,
    )
    commands = CommandLog(Keyring.from_file(keys / "replies.keyring.json"))
    office = Office.open(database, commands, settings)
    await office.refresh()
    return office
