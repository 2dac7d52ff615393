"""What is answered on each page of an application, judged by the models that the whole will be judged by."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import Request
from pydantic import BaseModel
from starlette.datastructures import FormData, UploadFile

from services.applications import contracts as c
from services.applications.contracts.fields import DrawnSignature
from services.applications.contracts.names import name_form
from services.catalogue.contracts import GuideMaterial, GuideView
from services.gateway.applicant import applying, drafts, paper_files
from services.gateway.applicant.drafts import Draft, DraftPaper, Kept, PaperAnswer
from services.gateway.design.language import N_, Words, said
from services.gateway.design.typed import Fault, faults_of, nested, parse, text_of, values_of
from services.gateway.identity.own import OwnIdentity
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.visits import gateway_of
from shared.errors import Refused

LABELS = Words(
    {
        "for_whom": N_("为谁办理"),
        "applicant.kind": N_("申请人类型"),
        "applicant.name": N_("申请人名称或姓名"),
        "applicant.certificate_type": N_("证件类型"),
        "applicant.certificate_number": N_("证件号码"),
        "applicant.representative": N_("法定代表人（负责人）"),
        "applicant.address": N_("地址"),
        "contact_from": N_("联系方式"),
        "contact.name": N_("联系人姓名"),
        "contact.mobile": N_("手机号码"),
        "contact.email": N_("电子邮箱"),
        "summary": N_("项目或申请说明"),
        "tolerance": N_("缺少的材料怎么办"),
        "undertaking.signed_name": N_("承诺人签名"),
        "undertaking.drawn": N_("手写签名"),
    }
)
PROMISES = ("knows_requirements", "everything_is_true", "own_will", "accepts_consequences")


@dataclass(frozen=True, slots=True)
class Filling:
    """One request about one draft: who, the draft, the guide it is filled in by."""

    request: Request
    visitor: Visitor
    own: OwnIdentity
    draft: Draft
    guide: GuideView
    # What was typed here when the session had ended.
    kept: Kept | None = None

    @property
    def place(self) -> str:
        """Where the draft is."""
        return f"/drafts/{self.draft.id}"

    async def save(self) -> None:
        """Keep the answers."""
        await drafts.save(gateway_of(self.request), self.visitor.actor.id, self.draft)

    @property
    def returns(self) -> bool:
        """Whether somebody came from the answers to change one of them, and goes back there."""
        return self.request.query_params.get("return") == "check"


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
        "undertaking.drawn": draft.drawn or "",
    }
    if draft.tolerance == "yes":
        values |= dict.fromkeys(PROMISES, "true")
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
        return faults_of(error, LABELS, within=_within(step))


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
    taken = parse(c.Applicant, applying.applicant_of(candidate, filling.own))
    filling.draft.applicant = _as_taken(typed, taken)
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
    taken = parse(c.Contact, applying.contact_of(candidate, filling.own))
    filling.draft.contact_from, filling.draft.contact = (
        candidate.contact_from,
        _as_taken(typed, taken) if origin == "other" else {},
    )
    return []


def _as_taken(typed: Mapping[str, str], taken: BaseModel) -> dict[str, str]:
    """What was typed in the form in which it was understood, so that its owner sees just that before sending."""
    understood = taken.model_dump(mode="json")
    return {name: str(understood.get(name) or value) for name, value in typed.items()}


async def _summary(filling: Filling, _: str, form: FormData) -> list[Fault]:
    text = text_of(form, "summary")
    if len(text) > 500:
        return [Fault("summary", "项目或申请说明：最多500字", "At most 500 characters.")]
    filling.draft.summary = text or None
    return []


async def _paper(filling: Filling, step: str, form: FormData) -> list[Fault]:
    code = step.removeprefix(applying.PAPER)
    paper = paper_of(filling, code)
    offered: dict[str, PaperAnswer] = {value: value for value, _, _ in applying.answers_for(paper)}
    field = f"answer-{step}"
    before = filling.draft.papers.get(code)
    if faults := await take_files(filling, step, form):
        return faults
    # Somebody who chose a file means to upload it, whatever the buttons above it say.
    choice = "upload" if has_file(form, step) else offered.get(text_of(form, field))
    if choice is None:
        return [Fault(field, f"请选择如何提交“{paper.name.zh}”", f"Say how “{paper.name.en}” is handed in.")]
    if choice == "upload":
        return await _uploaded(filling, step, paper)
    if before is None or before.answer != choice:
        filling.draft.papers[code] = DraftPaper(answer=choice)
        filling.draft.open_again("tolerance")
        filling.draft.tolerance = None
    return []


async def _uploaded(filling: Filling, step: str, paper: GuideMaterial) -> list[Fault]:
    given = filling.draft.papers.get(paper.code)
    if given is None or given.answer != "upload" or not given.files:
        return [
            Fault(f"file-{step}", f"请选择“{paper.name.zh}”的文件", f"Choose a file for “{paper.name.en}”.")
        ]
    owner = filling.visitor.actor.id
    try:
        await paper_files.join(
            gateway_of(filling.request), owner, filling.draft, paper.code, said(paper.name)
        )
    except (Problem, Refused) as error:
        return [Fault(f"file-{step}", one.zh, one.en) for one in faults_of(error, {})]
    return []


def has_file(form: FormData, step: str) -> bool:
    """Whether a file was chosen on this page."""
    return any(isinstance(file, UploadFile) and file.filename for file in form.getlist(f"file-{step}"))


def paper_of(filling: Filling, code: str) -> GuideMaterial:
    """The paper of this page; an item that was published anew may have let it go."""
    paper = next((paper for paper in filling.guide.materials if paper.code == code), None)
    if paper is None:
        raise Problem("not_found")
    return paper


async def take_files(filling: Filling, step: str, form: FormData) -> list[Fault]:
    """Store what was chosen and put it into the draft, so that no later fault of the page loses it."""
    code, field = step.removeprefix(applying.PAPER), f"file-{step}"
    owner, draft = filling.visitor.actor.id, filling.draft
    parts, faults = await paper_files.store(gateway_of(filling.request), owner, draft.id, form, field)
    if parts:
        try:
            paper_files.put_in(draft, code, parts, add=paper_files.wants_more(form))
        except Problem as problem:
            return [*faults, Fault(field, problem.zh, problem.en)]
        draft.tolerance = None
        await filling.save()
    return faults


async def _tolerance(filling: Filling, _: str, form: FormData) -> list[Fault]:
    choice = text_of(form, "tolerance")
    if choice not in ("yes", "no"):
        return [Fault("tolerance", "请选择是否申请容缺受理", "Say whether you ask for tolerant acceptance.")]
    if choice == "no":
        filling.draft.tolerance, filling.draft.signed_name, filling.draft.drawn = "no", None, None
        return []
    faults = [
        Fault(name, "请逐项确认承诺内容", "Confirm each part of the undertaking.")
        for name in PROMISES
        if text_of(form, name) != "true"
    ][:1]
    drawn = text_of(form, "undertaking.drawn") or None
    signed = name_form(text_of(form, "undertaking.signed_name"))
    if drawn is not None:
        signed = signed or signatory(filling)
        faults += _faults_of_drawing(drawn)
    if signed not in _signatories(filling):
        faults.append(
            Fault(
                "undertaking.signed_name",
                "承诺人签名：应为申请人、法定代表人或者经办人的姓名全称",
                "Sign with the full name of the applicant, the representative or the agent.",
            )
        )
    if not faults:
        filling.draft.tolerance, filling.draft.signed_name, filling.draft.drawn = "yes", signed, drawn
    return faults


def _faults_of_drawing(drawn: str) -> list[Fault]:
    try:
        parse(_Signature, {"drawn": drawn})
    except Problem as problem:
        return faults_of(problem, LABELS, within="undertaking")
    return []


class _Signature(BaseModel):
    drawn: DrawnSignature


def signatory(filling: Filling) -> str:
    """Who signs by hand when nobody else is named: whoever sits here, and for an organisation its representative."""
    if filling.own.is_legal:
        return str(applying.applicant_of(filling.draft, filling.own).get("representative") or "")
    return filling.own.name


def _signatories(filling: Filling) -> set[str]:
    person, agent = (
        applying.applicant_of(filling.draft, filling.own),
        applying.agent_of(filling.draft, filling.own),
    )
    names = {person.get("name"), person.get("representative"), agent.get("name") if agent else None}
    return {name_form(str(name)) for name in names if name}


_ANSWERS: dict[str, Callable[[Filling, str, FormData], Awaitable[list[Fault]]]] = {
    "who": _who,
    "applicant": _applicant,
    "contact": _contact,
    "summary": _summary,
    "tolerance": _tolerance,
}
