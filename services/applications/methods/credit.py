"""Credit: importing lists, looking, repairing and withdrawing records, and asking again about an applicant."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel

from services.applications import access
from services.applications.contracts.credit import (
    AskCreditAgain,
    CaseCredit,
    CreditImportReport,
    CreditPage,
    CreditRecordView,
    ImportCredit,
    ListCredit,
    PersonCredit,
    QueryCredit,
    RepairCredit,
    WithdrawCreditRecord,
)
from services.applications.credit import ending, importing, looking, of_cases
from services.applications.credit.work import Work
from services.applications.methods.base import Methods
from shared.database import Connection
from shared.identity import Role
from shared.messaging.commands import command as one_time
from shared.runtime import Call, rpc

Reply = TypeVar("Reply", bound=BaseModel)


class CreditMethods(Methods):
    """Credit: the keepers' register, and the clerks' question about an applicant."""

    @rpc(Role.KEEPER)
    async def import_credit(self, call: Call, request: ImportCredit) -> CreditImportReport:
        """Put a file of records on the register: the whole file, or nothing and every fault in it."""
        # Read before the transaction, which then only writes.
        file = await importing.prepare(request.content, self._office.people)

        async def run(work: Work) -> CreditImportReport:
            return await importing.import_file(
                work, file, purpose=request.purpose, partial=request.partial, dry_run=request.dry_run
            )

        if request.dry_run:
            return await self._work(call, run)
        return await self._work_once(call, request, CreditImportReport, run)

    @rpc(Role.KEEPER)
    async def list_credit(self, call: Call, request: ListCredit) -> CreditPage:
        """A page of the registers; nobody can be recognised in it."""
        return await self._work(call, lambda work: looking.list_page(work, request))

    @rpc(Role.KEEPER)
    async def query_credit(self, call: Call, request: QueryCredit) -> PersonCredit:
        """Every record of one person, for a purpose that is recorded."""
        return await self._work(call, lambda work: looking.query(work, request))

    @rpc(Role.KEEPER)
    async def repair_credit(self, call: Call, request: RepairCredit) -> CreditRecordView:
        """Record that a record was repaired, a default of this platform too."""
        return await self._work_once(
            call, request, CreditRecordView, lambda work: ending.repair(work, request)
        )

    @rpc(Role.KEEPER)
    async def withdraw_credit_record(self, call: Call, request: WithdrawCreditRecord) -> CreditRecordView:
        """Take back a record that was wrong."""
        return await self._work_once(
            call, request, CreditRecordView, lambda work: ending.withdraw(work, request)
        )

    @rpc(Role.CLERK)
    async def ask_credit_again(self, call: Call, request: AskCreditAgain) -> CaseCredit:
        """Ask every source anew about the applicant of a case that waits for its answer."""
        return await of_cases.ask_again(self._office, call.actor, request.case_id, call.traceparent)

    async def _work(self, call: Call, act: Callable[[Work], Awaitable[Reply]]) -> Reply:
        async with self.runtime.database.transaction() as connection:
            return await act(self._work_of(call, connection))

    async def _work_once(
        self,
        call: Call,
        request: BaseModel,
        reply_model: type[Reply],
        act: Callable[[Work], Awaitable[Reply]],
    ) -> Reply:
        async def run(connection: Connection) -> Reply:
            return await act(self._work_of(call, connection))

        this = one_time(access.command_id_of(call), call.operation, request)
        reply: Reply = await self.runtime.commands.run_once(self.runtime.database, this, reply_model, run)
        return reply

    def _work_of(self, call: Call, connection: Connection) -> Work:
        return Work(connection, call.actor, self._office.people, self._office.keyring, call.traceparent)
