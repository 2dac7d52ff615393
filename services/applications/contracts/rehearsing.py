"""Contracts of rehearsals: what an act of a clerk, an approver or the head would do to a case, before it is done."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import model_validator

from services.applications.contracts.exits import TerminateCase
from services.applications.contracts.fields import StateName, fault
from services.applications.contracts.hearings import CallHearing, ScheduleHearing, TellHearingRights
from services.applications.contracts.licences import (
    CancelLicence,
    KeepLicence,
    RevokeLicence,
    WithdrawLicence,
)
from services.applications.contracts.procedures import (
    EndProcedure,
    ExtendDeadline,
    ProlongProcedure,
    StartProcedure,
)
from services.applications.contracts.requests import AcceptCase, AcceptTolerantly, DecideCase, Request
from services.applications.contracts.reviewing import GiveOpinion, SendBack
from services.applications.contracts.tolerating import (
    DeclineSupplyExtension,
    DropRecall,
    ExtendSupply,
    GrantBeforeCompletion,
    NoticeRecall,
    RecallResult,
)
from services.applications.contracts.views import ClockView, DocumentLine, View


class Rehearse(Request):
    """One act, as it would be sent; its field has the name of its method."""

    accept_case: AcceptCase | None = None
    accept_tolerantly: AcceptTolerantly | None = None
    decide_case: DecideCase | None = None
    give_opinion: GiveOpinion | None = None
    send_back: SendBack | None = None
    extend_deadline: ExtendDeadline | None = None
    start_procedure: StartProcedure | None = None
    prolong_procedure: ProlongProcedure | None = None
    end_procedure: EndProcedure | None = None
    tell_hearing_rights: TellHearingRights | None = None
    call_hearing: CallHearing | None = None
    schedule_hearing: ScheduleHearing | None = None
    extend_supply: ExtendSupply | None = None
    decline_supply_extension: DeclineSupplyExtension | None = None
    grant_before_completion: GrantBeforeCompletion | None = None
    notice_recall: NoticeRecall | None = None
    recall_result: RecallResult | None = None
    drop_recall: DropRecall | None = None
    revoke_licence: RevokeLicence | None = None
    keep_licence: KeepLicence | None = None
    withdraw_licence: WithdrawLicence | None = None
    cancel_licence: CancelLicence | None = None
    terminate_case: TerminateCase | None = None

    @model_validator(mode="after")
    def _is_one_act(self) -> Self:
        if sum(act is not None for _, act in self) != 1:
            raise fault("one_act", "一次只能预演一个操作。", "Rehearse one act at a time.")
        return self


class RehearsedDocument(View):
    """A document word for word as it would be sealed, its people masked; its number is given when it is."""

    kind: str
    title: str
    title_en: str
    lines: tuple[DocumentLine, ...]


class Rehearsal(View):
    """Where the case would stand; nothing was done, no number was taken."""

    case_id: UUID
    version: int
    state: StateName
    state_zh: str
    state_en: str
    documents: tuple[RehearsedDocument, ...] = ()
    clocks_before: tuple[ClockView, ...] = ()
    clocks_after: tuple[ClockView, ...] = ()
    # The last day of a special procedure, where one is told.
    told_until: date | None = None
