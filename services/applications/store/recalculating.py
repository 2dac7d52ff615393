"""Which open cases wait to be counted again after a notice of holidays, and the open dates themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import TypeAdapter

from services.applications.domain.clocks import Clock
from services.applications.domain.errors import InvalidRequest
from shared.database import Connection

# Every replica has read the notice long before; a case that one began with the old calendar is found then.
SWEEP_AFTER = timedelta(seconds=15)
RETRY_AFTER = timedelta(minutes=1)
MOST_COUNTED = 1_000_000
_CLOCKS = TypeAdapter(tuple[Clock, ...])
_FIRST_PLACE = (date(1, 1, 1), UUID(int=0))

_TAKE = """
    DELETE FROM recalculations WHERE case_id = (
        SELECT case_id FROM recalculations WHERE retry_at IS NULL OR retry_at <= $1
        ORDER BY case_id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING case_id
"""
_PAGE = """
    SELECT id, case_no, due_on, body -> 'clocks' AS clocks FROM cases
    WHERE due_on IS NOT NULL AND (due_on, id) > ($1, $2) ORDER BY due_on, id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case with a running clock."""

    id: UUID
    case_no: str
    due_on: date
    clocks: tuple[Clock, ...]


async def note_load(connection: Connection, year: int, version: int, now: datetime) -> None:
    """A notice arrived: every open case waits to be counted again."""
    await connection.execute(
        "INSERT INTO calendar_loads (year, version, loaded_at) VALUES ($1, $2, $3)", year, version, now
    )
    await queue_open_cases(connection, now)


async def sweep(connection: Connection, now: datetime) -> bool:
    """Whether a notice arrived a while ago and nobody has looked for cases counted without it; now the caller shall."""
    swept = await connection.fetch(
        "UPDATE calendar_loads SET swept_at = $1 WHERE swept_at IS NULL AND loaded_at <= $2 RETURNING id",
        now,
        now - SWEEP_AFTER,
    )
    return bool(swept)


async def queue_open_cases(
    connection: Connection, now: datetime, *, not_counted_with: str | None = None
) -> None:
    """Queue every open case, or only those with a running clock of another calendar edition than this one."""
    # A row that a worker holds is waited for: its case may have been counted with the calendar before this one.  All who
    # queue go in the same order, and so never wait for each other in a circle.
    await connection.execute(
        """
        INSERT INTO recalculations (case_id, queued_at)
        SELECT id, $1 FROM cases WHERE due_on IS NOT NULL AND ($2::text IS NULL OR jsonb_path_exists(
            body, '$.clocks[*] ? (@.calendar != $edition && (!exists(@.stopped_on) || @.stopped_on == null))',
            jsonb_build_object('edition', $2::text)))
        ORDER BY id
        ON CONFLICT (case_id) DO UPDATE SET queued_at = excluded.queued_at, attempts = 0, retry_at = NULL
        """,
        now,
        not_counted_with,
    )


async def take_next(connection: Connection, now: datetime) -> UUID | None:
    """Take a waiting case that no other replica holds; the row is gone when this transaction commits."""
    case_id: UUID | None = await connection.fetchval(_TAKE, now)
    return case_id


async def postpone(connection: Connection, case_id: UUID, now: datetime) -> None:
    """The case could not be counted: it waits a while, so that it does not hold up the others."""
    await connection.execute(
        "UPDATE recalculations SET attempts = attempts + 1, retry_at = $2 WHERE case_id = $1",
        case_id,
        now + RETRY_AFTER,
    )


async def count_waiting(connection: Connection) -> int:
    """How many cases wait, up to a bound."""
    waiting: int = await connection.fetchval(
        "SELECT count(*) FROM (SELECT 1 FROM recalculations LIMIT $1) AS waiting", MOST_COUNTED
    )
    return waiting


async def count_open(connection: Connection) -> int:
    """How many cases have an open date, up to a bound."""
    open_cases: int = await connection.fetchval(
        "SELECT count(*) FROM (SELECT 1 FROM cases WHERE due_on IS NOT NULL LIMIT $1) AS open", MOST_COUNTED
    )
    return open_cases


async def open_cases(connection: Connection, cursor: str | None, limit: int) -> Sequence[OpenCase]:
    """Cases with a running clock, the nearest date first, after this place."""
    after_day, after_id = _read(cursor) if cursor else _FIRST_PLACE
    rows = await connection.fetch(_PAGE, after_day, after_id, limit)
    return [
        OpenCase(row["id"], row["case_no"], row["due_on"], _CLOCKS.validate_python(row["clocks"]))
        for row in rows
    ]


def cursor_after(case: OpenCase) -> str:
    """The place of this case in the list."""
    return f"{case.due_on.isoformat()}_{case.id}"


def _read(cursor: str) -> tuple[date, UUID]:
    day, _, case_id = cursor.partition("_")
    try:
        return date.fromisoformat(day), UUID(case_id)
    except ValueError as error:
        raise InvalidRequest(
            "bad_cursor",
            "翻页标识无效，请从第一页重新开始。",
            "The cursor is not one of ours; please begin with the first page.",
            pointer="/cursor",
        ) from error
