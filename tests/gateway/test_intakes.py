"""Intakes, the second screen and what goes from device to device: sealed, their owner's, once, and over in time."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import httpx
import pytest
from pydantic_core import PydanticCustomError

from services.applications.contracts import CaseReceipt
from services.gateway.applicant import drafts
from services.gateway.counter import handing_over, holding, keys, reading, second_screen
from services.gateway.counter.holding import HandedIn, Intake
from services.gateway.counter.second_screen import Shown
from services.gateway.gateway import Gateway
from services.gateway.identity.own import own_identity
from services.gateway.identity.sessions import digest_of
from services.gateway.identity.visitor import Session, Visitor
from services.gateway.problems import Problem
from services.gateway.sealing import keyring_of
from services.gateway.sweeping import INTAKES_KEPT, sweep
from shared import time
from shared.identity import Role
from shared.testing.clock import Clock
from tests.gateway.conftest import Visitors

SEPARATORS = ",，;；|^\t"
LI = "341602198503120022"
CLERK = "staff:clerk"


@pytest.mark.parametrize(
    ("typed", "kind", "number", "name"),
    [
        (LI, "natural", LI, ""),
        (" ３４１６０２ １９８５０３１２ ００２２ ", "natural", LI, ""),
        (f"李秀英,女,汉,19850312,安徽省亳州市谯城区光明西路1号,{LI}", "natural", LI, "李秀英"),
        (f"{LI}|李秀英|女", "natural", LI, "李秀英"),
        ("91341600ma2tq0x10m", "legal", "91341600MA2TQ0X10M", ""),
    ],
)
def test_what_a_reader_types_is_told_by_its_form(typed: str, kind: str, number: str, name: str) -> None:
    card = reading.read(typed, SEPARATORS)
    assert (card.kind, card.number, card.name) == (kind, number, name)


def test_a_wrong_number_and_a_card_that_contradicts_itself_are_noticed() -> None:
    with pytest.raises(PydanticCustomError) as refused:
        reading.read("341602198503120023", SEPARATORS)
    assert "最后一位" in str((refused.value.context or {})["zh"])
    assert reading.read(f"李秀英,男,{LI}", SEPARATORS).contradicts_itself
    assert not reading.read(f"李秀英,女,{LI}", SEPARATORS).contradicts_itself


def test_keys_of_the_browser_the_queue_and_of_others_are_refused() -> None:
    for key in ("F5", "F2", "F4", "Ctrl+W", "Ctrl+C"):
        assert keys.fault_of(key, {}) is not None, key
    assert keys.fault_of("K", {}) is not None
    assert keys.fault_of("Alt+H", {"挂起当前收件": "Alt+H"}) is not None
    assert keys.fault_of(keys.spelt("alt + a"), {}) is None
    usual = {action.label: action.usual for action in keys.ACTIONS}
    for action in keys.ACTIONS:
        others = {label: key for label, key in usual.items() if label != action.label}
        assert action.usual in keys.FIXED or keys.fault_of(action.usual, others) is None, action


async def test_an_intake_lies_sealed_belongs_to_its_clerk_and_is_swept(
    gateway: Gateway, clock: Clock
) -> None:
    intake = await holding.begin(gateway, CLERK, {"applicant.name": "李秀英"})
    [row] = await gateway.database.fetch("SELECT content FROM intakes")
    assert "李秀英".encode() not in row["content"]
    with pytest.raises(Problem):
        await holding.load(gateway, "staff:other", intake.id)
    assert [one.name for one in await holding.held(gateway, CLERK)] == ["李秀英"]
    clock.set_to(time.now() + INTAKES_KEPT + timedelta(minutes=1))
    await sweep(gateway.database, gateway.uploads)
    assert await holding.held(gateway, CLERK) == []


async def test_what_was_handed_in_is_changed_by_no_other_window(gateway: Gateway) -> None:
    intake = await holding.begin(gateway, CLERK, {})
    other = await holding.load(gateway, CLERK, intake.id)
    intake.handed_in = HandedIn(case_id=uuid4(), case_no="1" * 20, access_code="ABCDEFGH", version=1)
    await holding.save(gateway, intake)
    await holding.save(gateway, other)
    assert (await holding.load(gateway, CLERK, intake.id)).handed_in == intake.handed_in
    await holding.delete(gateway, CLERK, intake.id)
    assert await holding.of_case(gateway, CLERK, intake.handed_in.case_id) is not None


async def _desk(gateway: Gateway, visitors: Visitors) -> Visitor:
    begun = await visitors.begin(Role.CLERK, kind=Session.COOKIE)
    visitor = await gateway.sessions.recognise(begun.token, cookie=True)
    assert visitor is not None
    return visitor


async def _paired(gateway: Gateway, desk: Visitor, token: str) -> None:
    await second_screen.ask_code(gateway, desk)
    screen = await second_screen.of_desk(gateway, desk)
    assert screen is not None
    assert screen.code is not None
    await second_screen.pair(gateway, screen.code, token, "203.0.113.9")


async def _show(gateway: Gateway, desk: Visitor, intake: Intake) -> None:
    screen = await second_screen.of_desk(gateway, desk)
    assert screen is not None
    shown = Shown(item_zh="甲", item_en="A", lines=[], missing=[], names=["李秀英"], text_sha256="0" * 64)
    sealed = keyring_of(gateway).encrypt(shown.model_dump_json(), context=f"second_screens:{screen.id}")
    async with gateway.database.transaction() as connection:
        await connection.execute(
            "UPDATE second_screens SET intake_id = $2, shown = $3, shown_until = $4 WHERE id = $1",
            screen.id,
            intake.id,
            sealed,
            time.now() + second_screen.SHOWN_MINUTES,
        )


async def test_a_pairing_code_works_once_and_for_one_desk(gateway: Gateway, visitors: Visitors) -> None:
    desk, other = await _desk(gateway, visitors), await _desk(gateway, visitors)
    await _paired(gateway, desk, "tablet-1")
    screen = await second_screen.of_desk(gateway, desk)
    assert screen is not None
    with pytest.raises(Problem):
        await second_screen.pair(
            gateway, second_screen.code_of(gateway, screen.id), "tablet-2", "203.0.113.9"
        )
    await _show(gateway, desk, await holding.begin(gateway, desk.actor.id, {}))
    assert await second_screen.of_device(gateway, "tablet-2") is None
    assert await second_screen.of_desk(gateway, other) is None


async def test_the_screen_ends_with_the_session_of_its_desk(gateway: Gateway, visitors: Visitors) -> None:
    desk = await _desk(gateway, visitors)
    await _paired(gateway, desk, "tablet-1")
    async with gateway.database.transaction() as connection:
        await gateway.sessions.end(connection, desk)
    assert await second_screen.of_device(gateway, "tablet-1") is None


async def test_a_text_that_nobody_signs_is_shown_no_more_and_a_signature_goes_to_its_intake_alone(
    gateway: Gateway, visitors: Visitors, clock: Clock
) -> None:
    desk = await _desk(gateway, visitors)
    await _paired(gateway, desk, "tablet-1")
    intake, other = [await holding.begin(gateway, desk.actor.id, {}) for _ in range(2)]
    await _show(gateway, desk, intake)
    tablet = await second_screen.of_device(gateway, "tablet-1")
    assert tablet is not None
    with pytest.raises(Problem):
        await second_screen.sign(gateway, tablet, "王小明", "")
    await second_screen.sign(gateway, tablet, "李秀英", "")
    assert not await second_screen.collect(gateway, desk, other)
    assert await second_screen.collect(gateway, desk, intake)
    assert intake.signed is not None
    await second_screen.clear(gateway, desk, intake)
    await _show(gateway, desk, other)
    clock.set_to(time.now() + second_screen.SHOWN_MINUTES + timedelta(seconds=1))
    late = await second_screen.of_device(gateway, "tablet-1")
    assert late is not None
    assert late.shown is None
    with pytest.raises(Problem):
        await second_screen.sign(gateway, replace(late), "李秀英", "")


async def test_a_link_opens_once_and_for_half_an_hour(gateway: Gateway, clock: Clock) -> None:
    token = await handing_over.offer(gateway, "case_to_phone", uuid4(), CLERK)
    stored = await gateway.database.fetch("SELECT code_index FROM handovers")
    assert token.encode() not in stored[0]["code_index"]
    async with gateway.database.transaction() as connection:
        await handing_over.use(connection, gateway, token)
    with pytest.raises(Problem):
        await handing_over.look(gateway, token)
    code = await handing_over.offer(gateway, "draft_to_counter", uuid4(), "account:1")
    assert (await handing_over.look(gateway, code.lower())).kind == "draft_to_counter"
    clock.set_to(time.now() + handing_over.LIVES)
    with pytest.raises(Problem):
        await handing_over.look(gateway, code)


async def test_what_the_window_has_handed_in_does_not_go_to_the_phone_as_a_second_case(
    gateway: Gateway, visitors: Visitors
) -> None:
    begun = await visitors.begin(Role.APPLICANT, kind=Session.COOKIE)
    applicant = await gateway.sessions.recognise(begun.token, cookie=True)
    assert applicant is not None
    own = await own_identity(gateway, applicant)
    card = {
        "applicant.certificate_type": str(own.certificate_type),
        "applicant.certificate_number": str(own.certificate_number),
    }
    intake = await holding.begin(gateway, CLERK, card)
    token = await handing_over.offer(gateway, "intake_to_phone", intake.id, CLERK)
    intake.handed_in = HandedIn(case_id=uuid4(), case_no="1" * 20, access_code=None, version=1)
    await holding.save(gateway, intake)
    with pytest.raises(Problem) as refused:
        await handing_over.claim(gateway, applicant, own, token)
    assert refused.value.code == "draft_already_sent"
    assert await drafts.unsent(gateway, applicant.actor.id) == []


async def test_the_window_goes_on_where_its_own_answer_was_lost_and_when_the_draft_is_gone(
    gateway: Gateway,
) -> None:
    owner = f"account:{uuid4()}"
    draft = await drafts.begin(gateway, owner, "1" * 31, 1, "甲")
    intake = await holding.begin(gateway, CLERK, {})
    intake.draft_id, intake.draft_owner = draft.id, owner
    receipt = SimpleNamespace(
        case_id=uuid4(), case_no="1" * 20, access_code="ABCDEFGH", submitted_at=time.now(), due_on=None
    )
    await handing_over.finish_draft(gateway, intake, cast(CaseReceipt, receipt))
    # Killed here, before the intake was kept: the same key hands in the same thing again.
    await handing_over.refuse_sent(gateway, intake)
    other = intake.model_copy(update={"id": uuid4()})
    with pytest.raises(Problem):
        await handing_over.refuse_sent(gateway, other)
    thrown_away = intake.model_copy(update={"draft_id": uuid4()})
    await handing_over.refuse_sent(gateway, thrown_away)
    await handing_over.finish_draft(gateway, thrown_away, cast(CaseReceipt, receipt))


async def test_two_clicks_begin_one_intake_and_another_card_another(
    http: httpx.AsyncClient, gateway: Gateway, visitors: Visitors
) -> None:
    token = await visitors.token(Role.CLERK, kind=Session.COOKIE)
    http.cookies.set("tongban_session", token)
    form = {"csrf_token": gateway.csrf.token(digest_of(token)), "key": "k" * 24}
    places = [
        (await http.post("/desk/new", data={**form, "scan": number})).headers["location"]
        for number in (LI, LI, "341602199001010012")
    ]
    assert places[0] == places[1] != places[2]


async def test_a_matter_that_ends_takes_neither_the_tablet_nor_what_another_one_had_signed(
    gateway: Gateway, visitors: Visitors
) -> None:
    desk = await _desk(gateway, visitors)
    await _paired(gateway, desk, "tablet-1")
    intake, other = [await holding.begin(gateway, desk.actor.id, {}) for _ in range(2)]
    await _show(gateway, desk, intake)
    tablet = await second_screen.of_device(gateway, "tablet-1")
    assert tablet is not None
    await second_screen.sign(gateway, tablet, "李秀英", "")
    # The other matter is handed in before this window has seen the signature.
    await second_screen.clear(gateway, desk, other)
    assert await second_screen.collect(gateway, desk, intake)
    await second_screen.clear(gateway, desk, intake)
    await _show(gateway, desk, other)
    # What was read on the tablet is not what it shows by now.
    await second_screen.sign(gateway, tablet, "李秀英", "")
    assert not await second_screen.collect(gateway, desk, other)
    await holding.delete(gateway, desk.actor.id, other.id)
    after = await second_screen.of_device(gateway, "tablet-1")
    assert after is not None
    assert after.shown is None
