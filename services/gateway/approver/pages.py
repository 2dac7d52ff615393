"""The approver's desk: what waits, the papers beside the rules as computed, and the decision before it is made."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.applications import contracts as c
from services.gateway import cases
from services.gateway.approver import actions, reasons, waiting
from services.gateway.approver.case_page import approver_of, case_page
from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, number_of, parse, text_of, values_of, version_of
from services.gateway.downloads import download
from services.gateway.forms import Decision, Purpose
from services.gateway.problems import Problem
from services.gateway.thumbnails import thumbnail as drawn
from services.gateway.visits import checked_form, gateway_of
from shared.errors import Refused

router = APIRouter()
LABELS = {"result": N_("决定"), "reasons": N_("理由"), "purpose": N_("查看用途")}
# What may stand in the address of a case: the choice of a template, never words that were written.
_CHOSEN = ("result", "template")


@router.get("/review")
async def review(request: Request) -> Response:
    visitor = await approver_of(request)
    return await page(
        request,
        "approver/list.html",
        title=_("待审批"),
        room="review",
        waiting=await waiting.read_waiting(request, visitor),
        list_place="/review",
        said=request.query_params.get("said", ""),
        whom=waiting.whom,
        task=waiting.task,
        line_ribbon=waiting.line_ribbon,
        alike=waiting.alike,
    )


@router.get("/review/cases/{case_id}")
async def case(request: Request, case_id: UUID) -> Response:
    values = {name: request.query_params.get(name, "")[:40] for name in _CHOSEN}
    if reasons.template_of(values["template"]):
        values["result"] = "refuse"
    return await case_page(request, case_id, values=values)


@router.post("/review/cases/{case_id}/preview")
async def preview(request: Request, case_id: UUID) -> Response:
    """The decision word for word, with the place of the seal; nothing is decided yet."""
    visitor = await approver_of(request)
    values = values_of(await checked_form(request))
    if values.get("again"):
        return await case_page(request, case_id, values=values)
    faults = reasons.faults_before(values)
    if faults:
        return await case_page(request, case_id, faults=faults, values=values)
    try:
        command = actions.decision(case_id, version_of(values) or 1, _decision(values))
        shown = await actions.rehearse(gateway_of(request), visitor, "decide_case", command)
    except (Problem, Refused) as error:
        return await case_page(request, case_id, faults=faults_of(error, LABELS), values=values)
    return await case_page(request, case_id, "preview", values=values, rehearsal=shown)


def _decision(values: dict[str, str]) -> Decision:
    reasons_given = reasons.reasons_of(values) or None
    return parse(
        Decision,
        {
            "result": values.get("result"),
            "reasons": reasons_given,
            "ground": values.get("ground") or None,
            "minutes_sha256": values.get("minutes_sha256", "").strip() or None,
            "stand_in_reason": values.get("stand_in_reason") or None,
        },
    )


@router.post("/review/cases/{case_id}/decide")
async def decide(request: Request, case_id: UUID) -> Response:
    visitor = await approver_of(request)
    form = await checked_form(request)
    values = values_of(form)
    if faults := reasons.faults_before(values):
        return await case_page(request, case_id, faults=faults, values=values)
    command_id = command_id_of(visitor.actor.id, "page.decide", text_of(form, "key") or "none")
    try:
        receipt = await actions.decide(
            gateway_of(request),
            visitor,
            case_id,
            number_of(form, "version") or 1,
            _decision(values),
            command_id,
        )
    except (Problem, Refused) as error:
        return await case_page(request, case_id, faults=faults_of(error, LABELS), values=values)
    if receipt.state not in ("DECIDED_GRANT", "DECIDED_REFUSE"):
        return see(f"/review/cases/{case_id}?said=voice")
    return see(f"/review?said={receipt.case_no}")


@router.post("/review/cases/{case_id}/confirm-supply")
async def confirm_supply(request: Request, case_id: UUID) -> Response:
    """The late papers are right; the decision comes next, on the same page."""
    visitor = await approver_of(request)
    form = await checked_form(request)
    command_id = command_id_of(visitor.actor.id, "page.confirm-supply", text_of(form, "key") or "none")
    try:
        await actions.confirm_supply(
            gateway_of(request), visitor, case_id, number_of(form, "version") or 1, command_id
        )
    except (Problem, Refused) as error:
        return await case_page(
            request, case_id, faults=faults_of(error, LABELS), values={"version": text_of(form, "version")}
        )
    return see(f"/review/cases/{case_id}?said=confirm_supply")


@router.post("/review/cases/{case_id}/reveal")
async def reveal(request: Request, case_id: UUID) -> Response:
    visitor = await approver_of(request)
    form = await checked_form(request)
    try:
        purpose = parse(Purpose, {"purpose": text_of(form, "purpose")}).purpose
        parties = await cases.reveal(gateway_of(request), visitor, case_id, purpose)
    except (Problem, Refused) as error:
        return await case_page(request, case_id, faults=faults_of(error, LABELS))
    return await case_page(request, case_id, revealed=parties)


@router.get("/review/cases/{case_id}/documents/{document_id}")
async def document(request: Request, case_id: UUID, document_id: UUID) -> Response:
    return await _document_page(request, case_id, document_id, None)


@router.post("/review/cases/{case_id}/documents/{document_id}")
async def whole_document(request: Request, case_id: UUID, document_id: UUID) -> Response:
    form = await checked_form(request)
    return await _document_page(request, case_id, document_id, text_of(form, "purpose"))


async def _document_page(request: Request, case_id: UUID, document_id: UUID, purpose: str | None) -> Response:
    visitor = await approver_of(request)
    faults: list[Fault] = []
    if purpose is not None:
        try:
            purpose = parse(Purpose, {"purpose": purpose}).purpose
        except Problem as error:
            faults, purpose = faults_of(error, LABELS), None
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
    visitor = await approver_of(request)
    return download(await cases.file(gateway_of(request), visitor, cases.CaseKey(case_id), upload_id))


@router.get("/review/cases/{case_id}/files/{upload_id}/thumbnail")
async def thumbnail(request: Request, case_id: UUID, upload_id: UUID) -> Response:
    visitor, gateway = await approver_of(request), gateway_of(request)
    paper = await actions.paper(gateway, visitor, case_id, upload_id)
    return await drawn(gateway, paper.digest or "", paper.media_type or "")
