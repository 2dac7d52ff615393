"""How far the review of a case has come, and who did what by which authority."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Opinion:
    """One opinion of one step."""

    step: str
    opinion: str
    given_by: str
    authority: str
    given_on: date
    instrument: str | None = None
    in_place_of: str | None = None


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """What at least two people found on site (行政许可法 34)."""

    people: tuple[str, ...]
    checked_on: date
    passed: bool


@dataclass(frozen=True, slots=True)
class Review:
    """The review; opinions that a sending back has overtaken are in the events only."""

    open_steps: tuple[str, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    approvals: tuple[Opinion, ...] = ()
    recused: tuple[str, ...] = ()
    inspectors: tuple[str, ...] = ()
    inspectors_assigned_on: date | None = None
    site_checks: tuple[SiteCheck, ...] = ()


NOTHING_REVIEWED = Review()
