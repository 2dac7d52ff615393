"""Work lists: keyset pages along one index each, authorised in the query itself, without any total."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.applications.domain.errors import InvalidRequest
from services.applications.domain.lanes import Lane
from services.applications.store.cases import Scope
from shared.database import Connection

COLUMNS = """
    SELECT c.id, c.case_no, c.external_no, c.version, c.state, c.item_code, c.item_version, c.channel, c.submitted_at,
           c.due_on, c.proposed, c.body -> 'asks_tolerance' AS asks_tolerance, p.name, p.kind,
           coalesce((c.body #>> '{review,urging,count}')::integer, 0) AS urged
    FROM cases AS c JOIN parties AS p ON p.case_id = c.id AND p.role = 'applicant'
"""
_BY_DUE_DATE = " AND (c.due_on, c.id) > ($2, $3) AND ($5::text IS NULL OR c.channel = $5) ORDER BY c.due_on, c.id LIMIT $4"

# The states stand in the text as they stand in the partial indexes; otherwise these would not be used.
_OF_A_UNIT = {
    "desk": COLUMNS + "WHERE c.unit = $1 AND c.state = 'SUBMITTED'" + _BY_DUE_DATE,
    "review": COLUMNS
    + "WHERE c.unit = $1 AND c.state IN ('ACCEPTED', 'ACCEPTED_TOLERANT', 'ACCEPTED_DEEMED', 'IN_REVIEW',"
    + " 'SPECIAL_PROCEDURE', 'EXTENDED')"
    + _BY_DUE_DATE,
    "delivery": COLUMNS
    + "WHERE c.unit = $1 AND c.state IN ('DECIDED_GRANT', 'DECIDED_REFUSE', 'ISSUED')"
    + _BY_DUE_DATE,
}
_OF_A_PARTNER = COLUMNS + "WHERE c.partner = $1 AND c.id > $2 ORDER BY c.id LIMIT $3"
_PAGE_OF_A_PERSON = """
    (SELECT case_id FROM parties WHERE person_id = $1 AND case_id < $2
     AND (reach_from IS NULL OR reach_from <= $4) AND (reach_until IS NULL OR reach_until >= $4)
     ORDER BY case_id DESC LIMIT $3)
"""
_OF_A_PERSON = COLUMNS + "WHERE c.id IN" + _PAGE_OF_A_PERSON + "ORDER BY c.id DESC"

# One ordered piece for each list of tasks; the pieces are merged in their order, so nothing is sorted.
_TASKS_OF_A_LANE = """
    (SELECT id, case_id, step, section, due_on, internal_due_on FROM tasks
     WHERE settled_at IS NULL AND unit = $1 AND lane = {lane} AND (due_on, id) > ($2, $3){narrowed}
     ORDER BY due_on, id LIMIT $4)
"""
_MERGED = "SELECT * FROM ({pieces}) AS waiting ORDER BY due_on, id LIMIT $4"
_NOT_BARRED = " AND NOT ($5 = ANY(barred))"
# A question for each row, so that the order stays that of the tasks' index.
_OF_ITEMS = " AND (SELECT c.item_code FROM cases AS c WHERE c.id = case_id) = ANY({items}::text[])"
_LINES = COLUMNS + "WHERE c.id = ANY($1::uuid[]) AND c.unit = $2"
# The lists of a unit in which anything waits, found by skipping along the index from one to the next.
_LANES_OF_A_UNIT = """
    WITH RECURSIVE lanes (lane) AS (
        (SELECT lane FROM tasks WHERE settled_at IS NULL AND unit = $1 ORDER BY lane LIMIT 1)
        UNION ALL
        SELECT (SELECT t.lane FROM tasks AS t WHERE t.settled_at IS NULL AND t.unit = $1 AND t.lane > lanes.lane
                ORDER BY t.lane LIMIT 1)
        FROM lanes WHERE lanes.lane IS NOT NULL
    ) SELECT lane FROM lanes WHERE lane IS NOT NULL
"""

_FIRST_DAY = date(1, 1, 1)
_FIRST_ID = UUID(int=0)
_LAST_ID = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the cursor of the next page."""

    rows: list[Record]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Tasks, the lines of their cases by case id, and the cursor of the next page."""

    tasks: list[Record]
    lines: dict[UUID, Record]
    next_cursor: str | None


async def of_unit(
    connection: Connection, view: str, unit: str, cursor: str | None, limit: int, channel: str | None = None
) -> Page:
    """A list of one unit, the nearest due date first; of one channel when it is named."""
    due_on, case_id = _read(cursor) if cursor else (_FIRST_DAY, _FIRST_ID)
    rows = await connection.fetch(_OF_A_UNIT[view], unit, due_on, case_id, limit + 1, channel)
    return _page(rows, limit)


async def of_partner(connection: Connection, scope: Scope, cursor: str | None, limit: int) -> Page:
    """The cases of a partner, oldest first."""
    case_id = _read(cursor)[1] if cursor else _FIRST_ID
    rows = await connection.fetch(_OF_A_PARTNER, scope.partner, case_id, limit + 1)
    return _page(rows, limit)


async def of_person(
    connection: Connection, person_id: UUID, on: date, cursor: str | None, limit: int
) -> Page:
    """The cases of a person, as applicant or as agent whose mandate holds on this day, newest first."""
    case_id = _read(cursor)[1] if cursor else _LAST_ID
    rows = await connection.fetch(_OF_A_PERSON, person_id, case_id, limit + 1, on)
    return _page(rows, limit)


async def waiting_for(
    connection: Connection, unit: str, person: str, lanes: Sequence[Lane], cursor: str | None, limit: int
) -> TaskPage:
    """What waits for this person in these lists of the unit, the nearest due date first."""
    return await _tasks(connection, unit, person, lanes, cursor, limit)


async def waiting_for_others(
    connection: Connection, unit: str, lanes: Sequence[Lane], cursor: str | None, limit: int
) -> TaskPage:
    """What waits for somebody else in the unit; `lanes` are one's own."""
    mine = {lane.name for lane in lanes}
    rows = await connection.fetch(_LANES_OF_A_UNIT, unit)
    theirs = [Lane(row["lane"]) for row in rows if row["lane"] not in mine]
    return await _tasks(connection, unit, None, theirs, cursor, limit)


async def _tasks(
    connection: Connection,
    unit: str,
    person: str | None,
    lanes: Sequence[Lane],
    cursor: str | None,
    limit: int,
) -> TaskPage:
    if not lanes:
        return TaskPage([], {}, None)
    due_on, task_id = _read_task(cursor) if cursor else (_FIRST_DAY, 0)
    sql, arguments = tasks_query(lanes, person)
    rows = await connection.fetch(sql, unit, due_on, task_id, limit + 1, *arguments)
    shown = rows[:limit]
    lines = await connection.fetch(_LINES, [row["case_id"] for row in shown], unit)
    next_cursor = (
        _cursor(f"{shown[-1]['due_on'].isoformat()} {shown[-1]['id']}") if len(rows) > limit else None
    )
    return TaskPage(shown, {line["id"]: line for line in lines}, next_cursor)


def tasks_query(lanes: Sequence[Lane], person: str | None) -> tuple[str, list[Any]]:
    """The statement over these lists, and its arguments after unit, place and limit."""
    arguments: list[Any] = [] if person is None else [person]
    pieces = []
    for lane in lanes:
        arguments.append(lane.name)
        place, narrowed = f"${4 + len(arguments)}", "" if person is None else _NOT_BARRED
        if lane.items:
            arguments.append(list(lane.items))
            narrowed += _OF_ITEMS.format(items=f"${4 + len(arguments)}")
        if lane.instead_of is not None:
            arguments.append(lane.instead_of)
            narrowed += f" AND ${4 + len(arguments)} = ANY(barred)"
        pieces.append(_TASKS_OF_A_LANE.format(lane=place, narrowed=narrowed))
    return _MERGED.format(pieces=" UNION ALL ".join(pieces)), arguments


def _read_task(cursor: str) -> tuple[date, int]:
    day, _, task_id = _place(cursor).partition(" ")
    try:
        number = int(task_id)
        if not 0 <= number < 2**63:
            raise ValueError("not a task")
        return date.fromisoformat(day), number
    except ValueError as error:
        raise _bad_cursor() from error


def _page(rows: list[Record], limit: int) -> Page:
    shown = rows[:limit]
    return Page(shown, _write(shown[-1]) if len(rows) > limit else None)


def _write(row: Record) -> str:
    return _cursor(f"{(row['due_on'] or _FIRST_DAY).isoformat()} {row['id']}")


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[date, UUID]:
    day, _, case_id = _place(cursor).partition(" ")
    try:
        return date.fromisoformat(day), UUID(case_id)
    except ValueError as error:
        raise _bad_cursor() from error


def _place(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise _bad_cursor() from error


def _bad_cursor() -> InvalidRequest:
    return InvalidRequest(
        "bad_cursor",
        "翻页标识无效，请从第一页重新开始。",
        "The cursor is not one of ours; please begin with the first page.",
        pointer="/cursor",
    )


async def count_overdue(connection: Connection, today: date, most: int = 10_000) -> int:
    """Open cases with a clock that has run out, counted up to a bound along the index."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM (SELECT 1 FROM cases WHERE due_on < $1 LIMIT $2) AS overdue", today, most
    )
    return count
