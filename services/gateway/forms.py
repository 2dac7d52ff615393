"""What the rooms take: the contracts of `applications`, with the files as upload ids instead of digests.

Where a form has the same fields as a contract it extends it, so that limits and sentences are written once.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.applications.contracts import CheckMaterials, Defect, SubmitCase
from services.gateway.uploads import Paper

Papers = Annotated[tuple[Paper, ...], Field(max_length=100)]


class Form(BaseModel):
    """Base of all forms: an unknown field is a misunderstanding and is said to be one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OnlineCase(SubmitCase):
    """An application that somebody makes themselves, or as an agent, signed in."""

    channel: Literal["online"] = "online"
    materials: Papers = ()  # type: ignore[assignment]  # the room turns upload ids into digests before it calls


class CounterCase(SubmitCase):
    """An application that a clerk takes in: at the counter, at a service point, on a home visit."""

    channel: Literal["counter", "service_point", "home_visit"] = "counter"
    materials: Papers = ()  # type: ignore[assignment]  # as above


class ProvinceCase(SubmitCase):
    """An application that the provincial platform hands on, under its own number."""

    channel: Literal["province"] = "province"
    materials: Papers = ()  # type: ignore[assignment]  # as above


NewCase = OnlineCase | CounterCase | ProvinceCase


class MaterialsToCheck(CheckMaterials):
    """Papers to be judged before anything is handed in."""

    materials: Papers = ()  # type: ignore[assignment]  # as above


class Supply(Form):
    """Papers for an open case: corrections, or papers whose absence had been tolerated."""

    materials: Annotated[tuple[Paper, ...], Field(min_length=1, max_length=100)]


class CounterSupply(Supply):
    """The same, through a clerk."""

    channel: Literal["counter", "service_point", "home_visit"] = "counter"


class CaseCode(Form):
    """A case by its number and the code on its receipt voucher."""

    case_no: Annotated[str, Field(max_length=50)]
    access_code: Annotated[str, Field(max_length=20)]


class Lookup(CaseCode):
    """The case that this number and code belong to; `explain` tells every clock day by day."""

    explain: bool = False


class DocumentLookup(CaseCode):
    """One document of the case."""

    document_id: UUID


class SupplyByCode(CaseCode, Supply):
    """Papers for a case, by whoever holds its code."""


class TolerantAcceptance(Form):
    """Accept although tolerable papers are missing; without a date the rule of the item gives it."""

    supply_due_on: date | None = None


class CorrectionNotice(Form):
    """What is to be corrected beside the missing papers, which the system lists itself."""

    defects: Annotated[tuple[Defect, ...], Field(max_length=100)] = ()
    correction_working_days: int | None = None


class Decision(Form):
    """Grant or refuse; a refusal states its reasons."""

    result: Literal["grant", "refuse"]
    reasons: Annotated[str, Field(max_length=4000)] | None = None
    # Refused because facts were hidden or papers were false (行政许可法 78).
    ground: Literal["false_materials"] | None = None
    # After a hearing: the digest of its minutes, on which the decision rests (行政许可法 Art 48).
    minutes_sha256: Annotated[str, Field(max_length=64)] | None = None
    # Why a stand-in takes part in a joint decision although no absence of the holder is on record.
    stand_in_reason: Literal["on_duty_elsewhere", "on_leave", "ill", "conflict"] | None = None


class Delivery(Form):
    """How the result reached the applicant."""

    method: Literal["window", "post", "electronic"]
    recipient: Annotated[str, Field(max_length=100)] | None = None
    waybill: Annotated[str, Field(max_length=40)] | None = None


class Withdrawal(Form):
    """Why the application is taken back, if the applicant wants to say."""

    reason: Annotated[str, Field(max_length=500)] | None = None


class Purpose(Form):
    """What unmasked personal data is looked at for; the look is recorded with it."""

    purpose: Annotated[str, Field(min_length=2, max_length=200)]
