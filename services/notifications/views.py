"""Rows as the views that contracts promise, and cursors."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from services.notifications.contracts import AttemptView, Channel, DeliveryState, DeliveryView, MessageView
from services.notifications.domain.errors import CursorUnreadable

Rows = Mapping[UUID, Sequence[asyncpg.Record]]
# Beyond this no row has its position; a cursor that says so was not made here.
_LARGEST_POSITION = 2**63 - 1


def message_view(row: asyncpg.Record, deliveries: Rows, attempts: Rows) -> MessageView:
    """A notice with the channels by which it went; the in-app one is served by the row itself."""
    in_app = DeliveryView(
        channel=Channel.IN_APP,
        state=DeliveryState.SERVED,
        due_at=row["created_at"],
        served_at=row["created_at"],
    )
    sent = [
        delivery_view(delivery, attempts.get(row["message_id"], ()))
        for delivery in deliveries.get(row["message_id"], ())
    ]
    fields = {name: row[name] for name in MessageView.model_fields if name not in {"text", "deliveries"}}
    return MessageView(**fields, text=row["body"], deliveries=[in_app, *sent])


def delivery_view(row: asyncpg.Record, attempts: Sequence[asyncpg.Record]) -> DeliveryView:
    """A delivery with its attempts; when the next one is due is only told while there will be one."""
    state = DeliveryState(row["state"])
    waits = state in {DeliveryState.QUEUED, DeliveryState.RETRYING}
    return DeliveryView(
        channel=Channel(row["channel"]),
        state=state,
        due_at=row["due_at"] if waits else None,
        served_at=row["served_at"],
        reason=row["reason"],
        attempts=[
            AttemptView(**{name: attempt[name] for name in AttemptView.model_fields})
            for attempt in attempts
            if attempt["channel"] == row["channel"]
        ],
    )


def cursor_at(position: int) -> str:
    """An opaque cursor: only we may read meaning into it."""
    return base64.urlsafe_b64encode(position.to_bytes(8, "big")).decode().rstrip("=")


def position_of(cursor: str | None) -> int | None:
    """The position in a cursor; raises `CursorUnreadable` for one that is not ours."""
    if cursor is None:
        return None
    try:
        position = int.from_bytes(base64.b64decode(cursor + "=", altchars=b"-_", validate=True), "big")
    except (binascii.Error, ValueError):
        raise CursorUnreadable from None
    if position > _LARGEST_POSITION or cursor_at(position) != cursor:
        raise CursorUnreadable
    return position
