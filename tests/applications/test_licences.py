"""Licences on a real PostgreSQL: made out, changed, renewed by decision and by silence, revoked, banned, filed."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.applications import contracts as v
from services.applications import expiry, projections, queries, work_lists
from services.applications.contracts import licences as lv
from services.applications.domain.errors import DomainError, OutcomeNotAllowed
from services.applications.methods import licences
from services.catalogue.contracts import ItemPublishedV1
from services.catalogue.contracts.codes import ItemType
from services.catalogue.contracts.item import Validity
from shared import time
from shared.identity import Actor, Role, system_actor
from shared.testing.actors import UNIT
from shared.testing.clock import Clock
from tests.applications.conftest import COMPANY, ZHANG, Desk, day, papers, published_items
from tests.applications.test_flows import every_case_is_the_fold_of_its_record, published

A08 = ("A08-01", "A08-02", "A08-04")
HEAD = Actor("staff:head", frozenset({Role.ORGAN_HEAD}), UNIT)
GRANTED = date(2026, 9, 18)
UNTIL = date(2027, 9, 18)


def certificate(**changes: Any) -> ItemPublishedV1:
    """A-08 as a licence that holds twelve months and directly concerns public safety."""
    (one,) = [item for item in published_items() if item.item.code.endswith("341080008000")]
    plain = {
        "item_type": ItemType.LICENCE,
        "validity": Validity(months=12, renew_before_days=30),
        "safety_sensitive": True,
        **changes,
    }
    content = one.item.content.model_copy(update=plain)
    return one.model_copy(update={"item": one.item.model_copy(update={"version": 2, "content": content})})


class Holder:
    """Somebody who applies for the certificate and asks for more."""

    def __init__(self, desk: Desk, applicant: dict[str, Any] = ZHANG) -> None:
        self.desk, self.applicant = desk, applicant
        self.actor = desk.owner_of(applicant)

    def request(self, **more: Any) -> v.SubmitCase:
        item = {"item_code": certificate().item.code, "materials": papers(*A08)}
        return self.desk.request(**({"applicant": self.applicant} | item | more))

    async def accepted(self, **more: Any) -> v.CaseReceipt:
        return await self.desk.accept(await self.desk.submit(self.request(**more), self.actor))

    async def held(self, **more: Any) -> v.CaseReceipt:
        """Granted, made out, delivered."""
        return await self.desk.deliver(await self.issue(await self.desk.decide(await self.accepted(**more))))

    async def issue(self, receipt: v.CaseReceipt) -> v.CaseReceipt:
        request = lv.IssueLicence(case_id=receipt.case_id, expected_version=receipt.version)
        return await self.desk.do(licences.issue_licence, self.desk.approver, request)

    async def follow_up(self, purpose: str, licence: v.CaseReceipt, **more: Any) -> v.CaseReceipt:
        """An application about this licence, as submitted."""
        request = self.request(purpose=purpose, licence_case_id=licence.case_id, **more)
        return await self.desk.submit(request, self.actor)

    async def state(self, case_id: UUID) -> str:
        return (await self.desk.view(case_id)).state


@pytest.fixture
async def holder(desk: Desk) -> Holder:
    async with desk.database.transaction() as connection:
        await projections.save_item(connection, certificate())
    await desk.office.refresh()
    return Holder(desk)


async def expire(desk: Desk) -> int:
    return await expiry.work(desk.office, system_actor("applications"))


def ten_on(on: date) -> datetime:
    return datetime.combine(on, datetime.min.time(), time.SHANGHAI) + timedelta(hours=10)


async def revoked(desk: Desk, receipt: v.CaseReceipt, ground: str = "fraud_or_bribery") -> v.CaseReceipt:
    heard = await desk.do(
        licences.hear_licensee,
        desk.approver,
        lv.HearLicensee(
            case_id=receipt.case_id, expected_version=receipt.version, told_on=time.today(), waived=True
        ),
    )
    request = lv.RevokeLicence.model_validate(
        {
            "case_id": receipt.case_id,
            "expected_version": heard.version,
            "ground": ground,
            "reasons": "伪造了安全责任书。",
        }
    )
    return await desk.do(licences.revoke_licence, HEAD, request)


# -- made out and filed ----------------------------------------------------------------------------------------


async def test_a_certificate_has_its_number_its_validity_and_a_place_on_the_register(
    desk: Desk, holder: Holder
):
    receipt = await desk.decide(await holder.accepted())
    with pytest.raises(OutcomeNotAllowed, match="licence_not_made_out"):
        await desk.deliver(receipt)
    receipt = await holder.issue(receipt)
    assert receipt.state == "ISSUED"
    # What is made out waits on the delivery list.
    page = await desk.ask(work_lists.list_cases, desk.clerk, v.ListCases(view="delivery"))
    assert [line.case_id for line in page.items] == [receipt.case_id]
    receipt = await desk.deliver(receipt)
    view = await desk.view(receipt.case_id, holder.actor)
    assert view.licence is not None
    assert view.licence.number == "亳人防许证〔2026〕1号"
    assert (view.licence.valid_from, view.licence.valid_until) == (GRANTED, UNTIL)
    (row,) = await desk.rows("SELECT number, valid_until, holder_id FROM licences")
    assert tuple(row) == (view.licence.number, UNTIL, holder.actor.person_id)
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_delivered_case_files_itself_and_can_still_be_revoked(
    desk: Desk, holder: Holder, clock: Clock
):
    receipt = await holder.held()
    clock.set_to(day(10, 19))
    assert await desk.work_timers() == 1
    assert await holder.state(receipt.case_id) == "CLOSED"
    assert (await published(desk, receipt.case_id))[-1]["data"]["result_code"] == "0"
    assert await desk.rows("SELECT 1 FROM timers WHERE settled_at IS NULL") == []
    # Filed is filed once.
    with pytest.raises(DomainError, match="illegal_transition"):
        await desk.do(
            licences.close_case,
            desk.clerk,
            lv.CloseCase(case_id=receipt.case_id, expected_version=receipt.version + 1),
        )
    assert (
        await revoked(desk, receipt.model_copy(update={"version": receipt.version + 1}))
    ).state == "REVOKED"
    (row,) = await desk.rows("SELECT ended_by FROM licences")
    assert row["ended_by"] == "Revoked"
    await every_case_is_the_fold_of_its_record(desk)


# -- changed and renewed (LIC-20, LIC-21) ------------------------------------------------------------------------


@pytest.mark.parametrize(("purpose", "state"), [("change", "CHANGED"), ("renewal", "RENEWED")])
async def test_a_grant_marks_the_earlier_licence_in_the_same_transaction(
    desk: Desk, holder: Holder, purpose: str, state: str
):
    # LIC-20, LIC-21.
    licence = await holder.held()
    receipt = await holder.follow_up(purpose, licence)
    assert receipt.notes == ()
    (event,) = await published(desk, receipt.case_id)
    assert (event["data"]["purpose"], event["data"]["licence_case_id"]) == (purpose, str(licence.case_id))
    receipt = await desk.decide(await desk.accept(receipt))
    earlier = await desk.view(licence.case_id)
    assert (earlier.state, earlier.followed_by) == (state, receipt.case_id)
    later = await desk.view((await holder.issue(receipt)).case_id)
    assert (later.purpose, later.licence_case_id) == (purpose, licence.case_id)
    assert later.licence is not None
    assert later.licence.valid_until == (UNTIL if purpose == "change" else date(2028, 9, 18))
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_late_renewal_is_received_and_told(desk: Desk, holder: Holder, clock: Clock):
    # LIC-21.
    licence = await holder.held()
    clock.set_to(ten_on(date(2027, 8, 20)))
    receipt = await holder.follow_up("renewal", licence)
    assert [note.code for note in receipt.notes] == ["renewal_late"]


async def test_only_the_holder_asks_and_only_for_a_licence_that_is_held(desk: Desk, holder: Holder):
    licence = await holder.held()
    other = Holder(desk, COMPANY)
    with pytest.raises(DomainError, match="licence_not_found"):
        await other.follow_up("change", licence)
    with pytest.raises(DomainError, match="licence_not_found"):
        await holder.follow_up("change", licence.model_copy(update={"case_id": uuid4()}))
    # A clerk asks in the holder's name, and for nobody else either.
    request = holder.request(purpose="change", licence_case_id=licence.case_id, channel="counter")
    assert (await desk.submit(request, desk.clerk)).state == "SUBMITTED"
    await revoked(desk, licence)
    with pytest.raises(DomainError, match=r"licence_not_held|banned_from_item"):
        await holder.follow_up("change", licence)


async def test_silence_renews_however_late_anybody_looks(desk: Desk, holder: Holder, clock: Clock):
    # LIC-21, Art 50: a week without any replica, and the law's dates all the same.
    licence = await holder.held()
    clock.set_to(ten_on(date(2027, 8, 2)))
    renewal = await desk.accept(await holder.follow_up("renewal", licence))
    clock.set_to(ten_on(UNTIL))
    assert await expire(desk) == 0
    clock.set_to(ten_on(UNTIL + timedelta(days=7)))
    assert await expire(desk) == 1
    assert await expire(desk) == 0
    view = await desk.view(renewal.case_id)
    assert view.state == "DECIDED_GRANT"
    assert [entry.event for entry in view.timeline[-2:]] == ["RenewalDeemed", "DutyBreached"]
    assert view.timeline[-1].effective_on == UNTIL
    earlier = await desk.view(licence.case_id)
    assert earlier.state == "RENEWED"
    assert (await published(desk, licence.case_id))[-1]["data"]["basis"] == "silence"
    assert earlier.timeline[-1].effective_on == UNTIL
    made = await holder.issue(renewal.model_copy(update={"version": view.version}))
    found = (await desk.view(made.case_id)).licence
    assert found is not None
    assert (found.valid_from, found.valid_until) == (UNTIL, date(2028, 9, 18))
    await every_case_is_the_fold_of_its_record(desk)


async def test_an_application_left_unanswered_is_renewed_by_silence_whichever_timer_is_looked_at_first(
    desk: Desk, holder: Holder, clock: Clock
):
    # LIC-04 before LIC-21: no replica worked since the receipt, and nobody answered; by law it was accepted then.
    licence = await holder.held()
    clock.set_to(ten_on(date(2027, 8, 2)))
    renewal = await holder.follow_up("renewal", licence)
    clock.set_to(ten_on(UNTIL + timedelta(days=7)))
    assert await expire(desk) == 1
    view = await desk.view(renewal.case_id)
    assert view.state == "DECIDED_GRANT"
    happened = [entry.event for entry in view.timeline]
    assert happened.index("Accepted") < happened.index("RenewalDeemed")
    assert await holder.state(licence.case_id) == "RENEWED"
    await every_case_is_the_fold_of_its_record(desk)


@pytest.mark.parametrize("why", ["none", "corrected", "late", "refused"])
async def test_without_an_accepted_renewal_in_time_the_licence_is_to_be_struck_off(
    desk: Desk, holder: Holder, clock: Clock, why: str
):
    # LIC-21, LIC-23: a case in correction at the end is no accepted application.
    licence = await holder.held()
    clock.set_to(ten_on(date(2027, 8, 30 if why == "late" else 2)))
    if why == "corrected":
        await desk.notice(await holder.follow_up("renewal", licence, materials=papers("A08-01")))
    elif why != "none":
        receipt = await desk.accept(await holder.follow_up("renewal", licence))
        if why == "refused":
            await desk.decide(receipt, "refuse", reasons="不再符合条件。")
    clock.set_to(ten_on(UNTIL + timedelta(days=1)))
    assert await expire(desk) == 1
    view = await desk.view(licence.case_id)
    assert view.licence is not None
    assert (view.state, view.licence.expired_on) == ("DELIVERED", UNTIL)
    assert view.timeline[-1].event == "LicenceExpired"
    request = lv.CancelLicence(
        case_id=licence.case_id,
        expected_version=view.version,
        ground="expired_without_renewal",
        reasons="有效期届满未延续。",
    )
    if why in ("none", "refused"):
        receipt = await desk.do(licences.cancel_licence, desk.approver, request)
        assert receipt.state == "CANCELLED"
        assert receipt.documents[0].kind == "cancellation_notice"
    else:
        with pytest.raises(OutcomeNotAllowed, match="licence_not_expired"):
            await desk.do(licences.cancel_licence, desk.approver, request)
    await every_case_is_the_fold_of_its_record(desk)


async def all_of(tasks: Iterable[Any]) -> list[Any]:
    async with asyncio.timeout(30):
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_renewal_and_a_revocation_race_and_one_wins(desk: Desk, holder: Holder):
    # Both lock the earlier case first, so that nobody waits for ever; the loser is told.
    for _ in range(6):
        licence = await holder.held()
        renewal = await desk.accept(await holder.follow_up("renewal", licence))
        change = await desk.accept(await holder.follow_up("change", licence))
        results = await all_of(
            [
                desk.decide(renewal),
                desk.decide(change),
                revoked(desk, licence, "beyond_powers"),
            ]
        )
        won = [result for result in results if isinstance(result, v.CaseReceipt)]
        assert len(won) == 1, results
        codes = {result.code for result in results if not isinstance(result, v.CaseReceipt)}
        assert codes <= {"licence_not_held", "stale_case", "illegal_transition"}
    await every_case_is_the_fold_of_its_record(desk)


async def test_two_replicas_and_a_late_decision_race_on_one_expiry(desk: Desk, holder: Holder, clock: Clock):
    licences_held = [await holder.held() for _ in range(5)]
    clock.set_to(ten_on(date(2027, 8, 2)))
    renewals = [await desk.accept(await holder.follow_up("renewal", one)) for one in licences_held]
    clock.set_to(ten_on(UNTIL + timedelta(days=1)))
    # The renewals are overdue as well, so their timers come in between, several cases at a time.
    results = await all_of(
        [
            *(expire(desk) for _ in range(3)),
            *(desk.work_timers() for _ in range(3)),
            *(desk.decide(one) for one in renewals),
        ]
    )
    assert not [r for r in results if isinstance(r, BaseException) and not isinstance(r, DomainError)], (
        results
    )
    await expire(desk)
    for licence, renewal in zip(licences_held, renewals, strict=True):
        assert await holder.state(licence.case_id) == "RENEWED"
        assert await holder.state(renewal.case_id) == "DECIDED_GRANT"
    rows = await desk.rows("SELECT count(*) AS n FROM case_events WHERE name = 'LicenceRenewed'")
    assert rows[0]["n"] == 5
    await every_case_is_the_fold_of_its_record(desk)


# -- bans (LIC-24, LIC-25) ---------------------------------------------------------------------------------------


async def refused_for_false_papers(desk: Desk, holder: Holder) -> v.CaseReceipt:
    receipt = await holder.accepted()
    return await desk.decide(receipt, "refuse", reasons="材料虚假。", ground="false_materials")


@pytest.mark.parametrize(
    ("article", "last", "first_after"),
    [
        ("78", date(2027, 9, 18), date(2027, 9, 19)),
        ("79", date(2029, 9, 18), date(2029, 9, 19)),
    ],
)
async def test_who_is_banned_is_told_until_when_through_every_channel(
    desk: Desk, holder: Holder, clock: Clock, article: str, last: date, first_after: date
):
    # LIC-24, LIC-25.
    if article == "78":
        await refused_for_false_papers(desk, holder)
    else:
        await revoked(desk, await holder.held())
    await desk.office.refresh()
    clock.set_to(ten_on(last))
    channels = {
        "online": (holder.actor, {}),
        "counter": (desk.clerk, {}),
        "service_point": (desk.clerk, {}),
        "home_visit": (desk.clerk, {}),
        "province": (desk.province, {"external_no": "AH-1"}),
    }
    for channel, (actor, more) in channels.items():
        with pytest.raises(OutcomeNotAllowed, match="banned_from_item") as told:
            await desk.submit(holder.request(channel=channel, **more), actor)
        assert f"行政许可法 {article}" in told.value.zh
        assert last.isoformat() in told.value.zh
        assert re.search(r"致电\S+\d", told.value.zh)
    clock.set_to(ten_on(first_after))
    assert (await desk.submit(holder.request(), holder.actor)).state == "SUBMITTED"


async def test_a_ban_keeps_nobody_else_and_nothing_else_out(desk: Desk, holder: Holder):
    # LIC-24: this person, this licence.
    await refused_for_false_papers(desk, holder)
    await desk.office.refresh()
    other = Holder(desk, COMPANY)
    assert (await desk.submit(other.request(), other.actor)).state == "SUBMITTED"
    assert (await desk.submit(desk.request("A01-01"))).state == "SUBMITTED"


async def test_every_replica_notices_a_ban(desk: Desk, holder: Holder):
    before = desk.office.known
    await refused_for_false_papers(desk, holder)
    await desk.office.refresh()
    assert desk.office.known.changes > before.changes
    assert holder.actor.person_id in desk.office.known.banned
    (row,) = await desk.rows("SELECT item, until, article FROM bans")
    assert tuple(row) == ("341080008000", date(2027, 9, 18), "行政许可法 78")


async def test_a_refusal_without_that_ground_bans_nobody(desk: Desk, holder: Holder):
    await desk.decide(await holder.accepted(), "refuse", reasons="不符合条件。")
    assert await desk.rows("SELECT 1 FROM bans") == []


# -- whom an item serves -------------------------------------------------------------------------------------------


async def test_an_item_that_does_not_serve_people_tells_them_at_intake_and_before(desk: Desk, holder: Holder):
    for code, versions in list(desk.office.known.versions.items()):
        if code == desk.item_code:
            effective_on, one = versions[1]
            served = tuple(kind for kind in one.item.content.served_objects if kind.value != "natural_person")
            content = one.item.content.model_copy(update={"served_objects": served})
            item = one.item.model_copy(update={"content": content})
            versions[1] = (effective_on, one.model_copy(update={"item": item}))
    desk.office.known = replace(desk.office.known, _items={})
    with pytest.raises(OutcomeNotAllowed, match="applicant_not_served"):
        await desk.submit(desk.request("A01-01"))
    with pytest.raises(OutcomeNotAllowed, match="applicant_not_served"):
        await queries.check(
            desk.office,
            desk.zhang,
            v.CheckMaterials.model_validate({"item_code": desk.item_code, "applicant": ZHANG}),
        )
    company = desk.owner_of(COMPANY)
    assert (await desk.submit(desk.request("A01-01", applicant=COMPANY), company)).state == "SUBMITTED"
