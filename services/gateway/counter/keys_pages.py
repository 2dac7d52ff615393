"""The page on which somebody of the staff chooses the keys of the desk, and the words by which commands are found."""

from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pypinyin import Style, lazy_pinyin
from starlette.responses import Response

from services.gateway.counter import keys
from services.gateway.counter.case_page import clerk_of
from services.gateway.design.language import LOCALES, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, text_of
from services.gateway.visits import checked_form, gateway_of

router = APIRouter()


@router.get("/desk/keys")
async def keys_page(request: Request) -> Response:
    visitor = await clerk_of(request)
    chosen = await keys.chosen(gateway_of(request), visitor)
    values = {action.field: chosen.get(action.usual, action.usual) for action in keys.ACTIONS}
    return await _page(request, values)


async def _page(request: Request, values: dict[str, str], faults: list[Fault] | None = None) -> Response:
    return await page(
        request,
        "counter/keys.html",
        title=_("快捷键设置"),
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        room="keys",
        actions=keys.ACTIONS,
        fixed=keys.FIXED,
        kept=request.query_params.get("kept") == "1",
    )


@router.post("/desk/keys")
async def choose(request: Request) -> Response:
    visitor = await clerk_of(request)
    form = await checked_form(request)
    gateway = gateway_of(request)
    if text_of(form, "act") == "usual":
        await keys.keep(gateway, visitor, {})
        return see("/desk/keys?kept=1")
    typed = {action: keys.spelt(text_of(form, action.field)) for action in keys.ACTIONS}
    for action in keys.ACTIONS:
        if action.usual in keys.FIXED:
            typed[action] = action.usual if text_of(form, action.field) else ""
    faults = _faults(typed)
    if faults:
        return await _page(request, {action.field: text_of(form, action.field) for action in typed}, faults)
    changed = {action.usual: key for action, key in typed.items() if key != action.usual}
    await keys.keep(gateway, visitor, changed)
    return see("/desk/keys?kept=1")


def _faults(typed: dict[keys.Action, str]) -> list[Fault]:
    faults = []
    for action, key in typed.items():
        others = {other.label: taken for other, taken in typed.items() if other is not action}
        if key and action.usual not in keys.FIXED and (wrong := keys.fault_of(key, others)) is not None:
            faults.append(Fault(action.field, f"{action.label}：{wrong.zh}", f"{action.label}: {wrong.en}"))
    return faults


@router.get("/desk/initials")
async def initials(request: Request) -> Response:
    """The first letter of every character that a command may have, so that `sl` finds 受理."""
    await clerk_of(request)
    return JSONResponse(_initials(), headers={"cache-control": "private, max-age=86400"})


@cache
def _initials() -> dict[str, str]:
    texts = "".join(file.read_text(encoding="utf-8") for file in (LOCALES / "zh_CN").glob("*.po"))
    characters = sorted({letter for letter in texts if 0x4E00 <= ord(letter) <= 0x9FFF})
    letters = lazy_pinyin(characters, style=Style.FIRST_LETTER)
    return dict(zip(characters, letters, strict=True))
