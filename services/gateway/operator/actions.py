"""What an operator can look at; every part comes from its own service, and one that is away is named."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.applications import contracts as c
from services.audit import contracts as a
from services.gateway import client, feed, witness
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.notifications import contracts as n
from shared.errors import Refused

Part = TypeVar("Part")


class EffectLine(BaseModel):
    """One event of a case and how far each of its effects has come."""

    event_id: UUID
    event_type: str
    version: int
    actor_role: str
    recorded_at: datetime
    sent_at: datetime | None = None
    sealed_at: datetime | None = None
    audit_index: int | None = None
    noticed_at: datetime | None = None
    listed_at: datetime | None = None


class EffectsView(BaseModel):
    """Every effect of a case with its time; `away` names the services whose part is missing."""

    case_id: UUID
    case_no: str
    effects: list[EffectLine]
    messages: list[n.MessageView]
    away: list[str]


class CheckpointList(BaseModel):
    """The newest checkpoints that the gateway keeps as a witness."""

    checkpoints: list[witness.WitnessedCheckpoint]


async def effects(gateway: Gateway, visitor: Visitor, case_id: UUID) -> EffectsView:
    """What a case set in motion: message sent, leaf sealed, notice written, feed listed."""
    case = await gateway.services.ask(visitor, client.CASE_EFFECTS, c.GetEffects(case_id=case_id))
    away: list[str] = []
    entries, messages, listed = await asyncio.gather(
        _part("audit", _entries(gateway, visitor, case_id), away),
        _part("notifications", _messages(gateway, visitor, case_id), away),
        feed.listed_times(gateway.database, case_id),
    )
    sealed = {entry.event_id: entry for entry in entries.entries} if entries else {}
    found = messages.messages if messages else []
    noticed = {message.cause_id: message.created_at for message in found}
    lines = [_line(effect, sealed.get(effect.event_id), noticed, listed) for effect in case.effects]
    return EffectsView(case_id=case_id, case_no=case.case_no, effects=lines, messages=found, away=away)


def _line(
    effect: c.EffectView,
    entry: a.EntryView | None,
    noticed: dict[UUID, datetime],
    listed: dict[UUID, datetime],
) -> EffectLine:
    return EffectLine(
        event_id=effect.event_id,
        event_type=effect.event_type,
        version=effect.version,
        actor_role=effect.actor_role,
        recorded_at=effect.recorded_at,
        sent_at=effect.sent_at,
        sealed_at=entry.sealed_at if entry else None,
        audit_index=entry.index if entry else None,
        noticed_at=noticed.get(effect.event_id),
        listed_at=listed.get(effect.event_id),
    )


async def _part(service: str, question: Awaitable[Part], away: list[str]) -> Part | None:
    """The answer, or nothing when the service is away; any other refusal is the caller's answer."""
    try:
        return await question
    except Refused as refusal:
        if refusal.kind != "unavailable":
            raise
        away.append(service)
        return None


async def _entries(gateway: Gateway, visitor: Visitor, case_id: UUID) -> a.EntryPage:
    return await gateway.services.ask(
        visitor, client.SUBJECT_ENTRIES, a.SubjectEntries(subject=str(case_id), limit=500)
    )


async def _messages(gateway: Gateway, visitor: Visitor, case_id: UUID) -> n.MessagePage:
    return await gateway.services.ask(
        visitor, client.LIST_CASE_MESSAGES, n.ListCaseMessages(case_id=case_id, limit=200)
    )


async def checkpoints(gateway: Gateway, limit: int) -> CheckpointList:
    """The newest checkpoints kept here."""
    return CheckpointList(checkpoints=await witness.newest_checkpoints(gateway.database, limit))


async def undelivered(
    gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int
) -> n.UndeliveredPage:
    """Notices whose delivery waits for a person's decision."""
    return await gateway.services.ask(
        visitor, client.LIST_UNDELIVERED, n.ListUndelivered(cursor=cursor, limit=limit)
    )


async def resend(
    gateway: Gateway, visitor: Visitor, message_id: UUID, channel: n.Channel, command_id: UUID
) -> n.MessageView:
    """Try a failed or uncertain delivery again."""
    request = n.ResendMessage(message_id=message_id, channel=channel)
    return await gateway.services.ask(visitor, client.RESEND_MESSAGE, request, command_id)
