"""Every question has its index: no list sorts, and no query reads a whole table."""

import json
from datetime import date
from uuid import UUID, uuid4

import pytest

from services.applications.store import cases, lists
from services.applications.store import timers as timer_rows
from services.applications.store.intake import _WRITE
from shared import time
from tests.applications.conftest import ALL_PAPERS, Desk

PERSON, CASE = uuid4(), uuid4()
QUESTIONS = {
    "desk": (lists._OF_A_UNIT["desk"], ("u", date(1, 1, 1), UUID(int=0), 20, None), "cases_desk"),
    "review": (lists._OF_A_UNIT["review"], ("u", date(1, 1, 1), UUID(int=0), 20, None), "cases_in_review"),
    "delivery": (
        lists._OF_A_UNIT["delivery"],
        ("u", date(1, 1, 1), UUID(int=0), 20, None),
        "cases_to_deliver",
    ),
    "partner": (lists._OF_A_PARTNER, ("p", UUID(int=0), 20), "cases_partner"),
    "mine": (
        lists._PAGE_OF_A_PERSON.strip(" \n()"),
        (PERSON, UUID(int=1), 20, date(2026, 9, 18)),
        "parties_person",
    ),
    "one": (cases._LOAD, (CASE, "u", None, None, None), "cases_pkey"),
    "by number": (cases._LOAD_BY_NUMBER, ("11341600762764234C",), "cases_case_no_key"),
    "record": ("SELECT * FROM case_events WHERE case_id = $1 ORDER BY version", (CASE,), "case_events_pkey"),
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_a_question_reads_along_its_index_without_sorting(desk: Desk, name: str):
    await desk.submit(desk.request(*ALL_PAPERS))
    sql, arguments, index = QUESTIONS[name]
    async with desk.database.transaction() as connection:
        # On a handful of rows a bitmap and a sort look cheap; on a million the order of the index is what counts.
        await connection.execute("SET LOCAL enable_bitmapscan = off")
        (row,) = await connection.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
    plan = row[0] if isinstance(row[0], str) else json.dumps(row[0])
    assert index in plan
    assert "Seq Scan" not in plan
    assert '"Sort"' not in plan


async def test_the_next_due_timer_is_found_along_the_index(desk: Desk):
    await desk.submit(desk.request(*ALL_PAPERS))
    async with desk.database.transaction() as connection:
        assert await timer_rows.next_due(connection, time.now(), 16) == []


def test_a_submission_is_one_statement_that_is_kept_prepared():
    # asyncpg keeps no statement above 15 KiB.
    assert len(_WRITE) < 15 * 1024
    assert _WRITE.count("INSERT INTO") == 8
