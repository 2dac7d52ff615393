"""Contracts of special procedures and extensions."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.applications.contracts.events import CaseFacts
from services.applications.contracts.fields import LongText, PublishedLine, StateName, Version
from services.applications.contracts.requests import Request
from services.applications.contracts.views import ClockView, View
from shared.messaging.envelope import Event

Unit = Literal["working_day", "calendar_day"]
# A kind that the law does not know is refused by the rule, which names the article.
ProcedureKind = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z][a-z_]{0,39}$")]
Days = Annotated[int, Field(ge=1, le=366, strict=True)]
Instrument = Annotated[PublishedLine, StringConstraints(pattern=r"^[^*]+$")]


class ProcedureStartedV1(CaseFacts):
    """One of the eight procedures of Art 45 runs; what was told in writing is left out of the time (行政许可法 45)."""

    event_type: ClassVar[str] = "cn.tongban.applications.procedure_started.v1"

    kind: str
    needs: int
    needs_unit: str
    first_on: date
    last_on: date
    article: str
    statutory_due_on: date | None = None
    promised_due_on: date | None = None
    provisional: bool = False
    document_id: UUID
    document_no: str


class ProcedureProlongedV1(CaseFacts):
    """More time was told in writing before the first was over."""

    event_type: ClassVar[str] = "cn.tongban.applications.procedure_prolonged.v1"

    kind: str
    needs: int
    needs_unit: str
    last_on: date
    statutory_due_on: date | None = None
    promised_due_on: date | None = None
    provisional: bool = False
    document_id: UUID
    document_no: str


class ProcedureEndedV1(CaseFacts):
    """The procedure is over; what was told and not needed counts again."""

    event_type: ClassVar[str] = "cn.tongban.applications.procedure_ended.v1"

    kind: str
    ended_on: date
    statutory_due_on: date | None = None
    promised_due_on: date | None = None
    provisional: bool = False


class DeadlineExtendedV1(CaseFacts):
    """The time to decide grew, once; the reason stands in the notice (行政许可法 42)."""

    event_type: ClassVar[str] = "cn.tongban.applications.deadline_extended.v1"

    length: int
    article: str
    instrument: str | None = None
    statutory_due_on: date | None = None
    promised_due_on: date | None = None
    provisional: bool = False
    document_id: UUID
    document_no: str


EVENTS: tuple[type[Event], ...] = (
    ProcedureStartedV1,
    ProcedureProlongedV1,
    ProcedureEndedV1,
    DeadlineExtendedV1,
)


class ProcedureToStart(Request):
    """What a special procedure is started with: its kind, the time it needs, and why."""

    kind: ProcedureKind
    needs: Days
    unit: Unit = "working_day"
    reasons: LongText | None = None


class StartProcedure(ProcedureToStart):
    """Start one of the eight procedures of Art 45; the time it needs is told in writing in the same act."""

    case_id: UUID
    expected_version: Version


class ProcedureToProlong(Request):
    """How much more time a procedure needs, from the day after its told end, and why."""

    needs: Days
    unit: Unit = "working_day"
    kind: ProcedureKind | None = None
    reasons: LongText


class ProlongProcedure(ProcedureToProlong):
    """Tell in writing, before the told time is over, that the procedure needs more."""

    case_id: UUID
    expected_version: Version


class ProcedureToEnd(Request):
    """Which procedure is over, and with what result."""

    kind: ProcedureKind | None = None
    result: LongText | None = None


class EndProcedure(ProcedureToEnd):
    """The procedure is over; the clocks go on."""

    case_id: UUID
    expected_version: Version


class ExtensionToGive(Request):
    """How much more time, in the unit of the statutory time, why, and by which instrument of the government."""

    length: Days
    reasons: LongText
    instrument: Instrument | None = None


class ExtendDeadline(ExtensionToGive):
    """Extend the time to decide, once, before it is over (行政许可法 42)."""

    case_id: UUID
    expected_version: Version


class NewDates(View):
    """What an act would do to the dates of a case; nothing was done."""

    case_id: UUID
    version: int
    state: StateName
    clocks_before: tuple[ClockView, ...]
    clocks_after: tuple[ClockView, ...]
    # The last day of the special procedure, where one is told.
    told_until: date | None = None
