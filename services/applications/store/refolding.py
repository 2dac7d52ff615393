"""The walk over all cases that folds their rows anew: where it stands, and the next cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Record

from services.applications import records
from services.applications.domain.case import Case
from shared.database import Connection

_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Walk:
    """The fold that every row has, and the last case that has the newer one already."""

    done: int
    last_case: UUID


async def done(connection: Connection) -> int:
    """The fold that every row of this database has."""
    fold: int = await connection.fetchval("SELECT done FROM refolding")
    return fold


async def take(connection: Connection, wanted: int) -> Walk | None:
    """Where the walk stands, held by this transaction; None while another replica goes on with it, or when it is over."""
    row = await connection.fetchrow("SELECT * FROM refolding WHERE done < $1 FOR UPDATE SKIP LOCKED", wanted)
    if row is None:
        return None
    # A newer engine begins anew, however far an older one came.
    last = row["last_case"] if row["going_on"] == wanted else None
    return Walk(row["done"], last or _FIRST)


async def next_cases(connection: Connection, after: UUID, most: int) -> list[UUID]:
    """The next cases in the order of their ids."""
    rows = await connection.fetch("SELECT id FROM cases WHERE id > $1 ORDER BY id LIMIT $2", after, most)
    return [row["id"] for row in rows]


async def hold(connection: Connection, case_id: UUID) -> tuple[Case, list[Record]]:
    """The case, held by this transaction, with its record."""
    body = await connection.fetchval("SELECT body FROM cases WHERE id = $1 FOR UPDATE", case_id)
    events = await connection.fetch("SELECT * FROM case_events WHERE case_id = $1 ORDER BY version", case_id)
    return records.case_from_record(body), events


async def keep(connection: Connection, case: Case) -> None:
    """The row as its events make it; nothing happened, so its version stays."""
    await connection.execute(
        "UPDATE cases SET state = $2, due_on = $3, proposed = $4, body = $5::text::jsonb WHERE id = $1",
        case.id,
        case.state.value,
        case.due_on,
        case.proposed,
        records.case_to_json(case),
    )


async def went(connection: Connection, wanted: int, cases: Sequence[UUID]) -> None:
    """These cases are done; none means that the walk is over."""
    if cases:
        await connection.execute("UPDATE refolding SET going_on = $1, last_case = $2", wanted, cases[-1])
    else:
        await connection.execute("UPDATE refolding SET done = $1, going_on = $1, last_case = NULL", wanted)
