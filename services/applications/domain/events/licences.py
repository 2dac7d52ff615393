"""The licence after the decision."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceIssued(CaseEvent):
    """The certificate was made out; the document that came with it bears its number."""

    valid_from: date
    valid_until: date | None
    issued_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(CaseEvent):
    """The case is filed, with the result code of the exchange (domain rules §4.2)."""

    closed_by: str
    result_code: str = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseeHeard(CaseEvent):
    """The holder was told of what is intended and said something about it, or chose not to."""

    told_on: date
    waived: bool
    recorded_by: str
    statement_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(CaseEvent):
    """The grant was revoked (Art 69)."""

    ground: str
    kind: str
    revoked_by: str
    compensation: bool = False
    remedy: str = "R-STD"
    # Art 79: until when the same licence can't be applied for again.
    banned_until: date | None = None
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRevoked(CaseEvent):
    """There is a ground to revoke, but the public interest stands against it (Art 69¶3)."""

    ground: str
    kind: str
    decided_by: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceWithdrawn(CaseEvent):
    """A lawful licence was taken back for the public good (Art 8)."""

    ground: str
    withdrawn_by: str
    remedy: str = "R-STD"
    reasons_sha256: str | None = None
    compensation_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceCancelled(CaseEvent):
    """The licence was struck off (Art 70)."""

    ground: str
    cancelled_by: str
    remedy: str = "R-STD"
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
class LicenceExpired(CaseEvent):
    """The validity ended without a renewal; the organ has to strike the licence off."""

    expired_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalDeemed(CaseEvent):
    """Nobody decided before the licence expired: it counts as renewed (Art 50)."""

    expired_on: date
    delivery: Clock
    deemed_by: str
    valid_until: date | None = None
    # How long the organ has to check the commitments that stood for papers (§5.4).
    post_check: Clock | None = None


EVENTS: tuple[type[CaseEvent], ...] = (
    LicenceIssued,
    Closed,
    LicenseeHeard,
    Revoked,
    NotRevoked,
    LicenceWithdrawn,
    LicenceCancelled,
    LicenceChanged,
    LicenceRenewed,
    LicenceExpired,
    RenewalDeemed,
)
