"""The licence taken away from its holder, and the bans that go with it (行政许可法 8, 69, 70, 78, 79)."""

from collections.abc import Mapping
from datetime import date

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, to_state
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.parts.licences import Heard
from services.applications.domain.state import State
from shared.deadlines.clock import corresponding_day

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


def hear_licensee(case: Case, command: c.HearLicensee, facts: Facts) -> list[e.CaseEvent]:
    # LIC-22, Art 7 and 36: nobody loses a licence unheard; that the holder said nothing is recorded too.
    _require_granted(case)
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
    _require_granted(case)
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
    # No ban rests on a law that is only followed by analogy.
    if kind != "must" or not (facts.item.safety_sensitive and facts.item.is_licence):
        return None
    return corresponding_day(facts.now.on, years=3)


def banned_after_refusal(ground: str | None, facts: Facts) -> date | None:
    """LIC-24, Art 78: one year from the refusal, where the licence directly concerns public safety."""
    if ground != "false_materials" or not (facts.item.safety_sensitive and facts.item.is_licence):
        return None
    return corresponding_day(facts.now.on, years=1)


def keep(case: Case, command: c.KeepLicence, facts: Facts) -> list[e.CaseEvent]:
    # LIC-22, Art 69¶3: what would gravely harm the public interest is not revoked, and the record says why.
    _require_granted(case)
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


def _require_granted(case: Case) -> None:
    # A refusal is delivered and filed too, and there is nothing in it to take away.
    if case.verdict is None or case.verdict.result != "grant":
        raise OutcomeNotAllowed(
            "nothing_granted",
            "本办件没有作出准予决定，没有可以撤销、撤回或者注销的结果。",
            "Nothing was granted in this case, so nothing can be revoked, taken back or struck off.",
        )


def _kind_of(ground: str) -> str:
    if ground in MUST_REVOKE:
        return "must"
    if ground in MAY_REVOKE:
        return "may"
    raise _unknown_ground("六十九", 69, MAY_REVOKE | MUST_REVOKE)


def withdraw(case: Case, command: c.WithdrawLicence, facts: Facts) -> list[e.CaseEvent]:
    # Art 8¶2: the licence was lawful; only a changed law or changed facts and the public good take it back.
    _require_granted(case)
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
    _require_granted(case)
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


RULES: Mapping[type[c.Command], Rule] = {
    c.HearLicensee: hear_licensee,
    c.RevokeLicence: revoke,
    c.KeepLicence: keep,
    c.WithdrawLicence: withdraw,
    c.CancelLicence: cancel,
}


# -- how the events change a case --------------------------------------------------------------------------------


def _heard(case: Case, event: e.LicenseeHeard) -> Case:
    return replace(case, heard=Heard(event.told_on, event.effective_on, event.waived))


def _kept(case: Case, _: e.NotRevoked) -> Case:
    # What the holder said was said on this ground; before another decision the holder is heard anew (Art 7).
    return replace(case, heard=None)


CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.LicenseeHeard: _heard,
    e.Revoked: to_state(State.REVOKED),
    e.NotRevoked: _kept,
    e.LicenceWithdrawn: to_state(State.WITHDRAWN_LICENCE),
    e.LicenceCancelled: to_state(State.CANCELLED),
}
