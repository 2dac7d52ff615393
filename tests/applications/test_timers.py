"""Many timers at once, several replicas, and one case that cannot be worked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from services.applications import timers
from services.applications.office import Office
from services.applications.store import timers as rows
from shared import time
from shared.database import Database
from shared.identity import system_actor
from shared.testing.clock import Clock
from tests.applications.conftest import ALL_PAPERS, MAIN_PAPERS, Desk, day

SYSTEM = system_actor("applications")


@pytest.fixture
async def other_replica(desk: Desk) -> AsyncIterator[Office]:
    """Another replica: its own connections to the same database, and nothing else in common."""
    database = Database(desk.database._url)
    await database.start()
    yield replace(desk.office, database=database)
    await database.stop()


async def events(desk: Desk) -> list[Any]:
    """What timers have made happen, in the order of the record."""
    return await desk.rows(
        "SELECT case_id, name FROM case_events WHERE actor_role = 'system' ORDER BY recorded_at, version"
    )


async def test_two_replicas_fire_each_of_many_timers_once(desk: Desk, other_replica: Office, clock: Clock):
    for number in range(40):
        receipt = await desk.submit(desk.request(*ALL_PAPERS))
        if number % 2:
            await desk.notice(receipt, defects=[{"material_code": "A01-04", "reason": "not_sealed"}])
    clock.set_to(day(11, 20))

    worked = await asyncio.gather(
        timers.work(desk.office, SYSTEM), timers.work(other_replica, SYSTEM), timers.work(desk.office, SYSTEM)
    )

    # Each of the deemed cases is over its promised and its statutory time too.
    assert sum(worked) == 80
    assert Counter(row["name"] for row in await events(desk)) == {
        "Accepted": 20,
        "DutyBreached": 60,
        "Lapsed": 20,
    }
    states = await desk.rows("SELECT state, count(*) FROM cases GROUP BY state")
    assert dict(states) == {"ACCEPTED_DEEMED": 20, "LAPSED_NO_CORRECTION": 20}
    # No number of the notices is left out and none is given twice, whichever replica sealed them.
    numbers = await desk.rows("SELECT number FROM documents WHERE kind = 'termination_notice'")
    serials = sorted(int(row["number"].rpartition("〕")[2].removesuffix("号")) for row in numbers)
    assert serials == list(range(1, 21))


async def test_two_replicas_racing_for_one_timer_fire_it_once(
    desk: Desk, other_replica: Office, clock: Clock
):
    for month in (9, 10, 11):
        await desk.submit(desk.request(*ALL_PAPERS))
        clock.set_to(day(month + 1, 20))
        await asyncio.gather(*(timers.work(office, SYSTEM) for office in (desk.office, other_replica) * 3))
    assert Counter(row["name"] for row in await events(desk)) == {"Accepted": 3, "DutyBreached": 9}
    settled = await desk.rows("SELECT count(*) AS n FROM timers WHERE settled_at IS NOT NULL AND fired")
    assert settled[0]["n"] == 9


async def test_a_replica_passes_over_the_cases_that_another_one_holds(
    desk: Desk, other_replica: Office, clock: Clock
):
    held = await desk.submit(desk.request(*ALL_PAPERS))
    free = await desk.submit(desk.request(*ALL_PAPERS))
    clock.set_to(day(9, 28))
    async with other_replica.database.transaction() as connection:
        await connection.execute("SELECT 1 FROM cases WHERE id = $1 FOR UPDATE", held.case_id)
        # The acceptance by silence, and the promise that was broken by then.
        assert await timers.work(desk.office, SYSTEM) == 2
    assert (await desk.view(held.case_id)).state == "SUBMITTED"
    assert (await desk.view(free.case_id)).state == "ACCEPTED_DEEMED"
    assert await timers.work(other_replica, SYSTEM) == 2
    assert (await desk.view(held.case_id)).state == "ACCEPTED_DEEMED"


async def test_the_timers_of_a_case_come_in_order_even_when_all_are_due(desk: Desk, clock: Clock):
    receipts = [
        await desk.tolerate(await desk.submit(desk.tolerant(*MAIN_PAPERS, "A01-08"))) for _ in range(3)
    ]
    clock.set_to(day(10, 9))
    async with desk.database.transaction() as connection:
        together = await rows.next_due(connection, time.now(), 100)
    assert Counter(timer.case_id for timer in together) == {receipt.case_id: 1 for receipt in receipts}
    assert {timer.kind for timer in together} == {"remind_2"}
    await desk.work_timers()
    fired = await desk.rows("SELECT case_id, kind FROM timers WHERE fired ORDER BY settled_at, due_at")
    for receipt in receipts:
        mine = [row["kind"] for row in fired if row["case_id"] == receipt.case_id]
        assert mine == ["intake", "remind_2", "remind_1", "remind_0", "supply"][-len(mine) :]
        assert mine[-1] == "supply"


async def test_a_case_that_cannot_be_worked_stops_no_other_and_is_tried_again(desk: Desk, clock: Clock):
    receipts = [await desk.submit(desk.request("A01-01")) for _ in range(5)]
    for receipt in receipts:
        await desk.notice(receipt)
    broken = receipts[2].case_id
    await desk.rows("UPDATE parties SET role = 'lost' WHERE case_id = $1 AND role = 'contact'", broken)
    clock.set_to(day(11, 20))

    await desk.work_timers()

    states = {row["id"]: row["state"] for row in await desk.rows("SELECT id, state FROM cases")}
    assert states.pop(broken) == "CORRECTION_NOTICED"
    assert set(states.values()) == {"LAPSED_NO_CORRECTION"}
    (waiting,) = await desk.rows("SELECT * FROM timers WHERE settled_at IS NULL")
    assert (waiting["case_id"], waiting["attempts"]) == (broken, 1)
    assert waiting["retry_at"] > time.now()

    assert await desk.work_timers() == 0  # not before its time
    await desk.rows("UPDATE parties SET role = 'contact' WHERE case_id = $1 AND role = 'lost'", broken)
    clock.move(minutes=2)
    assert await desk.work_timers() == 1
    assert (await desk.view(broken)).state == "LAPSED_NO_CORRECTION"


async def test_a_case_whose_row_cannot_be_written_takes_no_other_down(desk: Desk, clock: Clock):
    receipts = [await desk.submit(desk.request("A01-01")) for _ in range(5)]
    for receipt in receipts:
        await desk.notice(receipt)
    broken = receipts[2].case_id
    await desk.rows(
        f"ALTER TABLE cases ADD CONSTRAINT broken CHECK (id <> '{broken}' OR state = 'CORRECTION_NOTICED')"
    )
    clock.set_to(day(11, 20))

    assert await timers.work(desk.office, SYSTEM) == 5

    states = {row["id"]: row["state"] for row in await desk.rows("SELECT id, state FROM cases")}
    assert states.pop(broken) == "CORRECTION_NOTICED"
    assert set(states.values()) == {"LAPSED_NO_CORRECTION"}
    assert not await desk.rows(
        "SELECT 1 FROM outbox WHERE subject = $1 AND routing_key LIKE '%lapsed%'", str(broken)
    )
    # The number that the broken case had taken went to another one.
    numbers = await desk.rows("SELECT number FROM documents WHERE kind = 'termination_notice'")
    serials = sorted(int(row["number"].rpartition("〕")[2].removesuffix("号")) for row in numbers)
    assert serials == [1, 2, 3, 4]
    (waiting,) = await desk.rows("SELECT case_id, attempts FROM timers WHERE settled_at IS NULL")
    assert (waiting["case_id"], waiting["attempts"]) == (broken, 1)
