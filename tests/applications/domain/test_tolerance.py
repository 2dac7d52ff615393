"""容缺受理: eligibility and supply date (domain rules §5.3)."""

from dataclasses import replace
from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.clocks import start
from services.applications.domain.errors import OutcomeNotAllowed
from services.applications.domain.item import Limit
from services.applications.domain.materials import check_materials
from services.applications.domain.outcome import Outcome, assess
from services.applications.domain.state import State
from services.applications.domain.tolerance import REASONS, latest_supply_day, supply_clock
from tests.applications.domain.cases import (
    CALENDAR,
    CLEAN,
    CLERK,
    COMPLETE,
    DEFAULT_ID,
    FRIDAY,
    ITEM,
    at,
    credit,
    decide,
    later,
    only,
    papers,
    submitted,
    then,
    tolerated,
    without_tolerance,
)

WITHOUT_CAD = ("form", "plan", "mandate", "copy")


def _reasons(*codes, asked=True, signed=True, facts=CLEAN, item=ITEM):
    assessment = assess(
        item,
        check_materials(item, codes),
        asked=asked,
        signed=signed,
        credit=facts,
        on=FRIDAY,
        calendar=CALENDAR,
    )
    return assessment.outcome, tuple(reason.code for reason in assessment.against_tolerance)


@pytest.mark.parametrize(
    ("reasons", "given"),
    [
        # §5.3(1): item on the list; every main paper in; only tolerable ones lacking; chosen; signed; not discredited.
        ((), {}),
        (("item_not_on_list",), {"item": without_tolerance()}),
        (("main_missing",), {"codes": ("form", "mandate", "copy", "cad")}),
        (("not_tolerable",), {"codes": ("form", "plan", "mandate", "cad")}),
        (("not_asked",), {"asked": False}),
        (("undertaking_missing",), {"signed": False}),
        (("dishonest_debtor",), {"facts": credit("dishonest_debtor")}),
        (("serious_discredit",), {"facts": credit("serious_discredit")}),
        # §5.3(7): an earlier default blocks until it is repaired.
        (("broken_undertaking",), {"facts": credit("broken_undertaking")}),
        (("false_commitment",), {"facts": credit("false_commitment")}),
        # No answer of the credit source never makes anybody eligible.
        (("credit_unknown",), {"facts": None}),
        (("credit_unknown",), {"facts": credit(answered=False)}),
        # §5.3(4): a promise of two working days leaves no day for papers.
        (("no_time_to_supply",), {"item": replace(ITEM, promised=Limit(2, "working_day"))}),
        (
            ("main_missing", "undertaking_missing", "dishonest_debtor"),
            {"codes": ("form", "copy"), "signed": False, "facts": credit("dishonest_debtor")},
        ),
    ],
)
def test_every_reason_against_tolerance_is_told_at_once(reasons, given):
    codes = given.get("codes", WITHOUT_CAD)
    outcome, told = _reasons(*codes, **{name: value for name, value in given.items() if name != "codes"})
    assert told == reasons
    assert outcome is (Outcome.REQUEST_CORRECTION if reasons else Outcome.ACCEPT_TOLERANTLY)


def test_reasons_are_worded_in_both_languages():
    assert all(reason.zh.endswith("。") and reason.en.endswith(".") for reason in REASONS.values())


@pytest.mark.parametrize(
    ("promise", "supply_working_days", "due_on"),
    [
        # §5.3(4): supply period = min(promise - 2, 5) working days; 20 September 2026 is a make-up working day.
        (3, 1, date(2026, 9, 20)),
        (5, 3, date(2026, 9, 22)),
        (7, 5, date(2026, 9, 24)),
        (20, 5, date(2026, 9, 24)),
    ],
)
def test_the_supply_date_leaves_two_working_days_to_decide(promise, supply_working_days, due_on):
    promised = start("promised", FRIDAY, Limit(promise, "working_day"), CALENDAR)
    supply = supply_clock(ITEM, promised, CALENDAR)
    assert supply is not None
    assert (supply.length, supply.due_on) == (supply_working_days, due_on)
    assert supply.due_on <= latest_supply_day(ITEM, promised, CALENDAR)


def test_a_promise_in_calendar_days_leaves_two_working_days_too():
    promised = start("promised", FRIDAY, Limit(7, "calendar_day"), CALENDAR)
    # The seventh day, 25 September, is Mid-Autumn: the promise moves to the 28th, two working days before is the 23rd.
    assert promised.due_on == date(2026, 9, 28)
    supply = supply_clock(ITEM, promised, CALENDAR)
    assert supply is not None
    assert supply.due_on == date(2026, 9, 23)


def test_a_clerk_may_give_more_time_than_the_rule_but_none_that_leaves_no_time_to_decide():
    longer = replace(ITEM, promised=Limit(10, "working_day"))
    case = submitted(*WITHOUT_CAD, asks=True, item=longer)
    facts = at(FRIDAY, credit=CLEAN, item=longer)
    given = then(case, c.AcceptTolerantly(date(2026, 9, 29)), facts)
    assert given.promise is not None
    assert given.promise.due_on == date(2026, 9, 29)
    # The day of acceptance, a day of Mid-Autumn, and two days after 30 September, the last that leaves time to decide.
    for day in (FRIDAY, date(2026, 9, 26), date(2026, 10, 8), date(2026, 10, 9)):
        with pytest.raises(OutcomeNotAllowed, match="supply_date_not_allowed"):
            decide(case, c.AcceptTolerantly(day), facts)


def test_waiting_for_tolerated_papers_never_stops_the_statutory_clock():
    # 行政许可法 Art 45 is a closed list: the date is the same with and without tolerance.
    case = tolerated()
    statutory = case.clock("statutory")
    assert statutory is not None
    assert statutory.runs
    assert statutory.due_on == date(2026, 10, 22)


def test_tolerance_is_refused_with_its_reasons_and_the_ordinary_route_stays_open():
    case = submitted(*WITHOUT_CAD, asks=True)
    facts = at(FRIDAY, credit=credit("dishonest_debtor"))
    with pytest.raises(OutcomeNotAllowed, match="outcome_not_allowed") as refused:
        decide(case, c.AcceptTolerantly(), facts)
    assert [reason["code"] for reason in refused.value.facts["reasons"]] == ["dishonest_debtor"]
    requested = only(decide(case, c.RequestCorrection(), facts))
    assert isinstance(requested, e.CorrectionRequested)
    assert requested.tolerance_refused == ("dishonest_debtor",)
    answered = then(
        then(case, c.RequestCorrection(), facts), c.Supply(papers("cad"), "counter"), at(later(4))
    )
    assert then(answered, c.Accept(), at(later(4))).state is State.ACCEPTED


def test_papers_in_time_lead_to_review_and_keep_the_promise():
    case = then(tolerated(), c.Supply(papers("cad"), "online"), at(later(5)))
    assert case.state is State.IN_REVIEW
    assert case.promise is not None
    assert case.promise.fulfilled_on == later(5)
    supply = case.clock("supply")
    assert supply is not None
    assert not supply.runs


def test_some_of_the_papers_leave_the_promise_open():
    case = submitted("form", "plan", "copy", asks=True)
    case = then(case, c.AcceptTolerantly(), at(FRIDAY, credit=CLEAN))
    case = then(case, c.Supply(papers("cad"), "online"), at(later(3)))
    assert case.state is State.ACCEPTED_TOLERANT
    case = then(case, c.Supply(papers("mandate"), "counter"), at(later(5), CLERK))
    assert case.state is State.IN_REVIEW


def test_a_broken_undertaking_ends_the_case_and_goes_on_record():
    # §5.3(7): terminated with the date of the law, however late the system notices; it is no licence refusal.
    expired, terminated = decide(tolerated(), c.ExpireTolerance(DEFAULT_ID), at(date(2026, 10, 12)))
    assert isinstance(expired, e.ToleranceExpired)
    assert isinstance(terminated, e.Terminated)
    assert expired.effective_on == terminated.effective_on == date(2026, 9, 24)
    assert expired.lacking == ("cad",)
    case = then(tolerated(), c.ExpireTolerance(DEFAULT_ID), at(date(2026, 10, 12)))
    assert case.state is State.TERMINATED
    assert all(not clock.runs for clock in case.clocks)


def test_an_undertaking_is_not_broken_on_its_last_day():
    assert decide(tolerated(), c.ExpireTolerance(DEFAULT_ID), at(date(2026, 9, 24))) == []


def test_papers_after_the_supply_date_come_too_late():
    with pytest.raises(OutcomeNotAllowed, match="clock_ran_out"):
        decide(tolerated(), c.Supply(papers("cad"), "online"), at(date(2026, 9, 25)))


def test_a_reminder_after_the_last_day_is_left_out():
    assert only(decide(tolerated(), c.Remind(2), at(date(2026, 9, 22))))
    assert decide(tolerated(), c.Remind(0), at(date(2026, 9, 25))) == []


def test_complete_papers_are_never_accepted_tolerantly():
    with pytest.raises(OutcomeNotAllowed, match="complete"):
        decide(submitted(*COMPLETE, asks=True), c.AcceptTolerantly(), at(FRIDAY, credit=CLEAN))
