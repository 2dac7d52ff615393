"""The operator's pages: is everything well, what did one case set in motion, is the audit log intact, which letters went."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.audit import contracts as a
from services.gateway import client
from services.gateway.conditions import command_id_of
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, text_of
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.operator import actions, letters, proofs
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.visits import checked_form, gateway_of, visitor_with
from services.notifications import contracts as n
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
READ, SHOWN = 200, 20
NAMES = {
    "database": "网关数据库",
    "broker": "消息代理",
    "catalogue": "事项目录",
    "applications": "办件",
    "documents": "文书印制",
    "notifications": "通知",
    "audit": "审计账",
}


@router.get("/operator")
async def home(request: Request) -> Response:
    visitor = await visitor_with(request, Role.OPERATOR, Role.AUDITOR)
    return await _home(request, visitor)


async def _home(request: Request, visitor: Visitor, faults: list[Fault] | None = None) -> Response:
    gateway = gateway_of(request)
    health, kept, entries, unsent = await asyncio.gather(
        actions.service_board(gateway, visitor),
        actions.checkpoints(gateway, 5),
        _entries(gateway, visitor),
        _undelivered(gateway, visitor),
    )
    return await page(
        request,
        "operator/home.html",
        title="运行状态",
        status=422 if faults else 200,
        faults=faults or [],
        room="operator",
        health=health.services,
        names=NAMES,
        checkpoints=[(one, _signed(gateway, one.note)) for one in kept.checkpoints],
        entries=entries.entries[:SHOWN] if entries else None,
        touched=_touched(entries),
        unsent=unsent,
        said=request.query_params.get("said") == "resent",
    )


def _signed(gateway: Gateway, note: str) -> bool | None:
    key = proofs.public_key_in(gateway.settings.secrets_dir)
    return None if key is None else proofs.signed_text(note, key) is not None


async def _entries(gateway: Gateway, visitor: Visitor) -> a.EntryPage | None:
    try:
        return await gateway.services.ask(visitor, client.LIST_ENTRIES, a.ListEntries(limit=READ))
    except Refused:
        return None


def _touched(entries: a.EntryPage | None) -> list[a.EntryView]:
    """The cases of the newest entries, each with what happened to it last."""
    newest: dict[str, a.EntryView] = {}
    for entry in entries.entries if entries else ():
        if ".applications." in entry.type:
            newest.setdefault(entry.subject, entry)
    return list(newest.values())[:SHOWN]


async def _undelivered(gateway: Gateway, visitor: Visitor) -> n.UndeliveredPage | None:
    """Notices that wait for a person; only operators are shown them."""
    if not visitor.actor.has(Role.OPERATOR):
        return n.UndeliveredPage(deliveries=[])
    try:
        return await actions.undelivered(gateway, visitor, None, 50)
    except Refused:
        return None


@router.post("/operator/messages/{message_id}/resend")
async def resend(request: Request, message_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.OPERATOR)
    form = await checked_form(request)
    command_id = command_id_of(visitor.actor.id, "page.resend", text_of(form, "key") or "none")
    try:
        await actions.resend(gateway_of(request), visitor, message_id, n.Channel.EMAIL, command_id)
    except (Problem, Refused) as error:
        return await _home(request, visitor, faults_of(error, {}))
    return see("/operator?said=resent")


@router.post("/operator/find")
async def find(request: Request) -> Response:
    """A case by its id, or by any event of it that stands in the list of entries."""
    visitor = await visitor_with(request, Role.OPERATOR)
    form = await checked_form(request)
    try:
        case_id = UUID(text_of(form, "case_id"))
        await actions.effects(gateway_of(request), visitor, case_id)
    except (ValueError, Refused):
        return await _home(
            request, visitor, [Fault("case_id", "没有这个办件标识", "There is no case with this id.")]
        )
    return see(f"/operator/cases/{case_id}")


@router.get("/operator/cases/{case_id}")
async def effects(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.OPERATOR)
    gateway = gateway_of(request)
    found = await actions.effects(gateway, visitor, case_id)
    verdicts = await asyncio.gather(*(_verdict(gateway, visitor, one.event_id) for one in found.effects))
    return await page(
        request,
        "operator/case.html",
        title=f"办件 {found.case_no} 的全部效果",
        room="operator",
        found=found,
        lines=list(zip(found.effects, verdicts, strict=True)),
    )


async def _verdict(gateway: Gateway, visitor: Visitor, event_id: UUID) -> proofs.Verdict | None:
    """The proof of one event, checked here; nothing while it is not sealed or the log is away."""
    key = proofs.public_key_in(gateway.settings.secrets_dir)
    if key is None:
        return None
    try:
        return proofs.verify(await public.proof(gateway, visitor, event_id, None), key)
    except Refused:
        return None


@router.get("/operator/mail")
async def mail(request: Request) -> Response:
    await visitor_with(request, Role.OPERATOR)
    folder = letters.folder_of(gateway_of(request).settings)
    if folder is None:
        raise Problem("not_found")
    return await page(
        request,
        "operator/mail.html",
        title="本机收到的邮件",
        room="mail",
        letters=await letters.newest(folder),
    )
