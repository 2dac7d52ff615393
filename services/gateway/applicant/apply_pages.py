"""Applying: one question a page, a draft on the server after each, and nothing handed in before the last button."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.gateway.applicant import actions, applying, drafts, paper_files, phone_uploads, putting_aside
from services.gateway.applicant.answers import (
    LABELS,
    Filling,
    paper_of,
    shown_values,
    signatory,
    take,
)
from services.gateway.applicant.drafts import Sent
from services.gateway.applicant.paper_files import ADVICE
from services.gateway.conditions import command_id_of
from services.gateway.design.language import _, said
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, new_key, text_of, values_of
from services.gateway.identity.own import own_identity
from services.gateway.limits import unproven_form
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.supplying import id_of
from services.gateway.visits import check_csrf, checked_form, gateway_of, visitor_with
from shared.blobs_pictures import PHOTOS
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
# On which page each part of the application is changed.
_PAGE_OF = {"applicant": "applicant", "contact": "contact", "summary": "summary", "undertaking": "tolerance"}


async def open_draft(request: Request, draft_id: UUID, step: str = "") -> Filling:
    """The visitor's draft, and for one page of it what was put aside there when a session had ended."""
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    draft = await drafts.load(gateway, visitor.actor.id, draft_id)
    own = await own_identity(gateway, visitor)
    shown = await public.guide(gateway, visitor, draft.item_code)
    if draft.item_version != shown.version and draft.sent is None:
        draft.follow(shown.version, {paper.code for paper in shown.materials})
    kept = await drafts.kept_answer(gateway, draft_id, step) if step and draft.sent is None else None
    if kept is not None and kept.paper is not None:
        draft.papers[step.removeprefix(applying.PAPER)] = kept.paper
    return Filling(request, visitor, own, draft, shown, kept)


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
        request,
        "applicant/start.html",
        title=_("申请：{item}", item=said(shown.name)),
        guide=shown,
        begun=begun,
        own=own,
    )


@router.post("/apply/{code}")
async def begin(request: Request, code: str) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    form = await checked_form(request)
    gateway = gateway_of(request)
    own = await own_identity(gateway, visitor)
    shown = await public.guide(gateway, visitor, code)
    # Two clicks begin one draft; a page of a release before brings no key.
    key = text_of(form, "key") or new_key()
    draft_id = command_id_of(visitor.actor.id, "page.begin", f"{code}\n{key}")
    draft = await drafts.begin(gateway, visitor.actor.id, code, shown.version, shown.name.zh, draft_id)
    return see(f"/drafts/{draft.id}/{applying.next_step(draft, shown, own)}")


@router.get("/drafts/{draft_id}")
async def overview(request: Request, draft_id: UUID) -> Response:
    filling = await open_draft(request, draft_id)
    if filling.draft.sent:
        return see(f"{filling.place}/done")
    steps = applying.steps_of(filling.draft, filling.guide, filling.own)
    return await page(
        request,
        "applicant/tasks.html",
        title=_("申请任务清单"),
        draft=filling.draft,
        guide=filling.guide,
        steps=steps,
        groups=applying.GROUPS,
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
    filling = await open_draft(request, draft_id)
    if filling.draft.sent is None:
        return see(filling.place)
    return await page(
        request,
        "applicant/done.html",
        title=_("已提交"),
        draft=filling.draft,
        sent=filling.draft.sent,
        guide=filling.guide,
        due=date.fromisoformat(filling.draft.sent.due_on) if filling.draft.sent.due_on else None,
    )


@router.get("/drafts/{draft_id}/check")
async def check_answers(request: Request, draft_id: UUID) -> Response:
    return await _check_page(await open_draft(request, draft_id))


async def _check_page(filling: Filling, faults: list[Fault] | None = None) -> Response:
    if filling.draft.sent:
        return see(f"{filling.place}/done")
    steps = applying.steps_of(filling.draft, filling.guide, filling.own)
    if not all(step.filled for step in steps):
        return see(filling.place)
    return await page(
        filling.request,
        "applicant/check.html",
        title=_("提交前请核对"),
        status=422 if faults else 200,
        faults=faults or [],
        draft=filling.draft,
        guide=filling.guide,
        own=filling.own,
        person=applying.applicant_of(filling.draft, filling.own),
        contact=applying.contact_of(filling.draft, filling.own),
        agent=applying.agent_of(filling.draft, filling.own),
        photos=PHOTOS,
    )


@router.post("/drafts/{draft_id}/check")
async def send(request: Request, draft_id: UUID) -> Response:
    filling = await open_draft(request, draft_id)
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
    filling = await open_draft(request, draft_id, step)
    if filling.draft.sent:
        return see(f"{filling.place}/done")
    kept = filling.kept.values if filling.kept else {}
    return await question_page(filling, step, shown_values(filling.draft) | kept)


async def question_page(
    filling: Filling, step: str, values: Mapping[str, str], faults: list[Fault] | None = None
) -> Response:
    """One question; `values` is what stands in its fields, `faults` what is wrong with them."""
    steps = applying.steps_of(filling.draft, filling.guide, filling.own)
    names = [one.name for one in steps]
    if step not in names:
        raise Problem("not_found")
    number = names.index(step)
    before = f"{filling.place}/{names[number - 1]}" if number else filling.place
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
        step=step,
        number=number + 1,
        count=len(names),
        before=f"{filling.place}/check" if filling.returns else before,
        returns=filling.returns,
        kept=filling.kept is not None and not faults,
        place=f"{filling.place}/{step}",
        action=_action(filling, step),
        **more,
    )


def _action(filling: Filling, step: str) -> str:
    """Where the page is sent: with the ticket that keeps what was typed should its session end meanwhile."""
    gateway, owner = gateway_of(filling.request), filling.visitor.actor.id
    query = {"ticket": drafts.ticket(gateway, owner, filling.draft.id, step)}
    if filling.returns:
        query["return"] = "check"
    return f"{filling.place}/{step}?{urlencode(query)}"


async def _more(filling: Filling, step: str) -> dict[str, object]:
    """What a page needs beside the draft."""
    if step.startswith(applying.PAPER):
        code = step.removeprefix(applying.PAPER)
        paper = paper_of(filling, code)
        return {
            "paper": paper,
            "answers": applying.answers_for(paper),
            "given": filling.draft.papers.get(code),
            "advice": ADVICE,
            "photos": PHOTOS,
            "phone": await phone_uploads.current(
                gateway_of(filling.request), filling.visitor.actor.id, filling.draft.id, code
            ),
        }
    if step != "tolerance":
        return {}
    found = await applying.check(gateway_of(filling.request), filling.visitor, filling.draft, filling.own)
    unseen = applying.agent_of(filling.draft, filling.own) is not None
    names = {paper.code: said(paper.name) for paper in filling.guide.materials}
    return {
        "check": found,
        "reasons": applying.reasons_against(found, credit_unseen=unseen),
        "lacking": [
            names[code]
            for code in (*found.missing_main, *found.missing_other, *found.missing_tolerable)
            if code in names
        ],
        "unseen": unseen,
        "signatory": signatory(filling),
        "person": applying.applicant_of(filling.draft, filling.own),
        "contact": applying.contact_of(filling.draft, filling.own),
    }


@router.post("/drafts/{draft_id}/{step}")
async def answer(request: Request, draft_id: UUID, step: str) -> Response:
    """Take the answer of a page; one whose session has ended is put aside until its owner is back."""
    owner = putting_aside.owner_of_page(request, draft_id, step)
    try:
        filling = await open_draft(request, draft_id, step)
    except Problem as problem:
        if problem.code == "unauthenticated" and owner is not None:
            return await putting_aside.signed_out(request, owner, draft_id, step)
        raise
    if filling.draft.sent:
        return see(f"{filling.place}/done")
    return await _answer(filling, step, owner)


async def _answer(filling: Filling, step: str, owner: str | None) -> Response:
    request = filling.request
    try:
        form = await unproven_form(request)
    except Problem as problem:
        if problem.code != "file_too_large" or not step.startswith(applying.PAPER):
            raise
        fault = Fault(f"file-{step}", problem.zh, problem.en)
        return await question_page(filling, step, shown_values(filling.draft), [fault])
    try:
        await check_csrf(request, text_of(form, "csrf_token"))
    except Problem:
        # Signed in again in another window: the page is old, but its answer need not be typed twice.
        if owner != filling.visitor.actor.id:
            raise
        await putting_aside.keep(request, owner, filling.draft.id, step, form)
        return see(putting_aside.back_to(request, filling.draft.id, step))
    return await _take(filling, step, form)


async def _take(filling: Filling, step: str, form: FormData) -> Response:
    gateway = gateway_of(filling.request)
    if (gone := id_of(text_of(form, "drop"))) is not None and step.startswith(applying.PAPER):
        paper_files.take_out(filling.draft, step.removeprefix(applying.PAPER), gone)
        await filling.save()
        await drafts.let_go(gateway, filling.draft.id, step)
        return see(putting_aside.back_to(filling.request, filling.draft.id, step))
    faults = await take(filling, step, form)
    if faults:
        return await question_page(filling, step, shown_values(filling.draft) | values_of(form), faults)
    filling.draft.answered(step)
    await filling.save()
    await drafts.let_go(gateway, filling.draft.id, step)
    return _go_on(filling, step)


def _go_on(filling: Filling, step: str) -> Response:
    """To the next open question, or straight back to the answers when only one was to be changed."""
    after = None if filling.returns else step
    following = applying.next_step(filling.draft, filling.guide, filling.own, after=after)
    return see(f"{filling.place}/{following}")
