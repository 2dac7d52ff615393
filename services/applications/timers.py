"""Working due timers: several cases in one transaction, several transactions at once, whatever replica gets them.

After a week without any, everything due happens once and in order for each case, with the dates that the law gives.
"""

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID, uuid4

from services.applications import handlers, metrics
from services.applications.domain.timers import command_of
from services.applications.handlers import Doing
from services.applications.office import Office
from services.applications.store import timers as rows
from services.applications.store.timers import DueTimer
from shared import time
from shared.database import AWAY, BUSY
from shared.errors import TemporaryError
from shared.identity import Actor

log = logging.getLogger(__name__)

# One turn ends after so many transactions, so that a flood of timers leaves room for a graceful stop.
MOST_IN_ONE_TURN = 30
# Each transaction pays for one commit whatever it holds.  It also keeps its cases, and the series of the documents that it
# seals, from everybody else until it ends: so it stays a matter of milliseconds.
CASES_IN_ONE_TRANSACTION = 16
# While one waits for the database another computes; more than these only wait for each other.
AT_ONCE = 3

# What became of a timer, as the metric says it. Another replica may have settled it between the look and the lock.
CHANGED, NOTHING_TO_DO, SETTLED_BEFORE, FAILED = "changed", "nothing_to_do", "settled_before", "failed"


async def work(office: Office, actor: Actor) -> int:
    """Work what is due; how many timers came to their end or were put off."""
    first = await _work_together(office, actor)
    # Most turns find nothing or little, and one look is enough for that.
    workers = AT_ONCE if len(first) == CASES_IN_ONE_TRANSACTION else min(1, len(first))
    counts = await asyncio.gather(
        *(_work_some(office, actor) for _ in range(workers)),
        return_exceptions=True,  # so that none goes on unattended when another fails
    )
    for count in counts:
        if isinstance(count, BaseException):
            raise count
    return _ended(first) + sum(count for count in counts if isinstance(count, int))


async def _work_some(office: Office, actor: Actor) -> int:
    worked = 0
    for _ in range(MOST_IN_ONE_TURN):
        outcomes = await _work_together(office, actor)
        if not outcomes:
            break
        worked += _ended(outcomes)
    return worked


def _ended(outcomes: Sequence[str]) -> int:
    return sum(outcome != SETTLED_BEFORE for outcome in outcomes)


async def _work_together(office: Office, actor: Actor) -> list[str]:
    """One transaction; what became of each timer that it found."""
    async with office.database.transaction() as connection:
        due = await rows.next_due(connection, time.now(), CASES_IN_ONE_TRANSACTION)
        doing = Doing(office, connection, actor)
        outcomes = await _fire(doing, due) if due else []
    handlers.count(doing.happened)
    for timer, outcome in zip(due, outcomes, strict=True):
        metrics.record_timer(timer.kind, outcome)
    return outcomes


async def _fire(doing: Doing, due: Sequence[DueTimer]) -> list[str]:
    try:
        # What fails is undone, but its cases stay held by this transaction.
        async with doing.connection.transaction():
            settled = await rows.settle(doing.connection, due, time.now())
            changed = await handlers.fire_timers(
                doing,
                {timer.case_id: command_of(timer.kind, uuid4()) for timer in due if timer.id in settled},
            )
    except (TemporaryError, *AWAY, *BUSY):
        raise
    except Exception as error:
        if len(due) == 1:
            return [await _put_off(doing, due[0], error)]
        # One case that can't be worked must not stop the others: each is worked for itself.
        return [outcome for timer in due for outcome in await _fire(doing, [timer])]
    return [_outcome(timer, settled, changed) for timer in due]


def _outcome(timer: DueTimer, settled: frozenset[int], changed: frozenset[UUID]) -> str:
    if timer.id not in settled:
        return SETTLED_BEFORE
    return CHANGED if timer.case_id in changed else NOTHING_TO_DO


async def _put_off(doing: Doing, timer: DueTimer, cause: Exception) -> str:
    # It comes again in a while; the log tells an operator.
    log.error("timer_failed timer_id=%s kind=%s", timer.id, timer.kind, exc_info=cause)
    await rows.postpone(doing.connection, timer.id, time.now())
    return FAILED
