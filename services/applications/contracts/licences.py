"""Contracts of the licence after the decision."""

from datetime import date
from typing import ClassVar, Literal, Self
from uuid import UUID

from pydantic import model_validator

from services.applications.contracts.events import CaseFacts
from services.applications.contracts.fields import LongText, Version, fault
from services.applications.contracts.requests import Request
from shared.messaging.envelope import Event

RevocationGround = Literal[
    "abuse_or_dereliction",
    "beyond_powers",
    "procedure_violated",
    "unqualified_applicant",
    "other_by_law",
    "fraud_or_bribery",
]
WithdrawalGround = Literal["law_changed", "circumstances_changed"]
CancellationGround = Literal[
    "expired_without_renewal",
    "holder_dead_or_incapable",
    "holder_ended",
    "certificate_withdrawn_as_penalty",
    "force_majeure",
    "other_by_law",
]


class LicenceIssuedV1(CaseFacts):
    """The certificate was made out; what is granted is published and open to the public (行政许可法 39, 40)."""

    event_type: ClassVar[str] = "cn.tongban.applications.licence_issued.v1"

    valid_from: date
    valid_until: date | None = None
    publishable: bool = True
    document_id: UUID
    document_no: str


class CaseClosedV1(CaseFacts):
    """The case was filed, with the result code of the exchange."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_closed.v1"

    result_code: str


class LicenceHolderHeardV1(CaseFacts):
    """The holder was told of what is intended and was heard, or waived it."""

    event_type: ClassVar[str] = "cn.tongban.applications.licence_holder_heard.v1"

    told_on: date
    waived: bool


class LicenceRevokedV1(CaseFacts):
    """The grant was revoked (行政许可法 69)."""

    event_type: ClassVar[str] = "cn.tongban.applications.licence_revoked.v1"

    ground: RevocationGround
    kind: Literal["may", "must"]
    compensation: bool
    remedy_variant: str
    banned_until: date | None = None
    publishable: bool = True
    document_id: UUID
    document_no: str


class LicenceNotRevokedV1(CaseFacts):
    """There is a ground to revoke, but the public interest stands against it."""

    event_type: ClassVar[str] = "cn.tongban.applications.licence_not_revoked.v1"

    ground: RevocationGround
    kind: Literal["may", "must"]
    document_id: UUID
    document_no: str


class LicenceWithdrawnV1(CaseFacts):
    """A lawful licence was taken back for the public good (行政许可法 8)."""

    event_type: ClassVar[str] = "cn.tongban.applications.licence_withdrawn.v1"

    ground: WithdrawalGround
    remedy_variant: str
    publishable: bool = True
    document_id: UUID
    document_no: str


class LicenceCancelledV1(CaseFacts):
    """The licence was struck off (行政许可法 70)."""

    event_type: ClassVar[str] = "cn.tongban.applications.licence_cancelled.v1"

    ground: CancellationGround
    remedy_variant: str
    publishable: bool = True
    document_id: UUID
    document_no: str


class LicenceChangedV1(CaseFacts):
    """A later case changed this licence (行政许可法 49)."""

    event_type: ClassVar[str] = "cn.tongban.applications.licence_changed.v1"

    by_case: UUID
    publishable: bool = True


class LicenceRenewedV1(CaseFacts):
    """A later case renewed this licence, or the silence of the organ did (行政许可法 50)."""

    event_type: ClassVar[str] = "cn.tongban.applications.licence_renewed.v1"

    by_case: UUID
    basis: Literal["decision", "silence"]
    valid_until: date | None = None
    publishable: bool = True


class LicenceExpiredV1(CaseFacts):
    """The validity ended without a renewal: the organ is to strike the licence off."""

    event_type: ClassVar[str] = "cn.tongban.applications.licence_expired.v1"

    expired_on: date


class RenewalDeemedV1(CaseFacts):
    """Nobody decided before the licence expired: it counts as renewed."""

    event_type: ClassVar[str] = "cn.tongban.applications.renewal_deemed.v1"

    expired_on: date
    valid_until: date | None = None
    delivery_due_on: date
    publishable: bool = True
    document_id: UUID
    document_no: str


EVENTS: tuple[type[Event], ...] = (
    LicenceIssuedV1,
    CaseClosedV1,
    LicenceHolderHeardV1,
    LicenceRevokedV1,
    LicenceNotRevokedV1,
    LicenceWithdrawnV1,
    LicenceCancelledV1,
    LicenceChangedV1,
    LicenceRenewedV1,
    LicenceExpiredV1,
    RenewalDeemedV1,
)


class IssueLicence(Request):
    """Make out the certificate of a grant."""

    case_id: UUID
    expected_version: Version


class CloseCase(Request):
    """File a delivered case."""

    case_id: UUID
    expected_version: Version


class HearLicensee(Request):
    """Record what the holder said about the loss of the licence, or that the holder waived it."""

    case_id: UUID
    expected_version: Version
    told_on: date
    statement: LongText | None = None
    waived: bool = False

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if self.waived == (self.statement is not None):
            raise fault(
                "statement_or_waiver",
                "请填写陈述申辩内容，或者注明被许可人放弃陈述申辩，二者择一。",
                "Give the holder's statement, or say that the holder waived it: one of the two.",
            )
        return self


class RevokeLicence(Request):
    """Revoke a licence (行政许可法 69); the holder must have been heard."""

    case_id: UUID
    expected_version: Version
    ground: RevocationGround
    reasons: LongText


class KeepLicence(Request):
    """Decide not to revoke, because revoking would gravely harm the public interest (行政许可法 69)."""

    case_id: UUID
    expected_version: Version
    ground: RevocationGround
    reasons: LongText


class WithdrawLicence(Request):
    """Take back a lawful licence for the public good, with compensation (行政许可法 8)."""

    case_id: UUID
    expected_version: Version
    ground: WithdrawalGround
    reasons: LongText
    compensation: LongText


class CancelLicence(Request):
    """Strike a licence off (行政许可法 70)."""

    case_id: UUID
    expected_version: Version
    ground: CancellationGround
    reasons: LongText
