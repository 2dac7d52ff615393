"""Taking in an application at the counter, and papers for one that is open: dense pages for practised hands."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.applications import contracts as c
from services.catalogue import contracts as k
from services.gateway import cases
from services.gateway.conditions import command_id_of
from services.gateway.counter import actions
from services.gateway.counter.case_page import case_page
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, nested, number_of, parse, text_of, values_of
from services.gateway.forms import CounterCase, CounterSupply, MaterialsToCheck
from services.gateway.identity.visitor import Visitor
from services.gateway.limits import MANY_FILES_BYTES, form_with_files
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.supplying import asked_for, id_of, store_file
from services.gateway.uploads import Paper
from services.gateway.visits import gateway_of, visitor_with
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
LABELS = {
    "item_code": "事项",
    "channel": "收件方式",
    "summary": "项目或申请说明",
    "applicant.kind": "申请人类型",
    "applicant.name": "申请人名称或姓名",
    "applicant.certificate_type": "证件类型",
    "applicant.certificate_number": "证件号码",
    "applicant.representative": "法定代表人",
    "applicant.address": "地址",
    "contact.name": "联系人",
    "contact.mobile": "手机号码",
    "contact.email": "电子邮箱",
    "agent.name": "经办人",
    "agent.certificate_type": "经办人证件类型",
    "agent.certificate_number": "经办人证件号码",
    "agent.mobile": "经办人手机",
    "undertaking.signed_name": "承诺人签名",
    "undertaking": "容缺承诺书",
}


@router.get("/desk/new")
async def new(request: Request, item: str = "", channel: str = "") -> Response:
    visitor = await visitor_with(request, Role.CLERK)
    values = {
        "applicant.kind": "legal",
        "applicant.certificate_type": "USCC",
        "channel": channel or "counter",
    }
    return await _new_page(request, visitor, item, values)


async def _new_page(
    request: Request,
    visitor: Visitor,
    code: str,
    values: dict[str, str],
    faults: list[Fault] | None = None,
    check: c.MaterialCheck | None = None,
) -> Response:
    gateway = gateway_of(request)
    items = await public.items(gateway, visitor, k.ListItems(limit=100))
    guide = await public.guide(gateway, visitor, code) if len(code) == 31 else None
    names = {paper.code: paper.name.zh for paper in guide.materials} if guide else {}
    return await page(
        request,
        "counter/new.html",
        title="窗口收件",
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        room="new",
        item_options=[(item.code, f"{item.local_code} {item.name.zh}") for item in items.items],
        guide=guide,
        check=check,
        names=names,
        lacking=[names[one] for one in check.missing_tolerable if one in names] if check else ["核对后列出"],
    )


@router.post("/desk/new")
async def take_in(request: Request) -> Response:
    visitor = await visitor_with(request, Role.CLERK)
    form = await form_with_files(request, MANY_FILES_BYTES)
    values = values_of(form)
    code = text_of(form, "item_code")
    key = text_of(form, "key") or "none"
    if text_of(form, "act") == "choose":
        if not code:
            unchosen = Fault("item_code", "请选择事项", "Choose a service item.")
            return await _new_page(request, visitor, code, values, [unchosen])
        return see("/desk/new?" + urlencode({"item": code, "channel": text_of(form, "channel")}))
    guide = await public.guide(gateway_of(request), visitor, code)
    try:
        papers = await _papers(request, visitor, form, [paper.code for paper in guide.materials], values, key)
        if text_of(form, "act") == "check":
            found = await _check(request, visitor, values, guide, papers)
            return await _new_page(request, visitor, code, values, check=found)
        receipt = await _submit(request, visitor, values, guide, papers, key)
    except (Problem, Refused) as error:
        labels = LABELS | {f"file.{paper.code}": paper.name.zh for paper in guide.materials}
        return await _new_page(request, visitor, code, values, faults_of(error, labels))
    return see(f"/desk/cases/{receipt.case_id}?said=submitted")


async def _papers(
    request: Request, visitor: Visitor, form: FormData, codes: list[str], values: dict[str, str], key: str
) -> list[Paper]:
    """The rows of the checklist as papers; a scanned file counts more than the tick beside it."""
    gateway = gateway_of(request)

    async def put(content: bytes, name: str | None, command_id: UUID) -> UUID:
        return (await gateway.uploads.add(visitor.actor.id, content, name, command_id)).upload_id

    papers = []
    for code in codes:
        upload_id = await store_file(form, f"file.{code}", put, f"{visitor.actor.id}:{key}")
        if upload_id is None:
            upload_id = id_of(values.get(f"kept.{code}", ""))
        if upload_id is not None:
            values[f"kept.{code}"] = str(upload_id)
            papers.append(Paper(code=code, upload_id=upload_id))
        elif values.get(f"paper.{code}") == "have":
            papers.append(Paper(code=code, form="paper"))
    return papers


def _fields(values: dict[str, str], guide: k.GuideView, papers: list[Paper]) -> dict[str, Any]:
    agent = nested(values, only="agent.").get("agent", {})
    tolerant = values.get("asks_tolerance") == "true"
    fields: dict[str, Any] = {
        "item_code": guide.code,
        "item_version": guide.version,
        "channel": values.get("channel", "").strip() or "counter",
        "applicant": nested(values, only="applicant.").get("applicant", {}),
        "contact": nested(values, only="contact.").get("contact", {}),
        "materials": tuple(papers),
        "asks_tolerance": tolerant,
    }
    if values.get("summary", "").strip():
        fields["summary"] = values["summary"]
    # The type is preset in the form; without a name or a number nobody acts for the applicant.
    if agent.get("name") or agent.get("certificate_number"):
        fields["agent"] = agent
    if tolerant and values.get("undertaking.signed_name", "").strip():
        fields["undertaking"] = {
            "signed_name": values["undertaking.signed_name"].strip(),
            "knows_requirements": True,
            "everything_is_true": True,
            "own_will": True,
            "accepts_consequences": True,
        }
    return fields


async def _check(
    request: Request, visitor: Visitor, values: dict[str, str], guide: k.GuideView, papers: list[Paper]
) -> c.MaterialCheck:
    """The outcome as the system computes it, before anything is taken in; tolerance is tried to show its reasons."""
    fields = _fields(values, guide, papers)
    applicant = (
        parse(c.Applicant, fields["applicant"]) if fields["applicant"].get("certificate_number") else None
    )
    question = MaterialsToCheck.model_construct(
        item_code=guide.code,
        item_version=guide.version,
        applicant=applicant,
        materials=fields["materials"],
        asks_tolerance=fields["asks_tolerance"],
        undertaking_signed="undertaking" in fields,
    )
    return await cases.check(gateway_of(request), visitor, question)


async def _submit(
    request: Request,
    visitor: Visitor,
    values: dict[str, str],
    guide: k.GuideView,
    papers: list[Paper],
    key: str,
) -> c.CaseReceipt:
    fields = _fields(values, guide, papers)
    if fields["asks_tolerance"] and "undertaking" not in fields:
        raise Problem(
            "undertaking_missing",
            status=422,
            zh="请由申请人阅读并签署容缺承诺书，或者取消容缺受理。",
            en="The undertaking must be signed, or tolerance not asked for.",
        )
    form = parse(CounterCase, fields)
    command_id = command_id_of(visitor.actor.id, "page.counter_submit", key)
    return await actions.submit(gateway_of(request), visitor, form, command_id)


@router.get("/desk/cases/{case_id}/papers")
async def papers(request: Request, case_id: UUID) -> Response:
    return await case_page(request, case_id, "papers")


@router.post("/desk/cases/{case_id}/papers")
async def take_papers(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.CLERK)
    gateway = gateway_of(request)
    form = await form_with_files(request, MANY_FILES_BYTES)
    values, key = values_of(form), text_of(form, "key") or "none"
    found = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    try:
        given = await _papers(request, visitor, form, [paper.code for paper in asked_for(found)], values, key)
        if not given:
            raise Problem(
                "nothing_given",
                status=422,
                zh="请勾选已收取的材料，或者上传文件。",
                en="Tick what was received, or add a file.",
            )
        supply = parse(CounterSupply, {"materials": tuple(given)})
        command_id = command_id_of(visitor.actor.id, "page.counter_supply", key)
        seen = number_of(form, "version") or found.version
        await actions.supply(gateway, visitor, case_id, seen, supply, command_id)
    except (Problem, Refused) as error:
        return await case_page(request, case_id, "papers", faults=faults_of(error, {}), values=values)
    return see(f"/desk/cases/{case_id}?said=supplied")
