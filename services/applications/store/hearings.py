"""Interested parties, and what was said or found: encrypted rows beside the record, which holds digests only."""

import hashlib
from datetime import datetime
from uuid import UUID

from services.applications.store.parties import TABLE, Party, PartyBook
from services.applications.store.rows import arrays
from shared.database import Connection
from shared.privacy import Keyring

_INSERT_PARTIES = TABLE.insert()


async def insert_party(connection: Connection, book: PartyBook, case_id: UUID, party: Party) -> None:
    """Add one more person to a case whose row this transaction holds."""
    await connection.execute(_INSERT_PARTIES, *arrays([tuple(book.seal(case_id, party))], len(TABLE.columns)))


def role_of(place: int) -> str:
    """The role under which the interested party of this place (from 1) stands among the parties."""
    return f"interested:{place}"


async def insert_text(
    connection: Connection,
    keyring: Keyring,
    case_id: UUID,
    version: int,
    kind: str,
    text: str,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Keep a text that came with this version of the case."""
    await connection.execute(
        """
        INSERT INTO case_texts (case_id, version, kind, sha256, text, actor, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        case_id,
        version,
        kind,
        hashlib.sha256(text.encode()).digest(),
        keyring.encrypt(text, context=text_place(case_id, version, kind)),
        actor,
        at,
    )


def text_place(case_id: UUID, version: int, kind: str) -> str:
    """The context under which a text is encrypted."""
    return f"text:{case_id}:{version}:{kind}"
