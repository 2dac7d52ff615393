"""What the catalogue can be asked and told. The public reads it through the gateway, without an account."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from pydantic import BaseModel

from services.catalogue import handlers, metrics
from services.catalogue.contracts import (
    CalendarList,
    CalendarReceipt,
    GetGuide,
    GetItem,
    GetToleranceList,
    GuideView,
    ItemMatches,
    ItemPage,
    ItemView,
    ListCalendars,
    ListItems,
    PublicationReceipt,
    PublishCalendar,
    PublishItem,
    SearchItems,
    ToleranceList,
    WithdrawItem,
)
from services.catalogue.search import index_missing
from services.catalogue.settings import CatalogueSettings
from services.catalogue.store import CatalogueStore, Recording
from shared import time
from shared.database import Connection
from shared.deadlines import announced_working_days_ahead
from shared.errors import Refused
from shared.identity import Role
from shared.messaging.commands import command as one_time
from shared.runtime import Call, Runtime, rpc, timer

# 行政许可法 Art 30: what can be applied for, and how, is open to everybody.
EVERYBODY: Final = tuple(Role)

Receipt = TypeVar("Receipt", bound=BaseModel)


class CatalogueService:
    """Service items, their versions and guides, and the calendars."""

    name = "catalogue"
    runtime = Runtime(CatalogueSettings)

    @rpc(*EVERYBODY)
    async def list_items(self, call: Call, request: ListItems) -> ItemPage:
        """The items in force, page by page."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.list_items(request, CatalogueStore(connection), time.today())

    @rpc(*EVERYBODY)
    async def search_items(self, call: Call, request: SearchItems) -> ItemMatches:
        """The items in force that answer to the words, the best first."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.search_items(request, CatalogueStore(connection), time.today())

    @rpc(*EVERYBODY)
    async def get_item(self, call: Call, request: GetItem) -> ItemView:
        """One item whole: the version in force, or the one that a case has pinned."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.get_item(request, CatalogueStore(connection), time.today())

    @rpc(*EVERYBODY)
    async def get_guide(self, call: Call, request: GetGuide) -> GuideView:
        """The public guide of an item."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.get_guide(request, CatalogueStore(connection), time.today())

    @rpc(*EVERYBODY)
    async def get_tolerance_list(self, call: Call, request: GetToleranceList) -> ToleranceList:
        """The public list of items whose papers may follow later."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.get_tolerance_list(request, CatalogueStore(connection), time.today())

    @rpc(*EVERYBODY)
    async def list_calendars(self, call: Call, request: ListCalendars) -> CalendarList:
        """The working days of the years that have been announced."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.list_calendars(request, CatalogueStore(connection), time.today())

    @rpc(Role.KEEPER)
    async def publish_item(self, call: Call, request: PublishItem) -> PublicationReceipt:
        """Publish an item as its next version; every case keeps the version it was submitted under."""

        async def publish(connection: Connection) -> PublicationReceipt:
            return await handlers.publish_item(request, CatalogueStore(connection), _recording(call))

        return await self._once(call, request, PublicationReceipt, publish)

    @rpc(Role.KEEPER)
    async def withdraw_item(self, call: Call, request: WithdrawItem) -> PublicationReceipt:
        """Cancel an item: from its effective day nobody can apply for it any more."""

        async def withdraw(connection: Connection) -> PublicationReceipt:
            return await handlers.withdraw_item(request, CatalogueStore(connection), _recording(call))

        return await self._once(call, request, PublicationReceipt, withdraw)

    @rpc(Role.KEEPER)
    async def publish_calendar(self, call: Call, request: PublishCalendar) -> CalendarReceipt:
        """Publish a year's notice: open deadlines of every service are computed again."""

        async def publish(connection: Connection) -> CalendarReceipt:
            return await handlers.publish_given_calendar(
                request, CatalogueStore(connection), _recording(call)
            )

        return await self._once(call, request, CalendarReceipt, publish)

    @timer(seconds=15)
    async def measure(self) -> None:
        """How many working days ahead are announced; it sinks by itself as days go by."""
        async with self.runtime.database.acquire() as connection:
            calendar = await handlers.known_calendar(CatalogueStore(connection))
        metrics.set_working_days_ahead(announced_working_days_ahead(time.today(), calendar))

    @timer(seconds=15)
    async def index_missing(self) -> None:
        """Items that were published before there was this index, or under older rules of it, become findable."""
        async with self.runtime.database.transaction() as connection:
            await index_missing(CatalogueStore(connection))

    async def _once(
        self,
        call: Call,
        request: BaseModel,
        reply: type[Receipt],
        run: Callable[[Connection], Awaitable[Receipt]],
    ) -> Receipt:
        """The same command id again gives the same receipt and changes nothing."""
        if call.command_id is None:
            raise Refused("invalid", "command_id_missing", "缺少命令编号。", "The command id is missing.")
        this = one_time(call.command_id, call.operation, request)
        receipt: Receipt = await self.runtime.commands.run_once(self.runtime.database, this, reply, run)
        return receipt


def _recording(call: Call) -> Recording:
    return Recording(call.actor, time.now(), call.traceparent)
