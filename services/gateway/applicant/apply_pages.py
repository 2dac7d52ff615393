"""Applying: one question a page, a draft on the server after each, and nothing handed in before the last button."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.applications import contracts as c
from services.catalogue.contracts import GuideView
from services.gateway.applicant import actions, applying, drafts
from services.gateway.applicant.drafts import Draft, DraftPaper, PaperAnswer, Sent
from services.gateway.conditions import command_id_of
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, nested, parse, text_of, values_of
from services.gateway.identity.own import OwnIdentity, own_identity
from services.gateway.identity.visitor import Visitor
from services.gateway.limits import form_with_files
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.supplying import store_file
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared.errors import FieldError, Refused
from shared.identity import Role

router = APIRouter()
LABELS = {
    "for_whom": "为谁办理",
    "applicant.kind": "申请人类型",
    "applicant.name": "申请人名称或姓名",
    "applicant.certificate_type": "证件类型",
    "applicant.certificate_number": "证件号码",
    "applicant.representative": "法定代表人（负责人）",
    "applicant.address": "地址",
    "contact_from": "联系方式",
    "contact.name": "联系人姓名",
    "contact.mobile": "手机号码",
    "contact.email": "电子邮箱",
    "summary": "项目或申请说明",
    "tolerance": "缺少的材料怎么办",
    "undertaking.signed_name": "承诺人签名",
}
# On which page each part of the application is changed.
_PAGE_OF = {"applicant": "applicant", "contact": "contact", "summary": "summary", "undertaking": "tolerance"}


@dataclass(frozen=True, slots=True)
class Desk:
    """One request about one draft: who, the draft, the guide it is filled in by."""

    request: Request
    visitor: Visitor
    own: OwnIdentity
    draft: Draft
    guide: GuideView

    @property
    def place(self) -> str:
        """Where the draft is."""
        return f"/drafts/{self.draft.id}"

    async def save(self) -> None:
        """Keep the answers."""
        await drafts.save(gateway_of(self.request), self.visitor.actor.id, self.draft)

    def go_on(self, step: str, form: FormData | None = None) -> Response:
        """To the next open question, or straight back to the answers when only one was to be changed."""
        if form is not None and text_of(form, "return") == "check":
            step_name = applying.next_step(self.draft, self.guide, self.own)
        else:
            step_name = applying.next_step(self.draft, self.guide, self.own, after=step)
        return see(f"{self.place}/{step_name}")


async def _open(request: Request, draft_id: UUID) -> Desk:
    visitor = await visitor_with(request, Role.APPLICANT)
    gateway = gateway_of(request)
    draft = await drafts.load(gateway, visitor.actor.id, draft_id)
    own = await own_identity(gateway, visitor)
    shown = await public.guide(gateway, visitor, draft.item_code)
    return Desk(request, visitor, own, draft, shown)


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
    desk = await _open(request, draft_id)
    if desk.draft.sent:
        return see(f"{desk.place}/done")
    steps = applying.steps_of(desk.draft, desk.guide, desk.own)
    return await page(
        request,
        "applicant/tasks.html",
        title="申请任务清单",
        draft=desk.draft,
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
    desk = await _open(request, draft_id)
    if desk.draft.sent is None:
        return see(desk.place)
    return await page(
        request,
        "applicant/done.html",
        title="已提交",
        draft=desk.draft,
        sent=desk.draft.sent,
        guide=desk.guide,
        due=date.fromisoformat(desk.draft.sent.due_on) if desk.draft.sent.due_on else None,
    )


@router.get("/drafts/{draft_id}/check")
async def check_answers(request: Request, draft_id: UUID) -> Response:
    return await _check_page(await _open(request, draft_id))


async def _check_page(desk: Desk, faults: list[Fault] | None = None) -> Response:
    if desk.draft.sent:
        return see(f"{desk.place}/done")
    steps = applying.steps_of(desk.draft, desk.guide, desk.own)
    if not all(step.filled for step in steps):
        return see(desk.place)
    return await page(
        desk.request,
        "applicant/check.html",
        title="提交前请核对",
        status=422 if faults else 200,
        faults=faults or [],
        draft=desk.draft,
        guide=desk.guide,
        own=desk.own,
        person=applying.applicant_of(desk.draft, desk.own),
        contact=applying.contact_of(desk.draft, desk.own),
        agent=applying.agent_of(desk.draft, desk.own),
    )


@router.post("/drafts/{draft_id}/check")
async def send(request: Request, draft_id: UUID) -> Response:
    desk = await _open(request, draft_id)
    await checked_form(request)
    if desk.draft.sent is None:
        try:
            await _send(desk)
        except (Problem, Refused) as error:
            return await _check_page(desk, _with_pages(faults_of(error, LABELS)))
    return see(f"{desk.place}/done")


async def _send(desk: Desk) -> None:
    """Hand in: the draft itself is the key, so that two windows or two clicks make one case."""
    form = applying.form_of(desk.draft, desk.own)
    command_id = command_id_of(desk.visitor.actor.id, "page.submit", f"draft:{desk.draft.id}")
    receipt = await actions.submit(gateway_of(desk.request), desk.visitor, form, command_id)
    desk.draft.sent = Sent(
        case_id=receipt.case_id,
        case_no=receipt.case_no,
        access_code=receipt.access_code,
        submitted_at=receipt.submitted_at,
        due_on=receipt.due_on.isoformat() if receipt.due_on else None,
    )
    await desk.save()


def _with_pages(faults: list[Fault]) -> list[Fault]:
    """On the page of answers a fault leads to the row whose answer has to change."""
    return [
        Fault(f"row-{_PAGE_OF.get(one.field.split('.')[0], 'who')}", one.zh, one.en) if one.field else one
        for one in faults
    ]


@router.get("/drafts/{draft_id}/{step}")
async def question(request: Request, draft_id: UUID, step: str) -> Response:
    desk = await _open(request, draft_id)
    if desk.draft.sent:
        return see(f"{desk.place}/done")
    return await _question_page(desk, step, _values(desk.draft))


def _values(draft: Draft) -> dict[str, str]:
    """The answers as the fields show them."""
    values = {f"applicant.{name}": value for name, value in draft.applicant.items()}
    values |= {f"contact.{name}": value for name, value in draft.contact.items()}
    values |= {
        "for_whom": draft.for_whom or "",
        "contact_from": draft.contact_from or "",
        "summary": draft.summary or "",
        "tolerance": draft.tolerance or "",
        "undertaking.signed_name": draft.signed_name or "",
    }
    return values


async def _question_page(
    desk: Desk, step: str, values: dict[str, str], faults: list[Fault] | None = None
) -> Response:
    steps = applying.steps_of(desk.draft, desk.guide, desk.own)
    names = [one.name for one in steps]
    if step not in names:
        raise Problem("not_found")
    number = names.index(step)
    shown = {
        "step": step,
        "number": number + 1,
        "count": len(names),
        "before": f"{desk.place}/{names[number - 1]}" if number else desk.place,
        "returns": desk.request.query_params.get("return") == "check",
    }
    more = await _more(desk, step)
    template = "paper" if step.startswith(applying.PAPER) else step
    return await page(
        desk.request,
        f"applicant/step_{template}.html",
        title=steps[number].title,
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        draft=desk.draft,
        guide=desk.guide,
        own=desk.own,
        **shown,
        **more,
    )


async def _more(desk: Desk, step: str) -> dict[str, object]:
    """What a page needs beside the draft."""
    if step.startswith(applying.PAPER):
        code = step.removeprefix(applying.PAPER)
        paper = next(paper for paper in desk.guide.materials if paper.code == code)
        return {
            "paper": paper,
            "answers": applying.answers_for(paper),
            "given": desk.draft.papers.get(code),
        }
    if step != "tolerance":
        return {}
    found = await applying.check(gateway_of(desk.request), desk.visitor, desk.draft, desk.own)
    unseen = applying.agent_of(desk.draft, desk.own) is not None
    names = {paper.code: paper.name.zh for paper in desk.guide.materials}
    return {
        "check": found,
        "reasons": applying.reasons_against(found, credit_unseen=unseen),
        "lacking": [
            names[code]
            for code in (*found.missing_main, *found.missing_other, *found.missing_tolerable)
            if code in names
        ],
        "unseen": unseen,
        "person": applying.applicant_of(desk.draft, desk.own),
        "contact": applying.contact_of(desk.draft, desk.own),
    }


@router.post("/drafts/{draft_id}/{step}")
async def answer(request: Request, draft_id: UUID, step: str) -> Response:
    desk = await _open(request, draft_id)
    if desk.draft.sent:
        return see(f"{desk.place}/done")
    form = await form_with_files(request)
    answered = _ANSWERS.get(step, _paper if step.startswith(applying.PAPER) else None)
    if answered is None:
        raise Problem("not_found")
    try:
        faults = await answered(desk, step, form)
    except (Problem, Refused) as error:
        if isinstance(error, Problem) and error.status == 403:
            raise
        faults = faults_of(error, LABELS | {f"file-{step}": "材料文件"}, within=_within(step))
    if faults:
        return await _question_page(desk, step, _values(desk.draft) | values_of(form), faults)
    desk.draft.answered(step)
    await desk.save()
    return desk.go_on(step, form)


def _within(step: str) -> str:
    return step if step in ("applicant", "contact") else ""


async def _who(desk: Desk, _: str, form: FormData) -> list[Fault]:
    choice = text_of(form, "for_whom")
    if choice not in ("self", "other"):
        return [Fault("for_whom", "请选择为谁办理", "Say for whom you apply.")]
    if choice != desk.draft.for_whom:
        desk.draft.applicant = {}
        desk.draft.open_again("applicant", "tolerance")
    desk.draft.for_whom = "self" if choice == "self" else "other"
    return []


async def _applicant(desk: Desk, _: str, form: FormData) -> list[Fault]:
    given = nested(values_of(form), only="applicant.").get("applicant", {})
    typed = {name: str(value) for name, value in given.items()}
    candidate = desk.draft.model_copy(update={"applicant": typed})
    parse(c.Applicant, applying.applicant_of(candidate, desk.own))
    desk.draft.applicant = typed
    desk.draft.open_again("tolerance")
    return []


async def _contact(desk: Desk, _: str, form: FormData) -> list[Fault]:
    choice = text_of(form, "contact_from")
    if desk.own.mobile and choice not in ("account", "other"):
        return [Fault("contact_from", "请选择联系方式", "Say how you can be reached.")]
    typed = {
        name: str(value)
        for name, value in nested(values_of(form), only="contact.").get("contact", {}).items()
    }
    origin = "account" if choice == "account" else "other"
    candidate = desk.draft.model_copy(update={"contact": typed, "contact_from": origin})
    parse(c.Contact, applying.contact_of(candidate, desk.own))
    desk.draft.contact_from, desk.draft.contact = candidate.contact_from, typed if origin == "other" else {}
    return []


async def _summary(desk: Desk, _: str, form: FormData) -> list[Fault]:
    text = text_of(form, "summary")
    if len(text) > 500:
        return [Fault("summary", "项目或申请说明：最多500字", "At most 500 characters.")]
    desk.draft.summary = text or None
    return []


async def _paper(desk: Desk, step: str, form: FormData) -> list[Fault]:
    code = step.removeprefix(applying.PAPER)
    paper = next((paper for paper in desk.guide.materials if paper.code == code), None)
    if paper is None:
        raise Problem("not_found")
    offered: dict[str, PaperAnswer] = {value: value for value, _, _ in applying.answers_for(paper)}
    field = f"answer-{step}"
    file = await _store(desk, step, form)
    # Somebody who chose a file means to upload it, whatever the buttons above it say.
    choice = "upload" if file is not None else offered.get(text_of(form, field))
    before = desk.draft.papers.get(code)
    if choice is None:
        return [Fault(field, f"请选择如何提交“{paper.name.zh}”", "Say how this paper is handed in.")]
    if choice == "upload":
        file = file or (before if before is not None and before.answer == "upload" else None)
        if file is None:
            return [Fault(f"file-{step}", f"请选择“{paper.name.zh}”的文件", "Choose a file.")]
        desk.draft.papers[code] = file
    else:
        desk.draft.papers[code] = DraftPaper(answer=choice)
    if before != desk.draft.papers[code]:
        desk.draft.open_again("tolerance")
        desk.draft.tolerance = None
    return []


async def _store(desk: Desk, step: str, form: FormData) -> DraftPaper | None:
    gateway, owner = gateway_of(desk.request), desk.visitor.actor.id
    stored: list[DraftPaper] = []

    async def put(content: bytes, name: str | None, command_id: UUID) -> UUID:
        view = await gateway.uploads.add(owner, content, name, command_id)
        stored.append(
            DraftPaper(
                answer="upload",
                upload_id=view.upload_id,
                file_name=view.file_name,
                media_type=view.media_type,
                size_bytes=view.size_bytes,
            )
        )
        return view.upload_id

    try:
        await store_file(form, f"file-{step}", put, f"{owner}:{desk.draft.id}")
    except (Problem, Refused) as error:
        raise Problem("file", status=422, errors=_at_file(step, error)) from error
    return stored[0] if stored else None


def _at_file(step: str, error: Exception) -> list[FieldError]:
    return [FieldError(f"/file-{step}", "file", one.zh, one.en) for one in faults_of(error, {})]


async def _tolerance(desk: Desk, _: str, form: FormData) -> list[Fault]:
    choice = text_of(form, "tolerance")
    if choice not in ("yes", "no"):
        return [Fault("tolerance", "请选择是否申请容缺受理", "Say whether you ask for tolerant acceptance.")]
    if choice == "no":
        desk.draft.tolerance, desk.draft.signed_name = "no", None
        return []
    faults = [
        Fault(name, "请逐项确认承诺内容", "Confirm each part of the undertaking.")
        for name in ("knows_requirements", "everything_is_true", "own_will", "accepts_consequences")
        if text_of(form, name) != "true"
    ][:1]
    signed = text_of(form, "undertaking.signed_name")
    if signed not in _signatories(desk):
        faults.append(
            Fault(
                "undertaking.signed_name",
                "承诺人签名：应为申请人、法定代表人或者经办人的姓名全称",
                "Sign with the full name of the applicant, the representative or the agent.",
            )
        )
    if not faults:
        desk.draft.tolerance, desk.draft.signed_name = "yes", signed
    return faults


def _signatories(desk: Desk) -> set[str]:
    person, agent = applying.applicant_of(desk.draft, desk.own), applying.agent_of(desk.draft, desk.own)
    names = {person.get("name"), person.get("representative"), agent.get("name") if agent else None}
    return {str(name) for name in names if name}


_ANSWERS = {
    "who": _who,
    "applicant": _applicant,
    "contact": _contact,
    "summary": _summary,
    "tolerance": _tolerance,
}
