"""The steps between acceptance and decision."""

from dataclasses import dataclass
from datetime import date

from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionGiven(CaseEvent):
    """The opinion of one step, and by what authority it was given."""

    step: str
    opinion: str
    given_by: str
    authority: str
    post: str | None = None
    instrument: str | None = None
    in_place_of: str | None = None
    stand_in_reason: str | None = None
    words_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGiven(CaseEvent):
    """One of several who approve together agreed or objected."""

    step: str
    result: str
    given_by: str
    authority: str
    post: str | None = None
    instrument: str | None = None
    in_place_of: str | None = None
    stand_in_reason: str | None = None
    words_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack(CaseEvent):
    """The case went back to an earlier step; the opinions of `reopens` count no more."""

    from_step: str
    to_step: str
    reason_code: str
    sent_by: str
    authority: str = "role"
    instrument: str | None = None
    in_place_of: str | None = None
    words_sha256: str | None = None
    reopens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecusalRequested(CaseEvent):
    """The applicant asked that somebody be taken off the case; the words name whom."""

    requested_by: str
    words_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecusalDeclined(CaseEvent):
    """The head of the organ found no ground to take somebody off the case."""

    declined_by: str
    words_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recused(CaseEvent):
    """Somebody was taken off the case; what depends on that person's opinions is to be done again."""

    person: str
    ground: str
    recused_by: str
    asked_by: str = "self"
    reopens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Urged(CaseEvent):
    """Somebody asked that the case be moved on."""

    step: str | None
    urged_by: str
    urger_role: str = "applicant"


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


EVENTS: tuple[type[CaseEvent], ...] = (
    OpinionGiven,
    ApprovalGiven,
    SentBack,
    RecusalRequested,
    RecusalDeclined,
    Recused,
    Urged,
    InspectorsAssigned,
    SiteChecked,
)
