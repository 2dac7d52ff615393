"""Whole cases on a real PostgreSQL: commands in, rows, documents and outbox out."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.applications import contracts as v
from services.applications import handlers, looks, queries, records, submitting, work_lists
from services.applications.contracts.tolerating import DraftPromises
from services.applications.domain.errors import (
    DomainError,
    IllegalTransition,
    NotAllowed,
    NotFound,
    OutcomeNotAllowed,
    StaleCase,
)
from services.applications.domain.evolve import fold
from services.applications.methods.tolerating import draft_promises
from services.applications.projections import Known
from shared.deadlines.calendar import AnnouncedDay, CalendarYear, Change, Notice
from shared.errors import Refused
from shared.identity import Actor, Role, system_actor
from shared.messaging.envelope import sha256_of_json
from shared.runtime import Call
from shared.testing.actors import OTHER_UNIT
from shared.testing.clock import Clock
from shared.time import SHANGHAI
from tests.applications.conftest import ALL_PAPERS, COMPANY, CONTACT, MAIN_PAPERS, ZHANG, Desk, day, papers

DISCREDITED = ZHANG | {"name": "钱五", "certificate_number": "341602198505050056"}


async def test_an_online_case_walks_from_submission_to_delivery(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    assert receipt.state == "SUBMITTED"
    assert receipt.proposed_outcome == "accept"
    assert len(receipt.case_no) == 43
    assert receipt.case_no.endswith("202609180001")
    receipt = await desk.accept(receipt)
    assert receipt.documents[0].number == "亳人防许受〔2026〕1号"
    receipt = await desk.decide(receipt)
    receipt = await desk.deliver(receipt)
    view = await desk.view(receipt.case_id, desk.zhang)
    assert view.state == "DELIVERED"
    assert [entry.event for entry in view.timeline] == ["Submitted", "Accepted", "Decided", "Delivered"]
    assert [document.kind for document in view.documents] == [
        "receipt_voucher",
        "acceptance_notice",
        "decision_grant",
        "delivery_receipt",
    ]
    # Only the one that files the case is left.
    waiting = await desk.rows("SELECT kind FROM timers WHERE settled_at IS NULL")
    assert [row["kind"] for row in waiting] == ["closing"]
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_counter_case_is_tolerated_and_supplied_at_home(desk: Desk):
    request = desk.tolerant(*MAIN_PAPERS, "A01-08", channel="counter")
    receipt = await desk.submit(request, desk.clerk)
    assert receipt.proposed_outcome == "accept_tolerantly"
    assert [document.kind for document in receipt.documents] == ["receipt_voucher", "undertaking"]
    receipt = await desk.tolerate(receipt)
    view = await desk.view(receipt.case_id, desk.zhang)
    assert view.tolerance is not None
    # min(5 - 2, 5) = 3 working days; 20 September is a make-up working day.
    assert view.tolerance.supply_due_on == date(2026, 9, 22)
    assert view.tolerance.lacking == ("A01-10",)
    receipt = await desk.supply(receipt, "A01-10")
    assert receipt.state == "IN_REVIEW"
    with pytest.raises(OutcomeNotAllowed, match="late_papers_not_examined"):
        await desk.decide(receipt)
    receipt = await desk.confirm(receipt)
    receipt = await desk.deliver(await desk.decide(receipt))
    assert receipt.state == "DELIVERED"
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_case_without_a_main_paper_gets_one_notice_and_is_corrected_at_the_counter(desk: Desk):
    receipt = await desk.submit(desk.request("A01-01", "A01-04", "A01-05"))
    fault = {"material_code": "A01-05", "reason": "not_sealed", "explanation": "第二页未盖章"}
    receipt = await desk.notice(receipt, defects=[fault])
    event = (await published(desk, receipt.case_id))[-1]
    assert {defect["material_code"] for defect in event["data"]["defects"]} == {
        "A01-05",
        "A01-06",
        "A01-08",
        "A01-10",
    }
    document = await desk.ask(
        looks.get_document,
        desk.zhang,
        v.GetDocument(case_id=receipt.case_id, document_id=receipt.documents[0].document_id),
    )
    text = "".join(line.text for line in document.lines)
    assert "防空地下室指标表：未提交，请补交。" in text
    assert "（第二页未盖章）" in text
    receipt = await desk.supply(receipt, "A01-05", "A01-06", "A01-08", "A01-10", actor=desk.clerk)
    assert receipt.state == "SUBMITTED"
    assert (await desk.accept(receipt)).state == "ACCEPTED"
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_discredited_applicant_is_told_why_not_and_keeps_the_ordinary_route(desk: Desk):
    request = desk.tolerant(*MAIN_PAPERS, "A01-08", applicant=DISCREDITED)
    him = desk.owner_of(DISCREDITED)
    receipt = await desk.submit(request, him)
    assert receipt.proposed_outcome == "request_correction"
    view = await desk.view(receipt.case_id)
    assert [reason.code for reason in view.check.tolerance_reasons] == ["dishonest_debtor"]
    with pytest.raises(OutcomeNotAllowed, match="dishonest judgment debtors"):
        await desk.tolerate(receipt)
    receipt = await desk.notice(receipt)
    receipt = await desk.supply(receipt, "A01-10", actor=him)
    assert (await desk.accept(receipt)).state == "ACCEPTED"


async def test_the_province_submits_under_its_own_number_once(desk: Desk):
    request = desk.request(*ALL_PAPERS, channel="province", external_no="AH-2026-000017", applicant=COMPANY)
    receipt = await desk.submit(request, desk.province)
    assert receipt.external_no == "AH-2026-000017"
    with pytest.raises(DomainError, match="external_number_known"):
        await desk.submit(request, desk.province)
    page = await desk.ask(work_lists.list_cases, desk.province, v.ListCases(view="partner"))
    assert [line.external_no for line in page.items] == ["AH-2026-000017"]
    assert page.items[0].applicant_name == "亳州测试建设有限公司"


async def test_the_same_command_again_gives_the_same_receipt_and_one_case(desk: Desk):
    command_id = uuid4()
    first = await desk.submit(desk.request(*ALL_PAPERS), command_id=command_id)
    again = await desk.submit(desk.request(*ALL_PAPERS), command_id=command_id)
    assert again == first
    with pytest.raises(Refused, match="idempotency_key_reused"):
        await desk.submit(desk.request("A01-01"), command_id=command_id)
    assert len(await desk.rows("SELECT 1 FROM cases")) == 1


async def test_many_submissions_are_written_together_with_repeats_among_them(desk: Desk):
    ids = [uuid4() for _ in range(5)]
    calls = [desk.call(desk.zhang, "submit_case", command_id) for command_id in [*ids, ids[0]]]
    ready = [await submitting.prepare(desk.office, call, desk.request(*ALL_PAPERS)) for call in calls]
    results = await desk.intake.write_all(ready)
    assert results[0] == results[5]
    assert len({result.case_no for result in results if isinstance(result, v.CaseReceipt)}) == 5
    counts = await desk.rows(
        "SELECT (SELECT count(*) FROM cases) AS cases, (SELECT count(*) FROM case_events) AS events,"
        " (SELECT count(*) FROM outbox) AS messages, (SELECT count(*) FROM parties) AS people,"
        " (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM timers) AS timers"
    )
    assert tuple(counts[0].values()) == (5, 5, 5, 10, 5, 5)
    await every_case_is_the_fold_of_its_record(desk)


async def test_case_numbers_are_never_given_twice_across_blocks(desk: Desk):
    receipts = [await desk.submit(desk.request("A01-01")) for _ in range(25)]
    assert [receipt.case_no[-4:] for receipt in receipts] == [f"{n:04d}" for n in range(1, 26)]


async def test_a_stale_version_changes_nothing(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    await desk.accept(receipt)
    with pytest.raises(StaleCase, match="stale_case"):
        await desk.accept(receipt)
    assert (await desk.view(receipt.case_id)).version == 2


async def test_two_decisions_give_one(desk: Desk):
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    decided = await desk.decide(receipt)
    with pytest.raises(StaleCase):
        await desk.decide(receipt, "refuse", reasons="不符合条件")
    with pytest.raises(IllegalTransition):
        await desk.decide(decided)


async def test_formal_numbers_have_no_gap_even_after_a_refused_command(desk: Desk):
    numbers = []
    for _ in range(3):
        receipt = await desk.submit(desk.request(*ALL_PAPERS))
        with pytest.raises(OutcomeNotAllowed):
            await desk.tolerate(receipt)
        numbers.append((await desk.accept(receipt)).documents[0].number)
    assert numbers == [f"亳人防许受〔2026〕{n}号" for n in (1, 2, 3)]


async def test_a_refusal_prints_its_reasons_and_the_remedy(desk: Desk):
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    receipt = await desk.decide(receipt, "refuse", reasons="防护等级不符合规定。")
    view = await desk.ask(
        looks.get_document,
        desk.zhang,
        v.GetDocument(case_id=receipt.case_id, document_id=receipt.documents[0].document_id),
    )
    text = "\n".join(line.text for line in view.lines)
    assert "防护等级不符合规定。" in text
    assert "六十日内向亳州市人民政府申请行政复议" in text
    assert "六个月内依法向亳州市谯城区人民法院提起行政诉讼" in text


@pytest.mark.parametrize("address", ["", "https://example.test/reconsider"])
async def test_no_refusal_leaves_electronically_without_an_online_way_to_reconsideration(
    desk: Desk, address: str
):
    # 行政复议法 22¶2; a fresh installation has no address.
    desk.office.organ = replace(desk.office.organ, reconsideration_url=address)
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    receipt = await desk.decide(receipt, "refuse", reasons="防护等级不符合规定。")
    electronic = v.DeliverResult(
        case_id=receipt.case_id, expected_version=receipt.version, method="electronic"
    )
    if address:
        assert (await desk.do(handlers.deliver_result, desk.clerk, electronic)).state == "DELIVERED"
        return
    with pytest.raises(OutcomeNotAllowed, match="online_reconsideration_missing"):
        await desk.do(handlers.deliver_result, desk.clerk, electronic)
    assert (await desk.deliver(receipt)).state == "DELIVERED"


# -- who may see and do what ----------------------------------------------------------------------------


async def test_a_case_is_reached_by_its_person_its_unit_its_partner_or_its_code(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    by_code = v.GetCase(case_no=receipt.case_no, access_code=receipt.access_code)
    stranger = desk.owner_of(DISCREDITED)
    nobody = Actor("account:1", frozenset({Role.APPLICANT}))
    assert (await desk.view(receipt.case_id, desk.zhang)).case_no == receipt.case_no
    assert (await desk.view(receipt.case_id, desk.clerk)).case_no == receipt.case_no
    assert (await desk.ask(queries.get_case, nobody, by_code)).case_no == receipt.case_no
    others = [
        stranger,
        nobody,
        desk.province,
        Actor("staff:far", frozenset({Role.CLERK}), OTHER_UNIT),
        Actor("staff:nowhere", frozenset({Role.CLERK})),
    ]
    for actor in others:
        with pytest.raises(NotFound, match="case_not_found"):
            await desk.view(receipt.case_id, actor)


async def test_a_wrong_code_and_an_unknown_number_look_the_same(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    assert receipt.access_code is not None
    wrong = "".join("B" if letter == "A" else "A" for letter in receipt.access_code)
    answers = []
    for number, code in ((receipt.case_no, wrong), (receipt.case_no[:-1] + "9", receipt.access_code)):
        with pytest.raises(NotFound) as refused:
            await desk.ask(queries.get_case, desk.zhang, v.GetCase(case_no=number, access_code=code))
        answers.append((refused.value.code, refused.value.zh, refused.value.facts))
    assert answers[0] == answers[1]


async def test_views_are_masked_for_everybody_but_the_person(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    own = await desk.view(receipt.case_id, desk.zhang)
    assert own.parties[0].certificate_number == "341602199001010012"
    seen = await desk.view(receipt.case_id)
    assert (seen.parties[0].name, seen.parties[0].certificate_number) == ("张**", "341602********0012")
    assert (seen.parties[1].mobile, seen.parties[1].email) == ("138****1234", "w***@example.com")
    desk_page = await desk.ask(work_lists.list_cases, desk.clerk, v.ListCases(view="desk"))
    assert desk_page.items[0].applicant_name == "张**"
    voucher = await desk.ask(
        looks.get_document,
        desk.clerk,
        v.GetDocument(case_id=receipt.case_id, document_id=receipt.documents[0].document_id),
    )
    text = "".join(line.text for line in voucher.lines)
    assert voucher.masked
    assert "张三丰" not in text
    assert str(receipt.access_code) not in text


@pytest.mark.parametrize("by_code", [True, False], ids=["with the code", "as staff"])
async def test_whoever_holds_the_code_reads_what_the_clerk_explained_but_no_name(desk: Desk, by_code: bool):
    # 行政许可法 32: the notice tells everything at once, also to an applicant without an account.
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    fault = {"material_code": "A01-01", "reason": "illegible", "explanation": "第三页缺少骑缝章"}
    noticed = await desk.notice(receipt, defects=[fault])
    notice = noticed.documents[-1].document_id
    key = (
        {"case_no": receipt.case_no, "access_code": receipt.access_code}
        if by_code
        else {"case_id": receipt.case_id}
    )
    nobody = Actor("account:1", frozenset({Role.APPLICANT}))
    shown = await desk.ask(
        looks.get_document,
        nobody if by_code else desk.clerk,
        v.GetDocument.model_validate(key | {"document_id": notice}),
    )
    text = "".join(line.text for line in shown.lines)
    assert shown.masked
    assert ("第三页缺少骑缝章" in text) is by_code
    assert "张三丰" not in text


async def test_a_look_at_the_people_is_recorded_with_its_purpose_kept_secret(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    request = v.RevealParty(case_id=receipt.case_id, purpose="电话核实张三丰的地址")
    revealed = await desk.ask(looks.reveal_party, desk.clerk, request)
    assert {party.name for party in revealed.parties} == {"张三丰", "王小二"}
    (row,) = await desk.rows("SELECT body FROM outbox WHERE routing_key LIKE '%personal_data_viewed.v1'")
    assert "张三丰" not in row["body"]
    assert json.loads(row["body"])["data"]["viewed"] == "parties"


async def test_a_clerk_finds_whom_the_unit_knows_by_certificate_and_the_look_is_recorded(desk: Desk):
    known = v.FindApplicant(
        certificate_type=ZHANG["certificate_type"], certificate_number=ZHANG["certificate_number"]
    )
    with pytest.raises(NotFound, match="person_not_found"):
        await desk.ask(looks.find_applicant, desk.clerk, known)
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    found = await desk.ask(looks.find_applicant, desk.clerk, known)
    assert (found.case_id, found.parties[0].name) == (receipt.case_id, "张三丰")
    assert await desk.rows("SELECT body FROM outbox WHERE routing_key LIKE '%personal_data_viewed.v1'")
    far = Actor("staff:far", frozenset({Role.CLERK}), OTHER_UNIT)
    with pytest.raises(NotFound):
        await desk.ask(looks.find_applicant, far, known)


async def test_only_notifications_get_the_address(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    request = v.GetPartyContact(case_id=receipt.case_id)
    contact = await desk.ask(looks.party_contact, system_actor("notifications"), request)
    assert (contact.email, contact.person_id) == ("wang@example.com", desk.zhang.person_id)
    with pytest.raises(NotAllowed):
        await desk.ask(looks.party_contact, system_actor("audit"), request)


async def test_people_apply_for_themselves_and_clerks_in_their_unit(desk: Desk):
    with pytest.raises(NotAllowed, match="not_your_application"):
        await desk.submit(desk.request(*ALL_PAPERS), desk.owner_of(DISCREDITED))
    with pytest.raises(NotAllowed, match="channel_not_allowed"):
        await desk.submit(desk.request(*ALL_PAPERS, channel="counter"))
    far = Actor("staff:far", frozenset({Role.CLERK}), OTHER_UNIT)
    with pytest.raises(NotAllowed, match="item_of_another_unit"):
        await desk.submit(desk.request(*ALL_PAPERS, channel="counter"), far)


async def test_an_agent_finds_the_case_too(desk: Desk):
    agent = {"name": "赵六", "certificate_type": "111", "certificate_number": "341602198808081239"}
    receipt = await desk.submit(
        desk.request(*ALL_PAPERS, applicant=COMPANY, agent=agent), desk.owner_of(agent)
    )
    mine = await desk.ask(work_lists.list_cases, desk.owner_of(agent), v.ListCases(view="mine"))
    theirs = await desk.ask(work_lists.list_cases, desk.owner_of(COMPANY), v.ListCases(view="mine"))
    assert (
        [line.case_no for line in mine.items] == [line.case_no for line in theirs.items] == [receipt.case_no]
    )


async def test_lists_page_through_everything_once(desk: Desk):
    for _ in range(7):
        await desk.submit(desk.request(*ALL_PAPERS))
    for view, actor in (("desk", desk.clerk), ("mine", desk.zhang)):
        seen, cursor = [], None
        while True:
            page = await desk.ask(
                work_lists.list_cases, actor, v.ListCases(view=view, cursor=cursor, limit=3)
            )
            seen += [line.case_no for line in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(seen) == sorted({f"{desk.item_code}20260918{n:04d}" for n in range(1, 8)})
    with pytest.raises(DomainError, match="bad_cursor"):
        await desk.ask(work_lists.list_cases, desk.clerk, v.ListCases(view="desk", cursor="abc"))
    with pytest.raises(NotAllowed, match="list_not_allowed"):
        await desk.ask(work_lists.list_cases, desk.zhang, v.ListCases(view="desk"))


async def test_nobody_learns_of_other_peoples_credit_by_a_dry_run(desk: Desk):
    plain: dict[str, Any] = {
        "item_code": desk.item_code,
        "applicant": DISCREDITED,
        "materials": papers(*MAIN_PAPERS, "A01-08"),
        "asks_tolerance": True,
        "undertaking_signed": True,
    }
    request = v.CheckMaterials.model_validate(plain)
    with pytest.raises(NotAllowed, match="credit_of_somebody_else"):
        await desk.check(desk.zhang, request)
    answer = await desk.check(desk.clerk, request)
    assert [reason.code for reason in answer.tolerance_reasons] == ["dishonest_debtor"]
    assert await desk.rows("SELECT 1 FROM cases") == []


async def test_an_item_published_a_moment_ago_is_found_by_every_question_about_it(desk: Desk):
    about = {"item_code": desk.item_code, "applicant": ZHANG}
    submission = desk.request(*ALL_PAPERS)
    check = v.CheckMaterials.model_validate({**about, "materials": papers(*ALL_PAPERS)})
    promises = DraftPromises.model_validate({**about, "contact": CONTACT, "supplied": MAIN_PAPERS})
    for ask in (
        lambda: desk.submit(submission),
        lambda: desk.check(desk.zhang, check),
        lambda: desk.ask(draft_promises, desk.zhang, promises),
    ):
        # A replica that has just started, and has not heard of any item yet.
        desk.office.known = Known()
        assert await ask()


async def test_a_foreign_paper_an_unknown_item_and_a_wrong_version_are_refused(desk: Desk):
    for request, code in (
        (desk.request("A02-01"), "materials_not_accepted"),
        (desk.request("A01-01", item_code="11341600762764234C3999999999999"), "unknown_item"),
        (desk.request("A01-01", item_version=7), "item_version_not_in_force"),
    ):
        with pytest.raises(DomainError, match=code):
            await desk.submit(request)
    assert await desk.rows("SELECT 1 FROM commands") == []


@pytest.mark.parametrize(("form", "code"), [("paper", "paper_not_seen"), ("shared", "material_not_shared")])
async def test_papers_that_nobody_has_make_no_case_complete(desk: Desk, form: str, code: str):
    claimed = [{"code": paper, "form": form} for paper in ALL_PAPERS]
    noticed = await desk.notice(await desk.submit(desk.request("A01-01")))
    plain = {"item_code": desk.item_code, "materials": claimed}
    supply = {"case_id": noticed.case_id, "expected_version": noticed.version, "channel": "online"}
    asked = [
        desk.submit(desk.request(materials=claimed)),
        desk.submit(desk.request(materials=claimed, channel="province", external_no="P-1"), desk.province),
        desk.check(desk.zhang, v.CheckMaterials.model_validate(plain)),
        desk.do(
            handlers.supply_materials,
            desk.zhang,
            v.SupplyMaterials.model_validate(supply | {"materials": claimed}),
        ),
    ]
    for refused in asked:
        with pytest.raises(DomainError, match="materials_not_accepted") as error:
            await refused
        assert {fault.code for fault in error.value.errors} == {code}
    assert len(await desk.rows("SELECT 1 FROM cases")) == 1


async def test_a_clerk_has_papers_in_hand_and_no_more_than_papers(desk: Desk):
    seen, unseen = [
        desk.request(channel="counter", materials=[{"code": code, "form": form} for code in ALL_PAPERS])
        for form in ("paper", "shared")
    ]
    assert (await desk.submit(seen, desk.clerk)).proposed_outcome == "accept"
    with pytest.raises(DomainError, match="materials_not_accepted"):
        await desk.submit(unseen, desk.clerk)


async def test_an_undertaking_is_signed_by_one_of_its_people(desk: Desk):
    undertaking = desk.tolerant(*MAIN_PAPERS).undertaking
    assert undertaking is not None
    signed = undertaking.model_copy(update={"signed_name": "路人"})
    request = desk.tolerant(*MAIN_PAPERS).model_copy(update={"undertaking": signed})
    with pytest.raises(DomainError, match="signed_by_somebody_else"):
        await desk.submit(request)


# -- clocks and timers ----------------------------------------------------------------------------------


async def test_an_unanswered_case_is_deemed_accepted_from_its_receipt(desk: Desk, clock: Clock):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    clock.set_to(day(9, 24))
    assert await desk.work_timers() == 0
    clock.set_to(day(9, 28))
    # Accepted by silence from the receipt, so the promise of five working days is broken already.
    assert await desk.work_timers() == 2
    view = await desk.view(receipt.case_id, explain=True)
    assert view.documents[-1].kind == "deemed_acceptance_notice"
    assert (view.state, view.acceptance_basis, view.accepted_on) == (
        "ACCEPTED_DEEMED",
        "deemed",
        date(2026, 9, 18),
    )
    statutory = next(clock_view for clock_view in view.clocks if clock_view.name == "statutory")
    assert (statutory.started_on, statutory.due_on) == (date(2026, 9, 18), date(2026, 10, 22))
    assert len([one for one in statutory.days if one.counted]) == 20
    events = await published(desk, receipt.case_id)
    assert [event["type"].split(".")[3] for event in events] == [
        "case_submitted",
        "case_accepted",
        "duty_breached",
        "duty_breached",
    ]
    assert [event["data"]["rule"] for event in events[2:]] == ["LIC-04", "PROMISE"]
    assert await desk.work_timers() == 0
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_timer_set_before_the_notice_of_the_next_year_waits_for_the_right_day(
    desk: Desk, clock: Clock
):
    clock.set_to(day(12, 30))
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    assert receipt.due_on == date(2027, 1, 6)
    announced = CalendarYear(
        2027,
        1,
        Notice("关于2027年部分节假日安排的通知（假设）", "", date(2026, 11, 30)),
        (AnnouncedDay(date(2027, 1, 1), Change.OFF, "元旦"),),
    )
    desk.office.known = replace(desk.office.known, calendar=desk.office.calendar.with_year(announced))
    clock.set_to(datetime(2027, 1, 7, 1, 0, tzinfo=SHANGHAI))
    # Due by the weekend rule, but the notice gives the office this day too.
    assert await desk.work_timers() == 1
    assert (await desk.view(receipt.case_id)).state == "SUBMITTED"
    clock.set_to(datetime(2027, 1, 8, 0, 0, tzinfo=SHANGHAI))
    # The acceptance by silence, and the promise that ended on the same day.
    assert await desk.work_timers() == 2
    assert (await desk.view(receipt.case_id)).state == "ACCEPTED_DEEMED"
    await every_case_is_the_fold_of_its_record(desk)


async def test_after_a_week_asleep_everything_happens_once_with_the_dates_of_the_law(
    desk: Desk, clock: Clock
):
    receipt = await desk.tolerate(await desk.submit(desk.tolerant(*MAIN_PAPERS, "A01-08")))
    clock.set_to(day(10, 9))
    with pytest.raises(OutcomeNotAllowed, match="clock_ran_out"):
        await desk.supply(receipt, "A01-10")
    # Three reminders that would come too late, and the end of the undertaking.
    assert await desk.work_timers() == 4
    view = await desk.view(receipt.case_id)
    assert view.state == "TERMINATED"
    assert view.tolerance is not None
    assert view.tolerance.broken_on == date(2026, 9, 22)
    assert [entry.event for entry in view.timeline] == [
        "Submitted",
        "Accepted",
        "ToleranceExpired",
        "Terminated",
    ]
    assert view.documents[-1].kind == "termination_notice"
    assert not any(one.stopped_on is None for one in view.clocks)
    # The default is on record and blocks the next tolerance of the same person.
    again = await desk.submit(desk.tolerant(*MAIN_PAPERS, "A01-08"))
    assert again.proposed_outcome == "request_correction"
    reasons = (await desk.view(again.case_id)).check.tolerance_reasons
    assert [reason.code for reason in reasons] == ["broken_undertaking"]
    await every_case_is_the_fold_of_its_record(desk)


async def test_reminders_come_two_days_one_day_and_on_the_last_day(desk: Desk, clock: Clock):
    receipt = await desk.tolerate(await desk.submit(desk.tolerant(*MAIN_PAPERS, "A01-08")))
    for month, number in ((9, 20), (9, 21), (9, 22)):
        clock.set_to(day(month, number))
        assert await desk.work_timers() == 1
    reminders = [
        event["data"] for event in await published(desk, receipt.case_id) if "reminder" in event["type"]
    ]
    assert [reminder["working_days_left"] for reminder in reminders] == [2, 1, 0]


async def test_papers_that_came_leave_no_timer_open(desk: Desk, clock: Clock):
    receipt = await desk.tolerate(await desk.submit(desk.tolerant(*MAIN_PAPERS, "A01-08")))
    await desk.supply(receipt, "A01-10")
    clock.set_to(day(10, 9))
    # Nothing of the undertaking; the promised time of the organ is over.
    assert await desk.work_timers() == 1
    assert (await desk.view(receipt.case_id)).state == "IN_REVIEW"


async def test_no_correction_closes_the_case_with_a_notice(desk: Desk, clock: Clock):
    receipt = await desk.notice(await desk.submit(desk.request("A01-01")))
    clock.set_to(day(11, 20))
    assert await desk.work_timers() == 1
    view = await desk.view(receipt.case_id)
    assert (view.state, view.documents[-1].kind) == ("LAPSED_NO_CORRECTION", "termination_notice")


async def test_a_withdrawn_case_leaves_nothing_open(desk: Desk, clock: Clock):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    request = v.WithdrawCase(case_id=receipt.case_id, expected_version=1)
    assert (await desk.do(handlers.withdraw_case, desk.zhang, request)).state == "WITHDRAWN"
    clock.set_to(day(10, 9))
    assert await desk.work_timers() == 0


# -- the record -----------------------------------------------------------------------------------------


async def test_every_event_has_one_message_with_its_digest_and_without_personal_data(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    receipt = await desk.deliver(
        await desk.decide(await desk.accept(receipt), "refuse", reasons="张三丰的材料不实")
    )
    rows = await desk.rows("SELECT * FROM case_events WHERE case_id = $1 ORDER BY version", receipt.case_id)
    messages = {event["id"]: event for event in await published(desk, receipt.case_id)}
    assert len(messages) == len(rows) == 4
    for row in rows:
        message = messages[str(row["event_id"])]
        assert message["sequence"] == row["version"]
        assert message["payloadsha256"] == row["sha256"].hex() == sha256_of_json(row["data"])
    stored = json.dumps([dict(row) for row in rows], default=str, ensure_ascii=False) + json.dumps(
        list(messages.values()), ensure_ascii=False
    )
    values = await desk.rows('SELECT "values"::text AS values FROM documents')
    stored += "".join(row["values"] for row in values)
    for secret in (
        "张三丰",
        "王小二",
        "341602199001010012",
        CONTACT["mobile"],
        CONTACT["email"],
        "材料不实",
        "光明西路",
    ):
        assert secret not in stored


async def test_effects_name_every_event_and_when_it_left(desk: Desk):
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    operator = Actor("staff:operator", frozenset({Role.OPERATOR}))
    effects = await desk.ask(queries.case_effects, operator, v.GetEffects(case_id=receipt.case_id))
    assert [(effect.version, effect.sent_at) for effect in effects.effects] == [(1, None), (2, None)]
    assert effects.effects[1].event_type == "cn.tongban.applications.case_accepted.v1"


async def published(desk: Desk, case_id: Any) -> list[dict[str, Any]]:
    rows = await desk.rows("SELECT body FROM outbox WHERE subject = $1 ORDER BY id", str(case_id))
    return [json.loads(row["body"]) for row in rows]


async def every_case_is_the_fold_of_its_record(desk: Desk) -> None:
    """The rows of `cases` against their events, column by column."""
    for row in await desk.rows("SELECT * FROM cases"):
        events = await desk.rows("SELECT * FROM case_events WHERE case_id = $1 ORDER BY version", row["id"])
        assert [event["version"] for event in events] == list(range(1, len(events) + 1))
        case = fold(
            row["id"],
            [records.event_from_record(one["name"], one["schema_version"], one["data"]) for one in events],
        )
        assert records.case_from_record(row["body"]) == case
        columns = (
            row["version"],
            row["state"],
            row["due_on"],
            row["case_no"],
            row["unit"],
            row["applicant_id"],
        )
        assert columns == (case.version, case.state, case.due_on, case.case_no, case.unit, case.applicant_id)
        assert all(records.digest(one["data"]) == one["sha256"] for one in events)


async def test_a_command_without_an_id_is_not_carried_out(desk: Desk):
    call = Call(desk.zhang, None, None, "applications.submit_case")
    with pytest.raises(DomainError, match="command_id_missing"):
        await submitting.prepare(desk.office, call, desk.request(*ALL_PAPERS))
