"""The credit of the applicant of a case: asked before a clerk answers, shown to the staff, asked again on request.

Only a clerk's decision answers an application: what is found here closes the tolerant route and says why, and a person
then gives the correction notice (个人信息保护法 Art 24: no decision of weight by a machine alone).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.applications import access
from services.applications.contracts.credit import CaseCredit
from services.applications.credit.looking import case_credit, purpose_of_case
from services.applications.credit.sources import Subject, subject_of
from services.applications.credit.work import Work, record_look
from services.applications.domain.case import Case
from services.applications.domain.credit import CreditFacts
from services.applications.domain.errors import DomainError, case_not_found
from services.applications.domain.state import State
from services.applications.office import Office
from services.applications.store import cases
from shared import time
from shared.database import Connection
from shared.identity import Actor, Role

COUNTER_CHECK = "柜台办件前核对容缺受理资格"


@dataclass(frozen=True, slots=True)
class _Asked:
    case: Case
    subject: Subject


async def before_answering(office: Office, actor: Actor, case_id: UUID) -> None:
    """Ask everybody outside before the transaction in which a clerk answers; without anybody outside this costs nothing.

    Whatever keeps us from asking is no refusal here: the command itself says what is wrong with it.
    """
    if not office.credit.outside:
        return
    at = time.now()
    async with office.database.acquire() as connection:
        asked = await _waiting_for_credit(office, connection, actor, case_id)
    if asked is not None:
        await office.credit.ask(office.database, asked.subject, at)


async def before_showing(office: Office, actor: Actor, case_id: UUID | None) -> None:
    """Ask again when the clerk who opens a waiting case would be shown an answer that counts no longer."""
    if not office.credit.outside or case_id is None or not actor.has(Role.CLERK):
        return
    at = time.now()
    async with office.database.acquire() as connection:
        asked = await _waiting_for_credit(office, connection, actor, case_id)
        if asked is None or not await office.credit.needs_asking(connection, asked.subject.person_id, at):
            return
    await office.credit.ask(office.database, asked.subject, at)
    async with office.database.transaction() as connection:
        await _look(office, connection, actor, asked.case, at)


async def ask_again(
    office: Office, actor: Actor, case_id: UUID, traceparent: str | None = None
) -> CaseCredit:
    """A clerk asks every source anew, because one was silent or a record was repaired; the look is recorded."""
    at = time.now()
    async with office.database.transaction() as connection:
        asked = await _waiting_for_credit(office, connection, actor, case_id)
        if asked is None:
            raise await _nothing_to_ask(connection, actor, case_id)
        # Recorded before anybody is asked: a look that fails half-way was a look too.
        await _look(office, connection, actor, asked.case, at, traceparent)
    facts = await office.credit.ask(office.database, asked.subject, at, again=True)
    return case_credit(case_id, facts)


async def of_check(office: Office, actor: Actor, subject: Subject) -> CreditFacts:
    """What a dry run may say; when the staff make it for somebody, that is a look."""
    at = time.now()
    if actor.has(*access.STAFF):
        async with office.database.transaction() as connection:
            work = Work(connection, actor, office.people, office.keyring)
            await record_look(work, "sources", COUNTER_CHECK, at, person_id=subject.person_id)
    return await office.credit.ask(office.database, subject, at)


async def _waiting_for_credit(
    office: Office, connection: Connection, actor: Actor, case_id: UUID
) -> _Asked | None:
    """The case and its applicant, when somebody still has to answer it and tolerance was asked for."""
    stored = await cases.load(connection, case_id, access.scope_of(actor))
    if stored is None or stored.case.state is not State.SUBMITTED or not stored.case.needs_credit:
        return None
    parties = await office.parties.of_case(connection, case_id)
    return _Asked(stored.case, subject_of(parties["applicant"]))


async def _nothing_to_ask(connection: Connection, actor: Actor, case_id: UUID) -> DomainError:
    if await cases.load(connection, case_id, access.scope_of(actor)) is None:
        return case_not_found()
    return DomainError(
        "credit_not_needed",
        "该办件没有等待答复的容缺受理或者告知承诺申请，不得查询申请人信用。",
        "No request for tolerance or commitment waits in this case, so the applicant's credit may not be asked for.",
        pointer="/case_id",
    )


async def _look(
    office: Office,
    connection: Connection,
    actor: Actor,
    case: Case,
    at: datetime,
    traceparent: str | None = None,
) -> None:
    work = Work(connection, actor, office.people, office.keyring, traceparent)
    purpose = purpose_of_case(case.case_no)
    await record_look(work, "sources", purpose, at, person_id=case.applicant_id, case_id=case.id)
