"""The steps between acceptance and decision."""

from dataclasses import dataclass
from datetime import date

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True)
class StepClock:
    """A step that became due, with its internal clock when the item gives it one."""

    step: str
    clock: Clock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionGiven(CaseEvent):
    """The opinion of one step, and by what authority it was given."""

    step: str
    opinion: str
    given_by: str
    authority: str
    instrument: str | None = None
    in_place_of: str | None = None
    words_sha256: str | None = None
    opens: tuple[StepClock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack(CaseEvent):
    """The case went back to an earlier step; what came after it counts no more."""

    from_step: str
    to_step: str
    reason_code: str
    sent_by: str
    words_sha256: str | None = None
    opens: tuple[StepClock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recused(CaseEvent):
    """Somebody was taken off the case."""

    person: str
    ground: str
    recused_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Urged(CaseEvent):
    """Somebody asked that the case be moved on."""

    step: str | None
    urged_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectorsAssigned(CaseEvent):
    """At least two people are to go and look."""

    people: tuple[str, ...]
    assigned_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChecked(CaseEvent):
    """What at least two people found."""

    people: tuple[str, ...]
    checked_on: date
    findings_sha256: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGiven(CaseEvent):
    """One of several who decide together agreed."""

    step: str
    result: str
    given_by: str
    authority: str
    instrument: str | None = None
    in_place_of: str | None = None
    words_sha256: str | None = None


EVENTS: tuple[type[CaseEvent], ...] = (
    OpinionGiven,
    SentBack,
    Recused,
    Urged,
    InspectorsAssigned,
    SiteChecked,
    ApprovalGiven,
)
