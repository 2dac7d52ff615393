"""Case numbers: implementation code + day + at least four digits, leased in blocks outside the submission.

Numbers may be left out (a block dies with its process) and are never given twice.
"""

import asyncio
from datetime import date

from shared.database import Database


class CaseNumbers:
    """This replica's blocks; a new one is leased in a transaction of its own when the old one is used up."""

    def __init__(self, database: Database, block: int = 200) -> None:
        self._database = database
        self._block = block
        self._free: dict[tuple[str, date], tuple[int, int]] = {}
        self._leasing = asyncio.Lock()

    async def next(self, item_code: str, day: date) -> str:
        """A number that nobody else has or will have."""
        serial = self._take(item_code, day)
        if serial is None:
            async with self._leasing:
                serial = self._take(item_code, day)
                if serial is None:
                    await self._lease(item_code, day)
                    serial = self._take(item_code, day)
                    assert serial is not None
        return f"{item_code}{day:%Y%m%d}{serial:04d}"

    def _take(self, item_code: str, day: date) -> int | None:
        following, last = self._free.get((item_code, day), (1, 0))
        if following > last:
            return None
        self._free[item_code, day] = (following + 1, last)
        return following

    async def _lease(self, item_code: str, day: date) -> None:
        async with self._database.acquire() as connection:
            last: int = await connection.fetchval(
                """
                INSERT INTO case_number_blocks (item_code, day, last) VALUES ($1, $2, $3)
                ON CONFLICT (item_code, day) DO UPDATE SET last = case_number_blocks.last + $3 RETURNING last
                """,
                item_code,
                day,
                self._block,
            )
        # Yesterday's blocks are worth nothing any more.
        self._free = {key: value for key, value in self._free.items() if key[1] >= day}
        self._free[item_code, day] = (last - self._block + 1, last)
