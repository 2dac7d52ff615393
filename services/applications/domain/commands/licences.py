"""The licence after the decision: made out, closed, changed, renewed, taken away (行政许可法 8, 49, 50, 69, 70)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class IssueLicence(Command):
    """Make out the certificate, with its number and validity."""

    number: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class CloseCase(Command):
    """The delivered case is filed."""


@dataclass(frozen=True, slots=True)
class RevokeLicence(Command):
    """Revoke what should not have been granted (Art 69)."""

    ground: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class WithdrawLicence(Command):
    """Take back a lawful licence for the public good, with compensation (Art 8)."""

    ground: str
    reasons_sha256: str | None = None


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
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class DeemRenewed(Command):
    """The licence expired and nobody decided on its renewal (Art 50)."""
