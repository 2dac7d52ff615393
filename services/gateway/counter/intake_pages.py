"""Taking in an application at the counter, and papers for one that is open: dense pages for practised hands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData
from starlette.responses import Response

from services.applications import contracts as c
from services.catalogue import contracts as k
from services.gateway import cases
from services.gateway.conditions import command_id_of
from services.gateway.counter import (
    actions,
    handing_over,
    handing_over_pages,
    holding,
    known_people,
    reading,
    second_screen,
)
from services.gateway.counter.case_page import case_page, clerk_of
from services.gateway.counter.holding import HandedIn, Intake
from services.gateway.counter.intake_fields import (
    LABELS,
    check,
    command_of,
    papers_of,
    submit,
    tidied,
)
from services.gateway.design.language import Words, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, new_key, number_of, parse, text_of, values_of
from services.gateway.forms import CounterSupply
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.limits import MANY_FILES_BYTES, form_with_files
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.supplying import asked_for
from services.gateway.visits import checked_form, gateway_of
from shared.errors import FieldError, Refused

router = APIRouter()
BLANK = {
    "applicant.kind": "natural",
    "applicant.certificate_type": "111",
    "agent.certificate_type": "111",
    "channel": "counter",
}
# What the form says of the moment and not of the matter.
_PASSING = frozenset({"act", "scan", "item", "code", "full"})
MOST_SUGGESTED = 8
CONTRADICTION = k.Text(
    zh="读出的性别与身份证号码第17位不符，请核对证件。",
    en="The sex that was read is not that of place 17 of the number; please compare the card.",
)
NOTHING_TYPED = k.Text(
    zh="请输入事项名称、拼音首字母或编号。", en="Type the item's name, its first letters or its code."
)
NO_SUCH_ITEM = k.Text(
    zh="没有找到这个事项，请换几个字或拼音首字母。", en="No item is like this; try other words or letters."
)
ITEM_FIRST = k.Text(zh="请先选择事项，再交到手机上继续。", en="Choose the item before it goes to the phone.")


@dataclass(frozen=True, slots=True)
class Taking:
    """One request about one intake."""

    request: Request
    visitor: Visitor
    intake: Intake
    form: FormData

    @property
    def gateway(self) -> Gateway:
        return gateway_of(self.request)

    @property
    def values(self) -> dict[str, str]:
        return self.intake.values

    async def save(self) -> None:
        """Keep what was typed and ticked."""
        await holding.save(self.gateway, self.intake)


@router.get("/desk/new")
async def new(request: Request) -> Response:
    return await _start_page(request)


async def _start_page(
    request: Request, faults: list[Fault] | None = None, values: dict[str, str] | None = None
) -> Response:
    visitor = await clerk_of(request)
    held = await holding.held(gateway_of(request), visitor.actor.id)
    return await page(
        request,
        "counter/new.html",
        title=_("窗口收件"),
        status=422 if faults else 200,
        faults=faults or [],
        values=values or {},
        room="new",
        held=held,
        held_names=await _item_names(request, visitor, held),
    )


async def _item_names(request: Request, visitor: Visitor, held: list[Intake]) -> dict[str, k.Text]:
    """The names of the items of held intakes; the list is shown without them while the catalogue is away."""
    names = {}
    for code in {intake.item_code for intake in held if intake.item_code}:
        try:
            names[code] = (await public.guide(gateway_of(request), visitor, code)).name
        except Refused:
            continue
    return names


@router.post("/desk/new")
async def begin(request: Request) -> Response:
    """A scanned card, the code of a draft that was begun online, or nothing at all: an intake of its own."""
    visitor = await clerk_of(request)
    form = await checked_form(request)
    gateway = gateway_of(request)
    try:
        typed = text_of(form, "scan")
        # Two clicks begin one intake; another card on a page of before, reached by the back button, begins another.
        key = text_of(form, "key") or new_key()
        intake_id = command_id_of(visitor.actor.id, "page.intake", f"{key}\n{typed}")
        if (begun := await holding.find(gateway, visitor.actor.id, intake_id)) is not None:
            return see(begun.place)
        if typed.upper().startswith(handing_over.PREFIX):
            return see((await handing_over.take_over_draft(gateway, visitor, typed, intake_id)).place)
        found = await _read_card(request, visitor, {}, typed)
        intake = await holding.begin(gateway, visitor.actor.id, BLANK | found, intake_id)
        intake.known_from = found.pop("known", "")
    except (Problem, Refused) as error:
        return await _start_page(request, faults_of(error, dict(Words(LABELS))), values_of(form))
    intake.values.pop("known", None)
    await holding.save(gateway, intake)
    return see(intake.place)


async def _read_card(
    request: Request, visitor: Visitor, values: dict[str, str], typed: str
) -> dict[str, str]:
    """What a scan fills in: the applicant, or whoever acts for the applicant that is there already."""
    if not typed:
        return {}
    gateway = gateway_of(request)
    try:
        card = reading.read(typed, gateway.settings.reader_separators)
    except PydanticCustomError as fault:
        context = fault.context or {}
        raise _at("scan", k.Text(zh=context["zh"], en=context["en"])) from None
    if card.contradicts_itself:
        raise _at("scan", CONTRADICTION)
    before = values.get("applicant.certificate_number", "").strip()
    if before and before != card.number and card.kind == "natural":
        return {
            "agent.certificate_type": card.certificate_type,
            "agent.certificate_number": card.number,
            "agent.name": card.name or values.get("agent.name", ""),
        }
    read = {
        "applicant.kind": card.kind,
        "applicant.certificate_type": card.certificate_type,
        "applicant.certificate_number": card.number,
    }
    known = await known_people.find(gateway, visitor, card)
    if known is not None:
        read |= known.fields | {"known": known.source}
    # What the card itself says is newer than what anybody kept.
    read |= {"applicant.name": card.name} if card.name else {}
    read |= {"applicant.address": card.address} if card.address else {}
    if card.kind == "natural" and card.name:
        read.setdefault("contact.name", card.name)
    return read


def _at(field: str, words: k.Text) -> Problem:
    """A fault of the field that was typed or scanned into, whatever part of it is wrong."""
    return Problem(
        f"{field}_invalid",
        status=422,
        zh=words.zh,
        en=words.en,
        errors=[FieldError(f"/{field}", field, words.zh, words.en)],
    )


@router.get("/desk/intakes/{intake_id}")
async def intake_page(request: Request, intake_id: UUID) -> Response:
    visitor = await clerk_of(request)
    intake = await holding.load(gateway_of(request), visitor.actor.id, intake_id)
    if intake.handed_in is not None:
        return see(f"/desk/cases/{intake.handed_in.case_id}?said=submitted")
    await _collect(request, visitor, intake)
    return await _page(request, visitor, intake)


async def _page(
    request: Request,
    visitor: Visitor,
    intake: Intake,
    faults: list[Fault] | None = None,
    typed: dict[str, str] | None = None,
    matches: list[k.ItemMatch] | None = None,
) -> Response:
    gateway = gateway_of(request)
    guide = await public.guide(gateway, visitor, intake.item_code) if intake.item_code else None
    found, refused = await _outcome(gateway, visitor, intake, guide)
    screen = await second_screen.of_desk(gateway, visitor)
    values = intake.values | (typed or {})
    return await page(
        request,
        "counter/intake.html",
        title=_("窗口收件"),
        status=422 if faults else 200,
        faults=faults or [],
        values=values,
        room="new",
        intake=intake,
        guide=guide,
        check=found,
        refused=refused,
        names={paper.code: paper.name for paper in guide.materials} if guide else {},
        matches=matches or [],
        screen=screen,
        state=second_screen.state_of(screen, intake.id),
        arrived=False,
        intake_id=intake.id,
        screen_place=f"{gateway.settings.address}/screen",
        lacking=_lacking(guide, found),
        described=reading.described(values.get("applicant.certificate_number", "")),
        focus=_focus(values, guide, faults),
    )


def _lacking(guide: k.GuideView | None, found: c.MaterialCheck | None) -> list[str]:
    """What the undertaking would name."""
    missing = found.missing_tolerable if found is not None else ()
    return [paper.name.zh for paper in guide.materials if paper.code in missing] if guide else []


async def _outcome(
    gateway: Gateway, visitor: Visitor, intake: Intake, guide: k.GuideView | None
) -> tuple[c.MaterialCheck | None, list[Fault]]:
    """What would become of it now; while it cannot be said, why."""
    if guide is None:
        return None, []
    try:
        return await check(gateway, visitor, intake, guide), []
    except (Problem, Refused) as error:
        return None, faults_of(error, dict(Words(LABELS)), within="applicant")


def _focus(values: dict[str, str], guide: k.GuideView | None, faults: list[Fault] | None) -> str:
    """Where the next key belongs: the first thing that is not known yet, in the end the checklist."""
    if faults:
        return ""
    asked = ["applicant.certificate_number", "applicant.name"]
    if values.get("applicant.kind") == "legal":
        asked.append("applicant.representative")
    asked += ["contact.name", "contact.mobile"]
    lacking = [name for name in asked if not values.get(name, "").strip()]
    if lacking:
        return lacking[0]
    return "checklist" if guide else "item"


@router.post("/desk/intakes/{intake_id}")
async def work(request: Request, intake_id: UUID) -> Response:
    visitor = await clerk_of(request)
    form = await form_with_files(request, MANY_FILES_BYTES)
    intake = await holding.load(gateway_of(request), visitor.actor.id, intake_id)
    if intake.handed_in is not None:
        return see(f"/desk/cases/{intake.handed_in.case_id}?said=submitted")
    taking = Taking(request, visitor, intake, form)
    act = text_of(form, "act") or "go"
    if act == "drop":
        await holding.delete(taking.gateway, visitor.actor.id, intake.id)
        return see("/desk/new")
    await _collect(request, visitor, intake)
    _take_values(intake, form)
    typed = {name: text_of(form, name) for name in ("scan", "item")}
    try:
        return await _ACTS.get(act, _go)(taking)
    except (Problem, Refused) as error:
        await taking.save()
        labels = dict(Words(LABELS)) | await _paper_labels(taking)
        return await _page(request, visitor, intake, faults_of(error, labels), typed)


async def _collect(request: Request, visitor: Visitor, intake: Intake) -> None:
    """A signature that has arrived from the screen before the applicant belongs to the intake from here on."""
    gateway = gateway_of(request)
    if await second_screen.collect(gateway, visitor, intake):
        await holding.save(gateway, intake)
        await second_screen.clear(gateway, visitor, intake)


def _take_values(intake: Intake, form: FormData) -> None:
    """The fields of the page as they stand; a box that is shown and not sent was not ticked."""
    given = {name: value for name, value in values_of(form).items() if name not in _PASSING}
    if text_of(form, "full"):
        intake.values.pop("asks_tolerance", None)
    before = _subject(intake)
    intake.values |= tidied(given)
    # A signature stands under one text: with other papers or people it would stand under another.
    if intake.signed is not None and _subject(intake) != before:
        intake.signed = None


def _subject(intake: Intake) -> dict[str, str]:
    """What an undertaking is about."""
    parts = ("applicant.", "agent.", "contact.", "paper.", "kept.", "item_code")
    return {name: value for name, value in intake.values.items() if name.startswith(parts) and value}


async def _paper_labels(taking: Taking) -> dict[str, str]:
    if not taking.intake.item_code:
        return {}
    guide = await public.guide(taking.gateway, taking.visitor, taking.intake.item_code)
    return {f"file.{paper.code}": paper.name.zh for paper in guide.materials}


async def _go(taking: Taking) -> Response:
    """The Enter key: whatever was typed last is meant."""
    if text_of(taking.form, "scan"):
        return await _scan(taking)
    if text_of(taking.form, "item") or not taking.intake.item_code:
        return await _choose(taking)
    return await _keep(taking)


async def _keep(taking: Taking) -> Response:
    await _store_papers(taking)
    await taking.save()
    return see(taking.intake.place)


async def _store_papers(taking: Taking) -> None:
    codes = [name.removeprefix("paper.") for name in taking.values if name.startswith("paper.")]
    await papers_of(
        taking.gateway, taking.visitor, taking.form, codes, taking.values, f"intake:{taking.intake.id}"
    )


async def _scan(taking: Taking) -> Response:
    read = await _read_card(taking.request, taking.visitor, taking.values, text_of(taking.form, "scan"))
    taking.intake.known_from = read.pop("known", taking.intake.known_from)
    taking.values.update(read)
    return await _keep(taking)


async def _choose(taking: Taking) -> Response:
    """The item that was pointed at, or the only one that the letters mean; else those that they may mean."""
    code, text = text_of(taking.form, "picked"), text_of(taking.form, "item")
    matches: list[k.ItemMatch] = []
    if len(code) != 31:
        if not text:
            raise _at("item", NOTHING_TYPED)
        matches = list((await public.search(taking.gateway, taking.visitor, text, MOST_SUGGESTED)).items)
        if not matches:
            raise _at("item", NO_SUCH_ITEM)
        code = matches[0].code if len(matches) == 1 else ""
    if not code:
        await taking.save()
        return await _page(taking.request, taking.visitor, taking.intake, None, {"item": text}, matches)
    if code != taking.intake.item_code:
        _forget_papers(taking.intake)
    taking.values["item_code"] = code
    return await _keep(taking)


def _forget_papers(intake: Intake) -> None:
    for name in [name for name in intake.values if name.startswith(("paper.", "kept."))]:
        del intake.values[name]


async def _unchoose(taking: Taking) -> Response:
    taking.values.pop("item_code", None)
    return await _keep(taking)


async def _hold(taking: Taking) -> Response:
    """Put aside for the next matter; it waits in the list of the start page."""
    await _store_papers(taking)
    await taking.save()
    return see("/desk/new?held=1")


async def _submit(taking: Taking) -> c.CaseReceipt:
    await _store_papers(taking)
    await taking.save()
    await handing_over.refuse_sent(taking.gateway, taking.intake)
    guide = await public.guide(taking.gateway, taking.visitor, taking.intake.item_code)
    receipt = await submit(taking.gateway, taking.visitor, taking.intake, guide)
    taking.intake.handed_in = HandedIn(
        case_id=receipt.case_id,
        case_no=receipt.case_no,
        access_code=receipt.access_code,
        version=receipt.version,
    )
    await handing_over.finish_draft(taking.gateway, taking.intake, receipt)
    await taking.save()
    await second_screen.clear(taking.gateway, taking.visitor, taking.intake)
    return receipt


async def _receive(taking: Taking) -> Response:
    receipt = await _submit(taking)
    return see(f"/desk/cases/{receipt.case_id}?said=submitted")


async def _found(taking: Taking) -> c.MaterialCheck:
    await _store_papers(taking)
    guide = await public.guide(taking.gateway, taking.visitor, taking.intake.item_code)
    return await check(taking.gateway, taking.visitor, taking.intake, guide)


async def _accept(taking: Taking) -> Response:
    """Receive and accept in one go: the clerk's key is the decision, and the computed outcome allows it.

    A tolerant acceptance has a date to be looked at, so it is confirmed on a page of its own.
    """
    found = await _found(taking)
    if found.proposed_outcome == "request_correction":
        raise Problem(
            "not_complete",
            status=422,
            zh="材料不齐，不能受理。请申请人签署容缺承诺书，或者一次性告知补正。",
            en="Papers are missing: let the applicant sign the undertaking, or send the one-time notice.",
        )
    receipt = await _submit(taking)
    place = f"/desk/cases/{receipt.case_id}"
    if receipt.proposed_outcome != "accept":
        return see(f"{place}/accept")
    accepting = uuid5(command_of(taking.visitor, taking.intake), "accept")
    try:
        await actions.accept(taking.gateway, taking.visitor, receipt.case_id, receipt.version, accepting)
    except Refused:
        # It is received, whatever became of the second step: the page of the case says where it stands.
        return see(f"{place}?said=submitted")
    return see(f"{place}?said=accepted")


async def _notice(taking: Taking) -> Response:
    """Receive, and look at the one-time notice before it is sent."""
    found = await _found(taking)
    if found.proposed_outcome != "request_correction":
        raise Problem(
            "nothing_missing",
            status=422,
            zh="材料齐全或者可以容缺，没有需要告知补正的缺件。要指出不合格的材料，请先收件，再逐份标出。",
            en="Nothing is missing. To name a faulty paper, receive the application first and mark it there.",
        )
    receipt = await _submit(taking)
    return see(f"/desk/cases/{receipt.case_id}/correction")


async def _sign(taking: Taking) -> Response:
    """Show the undertaking on the screen before the applicant, who reads and signs it there."""
    taking.values["asks_tolerance"] = "true"
    await _store_papers(taking)
    await taking.save()
    await second_screen.show(taking.gateway, taking.visitor, taking.intake)
    return see(taking.intake.place)


async def _connect(taking: Taking) -> Response:
    """A pairing code for the screen before the applicant; what was typed meanwhile is kept."""
    screen = await second_screen.of_desk(taking.gateway, taking.visitor)
    if screen is not None and screen.paired:
        # It was connected while the page stood open: what the clerk wants is the signature.
        return await _sign(taking)
    await second_screen.ask_code(taking.gateway, taking.visitor)
    return await _keep(taking)


async def _disconnect(taking: Taking) -> Response:
    await second_screen.end(taking.gateway, taking.visitor)
    return await _keep(taking)


async def _take_back(taking: Taking) -> Response:
    """Nothing is to be signed any more, or signed anew."""
    taking.intake.signed = None
    await second_screen.clear(taking.gateway, taking.visitor, taking.intake)
    return await _keep(taking)


async def _to_phone(taking: Taking) -> Response:
    await _store_papers(taking)
    await taking.save()
    if not taking.intake.item_code:
        raise _at("item", ITEM_FIRST)
    return await handing_over_pages.phone_page(
        taking.request, "intake_to_phone", taking.intake, back=taking.intake.place
    )


_ACTS: dict[str, Callable[[Taking], Awaitable[Response]]] = {
    "go": _go,
    "scan": _scan,
    "choose": _choose,
    "unchoose": _unchoose,
    "check": _keep,
    "hold": _hold,
    "submit": _receive,
    "accept": _accept,
    "correct": _notice,
    "connect": _connect,
    "disconnect": _disconnect,
    "sign": _sign,
    "unsign": _take_back,
    "phone": _to_phone,
}


@router.get("/desk/items")
async def suggestions(request: Request, item: str = "") -> Response:
    """The items that the letters may mean, while somebody types."""
    visitor = await clerk_of(request)
    matches: list[k.ItemMatch] = []
    if item.strip():
        found = await public.search(gateway_of(request), visitor, item.strip()[:60], MOST_SUGGESTED)
        matches = list(found.items)
    return await page(request, "counter/item_options.html", title=_("事项"), matches=matches)


@router.get("/desk/cases/{case_id}/papers")
async def papers(request: Request, case_id: UUID) -> Response:
    return await case_page(request, case_id, "papers")


@router.post("/desk/cases/{case_id}/papers")
async def take_papers(request: Request, case_id: UUID) -> Response:
    visitor = await clerk_of(request)
    gateway = gateway_of(request)
    form = await form_with_files(request, MANY_FILES_BYTES)
    values, key = values_of(form), text_of(form, "key") or "none"
    found = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    try:
        codes = [paper.code for paper in asked_for(found)]
        given = await papers_of(gateway, visitor, form, codes, values, key)
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
