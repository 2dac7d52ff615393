"""The one source of time for every process.

Business code takes the time from here and hands it on as a value; SQL never calls now() for a business date. In test
mode all processes follow one small file that holds an offset in seconds, so that a test can move the whole platform to
another day at once. Without that file the offset is zero and costs nothing.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

# China has kept one zone without daylight saving since 1991, so a fixed offset is exact and needs no tzdata package.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class _OffsetFile:
    """Reads the test offset again only when the file was replaced, because now() is on every hot path."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._offset = timedelta()

    def offset(self) -> timedelta:
        try:
            stat = os.stat(self._path)
        except FileNotFoundError:
            return timedelta()
        version = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if version != self._seen:
            self._offset = timedelta(seconds=float(self._path.read_text(encoding="ascii").strip() or 0))
            self._seen = version
        return self._offset


_offset_file: _OffsetFile | None = None


def follow_clock_file(path: Path | None) -> None:
    """Take the test offset from this file from now on; None goes back to the real time.

    Settings refuse a clock file outside test mode before this is ever reached.
    """
    global _offset_file
    _offset_file = None if path is None else _OffsetFile(path)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    instant = datetime.now(UTC)
    return instant if _offset_file is None else instant + _offset_file.offset()


def shanghai(instant: datetime) -> datetime:
    """The same instant as a clock on a wall in China shows it."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone has no Shanghai time")
    return instant.astimezone(SHANGHAI)


def today() -> date:
    """The calendar day in China, which begins eight hours before the UTC day of the same date."""
    return shanghai(now()).date()
