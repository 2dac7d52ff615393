"""What the database says becomes the right kind of failure: ours, or the environment's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from shared.database import Database
from shared.errors import TemporaryError


@pytest.fixture
async def database(database_for: Callable[[str], str]) -> AsyncIterator[Database]:
    database = Database(database_for("catalogue"))
    await database.start()
    yield database
    await database.stop()


async def test_a_value_that_fits_no_column_is_no_fault_of_the_environment(database: Database) -> None:
    with pytest.raises(asyncpg.DataError, match="query argument"):
        await database.fetch("SELECT $1::bigint", 10**30)


@pytest.mark.parametrize("part", ["password", "path"])
async def test_a_server_that_does_not_know_us_or_our_database_is_away(
    part: str, database_for: Callable[[str], str]
) -> None:
    url = urlsplit(database_for("catalogue"))
    wrong = url._replace(
        netloc=url.netloc.replace(f":{url.password}@", ":wrong@") if part == "password" else url.netloc,
        path="/nowhere" if part == "path" else url.path,
    )
    database = Database(urlunsplit(wrong))
    await database.start()
    assert not await database.ping()
    assert not database.reachable
    await database.stop()


async def test_a_missing_file_of_a_handler_is_not_a_missing_database(database: Database) -> None:
    assert await database.ping()
    with pytest.raises(FileNotFoundError):
        async with database.transaction():
            raise FileNotFoundError
    assert database.reachable


async def test_a_deadlock_is_temporary_and_says_nothing_about_the_server(database: Database) -> None:
    async with database.acquire() as connection:
        await connection.execute("CREATE TABLE two (id int PRIMARY KEY, number int)")
        await connection.execute("INSERT INTO two VALUES (1, 0), (2, 0)")
    met = asyncio.Barrier(2)

    async def change(*ids: int) -> None:
        async with database.transaction() as connection:
            await connection.execute("UPDATE two SET number = 1 WHERE id = $1", ids[0])
            await met.wait()
            await connection.execute("UPDATE two SET number = 1 WHERE id = $1", ids[1])

    results = await asyncio.gather(change(1, 2), change(2, 1), return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [TemporaryError]
    assert database.reachable


async def test_a_server_that_answers_nothing_is_not_reachable(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await database.ping()
    with pytest.raises(TemporaryError):
        async with database.acquire() as connection:
            await connection.fetchval("SELECT pg_sleep(5)", timeout=0.2)  # stands for one that is frozen
    assert not database.reachable
    silent = asyncio.Event()

    async def hold() -> None:
        async with database.acquire():
            silent.set()
            await asyncio.sleep(0.2)
            raise asyncpg.ConnectionDoesNotExistError

    holding = asyncio.create_task(hold())
    await silent.wait()
    assert not database.reachable  # a pooled connection was taken, and nothing was answered on it
    with pytest.raises(TemporaryError):
        await holding
