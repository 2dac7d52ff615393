"""What is known of a person's credit when tolerance is asked for: a snapshot with its source and time.

Discredit measures come only from the national and provincial lists (国办发〔2020〕49号), so each record names its list.
No answer from the source is an answer too: it never makes anybody silently eligible.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

CreditKind = Literal["dishonest_debtor", "serious_discredit", "broken_undertaking", "false_commitment"]


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """One open (not repaired) record."""

    kind: CreditKind
    list_item: str
    recorded_on: date


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """The answer of the credit source about one person."""

    source: str
    queried_at: datetime
    answered: bool = True
    records: tuple[CreditRecord, ...] = ()
