"""What becomes of a message that failed: rows in `retries`, which are tried again, or in `dead_letters`.

A refusal and an unreadable message are settled by a person at once.  A failing environment is tried for a day, a
bug only a few times.  Later messages about the same subject are parked behind a waiting one, so their order holds.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from shared import time
from shared.database import Connection
from shared.errors import TemporaryError, as_refusal
from shared.messaging.envelope import Envelope

# Growing delays, then the last one again and again until the tries are used up.
DELAYS_SECONDS = (1, 5, 30, 120, 600, 1800, 3600)
ATTEMPTS_FOR_A_BUG = 6
# About a day with the delays above.  Tries are counted and not hours, because a process that did not run tried nothing.
ATTEMPTS_FOR_THE_ENVIRONMENT = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of `retries`."""

    id: int
    message_id: UUID
    consumer: str
    subject: str
    sequence: int
    body: bytes
    attempts: int


def is_bug(error: BaseException) -> bool:
    """Neither a refusal nor the environment: our own fault, worth a traceback."""
    return as_refusal(error) is None and not isinstance(error, TemporaryError)


async def blocked_subjects(connection: Connection, consumer: str, subjects: Sequence[str]) -> set[str]:
    """Those subjects of which an earlier message still waits."""
    rows = await connection.fetch(
        "SELECT DISTINCT subject FROM retries WHERE consumer = $1 AND subject = ANY($2::text[])",
        consumer,
        subjects,
    )
    return {row["subject"] for row in rows}


async def park(connection: Connection, consumer: str, envelope: Envelope, body: bytes) -> None:
    """Let the message wait behind an earlier one about the same subject, which wakes it when its own turn is over."""
    await _insert(
        connection,
        consumer,
        envelope,
        body,
        attempts=0,
        due_at=None,
        reason="waits behind an earlier message",
    )


async def remember(
    connection: Connection, consumer: str, envelope: Envelope, body: bytes, error: BaseException
) -> None:
    """Keep a message whose handling failed, in the fitting table; with its inbox row, so a redelivery is ignored."""
    is_new = await connection.fetchval(
        """
        INSERT INTO inbox (message_id, consumer, received_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        envelope.id,
        consumer,
        time.now(),
    )
    if not is_new:
        return  # its commit succeeded and only the answer was lost, or another process has handled it meanwhile
    if as_refusal(error) is not None:
        await _bury(connection, consumer, envelope, body, reason="refused", detail=_say(error), attempts=1)
    else:
        due_at = time.now() + timedelta(seconds=_delay(1, error))
        await _insert(connection, consumer, envelope, body, attempts=1, due_at=due_at, reason=_say(error))


async def bury_unreadable(connection: Connection, consumer: str, body: bytes, reason: str) -> None:
    """Keep a message that fits no contract; nobody but a person can do anything with it."""
    await _bury(connection, consumer, None, body, reason="unreadable", detail=reason, attempts=1)


async def bury_dropped(connection: Connection, consumer: str, body: bytes, detail: str) -> None:
    """Keep a message that the broker put aside because it was delivered too often."""
    await _bury(connection, consumer, None, body, reason="dropped_by_broker", detail=detail, attempts=1)


async def next_due(connection: Connection, consumer: str) -> Waiting | None:
    """Lock the next message to try: due, and the first that waits about its subject."""
    row = await connection.fetchrow(
        """
        SELECT id, message_id, consumer, subject, sequence, body, attempts FROM retries AS this
        WHERE consumer = $1 AND due_at <= $2 AND NOT EXISTS (
            SELECT FROM retries AS earlier WHERE earlier.consumer = this.consumer AND earlier.subject = this.subject
            AND (earlier.sequence, earlier.id) < (this.sequence, this.id))
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
        """,
        consumer,
        time.now(),
    )
    return _waiting(row) if row is not None else None


async def settled(connection: Connection, waiting: Waiting) -> None:
    """The message was handled at last; the next one about its subject is due now if it was parked."""
    await connection.execute("DELETE FROM retries WHERE id = $1", waiting.id)
    await connection.execute(
        """
        UPDATE retries SET due_at = $3 WHERE due_at = 'infinity' AND id = (
            SELECT id FROM retries WHERE consumer = $1 AND subject = $2 ORDER BY sequence, id LIMIT 1)
        """,
        waiting.consumer,
        waiting.subject,
        time.now(),
    )


async def wake_forgotten(connection: Connection, consumer: str) -> None:
    """Those parked at the very moment when the message before them was settled, which therefore nobody woke."""
    await connection.execute(
        """
        UPDATE retries AS this SET due_at = $2 WHERE consumer = $1 AND due_at = 'infinity' AND NOT EXISTS (
            SELECT FROM retries AS earlier WHERE earlier.consumer = this.consumer AND earlier.subject = this.subject
            AND (earlier.sequence, earlier.id) < (this.sequence, this.id))
        """,
        consumer,
        time.now(),
    )


async def failed_again(connection: Connection, waiting: Waiting, error: BaseException) -> None:
    """Put the message off once more, or give it to a person when trying has no end."""
    attempts = waiting.attempts + 1
    if _is_hopeless(attempts, error):
        await connection.execute(
            """
            INSERT INTO dead_letters (message_id, consumer, type, subject, sequence, body, reason, detail, attempts,
                                      failed_at)
            SELECT message_id, consumer, $2, subject, sequence, convert_to(body, 'UTF8'), $3, $4, $5, $6
            FROM retries WHERE id = $1
            """,
            waiting.id,
            # Not read by the database, whose JSON knows no NUL character.
            json.loads(waiting.body)["type"],
            "refused" if as_refusal(error) is not None else "failed_too_often",
            _say(error),
            attempts,
            time.now(),
        )
        await settled(connection, waiting)
        return
    await connection.execute(
        "UPDATE retries SET attempts = $2, due_at = $3, last_error = $4 WHERE id = $1",
        waiting.id,
        attempts,
        time.now() + timedelta(seconds=_delay(attempts, error)),
        _say(error),
    )


def _is_hopeless(attempts: int, error: BaseException) -> bool:
    if as_refusal(error) is not None:
        return True
    limit = ATTEMPTS_FOR_THE_ENVIRONMENT if isinstance(error, TemporaryError) else ATTEMPTS_FOR_A_BUG
    return attempts >= limit


def _delay(attempts: int, error: BaseException) -> float:
    planned = DELAYS_SECONDS[min(attempts, len(DELAYS_SECONDS)) - 1]
    return (
        max(planned, error.retry_after_seconds)
        if isinstance(error, TemporaryError) and attempts > 1
        else planned
    )


def _say(error: BaseException) -> str:
    """A reason without the values of the message: they stay in the body."""
    refusal = as_refusal(error)
    if refusal is not None:
        return refusal.code
    return str(error)[:500] if isinstance(error, TemporaryError) else type(error).__name__


def _waiting(row: asyncpg.Record) -> Waiting:
    return Waiting(**{**dict(row), "body": row["body"].encode()})


async def _insert(
    connection: Connection,
    consumer: str,
    envelope: Envelope,
    body: bytes,
    *,
    attempts: int,
    due_at: datetime | None,
    reason: str,
) -> None:
    await connection.execute(
        """
        INSERT INTO retries (message_id, consumer, subject, sequence, body, attempts, first_failed_at, due_at,
                             last_error)
        VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, timestamptz 'infinity'), $9)
        ON CONFLICT (consumer, message_id) DO NOTHING
        """,
        envelope.id,
        consumer,
        envelope.subject,
        envelope.sequence,
        body.decode(),
        attempts,
        time.now(),
        due_at,
        reason,
    )


async def _bury(
    connection: Connection,
    consumer: str,
    envelope: Envelope | None,
    body: bytes,
    *,
    reason: str,
    detail: str,
    attempts: int,
) -> None:
    await connection.execute(
        """
        INSERT INTO dead_letters (message_id, consumer, type, subject, sequence, body, reason, detail, attempts,
                                  failed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        envelope.id if envelope else None,
        consumer,
        envelope.type if envelope else None,
        envelope.subject if envelope else None,
        envelope.sequence if envelope else None,
        body,
        reason,
        detail[:500],
        attempts,
        time.now(),
    )
