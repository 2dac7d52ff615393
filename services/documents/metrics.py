"""The figures of the printer: what was printed, what waits, what failed for good, and how the press does."""

from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

_DOCUMENTS = Counter(
    "documents_settled_total", "Documents printed or failed for good, by outcome.", ["outcome"]
)
_WAITING = Gauge("documents_waiting", "Documents that wait to be printed.")
_AGE = Gauge("documents_waiting_age_seconds", "How long the document that waits longest has waited.")
_POSTPONED = Counter("documents_postponed_total", "Tries that are to be repeated, by reason.", ["reason"])
_PRESS_FAILURES = Counter("documents_press_failures_total", "Presses lost to a crash, a limit or a hang.")
_SECONDS = Histogram(
    "documents_step_seconds",
    "How long a step of printing took.",
    ["step"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def record_settled(outcome: str) -> None:
    """Count a document that is done with."""
    _DOCUMENTS.labels(outcome).inc()


def record_postponed(reason: str) -> None:
    """Count a try that will be made again."""
    _POSTPONED.labels(reason).inc()


def record_press_failure() -> None:
    """Count a press that was lost."""
    _PRESS_FAILURES.inc()


def record_step(step: str, seconds: float) -> None:
    """Note the time that laying out or signing took."""
    _SECONDS.labels(step).observe(seconds)


def record_waiting(count: int, since: datetime | None, now: datetime) -> None:
    """Set the gauges of what waits."""
    _WAITING.set(count)
    _AGE.set(0.0 if since is None else max(0.0, (now - since).total_seconds()))
