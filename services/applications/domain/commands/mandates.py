"""Who acts for the applicant, and through which channel the case goes on."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class GiveMandate(Command):
    """The applicant names an agent, for a time; an empty scope means the whole case."""

    agent_id: UUID
    valid_from: date
    valid_until: date | None = None
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RevokeMandate(Command):
    """The applicant takes the mandate back, or the agent lays it down."""


@dataclass(frozen=True, slots=True)
class ChangeChannel(Command):
    """The case goes on through another channel; `delivery` says how the result is to come."""

    channel: str
    delivery: str | None = None
