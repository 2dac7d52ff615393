"""Dead letters seen and replayed by a person: `tongban dead-letters list|replay` and the operator's room."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from shared import time
from shared.database import Connection
from shared.errors import Refused
from shared.messaging.envelope import Envelope

# Codes, ids, days and instants; a name, a certificate number and a telephone number are none of these.
_PLAIN = re.compile(
    r"[a-z][a-z0-9_./:-]*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d(T[0-9:.]+(Z|[+-]\d\d:\d\d))?"
)
_MOST_SHOWN = 4000


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that waits for a person; its body stays in the database."""

    id: int
    message_id: UUID | None
    consumer: str
    type: str | None
    subject: str | None
    reason: str
    detail: str
    attempts: int
    failed_at: datetime


async def list_open(connection: Connection, *, after: int = 0, limit: int = 100) -> Sequence[DeadLetter]:
    """Dead letters that nobody has replayed, oldest first, from the id after `after`."""
    rows = await connection.fetch(
        """
        SELECT id, message_id, consumer, type, subject, reason, detail, attempts, failed_at FROM dead_letters
        WHERE replayed_at IS NULL AND id > $1 ORDER BY id LIMIT $2
        """,
        after,
        limit,
    )
    return [DeadLetter(**dict(row)) for row in rows]


async def bodies(connection: Connection, ids: Sequence[int]) -> Mapping[int, bytes]:
    """What these letters hold, as it came."""
    rows = await connection.fetch("SELECT id, body FROM dead_letters WHERE id = ANY($1::bigint[])", list(ids))
    return {row["id"]: row["body"] for row in rows}


def masked(body: bytes) -> str:
    """The content for a person's eye: every key, and of the values only those that can say nothing of anybody."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return f"[{len(body)} bytes]"
    return json.dumps(_masked(content), ensure_ascii=False, indent=1)[:_MOST_SHOWN]


def _masked(value: Any) -> Any:
    match value:
        case dict():
            return {key[:80]: _masked(inner) for key, inner in value.items()}
        case list():
            return [_masked(inner) for inner in value[:20]]
        case bool() | None:
            return value
        case int() | float() if abs(value) < 10**9:
            return value
        case str() if _PLAIN.fullmatch(value):
            return value[:120]
        case str():
            return f"… [{len(value)}]"
    return "…"


async def discard(connection: Connection, dead_letter_id: int, *, by: str, reason: str) -> None:
    """Settle the message without handling it; call it in a transaction.  Raises `Refused` when it is not open."""
    settled = await connection.fetchval(
        """
        UPDATE dead_letters SET replayed_at = $2, replayed_by = $3, discard_reason = $4
        WHERE id = $1 AND replayed_at IS NULL RETURNING id
        """,
        dead_letter_id,
        time.now(),
        by,
        reason,
    )
    if settled is None:
        raise _not_open()


def _not_open() -> Refused:
    return Refused(
        "not_found", "dead_letter_not_found", "没有这条待处理的死信。", "There is no such open dead letter."
    )


async def replay(connection: Connection, dead_letter_id: int, *, by: str) -> None:
    """Hand the message to its consumer again, from the beginning; call it in a transaction.

    Raises `Refused` when there is no such open dead letter or its body is still unreadable.
    """
    row = await connection.fetchrow(
        "SELECT consumer, body, reason FROM dead_letters WHERE id = $1 AND replayed_at IS NULL FOR UPDATE",
        dead_letter_id,
    )
    if row is None:
        raise _not_open()
    try:
        envelope = Envelope.model_validate_json(row["body"])
    except ValidationError:
        raise Refused(
            "conflict",
            "dead_letter_unreadable",
            "这条消息的格式无法读取，重放没有意义；请联系发布方。",
            "This message cannot be read, so replaying it is of no use; ask its publisher.",
        ) from None
    if await _has_no_effect_yet(connection, row["consumer"], row["reason"], envelope.id):
        await _hand_over(connection, row["consumer"], envelope, row["body"].decode())
    await connection.execute(
        "UPDATE dead_letters SET replayed_at = $2, replayed_by = $3 WHERE id = $1",
        dead_letter_id,
        time.now(),
        by,
    )


async def _has_no_effect_yet(connection: Connection, consumer: str, reason: str, message_id: UUID) -> bool:
    """A message that the broker dropped may have been handled all the same; then its inbox row is there."""
    if reason not in ("dropped_by_broker", "unreadable"):
        return True
    inserted = await connection.fetchval(
        """
        INSERT INTO inbox (message_id, consumer, received_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING message_id
        """,
        message_id,
        consumer,
        time.now(),
    )
    return inserted is not None


async def _hand_over(connection: Connection, consumer: str, envelope: Envelope, body: str) -> None:
    await connection.execute(
        """
        INSERT INTO retries (message_id, consumer, subject, sequence, body, attempts, first_failed_at, due_at,
                             last_error)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $6, 'replayed by a person') ON CONFLICT (consumer, message_id) DO NOTHING
        """,
        envelope.id,
        consumer,
        envelope.subject,
        envelope.sequence,
        body,
        time.now(),
    )
