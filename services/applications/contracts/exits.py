"""Contracts of the ways out that are no decision on the application."""

from typing import ClassVar, Literal
from uuid import UUID

from services.applications.contracts.events import CaseFacts
from services.applications.contracts.fields import LongText, Name, Version
from services.applications.contracts.requests import Request
from shared.messaging.envelope import Event


class CaseNotRequiredV1(CaseFacts):
    """The matter needs no licence; the applicant was told so at once (行政许可法 32)."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_not_required.v1"

    document_id: UUID
    document_no: str


class CaseNotCompetentV1(CaseFacts):
    """Another organ is competent; the written decision names it."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_not_competent.v1"

    competent_organ: str
    remedy_variant: str
    document_id: UUID
    document_no: str


class CaseVoidedV1(CaseFacts):
    """A record made in error was marked void by a supervisor; it stays in the record."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_voided.v1"

    document_id: UUID
    document_no: str


EVENTS: tuple[type[Event], ...] = (CaseNotRequiredV1, CaseNotCompetentV1, CaseVoidedV1)


class DeclareNotRequired(Request):
    """Tell at once that the matter needs no licence."""

    case_id: UUID
    expected_version: Version
    reasons: LongText


class DeclareNotCompetent(Request):
    """Decide not to accept because another organ is competent."""

    case_id: UUID
    expected_version: Version
    competent_organ: Name
    reasons: LongText | None = None


class TerminateCase(Request):
    """End a case whose applicant or object is no more."""

    case_id: UUID
    expected_version: Version
    ground: Literal["applicant_ended", "object_lost"]
    reasons: LongText


class VoidCase(Request):
    """Mark a record that was made in error as void."""

    case_id: UUID
    expected_version: Version
    reasons: LongText
