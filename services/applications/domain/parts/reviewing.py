"""How far the review of a case has come, and who did what by which authority."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Opinion:
    """One opinion of one step, with the authority by which it was given on that day."""

    step: str
    opinion: str
    given_by: str
    authority: str
    given_on: date
    instrument: str | None = None
    in_place_of: str | None = None

    @property
    def voice(self) -> str:
        """Whose power was used: one power speaks once, through its holder or through whoever acts for the holder."""
        return self.in_place_of or self.given_by


@dataclass(frozen=True, slots=True)
class SendingBack:
    """The steps that were opened again, and when: by a sending back, or because somebody was taken off the case."""

    steps: tuple[str, ...]
    sent_on: date


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """What at least two people found on site (行政许可法 34)."""

    people: tuple[str, ...]
    checked_on: date
    passed: bool


@dataclass(frozen=True, slots=True)
class Urging:
    """How often the case was urged, and by whom on the newest day: an applicant may urge once a day."""

    count: int = 0
    on: date | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """The opinions that count; what a sending back has overtaken is in the events only."""

    opinions: tuple[Opinion, ...] = ()
    approvals: tuple[Opinion, ...] = ()
    recused: tuple[str, ...] = ()
    inspectors: tuple[str, ...] = ()
    inspectors_assigned_on: date | None = None
    site_checks: tuple[SiteCheck, ...] = ()
    sent_back: tuple[SendingBack, ...] = ()
    # Whoever gave an opinion that counts no more: a reviewer nevertheless.
    overtaken: tuple[str, ...] = ()
    # Requests of the applicant to take somebody off the case that the head of the organ has not answered.
    recusals_asked: int = 0
    urging: Urging = Urging()

    @property
    def given(self) -> tuple[Opinion, ...]:
        """Every opinion and approval that counts."""
        return (*self.opinions, *self.approvals)

    @property
    def people(self) -> frozenset[str]:
        """The reviewing staff: whoever ever gave an opinion, an approval or findings (LIC-16: none may chair)."""
        found = (person for check in self.site_checks for person in check.people)
        return frozenset((*(one.given_by for one in self.given), *self.overtaken, *found))


NOTHING_REVIEWED = Review()
