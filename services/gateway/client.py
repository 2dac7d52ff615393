"""The services as the gateway calls them: every RPC method it uses, typed, on one line each."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.applications import contracts as applications
from services.applications.contracts import (
    credit,
    exits,
    hearings,
    licences,
    mandates,
    powers,
    printing,
    procedures,
    process_record,
    recalculating,
    reviewing,
    tolerating,
)
from services.audit import contracts as audit
from services.catalogue import contracts as catalogue
from services.documents import contracts as documents
from services.gateway import trace
from services.gateway.identity.visitor import Visitor
from services.notifications import contracts as notifications
from shared.identity import Actor

Ask = TypeVar("Ask", bound=BaseModel)
Reply = TypeVar("Reply", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Method(Generic[Ask, Reply]):
    """One RPC method of one service."""

    service: str
    name: str
    request: type[Ask]
    reply: type[Reply]


LIST_CALENDARS = Method("catalogue", "list_calendars", catalogue.ListCalendars, catalogue.CalendarList)
PUBLISH_CALENDAR = Method(
    "catalogue", "publish_calendar", catalogue.PublishCalendar, catalogue.CalendarReceipt
)
LIST_ITEMS = Method("catalogue", "list_items", catalogue.ListItems, catalogue.ItemPage)
GET_ITEM = Method("catalogue", "get_item", catalogue.GetItem, catalogue.ItemView)
GET_TOLERANCE_LIST = Method(
    "catalogue", "get_tolerance_list", catalogue.GetToleranceList, catalogue.ToleranceList
)
GET_GUIDE = Method("catalogue", "get_guide", catalogue.GetGuide, catalogue.GuideView)

SUBMIT_CASE = Method("applications", "submit_case", applications.SubmitCase, applications.CaseReceipt)
CHECK_MATERIALS = Method(
    "applications", "check_materials", applications.CheckMaterials, applications.MaterialCheck
)
GET_CASE = Method("applications", "get_case", applications.GetCase, applications.CaseView)
LIST_CASES = Method("applications", "list_cases", applications.ListCases, applications.CasePage)
ACCEPT_CASE = Method("applications", "accept_case", applications.AcceptCase, applications.CaseReceipt)
ACCEPT_TOLERANTLY = Method(
    "applications", "accept_tolerantly", applications.AcceptTolerantly, applications.CaseReceipt
)
REQUEST_CORRECTION = Method(
    "applications", "request_correction", applications.RequestCorrection, applications.CaseReceipt
)
SUPPLY_MATERIALS = Method(
    "applications", "supply_materials", applications.SupplyMaterials, applications.CaseReceipt
)
DECIDE_CASE = Method("applications", "decide_case", applications.DecideCase, applications.CaseReceipt)
DELIVER_RESULT = Method(
    "applications", "deliver_result", applications.DeliverResult, applications.CaseReceipt
)
WITHDRAW_CASE = Method("applications", "withdraw_case", applications.WithdrawCase, applications.CaseReceipt)
GET_DOCUMENT = Method("applications", "get_document", applications.GetDocument, applications.DocumentView)
REVEAL_PARTY = Method("applications", "reveal_party", applications.RevealParty, applications.RevealedParties)
REISSUE_DOCUMENT = Method(
    "applications", "reissue_document", printing.ReissueDocument, printing.ReissuedDocument
)
PREVIEW_CALENDAR = Method(
    "applications", "preview_calendar", recalculating.PreviewCalendar, recalculating.CalendarPreview
)
ASK_RECALCULATION = Method(
    "applications", "ask_recalculation", recalculating.AskRecalculation, recalculating.Recalculation
)
GET_PROCESS_RECORD = Method(
    "applications", "get_process_record", process_record.GetProcessRecord, process_record.ProcessRecord
)
EXPORT_CASE = Method("applications", "export_case", process_record.ExportCase, process_record.CaseExport)
CASE_EFFECTS = Method("applications", "case_effects", applications.GetEffects, applications.CaseEffects)

START_PROCEDURE = Method(
    "applications", "start_procedure", procedures.StartProcedure, applications.CaseReceipt
)
PREVIEW_PROCEDURE = Method(
    "applications", "preview_procedure", procedures.StartProcedure, procedures.NewDates
)
PROLONG_PROCEDURE = Method(
    "applications", "prolong_procedure", procedures.ProlongProcedure, applications.CaseReceipt
)
PREVIEW_PROLONGING = Method(
    "applications", "preview_prolonging", procedures.ProlongProcedure, procedures.NewDates
)
END_PROCEDURE = Method("applications", "end_procedure", procedures.EndProcedure, applications.CaseReceipt)
EXTEND_DEADLINE = Method(
    "applications", "extend_deadline", procedures.ExtendDeadline, applications.CaseReceipt
)
PREVIEW_EXTENSION = Method(
    "applications", "preview_extension", procedures.ExtendDeadline, procedures.NewDates
)

NAME_INTERESTED_PARTY = Method(
    "applications", "name_interested_party", hearings.NameInterestedParty, applications.CaseReceipt
)
TELL_HEARING_RIGHTS = Method(
    "applications", "tell_hearing_rights", hearings.TellHearingRights, applications.CaseReceipt
)
REQUEST_HEARING = Method("applications", "request_hearing", hearings.RequestHearing, applications.CaseReceipt)
WAIVE_HEARING = Method("applications", "waive_hearing", hearings.WaiveHearing, applications.CaseReceipt)
CALL_HEARING = Method("applications", "call_hearing", hearings.CallHearing, applications.CaseReceipt)
SCHEDULE_HEARING = Method(
    "applications", "schedule_hearing", hearings.ScheduleHearing, applications.CaseReceipt
)
RECORD_HEARING = Method("applications", "record_hearing", hearings.RecordHearing, applications.CaseReceipt)
CLOSE_HEARING = Method("applications", "close_hearing", hearings.CloseHearing, applications.CaseReceipt)
RECORD_STATEMENT = Method(
    "applications", "record_statement", hearings.RecordStatement, applications.CaseReceipt
)

ISSUE_LICENCE = Method("applications", "issue_licence", licences.IssueLicence, applications.CaseReceipt)
CLOSE_CASE = Method("applications", "close_case", licences.CloseCase, applications.CaseReceipt)
HEAR_LICENSEE = Method("applications", "hear_licensee", licences.HearLicensee, applications.CaseReceipt)
REVOKE_LICENCE = Method("applications", "revoke_licence", licences.RevokeLicence, applications.CaseReceipt)
KEEP_LICENCE = Method("applications", "keep_licence", licences.KeepLicence, applications.CaseReceipt)
WITHDRAW_LICENCE = Method(
    "applications", "withdraw_licence", licences.WithdrawLicence, applications.CaseReceipt
)
CANCEL_LICENCE = Method("applications", "cancel_licence", licences.CancelLicence, applications.CaseReceipt)
GIVE_MANDATE = Method("applications", "give_mandate", mandates.GiveMandate, applications.CaseReceipt)
REVOKE_MANDATE = Method("applications", "revoke_mandate", mandates.RevokeMandate, applications.CaseReceipt)
CHANGE_CHANNEL = Method("applications", "change_channel", mandates.ChangeChannel, applications.CaseReceipt)

GIVE_OPINION = Method("applications", "give_opinion", reviewing.GiveOpinion, applications.CaseReceipt)
SEND_BACK = Method("applications", "send_back", reviewing.SendBack, applications.CaseReceipt)
REQUEST_RECUSAL = Method(
    "applications", "request_recusal", reviewing.RequestRecusal, applications.CaseReceipt
)
DECLINE_RECUSAL = Method(
    "applications", "decline_recusal", reviewing.DeclineRecusal, applications.CaseReceipt
)
RECUSE = Method("applications", "recuse", reviewing.Recuse, applications.CaseReceipt)
URGE_CASE = Method("applications", "urge_case", reviewing.UrgeCase, applications.CaseReceipt)
ASSIGN_INSPECTORS = Method(
    "applications", "assign_inspectors", reviewing.AssignInspectors, applications.CaseReceipt
)
RECORD_SITE_CHECK = Method(
    "applications", "record_site_check", reviewing.RecordSiteCheck, applications.CaseReceipt
)
DECIDE_BATCH = Method("applications", "decide_batch", reviewing.DecideBatch, reviewing.BatchReceipt)
APPOINT_TO_POST = Method("applications", "appoint_to_post", powers.AppointToPost, powers.PowerReceipt)
DELEGATE_POWER = Method("applications", "delegate_power", powers.DelegatePower, powers.PowerReceipt)
REVOKE_DELEGATION = Method("applications", "revoke_delegation", powers.RevokeDelegation, powers.PowerReceipt)
RECORD_ABSENCE = Method("applications", "record_absence", powers.RecordAbsence, powers.PowerReceipt)
LIST_POWERS = Method("applications", "list_powers", powers.ListPowers, powers.PowersView)

DRAFT_PROMISES = Method("applications", "draft_promises", tolerating.DraftPromises, tolerating.PromiseDrafts)
GET_SIGNATURE = Method("applications", "get_signature", tolerating.GetSignature, tolerating.SignatureImage)
CONFIRM_SUPPLY = Method("applications", "confirm_supply", tolerating.ConfirmSupply, applications.CaseReceipt)
FAULT_SUPPLY = Method("applications", "fault_supply", tolerating.FaultSupply, applications.CaseReceipt)
REQUEST_SUPPLY_EXTENSION = Method(
    "applications", "request_supply_extension", tolerating.RequestSupplyExtension, applications.CaseReceipt
)
EXTEND_SUPPLY = Method("applications", "extend_supply", tolerating.ExtendSupply, applications.CaseReceipt)
DECLINE_SUPPLY_EXTENSION = Method(
    "applications", "decline_supply_extension", tolerating.DeclineSupplyExtension, applications.CaseReceipt
)
GRANT_BEFORE_COMPLETION = Method(
    "applications", "grant_before_completion", tolerating.GrantBeforeCompletion, applications.CaseReceipt
)
NOTICE_RECALL = Method("applications", "notice_recall", tolerating.NoticeRecall, applications.CaseReceipt)
HEAR_ON_RECALL = Method("applications", "hear_on_recall", tolerating.HearOnRecall, applications.CaseReceipt)
RECALL_RESULT = Method("applications", "recall_result", tolerating.RecallResult, applications.CaseReceipt)
DROP_RECALL = Method("applications", "drop_recall", tolerating.DropRecall, applications.CaseReceipt)
RECORD_POST_CHECK = Method(
    "applications", "record_post_check", tolerating.RecordPostCheck, applications.CaseReceipt
)

DECLARE_NOT_REQUIRED = Method(
    "applications", "declare_not_required", exits.DeclareNotRequired, applications.CaseReceipt
)
DECLARE_NOT_COMPETENT = Method(
    "applications", "declare_not_competent", exits.DeclareNotCompetent, applications.CaseReceipt
)
TERMINATE_CASE = Method("applications", "terminate_case", exits.TerminateCase, applications.CaseReceipt)
VOID_CASE = Method("applications", "void_case", exits.VoidCase, applications.CaseReceipt)

GET_PDF = Method("documents", "get_pdf", documents.GetPdf, documents.PdfView)
VERIFY_DOCUMENT = Method("documents", "verify_document", documents.VerifyDocument, documents.Verification)
COMPARE_PDF = Method("documents", "compare_pdf", documents.ComparePdf, documents.Comparison)

IMPORT_CREDIT = Method("applications", "import_credit", credit.ImportCredit, credit.CreditImportReport)
LIST_CREDIT = Method("applications", "list_credit", credit.ListCredit, credit.CreditPage)
QUERY_CREDIT = Method("applications", "query_credit", credit.QueryCredit, credit.PersonCredit)
REPAIR_CREDIT = Method("applications", "repair_credit", credit.RepairCredit, credit.CreditRecordView)
WITHDRAW_CREDIT_RECORD = Method(
    "applications", "withdraw_credit_record", credit.WithdrawCreditRecord, credit.CreditRecordView
)
ASK_CREDIT_AGAIN = Method("applications", "ask_credit_again", credit.AskCreditAgain, credit.CaseCredit)

LIST_INBOX = Method("notifications", "list_inbox", notifications.ListInbox, notifications.MessagePage)
GET_MESSAGE = Method("notifications", "get_message", notifications.GetMessage, notifications.MessageView)
MARK_READ = Method("notifications", "mark_read", notifications.MarkRead, notifications.MessageView)
LIST_CASE_MESSAGES = Method(
    "notifications", "list_case_messages", notifications.ListCaseMessages, notifications.MessagePage
)
LIST_UNDELIVERED = Method(
    "notifications", "list_undelivered", notifications.ListUndelivered, notifications.UndeliveredPage
)
RESEND_MESSAGE = Method(
    "notifications", "resend_message", notifications.ResendMessage, notifications.MessageView
)

GET_CHECKPOINT = Method("audit", "get_checkpoint", audit.GetCheckpoint, audit.CheckpointView)
GET_PROOF = Method("audit", "get_proof", audit.GetProof, audit.InclusionProof)
GET_CONSISTENCY = Method("audit", "get_consistency", audit.GetConsistency, audit.ConsistencyProof)
LIST_ENTRIES = Method("audit", "list_entries", audit.ListEntries, audit.EntryPage)
SUBJECT_ENTRIES = Method("audit", "subject_entries", audit.SubjectEntries, audit.EntryPage)


class Caller(Protocol):
    """What carries a call (`shared.messaging.rpc.RpcClient`)."""

    async def call(
        self,
        service: str,
        method: str,
        request: BaseModel,
        reply_model: type[Reply],
        *,
        actor: Actor,
        command_id: UUID | None = None,
        timeout_seconds: float = 10.0,
        traceparent: str | None = None,
    ) -> Reply: ...


class Services:
    """Asks the services in the name of a visitor."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def ask(
        self,
        visitor: Visitor,
        method: Method[Ask, Reply],
        request: Ask,
        command_id: UUID | None = None,
    ) -> Reply:
        """The reply; raises `Refused` as the service said it, or `Unavailable`."""
        return await self._caller.call(
            method.service,
            method.name,
            request,
            method.reply,
            actor=visitor.actor,
            command_id=command_id,
            traceparent=trace.current.get(),
        )
