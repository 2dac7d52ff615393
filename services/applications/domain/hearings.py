"""Hearings: called, announced, held by an impartial chair, and what a decision after one rests on (行政许可法 46, 48)."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.clocks import last_day, stop
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.hearing_rights import refuse_untold
from services.applications.domain.parts.hearings import Hearing
from services.applications.domain.procedures import end_of
from shared.deadlines import add_working_days

# LIC-16, Art 48: time and place are told seven days before; Art 82 counts the organ's limits in working days.
NOTICE_WORKING_DAYS = 7


def call_hearing(case: Case, command: c.CallHearing, facts: Facts) -> list[e.CaseEvent]:
    # LIC-14, Art 46: the law has the organ hold a hearing, or the organ finds that major public interests are touched.
    if case.hearing is not None and case.hearing.pending:
        raise OutcomeNotAllowed(
            "hearing_pending",
            "本办件已有应当举行的听证。",
            "A hearing is to be held in this case already.",
        )
    if not facts.item.hearing_required and command.reasons_sha256 is None:
        raise OutcomeNotAllowed(
            "reasons_required",
            "该事项并非依法必须听证，请写明涉及哪些重大公共利益（行政许可法第四十六条）。",
            "No law requires a hearing for this item; please state which major public interests are touched"
            " (Administrative Licence Law, Art. 46).",
            pointer="/reasons",
        )
    return [
        e.HearingCalled(
            effective_on=facts.now.on,
            called_by=facts.by.id,
            article=facts.item.article("46"),
            reasons_sha256=command.reasons_sha256,
        )
    ]


def schedule_hearing(case: Case, command: c.ScheduleHearing, facts: Facts) -> list[e.CaseEvent]:
    # LIC-16, Art 48: time and place are told at least seven days before; the chair did not review the application.
    hearing = _pending(case)
    _require_day(case, command.held_on, facts)
    _require_chair(case, command.chair)
    if command.place_sha256 is None:
        raise InvalidRequest(
            "hearing_place_required",
            "请写明听证地点（行政许可法第四十八条）。",
            "Please state the place of the hearing (Administrative Licence Law, Art. 48).",
            pointer="/place",
        )
    _require_announcement(hearing, command, facts)
    return [
        e.HearingScheduled(
            effective_on=facts.now.on,
            held_on=command.held_on,
            chair=command.chair,
            told_on=facts.now.on,
            place_sha256=command.place_sha256,
            announced_on=command.announced_on,
        )
    ]


def record_hearing(case: Case, command: c.RecordHearing, facts: Facts) -> list[e.CaseEvent]:
    # LIC-16, Art 48: reviewing staff give evidence, those who took part sign the minutes.
    hearing = _pending(case)
    if hearing.scheduled_on is None or hearing.chair is None:
        raise OutcomeNotAllowed(
            "hearing_not_scheduled",
            "尚未通知听证的时间、地点，不能登记听证笔录（行政许可法第四十八条）。",
            "Time and place of the hearing were not told, so none can have been held (Administrative Licence Law, Art. 48).",
            article="行政许可法 48(1)",
        )
    if facts.now.on < hearing.scheduled_on:
        raise OutcomeNotAllowed(
            "hearing_not_yet_held",
            f"听证定于{hearing.scheduled_on.isoformat()}举行，尚不能登记笔录。",
            f"The hearing is on {hearing.scheduled_on.isoformat()}; its minutes can't be recorded before.",
            held_on=hearing.scheduled_on.isoformat(),
        )
    _require_regular(command)
    # Somebody may have reviewed, or have been taken off the case, since the chair was named.
    _require_chair(case, hearing.chair)
    return [
        e.HearingHeld(
            effective_on=facts.now.on,
            held_on=hearing.scheduled_on,
            chair=hearing.chair,
            minutes_sha256=command.minutes_sha256,
        ),
        # LIC-13, Art 45: the hearing is over, and so is the time that was left out for it.
        *end_of("hearing", case, facts),
    ]


def close_hearing(case: Case, command: c.CloseHearing, facts: Facts) -> list[e.CaseEvent]:
    # LIC-15: only a hearing that was asked for can be given up; what the organ must hold itself it holds (LIC-14).
    hearing = _pending(case)
    if hearing.called_on is not None:
        raise OutcomeNotAllowed(
            "hearing_must_be_held",
            "依职权决定的听证应当举行，不能因申请人撤回或者缺席而终止（行政许可法第四十六条）。",
            "A hearing of the organ's own motion must be held, whoever withdraws or stays away"
            " (Administrative Licence Law, Art. 46).",
            article="行政许可法 46",
        )
    if command.ground == "absent" and (hearing.scheduled_on is None or facts.now.on < hearing.scheduled_on):
        raise OutcomeNotAllowed(
            "hearing_not_yet_held",
            "听证日期未到，不能认定申请人缺席。",
            "The day of the hearing has not come, so nobody stayed away from it.",
            pointer="/ground",
        )
    if command.ground == "withdrawn" and command.words_sha256 is None:
        # Whoever is to decide does not end a hearing by saying so: the request is taken back by whoever made it.
        raise OutcomeNotAllowed(
            "reasons_required",
            "听证申请由申请人撤回的，请登记其书面撤回的内容，或者口头撤回的笔录。",
            "Record what whoever had asked for the hearing wrote or said when taking the request back.",
            pointer="/words",
        )
    return [
        e.HearingClosed(effective_on=facts.now.on, ground=command.ground, words_sha256=command.words_sha256),
        *end_of("hearing", case, facts),
    ]


def refuse_unheard(case: Case, command: c.Decide, facts: Facts) -> None:
    """No decision before whoever has to be heard was heard, nor on anything but the minutes (LIC-14 to LIC-17)."""
    hearing = case.hearing or Hearing()
    if facts.item.hearing_required and hearing.held_on is None:
        # LIC-14, Art 46: what the law has the organ hear is heard before the decision.
        raise OutcomeNotAllowed(
            "hearing_required",
            "该事项依法应当听证，听证举行前不能作出决定（行政许可法第四十六条）。",
            "The law requires a hearing for this item; no decision before it (Administrative Licence Law, Art. 46).",
            article="行政许可法 46",
        )
    refuse_untold(case, hearing, facts)
    if hearing.pending:
        raise OutcomeNotAllowed(
            "hearing_not_held",
            "依法应当举行的听证尚未举行，不能作出决定（行政许可法第四十六条、第四十七条）。",
            "A hearing is to be held and was not yet; no decision before it (Administrative Licence Law, Art. 46, 47).",
            article="行政许可法 46, 47, 72(8)",
        )
    if hearing.held_on is not None and hearing.chair in case.review.recused:
        # LIC-16, Art 48¶1(3): minutes of a chair who may not act carry no decision.
        raise OutcomeNotAllowed(
            "hearing_chair_recused",
            "听证主持人已经回避，该次听证不能作为决定的依据，请依职权另行组织听证（行政许可法第四十八条）。",
            "The chair of the hearing was taken off the case since, so no decision can rest on it; call another hearing"
            " (Administrative Licence Law, Art. 48).",
            article="行政许可法 48(3)",
        )
    _require_the_minutes(hearing, command)


def _require_the_minutes(hearing: Hearing, command: c.Decide) -> None:
    if hearing.held_on is None:
        if command.minutes_sha256 is not None:
            raise InvalidRequest(
                "no_minutes",
                "本办件没有举行听证，不存在听证笔录。",
                "No hearing was held in this case, so there are no minutes.",
                pointer="/minutes_sha256",
            )
        return
    # LIC-16, Art 48¶2: the decision is made on the minutes, and its reasons say how.
    if command.minutes_sha256 != hearing.minutes_sha256:
        raise OutcomeNotAllowed(
            "decision_must_rest_on_minutes",
            "举行听证的，应当根据听证笔录作出决定：请核对并填写听证笔录的摘要值（行政许可法第四十八条）。",
            "After a hearing the decision rests on its minutes: give the digest of the recorded minutes"
            " (Administrative Licence Law, Art. 48).",
            pointer="/minutes_sha256",
            article="行政许可法 48(2)",
        )
    if command.reasons_sha256 is None:
        raise OutcomeNotAllowed(
            "reasons_required",
            "举行听证的，请写明根据听证笔录认定的理由（行政许可法第四十八条）。",
            "After a hearing please state the reasons drawn from its minutes (Administrative Licence Law, Art. 48).",
            pointer="/reasons",
        )


# -- what the rules look at ----------------------------------------------------------------------------------


def _pending(case: Case) -> Hearing:
    if case.hearing is None or not case.hearing.pending:
        raise OutcomeNotAllowed(
            "no_hearing_due",
            "本办件没有应当举行的听证。",
            "No hearing is to be held in this case.",
            article="行政许可法 46, 47",
        )
    return case.hearing


def _require_day(case: Case, held_on: date, facts: Facts) -> None:
    earliest = add_working_days(facts.now.on, NOTICE_WORKING_DAYS, facts.calendar)
    if held_on < earliest:
        raise OutcomeNotAllowed(
            "hearing_notice_too_short",
            f"听证的时间、地点应当在举行的七日前通知，最早可定于{earliest.isoformat()}（行政许可法第四十八条）。",
            f"Time and place are told seven days before; the first possible day is {earliest.isoformat()}"
            " (Administrative Licence Law, Art. 48).",
            pointer="/held_on",
            earliest=earliest.isoformat(),
            article="行政许可法 48(1)",
        )
    if not facts.calendar.day(held_on).announced or not facts.calendar.is_working_day(held_on):
        raise OutcomeNotAllowed(
            "hearing_day_not_working",
            "听证应当安排在工作日；所涉年度的放假安排尚未公布的，不能安排。",
            "A hearing is held on a working day, of a year whose holidays are announced.",
            pointer="/held_on",
        )
    clock = case.clock("hearing")
    # Once the twenty days are over, or can't be kept any more, every day is better than none.
    if clock is not None and clock.runs and earliest <= (due_on := last_day(clock, facts.calendar)) < held_on:
        raise OutcomeNotAllowed(
            "hearing_after_limit",
            f"听证应当在申请之日起二十日内组织，最晚可定于{due_on.isoformat()}（行政许可法第四十七条）。",
            f"A hearing is held within twenty days of the request; the last possible day is {due_on.isoformat()}"
            " (Administrative Licence Law, Art. 47).",
            pointer="/held_on",
            latest=due_on.isoformat(),
            article="行政许可法 47",
        )


def _require_chair(case: Case, chair: str) -> None:
    # LIC-16, Art 48(3): the chair is somebody else than who reviews the application, and nobody who has stepped aside.
    if not chair.strip():
        raise InvalidRequest(
            "hearing_chair_required",
            "请指定听证主持人（行政许可法第四十八条）。",
            "Please name the chair of the hearing (Administrative Licence Law, Art. 48).",
            pointer="/chair",
        )
    review = case.review
    examiners = {case.promise.confirmed_by, case.promise.faulted_by} if case.promise else set()
    if chair in case.handled_by | review.people | examiners | {*review.inspectors, *review.recused}:
        raise NotAllowed(
            "chair_is_not_impartial",
            "听证主持人不能是收件、受理、审查、核查本申请的人员，也不能是应当回避的人员（行政许可法第四十八条）。",
            "The chair may be nobody who received, accepted, reviewed or checked this application, nor anybody who has"
            " stepped aside (Administrative Licence Law, Art. 48).",
            pointer="/chair",
            article="行政许可法 48(3)",
        )


def refuse_chair(case: Case, people: Iterable[str]) -> None:
    # LIC-16, Art 48¶1(3): whoever chairs the hearing is none of the reviewing staff, before it and after it.
    chair = case.hearing.chair if case.hearing else None
    if chair is not None and chair in people:
        raise NotAllowed(
            "chair_may_not_review",
            "本办件的听证主持人不得参与审查、核查和决定，请由其他人员办理（行政许可法第四十八条）。",
            "The chair of this case's hearing may not review, check or decide it; another person must (Art. 48).",
            article="行政许可法 48",
        )


def _require_announcement(hearing: Hearing, command: c.ScheduleHearing, facts: Facts) -> None:
    # LIC-14, Art 46: a hearing of the organ's own motion is announced to the public.
    announced_on = command.announced_on
    if announced_on is None and (hearing.called_on is not None or facts.item.hearing_required):
        raise OutcomeNotAllowed(
            "hearing_not_announced",
            "依职权举行的或者依法应当举行的听证应当向社会公告，请填写公告日期（行政许可法第四十六条）。",
            "A hearing that the law requires or the organ holds of its own motion is announced to the public; give the"
            " date of the announcement (Administrative Licence Law, Art. 46).",
            pointer="/announced_on",
            article="行政许可法 46",
        )
    if announced_on is not None and not _may_be_announced_on(announced_on, hearing, facts):
        raise InvalidRequest(
            "announcement_date_invalid",
            "公告日期应在决定听证之日至今日之间。",
            "The announcement lies between the day on which the hearing became due and today.",
            pointer="/announced_on",
        )


def _may_be_announced_on(announced_on: date, hearing: Hearing, facts: Facts) -> bool:
    due_since = min(day for day in (hearing.called_on, hearing.requested_on) if day is not None)
    return due_since <= announced_on <= facts.now.on


def _require_regular(command: c.RecordHearing) -> None:
    if not command.reviewers_heard:
        raise OutcomeNotAllowed(
            "reviewers_not_heard",
            "听证中审查人员应当提供审查意见的证据、理由，申请人、利害关系人可以申辩和质证；未进行的应当重新组织"
            "（行政许可法第四十八条）。",
            "In a hearing the reviewing staff give their evidence and reasons, and it can be contested; otherwise hold it"
            " again (Administrative Licence Law, Art. 48).",
            pointer="/reviewers_heard",
            article="行政许可法 48(4)",
        )
    if not command.signed:
        raise OutcomeNotAllowed(
            "minutes_not_signed",
            "听证笔录应当交听证参加人确认无误后签字或者盖章（行政许可法第四十八条）。",
            "Those who took part confirm and sign the minutes first (Administrative Licence Law, Art. 48).",
            pointer="/signed",
            article="行政许可法 48(5)",
        )


# -- how the case changes ------------------------------------------------------------------------------------


def _called(case: Case, event: e.HearingCalled) -> Case:
    hearing = case.hearing or Hearing()
    fresh = Hearing(hearing.told, hearing.told_on, waived=hearing.waived)
    return replace(case, hearing=replace(fresh, called_on=event.effective_on))


def _scheduled(case: Case, event: e.HearingScheduled) -> Case:
    hearing = replace(
        case.hearing or Hearing(),
        scheduled_on=event.held_on,
        chair=event.chair,
        announced_on=event.announced_on,
    )
    return replace(case, hearing=hearing)


def _held(case: Case, event: e.HearingHeld) -> Case:
    hearing = replace(
        case.hearing or Hearing(),
        held_on=event.held_on,
        chair=event.chair,
        minutes_sha256=event.minutes_sha256,
    )
    return replace(case, hearing=hearing, clocks=stop(case.clocks, ["hearing"], event.effective_on))


def _closed(case: Case, event: e.HearingClosed) -> Case:
    if event.ground == "not_requested":
        # The right has lapsed; a hearing that was called or asked for before goes on.
        clocks = stop(case.clocks, ["hearing_request"], event.effective_on)
        hearing = case.hearing or Hearing()
        ground = hearing.closed_because if hearing.pending or hearing.held_on else event.ground
        return replace(case, hearing=replace(hearing, closed_because=ground), clocks=clocks)
    hearing = case.hearing or Hearing()
    # The others relied on the hearing that one of them had asked for: they are told again before a decision.
    waived = (*hearing.waived, *([hearing.requested_by] if hearing.requested_by else []))
    told = tuple(party for party in hearing.told if party in waived)
    hearing = replace(hearing, told=told, waived=waived, closed_because=event.ground)
    return replace(case, hearing=hearing, clocks=stop(case.clocks, ["hearing"], event.effective_on))


RULES: Mapping[type[c.Command], Rule] = {
    c.CallHearing: call_hearing,
    c.ScheduleHearing: schedule_hearing,
    c.RecordHearing: record_hearing,
    c.CloseHearing: close_hearing,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.HearingCalled: _called,
    e.HearingScheduled: _scheduled,
    e.HearingHeld: _held,
    e.HearingClosed: _closed,
}
