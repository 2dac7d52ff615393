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
    looking_up,
    mandates,
    powers,
    printing,
    procedures,
    process_record,
    rating,
    recalculating,
    rehearsing,
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


def _command(name: str, request: type[Ask]) -> Method[Ask, applications.CaseReceipt]:
    """A command on a case, which is answered by where the case stands."""
    return Method("applications", name, request, applications.CaseReceipt)


LIST_CALENDARS = Method("catalogue", "list_calendars", catalogue.ListCalendars, catalogue.CalendarList)
PUBLISH_CALENDAR = Method(
    "catalogue", "publish_calendar", catalogue.PublishCalendar, catalogue.CalendarReceipt
)
LIST_ITEMS = Method("catalogue", "list_items", catalogue.ListItems, catalogue.ItemPage)
GET_ITEM = Method("catalogue", "get_item", catalogue.GetItem, catalogue.ItemView)
GET_TOLERANCE_LIST = Method(
    "catalogue", "get_tolerance_list", catalogue.GetToleranceList, catalogue.ToleranceList
)
SEARCH_ITEMS = Method("catalogue", "search_items", catalogue.SearchItems, catalogue.ItemMatches)
GET_GUIDE = Method("catalogue", "get_guide", catalogue.GetGuide, catalogue.GuideView)

SUBMIT_CASE = _command("submit_case", applications.SubmitCase)
CHECK_MATERIALS = Method(
    "applications", "check_materials", applications.CheckMaterials, applications.MaterialCheck
)
GET_CASE = Method("applications", "get_case", applications.GetCase, applications.CaseView)
LIST_CASES = Method("applications", "list_cases", applications.ListCases, applications.CasePage)
FIND_CASES = Method("applications", "find_cases", looking_up.FindCases, looking_up.FoundCases)
GET_DAY = Method("applications", "get_day", looking_up.GetDay, looking_up.DayView)
ACCEPT_CASE = _command("accept_case", applications.AcceptCase)
ACCEPT_TOLERANTLY = _command("accept_tolerantly", applications.AcceptTolerantly)
REQUEST_CORRECTION = _command("request_correction", applications.RequestCorrection)
SUPPLY_MATERIALS = _command("supply_materials", applications.SupplyMaterials)
DECIDE_CASE = _command("decide_case", applications.DecideCase)
DELIVER_RESULT = _command("deliver_result", applications.DeliverResult)
WITHDRAW_CASE = _command("withdraw_case", applications.WithdrawCase)
GET_DOCUMENT = Method("applications", "get_document", applications.GetDocument, applications.DocumentView)
REVEAL_PARTY = Method("applications", "reveal_party", applications.RevealParty, applications.RevealedParties)
FIND_APPLICANT = Method(
    "applications", "find_applicant", applications.FindApplicant, applications.RevealedParties
)
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

START_PROCEDURE = _command("start_procedure", procedures.StartProcedure)
PREVIEW_PROCEDURE = Method(
    "applications", "preview_procedure", procedures.StartProcedure, procedures.NewDates
)
PROLONG_PROCEDURE = _command("prolong_procedure", procedures.ProlongProcedure)
PREVIEW_PROLONGING = Method(
    "applications", "preview_prolonging", procedures.ProlongProcedure, procedures.NewDates
)
END_PROCEDURE = _command("end_procedure", procedures.EndProcedure)
EXTEND_DEADLINE = _command("extend_deadline", procedures.ExtendDeadline)
PREVIEW_EXTENSION = Method(
    "applications", "preview_extension", procedures.ExtendDeadline, procedures.NewDates
)

NAME_INTERESTED_PARTY = _command("name_interested_party", hearings.NameInterestedParty)
TELL_HEARING_RIGHTS = _command("tell_hearing_rights", hearings.TellHearingRights)
REQUEST_HEARING = _command("request_hearing", hearings.RequestHearing)
WAIVE_HEARING = _command("waive_hearing", hearings.WaiveHearing)
CALL_HEARING = _command("call_hearing", hearings.CallHearing)
SCHEDULE_HEARING = _command("schedule_hearing", hearings.ScheduleHearing)
RECORD_HEARING = _command("record_hearing", hearings.RecordHearing)
CLOSE_HEARING = _command("close_hearing", hearings.CloseHearing)
RECORD_STATEMENT = _command("record_statement", hearings.RecordStatement)

ISSUE_LICENCE = _command("issue_licence", licences.IssueLicence)
CLOSE_CASE = _command("close_case", licences.CloseCase)
HEAR_LICENSEE = _command("hear_licensee", licences.HearLicensee)
REVOKE_LICENCE = _command("revoke_licence", licences.RevokeLicence)
KEEP_LICENCE = _command("keep_licence", licences.KeepLicence)
WITHDRAW_LICENCE = _command("withdraw_licence", licences.WithdrawLicence)
CANCEL_LICENCE = _command("cancel_licence", licences.CancelLicence)
GIVE_MANDATE = _command("give_mandate", mandates.GiveMandate)
REVOKE_MANDATE = _command("revoke_mandate", mandates.RevokeMandate)
CHANGE_CHANNEL = _command("change_channel", mandates.ChangeChannel)
RATE_CASE = _command("rate_case", rating.RateCase)

GIVE_OPINION = _command("give_opinion", reviewing.GiveOpinion)
SEND_BACK = _command("send_back", reviewing.SendBack)
REQUEST_RECUSAL = _command("request_recusal", reviewing.RequestRecusal)
DECLINE_RECUSAL = _command("decline_recusal", reviewing.DeclineRecusal)
RECUSE = _command("recuse", reviewing.Recuse)
URGE_CASE = _command("urge_case", reviewing.UrgeCase)
ASSIGN_INSPECTORS = _command("assign_inspectors", reviewing.AssignInspectors)
RECORD_SITE_CHECK = _command("record_site_check", reviewing.RecordSiteCheck)
DECIDE_BATCH = Method("applications", "decide_batch", reviewing.DecideBatch, reviewing.BatchReceipt)
APPOINT_TO_POST = Method("applications", "appoint_to_post", powers.AppointToPost, powers.PowerReceipt)
DELEGATE_POWER = Method("applications", "delegate_power", powers.DelegatePower, powers.PowerReceipt)
REVOKE_DELEGATION = Method("applications", "revoke_delegation", powers.RevokeDelegation, powers.PowerReceipt)
RECORD_ABSENCE = Method("applications", "record_absence", powers.RecordAbsence, powers.PowerReceipt)
LIST_POWERS = Method("applications", "list_powers", powers.ListPowers, powers.PowersView)
LIST_DONE_FOR_ME = Method("applications", "list_done_for_me", powers.ListDoneForMe, powers.DoneForMeList)
REHEARSE = Method("applications", "rehearse", rehearsing.Rehearse, rehearsing.Rehearsal)

DRAFT_PROMISES = Method("applications", "draft_promises", tolerating.DraftPromises, tolerating.PromiseDrafts)
GET_SIGNATURE = Method("applications", "get_signature", tolerating.GetSignature, tolerating.SignatureImage)
CONFIRM_SUPPLY = _command("confirm_supply", tolerating.ConfirmSupply)
FAULT_SUPPLY = _command("fault_supply", tolerating.FaultSupply)
REQUEST_SUPPLY_EXTENSION = _command("request_supply_extension", tolerating.RequestSupplyExtension)
EXTEND_SUPPLY = _command("extend_supply", tolerating.ExtendSupply)
DECLINE_SUPPLY_EXTENSION = _command("decline_supply_extension", tolerating.DeclineSupplyExtension)
GRANT_BEFORE_COMPLETION = _command("grant_before_completion", tolerating.GrantBeforeCompletion)
NOTICE_RECALL = _command("notice_recall", tolerating.NoticeRecall)
HEAR_ON_RECALL = _command("hear_on_recall", tolerating.HearOnRecall)
RECALL_RESULT = _command("recall_result", tolerating.RecallResult)
DROP_RECALL = _command("drop_recall", tolerating.DropRecall)
RECORD_POST_CHECK = _command("record_post_check", tolerating.RecordPostCheck)

DECLARE_NOT_REQUIRED = _command("declare_not_required", exits.DeclareNotRequired)
DECLARE_NOT_COMPETENT = _command("declare_not_competent", exits.DeclareNotCompetent)
TERMINATE_CASE = _command("terminate_case", exits.TerminateCase)
VOID_CASE = _command("void_case", exits.VoidCase)

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
SEARCH_ENTRIES = Method("audit", "search_entries", audit.SearchEntries, audit.EntryPage)
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
