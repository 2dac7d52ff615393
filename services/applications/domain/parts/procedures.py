"""What stopped or lengthened the time to decide."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Procedure:
    """A special procedure (行政许可法 45); both ends of the told stretch are excluded."""

    kind: str
    first_on: date
    told_until: date
    approved_by: str
    ended_on: date | None = None
    # The numbers of the notices that told it, the first and those that prolonged it.
    document_nos: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether it is still going on."""
        return self.ended_on is None


@dataclass(frozen=True, slots=True)
class Extension:
    """The one extension that Art 42 allows."""

    length: int
    approved_by: str
    extended_on: date
    instrument: str | None = None
    document_no: str = ""
