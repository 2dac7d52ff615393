"""The lists of what waits: along one index each, page after page, and nothing of what is somebody else's."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.applications.domain.errors import InvalidRequest
from services.applications.domain.lanes import Lane
from services.applications.store import lists, posts
from services.applications.store.lists import tasks_query
from shared.testing.actors import OTHER_UNIT, UNIT
from tests.applications.conftest import ALL_PAPERS, Desk
from tests.applications.test_reviewing import ANNA, BO, an_accepted_case, the_list

MINE = (Lane("role:approver"), Lane("post:规划科长"), Lane("role:clerk", items=("a",)))
FIRST_PLACE = (date(1, 1, 1), 0, 20)


async def a_task(
    desk: Desk, due_on: date, *, lane: str = "role:approver", unit: str = UNIT, barred: Any = ()
) -> None:
    """A task of an accepted case, put there without the walk to it."""
    receipt = await an_accepted_case(desk)
    await desk.rows(
        """
        INSERT INTO tasks (case_id, unit, step, lane, role, barred, due_on, opened_at)
        VALUES ($1, $2, 'look', $3, 'approver', $4, $5, now())
        """,
        receipt.case_id,
        unit,
        lane,
        list(barred),
        due_on,
    )


@pytest.mark.parametrize("person", ["staff:anna", None])
@pytest.mark.parametrize("lanes", [MINE[:1], MINE[:2], MINE])
async def test_the_lists_of_what_waits_read_along_their_index_without_sorting(
    desk: Desk, lanes: tuple[Lane, ...], person: str | None
):
    await desk.rows(
        """
        INSERT INTO tasks (case_id, unit, step, lane, role, due_on, opened_at)
        SELECT gen_random_uuid(), $1, 'look',
            (ARRAY['role:approver', 'post:规划科长', 'role:clerk'])[1 + n % 3], 'approver',
            '2026-10-01'::date + n % 90, now() FROM generate_series(1, 20000) AS n
        """,
        UNIT,
    )
    await desk.rows("ANALYZE tasks")
    sql, arguments = tasks_query(lanes, person)
    async with desk.database.transaction() as connection:
        await connection.execute("SET LOCAL enable_bitmapscan = off")
        (row,) = await connection.fetch(f"EXPLAIN (FORMAT JSON) {sql}", UNIT, *FIRST_PLACE, *arguments)
    plan = row[0] if isinstance(row[0], str) else json.dumps(row[0])
    assert plan.count("tasks_lane") == len(lanes)
    assert '"Sort"' not in plan


@pytest.mark.parametrize(
    ("sql", "arguments", "index"),
    [
        (lists._LANES_OF_A_UNIT, ("u",), "tasks_lane"),
        (lists._LINES, ([uuid4()], "u"), "cases_pkey"),
        (posts._EARLIER, ("item", uuid4(), "2026-09-18"), "cases_accepted"),
    ],
)
async def test_each_question_beside_the_lists_has_its_index(
    desk: Desk, sql: str, arguments: tuple[Any, ...], index: str
):
    await desk.submit(desk.request(*ALL_PAPERS))
    async with desk.database.transaction() as connection:
        await connection.execute("SET LOCAL enable_seqscan = off")
        (row,) = await connection.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
    plan = row[0] if isinstance(row[0], str) else json.dumps(row[0])
    assert index in plan
    assert "Seq Scan" not in plan


async def test_the_nearest_date_comes_first_page_after_page_without_gap_or_repetition(desk: Desk):
    for days in (5, 1, 9, 3, 3, 7):
        await a_task(desk, date(2026, 9, 1) + timedelta(days), lane="post:规划科长")
    page, found = None, []
    while True:
        lanes = (Lane("role:approver"), Lane("post:规划科长"))
        async with desk.database.acquire() as connection:
            page = await lists.waiting_for(connection, UNIT, ANNA.id, lanes, page and page.next_cursor, 5)
        found += page.tasks
        assert len(page.tasks) <= 5
        if page.next_cursor is None:
            break
    # Six cases have a task of their own, and the decision.
    assert len({row["id"] for row in found}) == len(found) == 12
    assert [row["due_on"] for row in found] == sorted(row["due_on"] for row in found)
    assert [row["due_on"].day for row in found[:6]] == [2, 4, 4, 6, 8, 10]


async def test_nothing_barred_and_nothing_of_another_unit_is_listed(desk: Desk):
    await a_task(desk, date(2026, 9, 1), barred=(ANNA.id,))
    await a_task(desk, date(2026, 9, 2), unit=OTHER_UNIT)
    steps = [one.step for one in (await the_list(desk, "waiting_for_me", ANNA)).items]
    assert steps == ["decision", "decision"]
    assert [one.step for one in (await the_list(desk, "waiting_for_me", BO)).items] == ["look", *steps]


async def test_a_stand_in_finds_only_the_cases_that_the_holder_may_not_touch(desk: Desk):
    await a_task(desk, date(2026, 9, 1), lane="post:规划科长", barred=("staff:holder",))
    await a_task(desk, date(2026, 9, 2), lane="post:规划科长")
    lanes = (Lane("post:规划科长", instead_of="staff:holder"),)
    async with desk.database.acquire() as connection:
        page = await lists.waiting_for(connection, UNIT, BO.id, lanes, None, 9)
    assert [row["due_on"] for row in page.tasks] == [date(2026, 9, 1)]


async def test_a_delegate_for_an_item_finds_only_its_cases(desk: Desk):
    await a_task(desk, date(2026, 9, 1), lane="role:organ_head")
    for items, count in (((desk.item_code,), 1), (("another",), 0)):
        async with desk.database.acquire() as connection:
            lanes = (Lane("role:organ_head", items=items),)
            page = await lists.waiting_for(connection, UNIT, BO.id, lanes, None, 9)
        assert len(page.tasks) == count


@pytest.mark.parametrize(
    "cursor", ["abc", "MjAyNi0wOS0yNA", "MjAyNi0wOS0yNCAtMQ", "MjAyNi0wOS0yNCA5OTk5OTk5OTk5OTk5OTk5OTk5OQ"]
)
async def test_a_cursor_that_is_none_of_ours_is_refused(desk: Desk, cursor: str):
    with pytest.raises(InvalidRequest, match="bad_cursor"):
        await the_list(desk, "waiting_for_me", ANNA, cursor=cursor)
