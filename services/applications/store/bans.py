"""Who may not apply for the same licence again (行政许可法 78, 79)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.domain.item import basic_code
from shared.database import Connection


@dataclass(frozen=True, slots=True)
class Ban:
    """Until when somebody can't apply, this day included, and by which article."""

    person_id: UUID
    item: str
    until: date
    article: str


async def add(
    connection: Connection, case_id: UUID, person_id: UUID, item_code: str, until: date, article: str
) -> None:
    """Keep a ban; the same decision bans once."""
    await connection.execute(
        """
        INSERT INTO bans (case_id, article, person_id, item, until) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """,
        case_id,
        article,
        person_id,
        basic_code(item_code),
        until,
    )


async def longest(connection: Connection, person_id: UUID, item_code: str, on: date) -> Ban | None:
    """The ban that lasts longest of those that hold on this day."""
    row = await connection.fetchrow(
        """
        SELECT person_id, item, until, article FROM bans
        WHERE person_id = $1 AND item = $2 AND until >= $3 ORDER BY until DESC LIMIT 1
        """,
        person_id,
        basic_code(item_code),
        on,
    )
    return None if row is None else Ban(row["person_id"], row["item"], row["until"], row["article"])
