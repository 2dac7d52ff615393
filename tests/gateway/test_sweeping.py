"""Drafts are kept for ninety days and erased by the clock, and with them the files that went into nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest

from services.gateway.applicant import drafts
from services.gateway.gateway import Gateway
from services.gateway.problems import Problem
from services.gateway.sweeping import sweep
from services.gateway.uploads import Paper
from shared import time
from shared.testing.clock import Clock
from tests.gateway.test_drafts import CODE

PDF = b"%PDF-1.7\n"


async def upload(gateway: Gateway, owner: str, content: bytes = PDF):
    return await gateway.uploads.add(owner, content, "申请表.pdf", uuid4())


async def swept(gateway: Gateway) -> None:
    await sweep(gateway.database, gateway.uploads)


async def test_a_draft_is_there_on_the_ninetieth_day_and_gone_after_it(gateway: Gateway, clock: Clock):
    begun = time.now()
    one = await drafts.begin(gateway, "account:1", CODE, 1, "事项")
    clock.set_to(begun + timedelta(days=89))
    await swept(gateway)
    # On another device: whoever signs in finds it.
    assert [found.id for found in await drafts.unsent(gateway, "account:1")] == [one.id]
    clock.set_to(begun + timedelta(days=90, minutes=1))
    await swept(gateway)
    assert await drafts.unsent(gateway, "account:1") == []
    with pytest.raises(Problem):
        await drafts.load(gateway, "account:1", one.id)


async def test_coming_back_keeps_a_draft_for_another_ninety_days(gateway: Gateway, clock: Clock):
    begun = time.now()
    one = await drafts.begin(gateway, "account:1", CODE, 1, "事项")
    clock.set_to(begun + timedelta(days=80))
    await drafts.save(gateway, "account:1", one)
    clock.set_to(begun + timedelta(days=120))
    await swept(gateway)
    assert (await drafts.load(gateway, "account:1", one.id)).id == one.id


async def test_a_file_that_went_into_nothing_is_erased(gateway: Gateway, clock: Clock):
    begun = time.now()
    loose = await upload(gateway, "account:1")
    handed_in = await upload(gateway, "account:2", PDF + b"2")
    await gateway.uploads.hand_in(["account:2"], [Paper(code="A", upload_id=handed_in.upload_id)])
    awaited = await upload(gateway, "account:3", PDF + b"3")
    clock.set_to(begun + timedelta(days=60))
    await drafts.begin(gateway, "account:3", CODE, 1, "事项")
    clock.set_to(begun + timedelta(days=91))
    await swept(gateway)
    with pytest.raises(Problem):
        await gateway.uploads.get("account:1", loose.upload_id)
    with pytest.raises(Problem):
        await gateway.uploads.content(loose.digest)
    with pytest.raises(Problem, match="upload_unknown"):
        await gateway.uploads.hand_in(["account:1"], [Paper(code="A", upload_id=loose.upload_id)])
    for kept in (handed_in, awaited):
        assert (await gateway.uploads.content(kept.digest)).startswith(PDF)


async def test_the_same_bytes_of_somebody_else_stay(gateway: Gateway, clock: Clock):
    begun = time.now()
    await upload(gateway, "account:1")
    kept = await upload(gateway, "account:2")
    await gateway.uploads.hand_in(["account:2"], [Paper(code="A", upload_id=kept.upload_id)])
    clock.set_to(begun + timedelta(days=91))
    await swept(gateway)
    assert await gateway.uploads.content(kept.digest) == PDF
    # And can come again.
    again = await upload(gateway, "account:1")
    assert again.digest == kept.digest


async def test_looking_at_papers_hands_nothing_in(gateway: Gateway, clock: Clock):
    begun = time.now()
    looked_at = await upload(gateway, "account:1")
    await gateway.uploads.attach(["account:1"], [Paper(code="A", upload_id=looked_at.upload_id)])
    clock.set_to(begun + timedelta(days=91))
    await swept(gateway)
    with pytest.raises(Problem):
        await gateway.uploads.get("account:1", looked_at.upload_id)
