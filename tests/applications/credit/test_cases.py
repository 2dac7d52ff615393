"""Credit in the life of a case: asked once and outside the transaction, shown to the clerk, never a decision by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.applications import contracts as v
from services.applications import records
from services.applications.contracts.credit import CaseCredit, RepairCredit
from services.applications.credit import ending, of_cases
from services.applications.credit.asking import CreditDesk
from services.applications.credit.platform import Breaker, HttpCreditSource
from services.applications.credit.work import Work
from services.applications.domain.errors import DomainError, OutcomeNotAllowed
from shared.identity import Actor, Role
from shared.testing.clock import Clock
from tests.applications.conftest import ALL_PAPERS, FRIDAY_MORNING, MAIN_PAPERS, ZHANG, Desk, day
from tests.applications.credit.city import City, found, http, running
from tests.applications.credit.test_asking import KEY, RECORD

# CAD (A01-10) may follow later.
WITHOUT_CAD = (*MAIN_PAPERS, "A01-08")


class Town:
    """The office at work with a city platform whose answer can be changed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.city = City(self.reply)
        self.fields: dict[str, Any] = {}
        self.away = False

    async def reply(self, question: dict[str, Any]) -> bytes:
        return http({}, "500 Broken") if self.away else http(found(question, **self.fields))

    @property
    def asked(self) -> int:
        return len(self.city.questions)

    async def submit(self) -> v.CaseReceipt:
        return await self.desk.submit(self.desk.tolerant(*WITHOUT_CAD))

    async def tolerate(self, receipt: v.CaseReceipt) -> v.CaseReceipt:
        """As the service does it: ask first, then the transaction."""
        await of_cases.before_answering(self.desk.office, self.desk.clerk, receipt.case_id)
        return await self.desk.tolerate(receipt)

    async def notice(self, receipt: v.CaseReceipt) -> v.CaseReceipt:
        await of_cases.before_answering(self.desk.office, self.desk.clerk, receipt.case_id)
        return await self.desk.notice(receipt)

    async def ask_again(self, receipt: v.CaseReceipt, actor: Actor | None = None) -> CaseCredit:
        return await of_cases.ask_again(self.desk.office, actor or self.desk.clerk, receipt.case_id)

    async def snapshots(self, receipt: v.CaseReceipt) -> list[Any]:
        rows = await self.desk.rows(
            "SELECT name, data FROM case_events WHERE case_id = $1 ORDER BY version", receipt.case_id
        )
        return [row["data"]["credit"] for row in rows if row["data"].get("credit")]


@pytest.fixture
async def town(desk: Desk) -> AsyncIterator[Town]:
    town = Town(desk)
    async with running(town.city):
        source = HttpCreditSource(town.city.url, KEY, breaker=Breaker(failures=100))
        desk.office.credit = CreditDesk([source])
        yield town
        await desk.office.credit.close()


async def test_a_submission_without_tolerance_asks_nobody(town: Town):
    await town.desk.submit(town.desk.request(*ALL_PAPERS))
    assert town.asked == 0
    assert await town.desk.rows("SELECT 1 FROM credit_answers") == []


async def test_a_submission_with_tolerance_asks_once_and_keeps_each_answer(town: Town):
    """§5.3(9): the snapshot with each source and its time is part of the record."""
    receipt = await town.submit()
    assert receipt.proposed_outcome == "accept_tolerantly"
    assert town.asked == 1
    (snapshot,) = await town.snapshots(receipt)
    assert [(a["source"], a["answered"]) for a in snapshot["answers"]] == [
        ("local_register", True),
        ("city_platform", True),
    ]
    facts = records.credit_from_record(snapshot)
    assert timedelta() <= facts.queried_at - FRIDAY_MORNING < timedelta(minutes=1)


async def test_a_source_that_is_away_never_makes_anybody_eligible(town: Town):
    """§5.3(1): no answer in time leaves the ordinary route, says so, and waits for a clerk."""
    town.away = True
    receipt = await town.submit()
    assert receipt.state == "SUBMITTED"
    assert receipt.proposed_outcome == "request_correction"
    (snapshot,) = await town.snapshots(receipt)
    assert snapshot["answered"] is False
    assert snapshot["answers"][1]["fault"] == "failing"
    with pytest.raises(OutcomeNotAllowed, match="outcome_not_allowed") as refused:
        await town.tolerate(receipt)
    assert [reason["code"] for reason in refused.value.facts["reasons"]] == ["credit_unknown"]
    noticed = await town.notice(receipt)
    assert noticed.state == "CORRECTION_NOTICED"
    assert (await town.snapshots(noticed))[-1]["answered"] is False


async def test_a_clerk_sees_who_was_silent_and_asks_again(town: Town):
    town.away = True
    receipt = await town.submit()
    seen = await town.desk.view(receipt.case_id)
    assert seen.credit is not None
    register, platform = seen.credit.answers
    assert (register.answered, platform.answered) == (True, False)
    assert platform.source_zh == "市公共信用信息平台"
    assert platform.fault_zh == "发生故障"
    assert [reason.code for reason in seen.check.tolerance_reasons] == ["credit_unknown"]
    town.away = False
    answer = await town.ask_again(receipt)
    assert answer.answered
    seen = await town.desk.view(receipt.case_id)
    assert seen.check.may == ("accept_tolerantly",)
    assert (await town.tolerate(receipt)).state == "ACCEPTED_TOLERANT"


async def test_asking_again_is_a_look_with_its_purpose(town: Town):
    receipt = await town.submit()
    await town.ask_again(receipt)
    (look,) = await town.desk.rows("SELECT * FROM credit_looks")
    assert (look["case_id"], look["actor"], look["viewed"]) == (receipt.case_id, "staff:clerk", "sources")
    purpose = town.desk.office.keyring.decrypt_text(look["purpose"], context=f"credit-look:{look['id']}")
    assert receipt.case_no in purpose
    assert await town.desk.rows("SELECT 1 FROM outbox WHERE routing_key LIKE '%credit_viewed.v1'")


async def test_asking_again_is_for_waiting_requests_of_the_own_unit_only(town: Town):
    without = await town.desk.submit(town.desk.request(*ALL_PAPERS))
    with pytest.raises(DomainError, match="credit_not_needed"):
        await town.ask_again(without)
    receipt = await town.submit()
    stranger = Actor("staff:stranger", frozenset({Role.CLERK}), "11341600762764234D")
    with pytest.raises(DomainError, match="case_not_found"):
        await town.ask_again(receipt, stranger)
    await town.tolerate(receipt)
    with pytest.raises(DomainError, match="credit_not_needed"):
        await town.ask_again(receipt)
    assert await town.desk.rows("SELECT 1 FROM credit_looks") == []


async def test_a_record_of_the_platform_stands_in_the_way_with_its_citation(town: Town):
    town.fields = {"records": [RECORD]}
    receipt = await town.submit()
    assert receipt.proposed_outcome == "request_correction"
    seen = await town.desk.view(receipt.case_id)
    assert seen.credit is not None
    (record,) = seen.credit.answers[1].records
    assert (record.list_item, record.reference, record.kind_zh) == (
        "严重失信主体名单",
        "皖信〔2026〕12号",
        "严重失信主体",
    )
    noticed = await town.notice(receipt)
    (row,) = await town.desk.rows(
        "SELECT data FROM case_events WHERE case_id = $1 AND name = 'CorrectionRequested'", receipt.case_id
    )
    assert row["data"]["tolerance_refused"] == ["serious_discredit"]
    assert noticed.state == "CORRECTION_NOTICED"


async def test_what_the_staff_see_of_credit_nobody_else_sees(town: Town):
    town.fields = {"records": [RECORD]}
    receipt = await town.submit()
    for actor in (town.desk.zhang, Actor("staff:auditor", frozenset({Role.AUDITOR}))):
        assert (await town.desk.view(receipt.case_id, actor)).credit is None
    # The applicant is told the reason all the same.
    mine = await town.desk.view(receipt.case_id, town.desk.zhang)
    assert [reason.code for reason in mine.check.tolerance_reasons] == ["serious_discredit"]


@pytest.mark.parametrize("grade", ["C", "D"])
async def test_a_bad_grade_closes_tolerance_by_policy_and_says_so(town: Town, grade: str):
    town.fields = {"grade": {"value": grade, "graded_on": "2026-06-01"}}
    receipt = await town.submit()
    assert receipt.proposed_outcome == "request_correction"
    (reason,) = (await town.desk.view(receipt.case_id)).check.tolerance_reasons
    assert reason.code == "credit_grade"
    assert grade in reason.zh
    assert "tolerance" in (await town.snapshots(receipt))[0]["closed_by_grade"]


async def test_a_good_grade_closes_nothing(town: Town):
    town.fields = {"grade": {"value": "B", "graded_on": "2026-06-01"}}
    assert (await town.submit()).proposed_outcome == "accept_tolerantly"


async def test_no_refusal_of_tolerance_is_made_by_a_machine(town: Town):
    """个人信息保护法 Art 24: whatever credit says, the case waits for a clerk, whose answer alone is an answer."""
    bad: tuple[tuple[bool, dict[str, Any]], ...] = (
        (True, {}),
        (False, {"records": [RECORD]}),
        (False, {"grade": {"value": "D", "graded_on": "2026-06-01"}}),
    )
    for town.away, town.fields in bad:
        await town.desk.rows("DELETE FROM credit_answers RETURNING 1")
        receipt = await town.submit()
        await of_cases.before_showing(town.desk.office, town.desk.clerk, receipt.case_id)
        await town.desk.work_timers()
        (row,) = await town.desk.rows("SELECT state, version FROM cases WHERE id = $1", receipt.case_id)
        assert (row["state"], row["version"]) == ("SUBMITTED", 1)
        actors = await town.desk.rows(
            "SELECT actor_role FROM case_events WHERE case_id = $1", receipt.case_id
        )
        assert [row["actor_role"] for row in actors] == ["applicant"]
        noticed = await town.notice(receipt)
        (row,) = await town.desk.rows(
            "SELECT actor, actor_role, data FROM case_events WHERE case_id = $1 AND version = 2",
            receipt.case_id,
        )
        assert (row["actor"], row["actor_role"]) == ("staff:clerk", "clerk")
        assert row["data"]["tolerance_refused"]
        assert noticed.documents[0].kind == "correction_notice"


async def test_silence_of_the_office_helps_the_applicant_whatever_credit_says(town: Town, clock: Clock):
    """LIC-04: five working days without an answer accept the case; a silent credit source changes nothing of that."""
    town.away = True
    receipt = await town.submit()
    clock.set_to(day(9, 28))
    await town.desk.work_timers()
    assert (await town.desk.view(receipt.case_id)).state == "ACCEPTED_DEEMED"
    assert town.asked == 1


async def test_an_answered_case_shows_what_was_known_then(town: Town, clock: Clock):
    receipt = await town.tolerate(await town.submit())
    town.fields = {"records": [RECORD]}
    clock.set_to(FRIDAY_MORNING + timedelta(days=3))
    seen = await town.desk.view(receipt.case_id)
    assert seen.credit is not None
    assert seen.credit.answered
    assert seen.check.tolerance_reasons == ()
    assert town.asked == 1


async def test_an_old_answer_is_asked_anew_when_a_clerk_opens_the_case(town: Town, clock: Clock):
    receipt = await town.submit()
    clock.set_to(FRIDAY_MORNING + timedelta(days=2))
    await of_cases.before_showing(town.desk.office, town.desk.zhang, receipt.case_id)
    assert town.asked == 1
    await of_cases.before_showing(town.desk.office, town.desk.clerk, receipt.case_id)
    assert town.asked == 2
    await of_cases.before_showing(town.desk.office, town.desk.clerk, receipt.case_id)
    assert town.asked == 2
    assert (await town.desk.view(receipt.case_id)).check.may == ("accept_tolerantly",)


async def test_a_path_that_forgets_to_ask_makes_nobody_eligible(town: Town, clock: Clock):
    receipt = await town.submit()
    clock.set_to(FRIDAY_MORNING + timedelta(days=2))
    with pytest.raises(OutcomeNotAllowed) as refused:
        await town.desk.tolerate(receipt)
    assert [reason["code"] for reason in refused.value.facts["reasons"]] == ["credit_unknown"]
    assert town.asked == 1


async def test_a_default_blocks_tolerance_until_it_is_repaired(town: Town, clock: Clock):
    """§5.3(7): the default of this platform blocks tolerance; the repair restores it from its day."""
    receipt = await town.tolerate(await town.submit())
    clock.set_to(day(10, 15))
    await town.desk.work_timers()
    assert (await town.desk.view(receipt.case_id)).state == "TERMINATED"
    (default,) = await town.desk.rows("SELECT id, recorded_on FROM defaults")
    blocked = await town.submit()
    assert blocked.proposed_outcome == "request_correction"
    reasons = (await town.desk.view(blocked.case_id)).check.tolerance_reasons
    assert [reason.code for reason in reasons] == ["broken_undertaking"]
    async with town.desk.database.transaction() as connection:
        keeper = Actor("staff:keeper", frozenset({Role.KEEPER}))
        work = Work(connection, keeper, town.desk.office.people, town.desk.office.keyring)
        request = RepairCredit(
            record_id=default["id"], instrument="亳信修〔2026〕3号", repaired_on=day(10, 15).date()
        )
        await ending.repair(work, request)
    assert (await town.desk.view(blocked.case_id)).check.may == ("accept_tolerantly",)
    assert (await town.tolerate(blocked)).state == "ACCEPTED_TOLERANT"


async def test_a_dry_run_and_the_submission_after_it_ask_once(town: Town):
    request = v.CheckMaterials.model_validate(
        {
            "item_code": town.desk.item_code,
            "materials": [material.model_dump() for material in town.desk.request(*WITHOUT_CAD).materials],
            "asks_tolerance": True,
            "undertaking_signed": True,
            "applicant": ZHANG,
        }
    )
    assert (await town.desk.check(town.desk.zhang, request)).proposed_outcome == "accept_tolerantly"
    await town.submit()
    assert town.asked == 1
    assert await town.desk.rows("SELECT 1 FROM credit_looks") == []
    # A dry run that the staff make for somebody is a look.
    await town.desk.check(town.desk.clerk, request)
    assert len(await town.desk.rows("SELECT 1 FROM credit_looks")) == 1
