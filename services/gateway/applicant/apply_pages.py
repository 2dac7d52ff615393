"""Applying: one question a page, a draft on the server after each, and nothing handed in before the last button."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.gateway.applicant import actions, applying, drafts
from services.gateway.applicant.answers import LABELS, Filling, shown_values, take
from services.gateway.applicant.drafts import Sent
from services.gateway.conditions import command_id_of
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, text_of, values_of
from services.gateway.identity.own import own_identity
from services.gateway.limits import form_with_files
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
# On which page each part of the application is changed.
_PAGE_OF = {"applicant": "applicant", "contact": "contact", "summary": "summary", "undertaking": "tolerance"}


async def _open(request: Request, draft_id: UUID) -> Filling:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    draft = await drafts.load(gateway, visitor.actor.id, draft_id)
    own = await own_identity(gateway, visitor)
    shown = await public.guide(gateway, visitor, draft.item_code)
    if draft.item_version != shown.version and draft.sent is None:
        draft.follow(shown.version, {paper.code for paper in shown.materials})
    return Filling(request, visitor, own, draft, shown)


@router.get("/apply/{code}")
async def start(request: Request, code: str) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    if len(code) != 31:
        raise Problem("not_found")
    shown = await public.guide(gateway, visitor, code)
    own = await own_identity(gateway, visitor)
    begun = [draft for draft in await drafts.unsent(gateway, visitor.actor.id) if draft.item_code == code]
    return await page(
        request, "applicant/start.html", title=f"申请：{shown.name.zh}", guide=shown, begun=begun, own=own
    )


@router.post("/apply/{code}")
async def begin(request: Request, code: str) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    await checked_form(request)
    gateway = gateway_of(request)
    own = await own_identity(gateway, visitor)
    shown = await public.guide(gateway, visitor, code)
    draft = await drafts.begin(gateway, visitor.actor.id, code, shown.version, shown.name.zh)
    return see(f"/drafts/{draft.id}/{applying.next_step(draft, shown, own)}")


@router.get("/drafts/{draft_id}")
async def overview(request: Request, draft_id: UUID) -> Response:
    filling = await _open(request, draft_id)
    if filling.draft.sent:
        return see(f"{filling.place}/done")
    steps = applying.steps_of(filling.draft, filling.guide, filling.own)
    return await page(
        request,
        "applicant/tasks.html",
        title="申请任务清单",
        draft=filling.draft,
        steps=steps,
        ready=all(step.filled for step in steps),
    )


@router.post("/drafts/{draft_id}/delete")
async def throw_away(request: Request, draft_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    await checked_form(request)
    await drafts.delete(gateway_of(request), visitor.actor.id, draft_id)
    return see("/my/cases?deleted=1")


@router.get("/drafts/{draft_id}/done")
async def done(request: Request, draft_id: UUID) -> Response:
    filling = await _open(request, draft_id)
    if filling.draft.sent is None:
        return see(filling.place)
    return await page(
        request,
        "applicant/done.html",
        title="已提交",
        draft=filling.draft,
        sent=filling.draft.sent,
        guide=filling.guide,
        due=date.fromisoformat(filling.draft.sent.due_on) if filling.draft.sent.due_on else None,
    )


@router.get("/drafts/{draft_id}/check")
async def check_answers(request: Request, draft_id: UUID) -> Response:
    return await _check_page(await _open(request, draft_id))


async def _check_page(filling: Filling, faults: list[Fault] | None = None) -> Response:
    if filling.draft.sent:
        return see(f"{filling.place}/done")
    steps = applying.steps_of(filling.draft, filling.guide, filling.own)
    if not all(step.filled for step in steps):
        return see(filling.place)
    return await page(
        filling.request,
        "applicant/check.html",
        title="提交前请核对",
        status=422 if faults else 200,
        faults=faults or [],
        draft=filling.draft,
        guide=filling.guide,
        own=filling.own,
        person=applying.applicant_of(filling.draft, filling.own),
        contact=applying.contact_of(filling.draft, filling.own),
        agent=applying.agent_of(filling.draft, filling.own),
    )


@router.post("/drafts/{draft_id}/check")
async def send(request: Request, draft_id: UUID) -> Response:
    filling = await _open(request, draft_id)
    await checked_form(request)
    if filling.draft.sent is None:
        try:
            await _send(filling)
        except (Problem, Refused) as error:
            return await _check_page(filling, _with_pages(faults_of(error, LABELS)))
    return see(f"{filling.place}/done")


async def _send(filling: Filling) -> None:
    """Hand in: the draft itself is the key, so that two windows or two clicks make one case."""
    form = applying.form_of(filling.draft, filling.own)
    command_id = command_id_of(filling.visitor.actor.id, "page.submit", f"draft:{filling.draft.id}")
    receipt = await actions.submit(gateway_of(filling.request), filling.visitor, form, command_id)
    filling.draft.sent = Sent(
        case_id=receipt.case_id,
        case_no=receipt.case_no,
        access_code=receipt.access_code,
        submitted_at=receipt.submitted_at,
        due_on=receipt.due_on.isoformat() if receipt.due_on else None,
    )
    await filling.save()


def _with_pages(faults: list[Fault]) -> list[Fault]:
    """On the page of answers a fault leads to the row whose answer has to change."""
    return [
        Fault(f"row-{_PAGE_OF.get(one.field.split('.')[0], 'who')}", one.zh, one.en) if one.field else one
        for one in faults
    ]


@router.get("/drafts/{draft_id}/{step}")
async def question(request: Request, draft_id: UUID, step: str) -> Response:
    filling = await _open(request, draft_id)
    if filling.draft.sent:
        return see(f"{filling.place}/done")
    return await _question_page(filling, step, shown_values(filling.draft))


async def _question_page(
    filling: Filling, step: str, values: dict[str, str], faults: list[Fault] | None = None
) -> Response:
    steps = applying.steps_of(filling.draft, filling.guide, filling.own)
    names = [one.name for one in steps]
    if step not in names:
        raise Problem("not_found")
    number = names.index(step)
    shown = {
        "step": step,
        "number": number + 1,
        "count": len(names),
        "before": f"{filling.place}/{names[number - 1]}" if number else filling.place,
        "returns": filling.request.query_params.get("return") == "check",
    }
    more = await _more(filling, step)
    template = "paper" if step.startswith(applying.PAPER) else step
    return await page(
        filling.request,
        f"applicant/step_{template}.html",
        title=steps[number].title,
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        draft=filling.draft,
        guide=filling.guide,
        own=filling.own,
        **shown,
        **more,
    )


async def _more(filling: Filling, step: str) -> dict[str, object]:
    """What a page needs beside the draft."""
    if step.startswith(applying.PAPER):
        code = step.removeprefix(applying.PAPER)
        paper = next(paper for paper in filling.guide.materials if paper.code == code)
        return {
            "paper": paper,
            "answers": applying.answers_for(paper),
            "given": filling.draft.papers.get(code),
        }
    if step != "tolerance":
        return {}
    found = await applying.check(gateway_of(filling.request), filling.visitor, filling.draft, filling.own)
    unseen = applying.agent_of(filling.draft, filling.own) is not None
    names = {paper.code: paper.name.zh for paper in filling.guide.materials}
    return {
        "check": found,
        "reasons": applying.reasons_against(found, credit_unseen=unseen),
        "lacking": [
            names[code]
            for code in (*found.missing_main, *found.missing_other, *found.missing_tolerable)
            if code in names
        ],
        "unseen": unseen,
        "person": applying.applicant_of(filling.draft, filling.own),
        "contact": applying.contact_of(filling.draft, filling.own),
    }


@router.post("/drafts/{draft_id}/{step}")
async def answer(request: Request, draft_id: UUID, step: str) -> Response:
    filling = await _open(request, draft_id)
    if filling.draft.sent:
        return see(f"{filling.place}/done")
    form = await form_with_files(request)
    faults = await take(filling, step, form)
    if faults:
        return await _question_page(filling, step, shown_values(filling.draft) | values_of(form), faults)
    filling.draft.answered(step)
    await filling.save()
    return _go_on(filling, step, form)


def _go_on(filling: Filling, step: str, form: FormData) -> Response:
    """To the next open question, or straight back to the answers when only one was to be changed."""
    after = None if text_of(form, "return") == "check" else step
    following = applying.next_step(filling.draft, filling.guide, filling.own, after=after)
    return see(f"{filling.place}/{following}")
