"""What is answered on each page of an application, judged by the models that the whole will be judged by."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from starlette.datastructures import FormData

from services.applications import contracts as c
from services.catalogue.contracts import GuideView
from services.gateway.applicant import applying, drafts
from services.gateway.applicant.drafts import Draft, DraftPaper, PaperAnswer
from services.gateway.design.typed import Fault, faults_of, nested, parse, text_of, values_of
from services.gateway.identity.own import OwnIdentity
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.supplying import store_file
from services.gateway.visits import gateway_of
from shared.errors import FieldError, Refused

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


@dataclass(frozen=True, slots=True)
class Filling:
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


def shown_values(draft: Draft) -> dict[str, str]:
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


async def take(filling: Filling, step: str, form: FormData) -> list[Fault]:
    """Take the answer of this page into the draft; what is wrong with it otherwise."""
    answered = _ANSWERS.get(step, _paper if step.startswith(applying.PAPER) else None)
    if answered is None:
        raise Problem("not_found")
    try:
        return await answered(filling, step, form)
    except (Problem, Refused) as error:
        if isinstance(error, Problem) and error.status == 403:
            raise
        return faults_of(error, LABELS | {f"file-{step}": "材料文件"}, within=_within(step))


def _within(step: str) -> str:
    return step if step in ("applicant", "contact") else ""


async def _who(filling: Filling, _: str, form: FormData) -> list[Fault]:
    choice = text_of(form, "for_whom")
    if choice not in ("self", "other"):
        return [Fault("for_whom", "请选择为谁办理", "Say for whom you apply.")]
    if choice != filling.draft.for_whom:
        filling.draft.applicant = {}
        filling.draft.open_again("applicant", "tolerance")
    filling.draft.for_whom = "self" if choice == "self" else "other"
    return []


async def _applicant(filling: Filling, _: str, form: FormData) -> list[Fault]:
    given = nested(values_of(form), only="applicant.").get("applicant", {})
    typed = {name: str(value) for name, value in given.items()}
    candidate = filling.draft.model_copy(update={"applicant": typed})
    parse(c.Applicant, applying.applicant_of(candidate, filling.own))
    filling.draft.applicant = typed
    filling.draft.open_again("tolerance")
    return []


async def _contact(filling: Filling, _: str, form: FormData) -> list[Fault]:
    choice = text_of(form, "contact_from")
    if filling.own.mobile and choice not in ("account", "other"):
        return [Fault("contact_from", "请选择联系方式", "Say how you can be reached.")]
    typed = {
        name: str(value)
        for name, value in nested(values_of(form), only="contact.").get("contact", {}).items()
    }
    origin = "account" if choice == "account" else "other"
    candidate = filling.draft.model_copy(update={"contact": typed, "contact_from": origin})
    parse(c.Contact, applying.contact_of(candidate, filling.own))
    filling.draft.contact_from, filling.draft.contact = (
        candidate.contact_from,
        typed if origin == "other" else {},
    )
    return []


async def _summary(filling: Filling, _: str, form: FormData) -> list[Fault]:
    text = text_of(form, "summary")
    if len(text) > 500:
        return [Fault("summary", "项目或申请说明：最多500字", "At most 500 characters.")]
    filling.draft.summary = text or None
    return []


async def _paper(filling: Filling, step: str, form: FormData) -> list[Fault]:
    code = step.removeprefix(applying.PAPER)
    paper = next((paper for paper in filling.guide.materials if paper.code == code), None)
    if paper is None:
        raise Problem("not_found")
    offered: dict[str, PaperAnswer] = {value: value for value, _, _ in applying.answers_for(paper)}
    field = f"answer-{step}"
    file = await _store(filling, step, form)
    # Somebody who chose a file means to upload it, whatever the buttons above it say.
    choice = "upload" if file is not None else offered.get(text_of(form, field))
    before = filling.draft.papers.get(code)
    if choice is None:
        return [Fault(field, f"请选择如何提交“{paper.name.zh}”", "Say how this paper is handed in.")]
    if choice == "upload":
        file = file or (before if before is not None and before.answer == "upload" else None)
        if file is None:
            return [Fault(f"file-{step}", f"请选择“{paper.name.zh}”的文件", "Choose a file.")]
        filling.draft.papers[code] = file
    else:
        filling.draft.papers[code] = DraftPaper(answer=choice)
    if before != filling.draft.papers[code]:
        filling.draft.open_again("tolerance")
        filling.draft.tolerance = None
    return []


async def _store(filling: Filling, step: str, form: FormData) -> DraftPaper | None:
    gateway, owner = gateway_of(filling.request), filling.visitor.actor.id
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
        await store_file(form, f"file-{step}", put, f"{owner}:{filling.draft.id}")
    except (Problem, Refused) as error:
        raise Problem("file", status=422, errors=_at_file(step, error)) from error
    return stored[0] if stored else None


def _at_file(step: str, error: Exception) -> list[FieldError]:
    return [FieldError(f"/file-{step}", "file", one.zh, one.en) for one in faults_of(error, {})]


async def _tolerance(filling: Filling, _: str, form: FormData) -> list[Fault]:
    choice = text_of(form, "tolerance")
    if choice not in ("yes", "no"):
        return [Fault("tolerance", "请选择是否申请容缺受理", "Say whether you ask for tolerant acceptance.")]
    if choice == "no":
        filling.draft.tolerance, filling.draft.signed_name = "no", None
        return []
    faults = [
        Fault(name, "请逐项确认承诺内容", "Confirm each part of the undertaking.")
        for name in ("knows_requirements", "everything_is_true", "own_will", "accepts_consequences")
        if text_of(form, name) != "true"
    ][:1]
    signed = text_of(form, "undertaking.signed_name")
    if signed not in _signatories(filling):
        faults.append(
            Fault(
                "undertaking.signed_name",
                "承诺人签名：应为申请人、法定代表人或者经办人的姓名全称",
                "Sign with the full name of the applicant, the representative or the agent.",
            )
        )
    if not faults:
        filling.draft.tolerance, filling.draft.signed_name = "yes", signed
    return faults


def _signatories(filling: Filling) -> set[str]:
    person, agent = (
        applying.applicant_of(filling.draft, filling.own),
        applying.agent_of(filling.draft, filling.own),
    )
    names = {person.get("name"), person.get("representative"), agent.get("name") if agent else None}
    return {str(name) for name in names if name}


_ANSWERS: dict[str, Callable[[Filling, str, FormData], Awaitable[list[Fault]]]] = {
    "who": _who,
    "applicant": _applicant,
    "contact": _contact,
    "summary": _summary,
    "tolerance": _tolerance,
}
