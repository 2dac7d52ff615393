"""The licence after the decision: made out, filed, expired."""

from collections.abc import Mapping
from datetime import date, timedelta

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, to_state
from services.applications.domain.copying import replace
from services.applications.domain.errors import OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.item import Item
from services.applications.domain.parts.licences import Licence
from services.applications.domain.state import State
from shared.deadlines.clock import corresponding_day

# The law gives no day for the filing.  Thirty days after the delivery whatever came back (a returned letter, a wrong
# name on the certificate) has come back, and the file still goes into its yearly archive in time; a clerk may file earlier.
CLOSING_DAYS = 30


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
    return valid_from, valid_until_of(valid_from, item)


def _valid_from(case: Case) -> date:
    assert case.verdict is not None
    follow_up = case.follow_up
    if follow_up is not None and follow_up.purpose == "renewal" and follow_up.valid_until is not None:
        # A renewal goes on where the earlier validity ends, and takes nothing of it away; after it, from the decision.
        return max(follow_up.valid_until, case.verdict.decided_on)
    return case.verdict.decided_on


def valid_until_of(valid_from: date, item: Item) -> date | None:
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
    c.MarkExpired: mark_expired,
}


# -- how the events change a case --------------------------------------------------------------------------------


def _issued(case: Case, event: e.LicenceIssued) -> Case:
    number = next((one.number for one in event.documents if one.kind == "licence"), "")
    return replace(case, state=State.ISSUED, licence=Licence(number, event.valid_from, event.valid_until))


def _expired(case: Case, event: e.LicenceExpired) -> Case:
    assert case.licence is not None
    return replace(case, licence=replace(case.licence, expired_on=event.expired_on))


CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.LicenceIssued: _issued,
    e.Closed: to_state(State.CLOSED),
    e.LicenceExpired: _expired,
}
