"""Facts on their way out: rows written in the transaction that made them true, published later by the relay."""

from collections.abc import Sequence

from shared.database import Connection
from shared.messaging.envelope import Envelope, exchange_of, publisher_of

CHANNEL = "outbox"


async def add(connection: Connection, envelopes: Sequence[Envelope]) -> None:
    """Write the envelopes as outbox rows in the caller's transaction and wake the relay at its commit.

    The rows of one call keep their order; rows about one subject keep it across calls too, because whoever changes a
    subject holds its row.
    """
    if not envelopes:
        return
    await connection.execute(
        """
        INSERT INTO outbox (message_id, exchange, routing_key, subject, body, recorded_at)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
        """,
        [event.id for event in envelopes],
        [exchange_of(publisher_of(event.type)) for event in envelopes],
        [event.type for event in envelopes],
        [event.subject for event in envelopes],
        [event.model_dump_json() for event in envelopes],
        [event.time for event in envelopes],
    )
    await connection.execute("SELECT pg_notify($1, '')", CHANNEL)
