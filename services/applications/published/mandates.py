"""Events of mandates and channels, as they leave."""

from typing import Any

from services.applications.contracts import mandates as v
from services.applications.domain import events as e
from services.applications.domain.item import Item
from services.applications.published.fields import Published


def _given(event: e.MandateGiven, _: Item) -> dict[str, Any]:
    return {"valid_from": event.valid_from, "valid_until": event.valid_until, "scope": event.scope}


def _revoked(_: e.MandateRevoked, __: Item) -> dict[str, Any]:
    return {}


def _channel_changed(event: e.ChannelChanged, _: Item) -> dict[str, Any]:
    return {"before": event.before, "delivery": event.delivery}


FIELDS: Published = {
    e.MandateGiven: (v.MandateGivenV1, _given),
    e.MandateRevoked: (v.MandateRevokedV1, _revoked),
    e.ChannelChanged: (v.ChannelChangedV1, _channel_changed),
}
