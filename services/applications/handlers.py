"""What is done when a command, an event or a timer arrives: load, ask the domain, write; the rules are elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.applications import access, metrics
from services.applications.contracts import (
    AcceptCase,
    AcceptTolerantly,
    CaseReceipt,
    CaseReference,
    DecideCase,
    DeliverResult,
    RequestCorrection,
    SupplyMaterials,
    WithdrawCase,
)
from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.commands import Instant
from services.applications.domain.decide import decide
from services.applications.domain.documents import Secrets
from services.applications.domain.errors import IllegalTransition, case_not_found, stale
from services.applications.domain.events import CaseEvent
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.licences import validity_of
from services.applications.domain.mandates import lost_reach, must_reach
from services.applications.domain.materials import Defect, refuse_unseen
from services.applications.domain.state import DECIDED_STATES, State
from services.applications.powers import facts_for_review, keep_words
from services.applications.recording import Change, Written, write
from services.applications.recording import Doing as Doing  # what every handler is given
from services.applications.store import cases, licences
from services.applications.store.cases import EVERYTHING, StoredCase
from services.applications.submitting import handed_in, receipt_of
from shared import time
from shared.identity import Role


async def accept_case(doing: Doing, request: AcceptCase) -> CaseReceipt:
    """A clerk accepts a complete application."""
    return await act(doing, await held(doing, request.case_id, request.expected_version), c.Accept())


async def accept_tolerantly(doing: Doing, request: AcceptTolerantly) -> CaseReceipt:
    """A clerk accepts although tolerable papers are still to come."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.AcceptTolerantly(request.supply_due_on))


async def request_correction(doing: Doing, request: RequestCorrection) -> CaseReceipt:
    """A clerk notices everything that is to be corrected, once."""
    case = await held(doing, request.case_id, request.expected_version)
    found = tuple(Defect(defect.material_code, defect.reason) for defect in request.defects)
    words = {Defect(d.material_code, d.reason): d.explanation for d in request.defects if d.explanation}
    return await act(
        doing, case, c.RequestCorrection(found, request.correction_working_days), explanations=words
    )


async def supply_materials(doing: Doing, request: SupplyMaterials) -> CaseReceipt:
    """The applicant, or a clerk for him, hands in papers for an open case."""
    case = await find(doing, request, lock=True)
    access.require_channel(doing.actor, request.channel)
    _expect(case.case, request.expected_version)
    item = doing.office.known.item(case.case.item_code, case.case.item_version, time.today())
    papers = handed_in(request.materials)
    refuse_unseen(item, papers, at_counter=doing.actor.has(Role.CLERK))
    return await act(doing, case, c.Supply(papers, request.channel))


async def decide_case(
    doing: Doing, request: DecideCase, *, alike: tuple[str, int] | None = None
) -> CaseReceipt:
    """An approver grants or refuses; `alike` names item and version of the others in a batch."""
    licence_case = await hold_licence_case(doing, request.case_id)
    stored = await held(doing, request.case_id, request.expected_version)
    today = time.today()
    item = doing.office.known.item(stored.case.item_code, stored.case.item_version, today)
    command = c.Decide(
        request.result,
        digest_of(request.reasons),
        ground=request.ground,
        minutes_sha256=request.minutes_sha256,
        stand_in_reason=request.stand_in_reason,
    )
    more = await facts_for_review(doing.connection, stored.case, item, today)
    secrets = Secrets(reasons=request.reasons or "")
    receipt = await act(doing, stored, command, secrets, alike=alike, licence_case=licence_case, **more)
    if request.reasons is not None and State(receipt.state) not in DECIDED_STATES:
        # One voice of a joint decision: no document holds its reasons.
        await keep_words(doing.office, doing.connection, stored.case.id, request.reasons)
    return receipt


async def deliver_result(doing: Doing, request: DeliverResult) -> CaseReceipt:
    """A clerk records that the result reached the applicant."""
    case = await held(doing, request.case_id, request.expected_version)
    secrets = Secrets(recipient=request.recipient or "")
    return await act(doing, case, c.Deliver(request.method, request.waybill), secrets)


async def withdraw_case(doing: Doing, request: WithdrawCase) -> CaseReceipt:
    """The applicant takes the application back."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.Withdraw(), Secrets(reasons=request.reason or ""))


def digest_of(words: str | None) -> str | None:
    """The digest under which free text stands in the record; the text itself is in the (encrypted) document only."""
    return None if words is None else sha256(words.encode()).hexdigest()


async def fire_timers(doing: Doing, due: Mapping[UUID, c.Command]) -> frozenset[UUID]:
    """Clocks of these cases ran out: draw the consequences; the cases that have changed."""
    held = await cases.load_all(doing.connection, due)
    changes = [await _consequence(doing, held[case_id], due[case_id]) for case_id in due if case_id in held]
    await write(doing, [change for change in changes if change is not None])
    return frozenset(change.case.id for change in changes if change is not None and change.events)


async def _consequence(doing: Doing, case: Case, command: c.Command) -> Change | None:
    try:
        return Change(case, decide(case, command, await _facts(doing, case)))
    except IllegalTransition:
        # The case went on in another way since; the table of transitions says so.
        return None


async def recompute(doing: Doing, case_id: UUID, command: c.RecomputeClocks) -> bool:
    """Count a case again by the newest calendar and move its timers; False when no date of it changes.

    A notice of holidays may move a timer although no date moves: a reminder is so many working days before one.  Limits
    inside the organ move with the calendar too, and no event tells of them.
    """
    held = await cases.load_all(doing.connection, [case_id])
    if case_id not in held or held[case_id].terminal:
        return False
    case = held[case_id]
    events = decide(case, command, await facts_about(doing, case, with_credit=False))
    await write(doing, [Change(case, events)])
    return bool(events)


async def find(doing: Doing, reference: CaseReference, *, lock: bool = False) -> StoredCase:
    """The case that a caller names, within what that caller may see."""
    connection, office = doing.connection, doing.office
    if reference.case_id is not None:
        stored = await cases.load(connection, reference.case_id, access.scope_of(doing.actor), lock=lock)
    else:
        assert reference.case_no is not None
        assert reference.access_code is not None
        stored = await office.codes.load(connection, reference.case_no, reference.access_code, lock=lock)
    if stored is None or lost_reach(stored.case, doing.actor.person_id, time.today()):
        raise case_not_found()
    return stored


async def held(doing: Doing, case_id: UUID, expected_version: int) -> StoredCase:
    """The case, locked, when the caller may change it and has read its newest version."""
    stored = await cases.load(doing.connection, case_id, access.scope_of(doing.actor), lock=True)
    if stored is None:
        raise case_not_found()
    _expect(stored.case, expected_version)
    return stored


def _expect(case: Case, version: int) -> None:
    if case.version != version:
        raise stale(version, case.version)


async def act(
    doing: Doing,
    stored: StoredCase,
    command: c.Command,
    secrets: Secrets | None = None,
    *,
    explanations: dict[Defect, str] | None = None,
    **more_facts: Any,
) -> CaseReceipt:
    """Let the domain decide and write what follows; `more_facts` are fields of `Facts` that only this command needs."""
    must_reach(stored.case, command, doing.actor.person_id, time.today())
    facts = replace(await _facts(doing, stored.case), **more_facts)
    events = decide(stored.case, command, facts)
    secrets = secrets or _explaining(events, explanations or {})
    written = await _record(doing, Change(stored.case, events, secrets))
    return receipt_of(written.case, written.sealed)


def _explaining(events: Sequence[CaseEvent], explanations: dict[Defect, str]) -> Secrets:
    requested = next((event for event in events if isinstance(event, e.CorrectionRequested)), None)
    defects = requested.defects if requested else ()
    return Secrets(explanations=tuple(explanations.get(defect) for defect in defects))


async def _facts(doing: Doing, case: Case) -> Facts:
    return await facts_about(doing, case, with_credit=case.needs_credit and case.basis is None)


async def facts_about(doing: Doing, case: Case, *, with_credit: bool) -> Facts:
    """What the world says about this case now; nobody outside is asked about credit inside a transaction."""
    at = time.now()
    now = Instant(at, time.shanghai(at).date())
    item = doing.office.known.item(case.item_code, case.item_version, now.on)
    answer = await doing.office.credit.known(doing.connection, case.applicant_id, at) if with_credit else None
    online = bool(doing.office.organ.reconsideration_url)
    return Facts(
        now, access.by(doing.actor), item, doing.office.calendar, answer, online, doing.office.hearing
    )


async def _record(doing: Doing, change: Change) -> Written:
    (written,) = await write(doing, [change])
    await _follow_up(doing, written, change.events)
    return written


async def hold_licence_case(doing: Doing, case_id: UUID) -> Case | None:
    """The case of the licence that this one is about, locked before this one.

    A grant changes both.  The earlier case has the smaller id, and everybody locks it first, so that nobody waits for
    somebody who waits for them.
    """
    earlier = await licences.licence_case_of(doing.connection, case_id)
    stored = None if earlier is None else await cases.load(doing.connection, earlier, EVERYTHING, lock=True)
    return None if stored is None else stored.case


async def _follow_up(doing: Doing, written: Written, events: Sequence[CaseEvent]) -> None:
    # LIC-20, LIC-21: what a grant changes or renews is marked so in the same transaction.
    command = _what_follows(written.case, written.item, events)
    if command is None:
        return
    original = await hold_licence_case(doing, written.case.id)
    assert original is not None
    facts = await facts_about(doing, original, with_credit=False)
    await write(doing, [Change(original, decide(original, command, replace(facts, by=c.SYSTEM)))])


def _what_follows(case: Case, item: Item, events: Sequence[CaseEvent]) -> c.Command | None:
    if case.follow_up is None:
        return None
    for event in events:
        match event, case.follow_up.purpose:
            case e.Decided(result="grant"), "change":
                return c.MarkChanged(case.id)
            case e.Decided(result="grant"), _:
                return c.MarkRenewed(case.id, "decision", validity_of(case, item)[1])
            case e.RenewalDeemed(), _:
                return c.MarkRenewed(case.id, "silence", event.valid_until, event.expired_on)
    return None


async def expire_licence(doing: Doing, case_id: UUID, valid_until: date) -> None:
    """A validity has ended: an unanswered renewal counts as granted (Art 50), or the licence is to be struck off (70)."""
    if not await licences.settle(doing.connection, case_id, time.now()):
        return
    for renewal in await licences.renewals_of(doing.connection, case_id):
        if await _deem(doing, renewal, c.DeemRenewed(valid_until)):
            return
    case = (await cases.load_all(doing.connection, [case_id]))[case_id]
    await _record(doing, Change(case, decide(case, c.MarkExpired(), await _facts(doing, case))))


async def _deem(doing: Doing, case_id: UUID, command: c.DeemRenewed) -> bool:
    # LIC-04 before LIC-21: an application that was left unanswered counts as accepted since its receipt, whichever timer
    # is looked at first.
    await _draw(doing, case_id, c.DeemAccepted())
    return await _draw(doing, case_id, command)


async def _draw(doing: Doing, case_id: UUID, command: c.Command) -> bool:
    held = await cases.load_all(doing.connection, [case_id])
    change = await _consequence(doing, held[case_id], command)
    if change is None or not change.events:
        # Decided, withdrawn or never accepted: there is nothing to be silent about.
        return False
    await _record(doing, change)
    return True


def count(happened: Sequence[CaseEvent]) -> None:
    """Count what was committed."""
    for event in happened:
        match event:
            case e.Accepted(basis=basis):
                metrics.record_accepted(basis)
            case e.Decided(result=result):
                metrics.record_decided(result)
            case e.Terminated(reason=reason):
                metrics.record_ended(reason)
            case e.Lapsed():
                metrics.record_ended("no_correction")
            case e.Withdrawn():
                metrics.record_ended("withdrawn")
            case e.NotRequired():
                metrics.record_ended("not_required")
            case e.NotCompetent():
                metrics.record_ended("not_competent")
            case e.Voided():
                metrics.record_ended("voided")
