"""Events of hearings and interested parties, as they leave: who presides and where stands in the notice only."""

from typing import Any

from services.applications.contracts import hearings as v
from services.applications.domain import events as e
from services.applications.domain.item import Item
from services.applications.published.fields import Published, document


def _named(event: e.InterestedPartyNamed, _: Item) -> dict[str, Any]:
    return {"party_id": event.party_id}


def _told(event: e.HearingRightsTold, _: Item) -> dict[str, Any]:
    return {
        "told": event.told,
        "request_due_on": event.request_by.due_on,
        "provisional": event.request_by.provisional,
        **document(event),
    }


def _requested(event: e.HearingRequested, _: Item) -> dict[str, Any]:
    return {
        "party_id": event.party_id,
        "hold_due_on": event.hold_by.due_on,
        "provisional": event.hold_by.provisional,
    }


def _waived(event: e.HearingWaived, _: Item) -> dict[str, Any]:
    return {"party_id": event.party_id}


def _called(event: e.HearingCalled, _: Item) -> dict[str, Any]:
    return {"article": event.article}


def _scheduled(event: e.HearingScheduled, _: Item) -> dict[str, Any]:
    return {"held_on": event.held_on, "announced_on": event.announced_on, **document(event)}


def _held(event: e.HearingHeld, _: Item) -> dict[str, Any]:
    return {"held_on": event.held_on, "minutes_sha256": event.minutes_sha256}


def _closed(event: e.HearingClosed, _: Item) -> dict[str, Any]:
    return {"ground": event.ground}


def _stated(event: e.StatementRecorded, _: Item) -> dict[str, Any]:
    return {"party_id": event.party_id, "statement_sha256": event.statement_sha256}


FIELDS: Published = {
    e.InterestedPartyNamed: (v.InterestedPartyNamedV1, _named),
    e.HearingRightsTold: (v.HearingRightsToldV1, _told),
    e.HearingRequested: (v.HearingRequestedV1, _requested),
    e.HearingWaived: (v.HearingWaivedV1, _waived),
    e.HearingCalled: (v.HearingCalledV1, _called),
    e.HearingScheduled: (v.HearingScheduledV1, _scheduled),
    e.HearingHeld: (v.HearingHeldV1, _held),
    e.HearingClosed: (v.HearingClosedV1, _closed),
    e.StatementRecorded: (v.StatementRecordedV1, _stated),
}
