"""The counter's part of the API, under /api/v1/counter."""

from pydantic import BaseModel, ConfigDict, Field

from services.applications import contracts as c
from services.applications.contracts import looking_up
from services.gateway import cases, examples
from services.gateway.answers import Answer
from services.gateway.bundle_api import add_process_record, add_revealed_record, add_staff_bundle
from services.gateway.case_api import add_case_reading, add_revealing, receipt_of
from services.gateway.counter import actions
from services.gateway.forms import (
    CorrectionNotice,
    CounterCase,
    CounterSupply,
    Delivery,
    MaterialsToCheck,
    TolerantAcceptance,
    Withdrawal,
)
from services.gateway.operations import PageQuery, Room, Visit, only
from services.gateway.printed import add_staff_pdf
from shared.identity import Role

WHO = only(Role.CLERK)
room = Room("counter", "/counter", "窗口", "Counter")


@room.post(
    "/cases",
    who=WHO,
    zh="窗口收件",
    en="Take in an application",
    body=CounterCase,
    reply=c.CaseReceipt,
    status=201,
    idempotent=True,
    tagged=True,
    problems=("upload_unknown",),
    example=examples.COUNTER_CASE,
)
async def submit_case(visit: Visit) -> Answer:
    receipt = await actions.submit(visit.gateway, visit.visitor, visit.body(CounterCase), visit.command)
    return receipt_of(receipt, location=f"/api/v1/counter/cases/{receipt.case_id}")


@room.post(
    "/cases/check",
    who=WHO,
    zh="预检材料（不保存）",
    en="What would happen to these papers; nothing is stored",
    body=MaterialsToCheck,
    reply=c.MaterialCheck,
    problems=("upload_unknown",),
    example=examples.MATERIALS_TO_CHECK,
)
async def check_materials(visit: Visit) -> Answer:
    return Answer(await cases.check(visit.gateway, visit.visitor, visit.body(MaterialsToCheck)))


class DeskQuery(PageQuery):
    """The query of the desk: all channels, or one."""

    channel: cases.Channel | None = Field(default=None, description="只看一个渠道 only what came this way")


class DayQuery(BaseModel):
    """Which day."""

    model_config = ConfigDict(extra="forbid")

    on: looking_up.Day | None = Field(default=None, description="日期，不填则为今天 without it today")


@room.post(
    "/cases/find",
    who=WHO,
    zh="按办件编号或者证件号码的末四位（或更多）查找本单位的办件；查询会被记录",
    en="Cases of the unit by the last four or more of their number or of a certificate; the question is recorded",
    body=looking_up.FindCases,
    reply=looking_up.FoundCases,
    example={"text": "0012"},
)
async def find_cases(visit: Visit) -> Answer:
    return Answer(await actions.find(visit.gateway, visit.visitor, visit.body(looking_up.FindCases)))


@room.get(
    "/day",
    who=WHO,
    zh="本人某日的办理记录和件数",
    en="What one did on a day, counted and listed",
    query=DayQuery,
    reply=looking_up.DayView,
)
async def get_day(visit: Visit) -> Answer:
    return Answer(await actions.day(visit.gateway, visit.visitor, visit.query(DayQuery).on))


@room.get(
    "/desk",
    who=WHO,
    zh="待受理办件（各渠道）",
    en="What awaits acceptance, from every channel",
    query=DeskQuery,
    reply=c.CasePage,
    problems=("invalid_cursor",),
)
async def list_desk(visit: Visit) -> Answer:
    query = visit.query(DeskQuery)
    inner = visit.cursor_in(query.cursor, channel=query.channel)
    page = await actions.desk(visit.gateway, visit.visitor, inner, query.limit, query.channel)
    lines = [line.model_dump() for line in page.items]
    return visit.page({"items": lines}, page.next_cursor, query.limit, channel=query.channel)


@room.get(
    "/deliveries",
    who=WHO,
    zh="待送达办件",
    en="What is decided and not yet handed out",
    query=PageQuery,
    reply=c.CasePage,
    problems=("invalid_cursor",),
)
async def list_deliveries(visit: Visit) -> Answer:
    query = visit.query(PageQuery)
    page = await actions.to_deliver(visit.gateway, visit.visitor, visit.cursor_in(query.cursor), query.limit)
    return visit.page({"items": [line.model_dump() for line in page.items]}, page.next_cursor, query.limit)


add_case_reading(room, WHO)
add_revealing(room, WHO)
add_process_record(room, WHO)
add_revealed_record(room, WHO)
add_staff_bundle(room, WHO)
add_staff_pdf(room, WHO)


@room.post(
    "/cases/{case_id}/acceptance",
    who=WHO,
    zh="受理",
    en="Accept a complete application",
    reply=c.CaseReceipt,
    idempotent=True,
    conditional=True,
    tagged=True,
    problems=("not_found",),
)
async def accept_case(visit: Visit) -> Answer:
    return receipt_of(
        await actions.accept(
            visit.gateway, visit.visitor, visit.uuid("case_id"), visit.expected_version, visit.command
        )
    )


@room.post(
    "/cases/{case_id}/tolerant-acceptance",
    who=WHO,
    zh="容缺受理",
    en="Accept although tolerable papers are missing",
    body=TolerantAcceptance,
    reply=c.CaseReceipt,
    idempotent=True,
    conditional=True,
    tagged=True,
    problems=("not_found",),
    example=examples.TOLERANT_ACCEPTANCE,
)
async def accept_tolerantly(visit: Visit) -> Answer:
    return receipt_of(
        await actions.accept_tolerantly(
            visit.gateway,
            visit.visitor,
            visit.uuid("case_id"),
            visit.expected_version,
            visit.body(TolerantAcceptance),
            visit.command,
        )
    )


@room.post(
    "/cases/{case_id}/correction-notice",
    who=WHO,
    zh="一次性补正告知",
    en="The one-time notice of everything to correct",
    body=CorrectionNotice,
    reply=c.CaseReceipt,
    idempotent=True,
    conditional=True,
    tagged=True,
    problems=("not_found",),
    example=examples.CORRECTION_NOTICE,
)
async def request_correction(visit: Visit) -> Answer:
    return receipt_of(
        await actions.request_correction(
            visit.gateway,
            visit.visitor,
            visit.uuid("case_id"),
            visit.expected_version,
            visit.body(CorrectionNotice),
            visit.command,
        )
    )


@room.post(
    "/cases/{case_id}/materials",
    who=WHO,
    zh="收取补正或补充的材料",
    en="Take in corrected or supplied papers",
    body=CounterSupply,
    reply=c.CaseReceipt,
    idempotent=True,
    conditional=True,
    tagged=True,
    problems=("not_found", "upload_unknown"),
    example=examples.COUNTER_SUPPLY,
)
async def supply_materials(visit: Visit) -> Answer:
    return receipt_of(
        await actions.supply(
            visit.gateway,
            visit.visitor,
            visit.uuid("case_id"),
            visit.expected_version,
            visit.body(CounterSupply),
            visit.command,
        )
    )


@room.post(
    "/cases/{case_id}/delivery",
    who=WHO,
    zh="送达",
    en="Record that the result reached the applicant",
    body=Delivery,
    reply=c.CaseReceipt,
    idempotent=True,
    conditional=True,
    tagged=True,
    problems=("not_found",),
    example=examples.DELIVERY,
)
async def deliver_result(visit: Visit) -> Answer:
    return receipt_of(
        await actions.deliver(
            visit.gateway,
            visit.visitor,
            visit.uuid("case_id"),
            visit.expected_version,
            visit.body(Delivery),
            visit.command,
        )
    )


@room.post(
    "/cases/{case_id}/withdrawal",
    who=WHO,
    zh="代申请人撤回申请",
    en="Take an application back for its applicant",
    body=Withdrawal,
    reply=c.CaseReceipt,
    idempotent=True,
    conditional=True,
    tagged=True,
    problems=("not_found",),
    example=examples.WITHDRAWAL,
)
async def withdraw_case(visit: Visit) -> Answer:
    return receipt_of(
        await cases.withdraw(
            visit.gateway,
            visit.visitor,
            visit.uuid("case_id"),
            visit.expected_version,
            visit.body(Withdrawal).reason,
            visit.command,
        )
    )
