"""What every case goes through, from its submission to its delivery.

`effective_on` is the day from which the law counts the fact, which is not always the day it was recorded (a deemed
acceptance reaches back to the receipt).  Fields may be added with a default; anything else is a new schema version.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.applications.domain.clocks import Clock
from services.applications.domain.credit import CreditFacts
from services.applications.domain.materials import Defect, HandedIn
from services.applications.domain.parts.licences import FollowUp
from services.applications.domain.parts.mandates import Mandate
from services.applications.domain.parts.tolerating import Eligibility, Signature


@dataclass(frozen=True, slots=True)
class Issued:
    """A formal document that came with an event: its kind, id and number, and the digest of its text."""

    kind: str
    id: UUID
    number: str
    # Absent from records made before documents were printed.
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """What every event has."""

    effective_on: date
    documents: tuple[Issued, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(CaseEvent):
    """Papers were received and a voucher was given."""

    case_no: str
    item_code: str
    item_version: int
    unit: str
    channel: str
    applicant_id: UUID
    agent_id: UUID | None
    partner: str | None
    external_no: str | None
    submitted_at: datetime
    received_by: str
    receiver_role: str
    papers: tuple[HandedIn, ...]
    asks_tolerance: bool
    undertaking_signed: bool
    email_given: bool
    intake: Clock
    proposed: str
    missing: tuple[str, ...]
    tolerance_refused: tuple[str, ...] = ()
    credit: CreditFacts | None = None
    # The papers that the undertaking names; None: a record from before, whose undertaking names all that was missing.
    undertaken: tuple[str, ...] | None = None
    # The papers that commitments are to stand for, and why they can't (信用 only: anything else is no valid form).
    commitments: tuple[str, ...] = ()
    commitment_refused: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    eligibility: Eligibility | None = None
    follow_up: FollowUp | None = None
    # What the agent named at the submission may do, and how long; absent from records of before mandates were dated.
    mandate: Mandate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(CaseEvent):
    """The case is accepted; the statutory clock runs from `accepted_on`."""

    basis: str
    accepted_on: date
    accepted_by: str
    statutory: Clock
    promised: Clock
    supply: Clock | None = None
    # Where the law has the organ assign inspectors: how long it has (行政许可法 55).
    inspectors: Clock | None = None
    lacking: tuple[str, ...] = ()
    credit: CreditFacts | None = None
    # The papers that commitments stand for.
    committed: tuple[str, ...] = ()
    eligibility: Eligibility | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRequested(CaseEvent):
    """The applicant was told everything that is to be corrected."""

    defects: tuple[Defect, ...]
    correction: Clock
    requested_by: str
    tolerance_refused: tuple[str, ...] = ()
    credit: CreditFacts | None = None
    commitment_refused: tuple[str, ...] = ()
    eligibility: Eligibility | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialsSupplied(CaseEvent):
    """Papers came in later; `completes` says that nothing of what they answer is open any more."""

    answers: str
    papers: tuple[HandedIn, ...]
    supplied_at: datetime
    supplied_by: str
    channel: str
    completes: bool
    proposed: str
    still_lacking: tuple[str, ...] = ()
    intake: Clock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyReminded(CaseEvent):
    """The applicant is to be reminded of the supply date."""

    supply_due_on: date
    working_days_left: int
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceExpired(CaseEvent):
    """The undertaking was broken; a default is on record."""

    supply_due_on: date
    lacking: tuple[str, ...]
    default_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminated(CaseEvent):
    """The case ended without a decision."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed(CaseEvent):
    """No correction came in time."""

    correction_due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(CaseEvent):
    """Granted or refused."""

    result: str
    decided_on: date
    decided_by: str
    within_promise: bool
    within_statute: bool
    delivery: Clock
    remedy: str | None = None
    reasons_sha256: str | None = None
    # Whether the document names an address at which a reconsideration can be asked for on line.
    online_remedy: bool = False
    # 容缺审批: the papers that are still to come after the grant, and the last day for them.
    awaited: tuple[str, ...] = ()
    awaited_until: date | None = None
    # How long the organ has to check the commitments that the grant rests on.
    post_check: Clock | None = None
    # The minutes of the hearing on which the decision rests (行政许可法 48).
    minutes_sha256: str | None = None
    # False papers, and until when the same licence can't be applied for again (行政许可法 78).
    ground: str | None = None
    banned_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(CaseEvent):
    """The result reached the applicant."""

    delivered_on: date
    method: str
    result: str
    delivered_by: str
    waybill: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(CaseEvent):
    """The applicant took the application back."""

    withdrawn_on: date
    withdrawn_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyBreached(CaseEvent):
    """The organ missed a duty; `rule` is its number in our table, `article` the law, `clock` what ran out."""

    rule: str
    article: str
    due_on: date
    clock: str = ""


EVENTS: tuple[type[CaseEvent], ...] = (
    Submitted,
    Accepted,
    CorrectionRequested,
    MaterialsSupplied,
    SupplyReminded,
    ToleranceExpired,
    Terminated,
    Lapsed,
    Decided,
    Delivered,
    Withdrawn,
    DutyBreached,
)
