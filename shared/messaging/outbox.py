"""Facts on their way out: rows written in the transaction that made them true, published later by the relay."""

from collections.abc import Sequence
from typing import Any

from shared.database import Connection
from shared.messaging.envelope import Envelope, exchange_of, publisher_of

CHANNEL = "outbox"


# The columns in the order of `row`, for a service that writes many tables in one statement (then it notifies itself).
COLUMNS = {
    "message_id": "uuid",
    "exchange": "text",
    "routing_key": "text",
    "subject": "text",
    "body": "text",
    "recorded_at": "timestamptz",
}


def row(event: Envelope) -> tuple[Any, ...]:
    """The values of one outbox row."""
    exchange = exchange_of(publisher_of(event.type))
    return (event.id, exchange, event.type, event.subject, event.model_dump_json(), event.time)


async def add(connection: Connection, envelopes: Sequence[Envelope]) -> None:
    """Write the envelopes as outbox rows in the caller's transaction and wake the relay at its commit.

    The rows of one call keep their order; rows about one subject keep it across calls too, because whoever changes a
    subject holds its row.
    """
    if not envelopes:
        return
    await connection.execute(
        """
        WITH added AS (
            INSERT INTO outbox (message_id, exchange, routing_key, subject, body, recorded_at)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
        )
        SELECT pg_notify($7, '')
        """,
        *map(list, zip(*map(row, envelopes), strict=True)),
        CHANNEL,
    )
