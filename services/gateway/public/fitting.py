"""Does it fit me: the answers so far, read from the address and nowhere kept, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.catalogue.contracts import FitAnswer, FitQuestion, GuideMaterial, GuideView


@dataclass(frozen=True, slots=True)
class Fitting:
    """How far somebody has come with the questions of an item."""

    guide: GuideView
    chosen: tuple[int, ...]

    @property
    def answers(self) -> tuple[tuple[FitQuestion, FitAnswer], ...]:
        pairs = zip(self.guide.fit, self.chosen, strict=False)
        return tuple((question, question.answers[chosen]) for question, chosen in pairs)

    @property
    def ending(self) -> FitAnswer | None:
        """The answer with which the item is not the right one."""
        return next((answer for _, answer in self.answers if answer.ends), None)

    @property
    def question(self) -> FitQuestion | None:
        """What is asked next; nothing when all is said."""
        if self.ending is not None or len(self.chosen) >= len(self.guide.fit):
            return None
        return self.guide.fit[len(self.chosen)]

    @property
    def papers(self) -> tuple[GuideMaterial, ...]:
        """What this person hands in: what everybody does, and what the answers add."""
        added = {code for _, answer in self.answers for code in answer.materials}
        asked = {
            code for question in self.guide.fit for answer in question.answers for code in answer.materials
        }
        return tuple(
            paper
            for paper in self.guide.materials
            if paper.code in added or (paper.code not in asked and paper.required_when is None)
        )

    def added_by_answers(self, paper: GuideMaterial) -> bool:
        return any(paper.code in answer.materials for _, answer in self.answers)


def fitting_of(guide: GuideView, given: str) -> Fitting:
    """The answers as the address holds them, 0-2-1; from the first that is none of the question's on, they are asked again."""
    chosen: list[int] = []
    for question, part in zip(guide.fit, given.split("-"), strict=False):
        if not part.isdecimal() or int(part) >= len(question.answers):
            break
        chosen.append(int(part))
        if question.answers[chosen[-1]].ends:
            break
    return Fitting(guide, tuple(chosen))


def written(chosen: Sequence[int]) -> str:
    """The answers as the address holds them."""
    return "-".join(map(str, chosen))
