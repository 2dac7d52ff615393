"""Rating a case, once, at the end: the level first, then what was good or what was wrong; a poor one is called back."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.applications.contracts.rating import Rating
from services.gateway import calling_back, cases
from services.gateway.applicant import actions
from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, Words, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, number_of, parse, text_of, values_of
from services.gateway.gateway import Gateway
from services.gateway.identity.own import own_identity
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.visits import checked_form, gateway_of, visitor_with
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
# The national words for the five levels (国办发〔2019〕51号), the best first.
LEVELS = Words(
    {
        "5": N_("非常满意"),
        "4": N_("满意"),
        "3": N_("基本满意"),
        "2": N_("不满意"),
        "1": N_("非常不满意"),
    }
)
GOOD = Words(
    {
        "clear_guide": N_("指引清楚"),
        "few_papers": N_("材料少"),
        "few_visits": N_("少跑路"),
        "quick": N_("办得快"),
        "polite": N_("态度好"),
        "easy_to_use": N_("网页好用"),
    }
)
WRONG = Words(
    {
        "guide_wrong": N_("办事指南和实际不一样"),
        "papers_beyond_guide": N_("要了指南以外的材料"),
        "many_visits": N_("跑了很多趟"),
        "slow": N_("办得慢、超过期限"),
        "rude": N_("态度不好"),
        "hard_to_use": N_("网页不好用"),
        "asked_for_favours": N_("被索要好处"),
    }
)
POOR = frozenset({"1", "2"})
POOR_LEVELS = frozenset(int(level) for level in POOR)
LABELS = {"level": N_("满意程度"), "words": N_("补充说明"), "tags": N_("选项")}


@router.get("/my/cases/{case_id}/rate")
async def rate_first(request: Request, case_id: UUID) -> Response:
    return await _page(request, case_id, request.query_params.get("level", ""))


async def _page(
    request: Request,
    case_id: UUID,
    level: str,
    *,
    faults: list[Fault] | None = None,
    values: dict[str, str] | None = None,
    tags: list[str] | None = None,
) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    case = await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id))
    return await page(
        request,
        "applicant/rate.html",
        title=_("评价这次服务"),
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        case=case,
        place=f"/my/cases/{case_id}",
        level=level if level in LEVELS else "",
        levels=LEVELS,
        poor=level in POOR,
        tags=WRONG if level in POOR else GOOD,
        chosen_tags=tags or [],
        offered="rate_case" in case.allowed,
    )


@router.post("/my/cases/{case_id}/rate")
async def rate(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.APPLICANT)
    form = await checked_form(request)
    gateway, level = gateway_of(request), text_of(form, "level")
    tags = [tag for tag in form.getlist("tags") if isinstance(tag, str)]
    case = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    command_id = command_id_of(visitor.actor.id, "page.rate", text_of(form, "key"))
    try:
        given = {"level": number_of(form, "level"), "tags": tags, "words": text_of(form, "words") or None}
        version = number_of(form, "version") or case.version
        await actions.rate(gateway, visitor, case, version, parse(Rating, given), command_id)
    except (Problem, Refused) as error:
        faults = faults_of(error, {field: _(label) for field, label in LABELS.items()})
        return await _page(request, case_id, level, faults=faults, values=values_of(form), tags=tags)
    if level in POOR:
        await _ask_to_call(gateway, visitor, case_id, command_id)
    return see(f"/my/cases/{case_id}?said=rated")


async def _ask_to_call(gateway: Gateway, visitor: Visitor, case_id: UUID, command_id: UUID) -> None:
    """51号文: every poor rating is called back; without a number in the account the clerk finds it in the case."""
    own = await own_identity(gateway, visitor)
    if own.mobile:
        asked = calling_back.Asked(own.mobile, "rating", case_id)
        await calling_back.ask(gateway, visitor, asked, command_id)
