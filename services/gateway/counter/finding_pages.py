"""Which case does somebody at the window mean, and what did I do today: both answered on one page."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.applications.contracts.looking_up import FindCases, FoundCases, GetDay
from services.gateway import cases
from services.gateway.counter import actions
from services.gateway.counter.case_page import clerk_of
from services.gateway.design.language import _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, parse
from services.gateway.problems import Problem
from services.gateway.progress import status_of
from services.gateway.visits import gateway_of
from shared.errors import Refused

router = APIRouter()


@router.get("/desk/find")
async def find(request: Request) -> Response:
    """One case is opened at once, its sentence on top; several are told apart by theirs."""
    visitor = await clerk_of(request)
    gateway = gateway_of(request)
    text = request.query_params.get("last", "")[:200]
    found, faults = FoundCases(items=()), list[Fault]()
    try:
        found = await actions.find(gateway, visitor, parse(FindCases, {"text": text}))
    except Problem as error:
        faults = faults_of(error, {"text": _("尾号")})
    except Refused as error:
        faults = faults_of(error, {})
    if len(found.items) == 1:
        return see(f"/desk/cases/{found.items[0].line.case_id}")
    keys = [cases.CaseKey(one.line.case_id) for one in found.items]
    views = await asyncio.gather(*(cases.view(gateway, visitor, key) for key in keys))
    return await page(
        request,
        "counter/found.html",
        title=_("查找办件"),
        status=422 if faults else 200,
        faults=[Fault("last" if fault.field == "text" else "", fault.zh, fault.en) for fault in faults],
        values={"last": text},
        room="find",
        found=found,
        told=[(one, view, status_of(view, staff=True)) for one, view in zip(found.items, views, strict=True)],
    )


@router.get("/desk/day")
async def day(request: Request) -> Response:
    """What I received, accepted, corrected and delivered on a day, to be read and printed."""
    visitor = await clerk_of(request)
    typed = request.query_params.get("on", "")[:40]
    faults = list[Fault]()
    on = None
    try:
        on = parse(GetDay, {"on": typed}).on if typed else None
    except Problem:
        faults = [Fault("on", "日期：不是正确的日期。", "Date: this is not a date.")]
    told = await actions.day(gateway_of(request), visitor, on)
    return await page(
        request,
        "counter/day.html",
        title=_("工作日志"),
        status=422 if faults else 200,
        faults=faults,
        values={"on": typed or told.on.isoformat()},
        room="day",
        day=told,
    )
