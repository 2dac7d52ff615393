"""Hearings and interested parties on a real PostgreSQL: told, asked for, held, decided on the minutes."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.applications import contracts as v
from services.applications import handlers, looks
from services.applications.contracts import hearings as h
from services.applications.domain.errors import DomainError, NotAllowed, OutcomeNotAllowed, StaleCase
from services.applications.methods import hearings as methods
from services.applications.settings import ApplicationsSettings
from shared.testing.clock import Clock
from tests.applications.conftest import ALL_PAPERS, Desk, day
from tests.applications.test_flows import every_case_is_the_fold_of_its_record, published
from tests.applications.test_procedures import ask

NEIGHBOUR = {
    "name": "王五",
    "certificate_type": "414",
    "certificate_number": "E00000001",
    "mobile": "13900001111",
}
MINUTES = "a" * 64


async def named(desk: Desk) -> v.CaseReceipt:
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    request = ask(h.NameInterestedParty, receipt, **NEIGHBOUR)
    found: v.CaseReceipt = await desk.do(methods.name_interested_party, desk.clerk, request)
    return found


async def told(desk: Desk) -> v.CaseReceipt:
    request = ask(h.TellHearingRights, await named(desk))
    receipt: v.CaseReceipt = await desk.do(methods.tell_hearing_rights, desk.approver, request)
    return receipt


async def neighbour_id(desk: Desk, receipt: v.CaseReceipt) -> Any:
    return (await desk.view(receipt.case_id)).interested[0].party_id


async def requested(desk: Desk) -> v.CaseReceipt:
    receipt = await told(desk)
    party_id = await neighbour_id(desk, receipt)
    request = ask(h.RequestHearing, receipt, party_id=party_id)
    asked: v.CaseReceipt = await desk.do(methods.request_hearing, desk.clerk, request)
    return asked


def schedule(receipt: v.CaseReceipt, **more: Any) -> h.ScheduleHearing:
    plain = {
        "held_on": "2026-10-14",
        "place": "上午9时，三楼会议室",
        "chair": "staff:chair",
        "chair_name": "赵六",
    }
    found: h.ScheduleHearing = ask(h.ScheduleHearing, receipt, **plain | more)
    return found


async def test_an_interested_party_stands_encrypted_among_the_parties_and_masked_in_the_view(desk: Desk):
    # LIC-17.
    receipt = await named(desk)
    view = await desk.view(receipt.case_id)
    assert [one.name for one in view.interested] == ["王**"]
    (row,) = await desk.rows("SELECT * FROM parties WHERE role = 'interested:1'")
    # By its certificate nobody sees the case, which holds the applicant's papers.
    assert row["person_id"] is None
    assert "王五".encode() not in row["name"]
    event = (await published(desk, receipt.case_id))[-1]
    assert event["data"]["party_id"] == str(view.interested[0].party_id)
    for word in ("王五", "E00000001", "13900001111"):
        assert word not in str(event)
    revealed = await desk.ask(
        looks.reveal_party, desk.approver, v.RevealParty(case_id=receipt.case_id, purpose="通知听证")
    )
    assert {party.role: party.name for party in revealed.parties}["interested:1"] == "王五"
    with pytest.raises(OutcomeNotAllowed, match="party_known"):
        await desk.do(
            methods.name_interested_party, desk.clerk, ask(h.NameInterestedParty, receipt, **NEIGHBOUR)
        )


async def test_a_hearing_from_the_telling_to_a_decision_on_its_minutes(desk: Desk, clock: Clock):
    # LIC-15, LIC-16.
    clock.set_to(day(9, 21))
    receipt = await requested(desk)
    with pytest.raises(OutcomeNotAllowed, match="hearing_not_held"):
        await desk.decide(receipt)
    receipt = await desk.do(methods.schedule_hearing, desk.approver, schedule(receipt))
    (notice,) = receipt.documents
    text = await desk.ask(
        looks.get_document,
        desk.zhang,
        v.GetDocument(case_id=receipt.case_id, document_id=notice.document_id),
    )
    assert "三楼会议室" in "".join(line.text for line in text.lines)
    statement = ask(h.RecordStatement, receipt, statement="出口正对王五家院门")
    receipt = await desk.do(methods.record_statement, desk.clerk, statement)
    (kept,) = await desk.rows("SELECT * FROM case_texts")
    assert "王五".encode() not in kept["text"]
    clock.set_to(day(10, 14))
    record = ask(h.RecordHearing, receipt, minutes_sha256=MINUTES, reviewers_heard=True, signed=True)
    receipt = await desk.do(methods.record_hearing, desk.approver, record)
    view = await desk.view(receipt.case_id)
    assert view.hearing is not None
    assert (view.hearing.state, view.hearing.minutes_sha256) == ("held", MINUTES)
    with pytest.raises(OutcomeNotAllowed, match="decision_must_rest_on_minutes"):
        await desk.decide(receipt)
    receipt = await desk.decide(receipt, reasons="听证中各方无异议", minutes_sha256=MINUTES)
    assert receipt.state == "DECIDED_GRANT"
    for event in await published(desk, receipt.case_id):
        for word in ("赵六", "会议室", "王五", "staff:chair"):
            assert word not in str(event["data"])
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_right_that_nobody_used_lapses_by_its_timer(desk: Desk, clock: Clock):
    # LIC-15.
    clock.set_to(day(9, 21))
    receipt = await told(desk)
    with pytest.raises(OutcomeNotAllowed, match="hearing_request_period_runs"):
        await desk.decide(receipt)
    clock.set_to(day(9, 30))
    await desk.work_timers()
    view = await desk.view(receipt.case_id)
    assert view.hearing is not None
    assert view.hearing.state == "lapsed"
    closed = [e for e in await published(desk, receipt.case_id) if e["type"].endswith("hearing_closed.v1")]
    assert [event["data"]["effective_on"] for event in closed] == ["2026-09-29"]
    request = v.DecideCase(case_id=receipt.case_id, expected_version=view.version, result="grant")
    assert (await desk.do(handlers.decide_case, desk.approver, request)).state == "DECIDED_GRANT"
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_hearing_that_is_not_held_in_twenty_days_is_a_breach(desk: Desk, clock: Clock):
    # LIC-15.
    clock.set_to(day(9, 21))
    receipt = await requested(desk)
    clock.set_to(day(10, 28))
    await desk.work_timers()
    rules = [
        (event["data"]["rule"], event["data"]["effective_on"])
        for event in await published(desk, receipt.case_id)
        if event["type"].endswith("duty_breached.v1")
    ]
    assert ("LIC-15", "2026-10-26") in rules
    await every_case_is_the_fold_of_its_record(desk)


async def test_on_line_one_asks_and_waives_for_oneself_only(desk: Desk, clock: Clock):
    clock.set_to(day(9, 21))
    receipt = await told(desk)
    neighbour = await neighbour_id(desk, receipt)
    for model, method in (
        (h.RequestHearing, methods.request_hearing),
        (h.WaiveHearing, methods.waive_hearing),
    ):
        with pytest.raises(NotAllowed, match="only_for_oneself"):
            await desk.do(method, desk.zhang, ask(model, receipt, party_id=neighbour))
    receipt = await desk.do(methods.waive_hearing, desk.zhang, ask(h.WaiveHearing, receipt))
    waiver = ask(h.WaiveHearing, receipt, party_id=neighbour)
    receipt = await desk.do(methods.waive_hearing, desk.clerk, waiver)
    view = await desk.view(receipt.case_id)
    assert view.hearing is not None
    assert view.hearing.state == "waived"
    assert view.interested[0].has_waived
    assert (await desk.decide(receipt)).state == "DECIDED_GRANT"


async def test_the_neighbour_sees_nothing_of_the_case(desk: Desk):
    receipt = await named(desk)
    him = desk.owner_of({**NEIGHBOUR})
    with pytest.raises(DomainError, match="case_not_found"):
        await desk.view(receipt.case_id, him)
    request = v.WithdrawCase(case_id=receipt.case_id, expected_version=receipt.version)
    with pytest.raises(DomainError, match="case_not_found"):
        await desk.do(handlers.withdraw_case, him, request)


async def test_of_many_requests_at_once_one_hearing_comes(desk: Desk, clock: Clock):
    # LIC-15: two replicas race on one case.
    clock.set_to(day(9, 21))
    receipt = await told(desk)
    request = ask(h.RequestHearing, receipt)
    results = await asyncio.gather(
        *(desk.do(methods.request_hearing, desk.zhang, request, uuid4()) for _ in range(6)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, v.CaseReceipt) for one in results) == 1
    assert sum(isinstance(one, StaleCase) for one in results) == 5


def test_the_units_of_both_periods_are_settings():
    # LIC-15: whether the law's 日 are working days here is the office's reading.
    settings = ApplicationsSettings.model_fields
    assert settings["hearing_request_unit"].default == "working_day"
    assert settings["hearing_hold_unit"].default == "working_day"


def test_the_day_in_the_view_is_the_day_of_the_notice():
    assert schedule(v.CaseReceipt.model_construct(case_id=uuid4(), version=1)).held_on == date(2026, 10, 14)
