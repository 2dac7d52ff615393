"""Who may act for whom: posts with A and B, delegations with dates and instrument, absences, and what was done in one's name."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from services.applications.contracts import powers as p
from services.gateway import client
from services.gateway.approver import actions
from services.gateway.approver.case_page import approver_of
from services.gateway.client import Method
from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, parse, text_of, values_of
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
LABELS = {
    "post": N_("岗位"),
    "holder": N_("A岗账号"),
    "stand_in": N_("B岗账号"),
    "delegator": N_("授权人账号"),
    "delegate": N_("受权人账号"),
    "posts": N_("授权的岗位"),
    "items": N_("授权的事项编码"),
    "role": N_("以何种身份办理"),
    "instrument": N_("文号"),
    "valid_from": N_("生效日期"),
    "valid_to": N_("截止日期"),
    "person": N_("缺勤人员账号"),
    "first_on": N_("缺勤第一天"),
    "last_on": N_("缺勤最后一天"),
}
_LISTS = ("posts", "items")
_RECORDS: dict[str, tuple[type[BaseModel], Method[Any, p.PowerReceipt]]] = {
    "posts": (p.AppointToPost, client.APPOINT_TO_POST),
    "delegations": (p.DelegatePower, client.DELEGATE_POWER),
    "absences": (p.RecordAbsence, client.RECORD_ABSENCE),
}


async def _powers_page(
    request: Request, faults: list[Fault] | None = None, values: dict[str, str] | None = None, form: str = ""
) -> Response:
    visitor, gateway = await approver_of(request), gateway_of(request)
    # A fault of one form stands at its own fields: the others have fields of the same names.
    at = [Fault(f"{form}.{one.field}" if one.field else "", one.zh, one.en) for one in faults or []]
    typed = {f"{form}.{name}": text for name, text in (values or {}).items()}
    return await page(
        request,
        "approver/powers.html",
        title=_("授权和代办"),
        status=422 if faults else 200,
        room="powers",
        faults=at,
        values=typed,
        powers=await actions.powers(gateway, visitor),
        done=await actions.done_for_me(gateway, visitor),
        is_head=visitor.has(Role.ORGAN_HEAD),
        me=visitor.actor.id,
        open_form=form,
        said=request.query_params.get("said", "") == "recorded",
    )


@router.get("/review/powers")
async def powers(request: Request) -> Response:
    return await _powers_page(request)


@router.post("/review/powers/{kind}")
async def record(request: Request, kind: str) -> Response:
    visitor = await visitor_with(request, Role.APPROVER, Role.ORGAN_HEAD)
    form = await checked_form(request)
    if kind not in _RECORDS:
        raise Problem("not_found")
    model, method = _RECORDS[kind]
    prefix = f"{kind}."
    values = {
        name.removeprefix(prefix): text for name, text in values_of(form).items() if name.startswith(prefix)
    }
    command_id = command_id_of(visitor.actor.id, f"page.powers.{kind}", text_of(form, "key") or "none")
    try:
        command = parse(model, _typed(values))
        await actions.put_on_record(gateway_of(request), visitor, method, command, command_id)
    except (Problem, Refused) as error:
        return await _powers_page(request, faults_of(error, LABELS), values, kind)
    return see("/review/powers?said=recorded")


def _typed(values: dict[str, str]) -> dict[str, Any]:
    """What was typed without the empty fields; a list is written with spaces between."""
    filled: dict[str, Any] = {name: text.strip() for name, text in values.items() if text.strip()}
    for name in _LISTS:
        if name in filled:
            filled[name] = filled[name].replace("，", " ").replace("、", " ").replace(",", " ").split()
    return filled


@router.post("/review/powers/delegations/{delegation_id}/revocation")
async def revoke(request: Request, delegation_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPROVER, Role.ORGAN_HEAD)
    form = await checked_form(request)
    command_id = command_id_of(visitor.actor.id, "page.powers.revoke", text_of(form, "key") or "none")
    command = p.RevokeDelegation(delegation_id=delegation_id)
    try:
        await actions.put_on_record(
            gateway_of(request), visitor, client.REVOKE_DELEGATION, command, command_id
        )
    except (Problem, Refused) as error:
        return await _powers_page(request, faults_of(error, LABELS), form="delegations")
    return see("/review/powers?said=recorded")
