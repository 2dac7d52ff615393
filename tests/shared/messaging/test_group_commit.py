"""Group commit gathers what arrives during a transaction and lets no bad item hurt another."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.messaging.group_commit import GroupCommit


class Ledger:
    """Stands for the database: remembers which items were written together."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def write_all(self, items: Sequence[int]) -> list[int | BaseException]:
        await self.gate.wait()
        if 13 in items and len(items) > 1:
            raise RuntimeError("the whole transaction fails")
        self.groups.append(list(items))
        return [item * 10 for item in items]

    async def write_one(self, item: int) -> int:
        if item == 13:
            raise ValueError("an unlucky item")
        self.groups.append([item])
        return item * 10


async def test_an_item_alone_goes_at_once() -> None:
    ledger = Ledger()
    assert await GroupCommit(ledger.write_all, ledger.write_one).add(1) == 10
    assert ledger.groups == [[1]]


async def test_items_that_arrive_during_a_transaction_share_the_next_one() -> None:
    ledger = Ledger()
    commit: GroupCommit[int, int] = GroupCommit(ledger.write_all, ledger.write_one)
    ledger.gate.clear()
    first = asyncio.create_task(commit.add(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(commit.add(item)) for item in (2, 3, 4)]
    await asyncio.sleep(0.01)
    ledger.gate.set()
    assert await asyncio.gather(first, *others) == [10, 20, 30, 40]
    assert ledger.groups == [[1], [2, 3, 4]]


async def test_a_bad_item_refuses_no_other() -> None:
    ledger = Ledger()
    commit: GroupCommit[int, int] = GroupCommit(ledger.write_all, ledger.write_one)
    results = await asyncio.gather(*(commit.add(item) for item in (1, 13, 2)), return_exceptions=True)
    assert [results[0], results[2]] == [10, 20]
    assert isinstance(results[1], ValueError)


async def test_no_group_is_larger_than_allowed() -> None:
    ledger = Ledger()
    commit: GroupCommit[int, int] = GroupCommit(ledger.write_all, ledger.write_one, largest=2)
    assert await asyncio.gather(*(commit.add(item) for item in range(5))) == [0, 10, 20, 30, 40]
    assert max(len(group) for group in ledger.groups) == 2


async def test_a_caller_who_gave_up_stops_nobody() -> None:
    ledger = Ledger()
    commit: GroupCommit[int, int] = GroupCommit(ledger.write_all, ledger.write_one)
    ledger.gate.clear()
    gone = asyncio.create_task(commit.add(1))
    await asyncio.sleep(0.01)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    ledger.gate.set()
    assert await commit.add(2) == 20


async def test_whatever_ends_a_transaction_no_caller_waits_for_ever() -> None:
    async def cancelled(items: Sequence[int]) -> list[int | BaseException]:
        raise asyncio.CancelledError

    async def too_few(items: Sequence[int]) -> list[int | BaseException]:
        return [1]

    for write_all in (cancelled, too_few):
        commit: GroupCommit[int, int] = GroupCommit(write_all, Ledger().write_one)
        async with asyncio.timeout(2):
            results = await asyncio.gather(*(commit.add(item) for item in (1, 2)), return_exceptions=True)
        assert isinstance(results[1], RuntimeError)
