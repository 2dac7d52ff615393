"""As what contract each event of a case leaves, and with which fields: one function for each kind, one table.

Less leaves than is recorded: the envelope carries the digest of the whole recorded event.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.applications import contracts as v
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.events import CaseEvent, Issued
from services.applications.domain.item import Item
from services.applications.domain.materials import Defect
from shared.identity import Actor
from shared.messaging.envelope import Envelope

SOURCE = "/applications"


def contract_of(case: Case, event: CaseEvent, item: Item) -> v.CaseFacts:
    """The published form of an event; `case` is the case after it."""
    contract, fields = _FIELDS[type(event)]
    # Our own values are right by construction; validating them again would be the dearest part of a submission.
    return contract.model_construct(**_facts(case, event, item), **fields(event, item))


def envelope_of(
    contract: v.CaseFacts,
    case: Case,
    *,
    event_id: UUID,
    recorded_at: datetime,
    actor: Actor,
    sha256: bytes,
    traceparent: str | None,
) -> Envelope:
    """The envelope with the digest of the recorded event."""
    return Envelope.model_construct(
        id=event_id,
        source=SOURCE,
        type=contract.event_type,
        subject=str(case.id),
        sequence=case.version,
        time=recorded_at,
        actor=actor.id,
        actorrole=",".join(sorted(actor.roles)),
        payloadsha256=sha256.hex(),
        traceparent=traceparent,
        data=contract.model_dump(mode="json"),
    )


def _facts(case: Case, event: CaseEvent, item: Item) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "case_no": case.case_no,
        "item_code": case.item_code,
        "item_version": case.item_version,
        "item_name": item.name,
        "unit": case.unit,
        "channel": case.channel,
        "applicant_id": case.applicant_id,
        "agent_id": case.agent_id,
        "partner": case.partner,
        "external_no": case.external_no,
        "state": case.state.value,
        "effective_on": event.effective_on,
        "email_given": case.email_given,
    }


def _materials(item: Item, codes: tuple[str, ...]) -> tuple[v.MaterialV1, ...]:
    return tuple(
        v.MaterialV1.model_construct(code=code, name=item.by_code[code].name)
        for code in codes
        if code in item.by_code
    )


def _document(event: CaseEvent, kind: str = "") -> dict[str, Any]:
    document = _issued(event, kind)
    return {"document_id": document.id, "document_no": document.number} if document else {}


def _issued(event: CaseEvent, kind: str) -> Issued | None:
    return next((document for document in event.documents if document.kind.startswith(kind)), None)


def _submitted(event: e.Submitted, item: Item) -> dict[str, Any]:
    voucher = _issued(event, "receipt_voucher")
    assert voucher is not None
    return {
        "submitted_at": event.submitted_at,
        "intake_due_on": event.intake.due_on,
        "proposed_outcome": event.proposed,
        "asks_tolerance": event.asks_tolerance,
        "missing": _materials(item, event.missing),
        "receipt_document_id": voucher.id,
    }


def _accepted(event: e.Accepted, item: Item) -> dict[str, Any]:
    return {
        "basis": event.basis,
        "accepted_on": event.accepted_on,
        "statutory_due_on": event.statutory.due_on,
        "promised_due_on": event.promised.due_on,
        "provisional": event.statutory.provisional or event.promised.provisional,
        "supply_due_on": event.supply.due_on if event.supply else None,
        "lacking": _materials(item, event.lacking),
        **_document(event),
    }


def _correction_requested(event: e.CorrectionRequested, item: Item) -> dict[str, Any]:
    return {
        "defects": tuple(_defect(item, defect) for defect in event.defects),
        "correction_due_on": event.correction.due_on,
        "tolerance_refused": event.tolerance_refused,
        "provisional": event.correction.provisional,
        **_document(event),
    }


def _defect(item: Item, defect: Defect) -> v.DefectV1:
    return v.DefectV1.model_validate(
        {
            "material_code": defect.material_code,
            "material_name": item.by_code[defect.material_code].name,
            "reason": defect.reason,
        }
    )


def _materials_supplied(event: e.MaterialsSupplied, item: Item) -> dict[str, Any]:
    return {
        "answers": event.answers,
        "materials": _materials(item, tuple(paper.code for paper in event.papers)),
        "still_lacking": _materials(item, event.still_lacking),
        "forms": tuple(paper.form for paper in event.papers),
        "supplied_through": event.channel,
        "intake_due_on": event.intake.due_on if event.intake else None,
    }


def _supply_reminded(event: e.SupplyReminded, item: Item) -> dict[str, Any]:
    return {
        "supply_due_on": event.supply_due_on,
        "working_days_left": event.working_days_left,
        "lacking": _materials(item, event.lacking),
    }


def _tolerance_expired(event: e.ToleranceExpired, item: Item) -> dict[str, Any]:
    return {
        "supply_due_on": event.supply_due_on,
        "lacking": _materials(item, event.lacking),
        "default_id": event.default_id,
    }


def _terminated(event: e.Terminated, _: Item) -> dict[str, Any]:
    return {"reason": event.reason, **_document(event)}


def _lapsed(event: e.Lapsed, _: Item) -> dict[str, Any]:
    return {"correction_due_on": event.correction_due_on, **_document(event)}


def _decided(event: e.Decided, _: Item) -> dict[str, Any]:
    return {
        "result": event.result,
        "decided_on": event.decided_on,
        "delivery_due_on": event.delivery.due_on,
        "within_promise": event.within_promise,
        "within_statute": event.within_statute,
        "remedy_variant": event.remedy,
        **_document(event),
    }


def _delivered(event: e.Delivered, _: Item) -> dict[str, Any]:
    return {
        "delivered_on": event.delivered_on,
        "method": event.method,
        "result": event.result,
        **_document(event),
    }


def _withdrawn(event: e.Withdrawn, _: Item) -> dict[str, Any]:
    return {"withdrawn_on": event.withdrawn_on, **_document(event)}


def _duty_breached(event: e.DutyBreached, _: Item) -> dict[str, Any]:
    return {"rule": event.rule, "article": event.article, "due_on": event.due_on}


_FIELDS: Mapping[type[CaseEvent], tuple[type[v.CaseFacts], Callable[[Any, Item], dict[str, Any]]]] = {
    e.Submitted: (v.CaseSubmittedV1, _submitted),
    e.Accepted: (v.CaseAcceptedV1, _accepted),
    e.CorrectionRequested: (v.CorrectionRequestedV1, _correction_requested),
    e.MaterialsSupplied: (v.MaterialsSuppliedV1, _materials_supplied),
    e.SupplyReminded: (v.SupplyReminderDueV1, _supply_reminded),
    e.ToleranceExpired: (v.ToleranceExpiredV1, _tolerance_expired),
    e.Terminated: (v.CaseTerminatedV1, _terminated),
    e.Lapsed: (v.CaseLapsedV1, _lapsed),
    e.Decided: (v.CaseDecidedV1, _decided),
    e.Delivered: (v.ResultDeliveredV1, _delivered),
    e.Withdrawn: (v.CaseWithdrawnV1, _withdrawn),
    e.DutyBreached: (v.DutyBreachedV1, _duty_breached),
}
