"""The pages of every room, mounted beside the API: same visitor, same functions of the rooms, answers for people."""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from services.gateway import live_pages, printed_pages, trace
from services.gateway.applicant import (
    apply_pages,
    asking_pages,
    call_pages,
    case_pages,
    helper_pages,
    paper_pages,
    phone_uploads_pages,
    rating_pages,
)
from services.gateway.approver import act_pages, batch_pages, power_pages
from services.gateway.approver import pages as approver
from services.gateway.counter import (
    acts_pages,
    finding_pages,
    handing_over_pages,
    intake_pages,
    keys_pages,
    looking_pages,
    second_screen_pages,
)
from services.gateway.counter import pages as counter
from services.gateway.design import assets, styleguide
from services.gateway.design.language import N_, _, chosen
from services.gateway.design.render import own_place, page, sign_in_first
from services.gateway.identity import pages as identity
from services.gateway.operator import pages as operator
from services.gateway.problems import Problem
from services.gateway.public import pages as public
from services.gateway.public import verify_pages

ROUTERS = (
    assets.router,
    public.router,
    verify_pages.router,
    identity.router,
    # Before the pages of documents: an address that ends in .pdf is no id.
    printed_pages.router,
    # Before the questions of a draft: to hand it over is none of them.
    handing_over_pages.router,
    apply_pages.router,
    paper_pages.router,
    phone_uploads_pages.router,
    case_pages.router,
    asking_pages.router,
    helper_pages.router,
    rating_pages.router,
    call_pages.router,
    intake_pages.router,
    second_screen_pages.router,
    keys_pages.router,
    counter.router,
    acts_pages.router,
    finding_pages.router,
    looking_pages.router,
    approver.router,
    act_pages.router,
    batch_pages.router,
    power_pages.router,
    operator.router,
    styleguide.router,
    live_pages.router,
)
# What a person can do about a problem, by its status.
WHAT_TO_DO = {
    403: N_("如果您有其他账号，请先退出再登录；如果页面停留过久，请返回上一页刷新后重试。"),
    404: N_("请核对网址，或者从首页重新进入。如果是查询办件，请核对办件编号和查询码。"),
    409: N_("请返回刷新页面，查看最新情况后再操作。"),
    412: N_("其他人刚刚更新了内容。请返回刷新页面，核对变化后再操作。"),
    429: N_("请稍等几分钟再试；如需帮助，请拨打咨询电话 0558-12345。"),
    503: N_("请稍后再试，已填写的内容不会丢失；急需办理的，请到窗口或拨打 0558-12345。"),
}

OTHERWISE = N_("请返回上一页检查后重试；如需帮助，请拨打咨询电话 0558-12345。")


def install(app: FastAPI) -> None:
    """Mount the pages and let failures of pages be answered by pages."""
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.state.problem_page = problem_page


async def problem_page(request: Request, problem: Problem) -> Response:
    """The answer to a failed request for a page; somebody who is not signed in is asked to do that first."""
    if problem.code == "unauthenticated":
        return sign_in_first(request) if request.method == "GET" else await _signed_out(request)
    return await _problem(request, problem)


async def _signed_out(request: Request) -> HTMLResponse:
    """The session ended while somebody was typing: what is kept, and the way back."""
    return await page(
        request, "signed_out.html", title=_("登录已过期"), status=401, back_place=_came_from(request) or "/"
    )


async def _problem(request: Request, problem: Problem) -> HTMLResponse:
    shown = await page(
        request,
        "problem.html",
        title=chosen(*problem.title),
        status=problem.status,
        problem=problem,
        what_to_do=_(WHAT_TO_DO.get(problem.status, OTHERWISE)),
        back_place=_came_from(request),
        trace_id=trace.trace_id(),
    )
    shown.headers.update(problem.headers)
    return shown


def _came_from(request: Request) -> str | None:
    """The page before, when it was one of ours; never the one that just failed."""
    origin = f"{request.url.scheme}://{request.url.netloc}"
    referer = request.headers.get("referer", "")
    place = own_place(referer.removeprefix(origin), "") if referer.startswith(f"{origin}/") else ""
    return place if place != request.url.path else None
