"""Everything that is left after the storm: what each database holds, and what the mail server took."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from deploy.services import SERVICES
from services.audit.contracts import CheckpointSignedV1
from services.audit.verifier import Report, verify_log
from services.gateway.topology import FEED_EVENTS
from services.notifications.occasions import TOLD as TOLD_CONTRACTS
from shared.database import Database
from shared.testing.platform import RunningPlatform

Row = Mapping[str, Any]

TOLD = frozenset(contract.event_type for contract in TOLD_CONTRACTS)
IN_THE_FEED = frozenset(contract.event_type for contract in FEED_EVENTS)
# The log does not seal its own checkpoints.
NOT_SEALED = CheckpointSignedV1.event_type
# Whatever goes by itself has gone by then.
# For what was printed up to the moment when the printer was held.
SECONDS_TO_SETTLE = 30
SECONDS_BEFORE_HELP = 5.0
MINUTES_LONGER_THAN_ANY_LEASE = 10

_OUTBOX = """
    SELECT message_id, routing_key, subject, sent_at, body::jsonb ->> 'payloadsha256' AS sha256,
           body::jsonb -> 'data' ->> 'partner' AS partner
    FROM outbox ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One look at everything, taken when nothing moves any more."""

    cases: Sequence[Row]
    case_events: Sequence[Row]
    documents: Sequence[Row]
    series: Sequence[Row]
    commands: Sequence[Row]
    timers: Sequence[Row]
    outbox: Mapping[str, Sequence[Row]]
    messages: Sequence[Row]
    deliveries: Sequence[Row]
    mails: Counter[str]
    leaves: Sequence[Row]
    feed: Sequence[Row]
    feed_read: Sequence[Row]
    retries: Mapping[str, Sequence[Row]]
    dead_letters: Mapping[str, Sequence[Row]]
    log: Report


class Databases:
    """The database of every service, each under the service's own login."""

    def __init__(self, opened: Mapping[str, Database]) -> None:
        self._opened = opened

    async def rows(self, service: str, sql: str, *arguments: Any) -> list[Row]:
        """The rows of one statement."""
        return [dict(row) for row in await self._opened[service].fetch(sql, *arguments)]

    async def value(self, service: str, sql: str, *arguments: Any) -> Any:
        """The first value of the first row."""
        return next(iter((await self.rows(service, sql, *arguments))[0].values()))

    async def everywhere(self, sql: str) -> dict[str, list[Row]]:
        """The same statement in each database."""
        return {service: await self.rows(service, sql) for service in self._opened}


@asynccontextmanager
async def databases_of(platform: RunningPlatform) -> AsyncIterator[Databases]:
    """Connections that come back by themselves when the server was killed."""
    async with AsyncExitStack() as stack:
        opened = {}
        for service in SERVICES:
            url = platform.environment_of(service)["TONGBAN_DATABASE_URL"]
            opened[service] = Database(url, size=2, application_name="chaos")
            await opened[service].start()
            stack.push_async_callback(opened[service].stop)
        yield Databases(opened)


async def gather(platform: RunningPlatform, databases: Databases, feed_read: Sequence[Row] = ()) -> Evidence:
    """Look at everything once, while nobody prints."""
    with printing_held(platform):
        await _drained(platform, databases, SECONDS_TO_SETTLE)
        return await _gather(platform, databases, feed_read)


@contextmanager
def printing_held(platform: RunningPlatform) -> Iterator[None]:
    """The printer stands still: it goes on for minutes after a storm, and each document is told and sealed, too."""
    printer = platform.process("documents")
    if printer is None:
        yield
        return
    printer.send(signal.SIGSTOP)
    try:
        yield
    finally:
        printer.send(signal.SIGCONT)


async def _gather(platform: RunningPlatform, databases: Databases, feed_read: Sequence[Row]) -> Evidence:
    rows, everywhere = databases.rows, databases.everywhere
    return Evidence(
        cases=await rows("applications", "SELECT * FROM cases ORDER BY id"),
        case_events=await rows("applications", "SELECT * FROM case_events ORDER BY case_id, version"),
        documents=await rows("applications", "SELECT case_id, kind, number FROM documents"),
        series=await rows("applications", "SELECT kind, year, last FROM document_numbers"),
        commands=await rows("applications", "SELECT command_id, operation FROM commands"),
        timers=await rows("applications", "SELECT * FROM timers ORDER BY case_id, due_at, id"),
        outbox=await everywhere(_OUTBOX),
        messages=await rows("notifications", "SELECT message_id, cause_id, case_id FROM messages"),
        deliveries=await rows("notifications", "SELECT message_id, channel, state, attempts FROM deliveries"),
        mails=mails_in(platform.home.mail),
        leaves=await rows(
            "audit",
            "SELECT event_id, leaf::json ->> 'payload_sha256' AS sha256 FROM leaves ORDER BY leaf_index",
        ),
        feed=await rows("gateway", "SELECT * FROM feed ORDER BY partner, position"),
        feed_read=feed_read,
        retries=await everywhere("SELECT consumer, message_id, last_error FROM retries"),
        dead_letters=await everywhere("SELECT consumer, message_id, type, reason, detail FROM dead_letters"),
        log=await verify(platform, databases),
    )


async def verify(platform: RunningPlatform, databases: Databases) -> Report:
    """The log, computed anew, against every checkpoint that the gateway has witnessed."""
    witnessed = await databases.rows("gateway", "SELECT note FROM checkpoints ORDER BY tree_size")
    return await verify_log(
        platform.environment_of("audit")["TONGBAN_DATABASE_URL"],
        (platform.home.secrets / "audit.public.key").read_bytes(),
        [row["note"] for row in witnessed],
    )


def mails_in(folder: Path) -> Counter[str]:
    """How often each Message-ID is in the mail server's folder, without the sender's domain."""
    parse = BytesHeaderParser().parsebytes
    return Counter(
        str(parse(file.read_bytes())["Message-ID"]).strip("<>").partition("@")[0]
        for file in folder.glob("*.eml")
    )


async def until_drained(platform: RunningPlatform, databases: Databases, *, seconds: float) -> float:
    """Wait until nothing is under way any more; raises with what still is.

    What waits for its next try, or was in the hands of somebody who died, is helped by letting minutes pass.
    """
    with printing_held(platform):
        return await _drained(platform, databases, seconds)


async def _drained(platform: RunningPlatform, databases: Databases, seconds: float) -> float:
    started = helped = monotonic()
    while waiting := await what_waits(databases):
        if monotonic() - started > seconds:
            raise TimeoutError(f"after {seconds} s there still wait {waiting}")
        if monotonic() - helped > SECONDS_BEFORE_HELP:
            platform.clock.move(minutes=MINUTES_LONGER_THAN_ANY_LEASE)
            helped = monotonic()
        await asyncio.sleep(0.3)
    return monotonic() - started


async def what_waits(databases: Databases) -> dict[str, int]:
    """What is still on its way, by place; empty when everything has arrived."""
    counts = {
        f"outbox of {service}": rows[0]["n"]
        for service, rows in (
            await databases.everywhere("SELECT count(*) AS n FROM outbox WHERE sent_at IS NULL")
        ).items()
    }
    counts |= {
        f"retries of {service}": rows[0]["n"]
        for service, rows in (await databases.everywhere("SELECT count(*) AS n FROM retries")).items()
    }
    counts["mails"] = await databases.value(
        "notifications",
        "SELECT count(*) FROM deliveries WHERE state IN ('queued', 'sending', 'retrying')",
    )
    counts |= await _effects_to_come(databases)
    return {place: count for place, count in counts.items() if count > 0}


async def _effects_to_come(databases: Databases) -> dict[str, int]:
    """What consumers have not done yet.  Counts do here; the examination compares event by event."""
    outbox = await databases.everywhere("SELECT routing_key, count(*) AS n FROM outbox GROUP BY 1")
    of_cases = {row["routing_key"]: row["n"] for row in outbox["applications"]}
    to_seal = sum(row["n"] for rows in outbox.values() for row in rows if row["routing_key"] != NOT_SEALED)
    to_list = await databases.value(
        "applications",
        "SELECT count(*) FROM outbox WHERE routing_key = ANY($1::text[])"
        " AND body::jsonb -> 'data' ->> 'partner' IS NOT NULL",
        sorted(IN_THE_FEED),
    )
    sealed = await databases.value("audit", "SELECT count(*) FROM leaves")
    witnessed = await databases.value("gateway", "SELECT max(tree_size) FROM checkpoints")
    return {
        "messages": sum(n for kind, n in of_cases.items() if kind in TOLD)
        - await databases.value("notifications", "SELECT count(*) FROM messages"),
        "leaves": to_seal - sealed,
        "entries of the feed": to_list - await databases.value("gateway", "SELECT count(*) FROM feed"),
        "leaves under a witnessed checkpoint": sealed - (witnessed or 0),
    }


async def effects_of(databases: Databases, event_id: UUID) -> dict[str, int]:
    """How often each consumer has had this event: messages, leaves, entries of the feed."""
    return {
        "messages": await databases.value(
            "notifications", "SELECT count(*) FROM messages WHERE cause_id = $1", event_id
        ),
        "leaves": await databases.value("audit", "SELECT count(*) FROM leaves WHERE event_id = $1", event_id),
        "entries of the feed": await databases.value(
            "gateway", "SELECT count(*) FROM feed WHERE event_id = $1", event_id
        ),
    }
