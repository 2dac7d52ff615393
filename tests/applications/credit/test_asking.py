"""Asking everybody, keeping each answer, taking them together: silence makes nobody eligible."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.applications.credit.asking import CreditDesk
from services.applications.credit.platform import Breaker, HttpCreditSource
from services.applications.credit.sources import Subject
from services.applications.domain.credit import (
    CreditAnswer,
    CreditFacts,
    CreditRecord,
    GradePolicy,
    taken_together,
)
from shared import time
from shared.testing.clock import Clock
from tests.applications.credit.city import City, found, http, running
from tests.applications.credit.conftest import FRIDAY, Keeper
from tests.applications.credit.files import DEBTOR, GRADED, ZHANG_ID, changed, csv_of

KEY = b"0123456789abcdefghijklmnopqrstuv"
RECORD = {
    "record_id": "皖信〔2026〕12号",
    "kind": "serious_discredit",
    "list_item": "严重失信主体名单",
    "recorded_on": "2026-05-18",
}


class Town:
    """A city platform whose answer can be changed, and the desk that asks it."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.city = City(self.reply)
        self.fields: dict[str, Any] = {}
        self.away = False
        self.subject = Subject(keeper.person("111", ZHANG_ID), "111", ZHANG_ID)
        self.desk = CreditDesk()

    async def reply(self, question: dict[str, Any]) -> bytes:
        return http({}, "500 Broken") if self.away else http(found(question, **self.fields))

    async def ask(self, **more: Any) -> CreditFacts:
        return await self.desk.ask(self.keeper.database, self.subject, time.now(), **more)

    async def known(self) -> CreditFacts:
        async with self.keeper.work() as work:
            return await self.desk.known(work.connection, self.subject.person_id, time.now())

    async def needs_asking(self) -> bool:
        async with self.keeper.work() as work:
            return await self.desk.needs_asking(work.connection, self.subject.person_id, time.now())

    @property
    def asked(self) -> int:
        return len(self.city.questions)


@pytest.fixture
async def town(keeper: Keeper) -> AsyncIterator[Town]:
    town = Town(keeper)
    async with running(town.city):
        source = HttpCreditSource(
            town.city.url, KEY, timeout_seconds=1, breaker=Breaker(failures=100, pause_seconds=60)
        )
        town.desk = CreditDesk([source])
        yield town
        await town.desk.close()


async def test_both_are_asked_and_each_answer_is_in_the_snapshot(town: Town):
    await town.keeper.bring(csv_of(DEBTOR))
    town.fields = {"records": [RECORD]}
    facts = await town.ask()
    assert facts.source == "local_register+city_platform"
    assert [(a.source, a.answered, len(a.records)) for a in facts.answers] == [
        ("local_register", True, 1),
        ("city_platform", True, 1),
    ]
    assert facts.kinds == ("dishonest_debtor", "serious_discredit")
    assert facts.closes("tolerance")
    assert facts.closes("commitment")


async def test_a_clean_answer_of_everybody_closes_nothing(town: Town):
    facts = await town.ask()
    assert facts.answered
    assert not facts.closes("tolerance")
    assert not facts.closes("commitment")


async def test_one_silent_source_leaves_the_question_open_and_is_named(town: Town):
    town.away = True
    facts = await town.ask()
    assert not facts.answered
    assert facts.silent == ("city_platform",)
    assert facts.closes("tolerance")
    assert facts.answers[1].fault == "failing"
    assert await town.keeper.count("credit_answers") == 1


async def test_a_young_answer_is_used_again_with_its_own_time(town: Town, clock: Clock):
    first = await town.ask()
    clock.set_to(FRIDAY + timedelta(minutes=9))
    again = await town.ask()
    assert town.asked == 1
    assert again.answers[1].queried_at == first.answers[1].queried_at
    # It is the moment of the oldest answer that the snapshot names.
    assert again.queried_at == first.answers[1].queried_at
    clock.set_to(FRIDAY + timedelta(minutes=11))
    await town.ask()
    assert town.asked == 2


async def test_silence_is_never_used_again(town: Town):
    town.away = True
    await town.ask()
    town.away = False
    assert (await town.ask()).answered
    assert town.asked == 2


async def test_a_clerk_can_ask_again_although_there_is_a_young_answer(town: Town):
    await town.ask()
    town.fields = {"records": [RECORD]}
    assert (await town.ask()).kinds == ()
    assert (await town.ask(again=True)).kinds == ("serious_discredit",)
    assert (await town.known()).kinds == ("serious_discredit",)
    assert await town.keeper.count("credit_answers") == 2


async def test_inside_a_transaction_nobody_outside_is_asked(town: Town):
    facts = await town.known()
    assert town.asked == 0
    assert (facts.answered, facts.answers[1].fault) == (False, "not_asked")
    await town.ask()
    assert (await town.known()).answered
    assert town.asked == 1


async def test_the_register_is_read_anew_whatever_was_kept(town: Town):
    await town.ask()
    await town.keeper.bring(csv_of(DEBTOR))
    assert (await town.known()).kinds == ("dishonest_debtor",)


async def test_an_old_answer_is_none(town: Town, clock: Clock):
    await town.ask()
    clock.set_to(FRIDAY + timedelta(hours=24))
    assert (await town.known()).answered
    assert not await town.needs_asking()
    clock.set_to(FRIDAY + timedelta(hours=24, seconds=1))
    facts = await town.known()
    assert (facts.answered, facts.answers[1].fault) == (False, "too_old")
    assert facts.closes("tolerance")
    assert await town.needs_asking()


async def test_an_old_record_is_not_held_against_anybody_either(town: Town, clock: Clock):
    town.fields = {"records": [RECORD], "grade": {"value": "D", "graded_on": "2026-06-01"}}
    await town.ask()
    clock.set_to(FRIDAY + timedelta(days=2))
    facts = await town.known()
    assert (facts.kinds, facts.grade, facts.silent) == ((), None, ("city_platform",))


async def test_each_look_at_a_page_does_not_ask_a_silent_source_again(town: Town, clock: Clock):
    assert await town.needs_asking()
    town.away = True
    await town.ask()
    assert not await town.needs_asking()
    clock.set_to(FRIDAY + timedelta(seconds=61))
    assert await town.needs_asking()


async def test_without_a_platform_the_register_alone_answers(town: Town):
    town.desk = CreditDesk()
    facts = await town.ask()
    assert (facts.answered, facts.source) == (True, "local_register")
    assert not await town.needs_asking()


async def test_many_at_once_each_get_an_answer(town: Town):
    facts = await asyncio.gather(*(town.ask(again=True) for _ in range(20)))
    assert all(one.answered for one in facts)


async def test_a_grade_closes_routes_by_the_policy_of_the_day(town: Town):
    await town.keeper.bring(csv_of(changed(GRADED, 证件类型="111", 证件号码=ZHANG_ID, 评价等级="中")))
    facts = await town.ask()
    assert facts.grade == "C"
    assert facts.closes("tolerance")
    assert not facts.closes("commitment")
    town.fields = {"grade": {"value": "D", "graded_on": "2026-06-02"}}
    facts = await town.ask(again=True)
    assert facts.grade == "D"
    assert facts.closes("commitment")
    town.desk.policy = GradePolicy({})
    facts = await town.ask()
    assert facts.grade == "D"
    assert not facts.closes("tolerance")


def graded(grade: Any, on: date) -> CreditAnswer:
    return CreditAnswer("a", FRIDAY, grade=grade, graded_on=on)


def test_the_newest_grade_counts_and_of_one_day_the_worse():
    policy = GradePolicy()
    old, new = date(2026, 1, 1), date(2026, 6, 1)
    assert taken_together([graded("D", old), graded("A", new)], policy).grade == "A"
    assert taken_together([graded("A", old), graded("D", new)], policy).grade == "D"
    assert taken_together([graded("B", new), graded("D", new)], policy).grade == "D"
    assert taken_together([CreditAnswer("a", FRIDAY)], policy).closed_by_grade == ()


@pytest.mark.parametrize(
    ("grade", "closed"), [("A", ()), ("B", ()), ("C", ("tolerance",)), ("D", ("tolerance", "commitment"))]
)
def test_the_default_policy_is_that_of_the_domain_rules(grade: Any, closed: tuple[str, ...]):
    assert GradePolicy().closed_by(grade) == closed


def test_the_snapshot_of_an_earlier_release_still_reads():
    stored = {
        "source": "local_register",
        "queried_at": "2026-09-18T01:30:00Z",
        "answered": True,
        "records": [{"kind": "serious_discredit", "list_item": "某名单", "recorded_on": "2026-01-05"}],
    }
    adapter = TypeAdapter(CreditFacts)
    facts = adapter.validate_python(stored)
    assert facts.records == (CreditRecord("serious_discredit", "某名单", date(2026, 1, 5)),)
    assert (facts.answers, facts.grade, facts.closed_by_grade) == ((), None, ())
    assert facts.closes("commitment")
    assert adapter.validate_python(stored | {"answered": False}).silent == ("local_register",)


def test_a_snapshot_reads_as_it_was_written():
    facts = taken_together(
        [
            CreditAnswer(
                "a",
                FRIDAY,
                records=(CreditRecord("serious_discredit", "某名单", date(2026, 1, 5), "某局", "1号"),),
                grade="D",
                graded_on=date(2026, 6, 1),
            ),
            CreditAnswer("b", FRIDAY, answered=False, fault="timeout"),
        ],
        GradePolicy(),
    )
    adapter = TypeAdapter(CreditFacts)
    assert adapter.validate_python(adapter.dump_python(facts, mode="json")) == facts
