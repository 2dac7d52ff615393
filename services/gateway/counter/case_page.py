"""The page of one case at the desk: list, case and person in three panes; what stands in the middle is a part of its own."""

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from services.gateway import cases
from services.gateway.case_changes import changes_since
from services.gateway.case_list import CaseList, read_list
from services.gateway.counter import actions
from services.gateway.design.render import page
from services.gateway.design.typed import Fault
from services.gateway.identity.visitor import Visitor
from services.gateway.progress import OPEN_STATES, clock_of, stations_of, status_of
from services.gateway.visits import gateway_of, visitor_with
from shared.identity import Role

SAID = {
    "accepted": "已受理，受理通知书已生成并通知申请人",
    "tolerated": "已容缺受理，容缺受理通知书已生成并通知申请人",
    "corrected": "补正通知书已生成并通知申请人",
    "supplied": "材料已收取",
    "delivered": "已送达，送达回证已生成",
    "withdrawn": "申请已撤回",
    "submitted": "已收件，收件凭证已生成，请打印交给申请人",
}


async def clerk_of(request: Request) -> Visitor:
    return await visitor_with(request, Role.CLERK)


async def queue_of(request: Request, visitor: Visitor, name: str = "desk") -> CaseList:
    listing = actions.to_deliver if name == "deliveries" else actions.desk
    return await read_list(request, visitor, f"page.{name}", listing)


async def case_page(
    request: Request,
    case_id: UUID,
    part: str = "judge",
    *,
    faults: list[Fault] | None = None,
    values: dict[str, str] | None = None,
    **content: Any,
) -> Response:
    visitor = await clerk_of(request)
    found = await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id), explain=True)
    seen = (values or {}).get("version", "")
    changes = await changes_since(gateway_of(request), visitor, found, int(seen)) if seen.isdecimal() else None
    listed = "deliveries" if found.state.startswith("DECIDED") else "desk"
    queue = await queue_of(request, visitor, listed)
    title = "待送达" if listed == "deliveries" else "待受理"
    known = {
        "case": found,
        "now": status_of(found, staff=True),
        "stations": stations_of(found),
        "place": f"/desk/cases/{case_id}",
        "part": part,
        "changes": changes,
        "room": listed,
        "queue": queue,
        "queue_title": title,
        "list_place": f"/desk/cases/{case_id}",
        "said": SAID.get(request.query_params.get("said", ""), ""),
        "revealed": None,
        "withdrawable": found.state in OPEN_STATES and "withdraw_case" in found.allowed,
        "ribbon_clock": clock_of(found, "statutory") or clock_of(found, "intake"),
        "promised": clock_of(found, "promised"),
    }
    return await page(
        request,
        "counter/case.html",
        title=f"{found.case_no} {found.item_name}",
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        **(known | content),
    )
