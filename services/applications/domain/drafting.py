"""Which documents come with an event, and the values each of them is filled with."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.applications.domain import committing
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.documents import Draft, Secrets, titles
from services.applications.domain.events import CaseEvent
from services.applications.domain.item import Item
from services.applications.domain.papers import answering, exits, hearings, licences, procedures, tolerating
from services.applications.domain.parts.tolerating import PromiseKind
from services.applications.domain.tolerance import reason_texts
from services.applications.domain.values import Drafter, Organ, due_values, remedy_values
from shared.deadlines.clock import SHANGHAI

_DRAFTERS: Mapping[type[CaseEvent], Drafter] = {
    **exits.DRAFTERS,
    **hearings.DRAFTERS,
    **licences.DRAFTERS,
    **procedures.DRAFTERS,
    **tolerating.DRAFTERS,
}

PROMISES: tuple[PromiseKind, ...] = ("undertaking", "commitment")


def drafts(
    case: Case, events: list[CaseEvent], item: Item, organ: Organ, secrets: Secrets
) -> list[list[Draft]]:
    """For each event the documents it brings; `case` is the case before the events (after the first, for a new one)."""
    return [
        [_fill(draft, case, event, item) for draft in _drafts(case, event, item, organ, secrets)]
        for event in events
    ]


def _fill(draft: Draft, case: Case, event: CaseEvent, item: Item) -> Draft:
    common = {
        "organ": item.organ_name,
        "item_name": item.name,
        "case_no": case.case_no,
        "is_licence": item.is_licence,
        "enquiry_phone": item.enquiry_phone,
    }
    return Draft(draft.kind, {**common, **draft.values}, draft.secrets)


def _drafts(case: Case, event: CaseEvent, item: Item, organ: Organ, secrets: Secrets) -> list[Draft]:
    match event:
        case e.Submitted():
            return _of_submission(event, item, secrets)
        case e.Accepted(basis="deemed"):
            return [answering.of_deemed_acceptance(event, item)]
        case e.Accepted():
            return [_of_acceptance(event, item)]
        case e.CorrectionRequested():
            return [_of_correction(event, item, secrets)]
        case e.Decided():
            return [_of_decision(event, item, organ, secrets)]
        case e.Delivered():
            return [_of_delivery(case, event, item, secrets)]
        case e.Terminated():
            # Of several undertaken papers some may have come, and be right: only the others were not kept.
            undertaken = case.promise.lacking if case.promise else ()
            kept = set(case.supplied_codes) - {defect.material_code for defect in case.defects}
            lacking = item.names(tuple(code for code in undertaken if code not in kept))
            said = bool(secrets.reasons)
            return [_of_ending(event.reason, event, organ, secrets, list(lacking), said=said)]
        case e.Lapsed():
            return [_of_ending("no_correction", event, organ, secrets)]
        case e.Withdrawn():
            return [_of_ending("withdrawn", event, organ, secrets, said=bool(secrets.reasons))]
    drafter = _DRAFTERS.get(type(event))
    return drafter(case, event, item, organ, secrets) if drafter else []


def _of_submission(event: e.Submitted, item: Item, secrets: Secrets) -> list[Draft]:
    voucher = Draft(
        "receipt_voucher",
        {
            "papers": list(item.names(tuple(paper.code for paper in event.papers))),
            "submitted_at": _minute(event),
            **due_values(event.intake),
        },
        secrets,
    )
    return [voucher, *_of_promises(event, item, secrets)]


def _of_promises(event: e.Submitted, item: Item, secrets: Secrets) -> list[Draft]:
    if not event.signatures:
        return []
    # A main paper never lags, so nobody promises to bring one later: it comes with the correction.
    codes = {"undertaking": event.undertaken or (), "commitment": event.commitments}
    signed = {signature.promise: signature for signature in event.signatures}
    return [
        Draft(
            kind,
            {
                **promise_values(kind, codes[kind], item),
                "signature_kind": signed[kind].kind,
                "text_sha256": signed[kind].text_sha256,
            },
            secrets,
        )
        for kind in PROMISES
        if kind in signed and codes[kind]
    ]


def promise_values(kind: PromiseKind, codes: tuple[str, ...], item: Item) -> dict[str, Any]:
    """What an undertaking or a commitment for these papers says, without anything about people."""
    named: dict[str, Any] = (
        {
            "lacking": list(item.names_and_forms(codes)),
            "supply_working_days": item.supply_working_days,
            "before_completion": item.tolerance.decision_before_completion,
        }
        if kind == "undertaking"
        else {"committed": list(item.names(codes)), "post_check_days": item.commitment.post_check_days}
    )
    return {
        "organ": item.organ_name,
        "item_name": item.name,
        "item_version": item.version,
        **named,
    }


def _of_acceptance(event: e.Accepted, item: Item) -> Draft:
    values: dict[str, Any] = {
        "accepted_on": event.accepted_on.isoformat(),
        **due_values(event.statutory),
        **due_values(event.promised),
    }
    if event.supply is None:
        return Draft("acceptance_notice", values)
    values |= {
        **due_values(event.supply),
        "lacking": list(item.names_and_forms(event.lacking)),
        "before_completion": item.tolerance.decision_before_completion,
    }
    return Draft("tolerance_notice", values)


def _of_correction(event: e.CorrectionRequested, item: Item, secrets: Secrets) -> Draft:
    defects = [
        {"material_name": item.by_code[defect.material_code].name, "reason": defect.reason}
        for defect in event.defects
    ]
    values: Mapping[str, Any] = {
        "defects": defects,
        **due_values(event.correction),
        "tolerance_refused": list(reason_texts(event.tolerance_refused)),
        "commitment_refused": list(committing.reason_texts(event.commitment_refused)),
    }
    return Draft("correction_notice", values, secrets)


def _of_decision(event: e.Decided, item: Item, organ: Organ, secrets: Secrets) -> Draft:
    values: dict[str, Any] = {
        **due_values(event.delivery),
        "has_reasons": event.reasons_sha256 is not None,
        "result_name": item.result_name,
        "rests_on_minutes": event.minutes_sha256 is not None,
    }
    if event.awaited and event.awaited_until:
        values |= {
            "awaited": list(item.names_and_forms(event.awaited)),
            "awaited_until": event.awaited_until.isoformat(),
        }
    if event.result == "grant":
        return Draft("decision_grant", values, secrets)
    values |= {
        "remedy": event.remedy,
        "ground": event.ground,
        "banned_until": event.banned_until.isoformat() if event.banned_until else None,
    }
    return Draft("decision_refuse", values | remedy_values(organ), secrets)


def _of_delivery(case: Case, event: e.Delivered, item: Item, secrets: Secrets) -> Draft:
    # A renewal by silence has no decision: what is delivered is the notice of it.
    kinds = (f"decision_{event.result}", *(["renewal_deemed_notice"] if event.result == "grant" else []))
    newest = next((one for one in reversed(case.documents) if one.kind in kinds), None)
    certificate = next((one.number for one in reversed(case.documents) if one.kind == "licence"), "")
    values = {
        "decision_title": titles(newest.kind if newest else kinds[0], is_licence=item.is_licence)[0],
        "decision_no": newest.number if newest else "",
        "licence_title": titles("licence", is_licence=item.is_licence)[0] if certificate else "",
        "licence_no": certificate,
        "method": event.method,
        "waybill": event.waybill,
        "delivered_on": event.delivered_on.isoformat(),
    }
    return Draft("delivery_receipt", values, secrets)


def _of_ending(
    reason: str,
    event: CaseEvent,
    organ: Organ,
    secrets: Secrets,
    lacking: Sequence[str] = (),
    *,
    said: bool = False,
) -> Draft:
    values = {
        "reason": reason,
        "effective_on": event.effective_on.isoformat(),
        "lacking": list(lacking),
        "has_reasons": said,
    }
    return Draft("termination_notice", values | remedy_values(organ), secrets)


def _minute(event: e.Submitted) -> str:
    at = event.submitted_at.astimezone(SHANGHAI)
    return f"{at.year}年{at.month}月{at.day}日 {at.hour:02d}:{at.minute:02d}"
