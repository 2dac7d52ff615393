"""Questions: nothing here changes a case; a look at unmasked data is itself recorded."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from asyncpg import Record

from services.applications import access, records
from services.applications.checking import check_view
from services.applications.contracts import (
    CaseEffects,
    CasePage,
    CaseView,
    CheckMaterials,
    DocumentLine,
    DocumentView,
    EffectView,
    GetCase,
    GetDocument,
    GetEffects,
    GetPartyContact,
    ListCases,
    MaterialCheck,
    PartyContact,
    PersonalDataViewedV1,
    RevealedParties,
    RevealParty,
)
from services.applications.contracts.credit import CaseCredit
from services.applications.contracts.views import ReviewView
from services.applications.credit import of_cases
from services.applications.credit.looking import case_credit
from services.applications.credit.sources import Subject
from services.applications.domain.answering import assess_case
from services.applications.domain.case import Case
from services.applications.domain.commands import Instant
from services.applications.domain.committing import refuse_unoffered
from services.applications.domain.credit import CreditFacts
from services.applications.domain.documents import Line, Secrets, titles
from services.applications.domain.errors import NotAllowed, NotFound, case_not_found
from services.applications.domain.facts import Facts
from services.applications.domain.lanes import lanes_of
from services.applications.domain.mandates import acts_for
from services.applications.domain.materials import Paper, refuse_foreign, refuse_unseen
from services.applications.domain.outcome import assess_papers
from services.applications.domain.serving import refuse_unserved
from services.applications.domain.state import State
from services.applications.domain.transitions import allowed_commands
from services.applications.domain.wording import render
from services.applications.handlers import Doing, facts_about, find
from services.applications.ids import new_id
from services.applications.office import Office
from services.applications.people import party_text, party_view
from services.applications.powers import words_of
from services.applications.publishing import SOURCE
from services.applications.review_view import review_view, task_line
from services.applications.store import cases, documents, lists, posts
from services.applications.store.cases import Scope, StoredCase, summary_place
from services.applications.store.tolerating import newest_statements
from services.applications.submitting import handed_in
from services.applications.viewing import case_view, line_view
from shared import time
from shared.identity import Actor, Role
from shared.messaging import outbox
from shared.messaging.envelope import envelope


async def check(office: Office, actor: Actor, request: CheckMaterials) -> MaterialCheck:
    """What would happen to these papers, without storing anything of the application."""
    at = time.now()
    now = Instant(at, time.shanghai(at).date())
    item = office.known.in_force(request.item_code, request.item_version, now.on)
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
    waiting = case.state is State.SUBMITTED
    facts = await facts_about(doing, case, with_credit=case.needs_credit and waiting)
    if not waiting:
        # What was known when the case was answered is what counts for it ever after.
        facts = replace(facts, credit=_recorded_credit(events))
    return case_view(
        case,
        facts,
        assess_case(case, facts),
        parties=await doing.office.parties.of_case(doing.connection, case.id),
        documents=await documents.of_case(doing.connection, case.id),
        events=events,
        credit=_credit(doing, case, facts.credit),
        review=await _review(doing, case, facts, events),
        summary=_summary(doing, stored),
        allowed=_allowed(doing, case),
        explained=request.explain,
        masked=not is_own(doing, case),
        words=await _own_words(doing, case),
    )


async def _own_words(doing: Doing, case: Case) -> Mapping[str, str]:
    # Free words may name people: the people of the case read them, and the staff who have to answer them.
    asked = case.supply_request is not None or (case.recall is not None and case.recall.heard_on is not None)
    if not asked or not (is_own(doing, case) or doing.actor.has(*access.STAFF)):
        return {}
    return await newest_statements(doing.connection, doing.office.keyring, case.id)


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


def is_own(doing: Doing, case: Case) -> bool:
    """Whether this is a case of the caller's own, which is shown without masks."""
    mine = doing.actor.person_id
    is_own = mine is not None and (mine == case.applicant_id or acts_for(case, mine, time.today()))
    return access.unmasked(doing.actor, is_own=is_own)


def _allowed(doing: Doing, case: Case) -> tuple[str, ...]:
    actor = doing.actor
    allowed = allowed_commands(case.state, frozenset(role.value for role in actor.roles))
    if actor.has(*access.STAFF) and actor.unit != case.unit:
        return ()
    if actor.id in case.review.recused:
        return ()
    if actor.id in case.handled_by:
        allowed = tuple(name for name in allowed if name != "decide_case")
    if not actor.has(*access.STAFF) and not is_own(doing, case):
        allowed = tuple(name for name in allowed if name == "supply_materials")
    return allowed


async def list_cases(doing: Doing, request: ListCases) -> CasePage:
    """One page of a list; each list belongs to one kind of caller."""
    if request.view in ("waiting_for_me", "waiting_for_others") and _works_in_a_unit(doing.actor):
        return await _waiting(doing, request)
    page = await _page(doing, request)
    today = time.today()
    lines = []
    for row in page.rows:
        item = doing.office.known.item(row["item_code"], row["item_version"], today)
        name = doing.office.parties.open_name(row["id"], "applicant", row["name"])
        lines.append(line_view(row, name, (item.name, item.name_en), today))
    return CasePage(items=tuple(lines), next_cursor=page.next_cursor)


def _works_in_a_unit(actor: Actor) -> bool:
    return actor.has(*access.STAFF) and actor.unit is not None


async def _waiting(doing: Doing, request: ListCases) -> CasePage:
    """What waits in the caller's unit: for the caller, or for somebody else."""
    actor, connection, today = doing.actor, doing.connection, time.today()
    assert actor.unit is not None
    powers = await posts.powers_on(connection, actor.unit, today)
    lanes = lanes_of(access.by(actor), actor.unit, powers, today)
    if request.view == "waiting_for_me":
        page = await lists.waiting_for(connection, actor.unit, actor.id, lanes, request.cursor, request.limit)
    else:
        page = await lists.waiting_for_others(connection, actor.unit, lanes, request.cursor, request.limit)
    lines = []
    for task in page.tasks:
        row = page.lines[task["case_id"]]
        item = doing.office.known.item(row["item_code"], row["item_version"], today)
        name = doing.office.parties.open_name(row["id"], "applicant", row["name"])
        lines.append(task_line(line_view(row, name, (item.name, item.name_en), today), task, item))
    return CasePage(items=tuple(lines), next_cursor=page.next_cursor)


async def _page(doing: Doing, request: ListCases) -> lists.Page:
    actor, connection = doing.actor, doing.connection
    if request.view == "mine" and actor.has(Role.APPLICANT) and actor.person_id is not None:
        return await lists.of_person(connection, actor.person_id, time.today(), request.cursor, request.limit)
    if request.view == "partner" and actor.has(Role.PROVINCE):
        scope = Scope(partner=access.partner_of(actor))
        return await lists.of_partner(connection, scope, request.cursor, request.limit)
    if request.view in ("desk", "review", "delivery") and actor.has(*access.STAFF) and actor.unit is not None:
        return await lists.of_unit(connection, request.view, actor.unit, request.cursor, request.limit)
    raise NotAllowed(
        "list_not_allowed",
        "您的身份没有这个办件列表。",
        "Your role has no such list of cases.",
        pointer="/view",
    )


async def get_document(doing: Doing, request: GetDocument) -> DocumentView:
    """One formal document: the original for its people, masked for staff unless they say why they look."""
    stored = await find(doing, request)
    row = await documents.one(doing.connection, stored.case.id, request.document_id)
    if row is None:
        raise NotFound(
            "document_not_found", "没有找到这份文书。", "There is no such document.", pointer="/document_id"
        )
    masked = not is_own(doing, stored.case)
    if masked and request.purpose is not None and doing.actor.has(*access.STAFF):
        await record_look(doing, stored.case, f"document:{row['kind']}", request.purpose)
        masked = False
    original = doing.office.documents.open(row)
    lines = await _masked_lines(doing, stored.case, row) if masked else original
    if masked and request.access_code is not None:
        lines = _with_staff_words(row["kind"], lines, original)
    return document_view(row, stored.case, lines, masked=masked)


async def _masked_lines(doing: Doing, case: Case, row: Record) -> list[Line]:
    parties = await doing.office.parties.of_case(doing.connection, case.id)
    return render(row["kind"], row["values"], party_text(parties, masked=True), Secrets())


# Notices whose items are written by the staff for the applicant.
_FAULTS = frozenset({"correction_notice", "supply_fault_notice"})


def _with_staff_words(kind: str, masked: list[Line], original: list[Line]) -> list[Line]:
    """What the staff wrote to the applicant, for whoever holds the voucher's code: the people stay masked.

    Without it the notice would not tell everything to correct at once (行政许可法 32), nor a refusal its reasons (38).
    """
    reasons = Secrets().reasons

    def is_written_by_staff(line: Line) -> bool:
        return line == Line("text", reasons) or (kind in _FAULTS and line.style == "item")

    return [
        sealed if is_written_by_staff(shown) else shown
        for shown, sealed in zip(masked, original, strict=True)
    ]


def document_view(row: Record, case: Case, lines: Sequence[Line], *, masked: bool) -> DocumentView:
    """A document with these lines of it."""
    title, title_en = titles(row["kind"], is_licence=row["values"]["is_licence"])
    return DocumentView(
        document_id=row["id"],
        case_id=case.id,
        case_no=case.case_no,
        kind=row["kind"],
        number=row["number"],
        title=title,
        title_en=title_en,
        template_version=row["template_version"],
        issued_on=row["issued_on"],
        lines=tuple(
            DocumentLine.model_validate({"style": line.style, "text": line.text, "label": line.label})
            for line in lines
        ),
        sha256=row["sha256"].hex(),
        masked=masked,
        void_reason=row["void_reason"]["zh"] if row["void_reason"] else None,
        void_reason_en=row["void_reason"]["en"] if row["void_reason"] else None,
    )


async def party_contact(doing: Doing, request: GetPartyContact) -> PartyContact:
    """Where a message about the case goes; only the notifications service may ask."""
    if doing.actor.id != "service:notifications":
        raise NotAllowed(
            "only_notifications", "只有通知服务可以查询联系方式。", "Only notifications may ask for this."
        )
    stored = await cases.load(doing.connection, request.case_id, cases.EVERYTHING)
    if stored is None:
        raise case_not_found()
    contact = (await doing.office.parties.of_case(doing.connection, request.case_id))["contact"]
    return PartyContact(
        case_id=request.case_id,
        person_id=stored.case.applicant_id,
        name=contact.name,
        mobile=contact.mobile or "",
        email=contact.email,
    )


async def reveal_party(doing: Doing, request: RevealParty) -> RevealedParties:
    """The parties in full, for a stated purpose; the look is recorded in the same transaction."""
    stored = await cases.load(doing.connection, request.case_id, access.scope_of(doing.actor))
    if stored is None:
        raise case_not_found()
    await record_look(doing, stored.case, "parties", request.purpose)
    parties = await doing.office.parties.of_case(doing.connection, request.case_id)
    return RevealedParties(
        case_id=request.case_id,
        case_no=stored.case.case_no,
        parties=tuple(party_view(party, masked=False) for party in parties.values()),
    )


async def record_look(doing: Doing, case: Case, viewed: str, purpose: str) -> None:
    """Keep the look with its (encrypted) purpose and tell of it, in the transaction in which it is answered."""
    at = time.now()
    look_id = new_id(at)
    sealed = doing.office.keyring.encrypt(purpose, context=f"look:{look_id}")
    await cases.insert_look(doing.connection, look_id, case.id, doing.actor, viewed, sealed, at)
    event = PersonalDataViewedV1(
        case_id=case.id,
        case_no=case.case_no,
        unit=case.unit,
        viewed=viewed,
        purpose_sha256=hashlib.sha256(f"{look_id}:{purpose}".encode()).hexdigest(),
        viewed_at=at,
    )
    # A look is no change of the case, so it is a subject of its own and takes no version.
    told = envelope(
        event,
        source=SOURCE,
        event_id=new_id(at),
        subject=str(look_id),
        sequence=1,
        recorded_at=at,
        actor=doing.actor,
        traceparent=doing.traceparent,
    )
    await outbox.add(doing.connection, [told])


async def case_effects(doing: Doing, request: GetEffects) -> CaseEffects:
    """Every event of a case, when it was recorded and when its message left."""
    stored = await cases.load(doing.connection, request.case_id, access.scope_of(doing.actor))
    if stored is None:
        raise case_not_found()
    rows = await cases.effect_rows(doing.connection, request.case_id)
    return CaseEffects(
        case_id=request.case_id,
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
