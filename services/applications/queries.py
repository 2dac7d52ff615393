"""Questions about cases: what papers amount to, one case with all that belongs to it, its events."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from asyncpg import Record

from services.applications import access, records
from services.applications.contracts import (
    CaseEffects,
    CaseView,
    CheckMaterials,
    EffectView,
    GetCase,
    GetEffects,
    MaterialCheck,
)
from services.applications.contracts.case_view import ReviewView
from services.applications.contracts.credit import CaseCredit
from services.applications.credit import of_cases
from services.applications.credit.looking import case_credit
from services.applications.credit.sources import Subject
from services.applications.domain.answering import assess_case
from services.applications.domain.case import Case
from services.applications.domain.commands import Instant
from services.applications.domain.committing import refuse_unoffered
from services.applications.domain.credit import CreditFacts
from services.applications.domain.errors import NotAllowed, case_not_found
from services.applications.domain.evolve import fold
from services.applications.domain.facts import Facts
from services.applications.domain.materials import Paper, refuse_foreign, refuse_unseen
from services.applications.domain.outcome import assess_papers
from services.applications.domain.serving import refuse_unserved
from services.applications.domain.state import State
from services.applications.domain.transitions import allowed_commands
from services.applications.handlers import Doing, facts_about, find
from services.applications.looks import is_own
from services.applications.office import Office
from services.applications.powers import words_of
from services.applications.store import cases, documents
from services.applications.store.cases import StoredCase, summary_place
from services.applications.store.tolerating import newest_statements
from services.applications.submitting import handed_in
from services.applications.viewing.case import case_view
from services.applications.viewing.checks import check_view
from services.applications.viewing.review import review_view
from shared import time
from shared.identity import Actor, Role


async def check(office: Office, actor: Actor, request: CheckMaterials) -> MaterialCheck:
    """What would happen to these papers, without storing anything of the application."""
    at = time.now()
    now = Instant(at, time.shanghai(at).date())
    item = await office.item_in_force(request.item_code, request.item_version, now.on)
    if request.applicant is not None:
        refuse_unserved(item, request.applicant.kind)
    papers = handed_in(request.materials)
    refuse_foreign(item, papers)
    refuse_unseen(item, papers, at_counter=actor.has(Role.CLERK))
    codes = [paper.code for paper in papers]
    refuse_unoffered(item, request.committed, codes, pointer="/committed")
    answer = None
    if (request.asks_tolerance or request.committed) and request.applicant is not None:
        given = request.applicant
        person_id = office.people.person_id(given.certificate_type, given.certificate_number)
        _require_own_credit(actor, person_id)
        subject = Subject(person_id, given.certificate_type.value, given.certificate_number)
        answer = await of_cases.of_check(office, actor, subject)
    assessment = assess_papers(
        item,
        codes,
        (),
        offered=request.committed,
        asked=request.asks_tolerance,
        signed=request.undertaking_signed,
        credit=answer,
        on=now.on,
        calendar=office.calendar,
    )
    shown = [Paper(paper, at, 1) for paper in papers]
    return check_view(item, assessment, asked=request.asks_tolerance, papers=shown)


def _require_own_credit(actor: Actor, person_id: UUID) -> None:
    # A dry run must not become a way to learn about other people's credit.
    if actor.has(*access.STAFF) or actor.person_id == person_id:
        return
    raise NotAllowed(
        "credit_of_somebody_else",
        "只能查询本人的容缺受理资格。",
        "You can only ask about your own eligibility for tolerance.",
        pointer="/applicant",
    )


async def get_case(doing: Doing, request: GetCase) -> CaseView:
    """One case, masked unless it is the caller's own."""
    stored = await find(doing, request)
    case = stored.case
    events = await cases.event_rows(doing.connection, case.id)
    written = await documents.of_case(doing.connection, case.id)
    earlier = request.as_of is not None and request.as_of < case.version
    if earlier:
        events = [row for row in events if row["version"] <= request.as_of]
        written = [row for row in written if row["case_version"] <= request.as_of]
        case = _folded(case.id, events)
    waiting = case.state is State.SUBMITTED and not earlier
    facts = await facts_about(doing, case, with_credit=case.needs_credit and waiting)
    if not waiting:
        # What was known when the case was answered is what counts for it ever after.
        facts = replace(facts, credit=_recorded_credit(events))
    return case_view(
        case,
        facts,
        assess_case(case, facts),
        parties=await doing.office.parties.of_case(doing.connection, case.id),
        documents=written,
        events=events,
        credit=_credit(doing, case, facts.credit),
        review=await _review(doing, case, facts, events),
        summary=_summary(doing, stored),
        # What was allowed then is no offer now.
        allowed=() if earlier else _allowed(doing, case),
        explained=request.explain,
        masked=not is_own(doing, case),
        words=await _own_words(doing, case),
    )


def _folded(case_id: UUID, events: Sequence[Record]) -> Case:
    """The case as these events leave it."""
    return fold(
        case_id,
        (records.event_from_record(row["name"], row["schema_version"], row["data"]) for row in events),
    )


async def _own_words(doing: Doing, case: Case) -> Mapping[str, str]:
    # Free words may name people: the people of the case read them, and the staff who have to answer them.
    if not (is_own(doing, case) or doing.actor.has(*access.STAFF)):
        return {}
    asked = case.supply_request is not None or (case.recall is not None and case.recall.heard_on is not None)
    found: dict[str, str] = {}
    if asked:
        found |= await newest_statements(doing.connection, doing.office.keyring, case.id)
    if case.rating is not None and case.rating.words_sha256 is not None:
        kept = await words_of(doing.office, doing.connection, case.id)
        found["rating"] = kept[case.rating.words_sha256]
    return found


def _recorded_credit(events: Sequence[Record]) -> CreditFacts | None:
    """The newest snapshot in the record of the case."""
    snapshots = [row["data"]["credit"] for row in events if row["data"].get("credit")]
    return records.credit_from_record(snapshots[-1]) if snapshots else None


def _credit(doing: Doing, case: Case, credit: CreditFacts | None) -> CaseCredit | None:
    # The staff see which list and which record stand against tolerance, or who was silent; others see the reasons.
    if credit is None or not doing.actor.has(*access.STAFF):
        return None
    return case_credit(case.id, credit)


async def _review(doing: Doing, case: Case, facts: Facts, events: Sequence[Record]) -> ReviewView | None:
    # What the staff think of the case, and by when, is no matter of the applicant's before the decision is made.
    if not doing.actor.has(*access.STAFF, Role.SUPERVISOR, Role.AUDITOR):
        return None
    may_read = doing.actor.has(*access.STAFF) and case.review.given
    words = await words_of(doing.office, doing.connection, case.id) if may_read else {}
    return review_view(case, facts, events, words)


def _summary(doing: Doing, stored: StoredCase) -> str | None:
    # The applicant's own words may name people, so only these and the staff who handle the case read them.
    case = stored.case
    if stored.summary is None or not (is_own(doing, case) or doing.actor.has(*access.STAFF)):
        return None
    return doing.office.keyring.decrypt_text(stored.summary, context=summary_place(case.id))


def _allowed(doing: Doing, case: Case) -> tuple[str, ...]:
    actor = doing.actor
    allowed = allowed_commands(case.state, frozenset(role.value for role in actor.roles))
    if actor.has(*access.STAFF) and actor.unit != case.unit:
        return ()
    if actor.id in case.review.recused:
        return ()
    if case.rating is not None:
        allowed = tuple(name for name in allowed if name != "rate_case")
    if actor.id in case.handled_by:
        allowed = tuple(name for name in allowed if name != "decide_case")
    if not actor.has(*access.STAFF) and not is_own(doing, case):
        allowed = tuple(name for name in allowed if name == "supply_materials")
    return allowed


async def _id_of(doing: Doing, case_no: str | None) -> UUID | None:
    found: UUID | None = await doing.connection.fetchval("SELECT id FROM cases WHERE case_no = $1", case_no)
    return found


async def case_effects(doing: Doing, request: GetEffects) -> CaseEffects:
    """Every event of a case, when it was recorded and when its message left."""
    case_id = request.case_id or await _id_of(doing, request.case_no)
    stored = await cases.load(doing.connection, case_id, access.scope_of(doing.actor)) if case_id else None
    if stored is None:
        raise case_not_found()
    rows = await cases.effect_rows(doing.connection, stored.case.id)
    return CaseEffects(
        case_id=stored.case.id,
        case_no=stored.case.case_no,
        effects=tuple(
            EffectView(
                event_id=row["event_id"],
                event_type=row["routing_key"] or row["name"],
                version=row["version"],
                recorded_at=row["recorded_at"],
                sent_at=row["sent_at"],
                actor_role=row["actor_role"],
            )
            for row in rows
        ),
    )
