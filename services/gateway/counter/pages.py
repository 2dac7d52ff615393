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
from services.gateway.case_changes import changes_since
from services.gateway.case_list import read_list
from services.gateway.conditions import command_id_of
from services.gateway.counter import actions
from services.gateway.counter.case_page import TITLES, case_page, clerk_of, queue_of
from services.gateway.design.language import N_, Words, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, number_of, parse, text_of, values_of, version_of
from services.gateway.forms import CorrectionNotice, Delivery, TolerantAcceptance, Withdrawal
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.visits import checked_form, gateway_of
from shared.errors import Refused

router = APIRouter()


# Each way in has its own list; a key leads to each.
CHANNELS: dict[str, cases.Channel] = {"online": "online", "counter": "counter", "province": "province"}
LABELS = Words(
    {
        "reasons": N_("撤回原因"),
        "supply_due_on": N_("补交期限"),
        "correction_working_days": N_("补正期限"),
        "explanation": N_("说明"),
        "method": N_("送达方式"),
        "recipient": N_("受送达人"),
        "waybill": N_("运单号"),
    }
)


@router.get("/desk")
async def desk(request: Request) -> Response:
    """What awaits acceptance, from every channel or from one."""
    visitor = await clerk_of(request)
    channel = CHANNELS.get(request.query_params.get("channel", ""))

    async def listing(g: Gateway, v: Visitor, cursor: str | None, limit: int) -> c.CasePage:
        return await actions.desk(g, v, cursor, limit, channel)

    queue = await read_list(request, visitor, f"page.desk.{channel or ''}", listing)
    return await page(
        request,
        "counter/desk.html",
        title=TITLES["desk"],
        room="desk",
        queue=queue,
        queue_title=TITLES["desk"],
        channel=channel or "",
        list_place=f"/desk?channel={channel}" if channel else "/desk",
    )


@router.get("/desk/deliveries")
async def deliveries(request: Request) -> Response:
    visitor = await clerk_of(request)
    return await _list_page(request, visitor, "deliveries")


async def _list_page(
    request: Request,
    visitor: Visitor,
    name: str,
    *,
    faults: list[Fault] | None = None,
    values: dict[str, str] | None = None,
) -> Response:
    return await page(
        request,
        "counter/desk.html",
        title=TITLES[name],
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        room=name,
        queue=await queue_of(request, visitor, name),
        queue_title=TITLES[name],
        channel="",
        list_place="/desk" if name == "desk" else f"/desk/{name}",
    )


@router.post("/desk/open")
async def open_case(request: Request) -> Response:
    """A case by the voucher in the applicant's hand, wherever it stands."""
    visitor = await clerk_of(request)
    form = await checked_form(request)
    number = text_of(form, "case_no").replace(" ", "").upper()
    key = cases.CaseKey(case_no=number, access_code=text_of(form, "access_code").replace(" ", "").upper())
    try:
        asked = parse(c.GetCase, key.fields)
        found = await cases.view(
            gateway_of(request), visitor, cases.CaseKey(None, asked.case_no, asked.access_code)
        )
    except (Problem, Refused) as error:
        labels = {"case_no": _("办件编号"), "access_code": _("查询码")}
        faults = faults_of(error, labels)
        return await _list_page(request, visitor, "desk", faults=faults, values=values_of(form))
    return see(f"/desk/cases/{found.case_id}")


@router.get("/desk/cases/{case_id}")
async def case(request: Request, case_id: UUID) -> Response:
    return await case_page(request, case_id, values=dict(request.query_params))


@router.get("/desk/cases/{case_id}/news")
async def news(request: Request, case_id: UUID) -> Response:
    """What changed since the page was made, for a page whose reader is in the middle of something."""
    visitor = await clerk_of(request)
    found = await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id))
    seen = version_of(dict(request.query_params))
    changes = await changes_since(gateway_of(request), visitor, found, seen)
    return await page(
        request,
        "counter/news.html",
        title=found.case_no,
        changes=changes,
        version=seen,
        place=f"/desk/cases/{case_id}",
    )


@router.get("/desk/cases/{case_id}/accept")
async def ask_acceptance(request: Request, case_id: UUID) -> Response:
    """The acceptance as it would be: its dates and its document, before it is done."""
    visitor = await clerk_of(request)
    gateway = gateway_of(request)
    found = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    try:
        rehearsal = await actions.rehearse_acceptance(gateway, visitor, found)
    except Refused:
        # The page says by itself what stands against it; the act says so again when it is tried.
        rehearsal = None
    return await case_page(request, case_id, "accept", rehearsal=rehearsal)


@router.get("/desk/cases/{case_id}/correction")
async def preview_correction(request: Request, case_id: UUID) -> Response:
    """Everything to correct at once, as the notice will say it, before it is sent."""
    return await _correction_page(request, case_id, dict(request.query_params))


async def _correction_page(
    request: Request, case_id: UUID, values: dict[str, str], faults: list[Fault] | None = None
) -> Response:
    visitor = await clerk_of(request)
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
    visitor = await clerk_of(request)
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
        version, command_id = sent(visitor, "correction", form)
        await actions.request_correction(gateway_of(request), visitor, case_id, version, notice, command_id)
    except (Problem, Refused) as error:
        labels = {"correction_working_days": LABELS["correction_working_days"]}
        fields = {f"defects.{place}.explanation": one["material_code"] for place, one in enumerate(defects)}
        faults = faults_of(error, labels | dict.fromkeys(fields, LABELS["explanation"]))
        return await _correction_page(
            request, case_id, values, [_at_paper(fault, fields.get(fault.field)) for fault in faults]
        )
    return see(f"/desk/cases/{case_id}?said=corrected")


def _at_paper(fault: Fault, code: str | None) -> Fault:
    """The fault at the field of its paper, which the form names by its code."""
    return fault if code is None else replace(fault, field=f"explanation.{code}")


def sent(visitor: Visitor, act: str, form: FormData) -> tuple[int, UUID]:
    """The version that the clerk saw, and the id of this sending."""
    key = text_of(form, "key") or "none"
    return number_of(form, "version") or 1, command_id_of(visitor.actor.id, f"page.{act}", key)


Handler = Callable[[Gateway, Visitor, int, UUID, FormData], Coroutine[Any, Any, c.CaseReceipt]]


async def _act(
    request: Request,
    case_id: UUID,
    name: str,
    part: str,
    said: str,
    act: Handler,
    labels: dict[str, str] | None = None,
) -> Response:
    """One act on one case: done once whatever the browser repeats; a refusal is shown where it was asked for."""
    visitor = await clerk_of(request)
    form = await checked_form(request)
    version, command_id = sent(visitor, name, form)
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

    labels = {"supply_due_on": LABELS["supply_due_on"]}
    return await _act(request, case_id, "accept_tolerantly", "accept", "tolerated", act, labels)


@router.get("/desk/cases/{case_id}/deliver")
async def ask_delivery(request: Request, case_id: UUID) -> Response:
    return await case_page(request, case_id, "deliver", values={"method": "window"})


@router.post("/desk/cases/{case_id}/deliver")
async def deliver(request: Request, case_id: UUID) -> Response:
    async def act(g: Gateway, v: Visitor, version: int, command_id: UUID, form: FormData) -> c.CaseReceipt:
        names = ("method", "recipient", "waybill")
        typed = {name: text for name in names if (text := text_of(form, name))}
        return await actions.hand_over(g, v, case_id, version, parse(Delivery, typed), command_id)

    labels = {name: LABELS[name] for name in ("method", "recipient", "waybill")}
    return await _act(request, case_id, "deliver", "deliver", "delivered", act, labels)


@router.get("/desk/cases/{case_id}/withdraw")
async def ask_withdrawal(request: Request, case_id: UUID) -> Response:
    return await case_page(request, case_id, "withdraw")


@router.post("/desk/cases/{case_id}/withdraw")
async def withdraw(request: Request, case_id: UUID) -> Response:
    async def act(g: Gateway, v: Visitor, version: int, command_id: UUID, form: FormData) -> c.CaseReceipt:
        reason = parse(Withdrawal, {"reason": text_of(form, "reason") or None}).reason
        return await cases.withdraw(g, v, case_id, version, reason, command_id)

    return await _act(
        request, case_id, "withdraw", "withdraw", "withdrawn", act, {"reason": LABELS["reasons"]}
    )
