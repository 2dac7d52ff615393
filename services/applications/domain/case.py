"""A case: the fold of its events (`evolve.py`)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import Issued
from services.applications.domain.materials import Defect, Paper
from services.applications.domain.parts.duties import Breach
from services.applications.domain.parts.hearings import Hearing, InterestedParty
from services.applications.domain.parts.licences import FollowUp, Heard, Licence
from services.applications.domain.parts.mandates import Mandate
from services.applications.domain.parts.procedures import Extension, Procedure
from services.applications.domain.parts.rating import Rating
from services.applications.domain.parts.reviewing import NOTHING_REVIEWED, Review
from services.applications.domain.parts.tolerating import (
    Eligibility,
    PostCheck,
    Recall,
    Signature,
    SupplyRequest,
)
from services.applications.domain.state import TERMINAL_STATES, State


@dataclass(frozen=True, slots=True)
class Promise:
    """The undertaking of a tolerant acceptance: what is to come, by when, and how it ended."""

    due_on: date
    lacking: tuple[str, ...]
    fulfilled_on: date | None = None
    broken_on: date | None = None
    default_id: UUID | None = None
    # What came was examined (§5.3(6)): right, or wrong and noticed once more.
    confirmed_on: date | None = None
    confirmed_by: str | None = None
    faulted_on: date | None = None
    faulted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and its delivery."""

    result: str
    decided_on: date
    decided_by: str
    online_remedy: bool = False
    delivered_on: date | None = None
    method: str | None = None
    # 容缺审批: the papers that were to come after the grant.
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the law asks about a case, and no word about who the people are."""

    id: UUID
    version: int
    state: State
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
    received_on: date
    received_by: str
    receiver_role: str
    asks_tolerance: bool
    undertaking_signed: bool
    email_given: bool
    proposed: str
    papers: tuple[Paper, ...] = ()
    defects: tuple[Defect, ...] = ()
    noticed_in: int | None = None
    clocks: tuple[Clock, ...] = ()
    basis: str | None = None
    accepted_on: date | None = None
    accepted_by: str | None = None
    promise: Promise | None = None
    verdict: Verdict | None = None
    documents: tuple[Issued, ...] = ()
    # The papers that the signed undertaking names.
    undertaken: tuple[str, ...] = ()
    # Everybody who took in papers after the submission.
    also_received_by: tuple[str, ...] = ()
    # Where the case goes on when its special procedure is over.
    resumes_in: State | None = None
    procedures: tuple[Procedure, ...] = ()
    extension: Extension | None = None
    interested: tuple[InterestedParty, ...] = ()
    hearing: Hearing | None = None
    # What the applicant said beside the application (行政许可法 36).
    applicant_statement_sha256: str | None = None
    breaches: tuple[Breach, ...] = ()
    review: Review = NOTHING_REVIEWED
    licence: Licence | None = None
    # The earlier licence that this case is to change or renew, and the later case that changed or renewed this one.
    follow_up: FollowUp | None = None
    followed_by: UUID | None = None
    heard: Heard | None = None
    mandate: Mandate | None = None
    # How the result is to come, as said when the case moved to another channel.
    delivery_way: str | None = None
    post_checks: tuple[PostCheck, ...] = ()
    recall: Recall | None = None
    # 告知承诺: offered with the application, and (since the acceptance) those that stand for papers.
    commitments: tuple[str, ...] = ()
    committed: tuple[str, ...] = ()
    eligibility: Eligibility | None = None
    signatures: tuple[Signature, ...] = ()
    supply_request: SupplyRequest | None = None
    rating: Rating | None = None

    @property
    def handled_by(self) -> frozenset[str]:
        """Whoever received or accepted the application: none of them may be its sole decider (§4.3)."""
        handled = (self.received_by, *self.also_received_by, self.accepted_by)
        return frozenset(person for person in handled if person is not None)

    @property
    def terminal(self) -> bool:
        """Whether nothing more can happen."""
        return self.state in TERMINAL_STATES

    def clock(self, name: str) -> Clock | None:
        """The newest clock of this name, whether it runs or not."""
        return next((clock for clock in reversed(self.clocks) if clock.name == name), None)

    @property
    def due_on(self) -> date | None:
        """The nearest date that somebody must keep: what work lists show is what they are sorted by."""
        return min((clock.due_on for clock in self.clocks if clock.runs), default=None)

    @property
    def needs_credit(self) -> bool:
        """Whether anything that the applicant asked for depends on credit: tolerance or a commitment."""
        return self.asks_tolerance or bool(self.commitments)

    @property
    def supplied_codes(self) -> tuple[str, ...]:
        """The materials for which there is a paper, or a commitment that was accepted in its place."""
        papers = tuple(paper.code for paper in self.papers)
        return papers + tuple(code for code in self.committed if code not in papers)

    @property
    def asked_for_more_time(self) -> bool:
        """Whether more time to supply was asked for and nobody has answered yet (§5.3(7))."""
        return self.supply_request is not None and self.supply_request.answered_on is None

    @property
    def awaits_after_grant(self) -> bool:
        """Whether the result was given before completion and its papers are still awaited (§5.3(8))."""
        promise = self.promise
        return bool(self.verdict and self.verdict.awaited and promise) and not (
            promise is None or promise.confirmed_on or promise.broken_on
        )
