"""From a draft to an application: which pages there are, what each still needs, and the form that is sent in the end."""

from dataclasses import dataclass
from typing import Any

from services.applications import contracts as c
from services.catalogue.contracts import GuideMaterial, GuideView
from services.gateway import cases
from services.gateway.applicant.drafts import Draft, PaperAnswer
from services.gateway.design.language import N_, Words, _, said
from services.gateway.design.typed import parse
from services.gateway.forms import MaterialsToCheck, OnlineCase
from services.gateway.gateway import Gateway
from services.gateway.identity.own import OwnIdentity
from services.gateway.identity.visitor import Visitor
from services.gateway.uploads import Paper

PAPER = "paper-"


# The parts of the task list, in order.
GROUPS = Words({"applicant": N_("申请人"), "content": N_("申请内容"), "papers": N_("申请材料")})


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the application."""

    name: str
    title: str
    filled: bool
    group: str


def steps_of(draft: Draft, guide: GuideView, own: OwnIdentity) -> list[Step]:
    """Every page of this application in order; which there are depends on the answers so far."""
    names: list[tuple[str, str, str]] = []
    if not own.is_legal:
        names.append(("who", _("为谁办理"), "applicant"))
    if own.is_legal or draft.for_whom == "other":
        names.append(("applicant", _("申请人信息"), "applicant"))
    names.append(("contact", _("联系方式"), "applicant"))
    names.append(("summary", _("项目或申请说明"), "content"))
    names += [(f"{PAPER}{paper.code}", said(paper.name), "papers") for paper in guide.materials]
    if lacking(draft, guide):
        names.append(("tolerance", _("缺少的材料怎么办"), "papers"))
    return [Step(name, title, name in draft.done, group) for name, title, group in names]


def next_step(draft: Draft, guide: GuideView, own: OwnIdentity, after: str | None = None) -> str:
    """The next page that is not filled in; in the end the answers to check."""
    steps = steps_of(draft, guide, own)
    places = [step.name for step in steps]
    start = places.index(after) + 1 if after in places else 0
    ahead = [step.name for step in (*steps[start:], *steps[:start]) if not step.filled]
    return ahead[0] if ahead else "check"


def lacking(draft: Draft, guide: GuideView) -> list[GuideMaterial]:
    """The papers of which the applicant said that they are not at hand."""
    return [
        paper
        for paper in guide.materials
        if (given := draft.papers.get(paper.code)) is not None and given.answer == "later"
    ]


def answers_for(paper: GuideMaterial) -> list[tuple[PaperAnswer, str, str]]:
    """What can be answered about a paper: only what may be asked for is offered (数据共享的免提交)."""
    answers: list[tuple[PaperAnswer, str, str]] = []
    if paper.by_sharing:
        source = _("来源：{source}", source=said(paper.provided_by))
        answers.append(("shared", _("由本机关共享获取，不用我提交"), source))
    answers.append(("upload", _("现在上传"), ""))
    if paper.required_when is not None:
        answers.append(("not_needed", _("不涉及"), said(paper.required_when)))
    if not paper.by_sharing:
        answers.append(("later", _("现在没有"), _what_without(paper)))
    return answers


def _what_without(paper: GuideMaterial) -> str:
    if paper.tolerable:
        return _("可以先申请容缺受理，承诺后补交")
    if paper.main:
        return _("主要材料不能容缺，提交后会一次性告知补正")
    return _("提交后会一次性告知补正")


def applicant_of(draft: Draft, own: OwnIdentity) -> dict[str, Any]:
    """Whom the case belongs to: the account's owner, or whom they act for."""
    if own.is_legal:
        return {**draft.applicant, **_certified(own), "kind": "legal"}
    if draft.for_whom == "other":
        return dict(draft.applicant)
    return {**draft.applicant, **_certified(own), "kind": "natural"}


def _certified(own: OwnIdentity) -> dict[str, str]:
    return {
        "name": own.name,
        "certificate_type": own.certificate_type,
        "certificate_number": own.certificate_number,
    }


def contact_of(draft: Draft, own: OwnIdentity) -> dict[str, Any]:
    """Who is called or written to."""
    if draft.contact_from != "account":
        return dict(draft.contact)
    given = {"name": own.name, "mobile": own.mobile, "email": own.email}
    return {name: value for name, value in given.items() if value}


def agent_of(draft: Draft, own: OwnIdentity) -> dict[str, Any] | None:
    """Whoever fills in for somebody else is the agent."""
    if own.is_legal or draft.for_whom != "other":
        return None
    return {**_certified(own), **({"mobile": own.mobile} if own.mobile else {})}


def papers_of(draft: Draft) -> tuple[Paper, ...]:
    """The papers that have a file."""
    return tuple(
        Paper(code=code, upload_id=given.upload_id)
        for code, given in draft.papers.items()
        if given.answer == "upload" and given.upload_id is not None
    )


def form_of(draft: Draft, own: OwnIdentity) -> OnlineCase:
    """The application as it is sent; raises the problem that names what is not right yet."""
    fields: dict[str, Any] = {
        "item_code": draft.item_code,
        "item_version": draft.item_version,
        "applicant": applicant_of(draft, own),
        "contact": contact_of(draft, own),
        "materials": papers_of(draft),
        "asks_tolerance": draft.tolerance == "yes",
    }
    if draft.summary:
        fields["summary"] = draft.summary
    if (agent := agent_of(draft, own)) is not None:
        fields["agent"] = agent
    if draft.tolerance == "yes":
        fields["undertaking"] = {
            "signed_name": draft.signed_name or "",
            "knows_requirements": True,
            "everything_is_true": True,
            "own_will": True,
            "accepts_consequences": True,
        }
        if draft.drawn:
            fields["undertaking"]["drawn"] = draft.drawn
    return parse(OnlineCase, fields)


async def check(
    gateway: Gateway, visitor: Visitor, draft: Draft, own: OwnIdentity, *, signed: bool = True
) -> c.MaterialCheck:
    """What the papers amount to if tolerance is asked for; the credit of somebody else is not looked up here."""
    fields: dict[str, Any] = {
        "item_code": draft.item_code,
        "item_version": draft.item_version,
        "materials": papers_of(draft),
        "asks_tolerance": True,
        "undertaking_signed": signed,
    }
    if agent_of(draft, own) is None:
        fields["applicant"] = parse(c.Applicant, applicant_of(draft, own))
    return await cases.check(gateway, visitor, MaterialsToCheck.model_construct(**_defaults(fields)))


def _defaults(fields: dict[str, Any]) -> dict[str, Any]:
    return {"applicant": None, **fields}


def reasons_against(found: c.MaterialCheck, *, credit_unseen: bool) -> list[c.Reason]:
    """Why tolerance is not possible; for somebody else's case the credit is looked at after sending."""
    return [
        reason
        for reason in found.tolerance_reasons
        if not (credit_unseen and reason.code == "credit_unknown")
    ]
