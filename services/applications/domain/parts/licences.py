"""The licence that a case gave, and the earlier licence that a case is about."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Licence:
    """A certificate with its validity; how it ended is the state of the case."""

    number: str
    valid_from: date
    valid_until: date | None = None
    # When the register saw that the validity had ended without a renewal.
    expired_on: date | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The earlier licence that this case is to change or to renew (行政许可法 49, 50)."""

    purpose: str
    licence_case_id: UUID
    # Until when the earlier licence holds, as it stood at the submission.
    valid_until: date | None = None
    # Asked for later than the law wants; received all the same.
    late: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """That the holder of a licence could say what there is to say before it is taken away."""

    told_on: date
    heard_on: date
    waived: bool = False
