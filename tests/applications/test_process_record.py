"""The statutory process record and the export of a case: domain rules §4.1 and §4.2, and who may read what."""

import hashlib
import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from services.applications import contracts as v
from services.applications import handlers, records
from services.applications.contracts.hearings import NameInterestedParty
from services.applications.contracts.process_record import (
    CaseExport,
    ExportCase,
    GetProcessRecord,
    ProcessRecord,
)
from services.applications.domain.errors import InvalidRequest, NotFound
from services.applications.domain.events import EVENT_TYPES
from services.applications.methods.hearings import name_interested_party
from services.applications.process_record.reading import export_case, get_process_record
from services.applications.process_record.results import RESULT_CODES, WORDS
from services.applications.process_record.steps import OTHER, PASSED, RETURNED, STEPS
from shared.identity import Actor, Role
from shared.testing.actors import UNIT, an_actor
from shared.testing.clock import Clock
from tests.applications.conftest import ALL_PAPERS, MAIN_PAPERS, ZHANG, Desk, day

PURPOSE = "核对办件过程"


async def record_of(desk: Desk, case_id: UUID, actor: Actor | None = None, **more: Any) -> ProcessRecord:
    request = GetProcessRecord(case_id=case_id, **more)
    found: ProcessRecord = await desk.ask(get_process_record, actor or desk.zhang, request)
    return found


async def delivered(desk: Desk, clock: Clock, *codes: str) -> v.CaseReceipt:
    """Tolerated, supplied, granted and delivered, a day and a few hours after each other."""
    receipt = await desk.tolerate(await desk.submit(desk.tolerant(*MAIN_PAPERS, "A01-08")))
    clock.move(days=2)
    receipt = await desk.confirm(await desk.supply(receipt, "A01-10"))
    clock.move(days=1)
    receipt = await desk.decide(receipt)
    clock.move(hours=3)
    return await desk.deliver(receipt)


def test_every_kind_of_event_has_its_step() -> None:
    assert EVENT_TYPES.keys() - STEPS.keys() == set()
    assert all(step.process_name for step in STEPS.values())
    assert {step.act for step in STEPS.values() if isinstance(step.act, str)} <= {PASSED, RETURNED, OTHER}


def test_every_outcome_has_a_code_for_every_receiver() -> None:
    for codes in RESULT_CODES.values():
        assert codes.keys() == WORDS.keys()


async def test_the_whole_way_of_a_case_is_in_its_record(desk: Desk, clock: Clock) -> None:
    receipt = await delivered(desk, clock)
    record = await record_of(desk, receipt.case_id)

    accept = record.up_pro_accept
    assert accept is not None
    assert accept.project_no == receipt.case_no
    assert (accept.catalog_code, accept.task_code) == (desk.item_code[-12:], desk.item_code)
    assert accept.task_handle_item.startswith(desk.item_code)
    assert (accept.applyer_type, accept.applyer_name, accept.applyer_page_code) == (
        "1",
        ZHANG["name"],
        ZHANG["certificate_number"],
    )
    assert (accept.apply_type, accept.project_type, accept.org_code) == ("2", "2", UNIT)
    assert accept.project_name == "张三丰的新建住宅楼"
    assert accept.accept_doc_no is not None
    assert "容" in accept.accept_doc_no
    assert accept.promise_date is not None

    rows = record.up_pro_process
    assert [(row.process_name, row.event_name) for row in rows] == [
        ("申请与收件", PASSED),
        ("受理", PASSED),
        ("补正", PASSED),
        ("容缺补交", PASSED),
        ("决定", PASSED),
        ("送达", PASSED),
    ]
    assert [row.serial for row in rows] == list(range(1, len(rows) + 1))
    # Each step begins where the one before it ended; the examination happens beside the way of the case.
    done = [row for row in rows if row.process_name != "容缺补交"]
    assert all(later.event_start_time == row.event_end_time for row, later in pairwise(done))
    assert done[2].event_end_time - done[2].event_start_time >= timedelta(days=2)
    decided = done[3]
    assert decided.handle_user_name == "审批人员"
    assert decided.handle_explain.startswith("准予。《准予行政许可决定书》")
    assert all(row.org_code == UNIT for row in rows)
    # Names of people stand in the accept row only.
    assert ZHANG["name"] not in " ".join(row.model_dump_json() for row in rows)

    result = record.up_pro_result
    assert result is not None
    assert (result.result_type, result.is_delivery_results) == ("0", "0")
    assert result.result_cetr_no is not None
    by_name = {row.material_name: row for row in record.up_pro_material}
    late = next(row for row in record.up_pro_material if row.get_type == "4")
    assert late.is_collected == "1"
    assert len(by_name) == len(record.up_pro_material)


async def test_an_open_case_shows_what_it_waits_for(desk: Desk) -> None:
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    record = await record_of(desk, receipt.case_id)
    assert record.up_pro_accept is None
    assert record.up_pro_result is None
    first, waiting = record.up_pro_process
    assert (first.handle_status, waiting.handle_status, waiting.process_name) == ("2", "1", "受理")
    # GB table 7: no end yet, so the end is the beginning.
    assert waiting.event_start_time == waiting.event_end_time == first.event_end_time


async def test_what_did_not_come_is_told(desk: Desk) -> None:
    receipt = await desk.submit(desk.request(*MAIN_PAPERS))
    record = await record_of(desk, receipt.case_id)
    missing = [row for row in record.up_pro_material if row.is_collected == "0"]
    assert missing
    assert all(row.get_num == 0 and row.collected_at is None for row in missing)


async def test_a_deemed_acceptance_counts_from_the_receipt(desk: Desk, clock: Clock) -> None:
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    clock.set_to(day(9, 28))
    await desk.work_timers()
    record = await record_of(desk, receipt.case_id)
    assert record.up_pro_accept is not None
    assert record.up_pro_accept.accept_date == record.up_pro_accept.apply_date
    breach = next(row for row in record.up_pro_process if row.process_name == "期限监察")
    assert (breach.event_name, breach.handle_user_name) == (OTHER, "系统自动处理")
    assert breach.event_start_time == breach.event_end_time


@pytest.mark.parametrize(
    ("receiver", "code"), [("national", "1"), ("refused_1_not_accepted_6", "1"), ("granted_6_refused_7", "7")]
)
async def test_each_receiver_gets_its_own_code_of_a_refusal(desk: Desk, receiver: str, code: str) -> None:
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    await desk.decide(receipt, "refuse", reasons="图纸与现场不符。")
    result = (await record_of(desk, receipt.case_id, receiver=receiver)).up_pro_result
    assert result is not None
    assert result.result_type == code
    assert result.result_cetr_no is None


async def test_no_correction_and_withdrawal_have_their_codes(desk: Desk, clock: Clock) -> None:
    silent = await desk.notice(await desk.submit(desk.request("A01-01")))
    taken_back = await desk.submit(desk.request(*ALL_PAPERS))
    request = v.WithdrawCase(case_id=taken_back.case_id, expected_version=1)
    await desk.do(handlers.withdraw_case, desk.zhang, request)
    clock.set_to(day(11, 20))
    await desk.work_timers()
    codes = {}
    for receipt in (silent, taken_back):
        result = (await record_of(desk, receipt.case_id)).up_pro_result
        assert result is not None
        codes[receipt.case_id] = result.result_type
    assert codes == {silent.case_id: "5", taken_back.case_id: "6"}


async def test_staff_read_it_in_full_only_with_a_purpose_which_is_recorded(desk: Desk) -> None:
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    masked = await record_of(desk, receipt.case_id, desk.clerk)
    assert masked.masked
    assert ZHANG["name"] not in masked.model_dump_json()
    assert ZHANG["certificate_number"] not in masked.model_dump_json()
    assert await desk.rows("SELECT 1 FROM looks") == []

    full = await record_of(desk, receipt.case_id, desk.clerk, purpose=PURPOSE)
    assert not full.masked
    assert ZHANG["name"] in full.model_dump_json()
    (look,) = await desk.rows("SELECT * FROM looks")
    assert (look["viewed"], look["actor"]) == ("process_record", desk.clerk.id)
    told = await desk.rows("SELECT 1 FROM outbox WHERE routing_key LIKE '%personal_data_viewed%'")
    assert len(told) == 1


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
async def test_supervisors_and_auditors_read_it_masked_whatever_they_say(desk: Desk, role: Role) -> None:
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    record = await record_of(desk, receipt.case_id, an_actor(role), purpose=PURPOSE)
    assert record.masked
    assert ZHANG["name"] not in record.model_dump_json()
    assert await desk.rows("SELECT 1 FROM looks") == []


async def test_nobody_else_finds_the_record(desk: Desk) -> None:
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    stranger = desk.owner_of({"certificate_type": "111", "certificate_number": "341602198812120037"})
    elsewhere = Actor("staff:other", frozenset({Role.CLERK}), "11341600003172034A")
    for actor in (stranger, elsewhere):
        with pytest.raises(NotFound, match="case_not_found"):
            await record_of(desk, receipt.case_id, actor, purpose=PURPOSE)
        with pytest.raises(NotFound, match="case_not_found"):
            await desk.ask(export_case, actor, ExportCase(case_id=receipt.case_id, purpose=PURPOSE))
    assert await desk.rows("SELECT 1 FROM looks") == []


async def test_the_export_holds_what_was_sealed(desk: Desk, clock: Clock) -> None:
    receipt = await delivered(desk, clock)
    export: CaseExport = await desk.ask(export_case, desk.zhang, ExportCase(case_id=receipt.case_id))
    assert [event.version for event in export.events] == list(range(1, receipt.version + 1))
    for event in export.events:
        assert records.digest(event.data).hex() == event.sha256
    assert {document.document_id for document in export.documents} == {
        document.document_id for document in export.case.documents
    }
    for document in export.documents:
        lines = [[line.style, line.label, line.text] for line in document.lines]
        text = json.dumps(lines, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == document.sha256
        assert not document.masked
    assert export.case.parties[0].name == ZHANG["name"]
    assert export.record.up_pro_result is not None
    assert {paper.material_code for paper in export.papers} == {*MAIN_PAPERS, "A01-08", "A01-10"}
    assert all(event.effective_on >= date(2026, 9, 18) for event in export.events)


async def test_staff_export_only_with_a_purpose_which_is_recorded(desk: Desk) -> None:
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    with pytest.raises(InvalidRequest, match="purpose_missing"):
        await desk.ask(export_case, desk.clerk, ExportCase(case_id=receipt.case_id))
    export = await desk.ask(export_case, desk.clerk, ExportCase(case_id=receipt.case_id, purpose=PURPOSE))
    assert {party.name for party in export.case.parties} >= {ZHANG["name"]}
    assert [row["viewed"] for row in await desk.rows("SELECT viewed FROM looks")] == ["bundle"]


async def test_the_applicants_export_does_not_tell_who_else_is_interested(desk: Desk) -> None:
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    neighbour = {
        "name": "邻近甲",
        "kind": "natural",
        "certificate_type": "111",
        "certificate_number": "341602198812120034",
        "mobile": "13900001234",
        "address": "邻近路88号",
    }
    request = NameInterestedParty.model_validate(
        {"case_id": receipt.case_id, "expected_version": receipt.version, **neighbour}
    )
    await desk.do(name_interested_party, desk.clerk, request)
    own = await desk.ask(export_case, desk.zhang, ExportCase(case_id=receipt.case_id))
    staff = await desk.ask(export_case, desk.clerk, ExportCase(case_id=receipt.case_id, purpose=PURPOSE))
    told = ("邻近甲", "341602198812120034", "13900001234", "邻近路88号")
    assert not any(word in own.model_dump_json() for word in told)
    assert all(word in staff.model_dump_json() for word in told)
