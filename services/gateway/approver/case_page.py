"""The screen of one case: papers on the left, the computed checklist on the right, the act at the bottom.

Every page of a case is this screen; what stands at the bottom, and whether the middle shows papers or the document that an
act would give, is its part.
"""

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from services.applications import contracts as c
from services.gateway import cases
from services.gateway.approver import acts, reasons, waiting
from services.gateway.approver.laws import LICENCE_LAW
from services.gateway.approver.rules import checklist
from services.gateway.case_changes import changes_since
from services.gateway.case_list import CaseList
from services.gateway.design.language import N_, Words, _, chosen
from services.gateway.design.render import page
from services.gateway.design.typed import Fault, version_of
from services.gateway.identity.visitor import Visitor
from services.gateway.progress import OPEN_STATES, clock_of, stations_of, status_of
from services.gateway.visits import gateway_of, visitor_with
from shared.identity import Role

# What a browser draws in an <img> of the file's small picture.
PICTURED = ("application/pdf", "image/jpeg", "image/png")


async def approver_of(request: Request) -> Visitor:
    # The head of the organ reads what the approvers read, and decides where the item asks for the head.
    return await visitor_with(request, Role.APPROVER, Role.ORGAN_HEAD)


async def case_page(
    request: Request,
    case_id: UUID,
    part: str = "decide",
    *,
    faults: list[Fault] | None = None,
    values: dict[str, str] | None = None,
    **content: Any,
) -> Response:
    visitor, gateway = await approver_of(request), gateway_of(request)
    mine = await waiting.read_mine(request, visitor)
    found = await cases.view(gateway, visitor, cases.CaseKey(case_id), explain=True)
    before, following = waiting.beside(mine, case_id)
    known = {
        "mine": mine,
        "list_place": f"/review/cases/{case_id}",
        "before": before,
        "following": following,
        "case": found,
        "now": status_of(found, staff=True),
        "stations": stations_of(found),
        "rules": checklist(found),
        "place": f"/review/cases/{case_id}",
        "part": part,
        "act": None,
        "offered": acts.offered(found),
        "step_open": _step_open(found, mine),
        "licence_law": LICENCE_LAW,
        "stand_in_reasons": [(code, _(text)) for code, text in acts.STAND_IN.items()],
        "templates": reasons.TEMPLATES,
        "reason_template": reasons.template_of((values or {}).get("template", "")),
        "statutory": clock_of(found, "statutory"),
        "promised": clock_of(found, "promised"),
        "pictured": PICTURED,
        "revealed": None,
        "rehearsal": None,
        "said": said(request.query_params.get("said", "")),
        "changes": await changes_since(gateway, visitor, found, version_of(values or {})),
        "waits": why_no_decision(found, visitor),
        "task": waiting.task,
    }
    return await page(
        request,
        "approver/case.html",
        title=f"{found.case_no} {found.item_name}",
        status=422 if faults else 200,
        room="review",
        faults=faults or [],
        values=values,
        **(known | content),
    )


def _step_open(found: c.CaseView, mine: CaseList) -> str:
    """The step that waits before the decision, one's own before that of others."""
    if "give_opinion" not in found.allowed or found.review is None:
        return ""
    mine_now = {line.step for line in mine.lines if line.case_id == found.case_id}
    unanswered = [
        one for one in found.review.steps if one.progress == "open" and one.kind != "joint_approval"
    ]
    unanswered.sort(key=lambda one: one.code not in mine_now)
    return chosen(unanswered[0].name_zh, unanswered[0].name_en) if unanswered else ""


def said(code: str) -> str:
    """What was done a moment ago; the code stands in the address, so only ours are spoken."""
    if code == "voice":
        return _("您的意见已记录；其他人员提出意见后作出决定。")
    if (act := acts.ACTS.get(code)) is not None:
        return _("已完成：{act}", act=act.title)
    return _("补交的材料审查合格") if code == "confirm_supply" else ""


_WAITS = Words(
    {
        "SUBMITTED": N_("尚未受理，受理后才能决定。"),
        "CORRECTION_NOTICED": N_("等申请人补正；受理后才能决定。"),
        "ACCEPTED_TOLERANT": N_("等申请人补齐材料后才能决定。"),
        "SPECIAL_PROCEDURE": N_("特别程序登记结束后才能决定（行政许可法第四十五条）。"),
    }
)


def why_no_decision(found: c.CaseView, visitor: Visitor) -> str:
    """What stands in the way of a decision by whoever looks."""
    if found.state in _WAITS:
        return _WAITS[found.state]
    if found.decision is not None:
        return _("已经作出决定。")
    if found.state not in OPEN_STATES:
        return _("办件已经结束。")
    if not found.allowed:
        return _("您已回避这个办件，不能办理（行政许可法第四十八条）；由本单位其他人员办理。")
    return _("这个办件由您收件或者受理，不能再由您决定（收件、受理与决定分开）；请由其他审批人员决定。")
