"""Tolerance and commitments as values: who qualified and why, who signed what, which papers came, what was checked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

SignatureKind = Literal["typed", "drawn"]
PromiseKind = Literal["undertaking", "commitment"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of §5.3(1) with its verdict; `against` are the codes of the reasons why it does not hold."""

    code: str
    holds: bool
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The whole assessment of a day; the published list that it was made by is the item version."""

    list_version: int
    assessed_on: date
    conditions: tuple[Condition, ...]

    @property
    def possible(self) -> bool:
        """Whether every condition holds."""
        return all(condition.holds for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature bound to a text and to whoever was signed in (电子签名法 13): the text changed is no longer signed.

    `shown` says that the signer was shown this very text before and named its digest; otherwise the platform bound the
    signature to the text that it wrote itself.
    """

    promise: PromiseKind
    kind: SignatureKind
    actor: str
    at: datetime
    text_sha256: str
    shown: bool = False
    image_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class SupplyRequest:
    """More time to supply was asked for because of force majeure; open until somebody answers it."""

    asked_on: date
    asked_by: str
    until: date
    reasons_sha256: str
    evidence: tuple[str, ...] = ()
    answered_on: date | None = None
    granted: bool | None = None


@dataclass(frozen=True, slots=True)
class PostCheck:
    """The check of one commitment after the decision (国办发〔2020〕42号); a mendable one stays open until it is mended."""

    material_code: str
    finding: str | None = None
    checked_on: date | None = None
    mend_by: date | None = None
    overdue_since: date | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still has to look."""
        return self.finding in (None, "mendable")


@dataclass(frozen=True, slots=True)
class Recall:
    """A result given before completion that is being recalled; its holder is heard first."""

    noticed_on: date
    recalled_on: date | None = None
    heard_on: date | None = None
    dropped_on: date | None = None

    @property
    def open(self) -> bool:
        """Whether the organ head still has to decide."""
        return self.recalled_on is None and self.dropped_on is None
