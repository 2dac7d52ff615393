"""What an operator sees of the catalogue: whether dates can be told for certain far enough ahead."""

from prometheus_client import Gauge

_WORKING_DAYS_AHEAD = Gauge(
    "catalogue_calendar_working_days_ahead",
    "Working days after today that the loaded notices announce; beyond them every date is provisional.",
)


def set_working_days_ahead(days: int) -> None:
    """So many working days from tomorrow on are announced."""
    _WORKING_DAYS_AHEAD.set(days)
