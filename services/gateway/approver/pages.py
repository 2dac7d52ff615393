"""The approver's desk: what awaits a decision, the papers beside the rules as computed, and the decision before it is made."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.applications import contracts as c
from services.gateway import cases
from services.gateway.approver import actions
from services.gateway.approver.rules import checklist, decision_lines
from services.gateway.case_list import read_list
from services.gateway.conditions import command_id_of
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, number_of, parse, text_of, values_of
from services.gateway.downloads import download
from services.gateway.forms import Decision, Purpose
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.progress import OPEN_STATES, clock_of, stations_of, status_of
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
LABELS = {"result": "决定", "reasons": "理由"}
# A reason has its facts filled in by the approver; the places are marked so that none is forgotten.
REASON_TEMPLATES = {
    "conditions": "经审查，【写明不符合的具体事实】，不符合【法律法规名称和条款】规定的【条件名称】。",
    "materials": "提交的【材料名称】经核实与实际情况不符：【写明核实的事实】，不能证明符合【条件名称】。",
    "scope": "申请事项【写明事实】，依据【法律法规名称和条款】，不属于准予的范围。",
}


async def _approver(request: Request) -> Visitor:
    # The head of the organ reads what the approvers read, and decides where the item asks for the head.
    return await visitor_with(request, Role.APPROVER, Role.ORGAN_HEAD)


@router.get("/review")
async def review(request: Request) -> Response:
    visitor = await _approver(request)
    queue = await read_list(request, visitor, "page.review", actions.review_list)
    return await page(
        request,
        "approver/list.html",
        title="待审批",
        room="review",
        queue=queue,
        list_place="/review",
        said=request.query_params.get("said", ""),
    )


async def _case_page(
    request: Request,
    case_id: UUID,
    part: str = "decide",
    *,
    faults: list[Fault] | None = None,
    values: dict[str, str] | None = None,
    **content: Any,
) -> Response:
    visitor = await _approver(request)
    queue = await read_list(request, visitor, "page.review", actions.review_list)
    found = await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id), explain=True)
    known = {
        "queue": queue,
        "list_place": f"/review/cases/{case_id}",
        "case": found,
        "now": status_of(found, staff=True),
        "stations": stations_of(found),
        "rules": checklist(found),
        "place": f"/review/cases/{case_id}",
        "part": part,
        "templates": REASON_TEMPLATES,
        "statutory": clock_of(found, "statutory"),
        "promised": clock_of(found, "promised"),
        "revealed": None,
        "preview": None,
        "waits": _why_no_decision(found),
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


def _why_no_decision(found: c.CaseView) -> str:
    """What stands in the way of a decision by whoever looks."""
    if found.state in _WAITS:
        return _WAITS[found.state]
    if found.decision is not None:
        return "已经作出决定。"
    if found.state not in OPEN_STATES:
        return "办件已经结束。"
    return "这个办件现在不由您决定：由您收件、受理，或者还须他人审查、签批。"


_WAITS = {
    "SUBMITTED": "尚未受理，受理后才能决定。",
    "CORRECTION_NOTICED": "等申请人补正；受理后才能决定。",
    "ACCEPTED_TOLERANT": "等申请人补齐材料后才能决定。",
    "SPECIAL_PROCEDURE": "特别程序登记结束后才能决定（行政许可法第四十五条）。",
}


@router.get("/review/cases/{case_id}")
async def case(request: Request, case_id: UUID) -> Response:
    values = {name: request.query_params.get(name, "")[:4000] for name in ("result", "reasons")}
    template = request.query_params.get("template", "")
    if template in REASON_TEMPLATES:
        values |= {"result": "refuse", "reasons": REASON_TEMPLATES[template]}
    return await _case_page(request, case_id, values=values)


@router.post("/review/cases/{case_id}/preview")
async def preview(request: Request, case_id: UUID) -> Response:
    """The decision as it will read, with the place of the seal; nothing is decided yet."""
    visitor = await _approver(request)
    form = await checked_form(request)
    values = values_of(form)
    found = await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id))
    faults = _faults_before(values)
    if faults:
        return await _case_page(request, case_id, faults=faults, values=values)
    return await _case_page(
        request,
        case_id,
        "preview",
        values=values,
        preview=decision_lines(found, values),
        chosen=values["result"],
    )


def _faults_before(values: dict[str, str]) -> list[Fault]:
    """What the contract would refuse, and places of a reason that were not filled in."""
    typed = {"result": values.get("result", ""), "reasons": values.get("reasons", "").strip() or None}
    if not typed["result"]:
        return [Fault("result", "请选择决定", "Choose the decision.")]
    reasons = typed["reasons"] or ""
    if typed["result"] == "refuse" and not reasons:
        return [
            Fault(
                "reasons",
                "理由：不予的决定必须说明理由（行政许可法第三十八条）",
                "A refusal must state its reasons (Administrative Licence Law, Article 38).",
            )
        ]
    if "【" in reasons:
        return [
            Fault(
                "reasons",
                "理由：请把【】中的内容换成具体事实和依据",
                "Replace what stands in 【】 with the facts and the law.",
            )
        ]
    return []


@router.post("/review/cases/{case_id}/decide")
async def decide(request: Request, case_id: UUID) -> Response:
    visitor = await _approver(request)
    form = await checked_form(request)
    values = values_of(form)
    command_id = command_id_of(visitor.actor.id, "page.decide", text_of(form, "key") or "none")
    try:
        decision = parse(
            Decision, {"result": values.get("result"), "reasons": values.get("reasons", "").strip() or None}
        )
        receipt = await actions.decide(
            gateway_of(request),
            visitor,
            case_id,
            number_of(form, "version") or 1,
            decision,
            command_id,
        )
    except (Problem, Refused) as error:
        return await _case_page(request, case_id, faults=faults_of(error, LABELS), values=values)
    return see(f"/review?said={receipt.case_no}")


@router.post("/review/cases/{case_id}/confirm-supply")
async def confirm_supply(request: Request, case_id: UUID) -> Response:
    """The late papers are right; the decision comes next, on the same page."""
    visitor = await _approver(request)
    form = await checked_form(request)
    command_id = command_id_of(visitor.actor.id, "page.confirm-supply", text_of(form, "key") or "none")
    try:
        await actions.confirm_supply(
            gateway_of(request), visitor, case_id, number_of(form, "version") or 1, command_id
        )
    except (Problem, Refused) as error:
        return await _case_page(request, case_id, faults=faults_of(error, LABELS))
    return see(f"/review/cases/{case_id}")


@router.post("/review/cases/{case_id}/reveal")
async def reveal(request: Request, case_id: UUID) -> Response:
    visitor = await _approver(request)
    form = await checked_form(request)
    try:
        purpose = parse(Purpose, {"purpose": text_of(form, "purpose")}).purpose
        parties = await cases.reveal(gateway_of(request), visitor, case_id, purpose)
    except (Problem, Refused) as error:
        return await _case_page(request, case_id, faults=faults_of(error, {"purpose": "查看用途"}))
    return await _case_page(request, case_id, revealed=parties)


@router.get("/review/cases/{case_id}/documents/{document_id}")
async def document(request: Request, case_id: UUID, document_id: UUID) -> Response:
    return await _document_page(request, case_id, document_id, None)


@router.post("/review/cases/{case_id}/documents/{document_id}")
async def whole_document(request: Request, case_id: UUID, document_id: UUID) -> Response:
    form = await checked_form(request)
    return await _document_page(request, case_id, document_id, text_of(form, "purpose"))


async def _document_page(request: Request, case_id: UUID, document_id: UUID, purpose: str | None) -> Response:
    visitor = await _approver(request)
    faults: list[Fault] = []
    if purpose is not None:
        try:
            purpose = parse(Purpose, {"purpose": purpose}).purpose
        except Problem as error:
            faults, purpose = faults_of(error, {"purpose": "查看用途"}), None
    shown: c.DocumentView = await cases.document(
        gateway_of(request), visitor, cases.CaseKey(case_id), document_id, purpose=purpose
    )
    return await page(
        request,
        "counter/document.html",
        title=shown.title,
        status=422 if faults else 200,
        faults=faults,
        room="review",
        document=shown,
        back=f"/review/cases/{case_id}",
        place=f"/review/cases/{case_id}/documents/{document_id}",
    )


@router.get("/review/cases/{case_id}/files/{upload_id}")
async def file(request: Request, case_id: UUID, upload_id: UUID) -> Response:
    visitor = await _approver(request)
    return download(await cases.file(gateway_of(request), visitor, cases.CaseKey(case_id), upload_id))
