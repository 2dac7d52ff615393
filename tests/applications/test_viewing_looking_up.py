"""A case by the end of a number, whoever's number it is, and what one of the staff did on a day."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.applications import refolding
from services.applications.contracts.looking_up import FindCases, FoundCases, GetDay
from services.applications.methods.looking_up import FOUND_AT_MOST, find_cases, get_day
from services.applications.store import finding
from shared import time
from shared.identity import Actor, Role
from shared.testing.actors import OTHER_UNIT, UNIT
from tests.applications.conftest import ALL_PAPERS, COMPANY, MAIN_PAPERS, ZHANG, Desk


async def found_by(desk: Desk, text: str, actor: Actor | None = None) -> FoundCases:
    found: FoundCases = await desk.ask(find_cases, actor or desk.clerk, FindCases(text=text))
    return found


@pytest.mark.parametrize("said", ["{number}", "{end}", "0012", "３４１６０２ 19900101 0012"])
async def test_a_case_is_found_by_the_end_of_its_number_or_of_a_certificate(desk: Desk, said: str):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    await desk.submit(desk.request(*ALL_PAPERS, applicant=COMPANY), desk.owner_of(COMPANY))
    text = said.format(number=receipt.case_no, end=receipt.case_no[-5:])

    (one,) = (await found_by(desk, text)).items

    assert one.line.case_id == receipt.case_id
    assert one.line.applicant_name == "张**"
    assert ZHANG["certificate_number"] not in one.model_dump_json()


async def test_only_what_ends_so_is_found_when_more_than_four_are_given(desk: Desk):
    await desk.submit(desk.request(*ALL_PAPERS))
    assert (await found_by(desk, "90012")).items == ()
    assert (await found_by(desk, "10012")).items != ()


async def test_another_unit_finds_nothing(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    stranger = Actor("staff:stranger", frozenset({Role.CLERK}), OTHER_UNIT)
    assert (await found_by(desk, "0012", stranger)).items == ()
    assert (await found_by(desk, receipt.case_no, stranger)).items == ()


async def test_more_cases_than_fit_are_said_to_be_more(desk: Desk):
    for _ in range(FOUND_AT_MOST + 1):
        await desk.submit(desk.request(*MAIN_PAPERS))
    found = await found_by(desk, "0012")
    assert (len(found.items), found.more) == (FOUND_AT_MOST, True)
    assert {one.by for one in found.items} == {"certificate"}


async def test_cases_of_other_units_do_not_hide_those_of_one_s_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    foreign = await desk.submit(desk.request(*MAIN_PAPERS))
    await desk.rows("UPDATE cases SET unit = $1 WHERE id = $2", OTHER_UNIT, foreign.case_id)
    narrow = finding.BY_CERTIFICATE_END.replace("LIMIT 500", "LIMIT 1")
    monkeypatch.setattr(finding, "BY_CERTIFICATE_END", narrow)
    (one,) = (await found_by(desk, "0012")).items
    assert one.line.case_id == receipt.case_id


@pytest.mark.parametrize("text", ["", "012", "%%%%", "00'12", "九九九九", "0" * 51])
def test_what_no_number_ends_with_is_refused(text: str):
    with pytest.raises(ValidationError):
        FindCases(text=text)


async def test_people_of_older_cases_are_found_once_the_walk_has_passed(desk: Desk):
    await desk.submit(desk.request(*ALL_PAPERS))
    await desk.rows("UPDATE parties SET certificate_end = NULL")
    await desk.rows("UPDATE refolding SET done = 1, going_on = 1, last_case = NULL")
    assert (await found_by(desk, "0012")).items == ()

    assert await refolding.work(desk.office) == 1

    assert len((await found_by(desk, "0012")).items) == 1


async def test_the_end_of_a_certificate_is_stored_under_a_key_only(desk: Desk):
    await desk.submit(desk.request(*ALL_PAPERS))
    (row,) = await desk.rows("SELECT certificate_end FROM parties WHERE certificate_end IS NOT NULL")
    assert row["certificate_end"] == desk.office.parties.end_of("0012")
    assert b"0012" not in row["certificate_end"]
    assert len(row["certificate_end"]) == 8


QUESTIONS = {
    "number": (finding.BY_NUMBER, (UNIT, "0012", 11), "cases_number_end"),
    "certificate": (finding.BY_CERTIFICATE_END, (b"12345678", UNIT), "parties_certificate_end"),
    "day": (
        finding.OF_A_DAY,
        ("staff:clerk", UNIT, time.now(), time.now() + timedelta(days=1), 100),
        "case_events_of_staff",
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_each_question_reads_along_its_index_without_sorting(desk: Desk, name: str):
    await desk.submit(desk.request(*ALL_PAPERS))
    sql, arguments, index = QUESTIONS[name]
    async with desk.database.transaction() as connection:
        await connection.execute("SET LOCAL enable_bitmapscan = off")
        await connection.execute("SET LOCAL enable_seqscan = off")
        (row,) = await connection.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
    plan = row[0] if isinstance(row[0], str) else json.dumps(row[0])
    assert index in plan
    assert "Seq Scan" not in plan
    assert '"Sort"' not in plan


@pytest.mark.parametrize("on", ["0001-01-01", "1999-12-31", "9999-12-31", "2026-02-30"])
def test_a_day_whose_midnights_are_no_instants_is_refused(on: str):
    with pytest.raises(ValidationError):
        GetDay.model_validate({"on": on})


async def test_a_day_lists_and_counts_what_its_clerk_did(desk: Desk):
    receipt = await desk.submit(desk.request(*ALL_PAPERS))
    await desk.accept(receipt)
    at_the_counter = await desk.submit(
        desk.request(*MAIN_PAPERS, channel="counter", applicant=COMPANY), desk.clerk
    )
    await desk.notice(at_the_counter)

    day = await desk.ask(get_day, desk.clerk, GetDay())

    assert [(entry.title_zh, entry.case_no) for entry in day.entries] == [
        ("受理", receipt.case_no),
        ("收件", at_the_counter.case_no),
        ("一次性告知补正", at_the_counter.case_no),
    ]
    assert {count.title_zh: count.count for count in day.counts} == {
        "受理": 1,
        "收件": 1,
        "一次性告知补正": 1,
    }
    yesterday: Any = await desk.ask(get_day, desk.clerk, GetDay(on=day.on - timedelta(days=1)))
    assert yesterday.entries == ()
    colleague = Actor("staff:other", frozenset({Role.CLERK}), UNIT)
    assert (await desk.ask(get_day, colleague, GetDay())).entries == ()
