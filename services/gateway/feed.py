"""The provincial event feed: what happened to a partner's own cases, numbered so that a cursor never skips.

Whoever writes a partner's events holds that partner's row until the commit, so positions become visible in the order
in which they were given out; a reader who has seen position n has seen every one before it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.gateway import live
from shared import time
from shared.database import Connection, Database
from shared.messaging.consumer import Received


class FeedEntry(BaseModel):
    """One event of one of the partner's cases, as the service published it."""

    model_config = ConfigDict(frozen=True)

    event_id: UUID
    type: str
    case_id: UUID
    sequence: int
    recorded_at: datetime
    listed_at: datetime
    data: dict[str, Any]


class FeedPage(BaseModel):
    """A piece of the feed; `cursor` goes on after its last event, also when there is nothing new yet."""

    events: list[FeedEntry]
    cursor: str
    more: bool


async def take_events(connection: Connection, received: Sequence[Received]) -> None:
    """Add what belongs to a partner to that partner's feed; everything else is none of the feed's business."""
    await live.tell(connection, (str(one.event.case_id) for one in received))
    of_partner: dict[str, list[Received]] = {}
    for one in received:
        if one.event.partner is not None:
            of_partner.setdefault(one.event.partner, []).append(one)
    for partner in sorted(of_partner):
        await _append(connection, partner, of_partner[partner])


async def _append(connection: Connection, partner: str, received: Sequence[Received]) -> None:
    last = await connection.fetchval(
        """
        INSERT INTO feed_partners (partner, last_position) VALUES ($1, $2)
        ON CONFLICT (partner) DO UPDATE SET last_position = feed_partners.last_position + $2
        RETURNING last_position
        """,
        partner,
        len(received),
    )
    listed_at = time.now()
    first = last - len(received) + 1
    await connection.executemany(
        """
        INSERT INTO feed (partner, position, event_id, event_type, case_id, sequence, recorded_at, listed_at, data)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        [
            (
                partner,
                first + number,
                one.envelope.id,
                one.envelope.type,
                one.event.case_id,
                one.envelope.sequence,
                one.envelope.time,
                listed_at,
                one.envelope.data,
            )
            for number, one in enumerate(received)
        ],
    )


async def read_feed(
    database: Database, partner: str, after: int, limit: int
) -> tuple[list[FeedEntry], int, bool]:
    """The partner's events after a position, the position to go on from, and whether there are more."""
    rows = await database.fetch(
        """
        SELECT position, event_id, event_type AS type, case_id, sequence, recorded_at, listed_at, data
        FROM feed WHERE partner = $1 AND position > $2 ORDER BY position LIMIT $3
        """,
        partner,
        after,
        limit + 1,
    )
    entries = [FeedEntry.model_validate(dict(row)) for row in rows[:limit]]
    return entries, rows[len(entries) - 1]["position"] if entries else after, len(rows) > limit


async def listed_times(database: Database, case_id: UUID) -> dict[UUID, datetime]:
    """When each event of a case entered the feed; empty for a case of no partner."""
    rows = await database.fetch("SELECT event_id, listed_at FROM feed WHERE case_id = $1", case_id)
    return {row["event_id"]: row["listed_at"] for row in rows}
