"""The trace of the request in progress (W3C Trace Context): taken from the caller, or begun here."""

import re
import secrets
from contextvars import ContextVar

_TRACEPARENT = re.compile(rb"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")

current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def begin(received: bytes | None) -> str:
    """The traceparent under which this request goes on, remembered for the calls that it makes."""
    match = _TRACEPARENT.fullmatch(received) if received else None
    trace_id = match.group(1).decode() if match else secrets.token_hex(16)
    traceparent = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    current.set(traceparent)
    return traceparent


def trace_id() -> str:
    """The trace id of the request in progress."""
    traceparent = current.get()
    return traceparent[3:35] if traceparent else ""
