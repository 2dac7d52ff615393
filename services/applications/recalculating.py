"""A notice of holidays arrived: every open case is counted again, by whatever replica gets it, each in a transaction.

What was counted is recorded, its row of the queue is gone and its timers have moved together; a process that is killed
in the middle leaves its case to the next one.
"""

import asyncio
import logging
from uuid import UUID

from services.applications import handlers, metrics, projections
from services.applications.domain import commands as c
from services.applications.handlers import Doing
from services.applications.office import Office
from services.applications.store import recalculating as rows
from services.catalogue.contracts import CalendarPublishedV1
from shared import time
from shared.database import Connection
from shared.errors import TemporaryError
from shared.identity import Actor

log = logging.getLogger(__name__)

# One turn ends after so many cases, so that a large queue leaves room for a graceful stop.
MOST_IN_ONE_TURN = 500
# While one waits for the database another computes.
AT_ONCE = 3


class _Failed(Exception):
    """One case could not be counted again."""

    def __init__(self, case_id: UUID) -> None:
        super().__init__()
        self.case_id = case_id


async def keep_calendar(connection: Connection, published: CalendarPublishedV1) -> None:
    """Keep a published year and, when it is news, queue every open case in the same transaction."""
    if await projections.save_calendar(connection, published):
        year = published.calendar
        await rows.note_load(connection, year.year, year.version, time.now())


async def work(office: Office, actor: Actor) -> int:
    """Count waiting cases again; how many were taken."""
    async with office.database.transaction() as connection:
        await rows.sweep(connection, time.now())
    if not await _work_one(office, actor):
        return 0
    counts = await asyncio.gather(
        *(_work_some(office, actor) for _ in range(AT_ONCE)), return_exceptions=True
    )
    for count in counts:
        if isinstance(count, BaseException):
            raise count
    return 1 + sum(count for count in counts if isinstance(count, int))


async def _work_some(office: Office, actor: Actor) -> int:
    worked = 0
    while worked < MOST_IN_ONE_TURN and await _work_one(office, actor):
        worked += 1
    return worked


async def _work_one(office: Office, actor: Actor) -> bool:
    """One case in one transaction; False when none waits."""
    try:
        async with office.database.transaction() as connection:
            case_id = await rows.take_next(connection, time.now())
            if case_id is None:
                return False
            # The row was written with the notice: whoever sees it must not count by an older calendar.
            await office.refresh(connection)
            doing = Doing(office, connection, actor)
            moved = await _count_again(doing, case_id)
    except _Failed as failed:
        await _put_off(office, failed)
        return True
    handlers.count(doing.happened)
    metrics.record_recalculation("changed" if moved else "unchanged")
    return True


async def _count_again(doing: Doing, case_id: UUID) -> bool:
    try:
        return await handlers.recompute(doing, case_id, c.RecomputeClocks())
    except TemporaryError:
        raise
    except Exception as error:
        raise _Failed(case_id) from error


async def _put_off(office: Office, failed: _Failed) -> None:
    # One case that can't be counted must not stop the others; the log tells an operator.
    log.error("recalculation_failed case_id=%s", failed.case_id, exc_info=failed.__cause__)
    metrics.record_recalculation("failed")
    async with office.database.transaction() as connection:
        await rows.postpone(connection, failed.case_id, time.now())
