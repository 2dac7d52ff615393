"""One service's own PostgreSQL database, over asyncpg.

The pool connects lazily, so a process starts while the server is away and works again by itself after a restart.
Whatever means "the server is away" becomes `TemporaryError`; an error of ours in SQL stays what it is.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from shared.errors import TemporaryError

log = logging.getLogger(__name__)

Connection = asyncpg.Connection | PoolConnectionProxy

# Each of these says that the server, not the statement, is at fault.
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it shuts down, starts, recovers
    asyncpg.InsufficientResourcesError,  # disk, memory or connections are used up
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby, after the primary has moved
    asyncpg.IdleInTransactionSessionTimeoutError,
    # While a server is restored or its passwords change, it may not know us or our database for a while.
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InterfaceError,
    # What a pooled connection answers between the server's last word to it and the end of the socket.
    asyncpg.InternalClientError,
)
# The server answers, and the same work may succeed the next time.
BUSY = (asyncpg.TransactionRollbackError, asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)


class _PlainConnection(asyncpg.Connection):
    """Skips the reset round trip on release: no code of ours leaves session state on a pooled connection."""

    def get_reset_query(self) -> str:
        return ""


async def _set_codecs(connection: asyncpg.Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


class Database:
    """The pool of one database; `transaction()` is the unit of work of every handler."""

    def __init__(self, url: str, *, size: int = 8, application_name: str = "tongban") -> None:
        self._url = url
        self._size = size
        self._application_name = application_name
        self._pool: asyncpg.Pool | None = None
        # Whether the server answered when it was last asked; every service asks at least every few seconds.
        self.reachable = False

    async def start(self) -> None:
        """Make the pool; no connection is opened yet."""
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._size,
            init=_set_codecs,
            connection_class=_PlainConnection,
            max_inactive_connection_lifetime=300,
            command_timeout=60,
            timeout=10,
            server_settings=self._server_settings(),
        )

    def _server_settings(self) -> dict[str, str]:
        return {
            "application_name": self._application_name,
            "timezone": "UTC",
            # Short statements gain nothing from compilation and wait for it.
            "jit": "off",
            # The locks of a process that was cut off from the server must not outlive it for hours.
            "idle_in_transaction_session_timeout": "60s",
            # A prepared statement keeps the plan it got while its table was still small.  Every query of ours has an
            # index behind it; so that plan must use it too (measured: four fifths of the audit database's time).
            "enable_seqscan": "off",
        }

    async def stop(self) -> None:
        """Close every connection, waiting a little for what still runs."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                await asyncio.wait_for(pool.close(), timeout=5)
            except TimeoutError:
                pool.terminate()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """A connection outside any transaction, for single statements."""
        if self._pool is None:
            raise TemporaryError("the database pool is not open")
        opened = False
        try:
            async with self._pool.acquire(timeout=10) as connection:
                opened = True
                yield connection
            self.reachable = True
        except (*AWAY, *BUSY) as error:
            if (
                opened
                and isinstance(error, OSError)
                and not isinstance(error, ConnectionError | TimeoutError)
            ):
                raise  # a file or the like: whoever used the connection has met it
            self.reachable = isinstance(error, BUSY)
            raise TemporaryError(
                f"database is {'busy' if self.reachable else 'away'}: {type(error).__name__}"
            ) from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction: commits at the end, rolls back on any error."""
        async with self.acquire() as connection, connection.transaction():
            yield connection

    async def listen(self, channel: str, wake: asyncio.Event) -> asyncpg.Connection:
        """A connection of its own that sets `wake` at each NOTIFY on the channel; the caller closes it."""
        try:
            connection = await asyncpg.connect(self._url, timeout=10)
            await connection.add_listener(channel, lambda *_: wake.set())
        except AWAY as error:
            raise TemporaryError(f"database is away: {type(error).__name__}") from error
        return connection

    async def ping(self) -> bool:
        """Whether the server answers now."""
        try:
            async with self.acquire() as connection:
                await connection.fetchval("SELECT 1", timeout=2)
        except TemporaryError as error:
            log.warning("database_does_not_answer reason=%s", error)
            return False
        return True

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows of one statement."""
        async with self.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *arguments)
            return rows
