"""Events of the steps of the review, as they leave: authorities and counts, never who acted."""

from typing import Any

from services.applications.contracts import reviewing as v
from services.applications.domain import events as e
from services.applications.domain.item import Item
from services.applications.domain.steps import step_of
from services.applications.published.fields import Published


def _step(item: Item, code: str) -> dict[str, Any]:
    step = step_of(item, code)
    return {"step": code, "step_name": step.name if step else code}


def _opinion(event: e.OpinionGiven, item: Item) -> dict[str, Any]:
    return {"opinion": event.opinion, **_step(item, event.step), **_authority(event)}


def _approval(event: e.ApprovalGiven, item: Item) -> dict[str, Any]:
    return {"result": event.result, **_step(item, event.step), **_authority(event)}


def _authority(event: e.OpinionGiven | e.ApprovalGiven) -> dict[str, Any]:
    return {"authority": event.authority, "post": event.post, "instrument": event.instrument}


def _sent_back(event: e.SentBack, _: Item) -> dict[str, Any]:
    return {
        "from_step": event.from_step,
        "to_step": event.to_step,
        "reason_code": event.reason_code,
        "reopens": event.reopens,
    }


def _nothing_more(_: e.CaseEvent, __: Item) -> dict[str, Any]:
    return {}


def _recused(event: e.Recused, _: Item) -> dict[str, Any]:
    return {"ground": event.ground, "asked_by": event.asked_by, "reopens": event.reopens}


def _urged(event: e.Urged, _: Item) -> dict[str, Any]:
    return {"step": event.step, "urger_role": event.urger_role}


def _assigned(event: e.InspectorsAssigned, _: Item) -> dict[str, Any]:
    return {"inspectors": len(set(event.people))}


def _checked(event: e.SiteChecked, _: Item) -> dict[str, Any]:
    return {
        "inspectors": len(set(event.people)),
        "checked_on": event.checked_on,
        "passed": event.passed,
    }


FIELDS: Published = {
    e.OpinionGiven: (v.OpinionGivenV1, _opinion),
    e.ApprovalGiven: (v.ApprovalGivenV1, _approval),
    e.SentBack: (v.CaseSentBackV1, _sent_back),
    e.RecusalRequested: (v.RecusalRequestedV1, _nothing_more),
    e.RecusalDeclined: (v.RecusalDeclinedV1, _nothing_more),
    e.Recused: (v.RecusedV1, _recused),
    e.Urged: (v.CaseUrgedV1, _urged),
    e.InspectorsAssigned: (v.InspectorsAssignedV1, _assigned),
    e.SiteChecked: (v.SiteCheckedV1, _checked),
}
