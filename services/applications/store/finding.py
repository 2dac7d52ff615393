"""Cases by what somebody says at a window, and what one of the staff did on a day: along one index each."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.applications.store.lists import COLUMNS
from services.applications.store.parties import END, PartyBook
from shared.database import Connection

BY_NUMBER = (
    COLUMNS
    + f"WHERE c.unit = $1 AND right(c.case_no, {END}) = right($2, {END}) AND c.case_no LIKE '%' || $2"
    + " ORDER BY c.id DESC LIMIT $3"
)
# In one unit fewer end alike; those of other units are passed over first, for they would hide its own behind the limit.
BY_CERTIFICATE_END = """
    SELECT p.case_id, p.role, p.certificate_number FROM parties AS p JOIN cases AS c ON c.id = p.case_id
    WHERE p.certificate_end = $1 AND c.unit = $2 ORDER BY p.case_id DESC LIMIT 500
"""
_OF_UNIT = COLUMNS + "WHERE c.id = ANY($1::uuid[]) AND c.unit = $2 ORDER BY c.id DESC LIMIT $3"
OF_A_DAY = """
    SELECT e.case_id, e.version, e.name, e.recorded_at, e.effective_on, e.actor_role, e.actor_unit, e.data,
           c.case_no, c.item_code, c.item_version, p.name AS applicant, p.kind
    FROM case_events AS e JOIN cases AS c ON c.id = e.case_id
    JOIN parties AS p ON p.case_id = e.case_id AND p.role = 'applicant'
    WHERE e.actor = $1 AND e.actor_unit = $2 AND e.recorded_at >= $3 AND e.recorded_at < $4
    ORDER BY e.recorded_at LIMIT $5
"""


async def by_number(connection: Connection, unit: str, end: str, most: int) -> list[Record]:
    """Cases of the unit whose number ends so, the newest first."""
    rows: list[Record] = await connection.fetch(BY_NUMBER, unit, end, most)
    return rows


async def by_certificate(
    connection: Connection, book: PartyBook, unit: str, end: str, most: int
) -> list[Record]:
    """Cases of the unit with somebody whose certificate number ends so, the newest first."""
    rows = await connection.fetch(BY_CERTIFICATE_END, book.end_of(end), unit)
    found: list[Record] = await connection.fetch(_OF_UNIT, list(_ending(book, rows, end)), unit, most)
    return found


def _ending(book: PartyBook, rows: list[Record], end: str) -> Iterator[UUID]:
    """Those that end so indeed: the index knows four letters, and whoever has more wants no others."""
    for row in rows:
        number = book.open_number(row["case_id"], row["role"], row["certificate_number"])
        if number.endswith(end):
            yield row["case_id"]


async def of_a_day(
    connection: Connection, actor: str, unit: str, begin: datetime, end: datetime, most: int
) -> list[Record]:
    """What this person recorded between two instants, in order."""
    rows: list[Record] = await connection.fetch(OF_A_DAY, actor, unit, begin, end, most)
    return rows
