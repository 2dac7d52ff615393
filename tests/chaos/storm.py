"""The storm: under steady submissions each process, broker and database are killed with -9, one by one, then all at once."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from shared.testing.platform import BROKER, DATABASE, RunningPlatform
from tests.chaos import evidence as found
from tests.chaos.evidence import Databases, Evidence
from tests.chaos.load import Sent, SteadyLoad
from tests.chaos.people import Json

PROCESSES = ("catalogue", "applications", "notifications", "audit", "relay", "gateway", "mailsink")
EVERYBODY = (*PROCESSES, BROKER, DATABASE)
STEADY_SECONDS = 2.0
# RabbitMQ itself loses a quorum queue whose declaration is younger: it writes that late.
QUEUES_ARE_SAFE_AFTER_SECONDS = 6.0
RECOVERY_SECONDS = 60.0
DRAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Recovery:
    """For how long after a kill nobody got an acknowledgement, and when everything was ready and caught up."""

    killed: str
    silence: float
    ready: float
    caught_up: float
    ended_too: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.killed:14} silence {self.silence:5.1f} s   ready {self.ready:5.1f} s"
            f"   caught up {self.caught_up:5.1f} s"
        )


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What was sent, what was answered, how each kill was survived, and what is there now."""

    sent: list[Sent]
    answers: dict[str, int]
    repeated: list[tuple[Json, Json]]
    recoveries: list[Recovery]
    seconds: float
    drained: float
    evidence: Evidence


async def kill_each_in_turn(platform: RunningPlatform) -> Aftermath:
    load, started = SteadyLoad(platform.url), monotonic()
    async with found.databases_of(platform) as databases:
        await load.start()
        try:
            await asyncio.sleep(QUEUES_ARE_SAFE_AFTER_SECONDS)
            recoveries = [await _kill(platform, load, databases, name) for name in EVERYBODY]
            recoveries.append(await _kill(platform, load, databases, *EVERYBODY))
            await load.stop()
            seconds = monotonic() - started
            drained = await found.until_drained(platform, databases, seconds=DRAIN_SECONDS)
            repeated = await load.repeat_everything(one_in=20)
            await load.read_to_the_end(await databases.value("gateway", "SELECT count(*) FROM feed"))
            # What was repeated has had the time to do harm.
            await found.until_drained(platform, databases, seconds=DRAIN_SECONDS)
            evidence = await found.gather(platform, databases, load.read)
        finally:
            await load.close()
    return Aftermath(load.sent, dict(load.answers), repeated, recoveries, seconds, drained, evidence)


async def _kill(platform: RunningPlatform, load: SteadyLoad, databases: Databases, *names: str) -> Recovery:
    """Kill these in the same moment; several at once are what a power cut is."""
    await asyncio.sleep(STEADY_SECONDS)
    others = {other: platform.process(other) for other in EVERYBODY if other not in names}
    at = monotonic()
    await asyncio.gather(*(asyncio.to_thread(platform.kill, name) for name in names))
    await asyncio.to_thread(platform.wait_until_ready, seconds=RECOVERY_SECONDS)
    ready = monotonic()
    async with asyncio.timeout(RECOVERY_SECONDS):
        await load.until_acknowledged_after(ready)
        await _until_effects_of_newest_event(databases)
    caught_up = monotonic()
    ended = tuple(other for other, process in others.items() if platform.process(other) != process)
    killed = names[0] if len(names) == 1 else "all at once"
    return Recovery(killed, load.longest_silence(at), ready - at, caught_up - at, ended)


async def _until_effects_of_newest_event(databases: Databases) -> None:
    """Everything that is behind this event in the queues is behind it in time too."""
    newest = await databases.value(
        "applications",
        "SELECT message_id FROM outbox WHERE body::jsonb -> 'data' ->> 'partner' IS NOT NULL"
        " AND routing_key LIKE '%.case_submitted.%' ORDER BY id DESC LIMIT 1",
    )
    while set((await found.effects_of(databases, newest)).values()) != {1}:
        await asyncio.sleep(0.1)


def tell(aftermath: Aftermath) -> None:
    """What was measured, for whoever runs this with `-s`."""
    evidence, sent = aftermath.evidence, aftermath.sent
    print(f"\n{len(sent)} submissions in {aftermath.seconds:.0f} s, {len(sent) / aftermath.seconds:.0f}/s")
    print(f"answers {aftermath.answers}")
    for recovery in aftermath.recoveries:
        print(recovery)
    doubtful = sum(row["state"] == "uncertain" for row in evidence.deliveries)
    print(
        f"drained in {aftermath.drained:.1f} s: {len(evidence.case_events)} case events, {len(evidence.messages)} messages,"
        f" {evidence.mails.total()} mails ({doubtful} in doubt), {len(evidence.leaves)} leaves,"
        f" {len(evidence.feed)} in the feed, {evidence.log.witnessed} witnessed checkpoints"
    )
