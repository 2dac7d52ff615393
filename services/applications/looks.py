"""What is read of people: documents, contacts, parties in full.  A look at unmasked data is itself recorded."""

import hashlib

from asyncpg import Record

from services.applications import access
from services.applications.contracts import (
    DocumentView,
    FindApplicant,
    GetDocument,
    GetPartyContact,
    PartyContact,
    PersonalDataViewedV1,
    RevealedParties,
    RevealParty,
)
from services.applications.domain.case import Case
from services.applications.domain.documents import Line, Secrets
from services.applications.domain.errors import NotAllowed, NotFound, case_not_found
from services.applications.domain.mandates import acts_for
from services.applications.domain.wording import render
from services.applications.handlers import Doing, find
from services.applications.ids import new_id
from services.applications.people import party_text, party_view
from services.applications.publishing import SOURCE
from services.applications.store import cases, documents
from services.applications.viewing.documents import document_view
from shared import time
from shared.messaging import outbox
from shared.messaging.envelope import envelope


def is_own(doing: Doing, case: Case) -> bool:
    """Whether this is a case of the caller's own, which is shown without masks."""
    mine = doing.actor.person_id
    is_own = mine is not None and (mine == case.applicant_id or acts_for(case, mine, time.today()))
    return access.unmasked(doing.actor, is_own=is_own)


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


async def find_applicant(doing: Doing, request: FindApplicant) -> RevealedParties:
    """At the window nobody is asked twice for what the unit knows: the parties of the person's newest case in full."""
    person_id = doing.office.people.person_id(request.certificate_type, request.certificate_number)
    unit = access.scope_of(doing.actor).unit
    case_id = await doing.connection.fetchval(NEWEST_CASE, person_id, unit)
    if case_id is None:
        raise NotFound(
            "person_not_found", "本单位没有此人的办件。", "This unit has no case of this person.", pointer=""
        )
    return await reveal_party(doing, RevealParty(case_id=case_id, purpose=INTAKE))


# What a look at the window is for, as it is recorded.
INTAKE = "窗口收件：填入申请人信息"
NEWEST_CASE = """
    SELECT cases.id FROM parties JOIN cases ON cases.id = parties.case_id
    WHERE parties.person_id = $1 AND parties.role = 'applicant' AND cases.unit = $2
    ORDER BY cases.submitted_at DESC LIMIT 1
"""


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
