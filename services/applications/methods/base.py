"""How the methods of the case engine run: commands once in a transaction, questions without, looks with their record."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel

from services.applications import access, handlers
from services.applications import contracts as v
from services.applications.handlers import Doing
from services.applications.office import Office
from shared.database import Connection
from shared.messaging.commands import command as one_time
from shared.runtime import Call, Runtime

Request = TypeVar("Request", bound=BaseModel)
Reply = TypeVar("Reply", bound=BaseModel)


class Methods:
    """What every topic's methods stand on."""

    runtime: Runtime

    @property
    def _office(self) -> Office:
        office: Office = self.runtime.state.office
        return office

    async def _once(
        self, call: Call, request: Request, handle: Callable[[Doing, Request], Awaitable[v.CaseReceipt]]
    ) -> v.CaseReceipt:
        """Run a command in a transaction with its command row; the same command again gets the same reply."""
        happened: list[Doing] = []

        async def run(connection: Connection) -> v.CaseReceipt:
            doing = Doing(self._office, connection, call.actor, call.traceparent)
            receipt = await handle(doing, request)
            happened.append(doing)
            return receipt

        this = one_time(access.command_id_of(call), call.operation, request)
        receipt: v.CaseReceipt = await self.runtime.commands.run_once(
            self.runtime.database, this, v.CaseReceipt, run
        )
        for doing in happened:
            handlers.count(doing.happened)
        return receipt

    async def _ask(
        self, call: Call, request: Request, answer: Callable[[Doing, Request], Awaitable[Reply]]
    ) -> Reply:
        """Answer a question; its statements need no common transaction."""
        async with self.runtime.database.acquire() as connection:
            return await answer(Doing(self._office, connection, call.actor, call.traceparent), request)

    async def _look(
        self, call: Call, request: Request, answer: Callable[[Doing, Request], Awaitable[Reply]]
    ) -> Reply:
        """Answer a question that may leave a record of the look, in one transaction with it."""
        async with self.runtime.database.transaction() as connection:
            return await answer(Doing(self._office, connection, call.actor, call.traceparent), request)
