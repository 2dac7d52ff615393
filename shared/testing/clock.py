"""The clock of a test: it moves this process and every process that was given its file, all together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared import time


class Clock:
    """Give `file` to other processes as TONGBAN_CLOCK_FILE (in test mode)."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._offset = timedelta()
        self._write()

    def move(self, **duration: float) -> None:
        """Forward by so much, in the words of timedelta: `clock.move(days=5)`."""
        self._offset += timedelta(**duration)
        self._write()

    def set_to(self, instant: datetime) -> None:
        """To this instant, from which the time goes on."""
        self._offset = instant - datetime.now(UTC)
        self._write()

    def now(self) -> datetime:
        return time.now()

    def _write(self) -> None:
        # Replaced as a whole, because another process may be reading it at this moment.
        replacement = self.file.with_suffix(".new")
        replacement.write_text(f"{self._offset.total_seconds():.6f}\n", encoding="ascii")
        replacement.replace(self.file)
