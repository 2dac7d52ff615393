"""Housekeeping goes on whatever one round of it meets, and keeps up with what a busy platform leaves behind."""

import asyncio
from datetime import timedelta

import pytest

from shared import time
from shared.messaging import housekeeping
from shared.messaging.housekeeping import INBOX_KEPT, keep_house
from tests.shared.messaging.conftest import SERVICE, Bus, until


async def test_old_inbox_rows_go_even_after_a_round_that_failed(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "EVERY_SECONDS", 0.2)
    async with bus.database.acquire() as connection:
        await connection.execute(
            """
            INSERT INTO inbox (message_id, consumer, received_at)
            SELECT gen_random_uuid(), 'catalogue.on_thing', $1::timestamptz FROM generate_series(1, 12000)
            """,
            time.now() - INBOX_KEPT - timedelta(days=1),
        )
        await connection.execute("ALTER TABLE inbox RENAME TO away")
    keeping = asyncio.create_task(keep_house(SERVICE, bus.database))
    await asyncio.sleep(0.5)
    monkeypatch.setattr(housekeeping, "EVERY_SECONDS", 60)
    async with bus.database.acquire() as connection:
        await connection.execute("ALTER TABLE away RENAME TO inbox")

    async def is_empty() -> bool:
        return await bus.count("inbox") == 0

    await until(is_empty, seconds=5)
    keeping.cancel()
