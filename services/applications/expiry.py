"""Licences whose validity has ended: worked once each, whatever replica gets them, with the dates that the law gives."""

import logging

from services.applications import handlers, metrics
from services.applications.handlers import Doing
from services.applications.office import Office
from services.applications.store import licences
from services.applications.store.licences import Expired
from shared import time
from shared.errors import TemporaryError
from shared.identity import Actor

log = logging.getLogger(__name__)

# One turn ends after so many, so that a flood leaves room for a graceful stop.
MOST_IN_ONE_TURN = 200


class _Failed(Exception):
    """The end of one licence could not be worked."""

    def __init__(self, expired: Expired) -> None:
        super().__init__()
        self.expired = expired


async def work(office: Office, actor: Actor) -> int:
    """Work what has expired; how many came to their end or were put off."""
    worked = 0
    while worked < MOST_IN_ONE_TURN and await _work_one(office, actor):
        worked += 1
    return worked


async def _work_one(office: Office, actor: Actor) -> bool:
    try:
        async with office.database.transaction() as connection:
            expired = await licences.next_expired(connection, time.today(), time.now())
            if expired is None:
                return False
            doing = Doing(office, connection, actor)
            await _expire(doing, expired)
    except _Failed as failed:
        await _put_off(office, failed.expired, failed.__cause__)
        return True
    handlers.count(doing.happened)
    metrics.record_timer("licence_expiry", "changed")
    return True


async def _expire(doing: Doing, expired: Expired) -> None:
    try:
        await handlers.expire_licence(doing, expired.case_id, expired.valid_until)
    except TemporaryError:
        raise
    except Exception as error:
        raise _Failed(expired) from error


async def _put_off(office: Office, expired: Expired, cause: BaseException | None) -> None:
    # One licence that can't be worked must not stop the others; the log tells an operator.
    log.error("licence_expiry_failed case_id=%s", expired.case_id, exc_info=cause)
    metrics.record_timer("licence_expiry", "failed")
    async with office.database.transaction() as connection:
        await licences.postpone(connection, expired.case_id, time.now())
