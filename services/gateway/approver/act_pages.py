"""Acts beside the decision: each asked on the case's screen, shown with article, new dates and notice, and then done."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.gateway.approver import actions
from services.gateway.approver.acts import ACTS, Act, labels_of, lagging, typed_of
from services.gateway.approver.case_page import approver_of, case_page
from services.gateway.case_commands import send_command
from services.gateway.conditions import command_id_of
from services.gateway.design.render import see
from services.gateway.design.typed import faults_of, number_of, parse, text_of, values_of, version_of
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, gateway_of
from shared.errors import Refused

router = APIRouter()


def _act(name: str) -> Act:
    if name not in ACTS:
        raise Problem("not_found")
    return ACTS[name]


async def _act_page(request: Request, case_id: UUID, act: Act, part: str = "act", **content: Any) -> Response:
    return await case_page(request, case_id, part, act=act, lagging=lagging, **content)


@router.get("/review/cases/{case_id}/acts/{act}")
async def ask(request: Request, case_id: UUID, act: str) -> Response:
    visitor = await approver_of(request)
    found = _act(act)
    values = {one.name: one.first for one in found.inputs}
    values |= {"person": visitor.actor.id} if "person" in values else {}
    return await _act_page(request, case_id, found, values=values)


@router.post("/review/cases/{case_id}/acts/{act}/preview")
async def preview(request: Request, case_id: UUID, act: str) -> Response:
    """The new dates and the notice word for word; nothing is done."""
    visitor = await approver_of(request)
    found, form = _act(act), await checked_form(request)
    values = values_of(form)
    if values.get("again"):
        return await _act_page(request, case_id, found, values=values)
    try:
        typed = parse(found.form, typed_of(found, values))
        shown = None
        if found.rehearsed:
            command = found.method.request(
                case_id=case_id, expected_version=version_of(values) or 1, **dict(typed)
            )
            shown = await actions.rehearse(gateway_of(request), visitor, found.name, command)
    except (Problem, Refused) as error:
        faults = faults_of(error, labels_of(found))
        return await _act_page(request, case_id, found, faults=faults, values=values)
    return await _act_page(request, case_id, found, "act_preview", values=values, rehearsal=shown)


@router.post("/review/cases/{case_id}/acts/{act}")
async def do(request: Request, case_id: UUID, act: str) -> Response:
    visitor = await approver_of(request)
    found, form = _act(act), await checked_form(request)
    try:
        await _send(request, visitor, case_id, found, form)
    except (Problem, Refused) as error:
        faults = faults_of(error, labels_of(found))
        return await _act_page(request, case_id, found, faults=faults, values=values_of(form))
    return see(f"/review/cases/{case_id}?said={found.name}")


async def _send(request: Request, visitor: Any, case_id: UUID, act: Act, form: FormData) -> None:
    typed = parse(act.form, typed_of(act, values_of(form)))
    command_id = command_id_of(visitor.actor.id, f"page.{act.name}", text_of(form, "key") or "none")
    await send_command(
        gateway_of(request),
        visitor,
        act.method,
        case_id,
        number_of(form, "version") or 1,
        typed,
        command_id,
    )
