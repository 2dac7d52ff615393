"""Asking the office for something about one's own case: a hearing, a recusal, more time, a word before a recall."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway import cases
from services.gateway.applicant.asking import ASKINGS, Asking
from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, number_of, parse, text_of, values_of
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
LABELS = {"words": N_("说明"), "reasons": N_("说明"), "statement": N_("意见"), "until": N_("日期")}


def _asking(name: str) -> Asking:
    if name not in ASKINGS:
        raise Problem("not_found")
    return ASKINGS[name]


@router.get("/my/cases/{case_id}/ask/{name}")
async def ask_first(request: Request, case_id: UUID, name: str) -> Response:
    return await _page(request, case_id, name)


async def _page(
    request: Request,
    case_id: UUID,
    name: str,
    *,
    faults: list[Fault] | None = None,
    values: dict[str, str] | None = None,
) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    asking = _asking(name)
    case = await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id))
    return await page(
        request,
        "applicant/ask.html",
        title=_(asking.title),
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        case=case,
        asking=asking,
        offered=asking.offered(case),
        place=f"/my/cases/{case_id}",
        name=name,
    )


@router.post("/my/cases/{case_id}/ask/{name}")
async def ask(request: Request, case_id: UUID, name: str) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    form = await checked_form(request)
    asking, gateway = _asking(name), gateway_of(request)
    case = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    fields = {field: text_of(form, field) for field in (asking.words, asking.until) if field}
    command_id = command_id_of(visitor.actor.id, f"page.ask.{name}", text_of(form, "key"))
    try:
        body = parse(asking.form, {field: text for field, text in fields.items() if text})
        version = number_of(form, "version") or case.version
        await asking.send(gateway, visitor, case, version, body, command_id)
    except (Problem, Refused) as error:
        faults = faults_of(error, {field: _(label) for field, label in LABELS.items()})
        return await _page(request, case_id, name, faults=faults, values=values_of(form))
    return see(f"/my/cases/{case_id}?said={name}")
