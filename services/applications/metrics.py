"""The figures of the case engine; labels are small closed sets, never an id."""

from prometheus_client import Counter, Gauge

_SUBMITTED = Counter("applications_cases_submitted_total", "Cases received, by channel.", ["channel"])
_ACCEPTED = Counter("applications_cases_accepted_total", "Cases accepted, by basis.", ["basis"])
_DECIDED = Counter("applications_cases_decided_total", "Cases decided, by result.", ["result"])
_ENDED = Counter("applications_cases_ended_total", "Cases that ended without a decision, by how.", ["how"])
_OVERDUE = Gauge("applications_cases_overdue", "Open cases with a clock that has run out.")
_TIMERS = Counter(
    "applications_timers_fired_total", "Timers worked, by kind and outcome.", ["kind", "outcome"]
)
_CREDIT_QUERIES = Counter(
    "applications_credit_queries_total",
    "Questions to credit sources outside, by outcome.",
    ["source", "outcome"],
)

_RECALCULATIONS = Counter(
    "applications_recalculations_total",
    "Cases counted again after a notice of holidays, by outcome.",
    ["outcome"],
)


def record_submitted(channel: str) -> None:
    """A case was received."""
    _SUBMITTED.labels(channel).inc()


def record_accepted(basis: str) -> None:
    """A case was accepted: ordinary, tolerant or deemed."""
    _ACCEPTED.labels(basis).inc()


def record_decided(result: str) -> None:
    """A case was decided."""
    _DECIDED.labels(result).inc()


def record_ended(how: str) -> None:
    """A case ended without a decision."""
    _ENDED.labels(how).inc()


def set_overdue(count: int) -> None:
    """How many open cases have a clock that has run out."""
    _OVERDUE.set(count)


def record_timer(kind: str, outcome: str) -> None:
    """A timer was worked: it changed its case, changed nothing, or failed."""
    _TIMERS.labels(kind, outcome).inc()


def record_credit_query(source: str, outcome: str) -> None:
    """A credit source outside was asked: it answered, or it failed in one of a few ways."""
    _CREDIT_QUERIES.labels(source, outcome).inc()


def record_recalculation(outcome: str) -> None:
    """A case was counted again after a notice: its dates changed, stayed, or it failed."""
    _RECALCULATIONS.labels(outcome).inc()
