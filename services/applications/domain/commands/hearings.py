"""Hearings and interested parties (行政许可法 36, 46–48)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class NameInterestedParty(Command):
    """Somebody else's major interests are directly concerned (Art 36)."""

    party_id: UUID


@dataclass(frozen=True, slots=True)
class TellHearingRights(Command):
    """Tell the applicant and the interested parties that they may ask for a hearing (Art 47)."""


@dataclass(frozen=True, slots=True)
class RequestHearing(Command):
    """Whoever was told of the right asks for a hearing."""

    party_id: UUID


@dataclass(frozen=True, slots=True)
class WaiveHearing(Command):
    """Whoever was told of the right does without a hearing, and has nothing more to say."""

    party_id: UUID


@dataclass(frozen=True, slots=True)
class LapseHearingRight(Command):
    """The time to ask for a hearing passed, and nobody asked."""


@dataclass(frozen=True, slots=True)
class CallHearing(Command):
    """The organ holds a hearing on its own motion (Art 46)."""

    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ScheduleHearing(Command):
    """Time, place and chair, told at least seven days before (Art 48)."""

    held_on: date
    chair: str
    place_sha256: str | None = None
    announced_on: date | None = None


@dataclass(frozen=True, slots=True)
class RecordHearing(Command):
    """The hearing was held; the minutes are signed."""

    minutes_sha256: str
    reviewers_heard: bool = True
    signed: bool = True


@dataclass(frozen=True, slots=True)
class CloseHearing(Command):
    """The hearing that was asked for is not held after all: the request was taken back, or whoever asked stayed away."""

    ground: Literal["withdrawn", "absent"]
    # What whoever had asked wrote or said when taking the request back.
    words_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class RecordStatement(Command):
    """What an interested party or the applicant said (Art 36)."""

    party_id: UUID
    statement_sha256: str
