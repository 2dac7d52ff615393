"""The register on a real PostgreSQL: importing, looking, repairing, withdrawing; nothing is lost and nothing counts twice."""

import asyncio
import json
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from services.applications.contracts.credit import ListCredit, RepairCredit, WithdrawCreditRecord
from services.applications.credit import ending, looking, register
from services.applications.domain.credit import CreditAnswer
from services.applications.domain.errors import DomainError, InvalidRequest, NotFound
from services.applications.store import credit as rows
from shared import time
from shared.testing.clock import Clock
from tests.applications.credit.conftest import FRIDAY, Keeper
from tests.applications.credit.files import (
    COMPANY_CODE,
    DEBTOR,
    GRADED,
    SERIOUS,
    TODAY,
    ZHANG_ID,
    changed,
    csv_of,
    xlsx_of,
)


async def answer_about(keeper: Keeper, kind: str, number: str) -> CreditAnswer:
    async with keeper.work() as work:
        return await register.read(work.connection, keeper.person(kind, number), time.now())


async def kinds_against(keeper: Keeper, kind: str, number: str) -> list[str]:
    return [record.kind for record in (await answer_about(keeper, kind, number)).records]


async def test_an_imported_record_counts_and_cites_its_list_and_number(keeper: Keeper):
    report = await keeper.bring(csv_of(DEBTOR, SERIOUS, GRADED))
    assert (report.lines, report.imported, report.known, report.refused) == (3, 3, 0, 0)
    (record,) = (await answer_about(keeper, "111", ZHANG_ID)).records
    assert (record.kind, record.recorded_on) == ("dishonest_debtor", date(2026, 3, 2))
    assert record.list_item == "全国失信惩戒措施基础清单 第1项"
    assert (record.source, record.reference) == ("信用中国（安徽）", "（2026）皖1602执123号")


async def test_a_grade_is_known_beside_the_records_and_the_newest_one_counts(keeper: Keeper):
    better = changed(GRADED, 认定日期="2026-09-01", 评价等级="良")
    await keeper.bring(csv_of(GRADED, better, SERIOUS))
    answer = await answer_about(keeper, "USCC", COMPANY_CODE)
    assert (answer.grade, answer.graded_on) == ("B", date(2026, 9, 1))
    assert [record.kind for record in answer.records] == ["serious_discredit"]


async def test_the_same_file_again_imports_nothing(keeper: Keeper):
    await keeper.bring(csv_of(DEBTOR, SERIOUS, GRADED))
    again = await keeper.bring(xlsx_of(GRADED, SERIOUS, DEBTOR))
    assert (again.imported, again.known) == (0, 3)
    assert await keeper.count("credit_records") == 3


async def test_one_wrong_line_keeps_the_whole_file_out(keeper: Keeper):
    content = csv_of(DEBTOR, changed(SERIOUS, 认定日期="bald"), changed(SERIOUS, 记录种类=""))
    with pytest.raises(InvalidRequest, match="credit_file_faulty") as refused:
        await keeper.bring(content)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/lines/3/recorded_on", "date_format"),
        ("/lines/4/kind", "value_missing"),
    ]
    assert await keeper.count("credit_records") == 0
    assert await keeper.count("credit_imports") == 0
    assert await keeper.published("credit_imported") == []


async def test_what_is_right_comes_in_when_asked_for(keeper: Keeper):
    report = await keeper.bring(csv_of(DEBTOR, changed(SERIOUS, 认定日期="bald")), partial=True)
    assert (report.imported, report.refused) == (1, 1)
    assert [fault.line for fault in report.faults] == [3]
    assert await keeper.count("credit_records") == 1


async def test_a_dry_run_tells_everything_and_writes_nothing(keeper: Keeper):
    await keeper.bring(csv_of(DEBTOR))
    report = await keeper.bring(csv_of(DEBTOR, SERIOUS, changed(SERIOUS, 认定日期="x")), dry_run=True)
    assert (report.imported, report.known, report.refused) == (1, 1, 1)
    assert report.import_id is None
    assert await keeper.count("credit_records") == 1
    assert await keeper.count("credit_imports") == 1


async def test_another_record_under_a_known_number_is_told_and_changes_nothing(keeper: Keeper):
    await keeper.bring(csv_of(DEBTOR))
    other = changed(DEBTOR, 证件号码="340524188001010014")
    with pytest.raises(InvalidRequest) as refused:
        await keeper.bring(csv_of(changed(DEBTOR, 认定日期="2026-03-03")))
    assert [fault.code for fault in refused.value.errors] == ["reference_taken"]
    with pytest.raises(InvalidRequest):
        await keeper.bring(csv_of(other))
    assert [record.recorded_on for record in await keeper.records_of("111", ZHANG_ID)] == [date(2026, 3, 2)]


async def test_two_imports_at_once_bring_each_record_once(keeper: Keeper):
    numbers = [changed(DEBTOR, 来源记录编号=f"编号{number}") for number in range(200)]
    files = [csv_of(*numbers), csv_of(*reversed(numbers)), csv_of(*numbers, SERIOUS)]
    reports = await asyncio.gather(*(keeper.bring(content) for content in files))
    assert sum(report.imported for report in reports) == 201
    assert sum(report.known for report in reports) == 400
    assert await keeper.count("credit_records") == 201


async def test_an_import_is_an_audited_look_and_publishes_no_person(keeper: Keeper):
    await keeper.bring(csv_of(DEBTOR))
    (told,) = await keeper.published("credit_imported")
    assert told["actor"] == "staff:keeper"
    assert (told["data"]["imported"], told["data"]["unit"]) == (1, keeper.actor.unit)
    text = json.dumps(told, ensure_ascii=False)
    assert ZHANG_ID not in text
    assert "九月信用名单更新" not in text
    (look,) = await keeper.database.fetch("SELECT * FROM credit_looks")
    assert look["viewed"] == "import"
    assert (
        keeper.keyring.decrypt_text(look["purpose"], context=f"credit-look:{look['id']}")
        == "九月信用名单更新"
    )


async def test_no_column_holds_a_certificate_number(keeper: Keeper):
    await keeper.bring(csv_of(DEBTOR, SERIOUS))
    await keeper.records_of("111", ZHANG_ID)
    for table in ("credit_records", "credit_imports", "credit_looks", "outbox", "credit_changes"):
        for row in await keeper.database.fetch(f"SELECT * FROM {table}"):
            assert ZHANG_ID not in str(dict(row))
            assert COMPANY_CODE not in str(dict(row))


async def test_asking_about_a_person_is_recorded_even_when_nothing_is_found(keeper: Keeper):
    assert await keeper.records_of("111", ZHANG_ID) == ()
    (told,) = await keeper.published("credit_viewed")
    assert told["data"]["person_id"] == str(keeper.person("111", ZHANG_ID))
    assert told["data"]["viewed"] == "register"
    assert "核对异议" not in json.dumps(told, ensure_ascii=False)


async def imported(keeper: Keeper) -> UUID:
    await keeper.bring(csv_of(DEBTOR))
    (record,) = await keeper.records_of("111", ZHANG_ID)
    return record.record_id


def repairing(record_id: UUID, on: date = TODAY) -> RepairCredit:
    return RepairCredit(record_id=record_id, instrument="亳信修〔2026〕3号", repaired_on=on)


async def test_a_repair_restores_eligibility_from_its_day_and_the_record_stays(keeper: Keeper):
    record_id = await imported(keeper)
    shown = await keeper.do(ending.repair, repairing(record_id))
    assert (shown.state, shown.instrument) == ("repaired", "亳信修〔2026〕3号")
    assert await kinds_against(keeper, "111", ZHANG_ID) == []
    (record,) = await keeper.records_of("111", ZHANG_ID)
    assert (record.state, record.repaired_on) == ("repaired", TODAY)


async def test_a_repair_with_a_day_to_come_counts_from_that_day(keeper: Keeper, clock: Clock):
    shown = await keeper.do(ending.repair, repairing(await imported(keeper), TODAY + timedelta(days=3)))
    assert shown.state == "counts"
    assert await kinds_against(keeper, "111", ZHANG_ID) == ["dishonest_debtor"]
    clock.set_to(FRIDAY + timedelta(days=2))
    assert await kinds_against(keeper, "111", ZHANG_ID) == ["dishonest_debtor"]
    clock.set_to(FRIDAY + timedelta(days=3))
    assert await kinds_against(keeper, "111", ZHANG_ID) == []


async def test_a_default_of_this_platform_is_repaired_the_same_way(keeper: Keeper):
    default_id, person = uuid4(), keeper.person("111", ZHANG_ID)
    async with keeper.work() as work:
        await rows.record_default(work.connection, default_id, person, uuid4(), TODAY)
    assert await kinds_against(keeper, "111", ZHANG_ID) == ["broken_undertaking"]
    shown = await keeper.do(ending.repair, repairing(default_id))
    assert (shown.register_name, shown.state) == ("defaults", "repaired")
    assert await kinds_against(keeper, "111", ZHANG_ID) == []
    assert await keeper.count("defaults") == 1


async def test_a_repair_is_published_with_ids_only(keeper: Keeper):
    record_id = await imported(keeper)
    await keeper.do(ending.repair, repairing(record_id))
    (told,) = await keeper.published("credit_repaired")
    assert told["subject"] == str(record_id)
    assert told["data"]["record_id"] == str(record_id)
    assert "亳信修" not in json.dumps(told, ensure_ascii=False)


async def test_a_repair_before_the_record_and_a_second_one_are_refused(keeper: Keeper):
    record_id = await imported(keeper)
    with pytest.raises(InvalidRequest, match="repaired_before_recorded"):
        await keeper.do(ending.repair, repairing(record_id, date(2026, 3, 1)))
    await keeper.do(ending.repair, repairing(record_id))
    with pytest.raises(DomainError, match="credit_record_ended"):
        await keeper.do(ending.repair, repairing(record_id))
    with pytest.raises(NotFound, match="credit_record_not_found"):
        await keeper.do(ending.repair, repairing(uuid4()))


async def test_two_repairs_at_once_are_one_repair(keeper: Keeper):
    record_id = await imported(keeper)
    async with keeper.work() as first:
        await ending.repair(first, repairing(record_id))
        # The second finds the record locked and waits for the first to be committed.
        second = asyncio.create_task(keeper.do(ending.repair, repairing(record_id)))
        await asyncio.sleep(0.2)
        assert not second.done()
    with pytest.raises(DomainError, match="credit_record_ended"):
        await second
    assert len(await keeper.published("credit_repaired")) == 1


async def test_a_wrong_record_is_withdrawn_with_its_reason_and_stays_withdrawn(keeper: Keeper):
    record_id = await imported(keeper)
    request = WithdrawCreditRecord(record_id=record_id, reason="张三丰提出异议：同名不同人")
    shown = await keeper.do(ending.withdraw, request)
    assert (shown.state, shown.withdrawn_on) == ("withdrawn", TODAY)
    assert await kinds_against(keeper, "111", ZHANG_ID) == []
    (change,) = await keeper.database.fetch("SELECT * FROM credit_changes")
    assert change["change"] == "withdrawn"
    assert "张三丰" not in str(dict(change))
    opened = keeper.keyring.decrypt_text(change["reason"], context=f"credit-change:{change['id']}")
    assert opened == "张三丰提出异议：同名不同人"
    assert len(await keeper.published("credit_record_withdrawn")) == 1
    # The same list again brings nothing back.
    assert (await keeper.bring(csv_of(DEBTOR))).known == 1
    assert await kinds_against(keeper, "111", ZHANG_ID) == []
    for act, again in ((ending.withdraw, request), (ending.repair, repairing(record_id))):
        with pytest.raises(DomainError, match="credit_record_ended"):
            await keeper.do(act, again)


async def test_a_repaired_record_can_still_turn_out_to_be_wrong(keeper: Keeper):
    record_id = await imported(keeper)
    await keeper.do(ending.repair, repairing(record_id))
    await keeper.do(ending.withdraw, WithdrawCreditRecord(record_id=record_id, reason="异议成立"))
    (told,) = await keeper.published("credit_record_withdrawn")
    assert told["sequence"] == 2


async def test_the_list_shows_both_registers_page_by_page_and_nobody_in_it(keeper: Keeper):
    await keeper.bring(csv_of(*(changed(DEBTOR, 来源记录编号=f"编号{n}") for n in range(5)), SERIOUS))
    async with keeper.work() as work:
        await rows.record_default(work.connection, uuid4(), keeper.person("111", ZHANG_ID), uuid4(), TODAY)
    seen, cursor = [], None
    while True:
        page = await keeper.do(looking.list_page, ListCredit(cursor=cursor, limit=2))
        seen += page.records
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len({record.record_id for record in seen}) == len(seen) == 7
    days = [record.recorded_on for record in seen]
    assert days == sorted(days, reverse=True)
    assert seen[0].register_name == "defaults"
    assert ZHANG_ID not in repr(seen)


@pytest.mark.parametrize("cursor", ["AAAA", "MjAyNi0wMi0zMGFiYw", "x"])
async def test_a_made_up_cursor_is_refused(keeper: Keeper, cursor: str):
    with pytest.raises(InvalidRequest, match="invalid_cursor"):
        await keeper.do(looking.list_page, ListCredit(cursor=cursor))


QUESTIONS = {
    "counting": (rows.COUNTING, (uuid4(), TODAY), ("credit_records_of_person", "defaults_of_person")),
    "person": (rows.OF_A_PERSON, (uuid4(),), ("credit_records_of_person", "defaults_of_person")),
    "page": (rows.PAGE, (TODAY, uuid4(), 20), ("credit_records_in_order", "defaults_in_order")),
    "answer": (rows.NEWEST_ANSWER, (uuid4(), "city_platform"), ("credit_answers_newest",)),
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_a_question_reads_along_its_index(keeper: Keeper, name: str):
    sql, arguments, indexes = QUESTIONS[name]
    async with keeper.work() as work:
        await work.connection.execute("SET LOCAL enable_bitmapscan = off")
        (row,) = await work.connection.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
    plan = json.dumps(row[0])
    assert "Seq Scan" not in plan
    for index in indexes:
        assert index in plan
