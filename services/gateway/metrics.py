"""The figures of the gateway."""

from prometheus_client import Counter, Histogram

_REQUESTS = Counter(
    "gateway_requests_total", "Requests answered, by operation and status.", ["route", "status"]
)
_DURATION = Histogram(
    "gateway_request_duration_seconds",
    "From the request's head to the last byte of its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


def record_request(route: str, status: int, seconds: float) -> None:
    """One request was answered."""
    _REQUESTS.labels(route, str(status)).inc()
    _DURATION.labels(route).observe(seconds)
