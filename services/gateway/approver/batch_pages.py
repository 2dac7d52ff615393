"""The same decision for several identical cases: chosen in the list, looked at, decided, each with its own number."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.applications.contracts.reviewing import DecideBatch
from services.gateway.approver import actions, reasons, waiting
from services.gateway.approver.case_page import approver_of
from services.gateway.approver.pages import LABELS
from services.gateway.conditions import command_id_of
from services.gateway.design.language import _
from services.gateway.design.render import page, see
from services.gateway.design.typed import faults_of, parse, text_of, values_of
from services.gateway.forms import Decision
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, gateway_of
from shared.errors import Refused

router = APIRouter()


def _chosen(form: FormData) -> list[tuple[UUID, int]]:
    """The cases that were ticked, each with the version that was read: `id version`."""
    found = []
    for text in form.getlist("case"):
        case_id, _space, version = str(text).partition(" ")
        try:
            found.append((UUID(case_id), int(version)))
        except ValueError:
            raise Problem("malformed_form") from None
    return list(dict.fromkeys(found))[:50]


async def _batch_page(request: Request, form: FormData, **content: object) -> Response:
    visitor = await approver_of(request)
    mine = await waiting.read_mine(request, visitor)
    lines = {line.case_id: line for line in mine.lines}
    chosen = _chosen(form)
    known: dict[str, object] = {
        "chosen": chosen,
        "lines": [lines[case_id] for case_id, _version in chosen if case_id in lines],
        "names": {case_id: line.case_no for case_id, line in lines.items()},
        "rehearsal": None,
        "results": None,
        "faults": [],
        "values": values_of(form),
    }
    given = known | content
    return await page(
        request,
        "approver/batch.html",
        title=_("批量决定"),
        status=422 if given["faults"] else 200,
        room="review",
        **given,  # type: ignore[arg-type]  # the page's own words and values
    )


@router.post("/review/batch")
async def choose(request: Request) -> Response:
    """The cases that were ticked in the list, with the question of the decision."""
    await approver_of(request)
    form = await checked_form(request)
    if not _chosen(form):
        return see("/review")
    return await _batch_page(request, form)


@router.post("/review/batch/preview")
async def preview(request: Request) -> Response:
    """The document of the first case word for word; the others differ by applicant and number."""
    visitor = await approver_of(request)
    form = await checked_form(request)
    values, chosen = values_of(form), _chosen(form)
    faults = reasons.faults_before(values)
    if not chosen:
        return see("/review")
    if faults or values.get("again"):
        return await _batch_page(request, form, faults=faults)
    try:
        command = actions.decision(*chosen[0], _decision(values))
        shown = await actions.rehearse(gateway_of(request), visitor, "decide_case", command)
    except (Problem, Refused) as error:
        return await _batch_page(request, form, faults=faults_of(error, LABELS))
    return await _batch_page(request, form, rehearsal=shown)


def _decision(values: dict[str, str]) -> Decision:
    return parse(
        Decision, {"result": values.get("result"), "reasons": values.get("reasons", "").strip() or None}
    )


@router.post("/review/batch/decide")
async def decide(request: Request) -> Response:
    """Each case gets its own decision; what does not fit is refused alone and said."""
    visitor = await approver_of(request)
    form = await checked_form(request)
    values, chosen = values_of(form), _chosen(form)
    command_id = command_id_of(visitor.actor.id, "page.batch", text_of(form, "key") or "none")
    try:
        batch = parse(
            DecideBatch,
            {
                "cases": [{"case_id": case_id, "expected_version": version} for case_id, version in chosen],
                **_decision(values).model_dump(include={"result", "reasons"}),
            },
        )
        results = await actions.decide_batch(gateway_of(request), visitor, batch, command_id)
    except (Problem, Refused) as error:
        return await _batch_page(request, form, faults=faults_of(error, LABELS))
    return await _batch_page(request, form, results=results)
