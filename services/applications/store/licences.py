"""The register of licences, and the cases that are about an earlier one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.applications.domain.parts.licences import Licence
from services.applications.store.rows import Table
from shared.database import Connection

FOLLOW_UPS = Table("follow_ups", {"case_id": "uuid", "licence_case_id": "uuid", "purpose": "text"})
RETRY_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Expired:
    """A licence whose validity has ended; its case is locked by this transaction."""

    case_id: UUID
    valid_until: date


async def enter(
    connection: Connection, case_id: UUID, holder_id: UUID, item_code: str, licence: Licence
) -> None:
    """Put a certificate that was made out on the register."""
    await connection.execute(
        """
        INSERT INTO licences (case_id, holder_id, item_code, number, valid_from, valid_until)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """,
        case_id,
        holder_id,
        item_code,
        licence.number,
        licence.valid_from,
        licence.valid_until,
    )


async def end(connection: Connection, case_id: UUID, on: date, by: str) -> None:
    """Say that a licence has ended, and by what."""
    await connection.execute(
        "UPDATE licences SET ended_on = $2, ended_by = $3 WHERE case_id = $1 AND ended_on IS NULL",
        case_id,
        on,
        by,
    )


async def licence_case_of(connection: Connection, case_id: UUID) -> UUID | None:
    """The case of the earlier licence that this case is about; that never changes, so no lock is needed."""
    found: UUID | None = await connection.fetchval(
        "SELECT licence_case_id FROM follow_ups WHERE case_id = $1", case_id
    )
    return found


async def renewals_of(connection: Connection, licence_case_id: UUID) -> list[UUID]:
    """The cases that ask for the renewal of this licence, oldest first."""
    rows = await connection.fetch(
        """
        SELECT case_id FROM follow_ups WHERE licence_case_id = $1 AND purpose = 'renewal' ORDER BY case_id
        """,
        licence_case_id,
    )
    return [row["case_id"] for row in rows]


async def renewal_is_open(connection: Connection, licence_case_id: UUID, states: list[str]) -> bool:
    """Whether somebody asked for the renewal of this licence and stands in one of these states."""
    found: bool = await connection.fetchval(
        """
        SELECT EXISTS (
            SELECT 1 FROM follow_ups AS f JOIN cases AS c ON c.id = f.case_id
            WHERE f.licence_case_id = $1 AND f.purpose = 'renewal' AND c.state = ANY($2)
        )
        """,
        licence_case_id,
        states,
    )
    return found


async def next_expired(connection: Connection, today: date, now: datetime) -> Expired | None:
    """One licence whose last day has passed and whose end nobody has worked yet; its case is locked.

    A certificate that its holder does not have yet waits until it is delivered.
    """
    row = await connection.fetchrow(
        """
        SELECT l.case_id, l.valid_until FROM licences AS l JOIN cases AS c ON c.id = l.case_id
        WHERE l.valid_until < $1 AND l.valid_until IS NOT NULL AND l.ended_on IS NULL AND l.expiry_worked_at IS NULL
        AND (l.retry_at IS NULL OR l.retry_at <= $2) AND c.state IN ('DELIVERED', 'CLOSED')
        ORDER BY l.valid_until, l.case_id LIMIT 1 FOR UPDATE OF c SKIP LOCKED
        """,
        today,
        now,
    )
    return None if row is None else Expired(row["case_id"], row["valid_until"])


async def settle(connection: Connection, case_id: UUID, now: datetime) -> bool:
    """Mark the end as worked; False when somebody else did between the look and the lock."""
    settled: UUID | None = await connection.fetchval(
        """
        UPDATE licences SET expiry_worked_at = $2
        WHERE case_id = $1 AND expiry_worked_at IS NULL AND ended_on IS NULL RETURNING case_id
        """,
        case_id,
        now,
    )
    return settled is not None


async def postpone(connection: Connection, case_id: UUID, now: datetime) -> None:
    """The work failed: this licence waits a while, so that it does not hold up the others."""
    await connection.execute(
        "UPDATE licences SET retry_at = $2 WHERE case_id = $1 AND expiry_worked_at IS NULL",
        case_id,
        now + RETRY_AFTER,
    )
