"""The licence after the decision: made out, closed, changed, renewed, taken away."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case, Verdict
from services.applications.domain.changes import Change, to_state, unchanged
from services.applications.domain.clocks import DELIVERY, start, stop
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.item import Item
from services.applications.domain.parts.licences import FollowUp, Heard, Licence
from services.applications.domain.state import ACCEPTED_STATES, HELD_STATES, State
from shared.deadlines.clock import corresponding_day

# The law gives no day for the filing.  Thirty days after the delivery whatever came back (a returned letter, a wrong
# name on the certificate) has come back, and the file still goes into its yearly archive in time; a clerk may file earlier.
CLOSING_DAYS = 30

# Art 69¶1: the organ may revoke, and owes compensation for what the holder lawfully relied on.
MAY_REVOKE = frozenset(
    {
        "abuse_or_dereliction",
        "beyond_powers",
        "procedure_violated",
        "unqualified_applicant",
        "other_by_law",
    }
)
# Art 69¶2: it must revoke what was obtained by deceit; what the holder gained by it is not protected.
MUST_REVOKE = frozenset({"fraud_or_bribery"})
# Art 8¶2.
WITHDRAWAL_GROUNDS = frozenset({"law_changed", "circumstances_changed"})
# Art 70: (1) to (6). A licence that is revoked or taken back is struck off by that very event, so what is left of (4)
# is the certificate withdrawn as a penalty (吊销).
CANCELLATION_GROUNDS = frozenset(
    {
        "expired_without_renewal",
        "holder_dead_or_incapable",
        "holder_ended",
        "certificate_withdrawn_as_penalty",
        "force_majeure",
        "other_by_law",
    }
)


# -- made out and filed ----------------------------------------------------------------------------------------


def issue(case: Case, _: c.IssueLicence, facts: Facts) -> list[e.CaseEvent]:
    # Art 39: a certificate is made out for what was granted; LIC-11 runs on until it is delivered.
    if not facts.item.certificate:
        raise OutcomeNotAllowed(
            "no_certificate",
            "该事项的办理结果不是证照，决定书即为结果，请直接送达。",
            "The result of this item is no certificate: the decision is the result, deliver it directly.",
        )
    valid_from, valid_until = validity_of(case, facts.item)
    return [
        e.LicenceIssued(
            effective_on=facts.now.on,
            valid_from=valid_from,
            valid_until=valid_until,
            issued_by=facts.by.id,
        )
    ]


def validity_of(case: Case, item: Item) -> tuple[date, date | None]:
    """From when until when what was granted holds."""
    valid_from = _valid_from(case)
    follow_up = case.follow_up
    if follow_up is not None and follow_up.purpose == "change":
        # Art 49: what is changed is the licence's content; it holds no longer than it held before.
        return valid_from, follow_up.valid_until
    return valid_from, _valid_until(valid_from, item)


def _valid_from(case: Case) -> date:
    assert case.verdict is not None
    follow_up = case.follow_up
    if follow_up is not None and follow_up.purpose == "renewal" and follow_up.valid_until is not None:
        # A renewal goes on where the earlier validity ends, and takes nothing of it away; after it, from the decision.
        return max(follow_up.valid_until, case.verdict.decided_on)
    return case.verdict.decided_on


def _valid_until(valid_from: date, item: Item) -> date | None:
    # 民法典 201, 202: the first day is not counted, so the validity ends on the corresponding day.  It is no period for
    # doing something: it ends there also when that is a rest day, and the certificate can say so for ever.
    return None if item.validity is None else corresponding_day(valid_from, months=item.validity.months)


def must_be_made_out(case: Case, item: Item) -> None:
    """Art 39: what was granted with a certificate is not delivered before the certificate is made out."""
    if case.state is State.DECIDED_GRANT and item.certificate:
        raise OutcomeNotAllowed(
            "licence_not_made_out",
            "该事项应当颁发证照，请先制证再送达（行政许可法第三十九条）。",
            "This item gives a certificate: make it out first, then deliver it (Administrative Licence Law, Art. 39).",
            article="行政许可法 39, 44",
        )


def close(case: Case, _: c.CloseCase, facts: Facts) -> list[e.CaseEvent]:
    # Whatever is still open (§5.3(8), §5.4) was refused before this rule was asked.
    if facts.by.role == "system" and facts.now.on <= closing_day(case):
        return []
    return [
        e.Closed(effective_on=facts.now.on, closed_by=facts.by.id, result_code=result_code(case, facts.item))
    ]


def is_open(case: Case) -> bool:
    """Whether something keeps a delivered case from being filed: papers to come, a recall, a check."""
    recalled = case.recall is not None and case.recall.open
    return recalled or case.awaits_after_grant or any(check.open for check in case.post_checks)


def closing_day(case: Case) -> date:
    """The day after which the timer files the case: so many days after the delivery and whatever ended after it."""
    assert case.verdict is not None
    ends = [case.verdict.delivered_on, *(check.checked_on for check in case.post_checks)]
    if case.promise is not None:
        ends.append(case.promise.fulfilled_on)
    return max(day for day in ends if day is not None) + timedelta(days=CLOSING_DAYS)


def result_code(case: Case, item: Item) -> str:
    """办结结果 (domain rules §4.2): 0 出证办结, 1 退回办结, 6 办结."""
    assert case.verdict is not None
    if case.verdict.result == "refuse":
        return "1"
    return "0" if item.is_licence or item.certificate else "6"


# -- taken away ------------------------------------------------------------------------------------------------


def hear_licensee(case: Case, command: c.HearLicensee, facts: Facts) -> list[e.CaseEvent]:
    # LIC-22, Art 7 and 36: nobody loses a licence unheard; that the holder said nothing is recorded too.
    if command.waived == (command.statement_sha256 is not None):
        raise InvalidRequest(
            "statement_or_waiver",
            "请填写陈述申辩内容，或者注明被许可人放弃陈述申辩，二者择一。",
            "Give the holder's statement, or say that the holder waived it: one of the two.",
            pointer="/statement",
        )
    _refuse_other_day(case, command.told_on, facts)
    return [
        e.LicenseeHeard(
            effective_on=facts.now.on,
            told_on=command.told_on,
            waived=command.waived,
            recorded_by=facts.by.id,
            statement_sha256=command.statement_sha256,
        )
    ]


def _refuse_other_day(case: Case, told_on: date, facts: Facts) -> None:
    assert case.verdict is not None
    if not case.verdict.decided_on <= told_on <= facts.now.on:
        raise InvalidRequest(
            "told_on_impossible",
            f"告知日期应在作出决定（{case.verdict.decided_on.isoformat()}）之后、今天之前（含当日）。",
            f"The holder can have been told between the decision ({case.verdict.decided_on.isoformat()}) and today.",
            pointer="/told_on",
        )


def revoke(case: Case, command: c.RevokeLicence, facts: Facts) -> list[e.CaseEvent]:
    # LIC-22, Art 69: closed grounds, reasons, the holder heard first, and the way to remedies.
    kind = _kind_of(command.ground)
    _require_reasons(command.reasons_sha256)
    _require_heard(case)
    return [
        e.Revoked(
            effective_on=facts.now.on,
            ground=command.ground,
            kind=kind,
            revoked_by=facts.by.id,
            # Art 69¶4: compensation is due where the organ might have left it, never for what deceit obtained.
            compensation=kind == "may",
            banned_until=_banned_after_revocation(kind, facts),
            reasons_sha256=command.reasons_sha256,
        )
    ]


def _banned_after_revocation(kind: str, facts: Facts) -> date | None:
    # LIC-25, Art 79: three years where public safety, health, life or property are directly concerned.
    if kind != "must" or not facts.item.safety_sensitive:
        return None
    return corresponding_day(facts.now.on, years=3)


def banned_after_refusal(ground: str | None, facts: Facts) -> date | None:
    """LIC-24, Art 78: one year from the refusal, where the licence directly concerns public safety."""
    if ground != "false_materials" or not (facts.item.safety_sensitive and facts.item.is_licence):
        return None
    return corresponding_day(facts.now.on, years=1)


def keep(case: Case, command: c.KeepLicence, facts: Facts) -> list[e.CaseEvent]:
    # LIC-22, Art 69¶3: what would gravely harm the public interest is not revoked, and the record says why.
    kind = _kind_of(command.ground)
    _require_reasons(command.reasons_sha256)
    return [
        e.NotRevoked(
            effective_on=facts.now.on,
            ground=command.ground,
            kind=kind,
            decided_by=facts.by.id,
            reasons_sha256=command.reasons_sha256,
        )
    ]


def _kind_of(ground: str) -> str:
    if ground in MUST_REVOKE:
        return "must"
    if ground in MAY_REVOKE:
        return "may"
    raise _unknown_ground("六十九", 69, MAY_REVOKE | MUST_REVOKE)


def withdraw(case: Case, command: c.WithdrawLicence, facts: Facts) -> list[e.CaseEvent]:
    # Art 8¶2: the licence was lawful; only a changed law or changed facts and the public good take it back.
    if command.ground not in WITHDRAWAL_GROUNDS:
        raise _unknown_ground("八", 8, WITHDRAWAL_GROUNDS)
    _require_reasons(command.reasons_sha256)
    if command.compensation_sha256 is None:
        raise OutcomeNotAllowed(
            "compensation_required",
            "撤回行政许可给被许可人造成财产损失的，应当依法给予补偿，请写明补偿安排（行政许可法第八条）。",
            "What the holder loses by the withdrawal is compensated: state how (Administrative Licence Law, Art. 8).",
            pointer="/compensation",
        )
    _require_heard(case)
    return [
        e.LicenceWithdrawn(
            effective_on=facts.now.on,
            ground=command.ground,
            withdrawn_by=facts.by.id,
            reasons_sha256=command.reasons_sha256,
            compensation_sha256=command.compensation_sha256,
        )
    ]


def cancel(case: Case, command: c.CancelLicence, facts: Facts) -> list[e.CaseEvent]:
    # LIC-23, Art 70: striking off follows from what has happened; it decides nothing, so nobody is heard first.
    if command.ground not in CANCELLATION_GROUNDS:
        raise _unknown_ground("七十", 70, CANCELLATION_GROUNDS)
    _require_reasons(command.reasons_sha256)
    if command.ground == "expired_without_renewal":
        _require_expired(case, facts)
    return [
        e.LicenceCancelled(
            effective_on=facts.now.on,
            ground=command.ground,
            cancelled_by=facts.by.id,
            reasons_sha256=command.reasons_sha256,
        )
    ]


def _require_expired(case: Case, facts: Facts) -> None:
    until = None if case.licence is None else case.licence.valid_until
    if until is not None and facts.now.on > until and not facts.renewal_pending:
        return
    raise OutcomeNotAllowed(
        "licence_not_expired",
        "该许可没有有效期、有效期尚未届满，或者延续申请正在办理，不能以期满未延续为由注销（行政许可法第七十条）。",
        "The licence has no end, has not reached it, or its renewal is being worked on: it can't be struck off as"
        " expired (Administrative Licence Law, Art. 70).",
        pointer="/ground",
    )


def _require_reasons(reasons_sha256: str | None) -> None:
    if reasons_sha256 is None:
        raise OutcomeNotAllowed(
            "reasons_required",
            "请写明理由，理由将载入文书和办件记录。",
            "Please state the reasons; they go into the document and the record.",
            pointer="/reasons",
        )


def _require_heard(case: Case) -> None:
    if case.heard is None:
        raise OutcomeNotAllowed(
            "holder_not_heard",
            "作出对被许可人不利的决定前，应当告知并听取其陈述申辩，请先登记陈述申辩或者放弃情况（行政许可法第七条）。",
            "Before a licence is taken away its holder is told and heard: record the statement, or that it was waived"
            " (Administrative Licence Law, Art. 7).",
            article="行政许可法 7",
        )


def _unknown_ground(chinese: str, number: int, grounds: frozenset[str]) -> InvalidRequest:
    return InvalidRequest(
        "ground_not_in_law",
        f"只能依据行政许可法第{chinese}条列举的情形，请从列表中选择。",
        f"Only the grounds of Article {number} of the Administrative Licence Law count; choose one of the list.",
        pointer="/ground",
        allowed=sorted(grounds),
    )


# -- changed and renewed ---------------------------------------------------------------------------------------


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


def must_still_be_held(case: Case, result: str, licence_case: Case | None) -> None:
    """LIC-20, LIC-21: a change or a renewal is not granted for a licence that its holder has lost in the meantime."""
    if case.follow_up is not None and result == "grant":
        if licence_case is None:
            raise ValueError("the licence of a follow-up is read before the decision on it")
        _must_be_held(licence_case)


def deem_renewed(case: Case, command: c.DeemRenewed, facts: Facts) -> list[e.CaseEvent]:
    # LIC-21, Art 50¶2: the organ had to decide before the licence expired; its silence renews.
    #
    # Silence speaks only on an application that the organ had in time: one made later than Art 50¶1 wants may still be
    # granted, but leaves the organ no time to be silent in.  Nor does it on one that was not accepted: with a correction
    # pending it is the applicant who has to act, and a complete one is accepted, if need be by the law itself
    # (LIC-04), long before the end.
    follow_up = case.follow_up
    if follow_up is None or follow_up.purpose != "renewal" or follow_up.late:
        return []
    if case.state not in ACCEPTED_STATES or facts.now.on <= command.expired_on:
        return []
    on = command.expired_on
    deemed = e.RenewalDeemed(
        effective_on=on,
        expired_on=on,
        delivery=start("delivery", on, DELIVERY, facts.calendar),
        deemed_by=facts.by.id,
        valid_until=_valid_until(on, facts.item),
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


def mark_expired(case: Case, _: c.MarkExpired, facts: Facts) -> list[e.CaseEvent]:
    # LIC-23, Art 70(1): the end of the validity makes it a duty to strike off; an approver does it.
    licence = case.licence
    if licence is None or licence.valid_until is None or licence.expired_on is not None:
        return []
    if facts.now.on <= licence.valid_until:
        return []
    return [e.LicenceExpired(effective_on=licence.valid_until, expired_on=licence.valid_until)]


RULES: Mapping[type[c.Command], Rule] = {
    c.IssueLicence: issue,
    c.CloseCase: close,
    c.HearLicensee: hear_licensee,
    c.RevokeLicence: revoke,
    c.KeepLicence: keep,
    c.WithdrawLicence: withdraw,
    c.CancelLicence: cancel,
    c.MarkChanged: mark_changed,
    c.MarkRenewed: mark_renewed,
    c.MarkExpired: mark_expired,
    c.DeemRenewed: deem_renewed,
}


# -- how the events change a case --------------------------------------------------------------------------------


def _issued(case: Case, event: e.LicenceIssued) -> Case:
    number = next((one.number for one in event.documents if one.kind == "licence"), "")
    return replace(case, state=State.ISSUED, licence=Licence(number, event.valid_from, event.valid_until))


def _heard(case: Case, event: e.LicenseeHeard) -> Case:
    return replace(case, heard=Heard(event.told_on, event.effective_on, event.waived))


def _expired(case: Case, event: e.LicenceExpired) -> Case:
    assert case.licence is not None
    return replace(case, licence=replace(case.licence, expired_on=event.expired_on))


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
        ),
    )


CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.LicenceIssued: _issued,
    e.Closed: to_state(State.CLOSED),
    e.LicenseeHeard: _heard,
    e.Revoked: to_state(State.REVOKED),
    e.NotRevoked: unchanged,
    e.LicenceWithdrawn: to_state(State.WITHDRAWN_LICENCE),
    e.LicenceCancelled: to_state(State.CANCELLED),
    e.LicenceChanged: _followed(State.CHANGED),
    e.LicenceRenewed: _followed(State.RENEWED),
    e.LicenceExpired: _expired,
    e.RenewalDeemed: _deemed,
}
