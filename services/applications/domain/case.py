"""A case: the fold of its events.

`evolve` only follows what has been decided and refuses nothing; every rule is in `decide.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from uuid import UUID

from services.applications.domain import events as e
from services.applications.domain.clocks import Clock, stop, stop_all
from services.applications.domain.events import CaseEvent, Issued
from services.applications.domain.materials import Defect, HandedIn, Paper
from services.applications.domain.state import TERMINAL_STATES, State

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Promise:
    """The undertaking of a tolerant acceptance: what is to come, by when, and how it ended."""

    due_on: date
    lacking: tuple[str, ...]
    fulfilled_on: date | None = None
    broken_on: date | None = None
    default_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and its delivery."""

    result: str
    decided_on: date
    decided_by: str
    online_remedy: bool = False
    delivered_on: date | None = None
    method: str | None = None


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
    def supplied_codes(self) -> tuple[str, ...]:
        """The materials for which there is a paper."""
        return tuple(paper.code for paper in self.papers)


def begin(case_id: UUID, event: e.Submitted) -> Case:
    """The case after its first event."""
    return Case(
        id=case_id,
        version=1,
        state=State.SUBMITTED,
        case_no=event.case_no,
        item_code=event.item_code,
        item_version=event.item_version,
        unit=event.unit,
        channel=event.channel,
        applicant_id=event.applicant_id,
        agent_id=event.agent_id,
        partner=event.partner,
        external_no=event.external_no,
        submitted_at=event.submitted_at,
        received_on=event.effective_on,
        received_by=event.received_by,
        receiver_role=event.receiver_role,
        asks_tolerance=event.asks_tolerance,
        undertaking_signed=event.undertaking_signed,
        email_given=event.email_given,
        proposed=event.proposed,
        papers=tuple(Paper(paper, event.submitted_at, 1) for paper in event.papers),
        clocks=(event.intake,),
        documents=event.documents,
        undertaken=event.missing if event.undertaking_signed else (),
    )


def evolve(case: Case, event: CaseEvent) -> Case:
    """The case after one more event."""
    grown = replace(case, version=case.version + 1, documents=case.documents + event.documents)
    changed = _change(grown, event)
    if changed.terminal:
        return replace(changed, clocks=stop_all(changed.clocks, event.effective_on))
    return changed


def fold(case_id: UUID, events: Iterable[CaseEvent]) -> Case:
    """The case from all its events."""
    first, *rest = events
    if not isinstance(first, e.Submitted):
        raise ValueError("a case begins with its submission")
    return reduce(evolve, rest, begin(case_id, first))


def _change(case: Case, event: CaseEvent) -> Case:
    match event:
        case e.Accepted():
            return _accepted(case, event)
        case e.CorrectionRequested():
            return _correction_requested(case, event)
        case e.MaterialsSupplied():
            return _materials_supplied(case, event)
        case e.SupplyReminded() | e.DutyBreached():
            return case
        case e.ToleranceExpired(effective_on=on, default_id=default_id):
            assert case.promise is not None
            return replace(case, promise=replace(case.promise, broken_on=on, default_id=default_id))
        case e.Terminated():
            return replace(case, state=State.TERMINATED)
        case e.Lapsed():
            return replace(case, state=State.LAPSED_NO_CORRECTION)
        case e.Decided():
            return _decided(case, event)
        case e.Delivered(delivered_on=on, method=method):
            assert case.verdict is not None
            return replace(
                case, state=State.DELIVERED, verdict=replace(case.verdict, delivered_on=on, method=method)
            )
        case e.Withdrawn():
            return replace(case, state=State.WITHDRAWN)
    raise ValueError(f"a case does not know {type(event).__name__}")


_BASIS_STATES = {
    "ordinary": State.ACCEPTED,
    "tolerant": State.ACCEPTED_TOLERANT,
    "deemed": State.ACCEPTED_DEEMED,
}


def _accepted(case: Case, event: e.Accepted) -> Case:
    new = [event.statutory, event.promised, *([event.supply] if event.supply else [])]
    # A deemed acceptance reaches back to the receipt, but the time to answer did run out, and is seen to have.
    intake = case.clock("intake")
    ran_out = intake.due_on + ONE_DAY if event.basis == "deemed" and intake else event.effective_on
    return replace(
        case,
        state=_BASIS_STATES[event.basis],
        basis=event.basis,
        accepted_on=event.accepted_on,
        accepted_by=event.accepted_by,
        promise=Promise(event.supply.due_on, event.lacking) if event.supply else None,
        clocks=(*stop(case.clocks, ["intake"], ran_out), *new),
    )


def _correction_requested(case: Case, event: e.CorrectionRequested) -> Case:
    return replace(
        case,
        state=State.CORRECTION_NOTICED,
        defects=event.defects,
        noticed_in=case.version,
        clocks=(*stop(case.clocks, ["intake"], event.effective_on), event.correction),
    )


def _materials_supplied(case: Case, event: e.MaterialsSupplied) -> Case:
    new = {paper.code for paper in event.papers}
    kept = tuple(paper for paper in case.papers if paper.code not in new)
    case = replace(
        case,
        papers=kept + tuple(_paper(paper, event, case.version) for paper in event.papers),
        defects=tuple(defect for defect in case.defects if defect.material_code not in new),
        proposed=event.proposed,
        also_received_by=tuple(dict.fromkeys((*case.also_received_by, event.supplied_by))),
    )
    if not event.completes:
        return case
    match event.answers:
        case "correction":
            clocks = stop(case.clocks, ["correction"], event.effective_on)
            new_clocks = (event.intake,) if event.intake else ()
            return replace(
                case,
                state=State.SUBMITTED,
                received_on=event.effective_on,
                clocks=(*clocks, *new_clocks),
            )
        case "tolerance":
            assert case.promise is not None
            return replace(
                case,
                state=State.IN_REVIEW,
                promise=replace(case.promise, fulfilled_on=event.effective_on),
                clocks=stop(case.clocks, ["supply"], event.effective_on),
            )
        case "deemed":
            return replace(case, state=State.IN_REVIEW)
    return case


def _paper(handed_in: HandedIn, event: e.MaterialsSupplied, version: int) -> Paper:
    return Paper(handed_in, event.supplied_at, version)


def _decided(case: Case, event: e.Decided) -> Case:
    return replace(
        case,
        state=State.DECIDED_GRANT if event.result == "grant" else State.DECIDED_REFUSE,
        verdict=Verdict(event.result, event.decided_on, event.decided_by, event.online_remedy),
        clocks=(*stop(case.clocks, ["statutory", "promised", "supply"], event.effective_on), event.delivery),
    )
