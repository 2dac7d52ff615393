"""From what stands in an intake to what the services take: papers, the application, the check beforehand."""

from typing import Any
from uuid import UUID

from starlette.datastructures import FormData

from services.applications import contracts as c
from services.applications.contracts.tolerating import DraftPromises, PromiseText
from services.catalogue import contracts as k
from services.gateway import cases, client
from services.gateway.conditions import command_id_of
from services.gateway.counter import actions
from services.gateway.counter.holding import Intake
from services.gateway.design.language import N_
from services.gateway.design.typed import nested, parse
from services.gateway.forms import CounterCase, MaterialsToCheck
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.supplying import id_of, store_file
from services.gateway.uploads import Paper
from shared.privacy import normalise

LABELS = {
    "item": N_("事项"),
    "scan": N_("证件号码"),
    "channel": N_("收件方式"),
    "summary": N_("项目或申请说明"),
    "applicant.kind": N_("申请人类型"),
    "applicant.name": N_("申请人名称或姓名"),
    "applicant.certificate_type": N_("证件类型"),
    "applicant.certificate_number": N_("证件号码"),
    "applicant.representative": N_("法定代表人"),
    "applicant.address": N_("地址"),
    "contact.name": N_("联系人"),
    "contact.mobile": N_("手机号码"),
    "contact.email": N_("电子邮箱"),
    "agent.name": N_("经办人"),
    "agent.certificate_type": N_("经办人证件类型"),
    "agent.certificate_number": N_("经办人证件号码"),
    "agent.mobile": N_("经办人手机"),
    "undertaking.signed_name": N_("承诺人签名"),
    "undertaking": N_("容缺承诺书"),
}
PROMISED = {
    "knows_requirements": True,
    "everything_is_true": True,
    "own_will": True,
    "accepts_consequences": True,
}
# Numbers are pasted in full-width digits and in groups; a form means the digits.
_NUMBERS = ("applicant.certificate_number", "agent.certificate_number", "contact.mobile", "agent.mobile")


def tidied(values: dict[str, str]) -> dict[str, str]:
    """The values with numbers in one spelling."""
    return {name: normalise(value) if name in _NUMBERS else value for name, value in values.items()}


async def papers_of(
    gateway: Gateway, visitor: Visitor, form: FormData, codes: list[str], values: dict[str, str], key: str
) -> list[Paper]:
    """The rows of the checklist as papers; a scanned file counts more than the tick beside it."""

    async def put(content: bytes, name: str | None, command_id: UUID) -> UUID:
        return (await gateway.uploads.add(visitor.actor.id, content, name, command_id)).upload_id

    papers = []
    for code in codes:
        upload_id = await store_file(form, f"file.{code}", put, f"{visitor.actor.id}:{key}")
        if upload_id is not None:
            values[f"kept.{code}"] = str(upload_id)
        papers += _paper(values, code)
    return papers


def kept_papers(values: dict[str, str], guide: k.GuideView) -> list[Paper]:
    """The papers as they are kept, without a form."""
    return [paper for material in guide.materials for paper in _paper(values, material.code)]


def _paper(values: dict[str, str], code: str) -> list[Paper]:
    upload_id = id_of(values.get(f"kept.{code}", ""))
    if upload_id is not None:
        return [Paper(code=code, upload_id=upload_id)]
    return [Paper(code=code, form="paper")] if values.get(f"paper.{code}") == "have" else []


def fields_of(intake: Intake, guide: k.GuideView) -> dict[str, Any]:
    """The application as the contract writes it."""
    values = tidied(intake.values)
    agent = nested(values, only="agent.").get("agent", {})
    fields: dict[str, Any] = {
        "item_code": guide.code,
        "item_version": guide.version,
        "channel": values.get("channel", "").strip() or "counter",
        "applicant": nested(values, only="applicant.").get("applicant", {}),
        "contact": nested(values, only="contact.").get("contact", {}),
        "materials": tuple(kept_papers(values, guide)),
        "asks_tolerance": values.get("asks_tolerance") == "true",
    }
    if values.get("summary", "").strip():
        fields["summary"] = values["summary"]
    # The type is preset in the form; without a name or a number nobody acts for the applicant.
    if agent.get("name") or agent.get("certificate_number"):
        fields["agent"] = agent
    if fields["asks_tolerance"] and (undertaking := _undertaking(intake)) is not None:
        fields["undertaking"] = undertaking
    return fields


def _undertaking(intake: Intake) -> dict[str, Any] | None:
    if (signed := intake.signed) is not None:
        drawn = {"drawn": signed.drawn} if signed.drawn else {}
        return {"signed_name": signed.name, "text_sha256": signed.text_sha256, **drawn, **PROMISED}
    typed = intake.values.get("undertaking.signed_name", "").strip()
    return {"signed_name": typed, **PROMISED} if typed else None


async def check(gateway: Gateway, visitor: Visitor, intake: Intake, guide: k.GuideView) -> c.MaterialCheck:
    """The outcome as the system computes it, before anything is taken in."""
    fields = fields_of(intake, guide)
    given = fields["applicant"] if fields["asks_tolerance"] else {}
    question = MaterialsToCheck.model_construct(
        item_code=guide.code,
        item_version=guide.version,
        applicant=parse(c.Applicant, given) if given.get("certificate_number") else None,
        materials=fields["materials"],
        asks_tolerance=fields["asks_tolerance"],
        undertaking_signed="undertaking" in fields,
    )
    return await cases.check(gateway, visitor, question)


async def promise(
    gateway: Gateway, visitor: Visitor, intake: Intake, guide: k.GuideView
) -> PromiseText | None:
    """The undertaking word for word as it would be signed; nothing when there is nothing to promise."""
    fields = fields_of(intake, guide)
    asked = {name: fields[name] for name in ("item_code", "item_version", "applicant", "contact")}
    if "agent" in fields:
        asked["agent"] = fields["agent"]
    asked["supplied"] = tuple(paper.code for paper in fields["materials"])
    drafts = await gateway.services.ask(visitor, client.DRAFT_PROMISES, parse(DraftPromises, asked))
    return drafts.undertaking


def signatories(intake: Intake) -> list[str]:
    """Who may sign: the agent who stands here first, then the representative, then the applicant."""
    names = ("agent.name", "applicant.representative", "applicant.name")
    return [name for field in names if (name := intake.values.get(field, "").strip())]


async def submit(gateway: Gateway, visitor: Visitor, intake: Intake, guide: k.GuideView) -> c.CaseReceipt:
    """Hand in: the intake itself is the key, so that two windows or two clicks make one case."""
    fields = fields_of(intake, guide)
    if fields["asks_tolerance"] and "undertaking" not in fields:
        raise Problem(
            "undertaking_missing",
            status=422,
            zh="请由申请人阅读并签署容缺承诺书，或者取消容缺受理。",
            en="The undertaking must be signed, or tolerance not asked for.",
        )
    return await actions.submit(gateway, visitor, parse(CounterCase, fields), command_of(visitor, intake))


def command_of(visitor: Visitor, intake: Intake) -> UUID:
    """The id under which this intake is handed in."""
    return command_id_of(visitor.actor.id, "page.counter_submit", f"intake:{intake.id}")
