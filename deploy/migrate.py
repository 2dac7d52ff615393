"""Brings every service's database to the state that its numbered .sql files describe.

`python -m deploy.migrate` reads TONGBAN_DATABASE_URLS, a JSON object of service and address. The tables that messaging needs
come first, then the service's own. What is applied already is skipped in a few milliseconds.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import yoyo
from yoyo.migrations import MigrationList

ROOT = Path(__file__).resolve().parent.parent
SHARED_MIGRATIONS = ROOT / "shared" / "messaging" / "migrations"


def migrations_of(service: str) -> list[Path]:
    """The folders whose files make up this service's database, in order."""
    own = ROOT / "services" / service / "migrations"
    return [folder for folder in (SHARED_MIGRATIONS, own) if folder.is_dir()]


def migrate(service: str, database_url: str) -> int:
    """Applies what is missing; returns how many files that were. Two of these at once wait for each other."""
    if _is_up_to_date(service, database_url):
        return 0
    backend = yoyo.get_backend(_for_psycopg3(database_url))
    try:
        # A running service must never wait long behind a migration that itself waits for a lock.
        backend.execute("SET lock_timeout = '5s'")
        backend.execute("SET statement_timeout = '10min'")
        backend.commit()
        with backend.lock(timeout=60):
            pending = _pending(backend, service)
            backend.apply_migrations(pending)
        return len(pending)
    finally:
        backend.connection.close()


def migrate_all(database_urls: Mapping[str, str]) -> int:
    return sum(migrate(service, url) for service, url in database_urls.items())


def _is_up_to_date(service: str, database_url: str) -> bool:
    """A look of our own at yoyo's table: yoyo itself tries to make its tables each time, which fills the server's log."""
    files = {file.stem for folder in migrations_of(service) for file in folder.glob("*.sql")}
    with psycopg.connect(database_url, connect_timeout=10) as connection:
        if connection.execute("SELECT to_regclass('_yoyo_migration')").fetchone() == (None,):
            return False
        applied = {row[0] for row in connection.execute("SELECT migration_id FROM _yoyo_migration")}
    return files <= applied


def _pending(backend: Any, service: str) -> MigrationList:
    """Folder by folder, because a service's first file may rely on what messaging made."""
    pending: MigrationList = MigrationList()
    for folder in migrations_of(service):
        pending.extend(backend.to_apply(yoyo.read_migrations(str(folder))))
    return pending


def _for_psycopg3(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1).replace(
        "postgres://", "postgresql+psycopg://", 1
    )


def main() -> int:
    database_urls = json.loads(os.environ["TONGBAN_DATABASE_URLS"])
    for service, url in database_urls.items():
        applied = migrate(service, url)
        print(f"✓ {service}: {applied} migrations applied" if applied else f"✓ {service}: nothing to migrate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
