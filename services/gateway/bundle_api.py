"""The process record of a case and the case as a file, in every room that reads cases.

Everything that can be refused is asked for before the first byte leaves; only papers and printed documents are
fetched while the bundle is on its way, and one that cannot be had is named in the manifest.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from services.applications.contracts.process_record import (
    CaseExport,
    ExportCase,
    GetProcessRecord,
    ProcessRecord,
    Receiver,
)
from services.audit.contracts import GetProof, InclusionProof
from services.documents.contracts import GetPdf
from services.gateway import bundle, client, examples
from services.gateway.answers import Answer
from services.gateway.bundle import Part
from services.gateway.forms import Purpose
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.operations import Room, Visit, Who
from services.gateway.problems import Problem
from shared.errors import Refused

MEDIA_TYPE = "application/zip"
# An event is sealed some milliseconds after its commit; somebody who exports at once waits for it a little.
TRIES, PAUSE_SECONDS = 10, 0.3


class RecordQuery(BaseModel):
    """For whom the record is written."""

    model_config = ConfigDict(extra="forbid")

    receiver: Receiver = Field(
        default="national", description="办结结果采用的代码 whose codes tell the result"
    )


class RecordPurpose(Purpose):
    """Why the record is read in full, and for whom it is written."""

    receiver: Receiver = "national"


def add_process_record(room: Room, who: Who) -> None:
    """Reading the record: one's own in full, other people's masked."""

    @room.get(
        "/cases/{case_id}/process-record",
        who=who,
        zh="办件过程记录（up_pro_* 交换表）；非本人的已遮盖",
        en="The statutory process record (exchange tables up_pro_*), masked unless it is one's own",
        query=RecordQuery,
        reply=ProcessRecord,
        problems=("not_found",),
    )
    async def get_process_record(visit: Visit) -> Answer:
        request = GetProcessRecord(case_id=visit.uuid("case_id"), receiver=visit.query(RecordQuery).receiver)
        return Answer(await visit.gateway.services.ask(visit.visitor, client.GET_PROCESS_RECORD, request))


def add_revealed_record(room: Room, who: Who) -> None:
    """Reading the record in full as the staff, with a purpose that is recorded."""

    @room.post(
        "/cases/{case_id}/process-record",
        who=who,
        zh="完整的办件过程记录（须说明用途，记入审计）",
        en="The process record in full; the look is recorded with its purpose",
        body=RecordPurpose,
        reply=ProcessRecord,
        problems=("not_found",),
        example=examples.PURPOSE,
    )
    async def reveal_process_record(visit: Visit) -> Answer:
        form = visit.body(RecordPurpose)
        request = GetProcessRecord(
            case_id=visit.uuid("case_id"), purpose=form.purpose, receiver=form.receiver
        )
        return Answer(await visit.gateway.services.ask(visit.visitor, client.GET_PROCESS_RECORD, request))


def add_own_bundle(room: Room, who: Who) -> None:
    """The whole case for its people."""

    @room.get(
        "/cases/{case_id}/bundle",
        who=who,
        zh="下载本人的完整办件（压缩包，可离线核验）",
        en="One's own case as a file that can be checked off-line",
        raw_reply=MEDIA_TYPE,
        problems=("not_found",),
    )
    async def get_bundle(visit: Visit) -> Response:
        return await _bundle(visit, ExportCase(case_id=visit.uuid("case_id")))


def add_staff_bundle(room: Room, who: Who) -> None:
    """The whole case for the staff of its unit; a purpose never stands in an address, which logs keep."""

    @room.post(
        "/cases/{case_id}/bundle",
        who=who,
        zh="导出完整办件（须说明用途，记入审计；压缩包，可离线核验）",
        en="The case as a file that can be checked off-line; the look is recorded with its purpose",
        body=Purpose,
        raw_reply=MEDIA_TYPE,
        problems=("not_found",),
        example=examples.PURPOSE,
    )
    async def export_bundle(visit: Visit) -> Response:
        return await _bundle(
            visit, ExportCase(case_id=visit.uuid("case_id"), purpose=visit.body(Purpose).purpose)
        )


async def _bundle(visit: Visit, request: ExportCase) -> Response:
    export = await visit.gateway.services.ask(visit.visitor, client.EXPORT_CASE, request)
    proofs = await _proofs(visit.gateway, visit.visitor, export)
    parts = _parts(visit.gateway, visit.visitor, export, proofs)
    headers = {
        "content-disposition": f'attachment; filename="{export.case.case_no}.zip"',
        "cache-control": "private, no-store",
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(bundle.zipped(export, parts), 200, headers, MEDIA_TYPE)


async def _proofs(gateway: Gateway, visitor: Visitor, export: CaseExport) -> dict[int, InclusionProof]:
    """The proof of each event, but for those that the log does not hold after a while."""
    # The pauses are counted together: with a log that stands still, a long case would otherwise take minutes.
    proofs, pauses = {}, 0
    for event in export.events:
        while True:
            try:
                proofs[event.version] = await gateway.services.ask(
                    visitor, client.GET_PROOF, GetProof(event_id=event.event_id)
                )
                break
            except Refused as refused:
                if refused.code != "audit_entry_unknown":
                    raise
                if pauses >= TRIES:
                    break
                pauses += 1
                await asyncio.sleep(PAUSE_SECONDS)
    return proofs


async def _parts(
    gateway: Gateway, visitor: Visitor, export: CaseExport, proofs: dict[int, InclusionProof]
) -> AsyncIterator[Part]:
    for part in bundle.sealed_parts(export, proofs):
        yield part
    for number, document in enumerate(export.documents, 1):
        yield await _printed(
            gateway, visitor, bundle.document_path(number, document, "pdf"), document.document_id
        )
    for paper in export.papers:
        path = bundle.paper_path(paper)
        try:
            yield Part(path, await gateway.uploads.content(paper.digest))
        except Problem:
            yield Part(path, None, "file_missing")


async def _printed(gateway: Gateway, visitor: Visitor, path: str, document_id: UUID) -> Part:
    """The signed PDF; one that is first made when it is asked for is waited for a little, for its text is here anyway."""
    for _ in range(TRIES):
        try:
            view = await gateway.services.ask(visitor, client.GET_PDF, GetPdf(document_id=document_id))
        except Refused as refused:  # the printer may be away, or keep this document from this reader
            return Part(path, None, refused.code)
        if view.content is not None:
            return Part(path, base64.b64decode(view.content))
        if view.state != "pending":
            return Part(path, None, view.state)
        await asyncio.sleep(PAUSE_SECONDS)
    return Part(path, None, "pending")
