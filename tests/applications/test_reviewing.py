"""The review on a real PostgreSQL: steps, powers, work lists, batches, and replicas that race (§4.3)."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from services.applications import appointing, handlers, projections, records, work_lists
from services.applications import contracts as v
from services.applications.contracts import powers as p
from services.applications.contracts import reviewing as r
from services.applications.contracts.process_record import ExportCase
from services.applications.deciding_together import decide_batch
from services.applications.domain.case import Case
from services.applications.domain.errors import (
    DomainError,
    InvalidRequest,
    NotAllowed,
    NotFound,
    OutcomeNotAllowed,
    StaleCase,
)
from services.applications.domain.tasks import tasks_of
from services.applications.methods import reviewing as methods
from services.applications.process_record.reading import export_case
from services.catalogue.contracts.codes import ReviewKind
from services.catalogue.contracts.item import ReviewStep
from shared import time
from shared.errors import Refused
from shared.identity import Actor, Role
from shared.messaging.commands import command
from shared.testing.actors import OTHER_UNIT, UNIT
from shared.testing.clock import Clock
from tests.applications.conftest import ALL_PAPERS, COMPANY, FRIDAY_MORNING, Desk, day, published_items

HEAD = Actor("staff:head", frozenset({Role.ORGAN_HEAD}), UNIT)
SUPERVISOR = Actor("staff:supervisor", frozenset({Role.SUPERVISOR}))


def approver(name: str, unit: str = UNIT) -> Actor:
    return Actor(f"staff:{name}", frozenset({Role.APPROVER}), unit)


ANNA, BO, CHEN, DING = (approver(name) for name in ("anna", "bo", "chen", "ding"))


def step(code: str, *after: str, **more: Any) -> ReviewStep:
    return ReviewStep.model_validate(
        {"code": code, "name": {"zh": f"{code}环节", "en": code}, "after": after, **more}
    )


SECTIONS = (
    step("check", internal_limit={"amount": 1, "unit": "working_day"}),
    step("plan", "check", section="规划科", post="规划科长"),
    step("build", "check", section="工程科"),
    step("sign", "plan", "build", kind=ReviewKind.COUNTERSIGN),
)
BOARD = (step("board", kind=ReviewKind.JOINT_APPROVAL, needs=2),)


async def with_item(desk: Desk, **more: Any) -> None:
    """A second version of the item, with a review of several steps, or with another special element."""
    first = next(one for one in published_items() if one.item.code == desk.item_code)
    content = first.item.content.model_copy(update=more)
    item = first.item.model_copy(update={"version": 2, "content": content})
    async with desk.database.transaction() as connection:
        await projections.save_item(connection, first.model_copy(update={"item": item}))
    await desk.office.refresh()


async def an_accepted_case(desk: Desk, **more: Any) -> v.CaseReceipt:
    return await desk.accept(await desk.submit(desk.request(*ALL_PAPERS, **more)))


async def opine(
    desk: Desk, receipt: v.CaseReceipt, code: str, by: Actor, opinion: str = "pass", **more: Any
) -> v.CaseReceipt:
    request = r.GiveOpinion.model_validate(
        {
            "case_id": receipt.case_id,
            "expected_version": receipt.version,
            "step": code,
            "opinion": opinion,
            **more,
        }
    )
    given: v.CaseReceipt = await desk.do(methods.give_opinion, by, request)
    return given


async def decide(
    desk: Desk, receipt: v.CaseReceipt, by: Actor, result: str = "grant", **more: Any
) -> v.CaseReceipt:
    request = v.DecideCase.model_validate(
        {"case_id": receipt.case_id, "expected_version": receipt.version, "result": result, **more}
    )
    decided: v.CaseReceipt = await desk.do(handlers.decide_case, by, request)
    return decided


async def on_record(desk: Desk, record: Any, request: Any, by: Actor = HEAD) -> p.PowerReceipt:
    this = command(uuid4(), record.__name__, request)
    return await appointing.once(desk.office, by, this, request, record, None)


async def appoint(
    desk: Desk, holder: Actor | None, stand_in: Actor | None = None, **more: Any
) -> p.PowerReceipt:
    plain = {
        "post": "规划科长",
        "holder": holder and holder.id,
        "stand_in": stand_in and stand_in.id,
        "valid_from": time.today(),
        "instrument": "人字〔2026〕1号",
    }
    return await on_record(desk, appointing.appoint, p.AppointToPost.model_validate(plain | more))


async def the_list(desk: Desk, view: str, by: Actor, **more: Any) -> v.CasePage:
    page: v.CasePage = await desk.ask(
        work_lists.list_cases, by, v.ListCases.model_validate({"view": view, **more})
    )
    return page


async def every_task_follows_from_its_case(desk: Desk) -> None:
    for row in await desk.rows("SELECT body FROM cases"):
        case: Case = records.case_from_record(row["body"])
        item = desk.office.known.item(case.item_code, case.item_version, time.today())
        rows = await desk.rows(
            """
            SELECT step, section, lane, role, post, internal_due_on, barred, due_on FROM tasks
            WHERE case_id = $1 AND settled_at IS NULL ORDER BY id
            """,
            case.id,
        )
        found = [(*tuple(row)[:6], tuple(row["barred"]), row["due_on"]) for row in rows]
        wanted = [
            (t.step, t.section, t.lane, t.role, t.post, t.internal_due_on, t.barred, case.due_on)
            for t in tasks_of(case, item, desk.office.calendar)
        ]
        assert sorted(found, key=str) == sorted(wanted, key=str)


# -- steps and lists ---------------------------------------------------------------------------------------------


async def test_a_case_walks_through_its_sections_and_each_sees_it_in_time(desk: Desk):
    await with_item(desk, review=SECTIONS)
    await appoint(desk, BO)
    receipt = await an_accepted_case(desk)
    await every_task_follows_from_its_case(desk)
    line = (await the_list(desk, "waiting_for_me", ANNA)).items[0]
    assert (line.step, line.step_zh, line.internal_due_on) == ("check", "check环节", date(2026, 9, 20))
    receipt = await opine(desk, receipt, "check", ANNA, words="材料属实，王五已核对")
    await every_task_follows_from_its_case(desk)
    assert [one.step for one in (await the_list(desk, "waiting_for_me", CHEN)).items] == ["build"]
    assert sorted(one.step or "" for one in (await the_list(desk, "waiting_for_me", BO)).items) == [
        "build",
        "plan",
    ]
    assert [one.step for one in (await the_list(desk, "waiting_for_others", CHEN)).items] == ["plan"]
    with pytest.raises(OutcomeNotAllowed, match="review_not_done"):
        await decide(desk, receipt, DING)
    receipt = await opine(desk, receipt, "plan", BO)
    receipt = await opine(desk, receipt, "build", CHEN)
    # Whoever gave an opinion does not find the countersignature in the own list.
    assert (await the_list(desk, "waiting_for_me", ANNA)).items == ()
    assert [one.step for one in (await the_list(desk, "waiting_for_me", DING)).items] == ["sign"]
    receipt = await opine(desk, receipt, "sign", DING)
    assert [one.step for one in (await the_list(desk, "waiting_for_me", ANNA)).items] == ["decision"]
    receipt = await decide(desk, receipt, ANNA)
    assert receipt.state == "DECIDED_GRANT"
    await every_task_follows_from_its_case(desk)
    assert await desk.rows("SELECT 1 FROM tasks WHERE settled_at IS NULL") == []
    for by in (ANNA, BO, CHEN, DING):
        assert (await the_list(desk, "waiting_for_me", by)).items == ()


async def test_a_case_without_steps_waits_for_one_decision(desk: Desk):
    receipt = await an_accepted_case(desk)
    (line,) = (await the_list(desk, "waiting_for_me", desk.approver)).items
    assert (line.case_id, line.step, line.step_zh) == (receipt.case_id, "decision", "作出决定")
    await every_task_follows_from_its_case(desk)
    await desk.decide(receipt)
    await every_task_follows_from_its_case(desk)


async def test_a_withdrawn_case_leaves_no_task(desk: Desk):
    """§4.3: terminal states sweep tasks in the same transaction."""
    receipt = await an_accepted_case(desk)
    request = v.WithdrawCase(case_id=receipt.case_id, expected_version=receipt.version)
    await desk.do(handlers.withdraw_case, desk.zhang, request)
    assert await desk.rows("SELECT 1 FROM tasks WHERE settled_at IS NULL") == []


async def test_what_was_sent_back_waits_again(desk: Desk):
    await with_item(desk, review=(step("check"), step("look", "check")))
    receipt = await opine(desk, await an_accepted_case(desk), "check", ANNA)
    request = r.SendBack(
        case_id=receipt.case_id,
        expected_version=receipt.version,
        to_step="check",
        reason_code="other",
        words="请核对面积",
    )
    receipt = await desk.do(methods.send_back, BO, request)
    await every_task_follows_from_its_case(desk)
    assert [one.step for one in (await the_list(desk, "waiting_for_me", ANNA)).items] == ["check"]
    view = await desk.view(receipt.case_id, BO)
    assert view.review is not None
    assert view.review.sent_back == 1
    (remark,) = await desk.rows("SELECT words FROM remarks WHERE case_id = $1", receipt.case_id)
    assert "面积".encode() not in remark["words"]


async def test_the_staff_read_the_opinions_and_by_which_authority_but_the_applicant_does_not(desk: Desk):
    await with_item(desk, review=SECTIONS)
    receipt = await opine(desk, await an_accepted_case(desk), "check", ANNA, words="材料属实，王五已核对")
    view = await desk.view(receipt.case_id, BO)
    assert view.review is not None
    (check, plan, *_) = view.review.steps
    assert check.opinions[0].words == "材料属实，王五已核对"
    assert check.opinions[0].authority_zh == "本岗位职责"
    assert (plan.progress, plan.post) == ("open", "规划科长")
    assert "staff:" not in view.model_dump_json()
    own = await desk.view(receipt.case_id, desk.zhang)
    assert own.review is None
    assert "internal" not in {clock.name for clock in own.clocks}
    await _the_case_file_keeps_them_inside_too(desk, receipt.case_id)
    (event,) = await desk.rows("SELECT data FROM case_events WHERE name = 'OpinionGiven'")
    assert "王五" not in str(event["data"])
    (told,) = await desk.rows("SELECT body FROM outbox WHERE routing_key LIKE '%opinion_given%'")
    assert "王五" not in told["body"]


async def _the_case_file_keeps_them_inside_too(desk: Desk, case_id: UUID) -> None:
    own = await desk.ask(export_case, desk.zhang, ExportCase(case_id=case_id))
    staff = await desk.ask(export_case, BO, ExportCase(case_id=case_id, purpose="核对"))
    shown, sealed = own.events[-1], staff.events[-1]
    assert (shown.name, shown.data, shown.sha256) == ("OpinionGiven", None, sealed.sha256)
    assert sealed.data is not None
    assert ANNA.id not in own.model_dump_json()
    assert len(own.record.up_pro_process) == len(staff.record.up_pro_process) - 1


async def test_nobody_of_another_unit_gives_an_opinion_or_sees_the_list(desk: Desk):
    await with_item(desk, review=SECTIONS)
    receipt = await an_accepted_case(desk)
    far = approver("far", OTHER_UNIT)
    with pytest.raises(NotFound, match="case_not_found"):
        await opine(desk, receipt, "check", far)
    for view in ("waiting_for_me", "waiting_for_others"):
        assert (await the_list(desk, view, far)).items == ()
        with pytest.raises(NotAllowed, match="list_not_allowed"):
            await the_list(desk, view, desk.zhang)


async def test_whoever_was_taken_off_sees_the_case_no_more_among_what_waits(desk: Desk):
    receipt = await an_accepted_case(desk)
    request = r.Recuse(
        case_id=receipt.case_id, expected_version=receipt.version, person=ANNA.id, ground="interest"
    )
    receipt = await desk.do(methods.recuse, ANNA, request)
    assert (await the_list(desk, "waiting_for_me", ANNA)).items == ()
    assert len((await the_list(desk, "waiting_for_me", BO)).items) == 1
    with pytest.raises(NotAllowed, match="recused"):
        await decide(desk, receipt, ANNA)
    assert (await desk.view(receipt.case_id, ANNA)).allowed == ()


# -- powers ------------------------------------------------------------------------------------------------------


async def test_a_delegate_acts_within_the_dates_of_the_instrument(desk: Desk, clock: Clock):
    """行政许可法 24; lessons 8."""
    await with_item(desk, review=(step("plan", post="规划科长"),))
    await appoint(desk, BO)
    given = await on_record(
        desk,
        appointing.delegate,
        p.DelegatePower(
            delegator=BO.id,
            delegate=CHEN.id,
            posts=("规划科长",),
            instrument="授字〔2026〕7号",
            valid_from=date(2026, 9, 21),
            valid_to=date(2026, 9, 25),
        ),
    )
    receipt = await an_accepted_case(desk)
    with pytest.raises(NotAllowed, match="delegation_not_in_force"):
        await opine(desk, receipt, "plan", CHEN)
    clock.set_to(day(9, 21))
    assert [one.step for one in (await the_list(desk, "waiting_for_me", CHEN)).items] == ["plan"]
    receipt = await opine(desk, receipt, "plan", CHEN)
    (event,) = await desk.rows("SELECT data, actor FROM case_events WHERE name = 'OpinionGiven'")
    assert event["actor"] == CHEN.id
    assert event["data"]["in_place_of"] == BO.id
    assert event["data"]["instrument"] == "授字〔2026〕7号"
    # Whoever gave the power finds what was done with it; nobody else does.
    (done,) = (await desk.ask(appointing.list_done_for_me, BO, p.ListDoneForMe())).items
    assert (done.case_id, done.act, done.verdict) == (receipt.case_id, "opinion", "pass")
    assert (done.done_by, done.instrument) == (CHEN.id, "授字〔2026〕7号")
    assert (await desk.ask(appointing.list_done_for_me, CHEN, p.ListDoneForMe())).items == ()
    await on_record(desk, appointing.revoke, p.RevokeDelegation(delegation_id=given.id))
    other = await an_accepted_case(desk)
    with pytest.raises(NotAllowed, match="delegation_not_in_force"):
        await opine(desk, other, "plan", CHEN)
    with pytest.raises(NotFound, match="delegation_not_found"):
        await on_record(desk, appointing.revoke, p.RevokeDelegation(delegation_id=given.id))


async def test_a_power_is_neither_delegated_on_nor_by_somebody_who_has_it_not(desk: Desk):
    """行政许可法 24."""
    await appoint(desk, BO)
    plain = {
        "delegator": BO.id,
        "delegate": CHEN.id,
        "items": (desk.item_code,),
        "role": "approver",
        "instrument": "授字〔2026〕8号",
        "valid_from": time.today(),
        "valid_to": time.today() + timedelta(days=9),
    }
    await on_record(desk, appointing.delegate, p.DelegatePower.model_validate(plain))
    on = {"delegator": CHEN.id, "delegate": DING.id}
    with pytest.raises(DomainError, match="delegated_on"):
        await on_record(desk, appointing.delegate, p.DelegatePower.model_validate(plain | on))
    post = {"items": (), "role": None, "posts": ("规划科长",)}
    with pytest.raises(DomainError, match="delegator_not_holder"):
        await on_record(desk, appointing.delegate, p.DelegatePower.model_validate(plain | on | post))


async def test_a_power_is_not_delegated_on_in_the_other_order_or_at_once_either(desk: Desk):
    """行政许可法 24: in the end somebody would act by the power of the one before."""
    plain = {
        "items": (desk.item_code,),
        "role": "approver",
        "instrument": "授字〔2026〕9号",
        "valid_from": time.today(),
        "valid_to": time.today() + timedelta(days=9),
    }
    first = {"delegator": BO.id, "delegate": CHEN.id}
    second = {"delegator": CHEN.id, "delegate": DING.id}
    await on_record(desk, appointing.delegate, p.DelegatePower.model_validate(plain | second))
    with pytest.raises(DomainError, match="delegated_on"):
        await on_record(desk, appointing.delegate, p.DelegatePower.model_validate(plain | first))
    for number in range(5):
        chain = [
            {"delegator": f"staff:a{number}", "delegate": f"staff:b{number}"},
            {"delegator": f"staff:b{number}", "delegate": f"staff:c{number}"},
        ]
        both = await asyncio.gather(
            *(
                on_record(desk, appointing.delegate, p.DelegatePower.model_validate(plain | one))
                for one in chain
            ),
            return_exceptions=True,
        )
        assert [type(one) for one in both].count(DomainError) == 1


@pytest.mark.parametrize(
    "words", ["科长\u202e甲", "科长\x85甲", "科长\u2028甲", "科长13856700001", "科长341602199001010012"]
)
def test_what_is_published_of_a_post_is_plain_and_holds_no_personal_number(words: str):
    given = {"post": "规划科长", "holder": BO.id, "valid_from": "2026-09-18", "instrument": "任〔2026〕1号"}
    assert p.AppointToPost.model_validate(given).instrument == "任〔2026〕1号"
    for name in ("post", "instrument"):
        with pytest.raises(ValidationError):
            p.AppointToPost.model_validate(given | {name: words})


async def test_the_stand_in_acts_while_an_absence_is_on_record(desk: Desk, clock: Clock):
    """§7.2 AB岗."""
    await with_item(desk, review=(step("plan", post="规划科长"),))
    await appoint(desk, BO, CHEN)
    receipt = await an_accepted_case(desk)
    with pytest.raises(NotAllowed, match="holder_is_present"):
        await opine(desk, receipt, "plan", CHEN)
    assert (await the_list(desk, "waiting_for_me", CHEN)).items == ()
    away = p.RecordAbsence(person=BO.id, first_on=date(2026, 9, 21), last_on=date(2026, 9, 22))
    await on_record(desk, appointing.record_absence, away)
    clock.set_to(day(9, 21))
    assert [one.step for one in (await the_list(desk, "waiting_for_me", CHEN)).items] == ["plan"]
    await opine(desk, receipt, "plan", CHEN)
    (event,) = await desk.rows("SELECT data FROM case_events WHERE name = 'OpinionGiven'")
    assert (event["data"]["authority"], event["data"]["stand_in_reason"]) == ("stand_in", "absent")


async def test_a_new_appointment_ends_the_one_before(desk: Desk, clock: Clock):
    await appoint(desk, BO)
    await appoint(desk, CHEN, valid_from=date(2026, 9, 22))
    powers = await desk.ask(appointing.list_powers, HEAD, p.ListPowers())
    assert [(one.holder, one.valid_to) for one in powers.posts] == [
        (BO.id, date(2026, 9, 21)),
        (CHEN.id, None),
    ]
    clock.set_to(day(9, 22))
    powers = await desk.ask(appointing.list_powers, HEAD, p.ListPowers())
    assert [one.holder for one in powers.posts] == [CHEN.id]


async def test_no_power_is_recorded_afterwards(desk: Desk):
    yesterday = FRIDAY_MORNING.date() - timedelta(days=1)
    with pytest.raises(InvalidRequest, match="power_backdated"):
        await appoint(desk, BO, valid_from=yesterday)
    away = p.RecordAbsence(person=BO.id, first_on=yesterday, last_on=FRIDAY_MORNING.date())
    with pytest.raises(InvalidRequest, match="power_backdated"):
        await on_record(desk, appointing.record_absence, away)


async def test_the_audit_is_told_of_every_power_without_a_name(desk: Desk):
    await appoint(desk, BO, CHEN)
    away = p.RecordAbsence(person=BO.id, first_on=time.today(), last_on=time.today())
    await on_record(desk, appointing.record_absence, away)
    told = await desk.rows("SELECT routing_key, body FROM outbox ORDER BY id")
    assert [row["routing_key"].split(".")[3] for row in told] == ["post_appointed", "absence_recorded"]
    for row in told:
        data = json.loads(row["body"])["data"]
        assert "staff:" not in str(data)
        assert len(data["record_sha256"]) == 64


# -- races -------------------------------------------------------------------------------------------------------


async def test_two_approvers_racing_on_the_last_joint_approval_give_one_decision(desk: Desk):
    """§4.3: n of m; one wins, the other has read an older version."""
    await with_item(desk, review=BOARD)
    receipt = await decide(desk, await an_accepted_case(desk), ANNA)
    assert receipt.state == "ACCEPTED"
    results = await asyncio.gather(
        decide(desk, receipt, BO), decide(desk, receipt, CHEN), return_exceptions=True
    )
    won = [one for one in results if isinstance(one, v.CaseReceipt)]
    assert [one.state for one in won] == ["DECIDED_GRANT"]
    assert [type(one) for one in results if isinstance(one, Exception)] == [StaleCase]
    names = await desk.rows(
        "SELECT name FROM case_events WHERE case_id = $1 ORDER BY version", receipt.case_id
    )
    assert [row["name"] for row in names][2:] == ["ApprovalGiven", "ApprovalGiven", "Decided"]
    documents = await desk.rows("SELECT 1 FROM documents WHERE kind = 'decision_grant'")
    assert len(documents) == 1


async def test_decisions_racing_on_one_series_leave_no_gap(desk: Desk):
    receipts = [await an_accepted_case(desk) for _ in range(6)]
    decided = await asyncio.gather(*(decide(desk, one, ANNA) for one in receipts))
    numbers = sorted(int(one.documents[0].number.split("〕")[1].removesuffix("号")) for one in decided)
    assert numbers == [1, 2, 3, 4, 5, 6]


async def test_opinions_racing_on_parallel_sections_both_count(desk: Desk):
    await with_item(desk, review=(step("a"), step("b"), step("join", "a", "b")))
    receipt = await an_accepted_case(desk)
    results = await asyncio.gather(
        opine(desk, receipt, "a", ANNA), opine(desk, receipt, "b", BO), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["CaseReceipt", "StaleCase"]
    (won,) = [one for one in results if isinstance(one, v.CaseReceipt)]
    code, by = ("b", BO) if results[0] is won else ("a", ANNA)
    await opine(desk, won, code, by)
    assert [one.step for one in (await the_list(desk, "waiting_for_me", CHEN)).items] == ["join"]


# -- batch -------------------------------------------------------------------------------------------------------


async def batch(
    desk: Desk, *receipts: v.CaseReceipt, by: Actor = ANNA, batch_id: UUID | None = None, **more: Any
):
    request = r.DecideBatch.model_validate(
        {
            "cases": [{"case_id": one.case_id, "expected_version": one.version} for one in receipts],
            "result": "grant",
            **more,
        }
    )
    return await decide_batch(desk.office, by, batch_id or uuid4(), request)


async def test_a_batch_decides_identical_cases_each_with_its_own_number(desk: Desk):
    """§4.3 批量决定: own transaction, document and event; what does not fit is refused alone."""
    good = [await an_accepted_case(desk) for _ in range(3)]
    stale = (await an_accepted_case(desk)).model_copy(update={"version": 1})
    await with_item(desk, review=BOARD)
    unlike = await an_accepted_case(desk)
    receipt = await batch(desk, *good, stale, unlike)
    assert (receipt.decided, receipt.refused) == (3, 2)
    numbers = {one.receipt.documents[0].number for one in receipt.results if one.receipt}
    assert len(numbers) == 3
    assert [one.refusal.code for one in receipt.results if one.refusal] == ["stale_case", "unlike_case"]
    events = await desk.rows("SELECT 1 FROM case_events WHERE name = 'Decided'")
    assert len(events) == 3


async def test_a_repeated_batch_decides_nothing_twice(desk: Desk):
    good = [await an_accepted_case(desk) for _ in range(2)]
    batch_id = uuid4()
    first = await batch(desk, *good, batch_id=batch_id)
    again = await batch(desk, *good, batch_id=batch_id)
    assert again == first
    assert len(await desk.rows("SELECT 1 FROM case_events WHERE name = 'Decided'")) == 2


async def test_the_id_of_a_batch_never_stands_for_another_batch(desk: Desk):
    first, other = [await an_accepted_case(desk) for _ in range(2)]
    batch_id = uuid4()
    await batch(desk, first, batch_id=batch_id)
    with pytest.raises(Refused, match="idempotency_key_reused"):
        await batch(desk, other, batch_id=batch_id)
    assert len(await desk.rows("SELECT 1 FROM case_events WHERE name = 'Decided'")) == 1


async def test_the_same_batch_twice_at_once_calls_no_case_refused(desk: Desk):
    good = [await an_accepted_case(desk) for _ in range(2)]
    batch_id = uuid4()
    both = await asyncio.gather(
        *(batch(desk, *good, batch_id=batch_id) for _ in range(4)), return_exceptions=True
    )
    for one in both:
        if isinstance(one, BaseException):
            assert isinstance(one, Refused)
            assert one.code == "command_in_progress"
        else:
            assert one.refused == 0
    again = await batch(desk, *good, batch_id=batch_id)
    assert again.decided == 2
    assert len(await desk.rows("SELECT 1 FROM case_events WHERE name = 'Decided'")) == 2


async def test_a_batch_of_somebody_elses_cases_finds_nothing(desk: Desk):
    receipt = await batch(desk, await an_accepted_case(desk), by=approver("far", OTHER_UNIT))
    assert [one.refusal.code for one in receipt.results if one.refusal] == ["case_not_found"]


# -- limited numbers, urging, fees, one window -------------------------------------------------------------------


async def test_the_earlier_accepted_of_a_limited_number_is_decided_first(desk: Desk, clock: Clock):
    """LIC-27, Art 57: the order of acceptance, not that of submission."""
    await with_item(desk, number_limited=True)
    first = await desk.submit(desk.request(*ALL_PAPERS))
    second = await an_accepted_case(desk)
    clock.set_to(FRIDAY_MORNING + timedelta(minutes=5))
    first = await desk.accept(first)
    with pytest.raises(OutcomeNotAllowed, match="earlier_acceptance_undecided") as refused:
        await decide(desk, first, ANNA)
    assert refused.value.facts["case_no"] == second.case_no
    await decide(desk, second, ANNA)
    assert (await decide(desk, first, ANNA)).state == "DECIDED_GRANT"


async def test_urging_is_recorded_and_shows_in_the_lists(desk: Desk):
    """催办."""
    receipt = await an_accepted_case(desk)
    request = r.UrgeCase(case_id=receipt.case_id)
    await desk.do(methods.urge_case, desk.zhang, request)
    with pytest.raises(OutcomeNotAllowed, match="urged_today"):
        await desk.do(methods.urge_case, desk.zhang, request)
    await desk.do(methods.urge_case, SUPERVISOR, request)
    for view, by in (("waiting_for_me", ANNA), ("review", ANNA), ("mine", desk.zhang)):
        assert [one.urged for one in (await the_list(desk, view, by)).items] == [2]
    with pytest.raises(NotFound, match="case_not_found"):
        await desk.do(methods.urge_case, desk.owner_of(COMPANY), request)


def test_no_contract_asks_for_a_fee():
    """LIC-26, Art 58: no fee; there is nowhere to write one."""
    fields = {name for event in v.events.EVENTS for name in event.model_fields}
    fields |= {
        name
        for model in (v.SubmitCase, v.CaseView, v.CaseReceipt, v.DecideCase)
        for name in model.model_fields
    }
    assert not {name for name in fields if "fee" in name.split("_") or "charge" in name or "price" in name}


async def test_one_unit_accepts_and_delivers_whichever_sections_review(desk: Desk):
    """LIC-29, Art 26¶1: the sections give opinions; acceptance and delivery belong to the unit of the item alone."""
    await with_item(desk, review=(step("check", section="规划科"),))
    receipt = await opine(desk, await an_accepted_case(desk), "check", ANNA)
    receipt = await decide(desk, receipt, BO)
    elsewhere = Actor("staff:elsewhere", frozenset({Role.CLERK}), OTHER_UNIT)
    request = v.DeliverResult(case_id=receipt.case_id, expected_version=receipt.version, method="window")
    with pytest.raises(NotFound, match="case_not_found"):
        await desk.do(handlers.deliver_result, elsewhere, request)
    assert (await desk.deliver(receipt)).state == "DELIVERED"


async def test_a_check_on_site_is_recorded_by_two_and_shown(desk: Desk):
    """LIC-12."""
    await with_item(desk, site_check_required=True)
    receipt = await an_accepted_case(desk)
    plain = {"case_id": receipt.case_id, "expected_version": receipt.version, "people": (ANNA.id, BO.id)}
    receipt = await desk.do(methods.assign_inspectors, CHEN, r.AssignInspectors.model_validate(plain))
    with pytest.raises(OutcomeNotAllowed, match="site_check_missing"):
        await decide(desk, receipt, CHEN)
    found = plain | {
        "expected_version": receipt.version,
        "checked_on": time.today(),
        "findings": "现场与图纸一致",
        "passed": True,
    }
    receipt = await desk.do(methods.record_site_check, desk.clerk, r.RecordSiteCheck.model_validate(found))
    view = await desk.view(receipt.case_id, CHEN)
    assert view.review is not None
    assert [(one.inspectors, one.passed) for one in view.review.site_checks] == [(2, True)]
    assert (await decide(desk, receipt, CHEN)).state == "DECIDED_GRANT"


async def test_the_request_of_an_applicant_goes_to_the_head(desk: Desk):
    """LIC-16: recusal asked for, declined or granted by the head of the organ."""
    receipt = await an_accepted_case(desk)
    asked = r.RequestRecusal(
        case_id=receipt.case_id, expected_version=receipt.version, words="经办人李四是竞争对手的亲属"
    )
    receipt = await desk.do(methods.request_recusal, desk.zhang, asked)
    declined = r.DeclineRecusal(
        case_id=receipt.case_id, expected_version=receipt.version, words="经核实无此关系"
    )
    receipt = await desk.do(methods.decline_recusal, HEAD, declined)
    rows = await desk.rows("SELECT data FROM case_events WHERE name LIKE 'Recusal%'")
    assert "李四" not in str([row["data"] for row in rows])
    assert (await desk.view(receipt.case_id, HEAD)).review.recusals_asked == 0
