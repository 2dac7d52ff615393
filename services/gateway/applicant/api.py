"""The applicant's part of the API, under /api/v1/applicant."""

from pydantic import Field

from services.applications import contracts as c
from services.gateway import cases, examples
from services.gateway.answers import Answer
from services.gateway.applicant import actions
from services.gateway.bundle_api import add_own_bundle, add_process_record
from services.gateway.case_api import add_case_reading, receipt_of
from services.gateway.forms import MaterialsToCheck, OnlineCase, Supply, Withdrawal
from services.gateway.operations import PageQuery, Room, Visit, only
from services.gateway.printed import add_own_pdf
from services.notifications import contracts as n
from shared.identity import Role

WHO = only(Role.APPLICANT)
room = Room("applicant", "/applicant", "申请人", "Applicants")


class InboxQuery(PageQuery):
    """Which notices."""

    unread_only: bool = Field(default=False, description="只看未读 unread ones only")


@room.post(
    "/cases",
    who=WHO,
    zh="提交申请",
    en="Hand in an application",
    body=OnlineCase,
    reply=c.CaseReceipt,
    status=201,
    idempotent=True,
    tagged=True,
    problems=("not_your_application", "upload_unknown"),
    example=examples.ONLINE_CASE,
)
async def submit_case(visit: Visit) -> Answer:
    receipt = await actions.submit(visit.gateway, visit.visitor, visit.body(OnlineCase), visit.command)
    return receipt_of(receipt, location=f"/api/v1/applicant/cases/{receipt.case_id}")


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
    zh="我的办件",
    en="My cases",
    query=PageQuery,
    reply=c.CasePage,
    problems=("invalid_cursor",),
)
async def list_cases(visit: Visit) -> Answer:
    query = visit.query(PageQuery)
    page = await actions.my_cases(visit.gateway, visit.visitor, visit.cursor_in(query.cursor), query.limit)
    return visit.page({"items": [line.model_dump() for line in page.items]}, page.next_cursor, query.limit)


add_case_reading(room, WHO)
add_process_record(room, WHO)
add_own_bundle(room, WHO)
add_own_pdf(room, WHO)


@room.post(
    "/cases/{case_id}/materials",
    who=WHO,
    zh="补正或补充材料",
    en="Correct, or supply papers",
    body=Supply,
    reply=c.CaseReceipt,
    idempotent=True,
    conditional=True,
    tagged=True,
    problems=("not_found", "upload_unknown"),
    example=examples.SUPPLY,
)
async def supply_materials(visit: Visit) -> Answer:
    return receipt_of(
        await actions.supply(
            visit.gateway,
            visit.visitor,
            visit.uuid("case_id"),
            visit.expected_version,
            visit.body(Supply),
            visit.command,
        )
    )


@room.post(
    "/cases/{case_id}/withdrawal",
    who=WHO,
    zh="撤回申请",
    en="Take the application back",
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


@room.get(
    "/cases/{case_id}/messages",
    who=WHO,
    zh="办件的全部通知",
    en="Every notice about the case",
    query=PageQuery,
    reply=n.MessagePage,
    problems=("not_found", "invalid_cursor"),
)
async def list_case_messages(visit: Visit) -> Answer:
    query, case_id = visit.query(PageQuery), visit.uuid("case_id")
    inner = visit.cursor_in(query.cursor)
    page = await actions.case_messages(visit.gateway, visit.visitor, case_id, inner, query.limit)
    return _messages(visit, page, query.limit)


@room.get(
    "/cases/{case_id}/effects",
    who=WHO,
    zh="办件的全部事件，可逐条核验存证",
    en="Every event of the case, each of which can be verified in the audit log",
    reply=c.CaseEffects,
    problems=("not_found",),
)
async def list_case_effects(visit: Visit) -> Answer:
    return Answer(await actions.case_effects(visit.gateway, visit.visitor, visit.uuid("case_id")))


@room.get(
    "/inbox",
    who=WHO,
    zh="我的通知",
    en="My notices",
    query=InboxQuery,
    reply=n.MessagePage,
    problems=("invalid_cursor",),
)
async def list_inbox(visit: Visit) -> Answer:
    query = visit.query(InboxQuery)
    unread = True if query.unread_only else None
    inner = visit.cursor_in(query.cursor, unread_only=unread)
    page = await actions.inbox(
        visit.gateway, visit.visitor, inner, query.limit, unread_only=query.unread_only
    )
    return _messages(visit, page, query.limit, unread_only=unread)


@room.post(
    "/inbox/{message_id}/read",
    who=WHO,
    zh="标记通知为已读",
    en="A notice has been read",
    reply=n.MessageView,
    problems=("not_found",),
)
async def mark_read(visit: Visit) -> Answer:
    return Answer(await actions.mark_read(visit.gateway, visit.visitor, visit.uuid("message_id")))


def _messages(visit: Visit, page: n.MessagePage, limit: int, **filters: object) -> Answer:
    content = {"messages": [message.model_dump() for message in page.messages]}
    return visit.page(content, page.next_cursor, limit, **filters)
