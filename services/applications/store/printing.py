"""What printing changes in `documents`: a number that became VOID, and the document that stands in for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.applications.store import documents
from services.applications.store.documents import SealedDocument
from shared.database import Connection


@dataclass(frozen=True, slots=True)
class Void:
    """Why a document could not be printed."""

    code: str
    zh: str
    en: str


async def by_id(connection: Connection, document_id: UUID) -> Record | None:
    """A document whatever case it belongs to: for the printer, which knows nothing but its id."""
    row: Record | None = await connection.fetchrow("SELECT * FROM documents WHERE id = $1", document_id)
    return row


async def mark_void(connection: Connection, document_id: UUID, void: Void, at: datetime) -> bool:
    """The number stays as VOID; False when it is so already, or when there is no such document."""
    marked = await connection.fetchval(
        """
        UPDATE documents SET voided_at = $2, void_reason = $3 WHERE id = $1 AND voided_at IS NULL RETURNING true
        """,
        document_id,
        at,
        {"code": void.code, "zh": void.zh, "en": void.en},
    )
    return bool(marked)


async def is_replaced(connection: Connection, document_id: UUID) -> bool:
    """Whether another document stands in for this one already."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM reissues WHERE replaces = $1)", document_id
    )
    return found


async def insert_replacement(
    connection: Connection,
    document: SealedDocument,
    replaces: UUID,
    actor: str,
    reason: bytes,
    at: datetime,
) -> None:
    """Write the row of the new document, and what it stands in for, by whom, with the encrypted reason."""
    await documents.insert(connection, [document])
    await connection.execute(
        """
        INSERT INTO reissues (document_id, replaces, case_id, actor, reason, reissued_at) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        document.id,
        replaces,
        document.case_id,
        actor,
        reason,
        at,
    )
