"""The desk of a counter clerk: what awaits an answer, the case with its computed outcome, and the person, in three panes."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.applications import contracts as c
from services.catalogue import contracts as k
from services.gateway import cases
from services.gateway.case_list import CaseList, read_list
from services.gateway.conditions import command_id_of
from services.gateway.counter import actions
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, number_of, parse, text_of, values_of
from services.gateway.downloads import download
from services.gateway.forms import CorrectionNotice, Delivery, Purpose, TolerantAcceptance, Withdrawal
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.progress import OPEN_STATES, clock_of, stations_of, status_of
from services.gateway.public import actions as public
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
SAID = {
    "accepted": "已受理，受理通知书已生成并通知申请人",
    "tolerated": "已容缺受理，容缺受理通知书已生成并通知申请人",
    "corrected": "补正通知书已生成并通知申请人",
    "supplied": "材料已收取",
    "delivered": "已送达，送达回证已生成",
    "withdrawn": "申请已撤回",
    "submitted": "已收件，收件凭证已生成，请打印交给申请人",
}


async def _clerk(request: Request) -> Visitor:
    return await visitor_with(request, Role.CLERK)


async def _queue(request: Request, visitor: Visitor, name: str = "desk") -> CaseList:
    listing = actions.to_deliver if name == "deliveries" else actions.desk
    return await read_list(request, visitor, f"page.{name}", listing)


@router.get("/desk")
async def desk(request: Request) -> Response:
    visitor = await _clerk(request)
    queue = await _queue(request, visitor)
    return await page(
        request,
        "counter/desk.html",
        title="待受理",
        room="desk",
        queue=queue,
        queue_title="待受理",
        list_place="/desk",
    )


@router.get("/desk/deliveries")
async def deliveries(request: Request) -> Response:
    visitor = await _clerk(request)
    queue = await _queue(request, visitor, "deliveries")
    return await page(
        request,
        "counter/desk.html",
        title="待送达",
        room="deliveries",
        queue=queue,
        queue_title="待送达",
        list_place="/desk/deliveries",
    )


@router.post("/desk/open")
async def open_case(request: Request) -> Response:
    """A case by the voucher in the applicant's hand, wherever it stands."""
    visitor = await _clerk(request)
    form = await checked_form(request)
    number = text_of(form, "case_no").replace(" ", "").upper()
    key = cases.CaseKey(case_no=number, access_code=text_of(form, "access_code").replace(" ", "").upper())
    try:
        asked = parse(c.GetCase, key.fields)
        found = await cases.view(
            gateway_of(request), visitor, cases.CaseKey(None, asked.case_no, asked.access_code)
        )
    except (Problem, Refused) as error:
        queue = await _queue(request, visitor)
        return await page(
            request,
            "counter/desk.html",
            title="待受理",
            status=422,
            faults=faults_of(error, {"case_no": "办件编号", "access_code": "查询码"}),
            values=values_of(form),
            room="desk",
            queue=queue,
            queue_title="待受理",
            list_place="/desk",
        )
    return see(f"/desk/cases/{found.case_id}")


async def case_page(
    request: Request,
    case_id: UUID,
    part: str = "judge",
    *,
    faults: list[Fault] | None = None,
    values: dict[str, str] | None = None,
    **content: Any,
) -> Response:
    visitor = await _clerk(request)
    found = await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id), explain=True)
    listed = "deliveries" if found.state.startswith("DECIDED") else "desk"
    queue = await _queue(request, visitor, listed)
    title = "待送达" if listed == "deliveries" else "待受理"
    known = {
        "case": found,
        "now": status_of(found, staff=True),
        "stations": stations_of(found),
        "place": f"/desk/cases/{case_id}",
        "part": part,
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


@router.get("/desk/cases/{case_id}")
async def case(request: Request, case_id: UUID) -> Response:
    return await case_page(request, case_id, values=dict(request.query_params))


@router.get("/desk/cases/{case_id}/accept")
async def ask_acceptance(request: Request, case_id: UUID) -> Response:
    return await case_page(request, case_id, "accept")


@router.get("/desk/cases/{case_id}/correction")
async def preview_correction(request: Request, case_id: UUID) -> Response:
    """Everything to correct at once, as the notice will say it, before it is sent."""
    return await _correction_page(request, case_id, dict(request.query_params))


async def _correction_page(
    request: Request, case_id: UUID, values: dict[str, str], faults: list[Fault] | None = None
) -> Response:
    visitor = await _clerk(request)
    gateway = gateway_of(request)
    found = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    missing = [
        paper for paper in found.check.materials if paper.status in ("missing", "tolerated", "defective")
    ]
    named = [
        (paper, values.get(f"reason.{paper.code}") or "other")
        for paper in found.check.materials
        if values.get(f"judged.{paper.code}") == "faulty"
    ]
    nothing = not missing and not named
    if nothing and not faults:
        faults = [
            Fault(
                "",
                "材料齐全，也没有标出不合格的材料，应当受理，不能告知补正",
                "The papers are complete and none is marked as faulty: the case must be accepted.",
            )
        ]
    limit = await _correction_limit(gateway, visitor, found)
    return await case_page(
        request,
        case_id,
        "judge" if nothing else "correction",
        faults=faults,
        values=values,
        missing=missing,
        named=named,
        limit=limit,
    )


async def _correction_limit(gateway: Gateway, visitor: Visitor, case: c.CaseView) -> int | None:
    """The period that the item gives for corrections; the field stays empty when the catalogue is away."""
    try:
        item: k.ItemView = await public.item(gateway, visitor, case.item_code, case.item_version)
    except Refused:
        return None
    limit = item.item.content.correction_limit
    return limit.amount if limit.unit.value == "working_day" else None


@router.post("/desk/cases/{case_id}/correction")
async def request_correction(request: Request, case_id: UUID) -> Response:
    visitor = await _clerk(request)
    form = await checked_form(request)
    values = values_of(form)
    defects = [
        {
            "material_code": code,
            "reason": values.get(f"reason.{code}", "other"),
            **({"explanation": text} if (text := values.get(f"explanation.{code}", "").strip()) else {}),
        }
        for name in values
        if name.startswith("judged.") and values[name] == "faulty"
        for code in [name.removeprefix("judged.")]
    ]
    days = values.get("correction_working_days", "").strip()
    try:
        notice = parse(
            CorrectionNotice,
            {"defects": defects, **({"correction_working_days": days} if days else {})},
        )
        version, command_id = _sent(visitor, "correction", form)
        await actions.request_correction(gateway_of(request), visitor, case_id, version, notice, command_id)
    except (Problem, Refused) as error:
        labels = {"correction_working_days": "补正期限"}
        fields = {f"defects.{place}.explanation": one["material_code"] for place, one in enumerate(defects)}
        faults = faults_of(error, labels | dict.fromkeys(fields, "说明"))
        return await _correction_page(
            request, case_id, values, [_at_paper(fault, fields.get(fault.field)) for fault in faults]
        )
    return see(f"/desk/cases/{case_id}?said=corrected")


def _at_paper(fault: Fault, code: str | None) -> Fault:
    """The fault at the field of its paper, which the form names by its code."""
    return fault if code is None else replace(fault, field=f"explanation.{code}")


def _sent(visitor: Visitor, act: str, form: FormData) -> tuple[int, UUID]:
    """The version that the clerk saw, and the id of this sending."""
    key = text_of(form, "key") or "none"
    return number_of(form, "version") or 1, command_id_of(visitor.actor.id, f"page.{act}", key)


Act = Callable[[Gateway, Visitor, int, UUID, FormData], Coroutine[Any, Any, c.CaseReceipt]]


async def _act(
    request: Request,
    case_id: UUID,
    name: str,
    part: str,
    said: str,
    act: Act,
    labels: dict[str, str] | None = None,
) -> Response:
    """One act on one case: done once whatever the browser repeats; a refusal is shown where it was asked for."""
    visitor = await _clerk(request)
    form = await checked_form(request)
    version, command_id = _sent(visitor, name, form)
    try:
        await act(gateway_of(request), visitor, version, command_id, form)
    except (Problem, Refused) as error:
        return await case_page(
            request, case_id, part, faults=faults_of(error, labels or {}), values=values_of(form)
        )
    return see(f"/desk/cases/{case_id}?said={said}")


@router.post("/desk/cases/{case_id}/accept")
async def accept(request: Request, case_id: UUID) -> Response:
    async def act(g: Gateway, v: Visitor, version: int, command_id: UUID, form: FormData) -> c.CaseReceipt:
        return await actions.accept(g, v, case_id, version, command_id)

    return await _act(request, case_id, "accept", "accept", "accepted", act)


@router.post("/desk/cases/{case_id}/accept-tolerantly")
async def accept_tolerantly(request: Request, case_id: UUID) -> Response:
    async def act(g: Gateway, v: Visitor, version: int, command_id: UUID, form: FormData) -> c.CaseReceipt:
        typed = text_of(form, "supply_due_on")
        chosen = parse(TolerantAcceptance, {"supply_due_on": typed} if typed else {})
        return await actions.accept_tolerantly(g, v, case_id, version, chosen, command_id)

    labels = {"supply_due_on": "补交期限"}
    return await _act(request, case_id, "accept_tolerantly", "accept", "tolerated", act, labels)


@router.get("/desk/cases/{case_id}/deliver")
async def ask_delivery(request: Request, case_id: UUID) -> Response:
    return await case_page(request, case_id, "deliver", values={"method": "window"})


@router.post("/desk/cases/{case_id}/deliver")
async def deliver(request: Request, case_id: UUID) -> Response:
    async def act(g: Gateway, v: Visitor, version: int, command_id: UUID, form: FormData) -> c.CaseReceipt:
        names = ("method", "recipient", "waybill")
        typed = {name: text for name in names if (text := text_of(form, name))}
        return await actions.deliver(g, v, case_id, version, parse(Delivery, typed), command_id)

    labels = {"method": "送达方式", "recipient": "受送达人", "waybill": "运单号"}
    return await _act(request, case_id, "deliver", "deliver", "delivered", act, labels)


@router.get("/desk/cases/{case_id}/withdraw")
async def ask_withdrawal(request: Request, case_id: UUID) -> Response:
    return await case_page(request, case_id, "withdraw")


@router.post("/desk/cases/{case_id}/withdraw")
async def withdraw(request: Request, case_id: UUID) -> Response:
    async def act(g: Gateway, v: Visitor, version: int, command_id: UUID, form: FormData) -> c.CaseReceipt:
        reason = parse(Withdrawal, {"reason": text_of(form, "reason") or None}).reason
        return await cases.withdraw(g, v, case_id, version, reason, command_id)

    return await _act(request, case_id, "withdraw", "withdraw", "withdrawn", act, {"reason": "撤回原因"})


@router.post("/desk/cases/{case_id}/reveal")
async def reveal(request: Request, case_id: UUID) -> Response:
    visitor = await _clerk(request)
    form = await checked_form(request)
    try:
        purpose = parse(Purpose, {"purpose": text_of(form, "purpose")}).purpose
        parties = await cases.reveal(gateway_of(request), visitor, case_id, purpose)
    except (Problem, Refused) as error:
        return await case_page(request, case_id, faults=faults_of(error, {"purpose": "查看用途"}))
    return await case_page(request, case_id, revealed=parties)


@router.get("/desk/cases/{case_id}/documents/{document_id}")
async def document(request: Request, case_id: UUID, document_id: UUID) -> Response:
    visitor = await _clerk(request)
    shown = await cases.document(gateway_of(request), visitor, cases.CaseKey(case_id), document_id)
    return await page(
        request,
        "counter/document.html",
        title=shown.title,
        room="desk",
        document=shown,
        back=f"/desk/cases/{case_id}",
        place=f"/desk/cases/{case_id}/documents/{document_id}",
    )


@router.post("/desk/cases/{case_id}/documents/{document_id}")
async def whole_document(request: Request, case_id: UUID, document_id: UUID) -> Response:
    """The document in full, to be printed for the applicant; the look is recorded with its purpose."""
    visitor = await _clerk(request)
    form = await checked_form(request)
    faults: list[Fault] = []
    purpose: str | None = None
    try:
        purpose = parse(Purpose, {"purpose": text_of(form, "purpose")}).purpose
    except Problem as error:
        faults = faults_of(error, {"purpose": "查看用途"})
    shown = await cases.document(
        gateway_of(request), visitor, cases.CaseKey(case_id), document_id, purpose=purpose
    )
    return await page(
        request,
        "counter/document.html",
        title=shown.title,
        status=422 if faults else 200,
        faults=faults,
        room="desk",
        document=shown,
        back=f"/desk/cases/{case_id}",
        place=f"/desk/cases/{case_id}/documents/{document_id}",
    )


@router.get("/desk/cases/{case_id}/files/{upload_id}")
async def file(request: Request, case_id: UUID, upload_id: UUID) -> Response:
    visitor = await _clerk(request)
    return download(await cases.file(gateway_of(request), visitor, cases.CaseKey(case_id), upload_id))
