"""Special procedures and extensions on a real PostgreSQL: rows, documents, timers and outbox."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.applications import contracts as v
from services.applications.contracts import procedures as p
from services.applications.domain.errors import OutcomeNotAllowed, StaleCase
from services.applications.methods import procedures as methods
from shared.identity import Actor, Role
from shared.testing.actors import UNIT
from shared.testing.clock import Clock
from tests.applications.conftest import ALL_PAPERS, MAIN_PAPERS, Desk, day
from tests.applications.test_flows import every_case_is_the_fold_of_its_record, published

HEAD = Actor("staff:head", frozenset({Role.ORGAN_HEAD}), UNIT)
WHY = "涉及地下管线，须由专家论证"


def name_expert_review(desk: Desk) -> None:
    """The item of these tests names an expert review, as the approval of building elsewhere does."""
    (elsewhere,) = [code for code in desk.office.known.versions if code.endswith("000180002002")]
    rules = desk.office.known.versions[elsewhere][1][1].item.content.special_procedures
    since, published = desk.office.known.versions[desk.item_code][1]
    content = published.item.content.model_copy(update={"special_procedures": rules})
    item = published.item.model_copy(update={"content": content})
    desk.office.known.versions[desk.item_code][1] = (since, published.model_copy(update={"item": item}))


def ask(model: Any, receipt: v.CaseReceipt, **more: Any) -> Any:
    return model.model_validate({"case_id": receipt.case_id, "expected_version": receipt.version, **more})


async def an_accepted_case(desk: Desk) -> v.CaseReceipt:
    name_expert_review(desk)
    return await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))


async def start(desk: Desk, receipt: v.CaseReceipt, needs: int = 5) -> v.CaseReceipt:
    request = ask(p.StartProcedure, receipt, kind="expert_review", needs=needs, reasons=WHY)
    started: v.CaseReceipt = await desk.do(methods.start_procedure, desk.approver, request)
    return started


def dues(view: v.CaseView) -> dict[str, date]:
    return {clock.name: clock.due_on for clock in view.clocks if clock.stopped_on is None}


async def test_a_procedure_is_told_in_writing_and_moves_both_clocks_and_their_timers(
    desk: Desk, clock: Clock
):
    # LIC-13.
    receipt = await an_accepted_case(desk)
    clock.set_to(day(9, 21))
    request = ask(p.StartProcedure, receipt, kind="expert_review", needs=5, reasons=WHY)
    before = await desk.view(receipt.case_id)
    preview = await desk.ask(methods.preview_procedure, desk.approver, request)
    assert (await desk.view(receipt.case_id)).version == before.version
    receipt = await start(desk, receipt)
    view = await desk.view(receipt.case_id, explain=True)
    assert receipt.state == view.state == "SPECIAL_PROCEDURE"
    assert {one.name: one.due_on for one in preview.clocks_after} == dues(view)
    assert {one.name: one.due_on for one in preview.clocks_before} == dues(before)
    assert preview.told_until == view.procedures[0].told_until == date(2026, 9, 28)
    # The number of the notice is in the clock, in the procedure and on the document.
    (document,) = receipt.documents
    assert document.kind == "special_procedure_notice"
    assert view.procedures[0].documents == (document.number,)
    stored = (await desk.rows("SELECT body FROM cases WHERE id = $1", receipt.case_id))[0]["body"]
    for one in stored["clocks"]:
        assert all(entry["document_no"] == document.number for entry in one.get("entries", []))
    timers = await desk.rows(
        "SELECT kind FROM timers WHERE case_id = $1 AND settled_at IS NULL ORDER BY kind", receipt.case_id
    )
    assert [row["kind"] for row in timers] == ["procedure_expert_review", "promised", "statutory"]
    event = (await published(desk, receipt.case_id))[-1]
    assert event["data"]["document_no"] == document.number
    assert WHY not in str(event)
    await every_case_is_the_fold_of_its_record(desk)


async def test_an_early_end_keeps_its_result_encrypted_and_lets_the_case_be_decided(desk: Desk, clock: Clock):
    # LIC-13.
    receipt = await an_accepted_case(desk)
    clock.set_to(day(9, 21))
    receipt = await start(desk, receipt)
    with pytest.raises(Exception, match="illegal_transition"):
        await desk.decide(receipt)
    clock.set_to(day(9, 22))
    request = ask(p.EndProcedure, receipt, result="专家一致同意张三丰的方案")
    receipt = await desk.do(methods.end_procedure, desk.approver, request)
    (row,) = await desk.rows("SELECT * FROM case_texts")
    assert (row["kind"], row["version"]) == ("procedure_result", receipt.version)
    assert "张三丰".encode() not in row["text"]
    assert (await desk.decide(receipt)).state == "DECIDED_GRANT"
    await every_case_is_the_fold_of_its_record(desk)


async def test_an_overrun_is_on_record_once_with_its_day_after_a_week_asleep(desk: Desk, clock: Clock):
    # LIC-13, PROMISE, LIC-08: in order, each from its own day.
    receipt = await an_accepted_case(desk)
    clock.set_to(day(9, 21))
    receipt = await start(desk, receipt)
    clock.set_to(day(12, 1))
    assert await desk.work_timers() == 3
    assert await desk.work_timers() == 0
    breaches = [
        (event["data"]["rule"], event["data"]["effective_on"])
        for event in await published(desk, receipt.case_id)
        if event["type"].endswith("duty_breached.v1")
    ]
    assert breaches == [("LIC-13", "2026-09-28"), ("PROMISE", "2026-10-09"), ("LIC-08", "2026-10-29")]
    view = await desk.view(receipt.case_id)
    assert view.state == "SPECIAL_PROCEDURE"
    assert view.procedures[0].overrun
    request = p.ProlongProcedure(case_id=receipt.case_id, expected_version=view.version, needs=3, reasons=WHY)
    with pytest.raises(OutcomeNotAllowed, match="procedure_time_over"):
        await desk.do(methods.prolong_procedure, desk.approver, request)
    await every_case_is_the_fold_of_its_record(desk)


async def test_an_extension_is_told_with_its_reason_and_shown_before(desk: Desk, clock: Clock):
    # LIC-08.
    receipt = await an_accepted_case(desk)
    clock.set_to(day(9, 21))
    request = ask(p.ExtendDeadline, receipt, length=10, reasons=WHY)
    preview = await desk.ask(methods.preview_extension, HEAD, request)
    receipt = await desk.do(methods.extend_deadline, HEAD, request)
    view = await desk.view(receipt.case_id)
    assert receipt.state == preview.state == "EXTENDED"
    assert {one.name: one.due_on for one in preview.clocks_after} == dues(view)
    assert dues(view)["statutory"] == date(2026, 11, 5)
    assert view.extension is not None
    assert view.extension.document == receipt.documents[0].number
    with pytest.raises(OutcomeNotAllowed, match="already_extended"):
        await desk.do(methods.extend_deadline, HEAD, ask(p.ExtendDeadline, receipt, length=1, reasons=WHY))
    with pytest.raises(StaleCase):
        await desk.ask(methods.preview_extension, HEAD, request)
    assert (await desk.decide(receipt)).state == "DECIDED_GRANT"
    await every_case_is_the_fold_of_its_record(desk)


async def test_of_two_acts_on_one_case_at_once_one_wins(desk: Desk, clock: Clock):
    # LIC-08, LIC-13: two replicas, one case; the loser has to read it again.
    receipt = await an_accepted_case(desk)
    clock.set_to(day(9, 21))
    starting = ask(p.StartProcedure, receipt, kind="expert_review", needs=5, reasons=WHY)
    extending = ask(p.ExtendDeadline, receipt, length=10, reasons=WHY)
    results = await asyncio.gather(
        *(desk.do(methods.start_procedure, desk.approver, starting, uuid4()) for _ in range(3)),
        *(desk.do(methods.extend_deadline, HEAD, extending, uuid4()) for _ in range(3)),
        return_exceptions=True,
    )
    won = [one for one in results if isinstance(one, v.CaseReceipt)]
    assert len(won) == 1
    assert sum(isinstance(one, StaleCase) for one in results) == 5
    numbers = await desk.rows(
        "SELECT kind, last FROM document_numbers WHERE kind IN ('special_procedure_notice', 'extension_notice')"
    )
    assert [row["last"] for row in numbers] == [1]
    await every_case_is_the_fold_of_its_record(desk)


async def test_waiting_for_tolerated_papers_stops_no_clock_and_a_procedure_beside_it_does(
    desk: Desk, clock: Clock
):
    # LIC-13 and §5.3(4).
    name_expert_review(desk)
    receipt = await desk.tolerate(await desk.submit(desk.tolerant(*MAIN_PAPERS, "A01-08")))
    before = dues(await desk.view(receipt.case_id))
    clock.set_to(day(9, 21))
    receipt = await start(desk, receipt, needs=3)
    assert receipt.state == "ACCEPTED_TOLERANT"
    after = dues(await desk.view(receipt.case_id))
    assert after["supply"] == before["supply"]
    assert after["statutory"] > before["statutory"]
    receipt = await desk.supply(receipt, "A01-10")
    assert receipt.state == "SPECIAL_PROCEDURE"
    receipt = await desk.do(methods.end_procedure, desk.approver, ask(p.EndProcedure, receipt))
    assert receipt.state == "IN_REVIEW"
    await every_case_is_the_fold_of_its_record(desk)


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        (p.StartProcedure, {"kind": "expert_review", "needs": 0}),
        (p.StartProcedure, {"kind": "expert_review", "needs": 367}),
        (p.StartProcedure, {"kind": "expert_review", "needs": "5"}),
        (p.StartProcedure, {"kind": "expert_review", "needs": 5, "unit": "hour"}),
        (p.StartProcedure, {"kind": "", "needs": 5}),
        (p.StartProcedure, {"kind": "expert_review", "needs": 5, "starts_on": "2020-01-01"}),
        (p.ProlongProcedure, {"needs": 5}),
        (p.ExtendDeadline, {"length": 10}),
        (p.ExtendDeadline, {"length": -1, "reasons": "x"}),
        (p.ExtendDeadline, {"length": 10, "reasons": "x", "instrument": "\x00"}),
    ],
)
def test_requests_that_can_not_be_right_are_refused_at_the_edge(model: Any, wrong: dict[str, Any]):
    with pytest.raises(ValueError, match="validation error"):
        model.model_validate({"case_id": UUID(int=1), "expected_version": 1, **wrong})
