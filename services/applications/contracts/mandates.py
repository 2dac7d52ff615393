"""Contracts of mandates and channels."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from services.applications.contracts.events import CaseFacts
from services.applications.contracts.fields import Channel, DeliveryMethod, MandateScope, Version
from services.applications.contracts.requests import Agent, Request
from shared.messaging.envelope import Event


class MandateGivenV1(CaseFacts):
    """The applicant named an agent, who is `agent_id`; an empty scope means the whole case."""

    event_type: ClassVar[str] = "cn.tongban.applications.mandate_given.v1"

    valid_from: date
    valid_until: date | None = None
    scope: tuple[MandateScope, ...] = ()


class MandateRevokedV1(CaseFacts):
    """The mandate was taken back or laid down; the case has no agent any more."""

    event_type: ClassVar[str] = "cn.tongban.applications.mandate_revoked.v1"


class ChannelChangedV1(CaseFacts):
    """The case goes on through another channel."""

    event_type: ClassVar[str] = "cn.tongban.applications.channel_changed.v1"

    before: Channel
    delivery: DeliveryMethod | None = None


EVENTS: tuple[type[Event], ...] = (MandateGivenV1, MandateRevokedV1, ChannelChangedV1)


class GiveMandate(Request):
    """Name an agent from a day on; the last day and the scope stand with the agent."""

    case_id: UUID
    expected_version: Version
    agent: Agent
    # Without one the mandate begins today.
    valid_from: date | None = None


class RevokeMandate(Request):
    """Take the mandate back; the agent may lay it down as well."""

    case_id: UUID
    expected_version: Version


class ChangeChannel(Request):
    """Go on through another channel, and say how the result is to come."""

    case_id: UUID
    expected_version: Version
    channel: Literal["online", "counter", "service_point", "home_visit"]
    delivery: DeliveryMethod | None = None
