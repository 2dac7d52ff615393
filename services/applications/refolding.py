"""After an update that reads more out of the events: every row is folded anew, and gets the timers and tasks it needs now.

Rows are written with their case, so a case that nobody touches would otherwise stay as the older engine left it: a breach
on record would not count as one, and nobody would watch a clock that the older engine did not watch.  The walk goes on
beside the work of the day, a few cases in a transaction, from where it stood when a process ended.
"""

import logging
from uuid import UUID

from services.applications import records
from services.applications.domain.case import Case
from services.applications.domain.evolve import fold
from services.applications.domain.tasks import tasks_of
from services.applications.domain.timers import timers_of
from services.applications.office import Office
from services.applications.store import refolding as rows
from services.applications.store import tasks, timers
from shared import time
from shared.database import AWAY, BUSY, Connection

log = logging.getLogger(__name__)

# Raise it when an old event folds into more than before, or an unchanged case needs other timers or tasks than before,
# or its people other indexes: 2 brought the ends of certificates.
FOLD = 2
CASES_IN_ONE_TRANSACTION = 50
MOST_IN_ONE_TURN = 20


async def work(office: Office) -> int:
    """Fold some cases anew; how many were looked at.  Once the walk is over this is one read of one row."""
    looked_at = 0
    for _ in range(MOST_IN_ONE_TURN):
        async with office.database.transaction() as connection:
            some = await _some(office, connection)
        looked_at += some
        if not some:
            break
    return looked_at


async def _some(office: Office, connection: Connection) -> int:
    walk = await rows.take(connection, FOLD)
    if walk is None:
        return 0
    cases = await rows.next_cases(connection, walk.last_case, CASES_IN_ONE_TRANSACTION)
    for case_id in cases:
        try:
            async with connection.transaction():
                await _fold_anew(office, connection, case_id)
        except (*AWAY, *BUSY):
            raise
        except Exception:
            # One record that cannot be read must not keep the others from being read; an operator hears of it.
            log.exception("refolding_failed case_id=%s", case_id)
    await rows.went(connection, FOLD, cases)
    if not cases:
        log.info("refolding_over fold=%s", FOLD)
    return len(cases)


async def _fold_anew(office: Office, connection: Connection, case_id: UUID) -> None:
    stored, events = await rows.hold(connection, case_id)
    case = fold(
        case_id,
        (records.event_from_record(row["name"], row["schema_version"], row["data"]) for row in events),
    )
    if case != stored:
        await rows.keep(connection, case)
    await office.parties.keep_ends(connection, case_id)
    await _keep_what_follows(office, connection, case)


async def _keep_what_follows(office: Office, connection: Connection, case: Case) -> None:
    now = time.now()
    await timers.keep_only(connection, {case.id: timers_of(case, office.calendar)}, now)
    if case.accepted_on is not None:
        item = office.known.item(case.item_code, case.item_version, time.shanghai(now).date())
        await tasks.keep_only(connection, [(case, tasks_of(case, item, office.calendar))], now)
