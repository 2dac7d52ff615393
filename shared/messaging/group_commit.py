"""Group commit: commands that arrive while a transaction is in flight are written together in the next one.

When nothing is in flight a command goes at once, so an idle platform waits for nobody.  When the gathered transaction
fails each command runs alone, so that one bad command refuses no other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """Gathers items for `write_all` (one transaction; one result or error for each item, in order)."""

    def __init__(
        self,
        write_all: Callable[[Sequence[Item]], Awaitable[Sequence[Result | BaseException]]],
        write_one: Callable[[Item], Awaitable[Result]],
        *,
        largest: int = 256,
    ) -> None:
        self._write_all = write_all
        self._write_one = write_one
        self._largest = largest
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._in_flight: asyncio.Task[None] | None = None
        self._scheduled = False

    async def add(self, item: Item) -> Result:
        """Have the item written; returns its result after the commit, or raises its error."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._schedule()
        return await future

    def _schedule(self) -> None:
        if self._waiting and self._in_flight is None and not self._scheduled:
            self._scheduled = True
            # The rest of this turn of the loop comes along in the same transaction.
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        self._scheduled = False
        batch, self._waiting = self._waiting[: self._largest], self._waiting[self._largest :]
        self._in_flight = asyncio.get_running_loop().create_task(self._write(batch))
        self._in_flight.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._in_flight = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("group_commit_broke", exc_info=error)
        self._schedule()

    async def _write(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._write_all([item for item, _ in batch])
        except Exception:
            await asyncio.gather(*(self._write_alone(item, future) for item, future in batch))
        else:
            for (_, future), result in zip(batch, results, strict=True):
                _settle(future, result)
        finally:
            # Whatever ended this, a cancellation too, no caller may wait for ever.
            for _, future in batch:
                if not future.done():
                    future.set_exception(RuntimeError("the transaction ended without a result"))

    async def _write_alone(self, item: Item, future: asyncio.Future[Result]) -> None:
        try:
            result: Result | BaseException = await self._write_one(item)
        except Exception as error:
            result = error
        _settle(future, result)


def _settle(future: asyncio.Future[Result], result: Result | BaseException) -> None:
    if future.done():  # the caller was cancelled meanwhile
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
