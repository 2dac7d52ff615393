"""Who holds which power on which day: appointments, delegations and absences of a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from asyncpg import Record

from services.applications.domain.authority import Absence, Delegation, Post, Powers
from services.applications.domain.case import Case
from shared.database import Connection


@dataclass(frozen=True, slots=True)
class Noted:
    """By whom and when something was put on record."""

    id: UUID
    by: str
    at: datetime


async def powers_on(connection: Connection, unit: str, on: date) -> Powers:
    """Everything about this unit that may matter on this day.

    Instruments that are not in force come too: the refusal names them.
    """
    return Powers(
        posts=tuple(_post(row) for row in await posts_of(connection, unit, on)),
        delegations=tuple(_delegation(row) for row in await delegations_of(connection, unit)),
        absences=tuple(
            Absence(row["person"], row["first_on"], row["last_on"])
            for row in await absences_of(connection, unit, on)
        ),
    )


async def posts_of(connection: Connection, unit: str, on: date) -> list[Record]:
    """The appointments in force on this day and those to come."""
    rows: list[Record] = await connection.fetch(
        """
        SELECT * FROM posts WHERE unit = $1 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY post, valid_from
        """,
        unit,
        on,
    )
    return rows


async def delegations_of(connection: Connection, unit: str) -> list[Record]:
    """Every delegation of the unit, the newest first."""
    rows: list[Record] = await connection.fetch(
        "SELECT * FROM delegations WHERE unit = $1 ORDER BY valid_to DESC, id LIMIT 500", unit
    )
    return rows


async def absences_of(connection: Connection, unit: str, on: date) -> list[Record]:
    """Who is or will be away."""
    rows: list[Record] = await connection.fetch(
        "SELECT * FROM absences WHERE unit = $1 AND last_on >= $2 ORDER BY last_on, id", unit, on
    )
    return rows


def _post(row: Record) -> Post:
    return Post(
        row["unit"],
        row["post"],
        row["holder"],
        row["stand_in"],
        row["valid_from"],
        row["valid_to"],
        row["instrument"],
    )


def _delegation(row: Record) -> Delegation:
    return Delegation(
        unit=row["unit"],
        delegator=row["delegator"],
        delegate=row["delegate"],
        instrument=row["instrument"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        posts=tuple(row["posts"]),
        items=tuple(row["items"]),
        role=row["role"],
        revoked_on=row["revoked_on"],
    )


async def appoint(connection: Connection, post: Post, noted: Noted) -> None:
    """A new appointment; the one before it ends the day before, and one that was to come later is overtaken."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"post {post.unit} {post.post}"
    )
    await connection.execute(
        """
        UPDATE posts SET valid_to = greatest($3::date - 1, valid_from - 1) WHERE unit = $1 AND post = $2
        AND (valid_to IS NULL OR valid_to >= $3)
        """,
        post.unit,
        post.post,
        post.valid_from,
    )
    await connection.execute(
        """
        INSERT INTO posts
            (id, unit, post, holder, stand_in, valid_from, valid_to, instrument, recorded_by, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        noted.id,
        post.unit,
        post.post,
        post.holder,
        post.stand_in,
        post.valid_from,
        post.valid_to,
        post.instrument,
        noted.by,
        noted.at,
    )


async def hold_delegations(connection: Connection, unit: str) -> None:
    """Wait for whoever puts a delegation of this unit on record; ends with the transaction."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"delegations {unit}")


async def delegate(connection: Connection, given: Delegation, noted: Noted) -> None:
    """Put a delegation on record."""
    await connection.execute(
        """
        INSERT INTO delegations (id, unit, delegator, delegate, posts, items, role, instrument, valid_from, valid_to,
            recorded_by, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        noted.id,
        given.unit,
        given.delegator,
        given.delegate,
        list(given.posts),
        list(given.items),
        given.role,
        given.instrument,
        given.valid_from,
        given.valid_to,
        noted.by,
        noted.at,
    )


async def revoke(connection: Connection, delegation_id: UUID, unit: str, on: date) -> Record | None:
    """Revoke a delegation of this unit; None when there is none that still holds."""
    return await connection.fetchrow(
        """
        UPDATE delegations SET revoked_on = $3 WHERE id = $1 AND unit = $2 AND revoked_on IS NULL AND valid_to >= $3
        RETURNING *
        """,
        delegation_id,
        unit,
        on,
    )


async def record_absence(connection: Connection, unit: str, away: Absence, noted: Noted) -> None:
    """Put an absence on record."""
    await connection.execute(
        """
        INSERT INTO absences (id, unit, person, first_on, last_on, recorded_by, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        noted.id,
        unit,
        away.person,
        away.first_on,
        away.last_on,
        noted.by,
        noted.at,
    )


async def keep_words(connection: Connection, case_id: UUID, sha256: str, words: bytes) -> None:
    """Keep the (encrypted) words whose digest an event holds."""
    await connection.execute(
        "INSERT INTO remarks (case_id, sha256, words) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        case_id,
        sha256,
        words,
    )


async def words_of(connection: Connection, case_id: UUID) -> dict[str, bytes]:
    """Every remark of a case by its digest, encrypted."""
    rows: Sequence[Record] = await connection.fetch(
        "SELECT sha256, words FROM remarks WHERE case_id = $1", case_id
    )
    return {row["sha256"]: row["words"] for row in rows}


_EARLIER = """
    SELECT c.case_no FROM cases AS c WHERE c.item_code = $1 AND c.id <> $2
    AND c.state IN ('ACCEPTED', 'ACCEPTED_TOLERANT', 'ACCEPTED_DEEMED', 'IN_REVIEW', 'SPECIAL_PROCEDURE', 'EXTENDED')
    AND c.body ->> 'accepted_on' <= $3
    AND (c.body ->> 'accepted_on' < $3 OR
        (SELECT min(e.recorded_at) FROM case_events AS e WHERE e.case_id = c.id AND e.name = 'Accepted')
        < (SELECT min(e.recorded_at) FROM case_events AS e WHERE e.case_id = $2 AND e.name = 'Accepted'))
    ORDER BY c.body ->> 'accepted_on' LIMIT 3
"""


async def earlier_undecided(connection: Connection, case: Case) -> tuple[str, ...]:
    """The numbers of undecided cases of the same item that were accepted before this one (行政许可法 57)."""
    if case.accepted_on is None:
        return ()
    rows = await connection.fetch(_EARLIER, case.item_code, case.id, case.accepted_on.isoformat())
    return tuple(row["case_no"] for row in rows)


async def done_in_place_of(connection: Connection, person: str, unit: str, limit: int) -> list[Record]:
    """What others did in this person's place, the newest first."""
    rows: list[Record] = await connection.fetch(
        """
        SELECT e.case_id, c.case_no, c.item_code, c.item_version, e.name, e.actor, e.effective_on, e.data
        FROM case_events AS e JOIN cases AS c ON c.id = e.case_id
        WHERE e.data ->> 'in_place_of' = $1 AND c.unit = $2 ORDER BY e.recorded_at DESC LIMIT $3
        """,
        person,
        unit,
        limit,
    )
    return rows
