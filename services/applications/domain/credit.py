"""What is known of a person's credit when tolerance or commitment is asked for: a snapshot, source by source.

Discredit measures come only from the national and provincial lists (国办发〔2020〕49号; domain rules §8.1), so each record
names its list item and its number at the source.  No answer from a source is an answer too: it never makes anybody
silently eligible.  Fields may be added with a default, because these values stand in stored events.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

CreditKind = Literal["dishonest_debtor", "serious_discredit", "broken_undertaking", "false_commitment"]
Grade = Literal["A", "B", "C", "D"]
# The routes that a bad grade may close; the ordinary one never closes.
Route = Literal["tolerance", "commitment"]

GRADE_NAMES: Mapping[Grade, str] = {"A": "优", "B": "良", "C": "中", "D": "差"}


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """One record that holds against the person on the day of the question: neither repaired nor withdrawn."""

    kind: CreditKind
    list_item: str
    recorded_on: date
    # Who keeps the list, and under which number the record stands there.
    source: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CreditAnswer:
    """What one source said, or that it said nothing and why."""

    source: str
    queried_at: datetime
    answered: bool = True
    records: tuple[CreditRecord, ...] = ()
    grade: Grade | None = None
    graded_on: date | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """The answers of all credit sources about one person, taken together."""

    source: str
    queried_at: datetime
    answered: bool = True
    records: tuple[CreditRecord, ...] = ()
    answers: tuple[CreditAnswer, ...] = ()
    grade: Grade | None = None
    # The routes that the grade closes by the policy of that day: evidence, so that a later policy changes no snapshot.
    closed_by_grade: tuple[Route, ...] = ()

    @property
    def silent(self) -> tuple[str, ...]:
        """The sources that gave no answer."""
        if self.answered:
            return ()
        return tuple(answer.source for answer in self.answers if not answer.answered) or (self.source,)

    @property
    def kinds(self) -> tuple[CreditKind, ...]:
        """The kinds of records that hold against the person, each once."""
        return tuple(sorted({record.kind for record in self.records}))

    def closes(self, route: Route) -> bool:
        """Whether anything keeps the person from this route; silence does too (§5.3(1), §5.4)."""
        return not self.answered or bool(self.records) or route in self.closed_by_grade


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """Which routes a grade of the public credit evaluation closes.

    §8.1 [P]: no law fixes the effect of a grade, so the organ's own published policy decides; by default D (差) closes
    tolerance and commitment, and C (中) tolerance.
    """

    closes: Mapping[Grade, tuple[Route, ...]] = field(
        default_factory=lambda: {"C": ("tolerance",), "D": ("tolerance", "commitment")}
    )

    def closed_by(self, grade: Grade | None) -> tuple[Route, ...]:
        """The routes that this grade closes; without a grade none."""
        return () if grade is None else tuple(self.closes.get(grade, ()))


def taken_together(answers: Sequence[CreditAnswer], policy: GradePolicy) -> CreditFacts:
    """All answers as one: everybody's records count, and one silent source leaves the question open."""
    grade = _newest_grade(answers)
    return CreditFacts(
        source="+".join(answer.source for answer in answers),
        queried_at=min(answer.queried_at for answer in answers),
        answered=all(answer.answered for answer in answers),
        records=tuple(dict.fromkeys(record for answer in answers for record in answer.records)),
        answers=tuple(answers),
        grade=grade,
        closed_by_grade=policy.closed_by(grade),
    )


def _newest_grade(answers: Sequence[CreditAnswer]) -> Grade | None:
    # A new evaluation replaces the one before; of two of the same day the worse counts until somebody has asked.
    graded = [answer for answer in answers if answer.grade is not None]
    newest = max(graded, key=lambda answer: (answer.graded_on or date.min, answer.grade or ""), default=None)
    return newest.grade if newest else None
