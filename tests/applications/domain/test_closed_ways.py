"""More ways by which a case could have left the law unnoticed; each stands here as the test that closed it."""

from dataclasses import replace
from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.commands import By
from services.applications.domain.errors import (
    IllegalTransition,
    InvalidRequest,
    NotAllowed,
    OutcomeNotAllowed,
)
from services.applications.domain.evolve import evolve
from services.applications.domain.facts import Facts
from services.applications.domain.item import Limit, TolerancePolicy
from services.applications.domain.parts.licences import Licence
from services.applications.domain.parts.tolerating import PostCheck, Recall
from services.applications.domain.state import State
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CERTIFICATE,
    CLERK,
    COMPLETE,
    DEFAULT_ID,
    ITEM,
    ORGAN_HEAD,
    OTHER_CLERK,
    accepted,
    at,
    decide,
    decided,
    delivered,
    heard,
    in_procedure,
    issued,
    later,
    only,
    papers,
    renewal,
    submitted,
    then,
    tolerated,
)

WORDS = "0" * 64
MINUTES = "1" * 64
LATE = date(2026, 11, 24)
OTHERS = replace(ITEM, major_interest_of_others=True)
CHAIR = "staff:chair"
EXAMINER = By("staff:examiner", "approver", ITEM.unit)
TWO = ("staff:one", "staff:two")


def _refused_delivered() -> Case:
    return then(decided("refuse"), c.Deliver("window"), at(later(5)))


# -- the duty that was missed stands in the record, whoever comes before the timer -------------------------------


@pytest.mark.parametrize(
    ("case", "command", "by", "missed"),
    [
        # LIC-08, PROMISE: the decision itself stops the clocks that ran out.
        (accepted(), c.Decide("grant"), APPROVER, {"LIC-08", "PROMISE"}),
        (accepted(), c.Withdraw(), APPLICANT, {"LIC-08", "PROMISE"}),
        # LIC-11: the delivery says nothing of its being late.
        (decided(), c.Deliver("window"), CLERK, {"LIC-11"}),
        # LIC-13: whoever ends an overrun procedure takes the overrun away with it.
        (in_procedure(), c.EndProcedure(), APPROVER, {"LIC-13", "LIC-08", "PROMISE"}),
    ],
)
def test_no_late_act_hides_the_breach_that_no_timer_has_recorded_yet(case, command, by, missed):
    events = decide(case, command, at(LATE, by))
    breaches = [event for event in events if isinstance(event, e.DutyBreached)]
    assert {breach.rule for breach in breaches} == missed
    assert all(breach.effective_on == breach.due_on < LATE for breach in breaches)
    # They come before what stops the clocks, and once: the timer finds them on record.
    assert events[: len(breaches)] == breaches
    for event in breaches:
        case = evolve(case, event)
    for breach in breaches:
        assert decide(case, c.RecordBreach(breach.clock), at(LATE)) == []


def test_an_act_in_time_records_no_breach():
    assert len(decide(accepted(), c.Decide("grant"), at(later(4), APPROVER))) == 1


# -- special procedures and hearings -----------------------------------------------------------------------------


def _scheduled(item=OTHERS) -> Case:
    case = then(accepted(), c.TellHearingRights(), at(later(3), APPROVER, item))
    case = then(case, c.RequestHearing(case.applicant_id), at(later(3), APPLICANT, item))
    command = c.ScheduleHearing(date(2026, 10, 9), CHAIR, WORDS)
    return then(case, command, at(later(3), APPROVER, item))


def _heard(item=OTHERS) -> Case:
    return then(_scheduled(item), c.RecordHearing(MINUTES), at(date(2026, 10, 9), APPROVER, item))


@pytest.mark.parametrize("over", [c.RecordHearing(MINUTES), c.CloseHearing("absent")])
def test_the_time_of_a_hearing_ends_with_the_hearing(over):
    # LIC-13, Art 45: what was told for the hearing and is not needed any more counts again at once.
    case = then(
        _scheduled(), c.StartProcedure("hearing", 30, reasons_sha256=WORDS), at(later(3), APPROVER, OTHERS)
    )
    told = case.clock("statutory").due_on
    case = then(case, over, at(date(2026, 10, 9), APPROVER, OTHERS))
    assert not any(one.runs for one in case.procedures)
    assert case.state is State.ACCEPTED
    assert case.clock("statutory").due_on < told
    # 20 September counts, 21 September to 9 October do not, and the nineteenth working day after them is 4 November.
    assert case.clock("statutory").due_on == date(2026, 11, 4)


def test_nobody_who_decides_ends_a_hearing_by_saying_that_it_was_taken_back():
    # LIC-15: what whoever had asked wrote or said stands in the record.
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(_scheduled(), c.CloseHearing("withdrawn"), at(later(4), APPROVER, OTHERS))
    assert decide(_scheduled(), c.CloseHearing("withdrawn", WORDS), at(later(4), APPROVER, OTHERS))


def test_a_procedure_that_is_held_again_says_why():
    # LIC-13: the published length is that of the whole; a second round goes beyond what people expect.
    case = then(in_procedure(), c.EndProcedure(), at(later(4), APPROVER))
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(case, c.StartProcedure("expert_review", 5), at(later(5), APPROVER))
    again = c.StartProcedure("expert_review", 5, reasons_sha256=WORDS)
    assert decide(case, again, at(later(5), APPROVER))


def test_a_promise_that_grew_beside_a_procedure_stays_within_the_statute_when_that_ends_early():
    # §0: the promise is never later than the statute, also where the two are counted in different units.
    item = replace(
        ITEM, statutory=Limit(6, "calendar_day"), promised=Limit(4, "working_day"), joint_handling=True
    )
    case = then(submitted(*COMPLETE, item=item), c.Accept(), at(later(0), CLERK, item))
    review = c.StartProcedure("expert_review", 16, "calendar_day", WORDS)
    case = then(case, review, at(date(2026, 9, 23), ORGAN_HEAD, item))
    case = then(
        case, c.ExtendDeadline(7, WORDS, "亳政批〔2026〕1号"), at(date(2026, 9, 24), ORGAN_HEAD, item)
    )
    case = then(case, c.EndProcedure(), at(date(2026, 9, 25), ORGAN_HEAD, item))
    assert case.clock("promised").due_on == case.clock("statutory").due_on == date(2026, 10, 8)


def test_a_hearing_that_the_law_requires_is_announced_whoever_asked_for_it():
    # LIC-14, Art 46: somebody's request does not make the public hearing a private one.
    item = replace(OTHERS, hearing_required=True)
    case = then(accepted(), c.TellHearingRights(), at(later(3), APPROVER, item))
    case = then(case, c.RequestHearing(case.applicant_id), at(later(3), APPLICANT, item))
    unannounced = c.ScheduleHearing(date(2026, 10, 9), CHAIR, WORDS)
    with pytest.raises(OutcomeNotAllowed, match="hearing_not_announced"):
        decide(case, unannounced, at(later(3), APPROVER, item))
    announced = replace(unannounced, announced_on=later(3))
    assert decide(case, announced, at(later(3), APPROVER, item))


# -- whoever may not act ------------------------------------------------------------------------------------------


def test_a_decision_waits_for_the_answer_to_a_request_for_recusal():
    # LIC-16, Art 48(3).
    case = then(accepted(), c.RequestRecusal(WORDS), at(later(3), APPLICANT))
    with pytest.raises(OutcomeNotAllowed, match="recusal_not_answered"):
        decide(case, c.Decide("grant"), at(later(4), APPROVER))
    case = then(case, c.DeclineRecusal(WORDS), at(later(4), ORGAN_HEAD))
    assert decide(case, c.Decide("grant"), at(later(4), APPROVER))


def test_minutes_of_a_chair_who_was_taken_off_carry_no_decision():
    # LIC-16, Art 48(3): the hearing is held again.
    case = then(_heard(), c.Recuse(CHAIR, "interest", "organ"), at(date(2026, 10, 9), ORGAN_HEAD, OTHERS))
    with pytest.raises(OutcomeNotAllowed, match="hearing_chair_recused"):
        decide(case, c.Decide("grant", WORDS, MINUTES), at(date(2026, 10, 9), APPROVER, OTHERS))
    again = then(case, c.CallHearing(WORDS), at(date(2026, 10, 9), APPROVER, OTHERS))
    assert again.hearing.pending


def test_a_check_of_somebody_who_was_taken_off_is_made_again():
    # LIC-12, Art 34: two people have to have checked who may.
    item = replace(ITEM, site_check_required=True)
    checked = c.RecordSiteCheck(TWO, later(3), WORDS, True)
    case = then(accepted(), checked, at(later(3), APPROVER, item))
    case = then(case, c.Recuse(TWO[0], "interest", "organ"), at(later(4), ORGAN_HEAD, item))
    with pytest.raises(OutcomeNotAllowed, match="site_check_missing"):
        decide(case, c.Decide("grant"), at(later(4), APPROVER, item))


def _examined() -> Case:
    case = then(tolerated(), c.Supply(papers("cad"), "online"), at(later(3), APPLICANT))
    return then(case, c.ConfirmSupply(), at(later(4), EXAMINER))


def test_late_papers_that_somebody_examined_who_was_taken_off_are_examined_again():
    # §5.3(6).
    case = then(_examined(), c.Recuse(EXAMINER.id, "interest", "organ"), at(later(4), ORGAN_HEAD))
    with pytest.raises(OutcomeNotAllowed, match="late_papers_not_examined"):
        decide(case, c.Decide("grant"), at(later(5), APPROVER))
    assert then(case, c.ConfirmSupply(), at(later(5), OTHER_CLERK)).promise.confirmed_by == OTHER_CLERK.id


def test_whoever_examined_late_papers_does_not_preside():
    # LIC-16, Art 48(3): examining the papers is reviewing the application.
    case = then(_examined(), c.CallHearing(WORDS), at(later(4), APPROVER))
    command = c.ScheduleHearing(date(2026, 10, 12), EXAMINER.id, WORDS, later(4))
    with pytest.raises(NotAllowed, match="chair_is_not_impartial"):
        decide(case, command, at(later(4), APPROVER))


def test_whoever_presides_examines_no_late_papers():
    case = then(tolerated(), c.CallHearing(WORDS), at(later(3), APPROVER))
    case = then(case, c.ScheduleHearing(date(2026, 10, 10), CHAIR, WORDS, later(3)), at(later(3), APPROVER))
    case = then(case, c.Supply(papers("cad"), "online"), at(later(3), APPLICANT))
    with pytest.raises(NotAllowed, match="chair_may_not_review"):
        decide(case, c.ConfirmSupply(), at(later(4), By(CHAIR, "approver", ITEM.unit)))


# -- what was never granted can't be taken away, and nothing is laundered ----------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        c.HearLicensee(later(5), waived=True),
        c.RevokeLicence("fraud_or_bribery", WORDS),
        c.KeepLicence("fraud_or_bribery", WORDS),
        c.WithdrawLicence("law_changed", WORDS, WORDS),
        c.CancelLicence("other_by_law", WORDS),
    ],
)
def test_a_refusal_is_no_licence_that_could_be_taken_away(command):
    # LIC-22, LIC-23: a refused applicant would else be banned for three years as a holder by deceit.
    with pytest.raises(OutcomeNotAllowed, match="nothing_granted"):
        decide(_refused_delivered(), command, at(later(5), ORGAN_HEAD))


@pytest.mark.parametrize(
    "command", [c.HearLicensee(later(4), waived=True), c.CancelLicence("holder_ended", WORDS)]
)
def test_what_was_granted_and_not_delivered_can_be_taken_away_too(command):
    # LIC-22, LIC-23: nobody delivers first what is known to be wrong, or has no holder any more.
    assert decide(decided(), command, at(later(4), ORGAN_HEAD))


def test_a_hearing_serves_one_decision():
    # LIC-22, Art 7: after the decision to keep the licence its holder is heard anew before anything else.
    case = then(heard(), c.KeepLicence("beyond_powers", WORDS), at(later(8), ORGAN_HEAD, CERTIFICATE))
    with pytest.raises(OutcomeNotAllowed, match="holder_not_heard"):
        decide(case, c.RevokeLicence("abuse_or_dereliction", WORDS), at(later(9), ORGAN_HEAD, CERTIFICATE))


def _changing(until: date) -> Case:
    return renewal(until, purpose="change")


def _holding(case: Case, day: date, by: By = APPROVER) -> Facts:
    return replace(at(day, by, CERTIFICATE), licence_case=case)


@pytest.mark.parametrize(
    "open_part",
    [
        {"recall": Recall(later(6))},
        {"post_checks": (PostCheck("cad"),)},
    ],
)
def test_what_is_still_open_on_a_result_is_not_lost_in_a_change_of_it(open_part):
    # §5.3(8), §5.4: a recall or an unchecked commitment would end with the case that it belongs to.
    original = replace(delivered(), **open_part)
    with pytest.raises(OutcomeNotAllowed, match="licence_not_settled"):
        decide(_changing(later(300)), c.Decide("grant"), _holding(original, later(4)))


# -- silence on a renewal -----------------------------------------------------------------------------------------


def test_nobody_decides_on_a_renewal_that_the_law_has_granted():
    # LIC-21, Art 50¶2: between the end of the validity and the timer the case is no longer what it seems.
    original = replace(delivered(), licence=Licence("1", later(-700), later(30)))
    for result in ("grant", "refuse"):
        with pytest.raises(OutcomeNotAllowed, match="renewed_by_silence"):
            decide(renewal(), c.Decide(result, WORDS), _holding(original, later(31)))
    assert decide(renewal(), c.Decide("refuse", WORDS), _holding(original, later(30)))
    # A late one had no claim to an answer before the end, and what was taken away meanwhile is renewed by nobody.
    assert decide(renewal(late=True), c.Decide("refuse", WORDS), _holding(original, later(31)))
    lost = replace(original, state=State.CANCELLED)
    assert decide(renewal(), c.Decide("refuse", WORDS), _holding(lost, later(31)))


def test_silence_speaks_on_what_was_accepted_before_the_end():
    # LIC-21: a renewal that was accepted after the end is decided on its own, however late the timer comes.
    case = replace(renewal(), accepted_on=later(31))
    assert decide(case, c.DeemRenewed(later(30)), at(later(40), item=CERTIFICATE)) == []
    assert decide(renewal(), c.DeemRenewed(later(30)), at(later(40), item=CERTIFICATE))


def test_what_was_committed_is_checked_also_after_a_silent_renewal():
    # §5.4: sixty days from the day on which the law granted.
    case = replace(renewal(), committed=("cad",))
    case = then(case, c.DeemRenewed(later(30)), at(later(40), item=CERTIFICATE))
    assert [check.material_code for check in case.post_checks] == ["cad"]
    assert case.clock("post_check").started_on == later(30)
    assert case.clock("post_check").runs


def test_a_broken_undertaking_is_no_silence_of_the_organ():
    # LIC-21, §5.3(7): the papers were due before the validity ended and never came; the termination goes first.
    item = replace(CERTIFICATE, tolerance=TolerancePolicy(enabled=True))
    case = replace(tolerated(), follow_up=renewal().follow_up)
    assert decide(case, c.DeemRenewed(later(30)), at(later(40), item=item)) == []
    assert then(case, c.ExpireTolerance(DEFAULT_ID), at(later(40), item=item)).state is State.TERMINATED


# -- tolerance ----------------------------------------------------------------------------------------------------


def _asked() -> Case:
    command = c.RequestSupplyExtension(date(2026, 10, 12), WORDS)
    return then(tolerated(), command, at(later(5), APPLICANT))


def test_while_the_organ_thinks_about_more_time_the_applicant_may_still_withdraw():
    case = _asked()
    assert decide(case, c.Withdraw(), at(date(2026, 10, 9), APPLICANT))
    assert decide(case, c.VoidCase(WORDS), at(date(2026, 10, 9), By("staff:s", "supervisor")))
    with pytest.raises(OutcomeNotAllowed, match="supply_extension_not_answered"):
        decide(case, c.Supply(papers("cad"), "online"), at(date(2026, 10, 9), APPLICANT))


def test_more_time_ends_on_the_day_that_was_approved_also_when_a_told_date_was_kept():
    # §5.3(7), §2.1(9): a date that a notice would have moved forward is kept; the new one is counted from the start.
    case = _asked()
    clock = case.clock("supply")
    kept = tuple(replace(one, due_on=date(2026, 9, 28)) if one == clock else one for one in case.clocks)
    case = replace(case, clocks=kept)
    event = only(decide(case, c.ExtendSupply(date(2026, 10, 12), WORDS), at(later(6), APPROVER)))
    assert event.supply.due_on == date(2026, 10, 12)


def test_a_recall_that_was_dropped_is_not_begun_again_on_the_same_ground():
    item = replace(ITEM, tolerance=TolerancePolicy(enabled=True, decision_before_completion=True))
    case = then(tolerated(), c.GrantBeforeCompletion(), at(later(3), ORGAN_HEAD, item))
    case = then(case, c.ExpireTolerance(DEFAULT_ID), at(date(2026, 10, 9), item=item))
    case = then(case, c.DropRecall(WORDS), at(date(2026, 10, 9), ORGAN_HEAD, item))
    with pytest.raises(OutcomeNotAllowed, match="no_ground_to_recall"):
        decide(case, c.NoticeRecall(), at(date(2026, 10, 10), ORGAN_HEAD, item))


# -- the licence law binds licences, and punishes nobody else ----------------------------------------------------


def test_nobody_is_warned_or_banned_by_analogy():
    # LIC-24, LIC-25: a penalty and a ban rest on a law that applies, never on one that is followed by analogy.
    item = replace(CERTIFICATE, is_licence=False, safety_sensitive=True)
    with pytest.raises(InvalidRequest, match="ground_not_in_law"):
        decide(accepted(), c.Decide("refuse", WORDS, ground="false_materials"), at(later(4), APPROVER, item))
    event = only(decide(heard(), c.RevokeLicence("fraud_or_bribery", WORDS), at(later(8), ORGAN_HEAD, item)))
    assert event.banned_until is None


def test_whoever_holds_a_licence_already_made_out_is_no_exception():
    assert decide(issued(), c.HearLicensee(later(4), waived=True), at(later(4), APPROVER, CERTIFICATE))
    with pytest.raises(IllegalTransition):
        decide(submitted(*COMPLETE), c.HearLicensee(later(4), waived=True), at(later(4), APPROVER))
