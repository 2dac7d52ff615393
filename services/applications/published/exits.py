"""Events of the ways out, as they leave."""

from typing import Any

from services.applications.contracts import exits as v
from services.applications.domain import events as e
from services.applications.domain.item import Item
from services.applications.published.fields import Published, document


def _with_document(event: e.CaseEvent, _: Item) -> dict[str, Any]:
    return document(event)


def _not_competent(event: e.NotCompetent, _: Item) -> dict[str, Any]:
    return {
        "competent_organ": event.competent_organ,
        "remedy_variant": event.remedy,
        **document(event),
    }


FIELDS: Published = {
    e.NotRequired: (v.CaseNotRequiredV1, _with_document),
    e.NotCompetent: (v.CaseNotCompetentV1, _not_competent),
    e.Voided: (v.CaseVoidedV1, _with_document),
}
