"""The JSON that the city's credit platform and we exchange (docs/reference/credit-platform.md).

Everything is strict: an unknown field may be a restriction that we do not understand, and whoever does not understand
an answer has none.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.applications.credit.words import ListItem, Reference
from services.applications.domain.credit import CreditKind, Grade

VERSION = 1
MOST_RECORDS = 200


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Question(_Message):
    """What is asked about one person."""

    version: Literal[1] = 1
    query_id: UUID
    certificate_type: Annotated[str, StringConstraints(max_length=10)]
    certificate_number: Annotated[str, StringConstraints(max_length=40)]


class FoundRecord(_Message):
    """One record on a national or provincial list; the list item and the record's own number are cited ever after."""

    record_id: Reference
    kind: CreditKind
    list_item: ListItem
    recorded_on: date
    repaired_on: date | None = None


class FoundGrade(_Message):
    """The grade of the public credit evaluation (优良中差)."""

    value: Grade
    graded_on: date


class Found(_Message):
    """The answer: it repeats the number of the question, so that no answer is ever taken for another's."""

    version: Literal[1]
    query_id: UUID
    as_of: datetime
    records: Annotated[tuple[FoundRecord, ...], Field(max_length=MOST_RECORDS)]
    grade: FoundGrade | None = None
