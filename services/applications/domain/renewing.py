"""The licence changed or renewed by a later case, also by silence (行政许可法 49, 50)."""

from collections.abc import Mapping
from datetime import date, timedelta

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case, Verdict
from services.applications.domain.changes import Change
from services.applications.domain.clocks import DELIVERY, last_day, start, stop
from services.applications.domain.committing import post_check_clock
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.licences import is_open, valid_until_of
from services.applications.domain.parts.licences import FollowUp
from services.applications.domain.parts.tolerating import PostCheck
from services.applications.domain.state import ACCEPTED_STATES, HELD_STATES, State


def follow_up_of(purpose: str, licence_case: Case | None, applicant: object, facts: Facts) -> FollowUp:
    """What a submission is about that names an earlier licence; refused unless it is the applicant's and still held."""
    if licence_case is None or licence_case.applicant_id != applicant:
        # One answer for no licence and for somebody else's, so that nothing can be guessed from it.
        raise InvalidRequest(
            "licence_not_found",
            "没有找到属于该申请人的这项许可，请核对原办件；变更和延续只能由被许可人申请（行政许可法第四十九条、第五十条）。",
            "This applicant holds no such licence; only its holder can ask for a change or a renewal (Arts. 49, 50).",
            pointer="/licence_case_id",
        )
    if licence_case.item_code != facts.item.code:
        raise InvalidRequest(
            "licence_of_another_item",
            "变更和延续应当按原许可的事项申请，请选择原事项。",
            "A change or a renewal is asked for under the item of the licence; please choose that item.",
            pointer="/item_code",
            item_code=licence_case.item_code,
        )
    _must_be_held(licence_case)
    _must_not_be_over(purpose, licence_case, facts)
    until = None if licence_case.licence is None else licence_case.licence.valid_until
    late = purpose == "renewal" and _is_late(until, facts)
    return FollowUp(purpose, licence_case.id, until, late)


def _must_be_held(licence_case: Case) -> None:
    granted = licence_case.verdict is not None and licence_case.verdict.result == "grant"
    if licence_case.state not in HELD_STATES or not granted:
        raise OutcomeNotAllowed(
            "licence_not_held",
            "原许可尚未送达、未获准予，或者已经变更、延续、撤销、撤回、注销，不能再据此申请变更或者延续。",
            "The licence was not granted or not delivered yet, or has been changed, renewed or taken away since:"
            " no change or renewal rests on it.",
            pointer="/licence_case_id",
        )


def _is_late(until: date | None, facts: Facts) -> bool:
    # LIC-21, Art 50: thirty days before the end, or as the item says.  Who asks later is told so, and still received.
    if until is None:
        raise OutcomeNotAllowed(
            "licence_without_end",
            "该许可没有有效期限，不需要延续。",
            "The licence has no end; there is nothing to renew.",
            pointer="/purpose",
        )
    if facts.now.on > until:
        raise OutcomeNotAllowed(
            "licence_expired",
            f"该许可的有效期已于{until.isoformat()}届满，不能再申请延续，请重新申请许可。",
            f"The licence expired on {until.isoformat()} and can't be renewed any more; please apply anew.",
            pointer="/purpose",
        )
    days = facts.item.validity.renew_before_days if facts.item.validity else 30
    return facts.now.on > until - timedelta(days=days)


def must_still_be_held(case: Case, result: str, facts: Facts) -> None:
    """LIC-20, LIC-21: a change or a renewal is not granted for a licence that its holder has lost in the meantime."""
    if case.follow_up is None:
        return
    licence_case = facts.licence_case
    if licence_case is not None:
        _refuse_after_silence(case, licence_case, facts)
    if result == "grant":
        if licence_case is None:
            raise ValueError("the licence of a follow-up is read before the decision on it")
        _must_be_held(licence_case)
        _must_be_settled(licence_case)
        _must_not_be_over(case.follow_up.purpose, licence_case, facts)


def _refuse_after_silence(case: Case, licence_case: Case, facts: Facts) -> None:
    # LIC-21, Art 50¶2: from the end of the validity on the law has decided; the system draws the consequence.
    licence = licence_case.licence
    if licence is None or licence.valid_until is None or licence.expired_on is not None:
        return
    until, held = licence.valid_until, licence_case.state in HELD_STATES
    if held and facts.now.on > until and _silence_speaks(case, until, facts):
        raise OutcomeNotAllowed(
            "renewed_by_silence",
            f"原许可的有效期已于{until.isoformat()}届满，届满前未作出决定的，视为准予延续（行政许可法第五十条），"
            "系统正在按规定处理，请刷新后查看。",
            f"The licence expired on {until.isoformat()} with nothing decided, so it counts as renewed (Art. 50); the"
            " system is drawing the consequence. Read the case again.",
            article="行政许可法 50",
        )


def _must_be_settled(licence_case: Case) -> None:
    # §5.3(8), §5.4: papers to come, a recall or an unchecked commitment would end with the case that they belong to.
    if is_open(licence_case):
        raise OutcomeNotAllowed(
            "licence_not_settled",
            "原办件尚有待补材料、收回程序或者告知承诺核查没有办结，请先办结，再就变更或者延续作出决定。",
            "Papers, a recall or the check of a commitment are still open in the case of the licence; settle them before"
            " its change or renewal is granted.",
        )


def _silence_speaks(case: Case, until: date, facts: Facts) -> bool:
    # An application for renewal was there, in time and accepted, when the validity ended.
    follow_up = case.follow_up
    if follow_up is None or follow_up.purpose != "renewal" or follow_up.late:
        return False
    if case.state not in ACCEPTED_STATES or case.accepted_on is None or case.accepted_on > until:
        return False
    # §5.3(7): an undertaking that was broken by then ends the case, whichever timer is looked at first.
    supply = case.clock("supply")
    if case.state is not State.ACCEPTED_TOLERANT or supply is None or not supply.runs:
        return True
    return case.asked_for_more_time or last_day(supply, facts.calendar) > until


def _must_not_be_over(purpose: str, licence_case: Case, facts: Facts) -> None:
    # LIC-20, Art 49: a change alters what a licence says and not how long it holds; one that has ended has nothing left.
    until = None if licence_case.licence is None else licence_case.licence.valid_until
    if purpose == "change" and until is not None and facts.now.on > until:
        raise OutcomeNotAllowed(
            "licence_expired",
            f"该许可的有效期已于{until.isoformat()}届满，不能再变更（行政许可法第四十九条），请重新申请许可。",
            f"The licence expired on {until.isoformat()} and can't be changed any more (Art. 49); please apply anew.",
            pointer="/purpose",
        )


def deem_renewed(case: Case, command: c.DeemRenewed, facts: Facts) -> list[e.CaseEvent]:
    # LIC-21, Art 50¶2: the organ had to decide before the licence expired; its silence renews.
    #
    # Silence speaks only on an application that the organ had in time: one made later than Art 50¶1 wants may still be
    # granted, but leaves the organ no time to be silent in.  Nor does it on one that was not accepted: with a correction
    # pending it is the applicant who has to act, and a complete one is accepted, if need be by the law itself
    # (LIC-04), long before the end.
    on = command.expired_on
    if facts.now.on <= on or not _silence_speaks(case, on, facts):
        return []
    deemed = e.RenewalDeemed(
        effective_on=on,
        expired_on=on,
        delivery=start("delivery", on, DELIVERY, facts.calendar),
        deemed_by=facts.by.id,
        valid_until=valid_until_of(on, facts.item),
        # §5.4: what was committed is checked, also when the law has granted.
        post_check=post_check_clock(case, on, facts),
    )
    return [deemed, e.DutyBreached(effective_on=on, rule="LIC-21", article="行政许可法 50, 74", due_on=on)]


def mark_changed(case: Case, command: c.MarkChanged, facts: Facts) -> list[e.CaseEvent]:
    # LIC-20, Art 49: the holder asked, the organ that had decided changed it.
    return [e.LicenceChanged(effective_on=facts.now.on, by_case=command.by_case)]


def mark_renewed(case: Case, command: c.MarkRenewed, facts: Facts) -> list[e.CaseEvent]:
    # LIC-21, Art 50: silence renews on the day on which the earlier validity ends, however late anybody looks.
    return [
        e.LicenceRenewed(
            effective_on=command.on or facts.now.on,
            by_case=command.by_case,
            basis=command.basis,
            valid_until=command.valid_until,
        )
    ]


RULES: Mapping[type[c.Command], Rule] = {
    c.MarkChanged: mark_changed,
    c.MarkRenewed: mark_renewed,
    c.DeemRenewed: deem_renewed,
}


# -- how the events change a case --------------------------------------------------------------------------------


def _followed(state: State) -> Change:
    def change(case: Case, event: e.LicenceChanged | e.LicenceRenewed) -> Case:
        return replace(case, state=state, followed_by=event.by_case)

    return change


def _deemed(case: Case, event: e.RenewalDeemed) -> Case:
    return replace(
        case,
        state=State.DECIDED_GRANT,
        verdict=Verdict("grant", event.expired_on, event.deemed_by),
        resumes_in=None,
        clocks=(
            *stop(case.clocks, [clock.name for clock in case.clocks], event.effective_on),
            event.delivery,
            *([event.post_check] if event.post_check else []),
        ),
        post_checks=tuple(PostCheck(code) for code in case.committed) if event.post_check else (),
    )


CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.LicenceChanged: _followed(State.CHANGED),
    e.LicenceRenewed: _followed(State.RENEWED),
    e.RenewalDeemed: _deemed,
}
