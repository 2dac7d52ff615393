"""Handing in: everything about a submission is made ready in memory, then written with others in one transaction."""

import secrets
from datetime import date, datetime
from uuid import UUID

from services.applications import access, metrics, signing
from services.applications.contracts import (
    CaseReceipt,
    DocumentReference,
    Reason,
    SubmitCase,
    SuppliedMaterial,
)
from services.applications.credit.sources import subject_of
from services.applications.domain import commands as c
from services.applications.domain.answering import submit
from services.applications.domain.case import Case
from services.applications.domain.commands import SYSTEM, Instant
from services.applications.domain.copying import replace
from services.applications.domain.credit import CreditFacts
from services.applications.domain.documents import Draft, Secrets, titles
from services.applications.domain.drafting import drafts
from services.applications.domain.errors import NotAllowed, OutcomeNotAllowed
from services.applications.domain.events import Submitted
from services.applications.domain.evolve import begin
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.materials import HandedIn, refuse_unseen
from services.applications.domain.parts.licences import FollowUp
from services.applications.domain.parts.mandates import Mandate
from services.applications.domain.renewing import follow_up_of
from services.applications.domain.serving import refuse_unserved
from services.applications.domain.timers import timers_of
from services.applications.ids import new_id
from services.applications.office import Office
from services.applications.people import People, party_text, people_of
from services.applications.store import bans, cases
from services.applications.store.cases import EVERYTHING, record, summary_place
from services.applications.store.documents import SealedDocument
from services.applications.store.intake import Submission
from services.applications.store.parties import Party
from shared import time
from shared.identity import Actor, Role
from shared.messaging.commands import command as one_time
from shared.runtime import Call

# The letters of an access code: none that is taken for a digit or for another letter (I, L, O).
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


async def prepare(office: Office, call: Call, request: SubmitCase) -> Submission:
    """Check the request, ask for what only others know, and let the domain receive the application."""
    access.require_channel(call.actor, request.channel)
    at = time.now()
    now = Instant(at, time.shanghai(at).date())
    item = await office.item_in_force(request.item_code, request.item_version, now.on)
    refuse_unserved(item, request.applicant.kind)
    papers = handed_in(request.materials)
    refuse_unseen(item, papers, at_counter=call.actor.has(Role.CLERK))
    people = people_of(request, office.people)
    _require_own(call.actor, item, people)
    signing.require_own_signature(request)
    case_id = new_id(at)
    assert people.applicant.person_id is not None
    await _refuse_banned(office, item, people.applicant.person_id, now.on)
    follow_up = await _follow_up(office, request, people.applicant.person_id, item, now)
    command = c.Submit(
        case_id=case_id,
        case_no=await office.numbers.next(item.code, now.on),
        channel=request.channel,
        applicant_id=people.applicant.person_id,
        agent_id=people.agent.person_id if people.agent else None,
        papers=papers,
        asks_tolerance=request.asks_tolerance,
        undertaking_signed=request.undertaking is not None,
        email_given=request.contact.email is not None,
        partner=access.partner_of(call.actor) if request.channel == "province" else None,
        external_no=request.external_no,
        commitments=request.commitment.material_codes if request.commitment else (),
        signatures=signing.signatures_of(
            request, item, party_text(people.by_role), actor=call.actor.id, at=at
        ),
        follow_up=follow_up,
        mandate=_mandate(request, people, now.on),
    )
    asks = request.asks_tolerance or request.commitment is not None
    credit = await _credit(office, people.applicant, at) if asks else None
    facts = Facts(now, access.by(call.actor), item, office.calendar, credit)
    return _write_down(office, call, request, people, submit(command, facts), case_id, facts)


async def _refuse_banned(office: Office, item: Item, person_id: UUID, on: date) -> None:
    # LIC-24, LIC-25: a look in memory for everybody, one into the database for the few who ever were banned.
    if person_id not in office.known.banned:
        return
    async with office.database.acquire() as connection:
        ban = await bans.longest(connection, person_id, item.code, on)
    if ban is not None:
        raise OutcomeNotAllowed(
            "banned_from_item",
            f"根据{ban.article}条的规定，该申请人至{ban.until.isoformat()}（含当日）不得再次申请该事项，"
            f"次日起可以重新申请。如有疑问请致电{item.enquiry_phone}。",
            f"By {ban.article} this applicant can't apply for this item until {ban.until.isoformat()}, that day included;"
            f" from the next day an application is welcome. Enquiries: {item.enquiry_phone}.",
            pointer="/applicant",
            article=ban.article,
            until=ban.until.isoformat(),
        )


async def _follow_up(
    office: Office, request: SubmitCase, person_id: UUID, item: Item, now: Instant
) -> FollowUp | None:
    # LIC-20, LIC-21: a change or a renewal rests on a licence that this very applicant holds.
    if request.licence_case_id is None:
        return None
    async with office.database.acquire() as connection:
        stored = await cases.load(connection, request.licence_case_id, EVERYTHING)
    licence_case = None if stored is None else stored.case
    facts = Facts(now, SYSTEM, item, office.calendar)
    return follow_up_of(request.purpose, licence_case, person_id, facts)


def _mandate(request: SubmitCase, people: People, on: date) -> Mandate | None:
    # Whoever acts for himself needs none, and reaches the case as its applicant.
    if request.agent is None or people.agent is None or people.agent.person_id is None:
        return None
    return Mandate(people.agent.person_id, on, request.agent.valid_until, request.agent.scope)


def _require_own(actor: Actor, item: Item, people: People) -> None:
    if actor.has(Role.CLERK):
        if actor.unit != item.unit:
            raise NotAllowed(
                "item_of_another_unit",
                "该事项不由您所在单位办理。",
                "This item is handled by another unit.",
                pointer="/item_code",
            )
    elif actor.has(Role.APPLICANT) and not _is_one_of(actor, people):
        raise NotAllowed(
            "not_your_application",
            "只能为本人申请，或者作为经办人代为申请；请先核对账号绑定的证件。",
            "You can apply for yourself, or as the agent named in the application; check your account's certificate.",
            pointer="/applicant",
        )


def _is_one_of(actor: Actor, people: People) -> bool:
    mine = actor.person_id
    return mine is not None and mine in (people.applicant.person_id, people.agent and people.agent.person_id)


async def _credit(office: Office, applicant: Party, at: datetime) -> CreditFacts:
    # Asked before any transaction, and once: a source that is slow holds nobody up but this applicant.
    return await office.credit.ask(office.database, subject_of(applicant), at)


def handed_in(materials: tuple[SuppliedMaterial, ...]) -> tuple[HandedIn, ...]:
    """The papers of a request as the domain takes them."""
    return tuple(
        HandedIn(m.code, m.form, m.upload_id, m.digest, m.media_type, m.size_bytes) for m in materials
    )


def _write_down(
    office: Office,
    call: Call,
    request: SubmitCase,
    people: People,
    submitted: Submitted,
    case_id: UUID,
    facts: Facts,
) -> Submission:
    at, actor = facts.now.at, call.actor
    code = _new_code()
    case = begin(case_id, submitted)
    documents = _documents(office, request, people, case, submitted, facts, code)
    issued = tuple(document.issued for document in documents)
    submitted, case = replace(submitted, documents=issued), replace(case, documents=issued)
    return Submission(
        command=one_time(access.command_id_of(call), call.operation, request),
        actor=actor,
        at=at,
        recorded=record(case, submitted, facts.item, actor=actor, at=at, traceparent=call.traceparent),
        parties=tuple(office.parties.seal(case_id, party) for party in people.all),
        documents=documents,
        timers=timers_of(case, facts.calendar),
        access_code=office.codes.seal(case_id, code),
        summary=None
        if request.summary is None
        else office.keyring.encrypt(request.summary, context=summary_place(case_id)),
        receipt=receipt_of(case, documents, access_code=code),
    )


def _documents(
    office: Office,
    request: SubmitCase,
    people: People,
    case: Case,
    submitted: Submitted,
    facts: Facts,
    code: str,
) -> tuple[SealedDocument, ...]:
    promised = {"undertaking": request.undertaking, "commitment": request.commitment}
    written: list[list[Draft]] = drafts(
        case,
        [submitted],
        facts.item,
        office.organ,
        Secrets(access_code=code),
    )
    party = party_text(people.by_role)
    sealed = []
    for draft in written[0]:
        signed = promised.get(draft.kind)
        if signed is not None:
            draft = replace(draft, secrets=replace(draft.secrets, signed_name=signed.signed_name))
        document = office.documents.seal_for_submission(
            draft, party, case_id=case.id, case_no=case.case_no, on=facts.now.on, at=facts.now.at
        )
        image = signing.image_of(signed)
        sealed.append(document if image is None else office.documents.with_signature(document, image))
    return tuple(sealed)


def _new_code() -> str:
    # One look at the source of randomness for all letters.
    number, letters = secrets.randbelow(len(CODE_LETTERS) ** CODE_LENGTH), ""
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_LETTERS))
        letters += CODE_LETTERS[place]
    return letters


def receipt_of(
    case: Case, documents: tuple[SealedDocument, ...], *, access_code: str | None = None
) -> CaseReceipt:
    """The answer to a command: where the case stands, and which documents came of it."""
    return CaseReceipt.model_validate(
        {
            "case_id": case.id,
            "case_no": case.case_no,
            "version": case.version,
            "state": case.state.value,
            "access_code": access_code,
            "external_no": case.external_no,
            "submitted_at": case.submitted_at,
            "proposed_outcome": case.proposed,
            "due_on": case.due_on,
            "documents": tuple(reference_of(document) for document in documents),
            "notes": _notes(case),
        }
    )


def _notes(case: Case) -> tuple[Reason, ...]:
    about = case.follow_up
    if case.version > 1 or about is None or not about.late or about.valid_until is None:
        return ()
    until = about.valid_until.isoformat()
    return (
        Reason(
            code="renewal_late",
            zh=f"延续申请晚于规定时间（有效期至{until}）：申请已收下，但有效期届满前未作出决定的，不视为准予延续。",
            en=f"The renewal is asked for later than it should be (the licence holds until {until}): it is received, but"
            " if nobody decides before that day the licence does not count as renewed.",
        ),
    )


def reference_of(document: SealedDocument) -> DocumentReference:
    """A document as an answer names it."""
    title, title_en = titles(document.kind, is_licence=document.values["is_licence"])
    return DocumentReference(
        document_id=document.id,
        kind=document.kind,
        number=document.number,
        title=title,
        title_en=title_en,
        issued_on=document.issued_on,
    )


def count(submission: Submission) -> None:
    """Count a submission that has been committed."""
    metrics.record_submitted(submission.recorded.case.channel)
