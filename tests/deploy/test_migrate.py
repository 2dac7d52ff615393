"""Every service's database can be made from nothing, and once made is left alone."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local.servers import PostgresServer, create_databases
from deploy.migrate import migrate, migrate_all, migrations_of
from deploy.services import SERVICES


@pytest.fixture
def urls(home_folder: Path) -> Iterator[dict[str, str]]:
    server = PostgresServer(home_folder, durable=False)
    server.start()
    yield create_databases(server.url(), dict.fromkeys(SERVICES, "secret"))
    server.remove()


def test_a_second_run_has_nothing_to_do(urls: dict[str, str]) -> None:
    files = sum(len(list(folder.glob("*.sql"))) for service in SERVICES for folder in migrations_of(service))

    assert migrate_all(urls) == files
    assert migrate_all(urls) == 0
    with psycopg.connect(urls["audit"]) as connection:
        assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


def test_every_service_starts_with_the_tables_of_messaging(urls: dict[str, str]) -> None:
    for service, url in urls.items():
        assert migrate(service, url) > 0
        with psycopg.connect(url) as connection:
            tables = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables")}
        assert {"outbox", "inbox", "retries", "dead_letters", "commands"} <= tables
