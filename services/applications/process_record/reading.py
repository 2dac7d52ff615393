"""The two questions: the process record of a case, and the whole case for a file bundle.

The people of a case have theirs in full.  Staff of its unit have it in full when they say why, and the look is recorded in
the same transaction; supervisors and auditors, whose business is the case and not the person, read it masked.
"""

import re
from collections.abc import Sequence

from asyncpg import Record

from services.applications import access, looks, queries, records
from services.applications.contracts import DocumentView, GetCase, PartyView
from services.applications.contracts.process_record import (
    INSIDE_THE_ORGAN,
    CaseExport,
    ExportCase,
    GetProcessRecord,
    PaperFile,
    ProcessRecord,
    RecordedEvent,
)
from services.applications.domain.case import Case
from services.applications.domain.errors import InvalidRequest
from services.applications.handlers import Doing, find
from services.applications.methods.base import Methods
from services.applications.people import masked_party, party_view
from services.applications.process_record.facts import Recorded, Sources
from services.applications.process_record.rows import process_record
from services.applications.store import cases, documents
from services.applications.store.cases import StoredCase, summary_place
from services.applications.viewing.documents import document_view
from shared import time
from shared.identity import Role
from shared.runtime import Call, rpc


class ProcessRecordMethods(Methods):
    """The statutory record of a case, and the case as a file."""

    @rpc(Role.APPLICANT, Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.SUPERVISOR, Role.AUDITOR)
    async def get_process_record(self, call: Call, request: GetProcessRecord) -> ProcessRecord:
        """The process record in the shape of the exchange tables; a look of the staff is recorded."""
        return await self._look(call, request, get_process_record)

    @rpc(Role.APPLICANT, Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def export_case(self, call: Call, request: ExportCase) -> CaseExport:
        """One whole case; the look of the staff is recorded with its purpose."""
        return await self._look(call, request, export_case)


async def get_process_record(doing: Doing, request: GetProcessRecord) -> ProcessRecord:
    """As much of it as this reader may see."""
    stored = await find(doing, GetCase(case_id=request.case_id))
    masked = not looks.is_own(doing, stored.case)
    if masked and request.purpose is not None and doing.actor.has(*access.STAFF):
        await looks.record_look(doing, stored.case, "process_record", request.purpose)
        masked = False
    sources = await _sources(doing, stored, masked=masked)
    return process_record(sources, masked=masked, receiver=request.receiver)


async def export_case(doing: Doing, request: ExportCase) -> CaseExport:
    """Everything in full: the case, its record, its events as they were sealed, its documents, the names of its files."""
    stored = await find(doing, GetCase(case_id=request.case_id))
    case = stored.case
    own = looks.is_own(doing, case)
    if not own:
        if request.purpose is None:
            raise _purpose_missing()
        await looks.record_look(doing, case, "bundle", request.purpose)
    events = await cases.event_rows(doing.connection, case.id)
    view = await queries.get_case(doing, GetCase(case_id=case.id, explain=True))
    return CaseExport(
        case=view.model_copy(update={"parties": await _parties(doing, case)}),
        record=process_record(await _sources(doing, stored, masked=False, rows=events), masked=False),
        events=tuple(_event(row, own=own) for row in events),
        documents=await _documents(doing, case),
        papers=_papers(case),
    )


async def _sources(
    doing: Doing, stored: StoredCase, *, masked: bool, rows: Sequence[Record] | None = None
) -> Sources:
    case, office = stored.case, doing.office
    own = looks.is_own(doing, case)
    rows = await cases.event_rows(doing.connection, case.id) if rows is None else rows
    people = await office.parties.of_case(doing.connection, case.id)
    summary = None
    if not masked and stored.summary is not None:
        summary = office.keyring.decrypt_text(stored.summary, context=summary_place(case.id))
    return Sources(
        case=case,
        events=[_recorded(row) for row in rows if not (own and row["name"] in INSIDE_THE_ORGAN)],
        item=office.known.item(case.item_code, case.item_version, time.today()),
        published=office.known.versions[case.item_code][case.item_version][1].item,
        people={role: masked_party(party) for role, party in people.items()} if masked else people,
        summary=summary,
    )


def _recorded(row: Record) -> Recorded:
    return Recorded(
        version=row["version"],
        event_id=row["event_id"],
        name=row["name"],
        event=records.event_from_record(row["name"], row["schema_version"], row["data"]),
        at=row["recorded_at"],
        role=row["actor_role"],
        unit=row["actor_unit"],
    )


def _event(row: Record, *, own: bool) -> RecordedEvent:
    return RecordedEvent(
        version=row["version"],
        event_id=row["event_id"],
        name=row["name"],
        schema_version=row["schema_version"],
        actor_role=row["actor_role"],
        actor_unit=row["actor_unit"],
        recorded_at=row["recorded_at"],
        effective_on=row["effective_on"],
        data=None if own and row["name"] in INSIDE_THE_ORGAN else row["data"],
        sha256=row["sha256"].hex(),
    )


async def _documents(doing: Doing, case: Case) -> tuple[DocumentView, ...]:
    """The originals; this one look was recorded for all of them."""
    found = []
    for line in await documents.of_case(doing.connection, case.id):
        row = await documents.one(doing.connection, case.id, line["id"])
        assert row is not None
        lines = doing.office.documents.open(row)
        found.append(document_view(row, case, lines, masked=False))
    return tuple(found)


async def _parties(doing: Doing, case: Case) -> tuple[PartyView, ...]:
    """The people in full; who else is interested is for the staff to know, never for the applicant."""
    parties = await doing.office.parties.of_case(doing.connection, case.id)
    own = looks.is_own(doing, case)
    return tuple(
        party_view(party, masked=False)
        for role, party in parties.items()
        if not own or role in ("applicant", "contact", "agent")
    )


def _papers(case: Case) -> tuple[PaperFile, ...]:
    return tuple(
        PaperFile(
            material_code=paper.code,
            name=f"{number:02d}-{re.sub(r'[^0-9A-Za-z_.-]', '_', paper.code)}",
            digest=paper.handed_in.digest,
            media_type=paper.handed_in.media_type,
        )
        for number, paper in enumerate(case.papers, 1)
        if paper.handed_in.digest is not None
    )


def _purpose_missing() -> InvalidRequest:
    return InvalidRequest(
        "purpose_missing",
        "导出完整办件须说明用途，并记入审计账。",
        "Say why the whole case is needed; the look is recorded.",
        pointer="/purpose",
    )
