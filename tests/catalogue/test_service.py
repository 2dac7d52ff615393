"""The running service over a real broker: who may do what, and how refusals and repeats are answered."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest
from pydantic import BaseModel

from services.catalogue.contracts import (
    CalendarList,
    GetGuide,
    GetItem,
    GetToleranceList,
    GuideView,
    ItemPage,
    ItemView,
    ListCalendars,
    ListItems,
    PublicationReceipt,
    PublishCalendar,
    PublishItem,
    Text,
    ToleranceList,
    WithdrawItem,
)
from services.catalogue.seed.__main__ import publish_seed
from services.catalogue.settings import CatalogueSettings
from shared.database import Database
from shared.errors import Refused, Unavailable
from shared.identity import Actor, Role, TokenSigner
from shared.messaging.broker import Broker
from shared.messaging.rpc import RpcClient
from shared.messaging.topology import ServiceTopology, declare
from shared.testing.actors import an_actor
from shared.testing.plugin import SettingsMaker
from shared.testing.servers import PlatformServers
from tests.catalogue.conftest import IMPLEMENTATION, MakeContent

Reply = TypeVar("Reply", bound=BaseModel)
NEXT_YEAR = PublishCalendar.model_validate(
    {
        "calendar": {
            "year": 2027,
            "version": 1,
            "notice": {"title": "通知", "number": "1号", "issued_on": "2026-11-27"},
            "holidays": [{"holiday": "元旦", "off": ["2027-01-01"], "work": []}],
        }
    }
)
WITHDRAWAL = WithdrawItem.model_validate(
    {
        "code": IMPLEMENTATION,
        "expected_version": 1,
        "effective_on": "2026-09-18",
        "reason": Text(zh="取消", en="Gone"),
    }
)


@dataclass
class Counter:
    """Calls the catalogue as the gateway does, or as another service does for its own actor."""

    gateway: RpcClient
    applications: RpcClient

    async def ask(
        self,
        method: str,
        request: BaseModel,
        reply: type[Reply],
        *,
        actor: Actor | None = None,
        command_id: uuid.UUID | None = None,
    ) -> Reply:
        actor = actor or an_actor(Role.KEEPER)
        client = self.applications if actor.has(Role.SYSTEM) else self.gateway
        return await client.call(
            "catalogue", method, request, reply, actor=actor, command_id=command_id, timeout_seconds=30
        )

    async def publish(self, request: PublishItem, command_id: uuid.UUID | None = None) -> PublicationReceipt:
        command_id = command_id or uuid.uuid4()
        return await self.ask("publish_item", request, PublicationReceipt, command_id=command_id)


@pytest.fixture
async def counter(
    settings_for: SettingsMaker,
    broker_url_for: Callable[[str], str],
    amqp_url: str,
    platform_servers: PlatformServers,
) -> AsyncIterator[Counter]:
    """The service as a process of its own, on the seeded catalogue."""
    settings = settings_for(CatalogueSettings, "catalogue")
    database = Database(settings.database_url, size=1)
    await database.start()
    async with database.transaction() as connection:
        await publish_seed(connection)
    await database.stop()
    await asyncio.to_thread(declare, amqp_url, [ServiceTopology("catalogue")])
    process = platform_servers.launch_service(
        "catalogue", "services.catalogue.service:CatalogueService", settings
    )
    brokers = {
        name: Broker(broker_url_for(name), name=f"test-{name}") for name in ("gateway", "applications")
    }
    clients = [
        RpcClient(broker, name=name, signer=TokenSigner.from_secrets(settings.secrets_dir, name))
        for name, broker in brokers.items()
    ]
    for broker in brokers.values():
        broker.start()
    counter = Counter(*clients)
    for role in (Role.KEEPER, Role.SYSTEM):
        await answered(counter, an_actor(role))
    yield counter
    for broker in brokers.values():
        await broker.stop()
    await asyncio.to_thread(process.stop)


async def answered(counter: Counter, actor: Actor) -> None:
    """Wait until this actor's calls go through: a client needs a moment after its connection is open."""
    async with asyncio.timeout(30):
        while True:
            try:
                await counter.ask("list_calendars", ListCalendars(year=2030), CalendarList, actor=actor)
                return
            except Unavailable:
                await asyncio.sleep(0.05)


async def test_everybody_may_read_and_only_a_keeper_may_publish(
    counter: Counter, content_with: MakeContent
) -> None:
    for role in Role:
        actor = an_actor(role)
        assert (await counter.ask("list_items", ListItems(limit=2), ItemPage, actor=actor)).next_cursor
        assert (
            await counter.ask("get_item", GetItem(code=IMPLEMENTATION), ItemView, actor=actor)
        ).item.version == 1
        assert await counter.ask("get_guide", GetGuide(code=IMPLEMENTATION), GuideView, actor=actor)
        assert await counter.ask("get_tolerance_list", GetToleranceList(), ToleranceList, actor=actor)
        assert await counter.ask("list_calendars", ListCalendars(), CalendarList, actor=actor)
        if role is Role.KEEPER:
            continue
        for method, command in (
            ("publish_item", PublishItem(content=content_with())),
            ("withdraw_item", WITHDRAWAL),
            ("publish_calendar", NEXT_YEAR),
        ):
            with pytest.raises(Refused) as refusal:
                await counter.ask(method, command, PublicationReceipt, actor=actor, command_id=uuid.uuid4())
            assert (refusal.value.kind, refusal.value.code) == ("forbidden", "role_not_allowed")


async def test_a_visitor_without_account_reads_the_guide(counter: Counter) -> None:
    visitor = Actor("account:visitor", frozenset({Role.APPLICANT}))
    guide = await counter.ask("get_guide", GetGuide(code=IMPLEMENTATION), GuideView, actor=visitor)
    assert guide.local_code == "A-02"


async def test_the_same_command_again_has_the_same_answer_and_no_effect(
    counter: Counter, content_with: MakeContent
) -> None:
    command_id, command = uuid.uuid4(), PublishItem(content=content_with())
    first = await counter.publish(command, command_id)
    assert (first.version, first.changed) == (2, True)
    assert await counter.publish(command, command_id) == first
    with pytest.raises(Refused, match="idempotency_key_reused"):
        await counter.publish(PublishItem(content=content_with(visits=2)), command_id)
    with pytest.raises(Refused, match="item_version_stale"):
        await counter.ask("withdraw_item", WITHDRAWAL, PublicationReceipt, command_id=uuid.uuid4())
    with pytest.raises(Refused, match="command_id_missing"):
        await counter.ask("withdraw_item", WITHDRAWAL, PublicationReceipt)
    view = await counter.ask("get_item", GetItem(code=IMPLEMENTATION), ItemView)
    assert (view.item.version, view.state) == (2, "in_use")


async def test_refusals_say_where_and_why_in_both_languages(
    counter: Counter, content_with: MakeContent
) -> None:
    broken = content_with(promised_limit={"amount": 21, "unit": "working_day"})
    with pytest.raises(Refused) as refusal:
        await counter.publish(PublishItem(content=broken))
    (fault,) = refusal.value.errors
    assert (fault.pointer, fault.code) == ("/content/promised_limit", "promise_beyond_statutory_limit")
    assert "承诺" in fault.zh
    with pytest.raises(Refused) as unknown:
        await counter.ask("get_guide", GetGuide(code="0" * 31), GuideView)
    assert (unknown.value.kind, unknown.value.code) == ("not_found", "item_unknown")


@pytest.mark.parametrize(
    "request_body",
    [
        {"text": "\x00"},
        {"text": "\ud800"},
        {"limit": 0},
        {"limit": 10**30},
        {"item_type": "02"},
        {"cursor": "x" * 300},
        {"unknown": 1},
    ],
)
def test_a_question_that_fits_no_contract_is_not_even_asked(request_body: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        ListItems.model_validate(request_body)
