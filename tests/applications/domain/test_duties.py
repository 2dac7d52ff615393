"""The organ's own clocks: each breach is on record once, with the day from which it counts, and grants nothing."""

from dataclasses import replace
from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.errors import IllegalTransition, NotAllowed
from services.applications.domain.evolve import evolve
from services.applications.domain.item import Item, Limit, ProcedureRule
from services.applications.domain.state import State
from services.applications.domain.timers import command_of, timers_of
from shared.deadlines import midnight_after
from tests.applications.domain.cases import (
    APPROVER,
    CALENDAR,
    COMPLETE,
    DEFAULT_ID,
    FRIDAY,
    ITEM,
    NEIGHBOUR_ID,
    accepted,
    at,
    decide,
    decided,
    deemed,
    in_procedure,
    later,
    only,
    submitted,
    then,
)

JOINT = replace(ITEM, joint_handling=True, statutory=Limit(45, "working_day"))
NO_LICENCE = replace(ITEM, is_licence=False)
INSPECTED = replace(ITEM, procedures=(ProcedureRule("testing", excluded=True),))
CHECKED = replace(ITEM, site_check_required=True)


def accepted_for(item: Item) -> Case:
    return then(submitted(*COMPLETE, item=item), c.Accept(), at(FRIDAY, item=item))


def hearing_asked_for() -> Case:
    case = then(accepted(), c.NameInterestedParty(NEIGHBOUR_ID), at(later(3), APPROVER))
    case = then(case, c.TellHearingRights(), at(later(3), APPROVER))
    return then(case, c.RequestHearing(NEIGHBOUR_ID), at(later(4)))


# The case, its item, the clock, its last day, the rule and the article of the breach.
BREACHES = [
    # LIC-08, Art 42.
    (accepted, ITEM, "statutory", date(2026, 10, 22), "LIC-08", "行政许可法 42, 74"),
    # LIC-09, Art 42¶2.
    (lambda: accepted_for(JOINT), JOINT, "statutory", date(2026, 11, 26), "LIC-09", "行政许可法 42(2), 74"),
    (
        lambda: accepted_for(NO_LICENCE),
        NO_LICENCE,
        "statutory",
        date(2026, 10, 22),
        "LIC-08",
        "优化营商环境条例 36",
    ),
    (accepted, ITEM, "promised", date(2026, 9, 29), "PROMISE", "优化营商环境条例 36"),
    # LIC-11, Art 44.
    (decided, ITEM, "delivery", date(2026, 10, 13), "LIC-11", "行政许可法 44"),
    (lambda: decided("refuse"), ITEM, "delivery", date(2026, 10, 13), "LIC-11", "行政许可法 44"),
    # LIC-12, Art 34, 55.
    (
        lambda: accepted_for(INSPECTED),
        INSPECTED,
        "inspectors",
        date(2026, 9, 24),
        "LIC-12",
        "行政许可法 34, 55",
    ),
    (lambda: accepted_for(CHECKED), CHECKED, "inspectors", date(2026, 9, 24), "LIC-12", "行政许可法 34, 55"),
    # LIC-13, Art 45.
    (in_procedure, ITEM, "procedure_expert_review", date(2026, 9, 28), "LIC-13", "行政许可法 45"),
    # LIC-15, Art 47.
    (hearing_asked_for, ITEM, "hearing", date(2026, 10, 27), "LIC-15", "行政许可法 47, 72(8)"),
]


@pytest.mark.parametrize(("make", "item", "clock", "due_on", "rule", "article"), BREACHES)
def test_each_duty_is_breached_the_day_after_and_counts_from_its_last_day(
    make, item: Item, clock: str, due_on: date, rule: str, article: str
):
    # LIC-08, LIC-09, LIC-11, LIC-12, LIC-13, LIC-15: as the table above says.
    case = make()
    assert midnight_after(due_on) in {
        timer.due_at for timer in timers_of(case, CALENDAR) if timer.kind == clock
    }
    command = command_of(clock, DEFAULT_ID)
    assert decide(case, command, at(due_on, item=item)) == []
    # A week of downtime changes nothing about the day.
    event = only(decide(case, command, at(date(2027, 1, 15), item=item)))
    assert isinstance(event, e.DutyBreached)
    assert (event.rule, event.article, event.clock) == (rule, article, clock)
    assert event.effective_on == event.due_on == due_on
    after = evolve(case, event)
    # Once; the case goes on as it was, and nobody is deemed to have been granted anything.
    assert decide(after, command, at(date(2027, 1, 16), item=item)) == []
    assert clock not in {timer.kind for timer in timers_of(after, CALENDAR)}
    assert after.state is case.state
    assert after.clocks == case.clocks


def test_a_submission_opens_one_timer_and_no_more():
    assert [timer.kind for timer in timers_of(submitted(*COMPLETE), CALENDAR)] == ["intake"]


def test_the_timers_of_an_accepted_case_are_its_two_clocks():
    assert {timer.kind for timer in timers_of(accepted(), CALENDAR)} == {"statutory", "promised"}
    assert {timer.kind for timer in timers_of(decided(), CALENDAR)} == {"delivery"}


def test_a_kept_duty_leaves_no_timer_and_no_breach():
    # LIC-12, LIC-15: assigned, held.
    assigned = e.InspectorsAssigned(
        effective_on=later(3), people=("staff:one", "staff:two"), assigned_by=APPROVER.id
    )
    case = evolve(accepted_for(CHECKED), assigned)
    assert "inspectors" not in {timer.kind for timer in timers_of(case, CALENDAR)}
    assert decide(case, c.RecordBreach("inspectors"), at(date(2026, 12, 1), item=CHECKED)) == []


def test_what_only_some_cases_need_is_no_duty_of_each():
    # LIC-12.
    sometimes = replace(ITEM, procedures=(ProcedureRule("testing", excluded=True, always=False),))
    assert accepted_for(sometimes).clock("inspectors") is None


def test_a_deemed_case_has_five_days_to_assign_from_the_day_it_was_known():
    # LIC-04 reaches back to the receipt; nobody can assign in the past (LIC-12).
    case = then(submitted(*COMPLETE, item=CHECKED), c.DeemAccepted(), at(date(2026, 9, 28), item=CHECKED))
    assert case.clock("inspectors").due_on == date(2026, 10, 10)
    assert case.clock("statutory").started_on == FRIDAY


def test_a_late_decision_says_so_and_is_one():
    # LIC-08: no deemed approval; the decision itself says that it was late.
    *missed, event = decide(accepted(), c.Decide("grant"), at(date(2026, 10, 23), APPROVER))
    assert [breach.clock for breach in missed] == ["statutory", "promised"]
    assert (event.within_statute, event.within_promise) == (False, False)
    breached = then(accepted(), c.RecordBreach("statutory"), at(date(2026, 10, 23)))
    assert then(breached, c.Decide("grant"), at(date(2026, 10, 23), APPROVER)).state is State.DECIDED_GRANT


def test_an_overrun_lets_the_clock_run_again_by_itself():
    # LIC-13: nobody ended the procedure; the dates are those of what was told.
    case = then(in_procedure(), c.RecordBreach("procedure_expert_review"), at(date(2026, 10, 9)))
    assert case.clock("statutory").due_on == date(2026, 10, 29)
    assert case.state is State.SPECIAL_PROCEDURE
    again = then(case, c.EndProcedure(), at(date(2026, 10, 9), APPROVER))
    more = then(
        again, c.StartProcedure("expert_review", 2, reasons_sha256="0" * 64), at(date(2026, 10, 9), APPROVER)
    )
    # The second one is a duty of its own.
    assert "procedure_expert_review" in {timer.kind for timer in timers_of(more, CALENDAR)}


def test_a_procedure_moves_the_timers_of_both_clocks():
    # LIC-13.
    due = {timer.kind: timer.due_at for timer in timers_of(in_procedure(), CALENDAR)}
    assert due["statutory"] == midnight_after(date(2026, 10, 29))
    assert due["promised"] == midnight_after(date(2026, 10, 12))


def test_a_clock_that_nobody_knows_is_no_duty():
    for name in ("supply", "nothing", "procedure_", "procedure_testing", ""):
        assert decide(accepted(), c.RecordBreach(name), at(date(2026, 12, 1))) == []
    with pytest.raises(IllegalTransition):
        decide(submitted(), c.RecordBreach("intake"), at(date(2026, 12, 1)))
    with pytest.raises(NotAllowed):
        decide(accepted(), c.RecordBreach("statutory"), at(date(2026, 12, 1), APPROVER))


def test_after_a_week_without_any_everything_due_counts_from_its_own_day():
    # LIC-04, LIC-08, PROMISE: deemed accepted from the receipt, and every later day in its order.
    case = deemed()
    days = []
    while timers := [
        one for one in timers_of(case, CALENDAR) if one.due_at <= midnight_after(date(2026, 12, 1))
    ]:
        first = min(timers, key=lambda timer: timer.due_at)
        for event in decide(case, command_of(first.kind, DEFAULT_ID), at(date(2026, 12, 1))):
            days.append((event.rule, event.effective_on))
            case = evolve(case, event)
    assert days == [("PROMISE", date(2026, 9, 29)), ("LIC-08", date(2026, 10, 22))]
