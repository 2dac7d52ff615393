"""What every service does now and then for its delivery tables: measure what waits, delete what nobody needs."""

import asyncio
import logging
from datetime import timedelta

import shared.metrics as metrics
import shared.time as time
from shared.database import Database
from shared.errors import TemporaryError
from shared.messaging import commands

log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
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
    async with database.acquire() as connection:
        await connection.execute(
            """
            DELETE FROM inbox WHERE (message_id, consumer) IN (
                SELECT message_id, consumer FROM inbox WHERE received_at < $1 ORDER BY received_at LIMIT 5000)
            """,
            time.now() - INBOX_KEPT,
        )
        await commands.forget_old(connection)
