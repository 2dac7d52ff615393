"""As what contract each event of a case leaves, and with which fields: one function for each kind, one table.

Less leaves than is recorded: the envelope carries the digest of the whole recorded event.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.applications import contracts as v
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.events import CaseEvent, Issued
from services.applications.domain.item import Item
from services.applications.domain.materials import Defect
from services.applications.published import (
    exits,
    hearings,
    licences,
    mandates,
    procedures,
    rating,
    recalculating,
    reviewing,
    tolerating,
)
from services.applications.published.fields import Published, document, issued, materials
from shared.identity import Actor
from shared.messaging.envelope import Envelope

SOURCE = "/applications"


def contract_of(case: Case, event: CaseEvent, item: Item) -> v.CaseFacts:
    """The published form of an event; `case` is the case after it."""
    contract, fields = FIELDS[type(event)]
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
        "documents": tuple(_reference(document) for document in event.documents),
    }


def _reference(document: Issued) -> v.DocumentRefV1:
    return v.DocumentRefV1.model_construct(
        document_id=document.id, kind=document.kind, number=document.number, sha256=document.sha256
    )


def _submitted(event: e.Submitted, item: Item) -> dict[str, Any]:
    voucher = issued(event, "receipt_voucher")
    assert voucher is not None
    return {
        "submitted_at": event.submitted_at,
        "intake_due_on": event.intake.due_on,
        "proposed_outcome": event.proposed,
        "asks_tolerance": event.asks_tolerance,
        "missing": materials(item, event.missing),
        "receipt_document_id": voucher.id,
        **_follow_up(event),
    }


def _follow_up(event: e.Submitted) -> dict[str, Any]:
    about = event.follow_up
    if about is None:
        return {}
    return {"purpose": about.purpose, "licence_case_id": about.licence_case_id, "late": about.late}


def _accepted(event: e.Accepted, item: Item) -> dict[str, Any]:
    return {
        "basis": event.basis,
        "accepted_on": event.accepted_on,
        "statutory_due_on": event.statutory.due_on,
        "promised_due_on": event.promised.due_on,
        "provisional": event.statutory.provisional or event.promised.provisional,
        "supply_due_on": event.supply.due_on if event.supply else None,
        "lacking": materials(item, event.lacking),
        **document(event),
    }


def _correction_requested(event: e.CorrectionRequested, item: Item) -> dict[str, Any]:
    return {
        "defects": tuple(_defect(item, defect) for defect in event.defects),
        "correction_due_on": event.correction.due_on,
        "tolerance_refused": event.tolerance_refused,
        "provisional": event.correction.provisional,
        **document(event),
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
        "materials": materials(item, tuple(paper.code for paper in event.papers)),
        "still_lacking": materials(item, event.still_lacking),
        "forms": tuple(paper.form for paper in event.papers),
        "supplied_through": event.channel,
        "intake_due_on": event.intake.due_on if event.intake else None,
    }


def _supply_reminded(event: e.SupplyReminded, item: Item) -> dict[str, Any]:
    return {
        "supply_due_on": event.supply_due_on,
        "working_days_left": event.working_days_left,
        "lacking": materials(item, event.lacking),
    }


def _tolerance_expired(event: e.ToleranceExpired, item: Item) -> dict[str, Any]:
    return {
        "supply_due_on": event.supply_due_on,
        "lacking": materials(item, event.lacking),
        "default_id": event.default_id,
    }


def _terminated(event: e.Terminated, _: Item) -> dict[str, Any]:
    return {"reason": event.reason, **document(event)}


def _lapsed(event: e.Lapsed, _: Item) -> dict[str, Any]:
    return {"correction_due_on": event.correction_due_on, **document(event)}


def _decided(event: e.Decided, _: Item) -> dict[str, Any]:
    return {
        "result": event.result,
        "decided_on": event.decided_on,
        "delivery_due_on": event.delivery.due_on,
        "within_promise": event.within_promise,
        "within_statute": event.within_statute,
        "remedy_variant": event.remedy,
        "ground": event.ground,
        "banned_until": event.banned_until,
        # LIC-19, Art 40: the public may consult what was granted; who publishes it removes secrets first (Art 5).
        "publishable": event.result == "grant",
        **document(event),
    }


def _delivered(event: e.Delivered, _: Item) -> dict[str, Any]:
    return {
        "delivered_on": event.delivered_on,
        "method": event.method,
        "result": event.result,
        **document(event),
    }


def _withdrawn(event: e.Withdrawn, _: Item) -> dict[str, Any]:
    return {"withdrawn_on": event.withdrawn_on, **document(event)}


def _duty_breached(event: e.DutyBreached, _: Item) -> dict[str, Any]:
    return {"rule": event.rule, "article": event.article, "due_on": event.due_on}


FIELDS: Published = {
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
    **exits.FIELDS,
    **hearings.FIELDS,
    **licences.FIELDS,
    **mandates.FIELDS,
    **procedures.FIELDS,
    **rating.FIELDS,
    **recalculating.FIELDS,
    **reviewing.FIELDS,
    **tolerating.FIELDS,
}
