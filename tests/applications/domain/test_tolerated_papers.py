"""容缺受理 after the acceptance: reminders, examination, one more notice, default, force majeure (§5.3(4) to (7))."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.errors import (
    DomainError,
    IllegalTransition,
    InvalidRequest,
    NotAllowed,
    OutcomeNotAllowed,
)
from services.applications.domain.evolve import evolve
from services.applications.domain.materials import Defect
from services.applications.domain.state import State
from services.applications.domain.timers import timers_of
from services.applications.domain.tolerance import CONDITIONS, REASONS
from shared.deadlines import subtract_working_days
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CALENDAR,
    CLEAN,
    CLERK,
    DEFAULT_ID,
    FRIDAY,
    ITEM,
    ORGAN_HEAD,
    OTHER_CLERK,
    accepted,
    at,
    credit,
    decide,
    later,
    only,
    papers,
    submitted,
    then,
    tolerated,
)

WITHOUT_CAD = ("form", "plan", "mandate", "copy")
WRONG = (Defect("cad", "illegible"),)
# The supply date of `tolerated()`; the promised date is 29 September, the statutory one 22 October.
SUPPLY_DATE = date(2026, 9, 24)
WORDS = "0" * 64
MONDAY, TUESDAY = later(3), later(4)


def supplied(case: Case | None = None, on: date = MONDAY) -> Case:
    return then(case or tolerated(), c.Supply(papers("cad"), "online"), at(on, APPLICANT))


def confirmed(case: Case | None = None, on: date = TUESDAY) -> Case:
    return then(case or supplied(), c.ConfirmSupply(), at(on, OTHER_CLERK))


# -- §5.3(1), (9): the assessment is kept whole ---------------------------------------------------------------


def test_the_acceptance_keeps_every_condition_with_its_verdict_the_snapshot_and_the_list():
    # §5.3(1), §5.3(9)
    case = submitted(*WITHOUT_CAD, asks=True)
    event = only(decide(case, c.AcceptTolerantly(), at(FRIDAY, credit=CLEAN)))
    assert isinstance(event, e.Accepted)
    kept = event.eligibility
    assert kept is not None
    assert [condition.code for condition in kept.conditions] == list(CONDITIONS)
    assert kept.possible
    assert (kept.list_version, kept.assessed_on) == (ITEM.version, FRIDAY)
    assert event.credit == CLEAN


def test_a_notice_keeps_which_condition_did_not_hold_and_why():
    # §5.3(1), §5.3(9)
    case = submitted("form", "plan", "mandate", asks=True)
    facts = at(later(3), credit=credit("dishonest_debtor"))
    event = only(decide(case, c.RequestCorrection(), facts))
    assert isinstance(event, e.CorrectionRequested)
    assert event.eligibility is not None
    failed = {one.code: one.against for one in event.eligibility.conditions if not one.holds}
    assert failed == {"only_tolerable": ("not_tolerable",), "credit": ("dishonest_debtor",)}


def test_every_reason_belongs_to_exactly_one_condition():
    # §5.3(1)
    named = [code for _, _, reasons in CONDITIONS.values() for code in reasons]
    assert sorted(named) == sorted(REASONS)


# -- §5.3(4), (5): the dates ----------------------------------------------------------------------------------


def test_reminders_come_two_days_one_day_and_none_before_and_again_for_a_later_date():
    # §5.3(5)
    days = [
        (timer.kind, timer.due_at.date())
        for timer in timers_of(tolerated(), CALENDAR)
        if "remind" in timer.kind
    ]
    assert days == [
        ("remind_2", date(2026, 9, 22)),
        ("remind_1", date(2026, 9, 23)),
        ("remind_0", SUPPLY_DATE),
    ]
    case = then(asked(), c.ExtendSupply(date(2026, 9, 29), WORDS), at(later(4), APPROVER))
    days = [
        (timer.kind, timer.due_at.date()) for timer in timers_of(case, CALENDAR) if "remind" in timer.kind
    ]
    assert days[-1] == ("remind_0", date(2026, 9, 29))


def test_waiting_examining_and_more_time_never_move_the_statutory_or_the_promised_date():
    # §5.3(4): 行政许可法 45 is a closed list; waiting for tolerated papers is not on it.
    plain = accepted()
    wanted = {name: plain.clock(name) for name in ("statutory", "promised")}
    faulted = then(supplied(), c.FaultSupply(WRONG), at(later(4), OTHER_CLERK))
    longer = then(asked(), c.ExtendSupply(date(2026, 9, 29), WORDS), at(later(4), APPROVER))
    for case in (tolerated(), supplied(), faulted, longer, confirmed()):
        assert {name: case.clock(name) for name in wanted} == wanted


# -- §5.3(6): examination -------------------------------------------------------------------------------------


def test_nothing_is_granted_on_late_papers_that_nobody_examined():
    # §5.3(6)
    with pytest.raises(OutcomeNotAllowed, match="late_papers_not_examined"):
        decide(supplied(), c.Decide("grant"), at(later(5), APPROVER))
    assert then(confirmed(), c.Decide("grant"), at(later(5), APPROVER)).state is State.DECIDED_GRANT


def test_a_refusal_needs_no_examination_of_the_late_papers():
    assert then(supplied(), c.Decide("refuse", WORDS), at(later(5), APPROVER)).state is State.DECIDED_REFUSE


def test_the_examination_is_recorded_once_with_who_examined():
    # §5.3(6)
    event = only(decide(supplied(), c.ConfirmSupply(), at(later(4), OTHER_CLERK)))
    assert isinstance(event, e.SupplyConfirmed)
    assert (event.examined_by, event.lifts_mark) == (OTHER_CLERK.id, False)
    with pytest.raises(OutcomeNotAllowed, match="no_late_papers"):
        decide(confirmed(), c.ConfirmSupply(), at(later(4)))
    with pytest.raises(OutcomeNotAllowed, match="no_late_papers"):
        decide(confirmed(), c.FaultSupply(WRONG), at(later(4)))
    with pytest.raises(IllegalTransition):
        decide(tolerated(), c.ConfirmSupply(), at(later(4)))


def test_a_wrong_paper_brings_one_more_notice_with_the_same_date():
    # §5.3(6)
    case = then(supplied(), c.FaultSupply(WRONG), at(later(4), OTHER_CLERK))
    assert case.state is State.ACCEPTED_TOLERANT
    assert case.promise is not None
    assert (case.promise.due_on, case.promise.fulfilled_on, case.promise.faulted_on) == (
        SUPPLY_DATE,
        None,
        later(4),
    )
    supply = case.clock("supply")
    assert supply is not None
    assert (supply.runs, supply.due_on) == (True, SUPPLY_DATE)
    # The right paper can come, is examined and clears the fault.
    again = confirmed(supplied(case, later(5)), later(5))
    assert again.defects == ()
    assert then(again, c.Decide("grant"), at(later(5), APPROVER)).state is State.DECIDED_GRANT


def test_the_last_day_still_leaves_time_for_the_notice_and_the_day_after_does_not():
    # §5.3(6): a day is over at 24:00 (民法典 203).
    assert then(supplied(), c.FaultSupply(WRONG), at(SUPPLY_DATE)).state is State.ACCEPTED_TOLERANT
    with pytest.raises(OutcomeNotAllowed, match="supply_notice_not_possible"):
        decide(supplied(), c.FaultSupply(WRONG), at(date(2026, 9, 28)))


@pytest.mark.parametrize("late", [True, False])
def test_without_time_or_after_the_one_notice_the_case_ends_by_a_persons_decision(late):
    # §5.3(6), §5.3(7): never by itself (§10).
    if late:
        case, day = supplied(), date(2026, 9, 28)
    else:
        case = supplied(then(supplied(), c.FaultSupply(WRONG), at(later(4))), later(5))
        day = later(5)
    with pytest.raises(OutcomeNotAllowed, match="supply_notice_not_possible"):
        decide(case, c.FaultSupply(WRONG), at(day))
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(case, c.FaultSupply(WRONG, ends=True, default_id=DEFAULT_ID), at(day))
    events = decide(case, c.FaultSupply(WRONG, True, WORDS, DEFAULT_ID), at(day))
    faulted, expired, terminated = events
    assert isinstance(faulted, e.SupplyFaulted)
    assert isinstance(expired, e.ToleranceExpired)
    assert isinstance(terminated, e.Terminated)
    assert (faulted.examined_by, faulted.supply) == (CLERK.id, None)
    assert (expired.lacking, expired.default_id, expired.effective_on) == (("cad",), DEFAULT_ID, day)
    assert terminated.reason == "late_papers_wrong"
    for event in events:
        case = evolve(case, event)
    assert case.state is State.TERMINATED
    assert case.promise is not None
    assert case.promise.broken_on == day
    # §5.3(7): it is no refusal.
    assert case.verdict is None


def test_while_a_notice_is_possible_nothing_can_be_ended():
    # §5.3(6)
    with pytest.raises(OutcomeNotAllowed, match="supply_notice_possible"):
        decide(supplied(), c.FaultSupply(WRONG, True, WORDS, DEFAULT_ID), at(later(4)))


@pytest.mark.parametrize(
    "defects",
    [(), (Defect("plan", "illegible"),), (Defect("cad", "missing"),)],
    ids=["none", "old", "missing"],
)
def test_only_the_late_papers_can_be_faulted(defects):
    # §5.3(6): what was there before could have been seen then (行政许可法 32(4), 72(4)).
    with pytest.raises(InvalidRequest):
        decide(supplied(), c.FaultSupply(defects), at(later(4)))


# -- §5.3(7): default and force majeure -----------------------------------------------------------------------


def asked(by=APPLICANT) -> Case:
    request = c.RequestSupplyExtension(date(2026, 9, 29), WORDS, ("1" * 64,))
    return then(tolerated(), request, at(later(3), by))


def test_force_majeure_is_asked_for_with_its_evidence_and_answered_by_somebody_else():
    # §5.3(7)
    case = asked(CLERK)
    assert case.supply_request is not None
    assert (case.supply_request.asked_by, case.supply_request.evidence) == (CLERK.id, ("1" * 64,))
    same = replace(APPROVER, id=CLERK.id)
    for command in (c.ExtendSupply(date(2026, 9, 29), WORDS), c.DeclineSupplyExtension(WORDS, DEFAULT_ID)):
        with pytest.raises(NotAllowed, match="separation_of_duties"):
            decide(case, command, at(later(4), same))
    for approver in (APPROVER, ORGAN_HEAD):
        longer = then(case, c.ExtendSupply(date(2026, 9, 29), WORDS), at(later(4), approver))
        assert longer.promise is not None
        assert longer.promise.due_on == date(2026, 9, 29)
        assert longer.supply_request is not None
        assert longer.supply_request.granted is True


def test_the_new_date_leaves_two_working_days_before_the_statutory_date():
    # §5.3(4), §5.3(7)
    statutory = tolerated().clock("statutory")
    assert statutory is not None
    latest = subtract_working_days(statutory.due_on, 2, CALENDAR)
    case = then(asked(), c.ExtendSupply(latest, WORDS), at(later(4), APPROVER))
    supply = case.clock("supply")
    assert supply is not None
    assert (supply.due_on, supply.extensions[0].reason) == (latest, "force_majeure")
    for day in (
        SUPPLY_DATE,
        later(4),
        date(2026, 9, 26),
        latest.replace(day=latest.day + 1),
        date.max,
        date.min,
    ):
        with pytest.raises(OutcomeNotAllowed, match="extension_date_not_allowed"):
            decide(asked(), c.ExtendSupply(day, WORDS), at(later(4), APPROVER))
        with pytest.raises(OutcomeNotAllowed, match="extension_date_not_allowed"):
            decide(tolerated(), c.RequestSupplyExtension(day, WORDS), at(later(4), APPLICANT))


def test_more_time_does_not_count_on_a_procedure_that_may_end_sooner():
    # §5.3(4), (7), LIC-13: the days told to come are left out of the statutory date only while the procedure runs.
    reviewed = then(asked(), c.StartProcedure("expert_review", 10), at(TUESDAY, APPROVER))
    told = reviewed.clock("statutory")
    plain = asked().clock("statutory")
    assert told is not None
    assert plain is not None
    assert told.due_on > plain.due_on
    latest = subtract_working_days(plain.due_on, 2, CALENDAR)
    too_late = subtract_working_days(told.due_on, 2, CALENDAR)
    assert then(reviewed, c.ExtendSupply(latest, WORDS), at(TUESDAY, APPROVER)).promise is not None
    with pytest.raises(OutcomeNotAllowed, match="extension_date_not_allowed"):
        decide(reviewed, c.ExtendSupply(too_late, WORDS), at(TUESDAY, APPROVER))


def test_nothing_is_extended_that_nobody_asked_for_and_nothing_is_asked_twice_or_too_late():
    # §5.3(7)
    with pytest.raises(OutcomeNotAllowed, match="no_extension_request"):
        decide(tolerated(), c.ExtendSupply(date(2026, 9, 29), WORDS), at(later(4), APPROVER))
    with pytest.raises(OutcomeNotAllowed, match="extension_already_asked"):
        decide(asked(), c.RequestSupplyExtension(date(2026, 9, 29), WORDS), at(later(4), APPLICANT))
    with pytest.raises(OutcomeNotAllowed, match="clock_ran_out"):
        decide(
            tolerated(), c.RequestSupplyExtension(date(2026, 9, 29), WORDS), at(date(2026, 9, 28), APPLICANT)
        )


def test_what_was_asked_in_time_is_answered_before_anything_ends():
    # §5.3(7), §10: the timer waits for the person.
    late = date(2026, 9, 28)
    assert decide(asked(), c.ExpireTolerance(DEFAULT_ID), at(late)) == []
    longer = then(asked(), c.ExtendSupply(date(2026, 9, 30), WORDS), at(late, APPROVER))
    assert longer.state is State.ACCEPTED_TOLERANT
    events = decide(asked(), c.DeclineSupplyExtension(WORDS, DEFAULT_ID), at(late, APPROVER))
    assert [type(event) for event in events] == [e.SupplyExtensionDeclined, e.ToleranceExpired, e.Terminated]
    # Declined in time, the date simply stands.
    kept = then(asked(), c.DeclineSupplyExtension(WORDS, DEFAULT_ID), at(later(4), APPROVER))
    assert (kept.state, kept.promise and kept.promise.due_on) == (State.ACCEPTED_TOLERANT, SUPPLY_DATE)
    assert then(kept, c.ExpireTolerance(DEFAULT_ID), at(late)).state is State.TERMINATED


def test_a_default_names_the_papers_that_came_wrong():
    # §5.3(6), (7): the paper came, was found wrong and did not come again; the request for more time is declined too late.
    case = then(supplied(), c.FaultSupply(WRONG), at(later(4)))
    case = then(case, c.RequestSupplyExtension(date(2026, 9, 29), WORDS), at(later(5), APPLICANT))
    facts = at(date(2026, 9, 28), APPROVER)
    _, expired, _ = decide(case, c.DeclineSupplyExtension(WORDS, DEFAULT_ID), facts)
    assert isinstance(expired, e.ToleranceExpired)
    assert expired.lacking == ("cad",)


def test_after_an_extension_the_default_counts_from_the_later_date():
    # §5.3(7)
    longer = then(asked(), c.ExtendSupply(date(2026, 9, 29), WORDS), at(later(4), APPROVER))
    assert decide(longer, c.ExpireTolerance(DEFAULT_ID), at(date(2026, 9, 29))) == []
    expired, _ = decide(longer, c.ExpireTolerance(DEFAULT_ID), at(date(2026, 10, 12)))
    assert expired.effective_on == date(2026, 9, 29)


# -- any order ------------------------------------------------------------------------------------------------

moves = st.lists(
    st.tuples(
        st.sampled_from(
            [
                c.Supply(papers("cad"), "online"),
                c.ConfirmSupply(),
                c.FaultSupply(WRONG),
                c.FaultSupply(WRONG, True, WORDS, DEFAULT_ID),
                c.RequestSupplyExtension(date(2026, 9, 29), WORDS),
                c.ExtendSupply(date(2026, 9, 29), WORDS),
                c.DeclineSupplyExtension(WORDS, DEFAULT_ID),
                c.ExpireTolerance(DEFAULT_ID),
                c.Decide("grant"),
            ]
        ),
        st.sampled_from([0, 0, 1, 2, 6]),
        st.sampled_from([CLERK, OTHER_CLERK, APPROVER, APPLICANT]),
    ),
    max_size=12,
)


@given(moves)
def test_whatever_happens_nothing_is_granted_unexamined_and_no_second_notice_is_given(walk):
    # §5.3(4), (6), (7)
    case, day, notices = tolerated(), FRIDAY, 0
    statutory = case.clock("statutory")
    assert statutory is not None
    for command, days, by in walk:
        day = day.fromordinal(day.toordinal() + days)
        try:
            events = decide(case, command, at(day, by))
        except DomainError:
            continue
        for event in events:
            if isinstance(event, e.Decided):
                assert case.promise is not None
                assert case.promise.confirmed_on is not None
            notices += isinstance(event, e.SupplyFaulted) and event.supply is not None
            case = evolve(case, event)
        now = case.clock("statutory")
        assert now is not None
        assert (now.started_on, now.due_on) == (statutory.started_on, statutory.due_on)
        assert case.promise is not None
        # A default is never on record where the papers were found to be right.
        assert not (case.promise.confirmed_on and case.promise.broken_on)
    assert notices <= 1
