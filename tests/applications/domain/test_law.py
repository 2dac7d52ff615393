"""Ways by which a case could leave the law without anybody noticing; each was found by reading, and is closed."""

from dataclasses import replace
from datetime import date
from typing import Literal

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.answering import submit
from services.applications.domain.case import Case
from services.applications.domain.clocks import article_of
from services.applications.domain.credit import CreditFacts
from services.applications.domain.errors import InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.evolve import begin
from services.applications.domain.facts import Facts
from services.applications.domain.materials import Defect
from services.applications.domain.state import State
from services.applications.domain.timers import timers_of
from shared.deadlines.calendar import AnnouncedDay, CalendarYear, Change, Notice
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    APPROVER_AT_COUNTER,
    CALENDAR,
    CASE_ID,
    CLEAN,
    CLERK,
    CLERK_WHO_DECIDES,
    COMPLETE,
    DEFAULT_ID,
    FRIDAY,
    accepted,
    at,
    decide,
    later,
    noticed,
    only,
    papers,
    submission,
    submitted,
    then,
    tolerated,
)

WITHOUT_CAD = ("form", "plan", "mandate", "copy")


# -- an undertaking binds to what it names -------------------------------------------------------------


@pytest.mark.parametrize(
    ("supplied", "found", "told"),
    [
        # Nothing was lacking, so the undertaking names nothing; the fault found later is told in a notice.
        (COMPLETE, Defect("mandate", "expired"), {Defect("mandate", "expired")}),
        # One paper is undertaken, another turns out to be faulty: both go into the one notice.
        (WITHOUT_CAD, Defect("mandate", "expired"), {Defect("mandate", "expired"), Defect("cad", "missing")}),
    ],
)
def test_a_fault_that_no_undertaking_names_is_told_and_not_lost(supplied, found, told):
    # §5.3(2): the undertaking names each paper, so tolerance covers no other; Art 32(4): every fault is told at once.
    case = submitted(*supplied, asks=True)
    requested = only(decide(case, c.RequestCorrection((found,)), at(FRIDAY, credit=CLEAN)))
    assert isinstance(requested, e.CorrectionRequested)
    assert set(requested.defects) == told
    assert "not_undertaken" in requested.tolerance_refused


def test_an_undertaken_paper_that_came_and_is_faulty_is_told_too():
    case = then(
        submitted(*WITHOUT_CAD, asks=True), c.Supply(papers("cad"), "online"), at(FRIDAY, credit=CLEAN)
    )
    faulty = c.RequestCorrection((Defect("cad", "wrong_form"),))
    assert then(case, faulty, at(FRIDAY, credit=CLEAN)).state is State.CORRECTION_NOTICED


def test_an_undertaken_paper_may_still_follow_after_a_correction():
    case = submitted("form", "mandate", "copy", asks=True)
    case = then(case, c.RequestCorrection(), at(later(3), credit=CLEAN))
    case = then(case, c.Supply(papers("plan"), "online"), at(later(4), APPLICANT, credit=CLEAN))
    case = then(case, c.AcceptTolerantly(), at(later(4), credit=CLEAN))
    assert case.promise is not None
    assert case.promise.lacking == ("cad",)


@pytest.mark.parametrize("chosen", [date(2026, 9, 20), date(2026, 9, 22), date(2026, 9, 23)])
def test_no_clerk_shortens_the_time_that_the_applicant_undertook(chosen):
    # The undertaking says "within five working days of the acceptance"; nobody breaks it before these are over.
    case = submitted(*WITHOUT_CAD, asks=True)
    with pytest.raises(OutcomeNotAllowed, match="supply_date_not_allowed") as refused:
        decide(case, c.AcceptTolerantly(chosen), at(FRIDAY, credit=CLEAN))
    assert refused.value.facts["earliest"] == "2026-09-24"


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 9, 22), [2]),
        (date(2026, 9, 23), [1]),
        (date(2026, 9, 24), [0]),
        # Nobody ran the timers for a month.
        (date(2026, 10, 24), []),
    ],
)
def test_a_reminder_that_comes_late_never_tells_a_wrong_number_of_days(day, told):
    # §5.3(5): T-2, T-1, T. After an outage all three are due at once, and only one of them is true.
    said = [event for left in (2, 1, 0) for event in decide(tolerated(), c.Remind(left), at(day))]
    assert [event.working_days_left for event in said if isinstance(event, e.SupplyReminded)] == told


# -- what may be asked for -----------------------------------------------------------------------------


def test_a_paper_that_the_organ_fetches_itself_is_never_asked_for():
    # 在线政务服务若干规定 Art 7.
    with pytest.raises(InvalidRequest, match="material_by_sharing") as refused:
        decide(submitted("form"), c.RequestCorrection((Defect("approval", "missing"),)), at(FRIDAY))
    assert refused.value.pointer == "/defects/0/material_code"
    # A copy that was handed in of free will may be told to be illegible.
    case = submitted(*COMPLETE, "approval")
    assert decide(case, c.RequestCorrection((Defect("approval", "illegible"),)), at(FRIDAY))


# -- separation of duties ------------------------------------------------------------------------------


def test_whoever_received_the_corrected_papers_is_not_the_sole_decider_either():
    # §4.3: receiver ≠ sole decider; a correction is a receipt of its own and takes nobody off the list.
    first = submitted("form", "mandate", "cad", "copy", by=CLERK)
    case = then(first, c.RequestCorrection(), at(later(3)))
    case = then(case, c.Supply(papers("plan"), "counter"), at(later(4), APPROVER_AT_COUNTER))
    case = then(case, c.Accept(), at(later(4), CLERK))
    for person in (CLERK_WHO_DECIDES, APPROVER):
        with pytest.raises(NotAllowed, match="separation_of_duties"):
            decide(case, c.Decide("grant"), at(later(5), person))


@pytest.mark.parametrize(
    "case", [tolerated(), then(submitted("form"), c.DeemAccepted(), at(date(2026, 9, 28)))]
)
def test_whoever_took_in_any_paper_of_the_case_is_not_the_sole_decider(case):
    lacking = tuple(code for code in ("plan", "mandate", "cad", "copy") if code not in case.supplied_codes)
    day = date(2026, 9, 23) if case.promise else date(2026, 9, 28)
    case = then(case, c.Supply(papers(*lacking), "counter"), at(day, APPROVER_AT_COUNTER))
    assert case.state is State.IN_REVIEW
    with pytest.raises(NotAllowed, match="separation_of_duties"):
        decide(case, c.Decide("grant"), at(day, APPROVER))


# -- the decision and its delivery ---------------------------------------------------------------------


def test_no_refusal_is_made_without_reasons():
    # LIC-18, Art 38.
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(accepted(), c.Decide("refuse"), at(later(3), APPROVER))


def _decided(result: Literal["grant", "refuse"], *, online: bool) -> Case:
    facts = replace(at(later(3), APPROVER), online_reconsideration=online)
    return then(accepted(), c.Decide(result, "0" * 64), facts)


def test_a_refusal_is_delivered_on_line_only_with_an_online_way_to_reconsideration():
    # 行政复议法 22¶2.
    without = _decided("refuse", online=False)
    with pytest.raises(OutcomeNotAllowed, match="online_reconsideration_missing"):
        decide(without, c.Deliver("electronic"), at(later(4)))
    assert decide(without, c.Deliver("post", "SF1234567"), at(later(4)))
    assert decide(_decided("refuse", online=True), c.Deliver("electronic"), at(later(4)))
    assert decide(_decided("grant", online=False), c.Deliver("electronic"), at(later(4)))


# -- dates ---------------------------------------------------------------------------------------------


def test_the_time_to_answer_is_seen_to_have_run_out_when_acceptance_is_deemed():
    # LIC-04: the acceptance reaches back to the receipt, but the five days did pass unanswered.
    case = then(submitted(*COMPLETE), c.DeemAccepted(), at(date(2026, 10, 12)))
    intake = case.clock("intake")
    assert case.state is State.ACCEPTED_DEEMED
    assert intake is not None
    assert intake.stopped_on is not None
    assert intake.stopped_on > intake.due_on


@pytest.mark.parametrize(
    ("name", "licence", "other"),
    [
        ("intake", "行政许可法 32(4)", "参照行政许可法 32(4)"),
        ("delivery", "行政许可法 44", "参照行政许可法 44"),
        # Twenty working days are the limit of licences; any other item has a limit of its own.
        ("statutory", "行政许可法 42", ""),
        ("promised", "", ""),
    ],
)
def test_the_licence_law_is_cited_as_binding_for_licences_only(name, licence, other):
    assert article_of(name, is_licence=True) == licence
    assert article_of(name, is_licence=False) == other


def test_a_part_of_the_corrections_neither_stops_nor_renews_the_period():
    case = then(noticed(), c.Supply(papers("plan"), "online"), at(later(5)))
    assert case.state is State.SUBMITTED
    partly = then(submitted("form", "mandate"), c.RequestCorrection(), at(later(3)))
    before = partly.clock("correction")
    partly = then(partly, c.Supply(papers("plan"), "online"), at(later(5)))
    assert partly.clock("correction") == before


# -- a date that rests on a year not yet announced -----------------------------------------------------

NEW_YEAR = CalendarYear(
    2027,
    1,
    Notice("国务院办公厅关于2027年部分节假日安排的通知（假设）", "", date(2026, 11, 30)),
    (AnnouncedDay(date(2027, 1, 1), Change.OFF, "元旦"),),
)
ANNOUNCED = CALENDAR.with_year(NEW_YEAR)


def _received_before_new_year(*codes: str, asks: bool = False) -> Case:
    facts = at(date(2026, 12, 30), APPLICANT, credit=CLEAN)
    return begin(CASE_ID, submit(submission(*codes, asks=asks), facts))


def _when_announced(day: date, credit: CreditFacts | None = None) -> Facts:
    return replace(at(day, credit=credit), calendar=ANNOUNCED)


def test_nobody_is_deemed_silent_before_the_day_that_the_notice_gives():
    # Counted by weekends, five working days after 30 December end on 6 January; the notice makes it the 7th.
    case = _received_before_new_year(*COMPLETE)
    assert case.clock("intake") == replace(case.clocks[0], due_on=date(2027, 1, 6), provisional=True)
    assert decide(case, c.DeemAccepted(), _when_announced(date(2027, 1, 7))) == []
    assert then(case, c.Accept(), _when_announced(date(2027, 1, 7))).basis == "ordinary"
    taken, breached = decide(case, c.DeemAccepted(), _when_announced(date(2027, 1, 8)))
    assert isinstance(breached, e.DutyBreached)
    assert (taken.effective_on, breached.due_on) == (date(2026, 12, 30), date(2027, 1, 7))


def test_no_undertaking_is_broken_before_the_day_that_the_notice_gives():
    case = _received_before_new_year(*WITHOUT_CAD, asks=True)
    case = then(case, c.AcceptTolerantly(), at(date(2026, 12, 30), credit=CLEAN))
    on_the_last_day = _when_announced(date(2027, 1, 7))
    assert decide(case, c.ExpireTolerance(DEFAULT_ID), on_the_last_day) == []
    assert then(case, c.Supply(papers("cad"), "online"), on_the_last_day).state is State.IN_REVIEW
    expired, _ = decide(case, c.ExpireTolerance(DEFAULT_ID), _when_announced(date(2027, 1, 8)))
    assert expired.effective_on == date(2027, 1, 7)


def test_no_correction_lapses_before_the_day_that_the_notice_gives():
    case = then(_received_before_new_year("form"), c.RequestCorrection((), 5), at(date(2026, 12, 30)))
    assert decide(case, c.LapseCorrection(), _when_announced(date(2027, 1, 7))) == []
    (lapsed,) = decide(case, c.LapseCorrection(), _when_announced(date(2027, 1, 8)))
    assert lapsed.effective_on == date(2027, 1, 7)


def test_timers_wait_for_the_day_that_the_notice_gives():
    case = _received_before_new_year(*COMPLETE)
    (provisional,), (settled,) = timers_of(case, CALENDAR), timers_of(case, ANNOUNCED)
    assert (settled.due_at - provisional.due_at).days == 1


def test_a_date_that_was_told_is_never_cut_short():
    # A make-up Saturday in the notice would end the period a day before the date that the applicant was given.
    earlier = CalendarYear(2027, 1, NEW_YEAR.notice, (AnnouncedDay(date(2027, 1, 2), Change.WORK, "元旦"),))
    case = then(_received_before_new_year("form"), c.RequestCorrection((), 5), at(date(2026, 12, 30)))
    facts = replace(at(date(2027, 1, 6)), calendar=CALENDAR.with_year(earlier))
    assert decide(case, c.LapseCorrection(), facts) == []
