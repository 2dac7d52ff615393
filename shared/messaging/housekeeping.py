"""What every service does now and then for its delivery tables: measure what waits, delete what nobody needs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import shared.metrics as metrics
import shared.time as time
from shared.database import Connection, Database
from shared.errors import TemporaryError
from shared.messaging import commands

log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
# Deleted in one statement: enough for a busy day, few enough to hold nobody up.
PIECE = 5000
# Longer than any message can stay in a queue or in `retries`.
INBOX_KEPT = timedelta(days=30)


async def keep_house(service: str, database: Database) -> None:
    """Run until cancelled."""
    while True:
        try:
            await _measure(service, database)
            await _forget(database)
        except TemporaryError:
            log.warning("housekeeping_waits service=%s", service)
        except Exception:
            # One bad round must not end all later ones, because nobody would notice before the disk is full.
            log.exception("housekeeping_failed service=%s", service)
        await asyncio.sleep(EVERY_SECONDS)


async def _measure(service: str, database: Database) -> None:
    # Bounded counts: a flood must not make its own measurement slow.
    rows = await database.fetch(
        """
        SELECT (SELECT count(*) FROM (SELECT 1 FROM dead_letters WHERE replayed_at IS NULL LIMIT 10000) AS dead),
               (SELECT count(*) FROM (SELECT 1 FROM retries LIMIT 10000) AS waiting)
        """
    )
    metrics.record_waiting_failures(service, dead_letters=rows[0][0], retries=rows[0][1])


async def _forget(database: Database) -> None:
    for forget in (_forget_inbox, commands.forget_old):
        while await _forget_piece(database, forget) == f"DELETE {PIECE}":
            pass


async def _forget_piece(database: Database, forget: Callable[[Connection, int], Awaitable[str]]) -> str:
    async with database.acquire() as connection:
        return await forget(connection, PIECE)


async def _forget_inbox(connection: Connection, at_most: int) -> str:
    return await connection.execute(
        """
        DELETE FROM inbox WHERE (message_id, consumer) IN (
            SELECT message_id, consumer FROM inbox WHERE received_at < $1 ORDER BY received_at LIMIT $2)
        """,
        time.now() - INBOX_KEPT,
        at_most,
    )
