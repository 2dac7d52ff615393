"""What changes elsewhere, told to open pages as it happens (server-sent events).

A page hears only that a case changed and reads it again by its own right; nothing of the case travels here.  The feed
tells PostgreSQL in its own transaction and PostgreSQL tells every replica, so it does not matter which one a page
hangs on.  A page whose line was cut reads everything again when the line is back: nothing has to be remembered.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Any

import asyncpg

from services.gateway.problems import Problem
from shared.database import Connection

log = logging.getLogger(__name__)

CHANNEL = "case_changed"
# A notification holds 8,000 bytes; an id with its comma takes 37.
_IDS_A_NOTE = 200
# Proxies close a line that is silent for a minute; a page notices a dead one after three of these.
HEARTBEAT_SECONDS = 15.0
# Then the page connects again and its right is looked at again.
LINE_SECONDS = 600.0
_AGAIN_SECONDS = 2.0
# A listening connection whose other end is gone says nothing, so it is asked.
_LOOK_SECONDS = 15.0
_PATIENCE_SECONDS = 5.0
# A page that lists cases reads all of them again whichever it was, so more ids than these are only weight.
_IDS_A_TELLING = 20
EVERYTHING = "*"
# Each window of one person has a line; the other bound keeps a flood of them from taking every connection.
LINES_OF_A_SESSION = 10
LINES_OF_A_REPLICA = 200


async def tell(connection: Connection, case_ids: Iterable[str]) -> None:
    """Tell every replica, when this transaction commits, that these cases have changed."""
    ids = sorted(set(case_ids))
    for place in range(0, len(ids), _IDS_A_NOTE):
        note = ",".join(ids[place : place + _IDS_A_NOTE])
        await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, note)


class Line:
    """One open page: which cases changed since it was told last."""

    def __init__(self, case_id: str | None, whose: object = None) -> None:
        self.case_id = case_id
        self.whose = whose
        self._changed: set[str] = set()
        self._news = asyncio.Event()
        self.closed = False

    def hear(self, ids: set[str]) -> None:
        mine = ids if self.case_id is None else ids & {self.case_id}
        if mine:
            self._changed |= mine
            if len(self._changed) > _IDS_A_TELLING:
                # Nobody reads fast enough for this line: what waits for it must not grow.
                self._changed = {EVERYTHING}
            self._news.set()

    def close(self) -> None:
        self.closed = True
        self._news.set()

    async def changed(self, seconds: float) -> set[str]:
        """What changed, as soon as something did; nothing when the time is over."""
        await _passed(self._news, seconds)
        self._news.clear()
        changed, self._changed = self._changed, set()
        return changed


class Changes:
    """The changes that this replica hears of, and the pages that wait for them."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._lines: set[Line] = set()
        self._listening: asyncio.Task[None] | None = None
        self._leaving = False
        self._hears = False

    def start(self) -> None:
        """Listen; the database need not be there yet."""
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    async def stop(self) -> None:
        self.leave()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])

    def leave(self) -> None:
        """End every line for good: a server that stops waits for open answers, and these have no end of their own."""
        self._leaving = True
        self._hang_up()

    def _hang_up(self) -> None:
        for line in list(self._lines):
            line.close()

    def open(self, case_id: str | None, whose: object) -> Line:
        """A line about one case, or about every case; give it back with `close`.

        Refused while nothing can be heard: a line that says it is open and misses what happens would be a lie.
        """
        line = Line(case_id, whose)
        if self._leaving:
            line.close()
            return line
        if not self._hears or len(self._lines) >= LINES_OF_A_REPLICA:
            raise Problem("service_unavailable", headers={"retry-after": "5"})
        if sum(other.whose == whose for other in self._lines) >= LINES_OF_A_SESSION:
            raise Problem("too_many_lines", headers={"retry-after": "60"})
        self._lines.add(line)
        return line

    def close(self, line: Line) -> None:
        """Nobody is at the other end any more."""
        self._lines.discard(line)

    async def _listen(self) -> None:
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await self._listen_once()
            # Nobody knows what was missed meanwhile: the pages shall connect again and read everything.
            self._hang_up()
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _listen_once(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=_PATIENCE_SECONDS)
        try:
            over = asyncio.Event()
            connection.add_termination_listener(lambda *_: over.set())
            await connection.add_listener(CHANNEL, self._hear)
            self._hears = True
            while not over.is_set():
                await _passed(over, _LOOK_SECONDS)
                await connection.execute("SELECT 1", timeout=_PATIENCE_SECONDS)
        finally:
            self._hears = False
            connection.terminate()

    def _hear(self, _connection: Any, _pid: int, _channel: str, note: object) -> None:
        ids = set(str(note).split(","))
        for line in self._lines:
            line.hear(ids)


async def _passed(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def events(line: Line) -> AsyncIterator[str]:
    """The line as server-sent events: `changed` with the ids, and a heartbeat in between."""
    loop = asyncio.get_running_loop()
    until = loop.time() + LINE_SECONDS
    yield "retry: 2000\nevent: open\ndata: \n\n"
    while not line.closed and loop.time() < until:
        changed = await line.changed(HEARTBEAT_SECONDS)
        yield f"event: changed\ndata: {','.join(sorted(changed))}\n\n" if changed else ": \n\n"
        # Several changes within a moment are one piece of news.
        await asyncio.sleep(0.3)
