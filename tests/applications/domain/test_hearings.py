"""Hearings and interested parties (行政许可法 36, 46–48): who is told, who is heard, and what a decision rests on."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.commands import By
from services.applications.domain.documents import PartyText, Secrets
from services.applications.domain.drafting import drafts
from services.applications.domain.errors import DomainError, InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.facts import HearingLimits
from services.applications.domain.item import Item, Limit
from services.applications.domain.parts.reviewing import Review
from services.applications.domain.state import State
from services.applications.domain.timers import timers_of
from services.applications.domain.values import Organ
from services.applications.domain.wording import render
from tests.applications.domain.cases import (
    APPLICANT,
    APPLICANT_ID,
    APPROVER,
    CALENDAR,
    CLERK,
    ITEM,
    NEIGHBOUR_ID,
    ORGAN_HEAD,
    OTHER_CLERK,
    accepted,
    at,
    decide,
    later,
    only,
    then,
)

MONDAY, TUESDAY, WEDNESDAY = later(3), later(4), later(5)
WHY = "0" * 64
MINUTES = "a" * 64
OF_INTEREST = replace(ITEM, major_interest_of_others=True)
HEARD_BY_LAW = replace(ITEM, hearing_required=True)
SECOND_ID = UUID("01900000-0000-8000-8000-00000000000c")
# Asked for on Tuesday 22 September: twenty working days end on 27 October.
LAST_DAY_TO_HOLD = date(2026, 10, 27)
HEARING_DAY = date(2026, 10, 14)


def named(*more: UUID) -> Case:
    """A neighbour, whose interests are directly concerned, is named on the Monday."""
    case = then(accepted(), c.NameInterestedParty(NEIGHBOUR_ID), at(MONDAY, APPROVER))
    for party_id in more:
        case = then(case, c.NameInterestedParty(party_id), at(MONDAY, APPROVER))
    return case


def told(*more: UUID) -> Case:
    return then(named(*more), c.TellHearingRights(), at(MONDAY, APPROVER))


def requested(*more: UUID) -> Case:
    return then(told(*more), c.RequestHearing(NEIGHBOUR_ID), at(TUESDAY, CLERK))


def called() -> Case:
    return then(accepted(), c.CallHearing(WHY), at(MONDAY, ORGAN_HEAD))


def scheduling(held_on: date = HEARING_DAY, chair: str = "staff:chair", **more) -> c.ScheduleHearing:
    return c.ScheduleHearing(held_on, chair, WHY, **more)


def scheduled(case: Case | None = None, **more) -> Case:
    return then(case or requested(), scheduling(**more), at(WEDNESDAY, APPROVER))


def held(case: Case | None = None) -> Case:
    return then(case or scheduled(), c.RecordHearing(MINUTES), at(HEARING_DAY, APPROVER))


def refusal(case: Case, command: c.Command, day: date, by: By = APPROVER, item: Item = ITEM) -> str:
    with pytest.raises(DomainError) as refused:
        decide(case, command, at(day, by, item))
    return refused.value.code


GRANT = c.Decide("grant", WHY)


# -- LIC-15: told, asked, held -------------------------------------------------------------------------------


def test_everybody_concerned_is_told_and_has_five_working_days():
    # LIC-15, Art 47: the applicant's five days are counted as working days, which favours the applicant.
    case = told()
    assert case.hearing.told == (APPLICANT_ID, NEIGHBOUR_ID)
    assert case.clock("hearing_request").due_on == date(2026, 9, 29)
    assert case.interested[0].told_on == MONDAY
    assert refusal(case, c.TellHearingRights(), MONDAY) == "hearing_rights_told_already"


def test_the_unit_of_the_two_periods_is_data():
    # LIC-15: the law writes 日; an office whose legal section reads calendar days sets it so.
    facts = replace(
        at(MONDAY, APPROVER),
        hearing=HearingLimits(Limit(5, "calendar_day"), Limit(20, "calendar_day")),
    )
    case = then(named(), c.TellHearingRights(), facts)
    # The fifth day, Saturday 26, lies in the Mid-Autumn holiday, so the period ends with the first day after (民法典 203).
    assert case.clock("hearing_request").due_on == date(2026, 9, 28)
    asked = decide(case, c.RequestHearing(NEIGHBOUR_ID), replace(facts, by=CLERK))
    assert only(asked).hold_by.due_on == date(2026, 10, 12)


def test_nobody_is_told_where_nobody_else_is_concerned():
    assert refusal(accepted(), c.TellHearingRights(), MONDAY) == "no_interested_party"
    event = only(decide(accepted(), c.TellHearingRights(), at(MONDAY, APPROVER, OF_INTEREST)))
    assert event.told == (APPLICANT_ID,)


@pytest.mark.parametrize("party_id", [APPLICANT_ID, NEIGHBOUR_ID])
def test_a_known_person_is_not_named_again(party_id: UUID):
    # LIC-17, Art 36.
    assert refusal(named(), c.NameInterestedParty(party_id), MONDAY) == "party_known"


def test_a_request_within_five_days_has_a_hearing_within_twenty():
    # LIC-15, Art 47.
    case = requested()
    assert case.hearing.pending
    assert case.clock("hearing").due_on == LAST_DAY_TO_HOLD
    assert not case.clock("hearing_request").runs


def test_on_the_last_day_it_can_still_be_asked_for_and_not_after():
    # LIC-15, Art 47: the right lapses.
    decide(told(), c.RequestHearing(APPLICANT_ID), at(date(2026, 9, 29), APPLICANT))
    for command in (c.RequestHearing(APPLICANT_ID), c.WaiveHearing(APPLICANT_ID)):
        assert refusal(told(), command, date(2026, 9, 30), CLERK) == "hearing_request_period_over"


@pytest.mark.parametrize(
    ("make", "command", "code"),
    [
        (named, c.RequestHearing(NEIGHBOUR_ID), "hearing_rights_not_told"),
        (told, c.RequestHearing(SECOND_ID), "party_unknown"),
        (told, c.WaiveHearing(SECOND_ID), "party_unknown"),
        (told, c.RecordStatement(SECOND_ID, WHY), "party_unknown"),
        (requested, c.RequestHearing(APPLICANT_ID), "hearing_requested_already"),
    ],
)
def test_who_can_not_ask(make, command: c.Command, code: str):
    assert refusal(make(), command, TUESDAY, CLERK) == code


def test_the_right_lapses_by_itself_and_once():
    # LIC-15: nobody asked by 29 September; a timer says so with the day that counts.
    case = told()
    assert {timer.kind for timer in timers_of(case, CALENDAR)} == {"statutory", "promised", "hearing_request"}
    assert decide(case, c.LapseHearingRight(), at(date(2026, 9, 29))) == []
    event = only(decide(case, c.LapseHearingRight(), at(date(2026, 10, 9))))
    assert (event.ground, event.effective_on) == ("not_requested", date(2026, 9, 29))
    lapsed = then(case, c.LapseHearingRight(), at(date(2026, 10, 9)))
    assert decide(lapsed, c.LapseHearingRight(), at(date(2026, 10, 9))) == []
    assert then(lapsed, GRANT, at(date(2026, 10, 9), APPROVER)).state is State.DECIDED_GRANT


# -- LIC-14: of the organ's own motion -----------------------------------------------------------------------


def test_what_the_law_has_heard_is_not_decided_unheard():
    # LIC-14, Art 46.
    assert refusal(accepted(), GRANT, MONDAY, item=HEARD_BY_LAW) == "hearing_required"
    assert refusal(accepted(), c.Decide("refuse", WHY), MONDAY, item=HEARD_BY_LAW) == "hearing_required"
    case = then(accepted(), c.CallHearing(), at(MONDAY, APPROVER, HEARD_BY_LAW))
    assert refusal(case, GRANT, MONDAY) == "hearing_not_held"
    assert refusal(case, c.CloseHearing("withdrawn", "0" * 64), MONDAY) == "hearing_must_be_held"


def test_major_public_interests_are_named_where_no_law_requires_the_hearing():
    # LIC-14, Art 46.
    assert refusal(accepted(), c.CallHearing(), MONDAY) == "reasons_required"
    assert refusal(called(), c.CallHearing(WHY), MONDAY) == "hearing_pending"


def test_a_hearing_of_the_own_motion_is_announced_to_the_public():
    # LIC-14, Art 46: 应当向社会公告.
    assert refusal(called(), scheduling(), WEDNESDAY) == "hearing_not_announced"
    for wrong in (later(0), later(6)):
        command = scheduling(announced_on=wrong)
        assert refusal(called(), command, WEDNESDAY) == "announcement_date_invalid"
    case = then(called(), scheduling(announced_on=TUESDAY), at(WEDNESDAY, APPROVER))
    assert case.hearing.announced_on == TUESDAY


# -- LIC-16: how it is held ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held_on", "code"),
    [
        (date(2026, 9, 1), "hearing_notice_too_short"),
        # Seven working days from Wednesday 23 September: 24, 28, 29, 30, 8, 9, 10 (a make-up Saturday) October.
        (date(2026, 10, 9), "hearing_notice_too_short"),
        (date(2026, 10, 11), "hearing_day_not_working"),
        (date(2026, 10, 28), "hearing_after_limit"),
        (date(2027, 3, 2), "hearing_day_not_working"),
    ],
)
def test_days_on_which_no_hearing_can_be_held(held_on: date, code: str):
    # LIC-16, Art 48(1): seven days before; LIC-15: within twenty days.
    assert refusal(requested(), scheduling(held_on), WEDNESDAY) == code


@pytest.mark.parametrize("held_on", [date(2026, 10, 10), LAST_DAY_TO_HOLD])
def test_the_first_and_the_last_day_that_are_possible(held_on: date):
    # LIC-16, Art 48(1).
    assert scheduled(held_on=held_on).hearing.scheduled_on == held_on


def test_when_the_twenty_days_can_not_be_kept_any_day_is_better_than_none():
    # LIC-15: told on 20 October, seven working days end after the 27th; the breach goes on record.
    case = then(requested(), scheduling(date(2026, 10, 30)), at(date(2026, 10, 20), APPROVER))
    assert case.hearing.scheduled_on == date(2026, 10, 30)


@pytest.mark.parametrize("chair", [CLERK.id, OTHER_CLERK.id])
def test_nobody_who_handled_the_case_presides(chair: str):
    # LIC-16, Art 48(3).
    case = replace(requested(), review=Review(recused=(OTHER_CLERK.id,)))
    assert refusal(case, scheduling(chair=chair), WEDNESDAY) == "chair_is_not_impartial"


def test_whoever_presides_reviews_nothing_and_may_have_become_partial_before_the_day():
    # LIC-16, Art 48(3).
    chair = By("staff:chair", "approver", ITEM.unit)
    day = date(2026, 10, 15)
    assert refusal(held(), c.Decide("grant", WHY, MINUTES), day, chair) == "chair_may_not_review"
    recused = replace(scheduled(), review=Review(recused=("staff:chair",)))
    assert refusal(recused, c.RecordHearing(MINUTES), HEARING_DAY) == "chair_is_not_impartial"
    # Another chair is named, at least seven working days before again.
    again = then(recused, scheduling(date(2026, 10, 26), "staff:other"), at(HEARING_DAY, APPROVER))
    assert again.hearing.chair == "staff:other"


def test_place_and_chair_are_named():
    assert refusal(requested(), scheduling(chair=" "), WEDNESDAY) == "hearing_chair_required"
    without = c.ScheduleHearing(HEARING_DAY, "staff:chair")
    assert refusal(requested(), without, WEDNESDAY) == "hearing_place_required"


@pytest.mark.parametrize(
    ("make", "command", "day", "code"),
    [
        (told, scheduling(), WEDNESDAY, "no_hearing_due"),
        (requested, c.RecordHearing(MINUTES), HEARING_DAY, "hearing_not_scheduled"),
        (scheduled, c.RecordHearing(MINUTES), WEDNESDAY, "hearing_not_yet_held"),
        (scheduled, c.RecordHearing(MINUTES, reviewers_heard=False), HEARING_DAY, "reviewers_not_heard"),
        (scheduled, c.RecordHearing(MINUTES, signed=False), HEARING_DAY, "minutes_not_signed"),
        (held, c.RecordHearing(MINUTES), HEARING_DAY, "no_hearing_due"),
        (held, c.CloseHearing("withdrawn", "0" * 64), HEARING_DAY, "no_hearing_due"),
        (scheduled, c.CloseHearing("absent"), WEDNESDAY, "hearing_not_yet_held"),
    ],
)
def test_steps_out_of_their_order_are_refused(make, command: c.Command, day: date, code: str):
    # LIC-16, Art 48.
    assert refusal(make(), command, day) == code


def test_the_decision_rests_on_the_minutes_and_says_so():
    # LIC-16, Art 48¶2.
    case = held()
    assert not case.clock("hearing").runs
    day = date(2026, 10, 15)
    assert refusal(case, GRANT, day) == "decision_must_rest_on_minutes"
    assert refusal(case, c.Decide("grant", WHY, "b" * 64), day) == "decision_must_rest_on_minutes"
    assert refusal(case, c.Decide("grant", None, MINUTES), day) == "reasons_required"
    event = only(decide(case, c.Decide("refuse", WHY, MINUTES), at(day, APPROVER)))
    assert event.minutes_sha256 == MINUTES
    assert "本决定根据听证笔录作出" in text_of(case, event)
    assert refusal(accepted(), c.Decide("grant", WHY, MINUTES), day) == "no_minutes"


def test_the_hearing_stops_the_clock_only_with_its_own_notice():
    # LIC-13: a hearing that is due may be a special procedure; without a notice nothing is left out.
    assert requested().clock("statutory").entries == ()
    start = c.StartProcedure("hearing", 12, reasons_sha256=WHY)
    assert refusal(told(), start, WEDNESDAY) == "no_hearing_due"
    case = then(requested(), start, at(WEDNESDAY, APPROVER))
    assert case.clock("statutory").entries[0].reason == "hearing"
    # The time that was left out for the hearing ends with it.
    recorded = held(then(case, scheduling(), at(WEDNESDAY, APPROVER)))
    assert recorded.state is State.ACCEPTED
    assert recorded.clock("statutory").entries[0].last_on == HEARING_DAY


# -- before a decision ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "item", "day", "code"),
    [
        (accepted, OF_INTEREST, MONDAY, "hearing_rights_not_told"),
        (named, ITEM, MONDAY, "hearing_rights_not_told"),
        (told, ITEM, date(2026, 9, 29), "hearing_request_period_runs"),
        (requested, ITEM, date(2026, 10, 9), "hearing_not_held"),
        (scheduled, ITEM, date(2026, 10, 9), "hearing_not_held"),
        (called, ITEM, date(2026, 10, 9), "hearing_not_held"),
    ],
)
def test_no_decision_before_everybody_was_heard(case, item: Item, day: date, code: str):
    # LIC-15 and LIC-17, Art 36, 47.
    for result in ("grant", "refuse"):
        assert refusal(case(), c.Decide(result, WHY), day, item=item) == code


def test_after_the_period_silence_is_an_answer():
    # LIC-15: the timer may come later than the decision.
    assert then(told(), GRANT, at(date(2026, 9, 30), APPROVER)).state is State.DECIDED_GRANT


def test_when_everybody_waives_there_is_no_need_to_wait():
    # LIC-15: each for themselves.
    one = then(told(), c.WaiveHearing(NEIGHBOUR_ID), at(TUESDAY, CLERK))
    assert refusal(one, GRANT, TUESDAY) == "hearing_request_period_runs"
    assert refusal(one, c.WaiveHearing(NEIGHBOUR_ID), TUESDAY, CLERK) == "hearing_waived_already"
    both = then(one, c.WaiveHearing(APPLICANT_ID), at(TUESDAY, APPLICANT))
    decided = then(both, GRANT, at(TUESDAY, APPROVER))
    assert decided.state is State.DECIDED_GRANT
    assert [clock.name for clock in decided.clocks if clock.runs] == ["delivery"]


def test_whoever_is_named_later_is_told_too():
    # LIC-17, Art 36: every interested party.
    case = then(told(), c.NameInterestedParty(SECOND_ID), at(TUESDAY, CLERK))
    assert refusal(case, GRANT, date(2026, 9, 30)) == "hearing_rights_not_told"
    again = then(case, c.TellHearingRights(), at(date(2026, 9, 30), APPROVER))
    assert again.clock("hearing_request").due_on > date(2026, 9, 30)
    assert refusal(again, GRANT, date(2026, 10, 8)) == "hearing_request_period_runs"


def test_when_a_request_is_taken_back_the_others_are_asked_again():
    # LIC-15: they relied on the hearing that one of them had asked for.
    case = then(requested(), c.CloseHearing("withdrawn", "0" * 64), at(date(2026, 10, 9), APPROVER))
    assert not case.clock("hearing").runs
    assert refusal(case, GRANT, date(2026, 10, 9)) == "hearing_rights_not_told"
    again = then(case, c.TellHearingRights(), at(date(2026, 10, 9), APPROVER))
    asked = then(again, c.RequestHearing(APPLICANT_ID), at(date(2026, 10, 10), CLERK))
    assert asked.hearing.pending
    absent = scheduled(held_on=HEARING_DAY)
    closed = then(absent, c.CloseHearing("absent"), at(HEARING_DAY, APPROVER))
    assert closed.hearing.closed_because == "absent"


def test_statements_of_both_sides_stand_in_the_record_as_digests():
    # LIC-17, Art 36.
    case = then(named(), c.RecordStatement(NEIGHBOUR_ID, "b" * 64), at(TUESDAY, CLERK))
    case = then(case, c.RecordStatement(APPLICANT_ID, "c" * 64), at(TUESDAY, APPROVER))
    assert case.interested[0].statement_sha256 == "b" * 64
    assert case.applicant_statement_sha256 == "c" * 64


@pytest.mark.parametrize(
    ("command", "by"),
    [
        (c.NameInterestedParty(SECOND_ID), APPLICANT),
        (c.TellHearingRights(), CLERK),
        (c.RequestHearing(NEIGHBOUR_ID), APPROVER),
        (c.WaiveHearing(NEIGHBOUR_ID), APPROVER),
        (c.CallHearing(WHY), CLERK),
        (scheduling(), CLERK),
        (c.RecordHearing(MINUTES), APPLICANT),
        (c.CloseHearing("withdrawn", "0" * 64), APPLICANT),
        (c.RecordStatement(NEIGHBOUR_ID, WHY), APPLICANT),
        (c.LapseHearingRight(), APPROVER),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nobody_does_what_is_not_theirs(command: c.Command, by: By):
    with pytest.raises(NotAllowed, match="role_not_allowed"):
        decide(told(), command, at(TUESDAY, by))


# -- documents -----------------------------------------------------------------------------------------------


def text_of(case: Case, event: e.CaseEvent) -> str:
    (draft,) = drafts(
        case, [event], ITEM, Organ("政府", "法院"), Secrets(reasons="9时，会议室", recipient="赵六")
    )[0]
    values = {**draft.values, "number": "亳人防许听〔2026〕1号", "issued_on": "2026-09-21"}
    party = PartyText("张三丰", "居民身份证", "341602199001010012", "王小二", "13812341234")
    return "".join(f"{line.label}{line.text}" for line in render(draft.kind, values, party, draft.secrets))


def test_the_notice_of_rights_tells_both_rights_and_that_it_is_free():
    # LIC-15, LIC-17.
    text = text_of(named(), only(decide(named(), c.TellHearingRights(), at(MONDAY, APPROVER))))
    assert "张三丰及利害关系人" in text
    assert "陈述和申辩" in text
    assert "5个工作日内、最迟于2026年9月29日（含当日）" in text
    assert "不承担组织听证的费用" in text
    assert "341602" not in text


def test_the_notice_of_the_hearing_names_day_place_chair_and_the_right_to_recusal():
    # LIC-16.
    text = text_of(requested(), only(decide(requested(), scheduling(), at(WEDNESDAY, APPROVER))))
    for words in ("2026年10月14日", "9时，会议室", "赵六", "申请回避", "公开举行", "签字或者盖章"):
        assert words in text
    again = text_of(scheduled(), only(decide(scheduled(), scheduling(), at(later(6), APPROVER))))
    assert "本通知取代此前的听证通知" in again


def test_invalid_requests_are_told_apart_from_refusals():
    with pytest.raises(InvalidRequest):
        decide(told(), c.RequestHearing(SECOND_ID), at(TUESDAY, CLERK))
    with pytest.raises(OutcomeNotAllowed):
        decide(accepted(), c.TellHearingRights(), at(MONDAY, APPROVER))
