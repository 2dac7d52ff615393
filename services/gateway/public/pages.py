"""The public pages: home, the catalogue and its guides, a case found by its number and code, and what problems mean."""

from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.applications import contracts as c
from services.catalogue import contracts as k
from services.gateway import case_pass, cases, supplying
from services.gateway.applicant import actions as applicant
from services.gateway.design import language
from services.gateway.design.language import N_, Words, _, said
from services.gateway.design.render import VIEW_COOKIE, own_place, page, see
from services.gateway.design.typed import Fault, faults_of, text_of
from services.gateway.downloads import download
from services.gateway.forms import CaseCode
from services.gateway.identity import throttle
from services.gateway.identity.cookies import LANGUAGE
from services.gateway.identity.visitor import Visitor
from services.gateway.limits import MANY_FILES_BYTES, form_with_files
from services.gateway.openapi import problem_explanation
from services.gateway.problems import KNOWN, TITLE_OF_STATUS, Problem
from services.gateway.progress import stations_of, status_of
from services.gateway.public import actions, law
from services.gateway.public.fitting import Fitting, fitting_of, written
from services.gateway.public.guide_strip import share_of_law, stops_of
from services.gateway.public.paper_pictures import paper_picture
from services.gateway.visits import checked_form, current_visitor, gateway_of
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
PER_PAGE = 50
LABELS = Words({"case_no": N_("办件编号"), "access_code": N_("查询码")})
LABELS_EN = {"case_no": "the case number", "access_code": "the look-up code"}


def address_of(request: Request) -> str:
    """Where the request comes from, for the count of failed tries."""
    return throttle.address_of(request.scope)


@router.get("/")
async def home(request: Request) -> Response:
    visitor = await current_visitor(request)
    items = await _items(request, visitor)
    mine = await _my_cases(request, visitor)
    return await page(request, "public/home.html", title=_("首页"), items=items, mine=mine)


async def _items(
    request: Request, visitor: Visitor, text: str | None = None
) -> k.ItemPage | k.ItemMatches | None:
    """The items, or nothing while the catalogue is away: the rest of the page still renders."""
    gateway = gateway_of(request)
    try:
        if text:
            return await actions.search(gateway, visitor, text, PER_PAGE)
        return await actions.items(gateway, visitor, k.ListItems(limit=PER_PAGE))
    except Refused as refusal:
        if refusal.kind != "unavailable":
            raise
        return None


async def _my_cases(request: Request, visitor: Visitor) -> c.CasePage | None:
    if not visitor.has(Role.APPLICANT):
        return c.CasePage(items=())
    try:
        return await applicant.my_cases(gateway_of(request), visitor, None, 5)
    except Refused:
        return None


@router.get("/items")
async def items(request: Request, text: str = "") -> Response:
    text = text.strip()[:50].replace("\0", "")
    visitor = await current_visitor(request)
    found = await _items(request, visitor, text)
    title = _("“{text}”的查找结果", text=text) if text else _("服务事项")
    return await page(request, "public/items.html", title=title, items=found, search=text)


@router.get("/items/{code}")
async def guide(request: Request, code: str) -> Response:
    shown = await _guide(request, code)
    return await page(
        request,
        "public/guide.html",
        title=said(shown.name),
        guide=shown,
        stops=stops_of(shown),
        share=share_of_law(shown),
        paper_picture=paper_picture,
        law_place=law.place_of,
    )


async def _guide(request: Request, code: str) -> k.GuideView:
    if len(code) != 31:
        raise Problem("not_found")
    return await actions.guide(gateway_of(request), await current_visitor(request), code)


@router.get("/items/{code}/fit")
async def fit(request: Request, code: str, answers: str = "", asked: str = "", answer: str = "") -> Response:
    """One question a page; what was answered stands in the address only."""
    guide = await _guide(request, code)
    if not guide.fit:
        return see(f"/items/{code}")
    so_far = fitting_of(guide, answers[:50])
    if asked and (question := so_far.question) is not None:
        if answer.isdecimal() and int(answer) < len(question.answers):
            given = written((*so_far.chosen, int(answer)))
            return see(f"/items/{code}/fit?answers={given}")
        fault = Fault("answer", "请选择一个回答", "Please choose an answer.")
        return await _fit_page(request, so_far, [fault])
    return await _fit_page(request, so_far, [])


async def _fit_page(request: Request, so_far: Fitting, faults: list[Fault]) -> Response:
    return await page(
        request,
        "public/fit.html",
        title=_("适不适合我办：{name}", name=said(so_far.guide.name)),
        status=422 if faults else 200,
        faults=faults,
        guide=so_far.guide,
        so_far=so_far,
        written=written,
        paper_picture=paper_picture,
    )


@router.get("/law/{name}/{article}")
async def law_article(request: Request, name: str, article: str) -> Response:
    shown = law.article(name, article)
    return await page(request, "public/law.html", title=said(shown.title), article=shown)


@router.get("/find")
async def find(request: Request) -> Response:
    # The square code of a receipt brings the number here, and the code behind the # that no server sees.
    values = {"case_no": request.query_params.get("case_no", "")[:60]}
    return await page(request, "public/find.html", title=_("查询办件进度"), values=values)


@router.post("/find")
async def find_case(request: Request) -> Response:
    form = await checked_form(request)
    values = {name: text_of(form, name).replace(" ", "").upper() for name in LABELS}
    missing = [
        Fault(name, f"请填写{label}", f"Please give {LABELS_EN[name]}.")
        for name, label in LABELS.items()
        if not values[name]
    ]
    try:
        if not missing:
            return await _open(request, CaseCode(**values))
    except (Problem, Refused, ValueError) as error:
        missing = _not_found(error)
    return await page(
        request, "public/find.html", title=_("查询办件进度"), status=422, faults=missing, values=values
    )


def _not_found(error: Exception) -> list[Fault]:
    """A wrong number and a wrong code are told apart for nobody."""
    known = error if isinstance(error, Refused | Problem) else None
    if known is not None and known.code in ("too_many_attempts", "service_unavailable"):
        return faults_of(error, LABELS)
    if isinstance(error, Refused) and error.kind == "unavailable":
        return faults_of(error, LABELS)
    return [
        Fault(
            "case_no",
            "没有找到对应的办件，请核对办件编号和查询码",
            "No case has this number and code; compare both with the receipt voucher.",
        )
    ]


async def _open(request: Request, code: CaseCode) -> Response:
    gateway, visitor = gateway_of(request), await current_visitor(request)
    await actions.look_up(gateway, visitor, code, address_of(request))
    response = see("/found")
    case_pass.keep(response, gateway, code)
    return response


@router.get("/found")
async def found(request: Request) -> Response:
    case = await _look_up(request, explain=True)
    return await page(
        request,
        "public/found.html",
        title=_("办件进度"),
        case=case,
        now=status_of(case),
        stations=stations_of(case),
    )


async def _look_up(request: Request, *, explain: bool = False) -> c.CaseView:
    gateway, visitor = gateway_of(request), await current_visitor(request)
    code = case_pass.read(request, gateway)
    return await actions.look_up(gateway, visitor, code, address_of(request), explain=explain)


@router.get("/found/documents/{document_id}")
async def found_document(request: Request, document_id: UUID) -> Response:
    gateway, visitor = gateway_of(request), await current_visitor(request)
    code = case_pass.read(request, gateway)
    shown = await actions.look_up_document(gateway, visitor, code, document_id, address_of(request))
    return await page(request, "document.html", title=shown.title, document=shown, back="/found", pdf=None)


@router.get("/found/files/{upload_id}")
async def found_file(request: Request, upload_id: UUID) -> Response:
    gateway, visitor = gateway_of(request), await current_visitor(request)
    code = case_pass.read(request, gateway)
    key = cases.CaseKey(case_no=code.case_no, access_code=code.access_code)
    return download(await cases.file(gateway, visitor, key, upload_id))


@router.get("/found/papers")
async def found_papers(request: Request) -> Response:
    case = await _look_up(request)
    return await supplying.form_page(request, case, back="/found")


@router.post("/found/papers")
async def supply_found(request: Request) -> Response:
    gateway, visitor = gateway_of(request), await current_visitor(request)
    code = case_pass.read(request, gateway)
    form = await form_with_files(request, MANY_FILES_BYTES)
    case = await _look_up(request)

    async def put(content: bytes, name: str | None, command_id: UUID) -> UUID:
        view = await actions.upload_by_code(
            gateway, visitor, code, content, name, address_of(request), command_id
        )
        return view.upload_id

    async def send(given: supplying.Given) -> c.CaseReceipt:
        supply = supplying.by_code(code, given)
        return await actions.supply_by_code(
            gateway, visitor, supply, given.version, address_of(request), given.command_id
        )

    return await supplying.take(request, case, form, put, send, back="/found", after="/found")


@router.post("/view")
async def view(request: Request) -> Response:
    form = await checked_form(request)
    response = see(own_place(text_of(form, "next"), "/"))
    elder = text_of(form, "view") == "elder"
    secure = gateway_of(request).settings.secure_cookies
    if elder:
        response.set_cookie(
            VIEW_COOKIE, "elder", max_age=31_536_000, path="/", httponly=True, samesite="lax", secure=secure
        )
    else:
        response.delete_cookie(VIEW_COOKIE, path="/")
    return response


@router.post("/language")
async def speak(request: Request) -> Response:
    """Answer this browser in another language from now on."""
    form = await checked_form(request)
    response = see(own_place(text_of(form, "next"), "/"))
    wanted = text_of(form, "language")
    if wanted in language.LANGUAGES:
        secure = gateway_of(request).settings.secure_cookies
        response.set_cookie(
            LANGUAGE, wanted, max_age=31_536_000, path="/", httponly=True, samesite="lax", secure=secure
        )
    return response


@router.get("/about")
async def about(request: Request) -> Response:
    return await page(request, "public/about.html", title=_("关于本站"))


@router.get("/problems/{code}")
async def problem(request: Request, code: str) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return problem_explanation(code)
    known = KNOWN.get(code)
    title = TITLE_OF_STATUS.get(known.status, TITLE_OF_STATUS[500]) if known else None
    return await page(
        request, "public/problem_type.html", title=_("问题说明"), code=code[:80], known=known, kind=title
    )


def with_query(place: str, **query: str | None) -> str:
    """The place with what is known of the query."""
    given = {name: value for name, value in query.items() if value}
    return f"{place}?{urlencode(given)}" if given else place
