"""A notice of holidays arrived: every open case is counted again, by whatever replica gets it, each in a transaction.

What was counted is recorded, its row of the queue is gone and its timers have moved together; a process that is killed
in the middle leaves its case to the next one.
"""

import asyncio
from functools import partial
from uuid import UUID

from services.applications import handlers, metrics, one_by_one, projections
from services.applications.domain import commands as c
from services.applications.handlers import Doing
from services.applications.office import Office
from services.applications.store import recalculating as rows
from services.catalogue.contracts import CalendarPublishedV1
from shared import time
from shared.database import Connection
from shared.identity import Actor

# One turn ends after so many cases, so that a large queue leaves room for a graceful stop.
MOST_IN_ONE_TURN = 500
# While one waits for the database another computes.
AT_ONCE = 3


async def keep_calendar(connection: Connection, published: CalendarPublishedV1) -> None:
    """Keep a published year and, when it is news, queue every open case in the same transaction."""
    if await projections.save_calendar(connection, published):
        year = published.calendar
        await rows.note_load(connection, year.year, year.version, time.now())


async def work(office: Office, actor: Actor) -> int:
    """Count waiting cases again; how many were taken."""
    async with office.database.transaction() as connection:
        if await rows.sweep(connection, time.now()):
            # A case begun since with the new calendar is right already: it must not be counted again under the public.
            await office.refresh(connection)
            await rows.queue_open_cases(connection, time.now(), not_counted_with=office.calendar.edition)
    if not await _work_some(office, actor, 1):
        return 0
    counts = await asyncio.gather(
        *(_work_some(office, actor, MOST_IN_ONE_TURN) for _ in range(AT_ONCE)), return_exceptions=True
    )
    for count in counts:
        if isinstance(count, BaseException):
            raise count
    return 1 + sum(count for count in counts if isinstance(count, int))


async def _work_some(office: Office, actor: Actor, most: int) -> int:
    return await one_by_one.work(
        office,
        actor,
        most,
        take=partial(_take, office),
        do=_count_again,
        put_off=_put_off,
        record=metrics.record_recalculation,
        failed="recalculation_failed",
    )


async def _take(office: Office, connection: Connection) -> UUID | None:
    case_id = await rows.take_next(connection, time.now())
    if case_id is not None:
        # The row was written with the notice: whoever sees it must not count by an older calendar.
        await office.refresh(connection)
    return case_id


async def _count_again(doing: Doing, case_id: UUID) -> bool:
    return await handlers.recompute(doing, case_id, c.RecomputeClocks())


async def _put_off(connection: Connection, case_id: UUID) -> None:
    await rows.postpone(connection, case_id, time.now())
