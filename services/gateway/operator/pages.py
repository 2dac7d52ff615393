"""The operator's and the auditor's pages: is everything well, what waits for a person, what did one case set in motion."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.audit import contracts as a
from services.gateway import client
from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, Words, _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, text_of
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.operator import actions, board, letters, proofs, searching, settling
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.visits import checked_form, gateway_of, visitor_with
from services.notifications import contracts as n
from shared.errors import Refused
from shared.identity import Role

router = APIRouter()
READ, SHOWN = 60, 20
NAMES = Words(
    {
        "database": N_("网关与数据库"),
        "broker": N_("消息代理"),
        "catalogue": N_("事项目录"),
        "applications": N_("办件"),
        "documents": N_("文书印制"),
        "notifications": N_("通知"),
        "audit": N_("审计账"),
        "gateway": N_("网关"),
    }
)
REASONS = Words(
    {
        "handled_otherwise": N_("已经用别的办法处理"),
        "outdated": N_("已经过时，不再需要"),
        "duplicate": N_("与另一条重复"),
        "unreadable": N_("无法读取，已联系发布方"),
    }
)
STATES = Words(
    {
        "queued": N_("等待发送"),
        "sending": N_("正在发送"),
        "retrying": N_("等待重试"),
        "served": N_("已送达"),
        "uncertain": N_("不知道是否送达"),
        "failed": N_("没有送达"),
    }
)
CHANNELS = Words({"in_app": N_("站内通知"), "email": N_("电子邮件")})
SAID = Words(
    {
        "resent": N_("已安排重发"),
        "replay": N_("已重新交给处理程序；再次失败会回到这里"),
        "discard": N_("已搁置，理由已记入审计账"),
    }
)


def age(seconds: float) -> str:
    """How long something has waited, in the unit that tells it best."""
    whole = max(0, round(seconds))
    if whole < 120:
        return _("{count}秒", count=whole)
    if whole < 7200:
        return _("{count}分钟", count=whole // 60)
    return _("{count}小时", count=whole // 3600) if whole < 172_800 else _("{count}天", count=whole // 86_400)


@router.get("/operator")
async def home(request: Request) -> Response:
    visitor = await visitor_with(request, Role.OPERATOR, Role.AUDITOR)
    return await _home(request, visitor)


async def _home(request: Request, visitor: Visitor, faults: list[Fault] | None = None) -> Response:
    gateway = gateway_of(request)
    health, log, calendars, entries, unsent, kept = await asyncio.gather(
        board.service_board(gateway, visitor),
        board.part(board.witnessed(gateway, visitor)),
        board.part(board.coverage(gateway, visitor)),
        board.part(_entries(gateway, visitor)),
        board.part(board.undelivered(gateway, visitor)),
        actions.checkpoints(gateway, 5),
    )
    return await page(
        request,
        "operator/home.html",
        title=_("运行状态"),
        status=422 if faults else 200,
        faults=faults or [],
        room="operator",
        health=health,
        figures=_figures(health),
        names=NAMES,
        age=age,
        log=log,
        calendars=calendars,
        checkpoints=[(one, _signed(gateway, one.note)) for one in kept.checkpoints],
        touched=_touched(entries),
        entries_away=entries is None,
        unsent=unsent,
        states=STATES,
        said=SAID.get(request.query_params.get("said", "")),
    )


def _figures(health: board.ServiceBoard) -> Mapping[str, float]:
    """What the services count for their operators, each only while its service tells it; dead letters only of all."""
    states = [line.state for line in health.services if line.state is not None]
    found = {name: value for state in states for name, value in state.figures.items()}
    return {**found, "dead_letters": sum(state.dead_letters for state in states)}


def _signed(gateway: Gateway, note: str) -> bool | None:
    key = proofs.public_key_in(gateway.settings.secrets_dir)
    return None if key is None else proofs.signed_text(note, key) is not None


async def _entries(gateway: Gateway, visitor: Visitor) -> a.EntryPage:
    return await gateway.services.ask(visitor, client.LIST_ENTRIES, a.ListEntries(limit=READ))


def _touched(entries: a.EntryPage | None) -> list[a.EntryView]:
    """The cases of the newest entries, each with what happened to it last."""
    newest: dict[str, a.EntryView] = {}
    for entry in entries.entries if entries else ():
        if ".applications." in entry.type:
            newest.setdefault(entry.subject, entry)
    return list(newest.values())[:SHOWN]


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
    """A case by its number or its id."""
    visitor = await visitor_with(request, Role.OPERATOR)
    form = await checked_form(request)
    gateway, typed, faults = gateway_of(request), text_of(form, "case_id"), list[Fault]()
    subject = await searching.subject_of(gateway, visitor, typed, faults, field="case_id")
    try:
        if subject is None:
            raise Problem("not_found")
        await actions.effects(gateway, visitor, UUID(subject))
    except (Problem, Refused):
        return await _home(request, visitor, [searching.no_case("case_id")])
    return see(f"/operator/cases/{subject}")


@router.get("/operator/cases/{case_id}")
async def effects(request: Request, case_id: UUID) -> Response:
    visitor = await visitor_with(request, Role.OPERATOR)
    gateway = gateway_of(request)
    found = await actions.effects(gateway, visitor, case_id)
    verdicts = await asyncio.gather(*(_verdict(gateway, visitor, one.event_id) for one in found.effects))
    return await page(
        request,
        "operator/case.html",
        title=_("办件{number}的全部效果", number=found.case_no),
        room="operator",
        found=found,
        names=NAMES,
        states=STATES,
        channels=CHANNELS,
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


@router.get("/operator/dead-letters")
async def dead_letters(request: Request) -> Response:
    visitor = await visitor_with(request, Role.OPERATOR, Role.AUDITOR)
    return await _dead_letters(request, visitor)


async def _dead_letters(request: Request, visitor: Visitor, faults: list[Fault] | None = None) -> Response:
    found = await settling.all_letters(gateway_of(request), visitor)
    return await page(
        request,
        "operator/dead_letters.html",
        title=_("死信"),
        status=422 if faults else 200,
        faults=faults or [],
        room="dead_letters",
        found=found,
        empty=all(one is not None and not one.letters for one in found.values()),
        names=NAMES,
        reasons=REASONS,
        said=SAID.get(request.query_params.get("said", "")),
    )


@router.post("/operator/dead-letters/{service}/{letter_id}/{order}")
async def settle(request: Request, service: str, letter_id: str, order: str) -> Response:
    """Hand one over again, or put it away with a reason."""
    visitor = await visitor_with(request, Role.OPERATOR)
    form = await checked_form(request)
    reason = text_of(form, "reason") if order == "discard" else None
    if order not in ("replay", "discard") or not settling.is_number(letter_id):
        raise Problem("not_found")
    if reason is not None and reason not in settling.REASONS:
        words = Fault(
            f"reason-{service}-{letter_id}",
            "搁置前请选择理由",
            "Choose a reason before you put it away.",
        )
        return await _dead_letters(request, visitor, [words])
    given: dict[str, Any] = {"service": service, "id": int(letter_id), "order": order, "reason": reason}
    ordered = settling.Order.model_validate(given)
    command_id = command_id_of(visitor.actor.id, "page.settle", text_of(form, "key") or "none")
    try:
        await settling.settle(gateway_of(request), visitor, ordered, command_id)
    except Refused as error:
        return await _dead_letters(request, visitor, faults_of(error, {}))
    return see(f"/operator/dead-letters?said={order}")


@router.get("/operator/audit")
async def audit(request: Request) -> Response:
    """The log, searched; the address holds the whole question, so that a page can be passed on."""
    visitor = await visitor_with(request, Role.OPERATOR, Role.AUDITOR)
    asked = {name: request.query_params.get(name, "").strip()[:200] for name in searching.FIELDS}
    if any("\0" in text for text in asked.values()):
        raise Problem("invalid_parameter")
    cursor = request.query_params.get("cursor") or None
    found = await searching.search(gateway_of(request), visitor, asked, cursor)
    given = {name: text for name, text in asked.items() if text}
    older = found.page.next_cursor if found.page else None
    return await page(
        request,
        "operator/audit.html",
        title=_("审计账检索"),
        status=422 if found.faults else 200,
        faults=found.faults,
        values=asked,
        room="audit",
        found=found.page,
        kinds=[(kind, kind) for kind in searching.KINDS],
        newest=f"/operator/audit?{urlencode(given)}" if cursor else "",
        older=f"/operator/audit?{urlencode({**given, 'cursor': older})}" if older else "",
    )


@router.get("/operator/audit/proofs/{event_id}")
async def proof(request: Request, event_id: UUID) -> Response:
    """The proof of one line, checked here with the public key alone."""
    visitor = await visitor_with(request, Role.OPERATOR, Role.AUDITOR)
    gateway = gateway_of(request)
    found = await public.proof(gateway, visitor, event_id, None)
    key = proofs.public_key_in(gateway.settings.secrets_dir)
    return await page(
        request,
        "operator/proof.html",
        title=_("第{number}条的证明", number=found.index),
        room="audit",
        found=found,
        event_id=event_id,
        verdict=proofs.verify(found, key) if key is not None else None,
    )


@router.get("/operator/mail")
async def mail(request: Request) -> Response:
    await visitor_with(request, Role.OPERATOR)
    folder = letters.folder_of(gateway_of(request).settings)
    if folder is None:
        raise Problem("not_found")
    return await page(
        request,
        "operator/mail.html",
        title=_("本机收到的邮件"),
        room="mail",
        letters=await letters.newest(folder),
    )
