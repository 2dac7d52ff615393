"""A helper for one's own case: named for a time and a scope, seen by both, and taken back by either at any moment."""

from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway import cases
from services.gateway.applicant import actions, helping
from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, Words, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, nested, number_of, parse, text_of, values_of
from services.gateway.licences_api import NewMandate, Nothing
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared import time
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
SCOPES = Words(
    {
        "supply": N_("补正、补交材料"),
        "withdraw": N_("撤回申请"),
        "hearing": N_("申请听证"),
        "channel": N_("转到窗口或网上继续办理"),
    }
)
LABELS = {
    "agent.name": N_("姓名"),
    "agent.certificate_number": N_("身份证号码"),
    "agent.mobile": N_("手机号码"),
    "agent.valid_until": N_("委托到哪一天"),
    "agent.scope": N_("帮您做什么"),
    "agreed": N_("确认委托"),
}
# Long enough for most cases, short enough that nobody is bound who has forgotten.
USUAL = timedelta(days=30)


@router.get("/my/cases/{case_id}/helper")
async def helper(request: Request, case_id: UUID) -> Response:
    return await _page(request, case_id)


async def _page(
    request: Request,
    case_id: UUID,
    *,
    faults: list[Fault] | None = None,
    values: dict[str, str] | None = None,
    scope: list[str] | None = None,
) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    case = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    return await page(
        request,
        "applicant/helper.html",
        title=_("请人帮我办"),
        status=422 if faults else 200,
        faults=faults or [],
        values=values or {"agent.valid_until": (time.today() + USUAL).isoformat()},
        case=case,
        place=f"/my/cases/{case_id}",
        agent=helping.party(case, "agent"),
        helps=await helping.acts_for(gateway, visitor, case),
        scopes=SCOPES,
        scope=["supply"] if scope is None else scope,
        offered="give_mandate" in case.allowed,
    )


@router.post("/my/cases/{case_id}/helper")
async def name_helper(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    form = await checked_form(request)
    gateway, values = gateway_of(request), values_of(form)
    scope = [one for one in form.getlist("scope") if isinstance(one, str)]
    command_id = command_id_of(visitor.actor.id, "page.name_helper", text_of(form, "key"))
    found = _unsaid(scope, values)
    try:
        agent = nested(values, only="agent.").get("agent", {}) | {"certificate_type": "111", "scope": scope}
        mandate = parse(NewMandate, {"agent": agent})
        case = await cases.view(gateway, visitor, cases.CaseKey(case_id))
        version = number_of(form, "version") or case.version
        if not found:
            await actions.give_mandate(gateway, visitor, case, version, mandate, command_id)
    except (Problem, Refused) as error:
        told = _at_fields(faults_of(error, {field: _(label) for field, label in LABELS.items()}))
        found = told + [one for one in found if one.field not in {fault.field for fault in told}]
    if found:
        return await _page(request, case_id, faults=found, values=values, scope=scope)
    return see(f"/my/cases/{case_id}/helper")


def _unsaid(scope: list[str], values: dict[str, str]) -> list[Fault]:
    """What the law wants in a mandate and a page must not leave open: its scope, its end, the applicant's word."""
    faults = []
    if not scope:
        faults.append(Fault("agent.scope", "请选择帮您做什么", "Say what the helper may do."))
    if not _is_day(values.get("agent.valid_until", "")):
        faults.append(Fault("agent.valid_until", "请填写委托到哪一天", "Say until when."))
    if not values.get("agreed"):
        faults.append(Fault("agreed", "请确认委托", "Confirm that you ask this person to help."))
    return faults


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _at_fields(faults: list[Fault]) -> list[Fault]:
    """Rules of the engine point into the mandate; on the page its fields stand with the helper."""
    return [Fault(one.field or "agent.name", one.zh, one.en) for one in faults]


@router.post("/my/cases/{case_id}/helper/end")
async def end_mandate(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    form = await checked_form(request)
    gateway = gateway_of(request)
    command_id = command_id_of(visitor.actor.id, "page.end_mandate", text_of(form, "key"))
    case = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    helps = await helping.acts_for(gateway, visitor, case)
    try:
        version = number_of(form, "version") or case.version
        await actions.revoke_mandate(gateway, visitor, case, version, Nothing(), command_id)
    except (Problem, Refused) as error:
        return await _page(request, case_id, faults=faults_of(error, {}))
    # Whoever laid a mandate down has no case to go back to.
    return see("/my/cases" if helps else f"/my/cases/{case_id}/helper")
