"""The figures of notifications: what was served, what waits, and whether mail goes out at all."""

from datetime import datetime

from prometheus_client import Counter, Gauge

_MESSAGES = Counter(
    "notifications_messages_total",
    "Notices by channel and what one attempt or one writing came to.",
    ["channel", "outcome"],
)
_WAITING = Gauge("notifications_waiting_messages", "E-mail deliveries that wait, by lane.", ["lane"])
_QUEUE_AGE = Gauge(
    "notifications_queue_age_seconds",
    "How long the delivery that waits longest has been due, by lane.",
    ["lane"],
)
_UNDELIVERED = Gauge(
    "notifications_undelivered_messages",
    "E-mail deliveries, failed or uncertain, on which a person has to decide.",
)
_SERVER_UP = Gauge(
    "notifications_mail_server_up", "1 when the last conversation with the mail server opened."
)


def record_messages(channel: str, outcome: str, count: int = 1) -> None:
    """Count what became of notices on one channel."""
    _MESSAGES.labels(channel, outcome).inc(count)


def record_lane(lane: str, waiting: int, due_at: datetime | None, now: datetime) -> None:
    """Set the gauges of one lane; a delivery that is not due yet has no age."""
    _WAITING.labels(lane).set(waiting)
    _QUEUE_AGE.labels(lane).set(0.0 if due_at is None else max(0.0, (now - due_at).total_seconds()))


def record_undelivered(count: int) -> None:
    """Set the gauge of what waits for a person."""
    _UNDELIVERED.set(count)


def record_mail_server(up: bool) -> None:
    """Whether the mail server could be talked to."""
    _SERVER_UP.set(1 if up else 0)
