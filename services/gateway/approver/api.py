"""The approver's part of the API, under /api/v1/approver."""

from services.applications import contracts as c
from services.gateway import examples
from services.gateway.answers import Answer
from services.gateway.approver import actions
from services.gateway.bundle_api import add_process_record, add_revealed_record, add_staff_bundle
from services.gateway.case_api import add_case_reading, add_revealing, receipt_of
from services.gateway.forms import Decision
from services.gateway.operations import PageQuery, Room, Visit, only
from services.gateway.printed import add_staff_pdf
from shared.identity import Role

WHO = only(Role.APPROVER)
# The head of the organ reads what the approvers of the unit read; only an approver decides.
READERS = only(Role.APPROVER, Role.ORGAN_HEAD)
room = Room("approver", "/approver", "审批", "Approvers")


@room.get(
    "/reviews",
    who=READERS,
    zh="待审批办件",
    en="What awaits a decision",
    query=PageQuery,
    reply=c.CasePage,
    problems=("invalid_cursor",),
)
async def list_reviews(visit: Visit) -> Answer:
    query = visit.query(PageQuery)
    page = await actions.review_list(visit.gateway, visit.visitor, visit.cursor_in(query.cursor), query.limit)
    return visit.page({"items": [line.model_dump() for line in page.items]}, page.next_cursor, query.limit)


add_case_reading(room, READERS)
add_revealing(room, WHO)
add_process_record(room, READERS)
add_revealed_record(room, READERS)
add_staff_bundle(room, READERS)
add_staff_pdf(room, WHO)


@room.post(
    "/cases/{case_id}/decision",
    who=READERS,
    zh="作出决定",
    en="Grant or refuse",
    body=Decision,
    reply=c.CaseReceipt,
    idempotent=True,
    conditional=True,
    tagged=True,
    problems=("not_found",),
    example=examples.DECISION,
)
async def decide_case(visit: Visit) -> Answer:
    return receipt_of(
        await actions.decide(
            visit.gateway,
            visit.visitor,
            visit.uuid("case_id"),
            visit.expected_version,
            visit.body(Decision),
            visit.command,
        )
    )
