"""The SQL of sending: claims, attempts, and what became of them.

A claim is a lease with a fence.  The claim commits an attempt before the mail server hears of it; `hand_over` commits
once more, just before the text is transmitted, and only for who still holds the last claim.  So after a crash the
rows tell exactly whether the mail server can have taken the notice:

- lease over, not handed over: nothing can have been delivered, the notice goes back to the queue;
- lease over, handed over: nobody knows, the delivery is `uncertain` and is not sent again unless an operator says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import asyncpg

from services.notifications.domain.delivery import NextStep, Outcome, Result
from shared.database import Connection

# Longer than the conversation up to the text can take: address 10 s, sender and recipient 10 s each.
LEASE_TO_AGREE = timedelta(seconds=45)

_MAIL = """
    SELECT message_id, cause_id, case_id, person_id, template_id, template_version, statutory, title, body, created_at
    FROM messages WHERE message_id = $1
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """A notice that goes by mail."""

    message_id: UUID
    cause_id: UUID
    case_id: UUID
    person_id: UUID
    template_id: str
    template_version: int
    statutory: bool
    title: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt, ours as long as nobody holds a later fence."""

    mail: Mail
    fence: int
    attempt: int
    attempts_in_round: int
    give_up_at: datetime


class Lane(StrEnum):
    """First deliveries and retries wait apart, so that neither holds up the other."""

    QUEUED = "queued"
    RETRYING = "retrying"


def _for_each_lane(sql: str) -> dict[Lane, str]:
    """One statement for each lane, its state in the text: only a literal lets the planner use the partial index."""
    return {lane: sql.replace(":lane", f"'{lane.value}'") for lane in Lane}


_COUNT_DUE = _for_each_lane(
    "SELECT count(*) FROM (SELECT FROM deliveries WHERE state = :lane AND due_at <= $1 LIMIT $2) AS due"
)
_CLAIM_NEXT = _for_each_lane(
    """
    UPDATE deliveries SET state = 'sending', fence = fence + 1, attempts = attempts + 1, lease_until = $2
    WHERE (message_id, channel) = (
        SELECT message_id, channel FROM deliveries WHERE state = :lane AND due_at <= $1
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING message_id, fence, attempts, attempts - attempts_before_round AS attempts_in_round, give_up_at
    """
)
_LANE_FIGURES = _for_each_lane(
    "SELECT count(*) AS waiting, min(due_at) AS due_at FROM deliveries WHERE state = :lane"
)


async def count_due(connection: Connection, lane: Lane, now: datetime, most: int) -> int:
    """How many deliveries of this lane wait now, counted no further than `most`."""
    count: int = await connection.fetchval(_COUNT_DUE[lane], now, most)
    return count


async def claim_next(connection: Connection, lane: Lane, now: datetime) -> Claim | None:
    """Take the delivery of this lane that waits longest and put the attempt on record."""
    row = await connection.fetchrow(_CLAIM_NEXT[lane], now, now + LEASE_TO_AGREE)
    if row is None:
        return None
    await connection.execute(
        "INSERT INTO attempts (message_id, channel, number, started_at, outcome) VALUES ($1, 'email', $2, $3, $4)",
        row["message_id"],
        row["attempts"],
        now,
        Outcome.STARTED.value,
    )
    return Claim(
        await _mail(connection, row["message_id"]),
        row["fence"],
        row["attempts"],
        row["attempts_in_round"],
        row["give_up_at"],
    )


async def _mail(connection: Connection, message_id: UUID) -> Mail:
    row = await connection.fetchrow(_MAIL, message_id)
    assert row is not None, "a delivery without its message breaks a foreign key"
    return Mail(**dict(row))


async def hand_over(connection: Connection, claim: Claim, now: datetime, lease: timedelta) -> bool:
    """Record that the text is about to be transmitted; False when the claim is not ours any more."""
    ours = await connection.fetchval(
        """
        UPDATE deliveries SET lease_until = $3
        WHERE message_id = $1 AND channel = 'email' AND fence = $2 AND state = 'sending' RETURNING true
        """,
        claim.mail.message_id,
        claim.fence,
        now + lease,
    )
    if ours:
        await connection.execute(
            "UPDATE attempts SET handed_over_at = $3 WHERE message_id = $1 AND channel = 'email' AND number = $2",
            claim.mail.message_id,
            claim.attempt,
            now,
        )
    return bool(ours)


async def record_served(connection: Connection, claim: Claim, result: Result, now: datetime) -> bool:
    """The mail server took the notice.

    An answer that comes after the lease settles an `uncertain` delivery too, as long as nobody claimed it anew.
    """
    ours = await connection.fetchval(
        """
        UPDATE deliveries SET state = 'served', served_at = $3, lease_until = NULL, reason = NULL, smtp_code = $4
        WHERE message_id = $1 AND channel = 'email' AND fence = $2 AND state IN ('sending', 'uncertain')
        RETURNING true
        """,
        claim.mail.message_id,
        claim.fence,
        now,
        result.smtp_code,
    )
    return await _finish_attempt(connection, claim, result, now, ours=bool(ours))


async def record_next_step(
    connection: Connection, claim: Claim, result: Result, step: NextStep, now: datetime
) -> bool:
    """The attempt failed: the delivery waits for its next try, is given up, or is uncertain."""
    ours = await connection.fetchval(
        """
        UPDATE deliveries SET state = $3, due_at = $4, reason = $5, smtp_code = $6, lease_until = NULL
        WHERE message_id = $1 AND channel = 'email' AND fence = $2 AND state IN ('sending', 'uncertain')
        RETURNING true
        """,
        claim.mail.message_id,
        claim.fence,
        step.state,
        step.due_at,
        step.reason,
        result.smtp_code,
    )
    return await _finish_attempt(connection, claim, result, now, ours=bool(ours))


async def _finish_attempt(
    connection: Connection, claim: Claim, result: Result, now: datetime, *, ours: bool
) -> bool:
    if ours:
        await connection.execute(
            """
            UPDATE attempts SET finished_at = $3, outcome = $4, smtp_code = $5
            WHERE message_id = $1 AND channel = 'email' AND number = $2
            """,
            claim.mail.message_id,
            claim.attempt,
            now,
            result.outcome.value,
            result.smtp_code,
        )
    return ours


async def take_back_interrupted(connection: Connection, now: datetime) -> int:
    """Attempts that died before the text was transmitted: the notice goes back into the retry lane at once."""
    rows = await connection.fetch(
        """
        WITH ended AS (
            UPDATE attempts SET finished_at = $1, outcome = 'interrupted'
            FROM (SELECT message_id, channel, attempts FROM deliveries
                  WHERE state = 'sending' AND lease_until < $1 FOR UPDATE SKIP LOCKED) AS over
            WHERE attempts.message_id = over.message_id AND attempts.channel = over.channel
              AND attempts.number = over.attempts AND attempts.handed_over_at IS NULL
            RETURNING attempts.message_id, attempts.channel)
        UPDATE deliveries SET state = 'retrying', due_at = $1, lease_until = NULL, reason = 'interrupted'
        FROM ended WHERE deliveries.message_id = ended.message_id AND deliveries.channel = ended.channel
        RETURNING deliveries.message_id
        """,
        now,
    )
    return len(rows)


async def mark_uncertain(connection: Connection, now: datetime) -> Sequence[tuple[Mail, int]]:
    """Attempts that died while the text was under way, with their number of attempts: nobody knows what became of them."""
    rows = await connection.fetch(
        """
        WITH ended AS (
            UPDATE attempts SET finished_at = $1, outcome = 'uncertain'
            FROM (SELECT message_id, channel, attempts FROM deliveries
                  WHERE state = 'sending' AND lease_until < $1 FOR UPDATE SKIP LOCKED) AS over
            WHERE attempts.message_id = over.message_id AND attempts.channel = over.channel
              AND attempts.number = over.attempts AND attempts.handed_over_at IS NOT NULL
            RETURNING attempts.message_id, attempts.channel)
        UPDATE deliveries SET state = 'uncertain', lease_until = NULL, reason = 'uncertain'
        FROM ended WHERE deliveries.message_id = ended.message_id AND deliveries.channel = ended.channel
        RETURNING deliveries.message_id, deliveries.attempts
        """,
        now,
    )
    return [(await _mail(connection, row["message_id"]), row["attempts"]) for row in rows]


async def resume(
    connection: Connection, message_id: UUID, channel: str, now: datetime, horizon: timedelta
) -> Mail | None:
    """Begin a new round of attempts; None when this delivery is neither failed nor uncertain."""
    resumed = await connection.fetchval(
        """
        UPDATE deliveries SET state = 'retrying', due_at = $3, give_up_at = $4, attempts_before_round = attempts,
               fence = fence + 1, reason = 'resend_ordered', smtp_code = NULL
        WHERE message_id = $1 AND channel = $2 AND state IN ('failed', 'uncertain') RETURNING true
        """,
        message_id,
        channel,
        now,
        now + horizon,
    )
    return await _mail(connection, message_id) if resumed else None


async def next_sequence(connection: Connection, message_id: UUID) -> int:
    """The number of the next event about this notice."""
    number: int = await connection.fetchval(
        "UPDATE messages SET published = published + 1 WHERE message_id = $1 RETURNING published", message_id
    )
    return number


async def list_undelivered(connection: Connection, *, after: int, limit: int) -> list[asyncpg.Record]:
    """Deliveries that wait for a person, oldest first, with one more when there is another page."""
    rows: list[asyncpg.Record] = await connection.fetch(
        """
        SELECT deliveries.position, deliveries.message_id, channel, state, due_at, served_at, reason, case_id, case_no,
               title
        FROM deliveries JOIN messages USING (message_id)
        WHERE state IN ('failed', 'uncertain') AND deliveries.position > $1 ORDER BY deliveries.position LIMIT $2
        """,
        after,
        limit + 1,
    )
    return rows


async def lane_figures(connection: Connection, lane: Lane) -> tuple[int, datetime | None]:
    """How many deliveries wait in this lane, and when the first of them was or is due."""
    row = await connection.fetchrow(_LANE_FIGURES[lane])
    assert row is not None, "an aggregate always has one row"
    return row["waiting"], row["due_at"]


async def count_undelivered(connection: Connection) -> int:
    """How many deliveries wait for a person's decision."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM deliveries WHERE state IN ('failed', 'uncertain')"
    )
    return count
