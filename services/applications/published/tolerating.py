"""Events of tolerated papers, recalls and commitments, as they leave."""

from typing import Any

from services.applications import contracts as c
from services.applications.contracts import tolerating as v
from services.applications.domain import events as e
from services.applications.domain.item import Item
from services.applications.published.fields import Published, document, materials


def _confirmed(event: e.SupplyConfirmed, _: Item) -> dict[str, Any]:
    return {"lifts_mark": event.lifts_mark, **document(event)}


def _faulted(event: e.SupplyFaulted, item: Item) -> dict[str, Any]:
    defects = tuple(
        c.DefectV1.model_validate(
            {
                "material_code": defect.material_code,
                "material_name": item.by_code[defect.material_code].name,
                "reason": defect.reason,
            }
        )
        for defect in event.defects
    )
    return {
        "defects": defects,
        "supply_due_on": event.supply.due_on if event.supply else None,
        **document(event),
    }


def _extension_requested(event: e.SupplyExtensionRequested, _: Item) -> dict[str, Any]:
    return {"until": event.until}


def _extended(event: e.SupplyExtended, _: Item) -> dict[str, Any]:
    return {
        "supply_due_on": event.supply.due_on,
        "provisional": event.supply.provisional,
        **document(event),
    }


def _with_document(event: e.CaseEvent, _: Item) -> dict[str, Any]:
    return document(event)


def _recall_noticed(event: e.RecallNoticed, _: Item) -> dict[str, Any]:
    return {
        "hear_until": event.hear_until.due_on,
        "provisional": event.hear_until.provisional,
        **document(event),
    }


def _recall_heard(event: e.RecallHeard, _: Item) -> dict[str, Any]:
    return {"statement_sha256": event.statement_sha256}


def _recalled(event: e.ResultRecalled, _: Item) -> dict[str, Any]:
    return {"to_publish": event.to_publish, **document(event)}


def _checked(event: e.PostChecked, item: Item) -> dict[str, Any]:
    (material,) = materials(item, (event.material_code,))
    return {
        "material": material,
        "finding": event.finding,
        "mend_by": event.mend.due_on if event.mend else None,
        "default_id": event.default_id,
        **document(event),
    }


def _overdue(event: e.PostCheckOverdue, item: Item) -> dict[str, Any]:
    return {"due_on": event.due_on, "materials": materials(item, event.materials)}


def _revocation_due(event: e.RevocationDue, item: Item) -> dict[str, Any]:
    (material,) = materials(item, (event.material_code,))
    return {"material": material, "rule": event.rule, "article": event.article}


FIELDS: Published = {
    e.SupplyConfirmed: (v.SupplyConfirmedV1, _confirmed),
    e.SupplyFaulted: (v.SupplyFaultedV1, _faulted),
    e.SupplyExtensionRequested: (v.SupplyExtensionRequestedV1, _extension_requested),
    e.SupplyExtended: (v.SupplyExtendedV1, _extended),
    e.SupplyExtensionDeclined: (v.SupplyExtensionDeclinedV1, _with_document),
    e.RecallNoticed: (v.RecallNoticedV1, _recall_noticed),
    e.RecallHeard: (v.RecallHeardV1, _recall_heard),
    e.ResultRecalled: (v.ResultRecalledV1, _recalled),
    e.RecallDropped: (v.RecallDroppedV1, _with_document),
    e.PostChecked: (v.CommitmentCheckedV1, _checked),
    e.PostCheckOverdue: (v.CommitmentCheckOverdueV1, _overdue),
    e.RevocationDue: (v.RevocationDueV1, _revocation_due),
}
