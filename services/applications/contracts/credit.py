"""Requests, views and events of credit: importing, looking, repairing and withdrawing records.

The certificate number of a question comes in a request and goes no further: what is kept and published is the keyed
index of it.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    Base64Bytes,
    Field,
    StringConstraints,
    model_validator,
)

from services.applications.contracts.fields import (
    CertificateNumber,
    CertificateType,
    Cursor,
    Purpose,
    ShortText,
    certificate_number,
    fault,
)
from services.applications.contracts.requests import Request
from services.applications.contracts.views import View
from shared.messaging.envelope import Event
from shared.privacy import redact

RecordKind = Literal[
    "dishonest_debtor", "serious_discredit", "broken_undertaking", "false_commitment", "grade"
]
RecordState = Literal["counts", "repaired", "withdrawn"]
RegisterName = Literal["register", "defaults"]
Grade = Literal["A", "B", "C", "D"]
# The file itself may have 2 MiB; in base64 that is a third more.
_MOST_BASE64 = 2_900_000


def _impersonal(text: str) -> str:
    # It is shown beside the record for ever.
    if redact(text) != text:
        raise fault(
            "personal_number",
            "文书号中不能出现身份证号码或者手机号码。",
            "No identity number or mobile number may stand in the number of an instrument.",
        )
    return text


Instrument = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=2,
        max_length=64,
        pattern=r"^[0-9A-Za-z一-鿿()（）〔〕\[\]【】_./:#-]+$",
    ),
    AfterValidator(_impersonal),
]


class ImportCredit(Request):
    """Put the records of a CSV or xlsx file on the register; the whole file, unless `partial`, and never twice."""

    content: Annotated[Base64Bytes, Field(max_length=_MOST_BASE64, repr=False)]
    purpose: Purpose
    partial: bool = False
    dry_run: bool = False


class ListCredit(Request):
    """A page of the registers, the newest records first; people stand in it as pseudonyms."""

    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=100, strict=True)] = 20


class QueryCredit(Request):
    """Every record of one person, for a stated purpose, which is recorded."""

    certificate_type: CertificateType
    certificate_number: CertificateNumber
    purpose: Purpose

    @model_validator(mode="after")
    def _number_is_right(self) -> Self:
        number = certificate_number(self.certificate_type, self.certificate_number)
        object.__setattr__(self, "certificate_number", number)
        return self


class RepairCredit(Request):
    """A record was repaired (信用修复): by which instrument, and from which day it no longer counts."""

    record_id: UUID
    instrument: Instrument
    repaired_on: date


class WithdrawCreditRecord(Request):
    """A record was wrong from the start (异议): it no longer counts, and the reason is kept."""

    record_id: UUID
    reason: ShortText


class AskCreditAgain(Request):
    """Ask every source again about the applicant of a case that waits at the desk."""

    case_id: UUID


class ImportFault(View):
    """What is wrong in one cell of the file; its content is not repeated."""

    line: int
    column: str
    code: str
    zh: str
    en: str


class CreditImportReport(View):
    """What became of a file: `imported` are new, `known` were there before, `refused` are lines with a fault."""

    import_id: UUID | None = None
    dry_run: bool = False
    lines: int
    imported: int
    known: int
    refused: int
    faults: tuple[ImportFault, ...] = ()
    # Whether there are more faults than are listed.
    more_faults: bool = False


class CreditRecordView(View):
    """A record as the staff see it: no name, no number, only the pseudonym of the person."""

    record_id: UUID
    register_name: RegisterName
    person_id: UUID
    kind: RecordKind
    kind_zh: str
    list_item: str
    source: str
    reference: str | None = None
    grade: Grade | None = None
    recorded_on: date
    state: RecordState
    repaired_on: date | None = None
    instrument: str | None = None
    withdrawn_on: date | None = None


class CreditPage(View):
    """A page of the registers."""

    records: tuple[CreditRecordView, ...] = ()
    next_cursor: str | None = None


class PersonCredit(View):
    """Every record of one person, and whether any of them counts today."""

    person_id: UUID
    records: tuple[CreditRecordView, ...] = ()
    counts: bool


class CountedRecord(View):
    """A record that holds against the applicant: the list item and its number at the source are cited."""

    kind: RecordKind
    kind_zh: str
    list_item: str
    source: str
    reference: str
    recorded_on: date


class CreditAnswerView(View):
    """What one source said, and when; without an answer `fault` says why."""

    source: str
    source_zh: str
    queried_at: datetime
    answered: bool
    fault: str | None = None
    fault_zh: str | None = None
    grade: Grade | None = None
    records: tuple[CountedRecord, ...] = ()


class CaseCredit(View):
    """What is known of an applicant's credit: a clerk reads it before answering, and may ask again."""

    case_id: UUID
    answered: bool
    queried_at: datetime
    answers: tuple[CreditAnswerView, ...]
    grade: Grade | None = None
    # The routes that the grade closes by the organ's policy.
    closed_by_grade: tuple[str, ...] = ()


class CreditImportedV1(Event):
    """A file of credit records was put on the register; the purpose is kept encrypted, its digest is here."""

    event_type: ClassVar[str] = "cn.tongban.applications.credit_imported.v1"

    import_id: UUID
    file_sha256: str
    lines: int
    imported: int
    known: int
    refused: int
    unit: str | None = None
    purpose_sha256: str
    imported_at: datetime


class CreditRepairedV1(Event):
    """A credit record was repaired and no longer counts from `repaired_on`."""

    event_type: ClassVar[str] = "cn.tongban.applications.credit_repaired.v1"

    change_id: UUID
    record_id: UUID
    register_name: RegisterName
    person_id: UUID
    repaired_on: date
    recorded_at: datetime


class CreditRecordWithdrawnV1(Event):
    """A credit record was wrong and was withdrawn; the reason is kept encrypted."""

    event_type: ClassVar[str] = "cn.tongban.applications.credit_record_withdrawn.v1"

    change_id: UUID
    record_id: UUID
    register_name: RegisterName
    person_id: UUID
    withdrawn_on: date
    recorded_at: datetime


class CreditViewedV1(Event):
    """Somebody of the staff asked about a person's credit; the purpose is kept encrypted, its digest is here."""

    event_type: ClassVar[str] = "cn.tongban.applications.credit_viewed.v1"

    look_id: UUID
    person_id: UUID
    case_id: UUID | None = None
    unit: str | None = None
    # `register`: our own records; `sources`: everybody was asked again.
    viewed: Literal["register", "sources"]
    purpose_sha256: str
    viewed_at: datetime


EVENTS: tuple[type[Event], ...] = (
    CreditImportedV1,
    CreditRepairedV1,
    CreditRecordWithdrawnV1,
    CreditViewedV1,
)

__all__ = [
    "EVENTS",
    "AskCreditAgain",
    "CaseCredit",
    "CountedRecord",
    "CreditAnswerView",
    "CreditImportReport",
    "CreditImportedV1",
    "CreditPage",
    "CreditRecordView",
    "CreditRecordWithdrawnV1",
    "CreditRepairedV1",
    "CreditViewedV1",
    "ImportCredit",
    "ImportFault",
    "ListCredit",
    "PersonCredit",
    "QueryCredit",
    "RepairCredit",
    "WithdrawCreditRecord",
]
