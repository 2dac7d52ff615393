"""The page of one case at the desk: list, case and person in three panes; what stands in the middle is a part of its own."""

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from services.applications.contracts import CaseView
from services.gateway import cases
from services.gateway.case_changes import changes_since
from services.gateway.case_list import CaseList, read_list
from services.gateway.counter import actions
from services.gateway.counter.acts import ACTS, offered
from services.gateway.design.language import N_, Words, _, chosen
from services.gateway.design.render import page
from services.gateway.design.typed import Fault, version_of
from services.gateway.identity.visitor import Visitor
from services.gateway.progress import OPEN_STATES, clock_of, stations_of, status_of
from services.gateway.visits import gateway_of, visitor_with
from shared.identity import Role

SAID = Words(
    {
        "accepted": N_("已受理，受理通知书已生成并通知申请人"),
        "tolerated": N_("已容缺受理，容缺受理通知书已生成并通知申请人"),
        "corrected": N_("补正通知书已生成并通知申请人"),
        "supplied": N_("材料已收取"),
        "delivered": N_("已送达，送达回证已生成"),
        "withdrawn": N_("申请已撤回"),
        "submitted": N_("已收件，收件凭证已生成，请打印交给申请人"),
        **{act.name: act.done for act in ACTS},
    }
)
TITLES = Words({"desk": N_("待受理"), "deliveries": N_("待送达")})
# The command behind each part of the page; when the case allows it no more, the case itself is shown.
_COMMANDS = {
    "accept": ("accept_case", "accept_tolerantly"),
    "correction": ("request_correction",),
    "papers": ("supply_materials",),
    "deliver": ("deliver_result",),
    "withdraw": ("withdraw_case",),
}
# The page that shows what changed need not be read again first.
_OUTDATED = Fault(
    "",
    "办件已被更新，没有保存；变化列在下面，核对后可以再次提交。",
    "The case has changed and nothing was saved; what changed stands below, and you can send it again.",
)
_NOT_TYPED = frozenset({"version", "key", "csrf_token", "said"})


async def clerk_of(request: Request) -> Visitor:
    return await visitor_with(request, Role.CLERK)


async def queue_of(request: Request, visitor: Visitor, name: str = "desk") -> CaseList:
    listing = actions.to_deliver if name == "deliveries" else actions.desk
    return await read_list(request, visitor, f"page.{name}", listing)


def part_of(found: CaseView, part: str) -> str:
    """The part that was asked for, or the case itself when what it does is not possible any more."""
    commands = _COMMANDS.get(part)
    return part if commands is None or any(name in found.allowed for name in commands) else "judge"


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
    gateway = gateway_of(request)
    found = await cases.view(gateway, visitor, cases.CaseKey(case_id), explain=True)
    typed = values or {}
    shown = part_of(found, part)
    changes = await changes_since(gateway, visitor, found, version_of(typed))
    if changes is not None and faults:
        faults = [_OUTDATED if fault.field == "" else fault for fault in faults]
    listed = "deliveries" if found.state.startswith("DECIDED") or found.state == "ISSUED" else "desk"
    queue = await queue_of(request, visitor, listed)
    known = {
        "case": found,
        "now": status_of(found, staff=True),
        "stations": stations_of(found),
        "place": f"/desk/cases/{case_id}",
        "part": shown,
        "changes": changes,
        # What was typed for an act that is not possible any more can still be read and copied.
        "typed": _typed(typed) if shown != part else [],
        "offered": offered(found),
        "room": listed,
        "queue": queue,
        "queue_title": TITLES[listed],
        "list_place": f"/desk/cases/{case_id}",
        "said": SAID.get(request.query_params.get("said", ""), ""),
        "revealed": None,
        "rehearsal": None,
        "withdrawable": found.state in OPEN_STATES and "withdraw_case" in found.allowed,
        "ribbon_clock": clock_of(found, "statutory") or clock_of(found, "intake"),
        "promised": clock_of(found, "promised"),
    }
    return await page(
        request,
        "counter/case.html",
        title=_("{number} {item}", number=found.case_no, item=chosen(found.item_name, found.item_name_en)),
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        **(known | content),
    )


def _typed(values: dict[str, str]) -> list[str]:
    texts = (text.strip() for name, text in values.items() if name not in _NOT_TYPED)
    return [text for text in texts if text]
