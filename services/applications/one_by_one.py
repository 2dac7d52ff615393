"""Working a queue of the database one row after the other, each in a transaction, whatever replica gets it.

A row that cannot be worked is put off, so that it does not stop the others; the log tells an operator.  A database that is
away is no fault of the row: that is raised.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from services.applications import handlers
from services.applications.handlers import Doing
from services.applications.office import Office
from shared.database import Connection
from shared.errors import TemporaryError
from shared.identity import Actor

log = logging.getLogger(__name__)

Row = TypeVar("Row")


class _Failed(Exception, Generic[Row]):
    """This row could not be worked."""

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.row = row


async def work(
    office: Office,
    actor: Actor,
    most: int,
    *,
    take: Callable[[Connection], Awaitable[Row | None]],
    do: Callable[[Doing, Row], Awaitable[bool]],
    put_off: Callable[[Connection, Row], Awaitable[None]],
    record: Callable[[str], None],
    failed: str,
) -> int:
    """Work at most so many; how many were worked or put off.

    `do` says whether anything changed, `record` counts the outcome, `failed` is the name of the event in the log.
    """

    async def one() -> bool:
        try:
            async with office.database.transaction() as connection:
                row = await take(connection)
                if row is None:
                    return False
                doing = Doing(office, connection, actor)
                changed = await attempt(doing, row)
        except _Failed as fault:
            await give_way(fault)
            return True
        handlers.count(doing.happened)
        record("changed" if changed else "unchanged")
        return True

    async def attempt(doing: Doing, row: Row) -> bool:
        try:
            return await do(doing, row)
        except TemporaryError:
            raise
        except Exception as error:
            raise _Failed(row) from error

    async def give_way(fault: _Failed[Row]) -> None:
        log.error("%s row=%s", failed, fault.row, exc_info=fault.__cause__)
        record("failed")
        async with office.database.transaction() as connection:
            await put_off(connection, fault.row)

    worked = 0
    while worked < most and await one():
        worked += 1
    return worked
