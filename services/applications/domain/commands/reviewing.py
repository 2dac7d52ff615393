"""The steps between acceptance and decision, as the pinned item version orders them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class GiveOpinion(Command):
    """The opinion of one step, by somebody who holds it or acts for the holder."""

    step: str
    opinion: Literal["pass", "fail"]
    words_sha256: str | None = None
    # Why the stand-in acts although no absence of the holder is on record.
    stand_in_reason: str | None = None


@dataclass(frozen=True, slots=True)
class SendBack(Command):
    """Give the case back to an earlier step, with a reason code."""

    to_step: str
    reason_code: str
    words_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class RequestRecusal(Command):
    """The applicant asks that somebody be taken off the case (行政许可法 48)."""

    words_sha256: str


@dataclass(frozen=True, slots=True)
class DeclineRecusal(Command):
    """The head of the organ finds no ground, and says why."""

    words_sha256: str


@dataclass(frozen=True, slots=True)
class Recuse(Command):
    """Somebody is taken off the case for an interest in it."""

    person: str
    ground: str
    asked_by: Literal["self", "applicant", "organ"] = "self"


@dataclass(frozen=True, slots=True)
class Urge(Command):
    """Somebody asks that the case be moved on."""

    step: str | None = None


@dataclass(frozen=True, slots=True)
class AssignInspectors(Command):
    """At least two people for a site check or a statutory inspection (Art 34, 55)."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordSiteCheck(Command):
    """What at least two people found on site."""

    people: tuple[str, ...]
    checked_on: date
    findings_sha256: str
    passed: bool
