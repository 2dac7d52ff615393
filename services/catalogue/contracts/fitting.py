"""Does it fit me: three to five questions before an application, answered without telling who one is."""

from pydantic import Field

from services.catalogue.contracts.words import Contract, ImplementationCode, ShortName, Text


class FitAnswer(Contract):
    """An answer goes on to the next question, unless it says what to do instead or names the item that fits."""

    text: Text
    instead: Text | None = None
    """The item is not for this person: what to do, in one sentence."""
    other_item: ImplementationCode | None = None
    """The item that is, when it is one of this catalogue."""
    materials: tuple[ShortName, ...] = ()
    """Conditional papers that are needed with this answer."""

    @property
    def ends(self) -> bool:
        return self.instead is not None


class FitQuestion(Contract):
    question: Text
    explanation: Text | None = None
    answers: tuple[FitAnswer, ...] = Field(min_length=2, max_length=6)
