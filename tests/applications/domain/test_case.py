"""The rules of a case, one article at a time, and the table of transitions as a whole."""

from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.answering import submit
from services.applications.domain.errors import (
    IllegalTransition,
    InvalidRequest,
    NotAllowed,
    OutcomeNotAllowed,
)
from services.applications.domain.materials import Defect
from services.applications.domain.state import State
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CLEAN,
    CLERK,
    CLERK_WHO_DECIDES,
    COMPLETE,
    FRIDAY,
    ITEM,
    OTHER_CLERK,
    OTHER_CLERK_WHO_DECIDES,
    accepted,
    at,
    decide,
    decided,
    deemed,
    later,
    noticed,
    only,
    papers,
    submission,
    submitted,
    then,
    tolerated,
)
from tests.applications.domain.tables import A_CASE_IN

# -- submission ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "asks", "proposed"),
    [
        (COMPLETE, False, "accept"),
        (("form", "plan", "mandate", "copy"), False, "request_correction"),
        (("form", "plan", "mandate", "copy"), True, "accept_tolerantly"),
        (("form", "mandate", "copy", "cad"), True, "request_correction"),
        ((), False, "request_correction"),
    ],
)
def test_a_submission_is_received_complete_or_not_and_its_outcome_is_proposed(codes, asks, proposed):
    case = submitted(*codes, asks=asks)
    assert case.state is State.SUBMITTED
    assert case.proposed == proposed


def test_the_time_to_answer_is_five_working_days_from_the_receipt():
    # LIC-04, 行政许可法 Art 32(4); 20 September 2026 is a make-up working day.
    intake = submitted(*COMPLETE).clock("intake")
    assert intake is not None
    assert (intake.started_on, intake.due_on, intake.provisional) == (FRIDAY, date(2026, 9, 24), False)


def test_foreign_papers_are_refused_at_submission():
    with pytest.raises(InvalidRequest, match="materials_not_accepted"):
        submit(submission("form", "passport"), at(FRIDAY, APPLICANT))


# -- acceptance ----------------------------------------------------------------------------------------


def test_an_accepted_case_runs_the_statutory_and_the_promised_clock():
    # LIC-08, Art 42: twenty working days from acceptance; the promise is shorter.
    case = accepted()
    assert case.state is State.ACCEPTED
    assert {clock.name: clock.due_on for clock in case.clocks if clock.runs} == {
        "statutory": date(2026, 10, 22),
        "promised": date(2026, 9, 29),
    }
    assert case.due_on == date(2026, 9, 29)


def test_accepting_twice_is_refused():
    with pytest.raises(IllegalTransition, match="Cannot accept a case that is accepted"):
        decide(accepted(), c.Accept(), at(FRIDAY))


def test_an_incomplete_case_is_not_accepted_and_the_refusal_names_the_papers():
    with pytest.raises(OutcomeNotAllowed, match="plan") as refused:
        decide(submitted("form", "mandate", "cad", "copy"), c.Accept(), at(FRIDAY))
    assert refused.value.facts["proposed"] == "request_correction"
    assert "方案图" in refused.value.zh


def test_a_complete_case_cannot_be_sent_back():
    # LIC-05, Art 32(5): complete, so it must be accepted.
    with pytest.raises(OutcomeNotAllowed, match=r"32\(5\)"):
        decide(submitted(*COMPLETE), c.RequestCorrection(), at(FRIDAY))


def test_an_eligible_case_cannot_be_sent_back_for_its_tolerable_papers():
    case = submitted("form", "plan", "mandate", "copy", asks=True)
    with pytest.raises(OutcomeNotAllowed, match="tolerant acceptance"):
        decide(case, c.RequestCorrection(), at(FRIDAY, credit=CLEAN))


# -- correction ----------------------------------------------------------------------------------------


def test_the_notice_names_everything_at_once():
    # LIC-04: what is missing and what the clerk found, in one notice.
    case = submitted("form", "mandate", "copy")
    found = (Defect("form", "not_sealed"),)
    requested = only(decide(case, c.RequestCorrection(found), at(later(3))))
    assert isinstance(requested, e.CorrectionRequested)
    assert set(requested.defects) == {
        Defect("plan", "missing"),
        Defect("cad", "missing"),
        Defect("form", "not_sealed"),
    }
    assert requested.correction.length == 15


def test_a_clerk_can_find_fault_with_complete_papers():
    case = then(submitted(*COMPLETE), c.RequestCorrection((Defect("plan", "illegible"),), 10), at(FRIDAY))
    assert case.state is State.CORRECTION_NOTICED
    assert case.defects == (Defect("plan", "illegible"),)


def test_nothing_outside_the_list_can_be_asked_for():
    # LIC, Art 31.
    with pytest.raises(InvalidRequest, match="material_not_on_list"):
        decide(submitted("form"), c.RequestCorrection((Defect("passport", "missing"),)), at(FRIDAY))


def test_a_part_of_the_corrections_leaves_the_notice_open():
    case = then(submitted("form", "mandate"), c.RequestCorrection(), at(later(3)))
    case = then(case, c.Supply(papers("plan"), "online"), at(later(4)))
    assert case.state is State.CORRECTION_NOTICED
    correction = case.clock("correction")
    assert correction is not None
    assert correction.runs


def test_all_corrections_are_a_new_receipt_with_five_working_days():
    case = then(noticed(), c.Supply(papers("plan"), "counter"), at(later(5)))
    intake = case.clock("intake")
    assert case.state is State.SUBMITTED
    assert case.received_on == later(5)
    assert intake is not None
    assert intake.started_on == later(5)


def test_a_second_notice_may_only_concern_new_papers():
    # "One-time": what was there at the first notice may not be faulted later (Art 32(4), Art 72(4)).
    case = then(noticed(), c.Supply(papers("plan"), "counter"), at(later(5)))
    with pytest.raises(OutcomeNotAllowed, match="defect_visible_before"):
        decide(case, c.RequestCorrection((Defect("form", "not_sealed"),)), at(later(5)))
    with pytest.raises(OutcomeNotAllowed, match="defect_visible_before"):
        decide(case, c.RequestCorrection((Defect("expert", "missing"),)), at(later(5)))
    again = then(case, c.RequestCorrection((Defect("plan", "illegible"),)), at(later(5)))
    assert again.state is State.CORRECTION_NOTICED


def test_a_new_paper_clears_the_faults_of_the_old_one():
    case = then(submitted(*COMPLETE), c.RequestCorrection((Defect("plan", "illegible"),)), at(FRIDAY))
    case = then(case, c.Supply(papers("plan"), "online"), at(later(3)))
    assert case.defects == ()
    assert len([paper for paper in case.papers if paper.code == "plan"]) == 1
    assert then(case, c.Accept(), at(later(3))).state is State.ACCEPTED


def test_no_correction_in_time_closes_the_case_without_refusing_it():
    lapsed = then(noticed(), c.LapseCorrection(), at(date(2026, 11, 20)))
    assert lapsed.state is State.LAPSED_NO_CORRECTION
    assert lapsed.verdict is None
    assert decide(noticed(), c.LapseCorrection(), at(later(4))) == []


# -- deemed acceptance ---------------------------------------------------------------------------------


def test_silence_for_five_working_days_is_acceptance_from_the_day_of_receipt():
    # LIC-04, Art 32(4): retroactive, and the organ's breach goes on record for accountability.
    events = decide(submitted("form"), c.DeemAccepted(), at(date(2026, 9, 28)))
    taken, breached = events
    assert isinstance(taken, e.Accepted)
    assert isinstance(breached, e.DutyBreached)
    assert (taken.basis, taken.accepted_on, taken.effective_on) == ("deemed", FRIDAY, FRIDAY)
    assert taken.statutory.started_on == FRIDAY
    assert (breached.rule, breached.effective_on) == ("LIC-04", date(2026, 9, 24))
    assert set(taken.lacking) == {"plan", "mandate", "cad", "copy"}


def test_the_fifth_working_day_is_still_in_time():
    assert decide(submitted(*COMPLETE), c.DeemAccepted(), at(date(2026, 9, 24))) == []
    assert then(submitted(*COMPLETE), c.Accept(), at(date(2026, 9, 24))).basis == "ordinary"


def test_after_the_fifth_day_nobody_can_answer_any_more():
    with pytest.raises(OutcomeNotAllowed, match="clock_ran_out"):
        decide(submitted(*COMPLETE), c.Accept(), at(date(2026, 9, 25)))


def test_a_deemed_case_with_papers_missing_is_not_granted_until_they_come():
    case = deemed("form", "mandate", "cad", "copy")
    with pytest.raises(OutcomeNotAllowed, match="grant_with_papers_missing"):
        decide(case, c.Decide("grant"), at(date(2026, 9, 28), APPROVER))
    case = then(case, c.Supply(papers("plan"), "online"), at(date(2026, 9, 28)))
    assert then(case, c.Decide("grant"), at(date(2026, 9, 28), APPROVER)).state is State.DECIDED_GRANT


def test_a_corrected_case_is_deemed_accepted_from_the_day_of_the_correction():
    case = then(noticed(), c.Supply(papers("plan"), "online"), at(later(5)))
    assert then(case, c.DeemAccepted(), at(date(2026, 10, 20))).accepted_on == later(5)


def test_after_the_acceptance_only_lacking_papers_can_come():
    with pytest.raises(OutcomeNotAllowed, match="material_not_awaited"):
        decide(tolerated(), c.Supply(papers("cad", "plan"), "online"), at(later(3)))
    with pytest.raises(OutcomeNotAllowed, match="material_not_awaited"):
        decide(deemed(), c.Supply(papers("plan"), "online"), at(date(2026, 9, 28)))


def test_the_proposal_follows_the_papers():
    case = submitted("form", "mandate", "cad", "copy")
    assert case.proposed == "request_correction"
    assert then(case, c.Supply(papers("plan"), "online"), at(FRIDAY)).proposed == "accept"


# -- decision and delivery -----------------------------------------------------------------------------


def test_whoever_received_or_accepted_the_case_is_not_its_sole_decider():
    received_by_clerk = submitted(*COMPLETE, by=CLERK)
    case = then(received_by_clerk, c.Accept(), at(FRIDAY, OTHER_CLERK))
    for person in (CLERK_WHO_DECIDES, OTHER_CLERK_WHO_DECIDES):
        with pytest.raises(NotAllowed, match="separation_of_duties"):
            decide(case, c.Decide("grant"), at(later(3), person))
    assert then(case, c.Decide("grant"), at(later(3), APPROVER)).state is State.DECIDED_GRANT


@pytest.mark.parametrize(
    ("day", "within_promise", "within_statute"),
    [
        (date(2026, 9, 29), True, True),
        (date(2026, 9, 30), False, True),
        (date(2026, 10, 22), False, True),
        (date(2026, 10, 23), False, False),
    ],
)
def test_a_decision_says_whether_it_kept_promise_and_statute(day, within_promise, within_statute):
    # What was missed is put on record first; the decision comes after it.
    *_, event = decide(accepted(), c.Decide("grant"), at(day, APPROVER))
    assert isinstance(event, e.Decided)
    assert (event.within_promise, event.within_statute) == (within_promise, within_statute)


def test_a_refusal_tells_the_remedy():
    # LIC-18, Art 38; the words are R-STD of domain rules §1.7.
    refused = only(decide(accepted(), c.Decide("refuse", "0" * 64), at(later(3), APPROVER)))
    granted = only(decide(accepted(), c.Decide("grant"), at(later(3), APPROVER)))
    assert isinstance(refused, e.Decided)
    assert isinstance(granted, e.Decided)
    assert (refused.remedy, granted.remedy) == ("R-STD", None)


def test_the_result_is_to_be_delivered_in_ten_working_days():
    # LIC-11, Art 44.
    case = decided()
    delivery = case.clock("delivery")
    assert delivery is not None
    assert delivery.started_on == later(4)
    assert delivery.length == 10
    assert [clock.name for clock in case.clocks if clock.runs] == ["delivery"]


def test_withdrawing_is_possible_until_the_decision():
    for state in (
        State.SUBMITTED,
        State.CORRECTION_NOTICED,
        State.ACCEPTED,
        State.ACCEPTED_TOLERANT,
        State.IN_REVIEW,
    ):
        assert then(A_CASE_IN[state](), c.Withdraw(), at(later(4), APPLICANT)).state is State.WITHDRAWN
    with pytest.raises(IllegalTransition):
        decide(decided(), c.Withdraw(), at(later(5), APPLICANT))


def test_the_item_of_a_case_is_pinned():
    case = submitted(*COMPLETE)
    assert (case.item_code, case.item_version) == (ITEM.code, 1)
