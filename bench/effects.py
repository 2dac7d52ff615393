"""How long after its commit a submission has had its last effect: message queued, leaf sealed, feed line written."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

SUBMITTED = "cn.tongban.applications.case_submitted.v1"


async def effect_delays_ms(environments: Mapping[str, Mapping[str, str]], since: datetime) -> list[float]:
    """For each submission recorded since then: milliseconds until the later of message and leaf."""
    recorded = await _times(
        environments["applications"],
        "SELECT message_id AS id, recorded_at AS at FROM outbox WHERE recorded_at >= $1 AND routing_key = $2",
        since,
        SUBMITTED,
    )
    noticed = await _times(
        environments["notifications"],
        "SELECT cause_id AS id, created_at AS at FROM messages WHERE created_at >= $1",
        since,
    )
    sealed = await _times(
        environments["audit"],
        "SELECT event_id AS id, sealed_at AS at FROM leaves WHERE sealed_at >= $1",
        since,
    )
    return [
        (max(noticed[event], sealed[event]) - at).total_seconds() * 1000
        for event, at in recorded.items()
        if event in noticed and event in sealed
    ]


async def drained_after_seconds(environment: Mapping[str, str], *, limit: float = 120) -> float:
    """Seconds until no outbox row of this database waits."""
    connection = await asyncpg.connect(environment["TONGBAN_DATABASE_URL"])
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        while await connection.fetchval("SELECT 1 FROM outbox WHERE sent_at IS NULL LIMIT 1"):
            if loop.time() - started > limit:
                return float("inf")
            await asyncio.sleep(0.02)
    finally:
        await connection.close()
    return loop.time() - started


async def oldest_row_seconds(environment: Mapping[str, str], stop: asyncio.Event) -> float:
    """The greatest age of the oldest unsent row that was seen, looked at ten times a second until `stop`."""
    connection = await asyncpg.connect(environment["TONGBAN_DATABASE_URL"])
    worst = 0.0
    try:
        while not stop.is_set():
            age = await connection.fetchval(
                "SELECT extract(epoch FROM clock_timestamp() - recorded_at) FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 1"
            )
            worst = max(worst, float(age or 0))
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
    return worst


async def _times(environment: Mapping[str, str], sql: str, *arguments: Any) -> dict[str, datetime]:
    connection = await asyncpg.connect(environment["TONGBAN_DATABASE_URL"])
    try:
        return {str(row["id"]): row["at"] for row in await connection.fetch(sql, *arguments)}
    finally:
        await connection.close()
