"""Events of the licence after the decision, as they leave."""

from typing import Any

from services.applications.contracts import licences as v
from services.applications.domain import events as e
from services.applications.domain.item import Item
from services.applications.published.fields import Published, document


def _issued(event: e.LicenceIssued, _: Item) -> dict[str, Any]:
    return {"valid_from": event.valid_from, "valid_until": event.valid_until, **document(event, "licence")}


def _closed(event: e.Closed, _: Item) -> dict[str, Any]:
    return {"result_code": event.result_code}


def _heard(event: e.LicenseeHeard, _: Item) -> dict[str, Any]:
    return {"told_on": event.told_on, "waived": event.waived}


def _revoked(event: e.Revoked, _: Item) -> dict[str, Any]:
    return {
        "ground": event.ground,
        "kind": event.kind,
        "compensation": event.compensation,
        "remedy_variant": event.remedy,
        "banned_until": event.banned_until,
        **document(event),
    }


def _not_revoked(event: e.NotRevoked, _: Item) -> dict[str, Any]:
    return {"ground": event.ground, "kind": event.kind, **document(event)}


def _taken(event: e.LicenceWithdrawn | e.LicenceCancelled, _: Item) -> dict[str, Any]:
    return {"ground": event.ground, "remedy_variant": event.remedy, **document(event)}


def _changed(event: e.LicenceChanged, _: Item) -> dict[str, Any]:
    return {"by_case": event.by_case}


def _renewed(event: e.LicenceRenewed, _: Item) -> dict[str, Any]:
    return {"by_case": event.by_case, "basis": event.basis, "valid_until": event.valid_until}


def _expired(event: e.LicenceExpired, _: Item) -> dict[str, Any]:
    return {"expired_on": event.expired_on}


def _deemed(event: e.RenewalDeemed, _: Item) -> dict[str, Any]:
    return {
        "expired_on": event.expired_on,
        "valid_until": event.valid_until,
        "delivery_due_on": event.delivery.due_on,
        **document(event),
    }


FIELDS: Published = {
    e.LicenceIssued: (v.LicenceIssuedV1, _issued),
    e.Closed: (v.CaseClosedV1, _closed),
    e.LicenseeHeard: (v.LicenceHolderHeardV1, _heard),
    e.Revoked: (v.LicenceRevokedV1, _revoked),
    e.NotRevoked: (v.LicenceNotRevokedV1, _not_revoked),
    e.LicenceWithdrawn: (v.LicenceWithdrawnV1, _taken),
    e.LicenceCancelled: (v.LicenceCancelledV1, _taken),
    e.LicenceChanged: (v.LicenceChangedV1, _changed),
    e.LicenceRenewed: (v.LicenceRenewedV1, _renewed),
    e.LicenceExpired: (v.LicenceExpiredV1, _expired),
    e.RenewalDeemed: (v.RenewalDeemedV1, _deemed),
}
