"""Checkpoints of the audit log, kept here in another database than the log's own.

The log cannot be rewritten unnoticed: two different roots for one size would both stand here, and an auditor can ask
for the proof that a kept checkpoint is the beginning of the present log.
"""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared import time
from shared.database import Connection, Database
from shared.messaging.consumer import Received


class WitnessedCheckpoint(BaseModel):
    """A checkpoint as the log signed it, and when it came here."""

    model_config = ConfigDict(frozen=True)

    origin: str
    tree_size: int
    root: str
    note: str
    received_at: datetime
    contradicted: bool = False


async def take_checkpoints(connection: Connection, received: Sequence[Received]) -> None:
    """Keep each checkpoint; a second root for the same size is kept beside the first, as evidence."""
    await connection.executemany(
        """
        INSERT INTO checkpoints (origin, tree_size, root, note, received_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
        """,
        [
            (one.event.origin, one.event.tree_size, one.event.root, one.event.note, time.now())
            for one in received
        ],
    )


async def newest_checkpoints(database: Database, limit: int) -> list[WitnessedCheckpoint]:
    """The newest checkpoints kept here; `contradicted` marks sizes for which the log signed two roots."""
    rows = await database.fetch(
        """
        SELECT origin, tree_size, root, note, received_at,
               EXISTS (SELECT 1 FROM checkpoints other WHERE other.origin = mine.origin
                       AND other.tree_size = mine.tree_size AND other.root <> mine.root) AS contradicted
        FROM checkpoints mine ORDER BY tree_size DESC, received_at DESC LIMIT $1
        """,
        limit,
    )
    return [WitnessedCheckpoint.model_validate(dict(row)) for row in rows]
