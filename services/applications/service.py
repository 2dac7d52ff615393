"""Everything that can happen to a case.

Submissions go through group commit; every other command runs once in a transaction of its own.  Items and calendars
come by events and are kept here, so that all of this works while the catalogue is stopped.
"""

import logging

from services.applications import contracts as v
from services.applications import (
    expiry,
    handlers,
    looks,
    metrics,
    projections,
    queries,
    recalculating,
    refolding,
    submitting,
    timers,
    work_lists,
)
from services.applications.credit import of_cases
from services.applications.methods.base import Methods
from services.applications.methods.credit import CreditMethods
from services.applications.methods.exits import ExitMethods
from services.applications.methods.hearings import HearingMethods
from services.applications.methods.licences import LicenceMethods
from services.applications.methods.looking_up import LookingUpMethods
from services.applications.methods.mandates import MandateMethods
from services.applications.methods.printing import PrintingMethods
from services.applications.methods.procedures import ProcedureMethods
from services.applications.methods.rating import RatingMethods
from services.applications.methods.recalculating import RecalculatingMethods
from services.applications.methods.rehearsing import RehearsalMethods
from services.applications.methods.reviewing import ReviewMethods
from services.applications.methods.tolerating import ToleranceMethods
from services.applications.office import Office
from services.applications.process_record.reading import ProcessRecordMethods
from services.applications.settings import ApplicationsSettings
from services.applications.store import lists
from services.applications.store.intake import Intake, Submission
from services.catalogue.contracts import CalendarPublishedV1, ItemPublishedV1, ItemWithdrawnV1
from shared import time
from shared.database import Connection
from shared.identity import Role
from shared.messaging.group_commit import GroupCommit
from shared.runtime import Call, Received, Runtime, consumes, rpc, timer

log = logging.getLogger(__name__)

Submissions = GroupCommit[Submission, v.CaseReceipt]


class ApplicationsService(
    CreditMethods,
    ExitMethods,
    HearingMethods,
    LicenceMethods,
    LookingUpMethods,
    MandateMethods,
    PrintingMethods,
    ProcedureMethods,
    ProcessRecordMethods,
    RatingMethods,
    RecalculatingMethods,
    RehearsalMethods,
    ReviewMethods,
    ToleranceMethods,
    Methods,
):
    """Cases, from submission to delivery."""

    name = "applications"
    runtime = Runtime(ApplicationsSettings)

    async def ready(self) -> None:
        """Open the office and read what is known of items and calendars."""
        settings: ApplicationsSettings = self.runtime.settings
        office = Office.open(self.runtime.database, self.runtime.commands, settings)
        await office.refresh()
        if settings.demo_credit and settings.mode != "production":
            async with self.runtime.database.transaction() as connection:
                await office.load_demo_credit(connection)
        intake = Intake(self.runtime.database, self.runtime.commands)
        self.runtime.state.office = office
        self.runtime.state.submissions = Submissions(intake.write_all, intake.write_one)

    # -- commands ------------------------------------------------------------------------------------------

    @rpc(Role.APPLICANT, Role.CLERK, Role.PROVINCE)
    async def submit_case(self, call: Call, request: v.SubmitCase) -> v.CaseReceipt:
        """Hand in an application, complete or not, through whatever channel."""
        submission = await submitting.prepare(self._office, call, request)
        submissions: Submissions = self.runtime.state.submissions
        receipt = await submissions.add(submission)
        if receipt is submission.receipt:
            submitting.count(submission)
        return receipt

    @rpc(Role.CLERK)
    async def accept_case(self, call: Call, request: v.AcceptCase) -> v.CaseReceipt:
        """Accept a complete application."""
        # A commitment stands in for papers only while nothing in the credit record is against it (§5.4).
        await of_cases.before_answering(self._office, call.actor, request.case_id)
        return await self._once(call, request, handlers.accept_case)

    @rpc(Role.CLERK)
    async def accept_tolerantly(self, call: Call, request: v.AcceptTolerantly) -> v.CaseReceipt:
        """Accept although tolerable papers are still to come."""
        await of_cases.before_answering(self._office, call.actor, request.case_id)
        return await self._once(call, request, handlers.accept_tolerantly)

    @rpc(Role.CLERK)
    async def request_correction(self, call: Call, request: v.RequestCorrection) -> v.CaseReceipt:
        """Notice everything that is to be corrected, once."""
        await of_cases.before_answering(self._office, call.actor, request.case_id)
        return await self._once(call, request, handlers.request_correction)

    @rpc(Role.APPLICANT, Role.CLERK)
    async def supply_materials(self, call: Call, request: v.SupplyMaterials) -> v.CaseReceipt:
        """Hand in papers for an open case."""
        return await self._once(call, request, handlers.supply_materials)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def decide_case(self, call: Call, request: v.DecideCase) -> v.CaseReceipt:
        """Grant or refuse."""
        return await self._once(call, request, handlers.decide_case)

    @rpc(Role.CLERK)
    async def deliver_result(self, call: Call, request: v.DeliverResult) -> v.CaseReceipt:
        """Record that the result reached the applicant."""
        return await self._once(call, request, handlers.deliver_result)

    @rpc(Role.APPLICANT, Role.CLERK)
    async def withdraw_case(self, call: Call, request: v.WithdrawCase) -> v.CaseReceipt:
        """Take the application back before a decision."""
        return await self._once(call, request, handlers.withdraw_case)

    # -- questions -----------------------------------------------------------------------------------------

    @rpc(Role.APPLICANT, Role.CLERK, Role.PROVINCE)
    async def check_materials(self, call: Call, request: v.CheckMaterials) -> v.MaterialCheck:
        """What would happen to these papers; nothing is stored."""
        return await queries.check(self._office, call.actor, request)

    @rpc(
        Role.APPLICANT,
        Role.CLERK,
        Role.APPROVER,
        Role.ORGAN_HEAD,
        Role.PROVINCE,
        Role.SUPERVISOR,
        Role.AUDITOR,
    )
    async def get_case(self, call: Call, request: v.GetCase) -> v.CaseView:
        """One case, by its id or by its number and code."""
        await of_cases.before_showing(self._office, call.actor, request.case_id)
        return await self._ask(call, request, queries.get_case)

    @rpc(Role.APPLICANT, Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.PROVINCE)
    async def list_cases(self, call: Call, request: v.ListCases) -> v.CasePage:
        """A page of a work list."""
        return await self._ask(call, request, work_lists.list_cases)

    @rpc(Role.APPLICANT, Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.PROVINCE)
    async def get_document(self, call: Call, request: v.GetDocument) -> v.DocumentView:
        """One formal document of a case."""
        return await self._look(call, request, looks.get_document)

    @rpc(Role.SYSTEM)
    async def party_contact(self, call: Call, request: v.GetPartyContact) -> v.PartyContact:
        """Where a message about a case goes."""
        return await self._ask(call, request, looks.party_contact)

    @rpc(Role.CLERK, Role.APPROVER)
    async def reveal_party(self, call: Call, request: v.RevealParty) -> v.RevealedParties:
        """The parties of a case in full; the look is recorded."""
        return await self._look(call, request, looks.reveal_party)

    @rpc(Role.CLERK)
    async def find_applicant(self, call: Call, request: v.FindApplicant) -> v.RevealedParties:
        """Whom the unit knows by a certificate; the look is recorded."""
        return await self._look(call, request, looks.find_applicant)

    @rpc(Role.OPERATOR, Role.AUDITOR, Role.CLERK, Role.APPROVER, Role.APPLICANT)
    async def case_effects(self, call: Call, request: v.GetEffects) -> v.CaseEffects:
        """Every event of a case and when its message left."""
        return await self._ask(call, request, queries.case_effects)

    # -- what others tell us -------------------------------------------------------------------------------

    @consumes(ItemPublishedV1, ItemWithdrawnV1)
    async def on_item(self, connection: Connection, received: Received) -> None:
        """Keep published item versions."""
        match received.event:
            case ItemPublishedV1() as published:
                await projections.save_item(connection, published)
            case ItemWithdrawnV1() as withdrawn:
                await projections.save_withdrawal(connection, withdrawn)

    @consumes(CalendarPublishedV1)
    async def on_calendar(self, connection: Connection, received: Received) -> None:
        """Keep published calendars, and count open cases again."""
        await recalculating.keep_calendar(connection, received.event)

    # -- time ----------------------------------------------------------------------------------------------

    @timer(seconds=1)
    async def notice_changes(self) -> None:
        """Read items and calendars again when something was published."""
        await self._office.refresh()

    @timer(seconds=1)
    async def work_due_timers(self) -> None:
        """Draw the consequences of clocks that have run out."""
        await timers.work(self._office, self.runtime.actor)

    @timer(seconds=1)
    async def work_expired_licences(self) -> None:
        """Renew by silence what nobody decided on, and tell what is to be struck off."""
        await expiry.work(self._office, self.runtime.actor)

    @timer(seconds=1)
    async def fold_anew(self) -> None:
        """After an update, bring the rows of the engine before up to what this one reads out of their events."""
        await refolding.work(self._office)

    @staticmethod
    async def figures(connection: Connection) -> dict[str, float]:
        """For the operators: open cases with a clock that has run out."""
        return {"overdue": await lists.count_overdue(connection, time.today())}

    @timer(seconds=15)
    async def measure(self) -> None:
        """How many open cases are overdue."""
        async with self.runtime.database.acquire() as connection:
            metrics.set_overdue(await lists.count_overdue(connection, time.today()))
