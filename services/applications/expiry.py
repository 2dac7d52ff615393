"""Licences whose validity has ended: worked once each, whatever replica gets them, with the dates that the law gives."""

from services.applications import handlers, metrics, one_by_one
from services.applications.handlers import Doing
from services.applications.office import Office
from services.applications.store import licences
from services.applications.store.licences import Expired
from shared import time
from shared.database import Connection
from shared.identity import Actor

# One turn ends after so many, so that a flood leaves room for a graceful stop.
MOST_IN_ONE_TURN = 200


async def work(office: Office, actor: Actor) -> int:
    """Work what has expired; how many came to their end or were put off."""
    return await one_by_one.work(
        office,
        actor,
        MOST_IN_ONE_TURN,
        take=_take,
        do=_expire,
        put_off=_put_off,
        record=_record,
        failed="licence_expiry_failed",
    )


async def _take(connection: Connection) -> Expired | None:
    return await licences.next_expired(connection, time.today(), time.now())


async def _expire(doing: Doing, expired: Expired) -> bool:
    await handlers.expire_licence(doing, expired.case_id, expired.valid_until)
    return True


async def _put_off(connection: Connection, expired: Expired) -> None:
    await licences.postpone(connection, expired.case_id, time.now())


def _record(outcome: str) -> None:
    metrics.record_timer("licence_expiry", outcome)
