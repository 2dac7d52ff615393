"""The licence after the decision."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceIssued(CaseEvent):
    """The certificate was made out."""

    number: str
    valid_from: date
    valid_until: date | None
    issued_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(CaseEvent):
    """The case is filed."""

    closed_by: str
    result_code: str = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(CaseEvent):
    """The grant was revoked (Art 69)."""

    ground: str
    kind: str
    revoked_by: str
    compensation: bool = False
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceWithdrawn(CaseEvent):
    """A lawful licence was taken back for the public good (Art 8)."""

    ground: str
    withdrawn_by: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceCancelled(CaseEvent):
    """The licence was struck off (Art 70)."""

    ground: str
    cancelled_by: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceChanged(CaseEvent):
    """Another case changed the licence."""

    by_case: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceRenewed(CaseEvent):
    """Another case renewed the licence, or silence did."""

    by_case: UUID
    basis: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalDeemed(CaseEvent):
    """Nobody decided before the licence expired: it counts as renewed (Art 50)."""

    expired_on: date
    delivery: Clock | None = None


EVENTS: tuple[type[CaseEvent], ...] = (
    LicenceIssued,
    Closed,
    Revoked,
    LicenceWithdrawn,
    LicenceCancelled,
    LicenceChanged,
    LicenceRenewed,
    RenewalDeemed,
)
