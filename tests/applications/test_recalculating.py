"""A notice of holidays on a real PostgreSQL: what it would move, what it moves, and that nothing is lost or done twice."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.applications import contracts as v
from services.applications import handlers, recalculating
from services.applications.contracts.recalculating import (
    AskRecalculation,
    CalendarPreview,
    ClocksRecomputedV1,
    PreviewCalendar,
)
from services.applications.domain.errors import InvalidRequest
from services.applications.domain.evolve import fold
from services.applications.methods.recalculating import ask_recalculation, preview_calendar
from services.applications.records import case_from_record, event_from_record
from services.applications.store import recalculating as rows
from services.catalogue.contracts import CalendarPublishedV1, CalendarYear
from shared import time
from shared.database import Database
from shared.deadlines import DeadlineError
from shared.identity import Role, system_actor
from shared.testing.actors import an_actor
from shared.testing.clock import Clock
from tests.applications.conftest import ALL_PAPERS, MAIN_PAPERS, Desk

KEEPER = an_actor(Role.KEEPER)
SYSTEM = system_actor("applications")
# So late in the year every date of more than two weeks lies in 2027, whose holidays nobody has announced yet.
DECEMBER = datetime(2026, 12, 16, 2, 0, tzinfo=time.SHANGHAI)


def notice_of_2027(*off: str, work: tuple[str, ...] = (), version: int = 1) -> CalendarYear:
    return CalendarYear.model_validate(
        {
            "year": 2027,
            "version": version,
            "notice": {
                "title": "国务院办公厅关于2027年部分节假日安排的通知",
                "number": "1号",
                "issued_on": "2026-12-16",
            },
            "holidays": [{"holiday": "元旦", "off": list(off), "work": list(work)}],
        }
    )


NEW_YEAR = notice_of_2027("2027-01-01")
# With two make-up days a period that runs through them ends a day earlier than by the weekend rule.
SHORTER = notice_of_2027("2027-01-01", work=("2027-01-02", "2027-01-03"))


async def arrives(desk: Desk, calendar: CalendarYear) -> None:
    async with desk.database.transaction() as connection:
        await recalculating.keep_calendar(connection, CalendarPublishedV1(calendar=calendar))


async def preview(desk: Desk, calendar: CalendarYear, **more: Any) -> CalendarPreview:
    request = PreviewCalendar.model_validate({"calendar": calendar.model_dump(mode="json")} | more)
    found: CalendarPreview = await desk.ask(preview_calendar, KEEPER, request)
    return found


async def clocks_of(desk: Desk, receipt: v.CaseReceipt) -> dict[str, v.ClockView]:
    return {clock.name: clock for clock in (await desk.view(receipt.case_id, explain=True)).clocks}


async def open_timers(desk: Desk, case_id: UUID) -> dict[str, datetime]:
    rows = await desk.rows(
        "SELECT kind, due_at FROM timers WHERE case_id = $1 AND settled_at IS NULL", case_id
    )
    return {row["kind"]: row["due_at"] for row in rows}


async def noticed_case(desk: Desk) -> v.CaseReceipt:
    """A case whose applicant was told until when to correct it."""
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    return await desk.notice(receipt, defects=[{"material_code": "A01-01", "reason": "not_sealed"}])


@pytest.fixture
def database_url(database_for: Callable[[str], str]) -> str:
    return database_for("applications")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The office's database at an address that another process can be told too."""
    database = Database(database_url)
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
async def december(desk: Desk, clock: Clock) -> Desk:
    clock.set_to(DECEMBER)
    return desk


async def test_a_notice_moves_the_dates_of_an_accepted_case_and_settles_them(december: Desk) -> None:
    receipt = await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    before = await clocks_of(december, receipt)
    assert (before["statutory"].due_on, before["statutory"].provisional) == (date(2027, 1, 13), True)
    await arrives(december, NEW_YEAR)
    assert await recalculating.work(december.office, SYSTEM) == 1
    after = await clocks_of(december, receipt)
    assert (after["statutory"].due_on, after["statutory"].provisional) == (date(2027, 1, 14), False)
    assert after["promised"].due_on == before["promised"].due_on
    assert after["statutory"].days[-1].day == date(2027, 1, 14)
    view = await december.view(receipt.case_id)
    assert (view.timeline[-1].event, view.version) == ("ClocksRecomputed", receipt.version + 1)


async def test_what_is_told_names_old_and_new_dates_and_both_editions_and_no_person(december: Desk) -> None:
    receipt = await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    await arrives(december, NEW_YEAR)
    await recalculating.work(december.office, SYSTEM)
    (row,) = await december.rows("SELECT body FROM outbox WHERE routing_key LIKE '%clocks_recomputed%'")
    told = ClocksRecomputedV1.model_validate(json.loads(row["body"])["data"])
    assert told.case_id == receipt.case_id
    assert (told.before, told.after) == ("2024v1 2025v1 2026v1", "2024v1 2025v1 2026v1 2027v1")
    (date_told,) = told.dates
    assert (date_told.clock, date_told.due_before, date_told.due_after) == (
        "statutory",
        date(2027, 1, 13),
        date(2027, 1, 14),
    )
    assert (date_told.provisional, date_told.told_to_applicant) == (False, True)
    for word in ("张三丰", "王小二", "13812341234", "staff:"):
        assert word not in row["body"]


async def test_a_date_told_to_the_applicant_is_not_cut_short_but_the_organs_own_is_exact(
    december: Desk,
) -> None:
    accepted = await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    noticed = await noticed_case(december)
    told = (await clocks_of(december, noticed))["correction"]
    assert told.due_on == date(2027, 1, 6)
    await arrives(december, SHORTER)
    await recalculating.work(december.office, SYSTEM)
    kept = (await clocks_of(december, noticed))["correction"]
    assert (kept.due_on, kept.provisional) == (told.due_on, False)
    assert kept.days[-1].kind == "kept_as_told"
    assert (await clocks_of(december, accepted))["statutory"].due_on == date(2027, 1, 12)


async def test_timers_move_with_the_date_and_come_back_with_it(december: Desk) -> None:
    noticed = await noticed_case(december)
    at_first = await open_timers(december, noticed.case_id)
    await arrives(december, NEW_YEAR)
    await recalculating.work(december.office, SYSTEM)
    assert await open_timers(december, noticed.case_id) == {
        "correction": at_first["correction"] + timedelta(days=1)
    }
    # A corrected notice that takes the holiday back does not cut the told date short.
    await arrives(december, notice_of_2027("2027-01-02", version=2))
    await recalculating.work(december.office, SYSTEM)
    assert await open_timers(december, noticed.case_id) == {
        "correction": at_first["correction"] + timedelta(days=1)
    }


async def test_a_timer_whose_date_moved_away_and_came_back_waits_again(desk: Desk, clock: Clock) -> None:
    clock.set_to(datetime(2026, 12, 29, 10, 0, tzinfo=time.SHANGHAI))
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    at_first = await open_timers(desk, receipt.case_id)
    await arrives(desk, NEW_YEAR)
    await recalculating.work(desk.office, SYSTEM)
    assert await open_timers(desk, receipt.case_id) == {"intake": at_first["intake"] + timedelta(days=1)}
    await arrives(desk, notice_of_2027("2027-01-02", version=2))
    await recalculating.work(desk.office, SYSTEM)
    assert await open_timers(desk, receipt.case_id) == at_first


async def test_the_supply_date_of_the_undertaking_moves_with_its_clock_and_its_reminders(
    desk: Desk, clock: Clock
) -> None:
    clock.set_to(datetime(2026, 12, 29, 10, 0, tzinfo=time.SHANGHAI))
    receipt = await desk.tolerate(await desk.submit(desk.tolerant(*MAIN_PAPERS)))
    before, timers_before = await desk.view(receipt.case_id), await open_timers(desk, receipt.case_id)
    assert before.tolerance is not None
    await arrives(desk, NEW_YEAR)
    await recalculating.work(desk.office, SYSTEM)
    after, timers_after = await desk.view(receipt.case_id), await open_timers(desk, receipt.case_id)
    assert after.tolerance is not None
    assert after.tolerance.supply_due_on > before.tolerance.supply_due_on
    assert after.tolerance.supply_due_on == (await clocks_of(desk, receipt))["supply"].due_on
    assert timers_after["supply"] > timers_before["supply"]
    assert timers_after["remind_0"] > timers_before["remind_0"]


async def test_a_settled_case_and_a_closed_case_record_nothing(december: Desk, clock: Clock) -> None:
    clock.set_to(datetime(2026, 11, 2, 10, 0, tzinfo=time.SHANGHAI))
    settled = await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    closed = await december.submit(december.request(*ALL_PAPERS))
    withdrawal = v.WithdrawCase(case_id=closed.case_id, expected_version=closed.version)
    await december.do(handlers.withdraw_case, december.zhang, withdrawal)
    await arrives(december, NEW_YEAR)
    await recalculating.work(december.office, SYSTEM)
    assert (await december.view(settled.case_id)).version == settled.version
    assert (await december.rows("SELECT count(*) FROM recalculations"))[0][0] == 0


async def test_the_same_notice_again_queues_nothing(december: Desk) -> None:
    await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    await arrives(december, NEW_YEAR)
    await recalculating.work(december.office, SYSTEM)
    await arrives(december, NEW_YEAR)
    assert await recalculating.work(december.office, SYSTEM) == 0


async def test_a_case_that_was_begun_with_the_old_calendar_meanwhile_is_found_a_little_later(
    december: Desk, clock: Clock
) -> None:
    await arrives(december, NEW_YEAR)
    assert await recalculating.work(december.office, SYSTEM) == 0
    # This office has not read the notice: nothing told it to.
    assert december.office.calendar.year(2027) is None
    late = await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    clock.set_to(DECEMBER + timedelta(seconds=20))
    assert await recalculating.work(december.office, SYSTEM) == 1
    assert (await clocks_of(december, late))["statutory"].due_on == date(2027, 1, 14)


async def test_a_case_that_was_begun_with_the_new_calendar_is_not_counted_again(
    december: Desk, clock: Clock
) -> None:
    await arrives(december, NEW_YEAR)
    await december.office.refresh()
    await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    clock.set_to(DECEMBER + timedelta(seconds=20))
    assert await recalculating.work(december.office, SYSTEM) == 0


async def test_several_workers_count_each_case_once_and_the_fold_stays_true(december: Desk) -> None:
    receipts = [
        await december.accept(await december.submit(december.request(*ALL_PAPERS))) for _ in range(12)
    ]
    await arrives(december, NEW_YEAR)
    await asyncio.gather(*(recalculating.work(december.office, SYSTEM) for _ in range(4)))
    rows = await december.rows("SELECT case_id FROM case_events WHERE name = 'ClocksRecomputed'")
    assert sorted(row["case_id"] for row in rows) == sorted(receipt.case_id for receipt in receipts)
    for receipt in receipts:
        events = await december.rows(
            "SELECT name, schema_version, data FROM case_events WHERE case_id = $1 ORDER BY version",
            receipt.case_id,
        )
        folded = fold(receipt.case_id, [event_from_record(*row) for row in events])
        (row,) = await december.rows("SELECT body FROM cases WHERE id = $1", receipt.case_id)
        assert folded == case_from_record(row["body"])


async def test_killed_workers_lose_nothing_and_do_nothing_twice(
    december: Desk, database_url: str, secrets_dir: Path
) -> None:
    """Twice a worker is killed with -9 in the middle of its work; the third finds exactly the rest."""
    receipts = [
        await december.accept(await december.submit(december.request(*ALL_PAPERS))) for _ in range(60)
    ]
    await arrives(december, NEW_YEAR)
    for done in (10, 30):
        worker = await a_worker(database_url, secrets_dir)
        await counted(december, done)
        worker.kill()
        assert await worker.wait() == -9
    left = (await december.rows("SELECT count(*) FROM recalculations"))[0][0]
    assert 0 < left < len(receipts)
    assert await (await a_worker(database_url, secrets_dir)).wait() == 0
    rows = await december.rows(
        """
        SELECT e.case_id, c.version FROM case_events AS e JOIN cases AS c ON c.id = e.case_id
        WHERE e.name = 'ClocksRecomputed'
        """
    )
    assert sorted(row["case_id"] for row in rows) == sorted(receipt.case_id for receipt in receipts)
    assert {row["version"] for row in rows} == {3}
    sent = await december.rows("SELECT subject FROM outbox WHERE routing_key LIKE '%clocks_recomputed%'")
    assert len({row["subject"] for row in sent}) == len(sent) == len(receipts)
    assert not await december.rows("SELECT 1 FROM recalculations")


async def a_worker(database_url: str, secrets_dir: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.applications.recalculating_worker", database_url, str(secrets_dir)
    )


async def counted(desk: Desk, wanted: int) -> None:
    async with asyncio.timeout(30):
        while True:
            rows = await desk.rows("SELECT count(*) FROM case_events WHERE name = 'ClocksRecomputed'")
            if rows[0][0] >= wanted:
                return


async def test_a_case_that_cannot_be_counted_waits_and_holds_up_no_other(
    december: Desk, clock: Clock
) -> None:
    broken = await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    whole = await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    await december.rows(
        "UPDATE cases SET body = body - 'clocks' || '{\"clocks\": 5}' WHERE id = $1", broken.case_id
    )
    await arrives(december, NEW_YEAR)
    await recalculating.work(december.office, SYSTEM)
    assert (await clocks_of(december, whole))["statutory"].due_on == date(2027, 1, 14)
    (row,) = await december.rows("SELECT case_id, attempts FROM recalculations")
    assert (row["case_id"], row["attempts"]) == (broken.case_id, 1)
    waiting = await december.ask(ask_recalculation, KEEPER, AskRecalculation())
    assert waiting.waiting == 1
    assert waiting.edition.endswith("2027v1")


async def test_the_list_before_loading_shows_every_open_date_and_stores_nothing(december: Desk) -> None:
    accepted = await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    await noticed_case(december)
    shown = await preview(december, SHORTER)
    assert (shown.dates, shown.moved, shown.open_cases) == (3, 1, 2)
    statutory = next(line for line in shown.lines if line.clock == "statutory")
    assert (statutory.case_no, statutory.due_before, statutory.due_after) == (
        accepted.case_no,
        date(2027, 1, 13),
        date(2027, 1, 12),
    )
    correction = next(line for line in shown.lines if line.clock == "correction")
    assert correction.kept_as_told
    assert (correction.provisional_before, correction.provisional_after) == (True, False)
    assert [line.clock for line in (await preview(december, SHORTER, only_moved=True)).lines] == ["statutory"]
    assert december.office.calendar.year(2027) is None
    assert not await december.rows("SELECT 1 FROM recalculations")


async def test_the_list_comes_in_pages_the_nearest_date_first(december: Desk) -> None:
    for _ in range(5):
        await december.accept(await december.submit(december.request(*ALL_PAPERS)))
    found, cursor = [], None
    for _ in range(3):
        page = await preview(december, NEW_YEAR, limit=2, cursor=cursor)
        found += [line.case_no for line in page.lines if line.clock == "statutory"]
        cursor = page.next_cursor
    assert cursor is None
    assert len(set(found)) == 5


@pytest.mark.parametrize("cursor", ["x", "2026-01-01", "2026-01-01_x", "9999-99-99_" + "0" * 32])
async def test_a_cursor_that_is_not_ours_is_refused(december: Desk, cursor: str) -> None:
    with pytest.raises(InvalidRequest, match="bad_cursor"):
        await preview(december, NEW_YEAR, cursor=cursor)


async def test_a_notice_that_is_loaded_already_or_cannot_be_has_no_list(december: Desk) -> None:
    with pytest.raises(DeadlineError, match="bad_calendar"):
        await preview(december, notice_of_2027("2028-01-01"))
    await arrives(december, NEW_YEAR)
    await december.office.refresh()
    with pytest.raises(InvalidRequest, match="calendar_not_newer"):
        await preview(december, NEW_YEAR)


@pytest.mark.parametrize(
    ("sql", "arguments", "index"),
    [
        (rows._PAGE, (date(1, 1, 1), UUID(int=0), 100), "cases_open_dates"),
        (rows._TAKE, (DECEMBER,), "recalculations_pkey"),
    ],
)
async def test_a_question_reads_along_its_index_without_sorting(
    december: Desk, sql: str, arguments: tuple[Any, ...], index: str
) -> None:
    await december.submit(december.request(*ALL_PAPERS))
    await arrives(december, NEW_YEAR)
    async with december.database.transaction() as connection:
        # On a handful of rows a scan and a sort look cheap; on a million the order of the index is what counts.
        await connection.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off")
        (row,) = await connection.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
    plan = row[0] if isinstance(row[0], str) else json.dumps(row[0])
    assert index in plan
    assert "Seq Scan" not in plan
    assert '"Sort"' not in plan
