"""What is asked of every case, from its submission to its delivery; and who asks, and when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.applications.domain.materials import Defect, HandedIn
from services.applications.domain.parts.licences import FollowUp
from services.applications.domain.parts.mandates import Mandate
from services.applications.domain.parts.tolerating import Signature


@dataclass(frozen=True, slots=True)
class Command:
    """Something asked of a case."""


@dataclass(frozen=True, slots=True)
class Submit(Command):
    """Hand in an application; everything about the person is already a pseudonym."""

    case_id: UUID
    case_no: str
    channel: str
    applicant_id: UUID
    agent_id: UUID | None
    papers: tuple[HandedIn, ...]
    asks_tolerance: bool
    undertaking_signed: bool
    email_given: bool
    partner: str | None
    external_no: str | None
    # The papers that commitments are to stand for, and who signed what.
    commitments: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    follow_up: FollowUp | None = None
    mandate: Mandate | None = None


@dataclass(frozen=True, slots=True)
class Accept(Command):
    """Accept a complete application."""


@dataclass(frozen=True, slots=True)
class AcceptTolerantly(Command):
    """Accept with tolerable papers still to come; no date means the date of the rule."""

    supply_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class RequestCorrection(Command):
    """Notice everything that is to be corrected, once."""

    defects: tuple[Defect, ...] = ()
    working_days: int | None = None


@dataclass(frozen=True, slots=True)
class Supply(Command):
    """Hand in papers for an open case."""

    papers: tuple[HandedIn, ...]
    channel: str


@dataclass(frozen=True, slots=True)
class Decide(Command):
    """Grant or refuse; the reasons themselves stand in the decision document only."""

    result: Literal["grant", "refuse"]
    reasons_sha256: str | None = None
    # The minutes of the hearing on which the decision rests (行政许可法 48).
    minutes_sha256: str | None = None
    # Why a stand-in takes part in a joint decision although no absence of the holder is on record.
    stand_in_reason: str | None = None
    # Why it is refused, where the law draws a consequence from it (行政许可法 78).
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Deliver(Command):
    """Record that the result reached the applicant."""

    method: Literal["window", "post", "electronic"]
    waybill: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw(Command):
    """Take the application back before a decision."""


@dataclass(frozen=True, slots=True)
class DeemAccepted(Command):
    """Five working days passed without an answer."""


@dataclass(frozen=True, slots=True)
class Remind(Command):
    """The supply date comes near."""

    working_days_left: int


@dataclass(frozen=True, slots=True)
class ExpireTolerance(Command):
    """The supply date passed."""

    default_id: UUID


@dataclass(frozen=True, slots=True)
class LapseCorrection(Command):
    """The time to correct passed."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, as far as the law cares: id, the role that matters most, unit, and every role that the person holds."""

    id: str
    role: str
    unit: str | None = None
    also: frozenset[str] = frozenset()

    @property
    def roles(self) -> frozenset[str]:
        """Every role of this person."""
        return self.also | {self.role}


SYSTEM = By("service:applications", "system")


@dataclass(frozen=True, slots=True)
class Instant:
    """Now, as an instant and as the day in China."""

    at: datetime
    on: date
