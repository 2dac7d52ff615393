"""The pages of the rarer acts: one for each act of the table, which says its consequence and article before it is done."""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.counter import actions
from services.gateway.counter.acts import BY_NAME, Act
from services.gateway.counter.case_page import case_page, clerk_of
from services.gateway.counter.pages import sent
from services.gateway.design.render import see
from services.gateway.design.typed import Fault, faults_of, parse, text_of, values_of
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, gateway_of
from shared.errors import Refused

router = APIRouter()


@router.get("/desk/cases/{case_id}/acts/{name}")
async def ask_act(request: Request, case_id: UUID, name: str) -> Response:
    # Whoever may not come in learns nothing of what there is.
    await clerk_of(request)
    return await case_page(request, case_id, "act", act=_known(name), values=dict(request.query_params))


@router.post("/desk/cases/{case_id}/acts/{name}")
async def do_act(request: Request, case_id: UUID, name: str) -> Response:
    """One of the rarer acts; its contract is the form."""
    visitor = await clerk_of(request)
    form = await checked_form(request)
    known = _known(name)
    version, command_id = sent(visitor, known.name, form)
    of_case: dict[str, object] = {"case_id": case_id, "expected_version": version}
    if "expected_version" not in known.method.request.model_fields:
        del of_case["expected_version"]
    typed = {one.name: text_of(form, one.name) for one in known.fields}
    try:
        command = parse(known.method.request, {**known.shape(typed), **of_case})
        await actions.act(gateway_of(request), visitor, known.method, command, command_id)
    except (Problem, Refused) as error:
        faults = [_at_field(fault) for fault in faults_of(error, known.labels | _in_parts(known))]
        return await case_page(request, case_id, "act", act=known, faults=faults, values=values_of(form))
    return see(f"/desk/cases/{case_id}?said={known.name}")


def _known(name: str) -> Act:
    if name not in BY_NAME:
        raise Problem("not_found")
    return BY_NAME[name]


def _in_parts(act: Act) -> dict[str, str]:
    """The fields of a defect stand in a list of one."""
    return {f"defects.0.{name}": words for name, words in act.labels.items()}


def _at_field(fault: Fault) -> Fault:
    return replace(fault, field=fault.field.removeprefix("defects.0."))
