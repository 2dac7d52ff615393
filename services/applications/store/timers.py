"""Timer rows: opened and settled with the change of their case, fired in order for each case by any replica."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.applications.domain.timers import Timer
from services.applications.store.rows import Table
from shared.database import Connection

TABLE = Table(
    "timers",
    {"case_id": "uuid", "kind": "text", "due_at": "timestamptz"},
    # A date that moved away and came back (a corrected notice of holidays) is waited for again; one that fired is over.
    "ON CONFLICT (case_id, kind, due_at) DO UPDATE SET settled_at = NULL, fired = NULL "
    "WHERE timers.settled_at IS NOT NULL AND NOT timers.fired",
)

_KEEP_ONLY = """
    WITH settled AS (
        UPDATE timers SET settled_at = $4, fired = false
        WHERE case_id = $1 AND settled_at IS NULL
        AND (kind, due_at) NOT IN (SELECT * FROM unnest($2::text[], $3::timestamptz[]))
    )
    INSERT INTO timers (case_id, kind, due_at)
    SELECT $1, * FROM unnest($2::text[], $3::timestamptz[])
    ON CONFLICT (case_id, kind, due_at) DO UPDATE SET settled_at = NULL, fired = NULL
    WHERE timers.settled_at IS NOT NULL AND NOT timers.fired
"""

RETRY_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A row that is due; its case is locked by this transaction."""

    id: int
    case_id: UUID
    kind: str
    due_at: datetime


def row(case_id: UUID, timer: Timer) -> tuple[Any, ...]:
    """The values in the order of the columns."""
    return (case_id, timer.kind, timer.due_at)


async def keep_only(connection: Connection, wanted: Mapping[UUID, Sequence[Timer]], now: datetime) -> None:
    """Settle every open timer that these cases do not need any more and open the new ones, in one round trip.

    One whose date moved away and came back is waited for again; one that has fired is not opened again.
    """
    await connection.executemany(
        _KEEP_ONLY,
        [
            (case_id, [timer.kind for timer in of_case], [timer.due_at for timer in of_case], now)
            for case_id, of_case in wanted.items()
        ],
    )


async def next_due(connection: Connection, now: datetime, most: int) -> list[DueTimer]:
    """The oldest due timers whose cases no other transaction holds, one of each case; this one holds the cases then.

    A case's timers come one after the other, oldest first.  Only the case is locked, because whoever changes its
    timers holds it too; the timer may have been settled in the meantime, so `settle` looks again.

    They come sorted by kind: two transactions that seal documents of the same kinds then wait for their series in the
    same order, and so never for each other.
    """
    found = await connection.fetch(
        """
        SELECT t.id, t.case_id, t.kind, t.due_at FROM timers AS t JOIN cases AS c ON c.id = t.case_id
        WHERE t.settled_at IS NULL AND t.due_at <= $1 AND (t.retry_at IS NULL OR t.retry_at <= $1)
        AND NOT EXISTS (SELECT 1 FROM timers AS older WHERE older.case_id = t.case_id AND older.settled_at IS NULL
                        AND (older.due_at, older.id) < (t.due_at, t.id))
        ORDER BY t.due_at, t.id LIMIT $2 FOR UPDATE OF c SKIP LOCKED
        """,
        now,
        most,
    )
    due = [DueTimer(row["id"], row["case_id"], row["kind"], row["due_at"]) for row in found]
    return sorted(due, key=lambda timer: timer.kind)


async def settle(connection: Connection, due: Sequence[DueTimer], now: datetime) -> frozenset[int]:
    """Settle them, now that their cases are held; the ids of those that still waited."""
    if not due:
        return frozenset()
    settled = await connection.fetch(
        """
        UPDATE timers SET settled_at = $2, fired = true WHERE id = ANY($1::bigint[]) AND settled_at IS NULL
        RETURNING id
        """,
        [timer.id for timer in due],
        now,
    )
    return frozenset(row["id"] for row in settled)


async def postpone(connection: Connection, timer_id: int, now: datetime) -> None:
    """The timer's work failed: it waits a while, so that it does not hold up the others."""
    await connection.execute(
        "UPDATE timers SET attempts = attempts + 1, retry_at = $2 WHERE id = $1 AND settled_at IS NULL",
        timer_id,
        now + RETRY_AFTER,
    )
