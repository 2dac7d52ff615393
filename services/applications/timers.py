"""Working due timers: each in a transaction with its case, the oldest first, whatever replica gets it.

After a week without any, everything due happens once and in order for each case, with the dates that the law gives.
"""

import logging
from uuid import uuid4

from services.applications import handlers, metrics
from services.applications.domain.errors import IllegalTransition
from services.applications.domain.timers import command_of
from services.applications.handlers import Doing
from services.applications.office import Office
from services.applications.store import timers as rows
from services.applications.store.timers import DueTimer
from shared import time
from shared.errors import TemporaryError
from shared.identity import Actor

log = logging.getLogger(__name__)

# One turn ends after so many, so that a flood of timers leaves room for a graceful stop.
MOST_IN_ONE_TURN = 500


async def work(office: Office, actor: Actor) -> int:
    """Work what is due; how many timers were settled."""
    for settled in range(MOST_IN_ONE_TURN):
        if not await _work_one(office, actor):
            return settled
    return MOST_IN_ONE_TURN


async def _work_one(office: Office, actor: Actor) -> bool:
    timer: DueTimer | None = None
    try:
        async with office.database.transaction() as connection:
            timer = await rows.next_due(connection, time.now())
            if timer is None:
                return False
            doing = Doing(office, connection, actor)
            outcome = await _fire(doing, timer)
        handlers.count(doing.happened)
        metrics.record_timer(timer.kind, outcome)
    except TemporaryError:
        raise
    except Exception:
        if timer is None:
            raise
        # One case that can't be worked must not stop the others; it is tried again, and the log tells an operator.
        log.exception("timer_failed timer_id=%s kind=%s", timer.id, timer.kind)
        metrics.record_timer(timer.kind, "failed")
        async with office.database.transaction() as connection:
            await rows.postpone(connection, timer.id, time.now())
    return True


async def _fire(doing: Doing, timer: DueTimer) -> str:
    if not await rows.is_open(doing.connection, timer):
        return "settled_before"
    await rows.settle(doing.connection, timer, time.now())
    try:
        changed = await handlers.fire_timer(doing, timer.case_id, command_of(timer.kind, uuid4()))
    except IllegalTransition:
        # The case went on in another way since; the table of transitions says so.
        return "nothing_to_do"
    return "changed" if changed else "nothing_to_do"
