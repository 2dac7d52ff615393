"""The figures that every process counts alike, behind small functions, so that names and labels are chosen once.

Names have a one-word prefix, base units, and `_total` for counters. A label is a small closed set: a method, a handler,
an outcome, a service; never an id. Figures of one service live in its own metrics module.
"""

from __future__ import annotations

import platform

from prometheus_client import Counter, Gauge, Histogram, Info

# A submission should take a few milliseconds and an RPC gives up after ten seconds.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_RPC_REQUESTS = Counter("rpc_requests_total", "Calls answered, by how they ended.", ["method", "outcome"])
_RPC_DURATION = Histogram(
    "rpc_request_duration_seconds",
    "From taking a call off the broker to its reply.",
    ["method"],
    buckets=_SECONDS,
)
_MESSAGES = Counter("consumer_messages_total", "Messages handled, by how they ended.", ["handler", "outcome"])
_MESSAGE_DURATION = Histogram(
    "consumer_message_duration_seconds",
    "From taking a message (or a batch) off the broker to its commit.",
    ["handler"],
    buckets=_SECONDS,
)
_OUTBOX_UNSENT = Gauge("outbox_unsent_messages", "Outbox rows that the relay has not sent.", ["service"])
_OUTBOX_AGE = Gauge(
    "outbox_oldest_unsent_age_seconds",
    "Age of the oldest outbox row that was not sent, 0 without one.",
    ["service"],
)
_RELAY_PUBLISHED = Counter("relay_published_total", "Messages that the broker has confirmed.", ["service"])
_DEAD_LETTERS = Gauge("dead_letters", "Messages that a person must look at.", ["service"])
_RETRIES_WAITING = Gauge("retries_waiting", "Messages that wait for their next try.", ["service"])
_PROCESS_START = Info("process_start", "What was started; process_start_time_seconds says when.")


def record_rpc(method: str, outcome: str, seconds: float) -> None:
    """One call was answered; the outcome is `ok`, the kind of a refusal, or `error`."""
    _RPC_REQUESTS.labels(method, outcome).inc()
    _RPC_DURATION.labels(method).observe(seconds)


def record_consumed(handler: str, outcome: str, count: int = 1) -> None:
    """So many messages were dealt with: `handled`, `failed`, `unreadable` and the like."""
    if count:
        _MESSAGES.labels(handler, outcome).inc(count)


def record_consumer_duration(handler: str, seconds: float) -> None:
    """One delivery, or one batch, took so long."""
    _MESSAGE_DURATION.labels(handler).observe(seconds)


def record_outbox(service: str, unsent: int, oldest_age_seconds: float) -> None:
    """What the relay found waiting in one service's outbox."""
    _OUTBOX_UNSENT.labels(service).set(unsent)
    _OUTBOX_AGE.labels(service).set(oldest_age_seconds)


def record_published(service: str, count: int = 1) -> None:
    """The broker has confirmed so many messages of one service's outbox."""
    _RELAY_PUBLISHED.labels(service).inc(count)


def record_waiting_failures(service: str, *, dead_letters: int, retries: int) -> None:
    """How many messages of one service wait for a person and for their next try."""
    _DEAD_LETTERS.labels(service).set(dead_letters)
    _RETRIES_WAITING.labels(service).set(retries)


def record_process_start(service: str, version: str, mode: str) -> None:
    """Say once what this process is."""
    _PROCESS_START.info(
        {"service": service, "version": version, "mode": mode, "python": platform.python_version()}
    )
