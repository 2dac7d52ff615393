"""How an event changes a case.

`evolve` only follows what has been decided and refuses nothing; every rule is in `decide.py`.  The topics beside this
module each bring the changes of their own events.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import reduce
from uuid import UUID

from services.applications.domain import (
    duties,
    exits,
    extending,
    hearing_rights,
    hearings,
    licences,
    mandates,
    procedures,
    rating,
    recalculating,
    recusing,
    renewing,
    reviewing,
    revoking,
    sending_back,
    site_checks,
    tolerating,
)
from services.applications.domain import events as e
from services.applications.domain.case import Case, Promise, Verdict
from services.applications.domain.changes import Change, to_state, unchanged, under_review
from services.applications.domain.clocks import stop, stop_all
from services.applications.domain.copying import replace
from services.applications.domain.events import CaseEvent
from services.applications.domain.materials import HandedIn, Paper
from services.applications.domain.parts.tolerating import PostCheck
from services.applications.domain.state import State

ONE_DAY = timedelta(days=1)
# The time to decide, and what is done on the way to a decision only.
ENDED_BY_A_DECISION = ("statutory", "promised", "inspectors", "hearing_request", "hearing")


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
        undertaken=_undertaken(event),
        commitments=event.commitments,
        signatures=event.signatures,
        eligibility=event.eligibility,
        follow_up=event.follow_up,
        mandate=event.mandate,
    )


def _undertaken(event: e.Submitted) -> tuple[str, ...]:
    if not event.undertaking_signed:
        return ()
    return event.missing if event.undertaken is None else event.undertaken


def evolve(case: Case, event: CaseEvent) -> Case:
    """The case after one more event."""
    grown = replace(case, version=case.version + 1, documents=case.documents + event.documents)
    changed = _CHANGES[type(event)](grown, event)
    if changed.terminal:
        return _swept(changed, event.effective_on)
    return changed


def _swept(case: Case, on: date) -> Case:
    """Nothing of a closed case goes on: no clock, no special procedure."""
    procedures = tuple(replace(one, ended_on=on) if one.runs else one for one in case.procedures)
    return replace(case, clocks=stop_all(case.clocks, on), procedures=procedures, resumes_in=None)


def fold(case_id: UUID, events: Iterable[CaseEvent]) -> Case:
    """The case from all its events."""
    first, *rest = events
    if not isinstance(first, e.Submitted):
        raise ValueError("a case begins with its submission")
    return reduce(evolve, rest, begin(case_id, first))


_BASIS_STATES = {
    "ordinary": State.ACCEPTED,
    "tolerant": State.ACCEPTED_TOLERANT,
    "deemed": State.ACCEPTED_DEEMED,
}


def _accepted(case: Case, event: e.Accepted) -> Case:
    further = [clock for clock in (event.supply, event.inspectors) if clock is not None]
    new = [event.statutory, event.promised, *further]
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
        committed=event.committed,
        eligibility=event.eligibility or case.eligibility,
        clocks=(*stop(case.clocks, ["intake"], ran_out), *new),
    )


def _correction_requested(case: Case, event: e.CorrectionRequested) -> Case:
    return replace(
        case,
        state=State.CORRECTION_NOTICED,
        defects=event.defects,
        noticed_in=case.version,
        eligibility=event.eligibility or case.eligibility,
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
                under_review(case),
                promise=replace(case.promise, fulfilled_on=event.effective_on),
                clocks=stop(case.clocks, ["supply"], event.effective_on),
            )
        case "completion":
            # The result was given before: only the mark on it waits for the examination.
            assert case.promise is not None
            return replace(
                case,
                promise=replace(case.promise, fulfilled_on=event.effective_on),
                clocks=stop(case.clocks, ["supply"], event.effective_on),
            )
        case "deemed":
            return under_review(case)
    return case


def _paper(handed_in: HandedIn, event: e.MaterialsSupplied, version: int) -> Paper:
    return Paper(handed_in, event.supplied_at, version)


def _decided(case: Case, event: e.Decided) -> Case:
    # §5.3(8): papers that are to come after the grant keep their date.
    ended = [*ENDED_BY_A_DECISION, *(() if event.awaited else ("supply",))]
    new = [event.delivery, *([event.post_check] if event.post_check else [])]
    return replace(
        case,
        state=State.DECIDED_GRANT if event.result == "grant" else State.DECIDED_REFUSE,
        verdict=Verdict(
            event.result, event.decided_on, event.decided_by, event.online_remedy, awaited=event.awaited
        ),
        clocks=(*stop(case.clocks, ended, event.effective_on), *new),
        post_checks=tuple(PostCheck(code) for code in case.committed) if event.post_check else (),
    )


def _tolerance_expired(case: Case, event: e.ToleranceExpired) -> Case:
    assert case.promise is not None
    promise = replace(case.promise, broken_on=event.effective_on, default_id=event.default_id)
    return replace(case, promise=promise, clocks=stop(case.clocks, ["supply"], event.effective_on))


def _delivered(case: Case, event: e.Delivered) -> Case:
    assert case.verdict is not None
    return replace(
        case,
        state=State.DELIVERED,
        verdict=replace(case.verdict, delivered_on=event.delivered_on, method=event.method),
        clocks=stop(case.clocks, ["delivery"], event.effective_on),
    )


_CHANGES: Mapping[type[CaseEvent], Change] = {
    e.Accepted: _accepted,
    e.CorrectionRequested: _correction_requested,
    e.MaterialsSupplied: _materials_supplied,
    e.SupplyReminded: unchanged,
    e.ToleranceExpired: _tolerance_expired,
    e.Terminated: to_state(State.TERMINATED),
    e.Lapsed: to_state(State.LAPSED_NO_CORRECTION),
    e.Decided: _decided,
    e.Delivered: _delivered,
    e.Withdrawn: to_state(State.WITHDRAWN),
    **duties.CHANGES,
    **exits.CHANGES,
    **extending.CHANGES,
    **hearing_rights.CHANGES,
    **hearings.CHANGES,
    **licences.CHANGES,
    **mandates.CHANGES,
    **procedures.CHANGES,
    **rating.CHANGES,
    **recalculating.CHANGES,
    **recusing.CHANGES,
    **renewing.CHANGES,
    **reviewing.CHANGES,
    **revoking.CHANGES,
    **sending_back.CHANGES,
    **site_checks.CHANGES,
    **tolerating.CHANGES,
}
