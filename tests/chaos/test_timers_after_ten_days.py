"""Ten days without timers, then all at once, for hundreds of cases; and the service is killed in the middle of the flood.

Single cases, with what the law says about each, are in tests/flows; here it is about how many there are.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import pytest

from shared.testing.platform import RunningPlatform
from tests.chaos import evidence as found
from tests.chaos.evidence import IN_THE_FEED, TOLD, Databases, Evidence, Row
from tests.chaos.examination import FOLDS, PROMISES, TIMERS
from tests.chaos.load import SteadyLoad

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]

APPLICATIONS = "applications"
SECONDS_OF_SUBMISSIONS = 8.0
ENOUGH = 300
DAYS_WITHOUT_TIMERS = 10
# When this part of the timers is settled, in the middle of the flood, the service is killed.
KILLED_AFTER = 0.3
PATIENCE_SECONDS = 120.0
# Nobody answered in time, and the promise that counts from the same receipt is broken by then too.
WHAT_IS_DUE = {
    "SUBMITTED": ("ACCEPTED_DEEMED", ["Accepted", "DutyBreached", "DutyBreached"]),
    "CORRECTION_NOTICED": ("LAPSED_NO_CORRECTION", ["Lapsed"]),
    "WITHDRAWN": ("WITHDRAWN", []),
}
_DUE = "SELECT count(*) FROM timers WHERE settled_at IS NULL AND due_at <= $1"


@dataclass(frozen=True, slots=True)
class Flood:
    """The cases before, the events that were there before, and everything afterwards."""

    before: dict[UUID, str]
    events_before: frozenset[UUID]
    settled_before_the_kill: int
    due: int
    settled_after: float
    seconds: float
    evidence: Evidence

    @property
    def events(self) -> list[Row]:
        """What happened when the timers ran again."""
        return [row for row in self.evidence.case_events if row["event_id"] not in self.events_before]


@pytest.fixture(scope="module")
def flood(platform: RunningPlatform) -> Flood:
    flood = asyncio.run(_let_ten_days_pass(platform))
    print(
        f"\n{flood.due} timers due at once, {flood.settled_before_the_kill} settled before the kill:"
        f" {len(flood.events)} events, all settled after {flood.settled_after:.1f} s, all effects after {flood.seconds:.1f} s"
    )
    return flood


async def _let_ten_days_pass(platform: RunningPlatform) -> Flood:
    async with found.databases_of(platform) as databases:
        await _submit(platform, databases)
        rows = await databases.rows(APPLICATIONS, "SELECT id, state FROM cases")
        events = await databases.rows(APPLICATIONS, "SELECT event_id FROM case_events")
        platform.kill(APPLICATIONS)
        platform.clock.move(days=DAYS_WITHOUT_TIMERS)
        started = monotonic()
        due, settled = await _kill_in_the_middle(platform, databases)
        await _until_none_is_due(platform, databases)
        settled_after = monotonic() - started
        await found.until_drained(platform, databases, seconds=PATIENCE_SECONDS)
        seconds = monotonic() - started
        evidence = await found.gather(platform, databases)
    return Flood(
        {row["id"]: row["state"] for row in rows},
        frozenset(row["event_id"] for row in events),
        settled,
        due,
        settled_after,
        seconds,
        evidence,
    )


async def _submit(platform: RunningPlatform, databases: Databases) -> None:
    """Unless the storm has left enough to do."""
    if await databases.value(APPLICATIONS, "SELECT count(*) FROM timers WHERE settled_at IS NULL") > ENOUGH:
        return
    load = SteadyLoad(platform.url)
    try:
        await load.start()
        await asyncio.sleep(SECONDS_OF_SUBMISSIONS)
        await load.stop()
    finally:
        await load.close()
    await found.until_drained(platform, databases, seconds=PATIENCE_SECONDS)


async def _kill_in_the_middle(platform: RunningPlatform, databases: Databases) -> tuple[int, int]:
    """How many timers were due, and how many of them were settled when the service was killed once more."""
    now = platform.clock.now()
    due: int = await databases.value(APPLICATIONS, _DUE, now)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (waiting := await databases.value(APPLICATIONS, _DUE, now)) > (1 - KILLED_AFTER) * due:
            await asyncio.sleep(0.05)
    platform.kill(APPLICATIONS)
    return due, due - waiting


async def _until_none_is_due(platform: RunningPlatform, databases: Databases) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await databases.value(APPLICATIONS, _DUE, platform.clock.now()):
            await asyncio.sleep(0.2)


def test_the_service_was_killed_in_the_middle_of_a_flood(flood: Flood) -> None:
    assert flood.due > 50
    assert 0 < flood.settled_before_the_kill < flood.due


def test_everything_due_happened_once_and_in_order_for_each_case(flood: Flood) -> None:
    happened: dict[UUID, list[str]] = defaultdict(list)
    for event in flood.events:
        happened[event["case_id"]].append(event["name"])
    states = {row["id"]: row["state"] for row in flood.evidence.cases}
    now = {case_id: (states[case_id], happened[case_id]) for case_id in flood.before}
    assert now == {case_id: WHAT_IS_DUE[state] for case_id, state in flood.before.items()}
    assert set(flood.before.values()) == set(WHAT_IS_DUE)


def test_cases_and_timers_are_those_of_the_record(flood: Flood) -> None:
    for promise in (FOLDS, TIMERS):
        assert list(PROMISES[promise](flood.evidence, ())) == []


def test_each_event_has_its_effects_once(flood: Flood) -> None:
    evidence = flood.evidence
    published = {row["message_id"]: row for row in evidence.outbox[APPLICATIONS]}
    assert len(published) == len(evidence.outbox[APPLICATIONS])
    events = {row["event_id"]: published[row["event_id"]] for row in flood.events}
    told = [event_id for event_id, row in events.items() if row["routing_key"] in TOLD]
    listed = [
        event_id for event_id, row in events.items() if row["routing_key"] in IN_THE_FEED and row["partner"]
    ]
    assert _of(events, (row["event_id"] for row in evidence.leaves)) == Counter(list(events))
    assert _of(events, (row["cause_id"] for row in evidence.messages)) == Counter(told)
    assert _of(events, (row["event_id"] for row in evidence.feed)) == Counter(listed)
    assert evidence.log.faults == ()
    assert not any(evidence.retries.values())


def test_each_mail_is_sent_once(flood: Flood) -> None:
    causes = {row["event_id"] for row in flood.events}
    messages = {row["message_id"] for row in flood.evidence.messages if row["cause_id"] in causes}
    deliveries = [row for row in flood.evidence.deliveries if row["message_id"] in messages]
    assert deliveries
    assert {row["state"] for row in deliveries} == {"served"}
    assert {flood.evidence.mails[str(row["message_id"])] for row in deliveries} == {1}


def test_the_numbers_of_documents_have_no_gaps(flood: Flood) -> None:
    series: dict[str, list[int]] = defaultdict(list)
    for row in flood.evidence.documents:
        if "〕" in row["number"]:
            series[row["kind"]].append(int(row["number"].rpartition("〕")[2].removesuffix("号")))
    for row in flood.evidence.series:
        assert sorted(series[row["kind"]]) == list(range(1, row["last"] + 1))


def _of(events: dict[UUID, Row], ids: Iterable[UUID]) -> Counter[UUID]:
    """How often each of these events is among the ids."""
    return Counter(event_id for event_id in ids if event_id in events)
