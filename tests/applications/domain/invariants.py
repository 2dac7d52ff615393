"""What must hold of every case and of everything that happens to one, in words: the walks ask it after each step."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.clocks import Clock, OperationKind, last_day
from services.applications.domain.duties import PROCEDURE
from services.applications.domain.errors import DomainError
from services.applications.domain.events import CaseEvent
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.materials import check_materials
from services.applications.domain.parts.hearings import Hearing
from services.applications.domain.state import (
    ACCEPTED_STATES,
    DECIDED_STATES,
    HELD_STATES,
    State,
)
from services.applications.domain.steps import DECISION, Progress, decision_step, readiness
from services.applications.domain.tasks import tasks_of
from services.applications.domain.timers import timers_of
from shared.deadlines import add_working_days, subtract_working_days
from shared.deadlines.calendar import Calendar

# The eight of 行政许可法 45.
EIGHT = frozenset(
    {"hearing", "bidding", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"}
)
OF_THE_ORGAN = ("statutory", "promised")
# The only events that may move a date by which the organ has to decide.
MOVING = (
    e.Accepted,
    e.ProcedureStarted,
    e.ProcedureProlonged,
    e.ProcedureEnded,
    e.DeadlineExtended,
    e.ClocksRecomputed,
)
AFTER_ACCEPTANCE = ACCEPTED_STATES | DECIDED_STATES | {State.ISSUED} | HELD_STATES


# -- of the case as it stands ------------------------------------------------------------------------------------


def of_the_case(case: Case, events: Sequence[CaseEvent], item: Item, calendar: Calendar) -> None:
    """Everything that is true of a case at any moment."""
    no_clock_runs_twice(case)
    nothing_of_a_closed_case_goes_on(case, item, calendar)
    the_promise_is_never_later_than_the_statute(case)
    the_supply_date_comes_before_the_dates_of_the_organ(case)
    time_is_left_out_only_for_the_eight_procedures_as_they_were_told(case)
    what_is_decided_was_accepted(case)
    what_happens_once_happened_once(events)
    nobody_gives_two_of_the_joint_voices(case)
    the_chair_of_the_hearing_is_none_of_the_reviewers(case)
    tasks_wait_for_nobody_who_may_not_do_them(case, item, calendar)
    a_validity_never_ends_before_it_begins(case)


def no_clock_runs_twice(case: Case) -> None:
    running = [clock.name for clock in case.clocks if clock.runs]
    assert len(set(running)) == len(running)


def nothing_of_a_closed_case_goes_on(case: Case, item: Item, calendar: Calendar) -> None:
    if case.state not in ACCEPTED_STATES:
        assert tasks_of(case, item, calendar) == ()
    if case.terminal:
        assert not any(clock.runs for clock in case.clocks)
        assert not any(procedure.runs for procedure in case.procedures)
        assert timers_of(case, calendar) == ()
        assert case.due_on is None


def the_promise_is_never_later_than_the_statute(case: Case) -> None:
    statutory, promised = case.clock("statutory"), case.clock("promised")
    if statutory and promised:
        assert promised.due_on <= statutory.due_on


def the_supply_date_comes_before_the_dates_of_the_organ(case: Case) -> None:
    """§5.3(4): time to decide remains after it; only force majeure may use up the promise, and never the statute."""
    supply, promised, statutory = (case.clock(name) for name in ("supply", "promised", "statutory"))
    if case.state is not State.ACCEPTED_TOLERANT or not (supply and promised and statutory):
        return
    assert supply.due_on < statutory.due_on
    if not supply.extensions:
        assert supply.due_on < promised.due_on
    assert case.promise is not None
    assert case.promise.due_on == supply.due_on


def time_is_left_out_only_for_the_eight_procedures_as_they_were_told(case: Case) -> None:
    assert {one.kind for one in case.procedures} <= EIGHT
    for clock in case.clocks:
        for left_out in (one for one in clock.entries if one.kind is OperationKind.EXCLUDE):
            assert clock.name in OF_THE_ORGAN
            assert left_out.first_on is not None
            assert left_out.last_on is not None
            assert left_out.document_no, "only the written notice leaves time out"
            assert any(
                told.first_on <= left_out.first_on <= left_out.last_on <= told.told_until
                for told in case.procedures
                if told.kind == left_out.reason
            ), left_out


def what_is_decided_was_accepted(case: Case) -> None:
    if case.state in AFTER_ACCEPTANCE:
        assert case.accepted_on is not None
    if case.basis == "deemed":
        assert case.accepted_on == case.received_on
    if case.state is State.CORRECTION_NOTICED:
        assert case.defects


def what_happens_once_happened_once(events: Sequence[CaseEvent]) -> None:
    count = Counter(type(event) for event in events)
    for kind in (e.Accepted, e.DeadlineExtended, e.Decided, e.Delivered, e.LicenceIssued, e.ToleranceExpired):
        assert count[kind] <= 1, kind
    assert count[e.Decided] + count[e.RenewalDeemed] <= 1
    breaches = Counter(
        (one.clock or one.rule, one.due_on) for one in events if isinstance(one, e.DutyBreached)
    )
    assert all(often == 1 for often in breaches.values()), breaches


def nobody_gives_two_of_the_joint_voices(case: Case) -> None:
    for step in {one.step for one in case.review.given}:
        given = [one for one in case.review.given if one.step == step]
        assert len({one.given_by for one in given}) == len(given)
        assert len({one.voice for one in given}) == len(given)


def the_chair_of_the_hearing_is_none_of_the_reviewers(case: Case) -> None:
    hearing = case.hearing
    if hearing is not None and hearing.held_on is not None:
        assert hearing.chair is not None
        others = case.handled_by | {one.given_by for one in case.review.given} | set(case.review.inspectors)
        assert hearing.chair not in others


def tasks_wait_for_nobody_who_may_not_do_them(case: Case, item: Item, calendar: Calendar) -> None:
    for task in tasks_of(case, item, calendar):
        assert set(case.review.recused) <= set(task.barred)
        last = decision_step(item.review)
        if task.step == DECISION or (last is not None and task.step == last.code):
            assert case.handled_by <= set(task.barred)


def a_validity_never_ends_before_it_begins(case: Case) -> None:
    if case.licence is not None and case.licence.valid_until is not None:
        assert case.licence.valid_from <= case.licence.valid_until


# -- of a refusal ------------------------------------------------------------------------------------------------

_POINTER = re.compile(r"(/[a-z][a-z0-9_]*(/\d+)?)+")


def of_the_refusal(refusal: DomainError) -> None:
    """A refusal has a stable code, says in both languages what to do, and points into what was asked, if anywhere."""
    assert re.fullmatch(r"[a-z0-9_]+", refusal.code)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refusal.zh), refusal.code
    assert " " in refusal.en, refusal.code
    assert "None" not in refusal.zh + refusal.en, refusal.code
    pointers = [fault.pointer for fault in refusal.errors] + ([refusal.pointer] if refusal.pointer else [])
    assert all(_POINTER.fullmatch(pointer) for pointer in pointers), refusal.code
    article = refusal.facts.get("article")
    # Some rows of the table rest on no article; whatever names one names a law and its numbers.
    assert article is None or re.fullmatch(r"[\u4e00-\u9fff][\u4e00-\u9fff〔〕0-9(), ]*", article), article
    told = [fact for name, fact in refusal.facts.items() if name != "article"]
    assert None not in told, refusal.code


# -- of what happens ---------------------------------------------------------------------------------------------


def of_the_event(event: CaseEvent, before: Case, after: Case, facts: Facts) -> None:
    """Everything that must be true at the moment when this happens."""
    assert facts.by.id not in before.review.recused, "whoever was taken off the case never acts on it"
    assert not before.terminal or before.state is State.CLOSED
    assert after.version == before.version + 1
    if not isinstance(event, e.RenewalDeemed):
        assert event.effective_on <= facts.now.on, "nothing happens in the future"
    if not isinstance(event, MOVING):
        for name in OF_THE_ORGAN:
            assert _date_of(before.clock(name)) == _date_of(after.clock(name)), "waiting never moves a clock"
    check = _OF_EVENTS.get(type(event))
    if check is not None:
        check(event, before, facts)


def _date_of(clock: Clock | None) -> date | None:
    return None if clock is None else clock.due_on


def _accepted(event: e.Accepted, before: Case, facts: Facts) -> None:
    item = facts.item
    check = check_materials(item, (*before.supplied_codes, *event.committed), before.defects)
    assert set(event.committed) <= {one.code for one in item.materials if one.by_commitment}
    assert event.statutory.started_on == event.promised.started_on == event.accepted_on
    if event.basis == "ordinary":
        assert check.complete
    if event.basis == "tolerant":
        assert not check.main_lacking
        assert all(item.by_code[code].tolerable for code in check.lacking)
        assert item.tolerance.enabled
        assert before.asks_tolerance
        assert before.undertaking_signed
        assert facts.credit is not None
        assert facts.credit.answered
        assert not facts.credit.records
        assert event.supply is not None
        reserve = item.tolerance.reserve_working_days
        assert event.supply.due_on <= subtract_working_days(event.promised.due_on, reserve, facts.calendar)
    if event.basis == "deemed":
        assert facts.by.role == "system"


def _decided(event: e.Decided, before: Case, facts: Facts) -> None:
    assert before.state in ACCEPTED_STATES
    assert event.decided_by not in before.handled_by, "whoever received the case is not its sole decider"
    assert not any(procedure.runs for procedure in before.procedures)
    hearing = before.hearing or Hearing()
    assert event.decided_by != hearing.chair
    assert not hearing.pending
    if hearing.held_on is not None:
        assert event.minutes_sha256 == hearing.minutes_sha256, "the decision rests on the minutes"
        assert event.reasons_sha256
    if facts.item.hearing_required:
        assert hearing.held_on is not None
    if facts.item.major_interest_of_others or before.interested:
        assert {before.applicant_id, *(one.party_id for one in before.interested)} <= set(hearing.told)
    last = decision_step(facts.item.review)
    if last is not None:
        alike = "pass" if event.result == "grant" else "fail"
        voices = {one.voice for one in before.review.approvals if one.opinion == alike}
        assert len(voices) == last.needs, "as many as must agree did agree"
    if event.result == "grant":
        _granted(event, before, facts)
        return
    assert event.reasons_sha256, "a refusal states its reasons"
    assert event.remedy == "R-STD"
    if event.banned_until is not None:
        assert facts.item.safety_sensitive, "only where public safety is concerned anybody is banned"
        assert event.ground == "false_materials"
        assert event.banned_until > event.decided_on


def _granted(event: e.Decided, before: Case, facts: Facts) -> None:
    check = check_materials(facts.item, before.supplied_codes, before.defects)
    assert not check.main_lacking, "never granted with a main paper missing"
    assert readiness(before, facts.item) == ()
    assert event.ground is None
    assert event.banned_until is None
    if check.complete:
        assert event.awaited == ()
    else:
        assert facts.item.tolerance.decision_before_completion
        assert "organ_head" in facts.by.roles
        assert set(event.awaited) == set(check.missing_tolerable) == set(check.lacking)
    if facts.item.site_check_required:
        newest = before.review.site_checks[-1]
        assert newest.passed
        assert len(set(newest.people)) >= 2
    if before.promise is not None and before.promise.fulfilled_on is not None:
        assert before.promise.confirmed_on is not None, "late papers are examined first"
    if before.follow_up is not None:
        assert facts.licence_case is not None
        assert facts.licence_case.state in HELD_STATES


def _extended(event: e.DeadlineExtended, before: Case, facts: Facts) -> None:
    assert "organ_head" in facts.by.roles
    assert 1 <= event.length <= (15 if facts.item.joint_handling else 10)
    assert event.instrument or not facts.item.joint_handling
    statutory = before.clock("statutory")
    assert statutory is not None
    assert facts.now.on <= last_day(statutory, facts.calendar)


def _expired(event: e.ToleranceExpired, before: Case, facts: Facts) -> None:
    assert event.lacking
    assert before.promise is not None
    assert before.promise.broken_on is None
    by_the_clock = facts.by.role == "system"
    if by_the_clock:
        assert facts.now.on > event.supply_due_on
        request = before.supply_request
        assert request is None or request.answered_on is not None, (
            "nobody is in default while the organ thinks"
        )


def _supply_extended(event: e.SupplyExtended, before: Case, facts: Facts) -> None:
    assert before.supply_request is not None
    assert before.supply_request.answered_on is None
    assert before.supply_request.asked_by != event.approved_by
    assert before.promise is not None
    assert event.supply.due_on > before.promise.due_on


def _breached(event: e.DutyBreached, before: Case, facts: Facts) -> None:
    assert event.article
    assert event.due_on < facts.now.on
    if event.clock and not event.clock.startswith(PROCEDURE):
        assert before.clock(event.clock) is not None


def _delivered(_: e.Delivered, before: Case, facts: Facts) -> None:
    if before.verdict is not None and before.verdict.result == "grant" and facts.item.certificate:
        assert before.state is State.ISSUED


def _closed(_: e.Closed, before: Case, __: Facts) -> None:
    assert not before.awaits_after_grant
    assert before.recall is None or not before.recall.open
    assert not any(check.open for check in before.post_checks)


def _hearing_held(event: e.HearingHeld, before: Case, facts: Facts) -> None:
    assert event.held_on <= facts.now.on
    assert event.chair not in before.handled_by | before.review.people | set(before.review.recused)


def _hearing_scheduled(event: e.HearingScheduled, _: Case, facts: Facts) -> None:
    assert add_working_days(event.told_on, 7, facts.calendar) <= event.held_on, "told seven days before"


def _unheard(_: CaseEvent, before: Case, __: Facts) -> None:
    assert before.heard is not None, "nobody loses a licence unheard"


def _revoked(event: e.Revoked, before: Case, facts: Facts) -> None:
    _unheard(event, before, facts)
    assert event.compensation == (event.kind == "may")
    if event.banned_until is not None:
        assert facts.item.safety_sensitive
        assert event.kind == "must"


def _recalled(_: e.ResultRecalled, before: Case, facts: Facts) -> None:
    assert before.recall is not None
    assert before.recall.open
    clock = before.clock("recall_hearing")
    assert clock is not None
    assert before.recall.heard_on is not None or facts.now.on > last_day(clock, facts.calendar)


def _post_checked(event: e.PostChecked, before: Case, _: Facts) -> None:
    assert event.material_code in before.committed
    assert (event.default_id is not None) == (event.finding == "false")


def _opinion(event: e.OpinionGiven | e.ApprovalGiven, before: Case, facts: Facts) -> None:
    hearing = before.hearing
    assert hearing is None or event.given_by != hearing.chair
    earlier = [one for one in before.review.given if one.step == event.step]
    assert event.given_by not in {one.given_by for one in earlier}
    if isinstance(event, e.OpinionGiven):
        waiting = {one.step.code: one.progress for one in readiness(before, facts.item)}
        assert waiting[event.step] is Progress.OPEN


def _renewal_deemed(event: e.RenewalDeemed, before: Case, facts: Facts) -> None:
    assert before.follow_up is not None
    assert before.follow_up.purpose == "renewal"
    assert not before.follow_up.late
    assert event.expired_on < facts.now.on, "silence speaks when the validity has ended"
    assert event.valid_until is None or event.valid_until > event.expired_on


def _renewed(event: e.LicenceRenewed, before: Case, _: Facts) -> None:
    assert before.state in HELD_STATES
    if before.licence is not None and before.licence.valid_until and event.valid_until:
        assert event.valid_until > before.licence.valid_until


def _licence_expired(event: e.LicenceExpired, before: Case, facts: Facts) -> None:
    assert before.licence is not None
    assert before.licence.valid_until == event.expired_on
    assert event.expired_on < facts.now.on


_OF_EVENTS: dict[type[CaseEvent], Callable[[Any, Case, Facts], None]] = {
    e.Accepted: _accepted,
    e.ApprovalGiven: _opinion,
    e.Closed: _closed,
    e.DeadlineExtended: _extended,
    e.Decided: _decided,
    e.Delivered: _delivered,
    e.DutyBreached: _breached,
    e.HearingHeld: _hearing_held,
    e.HearingScheduled: _hearing_scheduled,
    e.LicenceExpired: _licence_expired,
    e.LicenceRenewed: _renewed,
    e.LicenceWithdrawn: _unheard,
    e.OpinionGiven: _opinion,
    e.PostChecked: _post_checked,
    e.RenewalDeemed: _renewal_deemed,
    e.ResultRecalled: _recalled,
    e.Revoked: _revoked,
    e.SupplyExtended: _supply_extended,
    e.ToleranceExpired: _expired,
}
