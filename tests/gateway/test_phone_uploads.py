"""Photos from a phone: one link for one paper, for a quarter of an hour, for one phone, without sign-in."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from services.gateway.applicant import drafts, phone_uploads
from services.gateway.gateway import Gateway
from services.gateway.problems import Problem
from services.gateway.sweeping import sweep
from shared import time
from shared.testing.clock import Clock
from tests.gateway.test_drafts import CODE, OWNER
from tests.shared.test_blobs_pictures import saved, telling, written

PHONE, OTHER_PHONE = b"p" * 32, b"q" * 32
PAPER = "A-1"


def photo(width: int = 900) -> bytes:
    return saved(written(width))


async def link_for(gateway: Gateway) -> phone_uploads.Link:
    draft = await drafts.begin(gateway, OWNER, CODE, 1, "事项")
    return await phone_uploads.begin(gateway, OWNER, draft.id, PAPER)


async def came(gateway: Gateway, draft_id: UUID) -> list[UUID]:
    draft = await drafts.load(gateway, OWNER, draft_id)
    return [part.upload_id for part in draft.papers[PAPER].files]


async def test_photos_arrive_in_the_draft_one_behind_the_other(gateway: Gateway) -> None:
    link = await link_for(gateway)
    for width in (900, 901, 900):
        await phone_uploads.take(gateway, link, PHONE, photo(width), "IMG.jpg")
    # The same photo sent twice is one.
    assert len(await came(gateway, link.draft_id)) == 2
    assert [view.upload_id for view in await phone_uploads.photos(gateway, link)] == await came(
        gateway, link.draft_id
    )


async def test_the_first_photo_of_a_link_takes_the_place_of_what_was_there(gateway: Gateway) -> None:
    first = await link_for(gateway)
    await phone_uploads.take(gateway, first, PHONE, photo(900), None)
    second = await phone_uploads.begin(gateway, OWNER, first.draft_id, PAPER)
    await phone_uploads.take(gateway, second, PHONE, photo(950), None)
    assert len(await came(gateway, first.draft_id)) == 1


async def test_a_link_ends_with_its_time_a_new_one_its_owner_or_the_draft(
    gateway: Gateway, clock: Clock
) -> None:
    first = await link_for(gateway)
    second = await phone_uploads.begin(gateway, OWNER, first.draft_id, PAPER)
    assert (await phone_uploads.by_token(gateway, second.token)).draft_id == first.draft_id
    for token in (first.token, "guessed", ""):
        with pytest.raises(Problem) as ended:
            await phone_uploads.by_token(gateway, token)
        assert (ended.value.code, ended.value.status) == ("phone_link_ended", 410)
    assert await phone_uploads.current(gateway, "account:2", first.draft_id, PAPER) is None
    clock.set_to(time.now() + timedelta(minutes=16))
    with pytest.raises(Problem):
        await phone_uploads.by_token(gateway, second.token)
    third = await phone_uploads.begin(gateway, OWNER, first.draft_id, PAPER)
    await phone_uploads.revoke(gateway, third.draft_id, PAPER)
    with pytest.raises(Problem):
        await phone_uploads.by_token(gateway, third.token)


async def test_a_link_belongs_to_the_phone_that_used_it_first(gateway: Gateway) -> None:
    link = await link_for(gateway)
    assert await phone_uploads.belongs_to(gateway, link, OTHER_PHONE)
    await phone_uploads.take(gateway, link, PHONE, photo(), None)
    assert not await phone_uploads.belongs_to(gateway, link, OTHER_PHONE)
    with pytest.raises(Problem) as refused:
        await phone_uploads.take(gateway, link, OTHER_PHONE, photo(950), None)
    assert refused.value.code == "phone_link_ended"
    with pytest.raises(Problem):
        await phone_uploads.finish(gateway, link, OTHER_PHONE)
    await phone_uploads.finish(gateway, link, PHONE)
    assert (await phone_uploads.by_token(gateway, link.token)).finished


async def test_a_phone_sends_photos_only_and_only_while_the_draft_is_open(gateway: Gateway) -> None:
    link = await link_for(gateway)
    with pytest.raises(Problem) as refused:
        await phone_uploads.take(gateway, link, PHONE, b"%PDF-1.7\n", None)
    assert refused.value.code == "photos_only"
    await drafts.delete(gateway, OWNER, link.draft_id)
    with pytest.raises(Problem) as ended:
        await phone_uploads.take(gateway, link, PHONE, photo(), None)
    assert ended.value.code == "phone_link_ended"


async def test_what_is_too_many_is_refused_before_it_is_stored(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_uploads, "MOST_PHOTOS", 1)
    link = await link_for(gateway)
    await phone_uploads.take(gateway, link, PHONE, photo(900), None)
    with pytest.raises(Problem) as refused:
        await phone_uploads.take(gateway, link, PHONE, photo(901), None)
    assert refused.value.code == "photos_only"
    assert len(await gateway.database.fetch("SELECT id FROM uploads")) == 1


async def test_the_database_knows_no_token_and_forgets_old_links(gateway: Gateway, clock: Clock) -> None:
    link = await link_for(gateway)
    [row] = await gateway.database.fetch("SELECT * FROM phone_links")
    assert link.token not in repr(dict(row))
    clock.set_to(time.now() + timedelta(days=2))
    await sweep(gateway.database, gateway.uploads)
    assert await gateway.database.fetch("SELECT 1 FROM phone_links") == []


async def test_a_thumbnail_is_drawn_by_ourselves_and_kept(gateway: Gateway) -> None:
    link = await link_for(gateway)
    await phone_uploads.take(gateway, link, PHONE, saved(written(), exif=telling(6)), None)
    [view] = await phone_uploads.photos(gateway, link)
    drawn = await gateway.uploads.thumbnail(view.digest, view.media_type)
    assert drawn is not None
    assert drawn.startswith(b"\xff\xd8")
    assert await gateway.uploads.thumbnail(view.digest, view.media_type) == drawn
    assert b"Spy" not in await gateway.uploads.content(view.digest)


async def test_a_link_that_ended_says_so_on_the_phone(http: httpx.AsyncClient) -> None:
    answer = await http.get("/phone/nothing", headers={"accept": "text/html"})
    assert answer.status_code == 410
    assert "重新生成二维码" in answer.text
