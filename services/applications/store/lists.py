"""Work lists: keyset pages along one index each, authorised in the query itself, without any total."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from asyncpg import Record

from services.applications.domain.errors import InvalidRequest
from services.applications.store.cases import Scope
from shared.database import Connection

_COLUMNS = """
    SELECT c.id, c.case_no, c.external_no, c.version, c.state, c.item_code, c.item_version, c.channel, c.submitted_at,
           c.due_on, c.proposed, c.body -> 'asks_tolerance' AS asks_tolerance, p.name, p.kind
    FROM cases AS c JOIN parties AS p ON p.case_id = c.id AND p.role = 'applicant'
"""
_BY_DUE_DATE = " AND (c.due_on, c.id) > ($2, $3) ORDER BY c.due_on, c.id LIMIT $4"

# The states stand in the text as they stand in the partial indexes; otherwise these would not be used.
_OF_A_UNIT = {
    "desk": _COLUMNS + "WHERE c.unit = $1 AND c.state = 'SUBMITTED'" + _BY_DUE_DATE,
    "review": _COLUMNS
    + "WHERE c.unit = $1 AND c.state IN ('ACCEPTED', 'ACCEPTED_TOLERANT', 'ACCEPTED_DEEMED', 'IN_REVIEW')"
    + _BY_DUE_DATE,
    "delivery": _COLUMNS
    + "WHERE c.unit = $1 AND c.state IN ('DECIDED_GRANT', 'DECIDED_REFUSE', 'ISSUED')"
    + _BY_DUE_DATE,
}
_OF_A_PARTNER = _COLUMNS + "WHERE c.partner = $1 AND c.id > $2 ORDER BY c.id LIMIT $3"
_PAGE_OF_A_PERSON = """
    (SELECT case_id FROM parties WHERE person_id = $1 AND case_id < $2 ORDER BY case_id DESC LIMIT $3)
"""
_OF_A_PERSON = _COLUMNS + "WHERE c.id IN" + _PAGE_OF_A_PERSON + "ORDER BY c.id DESC"

_FIRST_DAY = date(1, 1, 1)
_FIRST_ID = UUID(int=0)
_LAST_ID = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the cursor of the next page."""

    rows: list[Record]
    next_cursor: str | None


async def of_unit(connection: Connection, view: str, unit: str, cursor: str | None, limit: int) -> Page:
    """A list of one unit, the nearest due date first."""
    due_on, case_id = _read(cursor) if cursor else (_FIRST_DAY, _FIRST_ID)
    rows = await connection.fetch(_OF_A_UNIT[view], unit, due_on, case_id, limit + 1)
    return _page(rows, limit)


async def of_partner(connection: Connection, scope: Scope, cursor: str | None, limit: int) -> Page:
    """The cases of a partner, oldest first."""
    case_id = _read(cursor)[1] if cursor else _FIRST_ID
    rows = await connection.fetch(_OF_A_PARTNER, scope.partner, case_id, limit + 1)
    return _page(rows, limit)


async def of_person(connection: Connection, person_id: UUID, cursor: str | None, limit: int) -> Page:
    """The cases of a person, as applicant or as agent, newest first."""
    case_id = _read(cursor)[1] if cursor else _LAST_ID
    rows = await connection.fetch(_OF_A_PERSON, person_id, case_id, limit + 1)
    return _page(rows, limit)


def _page(rows: list[Record], limit: int) -> Page:
    shown = rows[:limit]
    return Page(shown, _write(shown[-1]) if len(rows) > limit else None)


def _write(row: Record) -> str:
    place = f"{(row['due_on'] or _FIRST_DAY).isoformat()} {row['id']}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[date, UUID]:
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        day, _, case_id = place.partition(" ")
        return date.fromisoformat(day), UUID(case_id)
    except (ValueError, binascii.Error) as error:
        raise InvalidRequest(
            "bad_cursor",
            "翻页标识无效，请从第一页重新开始。",
            "The cursor is not one of ours; please begin with the first page.",
            pointer="/cursor",
        ) from error


async def count_overdue(connection: Connection, today: date, most: int = 10_000) -> int:
    """Open cases with a clock that has run out, counted up to a bound along the index."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM (SELECT 1 FROM cases WHERE due_on < $1 LIMIT $2) AS overdue", today, most
    )
    return count
