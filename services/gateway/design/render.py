"""Drawing a page: the template with what every page knows, its icons as one sprite, and headers that keep it private."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import RedirectResponse

from services.gateway.applicant.waiting import waiting_for
from services.gateway.counter import keys
from services.gateway.design import assets, drawing, icons, language, words
from services.gateway.design.typed import Fault, new_key
from services.gateway.identity.visitor import Visitor
from services.gateway.visits import csrf_token, current_visitor, gateway_of
from shared.identity import Role

GATEWAY = Path(__file__).parent.parent
ROOMS = ("public", "identity", "applicant", "counter", "approver", "operator")
VIEW_COOKIE = "tongban_view"
STAFF = (Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.OPERATOR, Role.AUDITOR)


def _environment() -> Environment:
    loader = ChoiceLoader(
        [
            FileSystemLoader(GATEWAY / "design" / "templates"),
            PrefixLoader({room: FileSystemLoader(GATEWAY / room / "templates") for room in ROOMS}),
        ]
    )
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(words.FILTERS)
    environment.filters.update(language.FILTERS)
    environment.globals.update(_=language._, chosen=language.chosen, LANGUAGES=language.LANGUAGES)
    environment.globals.update(words.TABLES, asset=assets.address, new_key=new_key)
    environment.globals.update(drawing.PICTURES)
    return environment


ENVIRONMENT = _environment()


class PageIcons:
    """The icons of one page, remembered as they are drawn, so that the sprite holds only these."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def __call__(self, name: str, label: str = "") -> Markup:
        self._names.append(name)
        return icons.use(name, label)

    def sprite(self) -> Markup:
        return icons.sprite(self._names)


async def page(
    request: Request,
    template: str,
    *,
    title: str,
    status: int = 200,
    faults: Sequence[Fault] = (),
    values: Mapping[str, Any] | None = None,
    **content: Any,
) -> HTMLResponse:
    """The page; `values` is what stands in its fields, `faults` what is wrong with it."""
    visitor = await current_visitor(request)
    page_icons = PageIcons()
    known = {
        "visitor": visitor,
        "home": home_of(visitor),
        "csrf": await csrf_token(request),
        "elder": request.cookies.get(VIEW_COOKIE) == "elder",
        "language": language.language(),
        "here": here(request),
        "path": request.url.path,
        "title": title,
        "faults": list(faults),
        "fault_at": {fault.field: fault for fault in reversed(faults) if fault.field},
        "values": values or {},
        "icon": page_icons,
        "mode": gateway_of(request).settings.mode,
        "waits": await waiting_for(request, visitor),
        "keymap": await keys.keymap(gateway_of(request), visitor),
        "key_actions": keys.actions_of(visitor),
    }
    drawn = ENVIRONMENT.get_template(template).render(**(known | content))
    drawn = drawn.replace("<!--sprite-->", page_icons.sprite(), 1)
    return HTMLResponse(drawn, status, {"cache-control": "no-store"})


def home_of(visitor: Visitor) -> str:
    """Where this visitor's work is."""
    rooms: list[tuple[Role, str]] = [
        (Role.CLERK, "/desk"),
        (Role.APPROVER, "/review"),
        (Role.ORGAN_HEAD, "/review"),
        (Role.OPERATOR, "/operator"),
        (Role.AUDITOR, "/operator"),
        (Role.APPLICANT, "/my/cases"),
    ]
    return next((place for role, place in rooms if visitor.has(role)), "/")


def here(request: Request) -> str:
    """The page that is shown, to come back to; the address of a sent form is no page."""
    if request.method != "GET":
        return "/"
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def see(place: str) -> RedirectResponse:
    """After a form: another page, so that reading it again sends nothing twice."""
    return RedirectResponse(place, 303, {"cache-control": "no-store"})


def sign_in_first(request: Request) -> RedirectResponse:
    """The sign-in page, which leads back here."""
    return see(f"/sign-in?next={quote(here(request), safe='')}")


def own_place(place: str | None, otherwise: str) -> str:
    """A page of our own to go on to; anything that could lead to another host is not followed."""
    if place and place.startswith("/") and not place.startswith(("//", "/\\")) and "\\" not in place:
        return place if all(ord(letter) > 32 for letter in place) else otherwise
    return otherwise


Drawing = Callable[..., Markup]
