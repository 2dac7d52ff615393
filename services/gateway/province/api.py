"""The provincial platform's part of the API, under /api/v1/province."""

from pydantic import BaseModel, ConfigDict, Field

from services.applications import contracts as c
from services.gateway import cases, examples
from services.gateway.answers import Answer
from services.gateway.case_api import add_case_reading, receipt_of
from services.gateway.feed import FeedPage
from services.gateway.forms import MaterialsToCheck, ProvinceCase
from services.gateway.operations import PageQuery, Room, Visit, only
from services.gateway.province import actions
from shared.identity import Role

WHO = only(Role.PROVINCE)
room = Room("province", "/province", "省平台", "The provincial platform")


class FeedQuery(BaseModel):
    """Where to go on in the feed."""

    model_config = ConfigDict(extra="forbid")

    after: str | None = Field(
        default=None, max_length=400, description="上次返回的游标 the cursor given last"
    )
    limit: int = Field(default=100, ge=1, le=500, description="最多条数 events at most")


@room.post(
    "/cases",
    who=WHO,
    zh="省平台转来的申请（沿用省平台编号）",
    en="Hand on an application under the partner's own number",
    body=ProvinceCase,
    reply=c.CaseReceipt,
    status=201,
    idempotent=True,
    tagged=True,
    problems=("upload_unknown",),
    example=examples.PROVINCE_CASE,
)
async def submit_case(visit: Visit) -> Answer:
    receipt = await actions.submit(visit.gateway, visit.visitor, visit.body(ProvinceCase), visit.command)
    return receipt_of(receipt, location=f"/api/v1/province/cases/{receipt.case_id}")


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


@room.get(
    "/cases",
    who=WHO,
    zh="本平台的办件",
    en="The partner's own cases",
    query=PageQuery,
    reply=c.CasePage,
    problems=("invalid_cursor",),
)
async def list_cases(visit: Visit) -> Answer:
    query = visit.query(PageQuery)
    page = await actions.partner_cases(
        visit.gateway, visit.visitor, visit.cursor_in(query.cursor), query.limit
    )
    return visit.page({"items": [line.model_dump() for line in page.items]}, page.next_cursor, query.limit)


add_case_reading(room, WHO)


@room.get(
    "/events",
    who=WHO,
    zh="办件事件流：按游标续读，不漏不重",
    en="The event feed of the partner's own cases; a cursor never skips",
    query=FeedQuery,
    reply=FeedPage,
    problems=("invalid_cursor",),
)
async def list_events(visit: Visit) -> Answer:
    query = visit.query(FeedQuery)
    page = await actions.events(visit.gateway, visit.visitor, query.after, query.limit)
    link = f"{visit.here}?after={page.cursor}&limit={query.limit}" if page.more else None
    return Answer(page, next_link=link)
