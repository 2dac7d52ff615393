"""The credit source behind an interface, and the local register that is the default.

Both the seeded lists and the defaults that this platform itself recorded count, until they are repaired.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID, uuid4

from services.applications.domain.credit import CreditFacts, CreditRecord
from shared.database import Connection


class CreditSource(Protocol):
    """Answers what is on record about a person known by the pseudonym of the certificate."""

    async def ask(self, connection: Connection, person_id: UUID, now: datetime) -> CreditFacts:
        """The open records of this person; `answered=False` when the source is away."""
        ...


class LocalRegister:
    """The register in our own database; it answers as long as the case itself can be written."""

    name = "local_register"

    async def ask(self, connection: Connection, person_id: UUID, now: datetime) -> CreditFacts:
        """The open records of this person."""
        rows = await connection.fetch(
            """
            SELECT kind, list_item, recorded_on FROM credit_records WHERE person_id = $1 AND repaired_on IS NULL
            UNION ALL
            SELECT kind, '本平台容缺承诺履约记录', recorded_on FROM defaults
            WHERE person_id = $1 AND repaired_on IS NULL
            ORDER BY recorded_on
            """,
            person_id,
        )
        records = tuple(CreditRecord(row["kind"], row["list_item"], row["recorded_on"]) for row in rows)
        return CreditFacts(self.name, now, answered=True, records=records)


@dataclass(frozen=True, slots=True)
class Listed:
    """A row for the local register."""

    person_id: UUID
    kind: str
    list_item: str
    recorded_on: date


async def seed(connection: Connection, listed: Sequence[Listed], source: str) -> None:
    """Put these on record once, however often the service starts."""
    for row in listed:
        await connection.execute(
            """
            INSERT INTO credit_records (id, person_id, kind, list_item, source, recorded_on)
            SELECT $1, $2, $3, $4, $5, $6
            WHERE NOT EXISTS (SELECT 1 FROM credit_records WHERE person_id = $2 AND kind = $3)
            """,
            uuid4(),
            row.person_id,
            row.kind,
            row.list_item,
            source,
            row.recorded_on,
        )


async def record_default(
    connection: Connection, default_id: UUID, person_id: UUID, case_id: UUID, recorded_on: date
) -> None:
    """A broken undertaking; it blocks tolerance for this person until it is repaired."""
    await connection.execute(
        """
        INSERT INTO defaults (id, person_id, case_id, kind, recorded_on)
        VALUES ($1, $2, $3, 'broken_undertaking', $4)
        """,
        default_id,
        person_id,
        case_id,
        recorded_on,
    )
