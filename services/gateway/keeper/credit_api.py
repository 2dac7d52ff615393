"""The credit register over the API: bringing lists, looking, repairing and withdrawing records."""

from collections.abc import AsyncGenerator
from datetime import date
from typing import Any

from pydantic import ConfigDict, Field, ValidationError
from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from services.applications.contracts import credit as c
from services.applications.contracts.fields import Purpose, ShortText
from services.gateway import client, examples
from services.gateway.answers import Answer
from services.gateway.forms import Form
from services.gateway.keeper.api import WHO, room
from services.gateway.operations import PageQuery, Visit
from services.gateway.problems import Problem, problem_of_invalid

# The service itself takes 2 MiB; the rest is boundaries and fields.
LIMIT_BYTES = 2 * 1024 * 1024 + 64 * 1024


class ImportOptions(Form):
    """The fields beside the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Purpose
    partial: bool = False
    dry_run: bool = False


class Repair(Form):
    """By which instrument a record was repaired, and from which day it no longer counts."""

    instrument: c.Instrument
    repaired_on: date = Field(description="从哪天起恢复 from which day")


class CreditWithdrawal(Form):
    """Why a record was wrong."""

    reason: ShortText


@room.post(
    "/credit/imports",
    who=WHO,
    zh="导入信用名单：表单含 file（CSV 或 xlsx）、purpose，可选 partial、dry_run（true/false）",
    en="Import a list: a form with file (CSV or xlsx), purpose, and if wanted partial and dry_run (true or false)",
    reply=c.CreditImportReport,
    raw_body=("multipart/form-data",),
    idempotent=True,
)
async def import_list(visit: Visit) -> Answer:
    content, fields = await _read_form(visit)
    try:
        options = ImportOptions.model_validate(fields)
    except ValidationError as error:
        raise problem_of_invalid(error) from None
    request = c.ImportCredit.model_construct(content=content, **options.model_dump())
    report = await visit.gateway.services.ask(visit.visitor, client.IMPORT_CREDIT, request, visit.command)
    return Answer(report)


@room.get(
    "/credit/records",
    who=WHO,
    zh="信用登记（当事人只显示代号）",
    en="The register; people stand in it as pseudonyms",
    query=PageQuery,
    reply=c.CreditPage,
    problems=("invalid_cursor",),
)
async def list_records(visit: Visit) -> Answer:
    query = visit.query(PageQuery)
    request = c.ListCredit(cursor=visit.cursor_in(query.cursor), limit=query.limit)
    page = await visit.gateway.services.ask(visit.visitor, client.LIST_CREDIT, request)
    records = [record.model_dump() for record in page.records]
    return visit.page({"records": records}, page.next_cursor, query.limit)


@room.post(
    "/credit/query",
    who=WHO,
    zh="查询一人的信用记录；须说明目的，查询会被记录",
    en="Every record of one person, for a purpose; the look is recorded",
    body=c.QueryCredit,
    reply=c.PersonCredit,
    example=examples.CREDIT_QUERY,
)
async def query_person(visit: Visit) -> Answer:
    return Answer(
        await visit.gateway.services.ask(visit.visitor, client.QUERY_CREDIT, visit.body(c.QueryCredit))
    )


@room.post(
    "/credit/records/{record_id}/repair",
    who=WHO,
    zh="登记信用修复",
    en="Record that a record was repaired",
    body=Repair,
    reply=c.CreditRecordView,
    idempotent=True,
    problems=("credit_record_ended",),
    example=examples.CREDIT_REPAIR,
)
async def repair(visit: Visit) -> Answer:
    form = visit.body(Repair)
    request = c.RepairCredit(
        record_id=visit.uuid("record_id"), instrument=form.instrument, repaired_on=form.repaired_on
    )
    return Answer(
        await visit.gateway.services.ask(visit.visitor, client.REPAIR_CREDIT, request, visit.command)
    )


@room.post(
    "/credit/records/{record_id}/withdrawal",
    who=WHO,
    zh="撤销有误的信用记录（异议成立）",
    en="Take back a record that was wrong",
    body=CreditWithdrawal,
    reply=c.CreditRecordView,
    idempotent=True,
    problems=("credit_record_ended",),
    example=examples.CREDIT_WITHDRAWAL,
)
async def withdraw(visit: Visit) -> Answer:
    reason = visit.body(CreditWithdrawal).reason
    request = c.WithdrawCreditRecord(record_id=visit.uuid("record_id"), reason=reason)
    return Answer(
        await visit.gateway.services.ask(visit.visitor, client.WITHDRAW_CREDIT_RECORD, request, visit.command)
    )


async def _read_form(visit: Visit) -> tuple[bytes, dict[str, Any]]:
    """The one file of the form, and its fields; the purpose stands here because an address may be logged on its way."""
    content_type = visit.header("content-type") or ""
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        raise Problem(
            "not_acceptable_media",
            zh="请以 multipart/form-data 上传，文件放在 file 中。",
            en="Send a multipart/form-data form with the file in the field file.",
        )
    body = await visit.raw(LIMIT_BYTES)

    async def chunks() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    headers = Headers({"content-type": content_type})
    parser = MultiPartParser(headers, chunks(), max_files=1, max_fields=5, max_part_size=4096)
    try:
        form = await parser.parse()
    except (MultiPartException, MultipartParseError, KeyError, ValueError, AssertionError):
        raise Problem("malformed_form") from None
    try:
        fields = dict(form.multi_items())
        file = fields.pop("file", None)
        if not isinstance(file, UploadFile) or len(fields) != len(form.multi_items()) - 1:
            raise Problem(
                "malformed_form",
                zh="表单中需要恰好一个文件，名为 file，其他各项只能出现一次。",
                en="The form must hold exactly one file, named file, and every other field once.",
            )
        return await file.read(), fields
    finally:
        await form.close()
