"""Publishing on a real PostgreSQL: a version and its event together, never changed, never published twice."""

import asyncio
from datetime import date

import asyncpg
import pytest

from services.catalogue import handlers
from services.catalogue.contracts import ItemPublishedV1, ItemState, ItemWithdrawnV1, PublishItem
from services.catalogue.domain.errors import (
    ItemNotInForce,
    ItemRefused,
    ItemStale,
    ItemUnknown,
    ItemWithdrawnAlready,
    OrganisationUnknown,
)
from services.catalogue.store import CatalogueStore
from tests.catalogue.conftest import IMPLEMENTATION, KeepersDesk, MakeContent

LONGER = {"promised_limit": {"amount": 7, "unit": "working_day"}}


async def test_the_first_publication_is_version_one_and_is_told_whole(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    receipt = await desk.publish(content_with())
    assert (receipt.version, receipt.changed) == (1, True)
    envelope = (await desk.told())[-1]
    event = ItemPublishedV1.model_validate(envelope.data)
    assert (envelope.type, envelope.subject, envelope.sequence) == (
        ItemPublishedV1.event_type,
        IMPLEMENTATION,
        1,
    )
    assert event.item == (await desk.item()).item
    assert event.item.content.tolerance.supply_working_days == 3
    assert event.organ.uscc == "11341600762764234C"


async def test_the_same_content_again_changes_nothing_and_tells_nobody(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    await desk.publish(content_with())
    told = len(await desk.told())
    receipt = await desk.publish(content_with())
    assert (receipt.version, receipt.changed) == (1, False)
    assert len(await desk.told()) == told


async def test_a_change_is_the_next_version_and_the_old_one_stays_readable(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    await desk.publish(content_with())
    assert (await desk.publish(content_with(**LONGER))).version == 2
    assert (await desk.item()).item.content.promised_limit.amount == 7
    old = await desk.item(1)
    assert (old.item.content.promised_limit.amount, old.current_version) == (5, 2)


async def test_going_back_to_an_older_content_is_a_new_version(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    for content in (content_with(), content_with(**LONGER), content_with()):
        await desk.publish(content)
    assert (await desk.item()).item.version == 3


async def test_an_item_that_breaks_rules_is_refused_with_all_of_them(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    broken = content_with(
        promised_limit={"amount": 30, "unit": "working_day"},
        conditions=[{"text": ["条件", "A condition"], "basis": []}],
    )
    told = len(await desk.told())
    with pytest.raises(ItemRefused) as refusal:
        await desk.publish(broken)
    assert {fault.code for fault in refusal.value.errors} == {
        "promise_beyond_statutory_limit",
        "basis_missing",
    }
    assert len(await desk.told()) == told
    with pytest.raises(ItemUnknown):
        await desk.item()


async def test_an_organ_that_is_not_on_record_publishes_nothing(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    uscc = "11320700014252401B"
    implementation = f"{uscc}3000180002002"
    codes = {
        "basic": "000180002002",
        "implementation": implementation,
        "handling": f"{implementation}01",
        "local": "X",
    }
    with pytest.raises(OrganisationUnknown):
        await desk.publish(content_with(organ_uscc=uscc, codes=codes))


async def test_a_second_keeper_waits_for_the_first_and_then_finds_nothing_to_publish(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    async with desk.database.transaction() as connection:
        command = PublishItem(content=content_with())
        first = await handlers.publish_item(command, CatalogueStore(connection), desk.recording)
        second = asyncio.create_task(desk.publish(content_with()))
        await asyncio.wait([second], timeout=0.3)
        assert not second.done()
    assert ((await second).version, (await second).changed) == (first.version, False)


@pytest.mark.parametrize("table", ["item_versions", "organisation_versions", "calendar_versions"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET published_by = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
async def test_not_even_the_service_can_change_a_published_version(
    desk: KeepersDesk, content_with: MakeContent, table: str, statement: str
) -> None:
    await desk.publish(content_with())
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="never changes"):
        await desk.database.fetch(statement.format(table))


async def test_a_withdrawal_takes_effect_on_its_day_and_is_told(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    await desk.publish(content_with())
    await desk.withdraw(1, on=date(2026, 10, 1))
    assert (await desk.item(today=date(2026, 9, 30))).state is ItemState.IN_USE
    view = await desk.item(today=date(2026, 10, 1))
    assert view.state is ItemState.WITHDRAWN
    assert view.withdrawn_reason is not None
    envelope = (await desk.told())[-1]
    assert (envelope.sequence, ItemWithdrawnV1.model_validate(envelope.data).effective_on) == (
        2,
        date(2026, 10, 1),
    )


async def test_an_item_is_withdrawn_once_and_only_in_the_version_that_was_seen(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    with pytest.raises(ItemUnknown):
        await desk.withdraw(1)
    await desk.publish(content_with())
    with pytest.raises(ItemStale):
        await desk.withdraw(2)
    await desk.withdraw(1)
    with pytest.raises(ItemWithdrawnAlready):
        await desk.withdraw(1)


async def test_a_withdrawn_item_that_is_published_again_is_in_use_under_a_new_version(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    await desk.publish(content_with())
    await desk.withdraw(1)
    assert (await desk.publish(content_with())).version == 2
    view = await desk.item()
    assert (view.state, view.withdrawn_on) == (ItemState.IN_USE, None)
    assert [envelope.sequence for envelope in await desk.told()][-3:] == [1, 2, 3]


async def test_a_version_is_in_force_from_its_day(desk: KeepersDesk, content_with: MakeContent) -> None:
    await desk.publish(content_with(effective_on="2026-10-01"))
    with pytest.raises(ItemNotInForce):
        await desk.item(today=date(2026, 9, 30))
    await desk.publish(content_with(effective_on="2026-11-01", **LONGER))
    assert (await desk.item(today=date(2026, 10, 31))).item.version == 1
    assert (await desk.item(today=date(2026, 11, 1))).item.version == 2


async def test_a_version_that_was_never_published_is_unknown(
    desk: KeepersDesk, content_with: MakeContent
) -> None:
    await desk.publish(content_with())
    with pytest.raises(ItemUnknown) as unknown:
        await desk.item(2)
    assert unknown.value.pointer == "/version"
