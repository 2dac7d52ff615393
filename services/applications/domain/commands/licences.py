"""The licence after the decision: made out, closed, changed, renewed, taken away (行政许可法 8, 49, 50, 69, 70)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class IssueLicence(Command):
    """Make out the certificate; its number is that of the document, its validity that of the item."""


@dataclass(frozen=True, slots=True)
class CloseCase(Command):
    """The delivered case is filed."""


@dataclass(frozen=True, slots=True)
class HearLicensee(Command):
    """Record what the holder said about a licence that is to be taken away, or that nothing was to be said."""

    told_on: date
    waived: bool = False
    statement_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class RevokeLicence(Command):
    """Revoke what should not have been granted (Art 69)."""

    ground: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class KeepLicence(Command):
    """A ground to revoke is there, but revoking would gravely harm the public interest (Art 69¶3)."""

    ground: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class WithdrawLicence(Command):
    """Take back a lawful licence for the public good, with compensation (Art 8)."""

    ground: str
    reasons_sha256: str | None = None
    compensation_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class CancelLicence(Command):
    """Strike the licence off the register (Art 70)."""

    ground: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class MarkChanged(Command):
    """Another case changed this licence (Art 49)."""

    by_case: UUID


@dataclass(frozen=True, slots=True)
class MarkRenewed(Command):
    """Another case renewed this licence (Art 50)."""

    by_case: UUID
    basis: str = "decision"
    valid_until: date | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class DeemRenewed(Command):
    """The licence expired on this day and nobody had decided on its renewal (Art 50)."""

    expired_on: date


@dataclass(frozen=True, slots=True)
class MarkExpired(Command):
    """The validity ended without a renewal: the licence is to be struck off (Art 70)."""
