"""What people of a case say in their own words: encrypted rows, read again for the page of the case."""

from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from services.applications.ids import new_id
from shared.database import Connection
from shared.privacy import Keyring

StatementKind = Literal["supply_extension", "recall"]


async def insert_statement(
    connection: Connection,
    keyring: Keyring,
    case_id: UUID,
    case_version: int,
    kind: StatementKind,
    words: str,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Keep the words under the version of the case that its event made."""
    statement_id = new_id(at)
    await connection.execute(
        """
        INSERT INTO case_statements (id, case_id, case_version, kind, words, sha256, actor, stated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        statement_id,
        case_id,
        case_version,
        kind,
        keyring.encrypt(words, context=_place(statement_id)),
        sha256(words.encode()).digest(),
        actor,
        at,
    )


async def newest_statements(connection: Connection, keyring: Keyring, case_id: UUID) -> dict[str, str]:
    """The newest words of each kind."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT ON (kind) id, kind, words FROM case_statements WHERE case_id = $1
        ORDER BY kind, case_version DESC
        """,
        case_id,
    )
    return {row["kind"]: keyring.decrypt_text(row["words"], context=_place(row["id"])) for row in rows}


def _place(statement_id: UUID) -> str:
    return f"statement:{statement_id}"
