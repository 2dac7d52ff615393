"""What the API of every room shares: reading a case, its documents and files, and answering with a receipt."""

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.applications import contracts as c
from services.gateway import cases, examples
from services.gateway.answers import Answer
from services.gateway.downloads import download
from services.gateway.forms import Purpose
from services.gateway.operations import Room, Visit, Who


class CaseQuery(BaseModel):
    """Whether every clock is told day by day."""

    model_config = ConfigDict(extra="forbid")

    explain: bool = Field(default=False, description="逐日说明期限 tell every clock day by day")


def receipt_of(receipt: c.CaseReceipt, *, location: str | None = None) -> Answer:
    """The answer to a command: where the case stands, with its version as the entity tag."""
    return Answer(receipt, version=receipt.version, location=location)


def add_case_reading(room: Room, who: Who) -> None:
    """Reading one case, its documents and files, in this room."""

    @room.get(
        "/cases/{case_id}",
        who=who,
        zh="办件详情；explain=true 时逐日说明期限",
        en="One case; with explain=true every clock is told day by day",
        query=CaseQuery,
        reply=c.CaseView,
        tagged=True,
        problems=("not_found",),
    )
    async def get_case(visit: Visit) -> Answer:
        key = cases.CaseKey(visit.uuid("case_id"))
        found = await cases.view(visit.gateway, visit.visitor, key, explain=visit.query(CaseQuery).explain)
        return Answer(found, version=found.version)

    @room.get(
        "/cases/{case_id}/documents/{document_id}",
        who=who,
        zh="办件的文书",
        en="A formal document of the case",
        reply=c.DocumentView,
        problems=("not_found",),
    )
    async def get_document(visit: Visit) -> Answer:
        key = cases.CaseKey(visit.uuid("case_id"))
        return Answer(await cases.document(visit.gateway, visit.visitor, key, visit.uuid("document_id")))

    @room.get(
        "/cases/{case_id}/files/{upload_id}",
        who=who,
        zh="下载办件的材料文件",
        en="A file of the case as a download",
        raw_reply="application/octet-stream",
        problems=("not_found",),
    )
    async def get_file(visit: Visit) -> Response:
        key = cases.CaseKey(visit.uuid("case_id"))
        return download(await cases.file(visit.gateway, visit.visitor, key, visit.uuid("upload_id")))


def add_revealing(room: Room, who: Who) -> None:
    """Looking at unmasked personal data, which is recorded with its purpose."""

    @room.post(
        "/cases/{case_id}/parties",
        who=who,
        zh="查看当事人完整信息（须说明用途，记入审计）",
        en="The parties unmasked; the look is recorded with its purpose",
        body=Purpose,
        reply=c.RevealedParties,
        problems=("not_found",),
        example=examples.PURPOSE,
    )
    async def reveal_parties(visit: Visit) -> Answer:
        purpose = visit.body(Purpose).purpose
        return Answer(await cases.reveal(visit.gateway, visit.visitor, visit.uuid("case_id"), purpose))

    @room.post(
        "/cases/{case_id}/documents/{document_id}/unmasked",
        who=who,
        zh="查看文书全文（须说明用途，记入审计）",
        en="A document unmasked; the look is recorded with its purpose",
        body=Purpose,
        reply=c.DocumentView,
        problems=("not_found",),
        example=examples.PURPOSE,
    )
    async def reveal_document(visit: Visit) -> Answer:
        return Answer(
            await cases.document(
                visit.gateway,
                visit.visitor,
                cases.CaseKey(visit.uuid("case_id")),
                visit.uuid("document_id"),
                purpose=visit.body(Purpose).purpose,
            )
        )
