"""Drafts of applications: sealed, their owner's alone, and what pages they have depends on what was answered."""

from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest

from services.catalogue.contracts import GuideView
from services.gateway.applicant import applying, drafts, paper_files
from services.gateway.applicant.drafts import Draft, DraftPaper, Kept, Part
from services.gateway.gateway import Gateway
from services.gateway.identity.own import OwnIdentity
from services.gateway.problems import Problem
from shared import time

OWNER, CODE = "account:1", "0" * 31
PERSON = OwnIdentity("王小明", "111", "341602199001010012", "13856700001", None)
COMPANY = OwnIdentity("亳州示例建设有限公司", "USCC", "91341600MA2TQ0X10M", "13856700005", None)


def material(code: str, **fields: object) -> SimpleNamespace:
    words = SimpleNamespace(zh=code, en=code)
    usual = {"main": True, "tolerable": False, "by_sharing": False, "required_when": None}
    return SimpleNamespace(code=code, name=words, provided_by=words, **(usual | fields))


GUIDE = cast(
    GuideView,
    SimpleNamespace(
        materials=[
            material("A-1"),
            material("A-2", main=False, tolerable=True),
            material("A-3", by_sharing=True),
        ]
    ),
)


def draft(**fields: object) -> Draft:
    return Draft.model_validate(
        {"id": uuid4(), "item_code": CODE, "item_version": 1, "item_name": "事项", **fields}
    )


def names(one: Draft, own: OwnIdentity = PERSON) -> list[str]:
    return [step.name for step in applying.steps_of(one, GUIDE, own)]


def test_whoever_applies_for_others_is_asked_who_they_are() -> None:
    assert "applicant" not in names(draft(for_whom="self"))
    assert "applicant" in names(draft(for_whom="other"))
    assert names(draft(), COMPANY)[0] == "applicant"


def test_only_whoever_lacks_a_paper_is_asked_about_tolerance() -> None:
    assert "tolerance" not in names(draft(papers={"A-2": DraftPaper(answer="shared")}))
    assert "tolerance" in names(draft(papers={"A-2": DraftPaper(answer="later")}))


def test_the_next_page_is_the_next_open_question_and_in_the_end_the_check() -> None:
    one = draft(for_whom="self", done=["who"])
    assert applying.next_step(one, GUIDE, PERSON, after="who") == "contact"
    one.done = names(one)
    assert applying.next_step(one, GUIDE, PERSON, after="who") == "check"


def test_a_shared_paper_is_not_asked_of_the_applicant() -> None:
    answers = {value for value, _, _ in applying.answers_for(GUIDE.materials[2])}
    assert answers == {"shared", "upload"}


def test_an_agent_is_the_owner_of_the_account_and_never_a_company() -> None:
    assert applying.agent_of(draft(for_whom="other"), PERSON) is not None
    assert applying.agent_of(draft(for_whom="self"), PERSON) is None
    assert applying.agent_of(draft(), COMPANY) is None


def test_a_draft_follows_its_item_and_asks_about_tolerance_again() -> None:
    one = draft(
        papers={"A-1": DraftPaper(answer="later"), "gone": DraftPaper(answer="later")},
        tolerance="yes",
        done=["who", "tolerance"],
    )
    one.follow(2, {"A-1", "A-2", "A-3"})
    assert (one.item_version, set(one.papers), one.tolerance) == (2, {"A-1"}, None)
    assert one.done == ["who"]


async def test_a_draft_belongs_to_its_owner_and_lies_sealed(gateway: Gateway) -> None:
    one = await drafts.begin(gateway, OWNER, CODE, 1, "事项")
    one.applicant = {"name": "王小明"}
    await drafts.save(gateway, OWNER, one)
    assert (await drafts.load(gateway, OWNER, one.id)).applicant == {"name": "王小明"}
    with pytest.raises(Problem):
        await drafts.load(gateway, "account:2", one.id)
    stored = await gateway.database.fetch("SELECT content FROM drafts WHERE id = $1", one.id)
    assert "王小明".encode() not in stored[0]["content"]
    await drafts.delete(gateway, "account:2", one.id)
    assert [each.id for each in await drafts.unsent(gateway, OWNER)] == [one.id]
    await drafts.delete(gateway, OWNER, one.id)
    assert await drafts.unsent(gateway, OWNER) == []


async def test_nobody_fills_the_disk_with_drafts(gateway: Gateway) -> None:
    for _ in range(drafts.MOST_DRAFTS):
        await drafts.begin(gateway, OWNER, CODE, 1, "事项")
    with pytest.raises(Problem) as refused:
        await drafts.begin(gateway, OWNER, CODE, 1, "事项")
    assert refused.value.code == "too_many_drafts"


async def test_two_windows_keep_what_each_of_them_changed(gateway: Gateway) -> None:
    begun = await drafts.begin(gateway, OWNER, CODE, 1, "事项")
    left, right = [await drafts.load(gateway, OWNER, begun.id) for _ in range(2)]
    left.summary = "左边写的"
    left.papers["A-1"] = DraftPaper(answer="later")
    left.answered("summary")
    right.contact = {"name": "王小明"}
    right.papers["A-2"] = DraftPaper(answer="shared")
    right.answered("contact")
    await drafts.save(gateway, OWNER, left)
    await drafts.save(gateway, OWNER, right)
    kept = await drafts.load(gateway, OWNER, begun.id)
    assert (kept.summary, kept.contact) == ("左边写的", {"name": "王小明"})
    assert (set(kept.papers), set(kept.done)) == ({"A-1", "A-2"}, {"summary", "contact"})
    # What one window lets go is gone, although the other still shows it.
    del kept.papers["A-1"]
    kept.open_again("summary")
    await drafts.save(gateway, OWNER, kept)
    again = await drafts.load(gateway, OWNER, begun.id)
    assert (set(again.papers), again.done) == ({"A-2"}, ["contact"])


async def test_a_paper_that_is_replaced_and_answered_in_one_go_stays_filled_in(gateway: Gateway) -> None:
    begun = await drafts.begin(gateway, OWNER, CODE, 1, "事项")
    for _ in range(2):
        one = await drafts.load(gateway, OWNER, begun.id)
        # A file that comes with the page's button: it is stored first, and then the page is answered.
        paper_files.put_in(one, "A-1", [photo_part()], add=False)
        await drafts.save(gateway, OWNER, one)
        one.answered("paper-A-1")
        await drafts.save(gateway, OWNER, one)
        assert "paper-A-1" in (await drafts.load(gateway, OWNER, begun.id)).done


async def test_a_window_that_is_late_does_not_undo_the_submission(gateway: Gateway) -> None:
    begun = await drafts.begin(gateway, OWNER, CODE, 1, "事项")
    sender, late = [await drafts.load(gateway, OWNER, begun.id) for _ in range(2)]
    sender.sent = drafts.Sent(case_id=uuid4(), case_no="X", access_code=None, submitted_at=time.now())
    await drafts.save(gateway, OWNER, sender)
    late.summary = "晚到的"
    await drafts.save(gateway, OWNER, late)
    assert (await drafts.load(gateway, OWNER, begun.id)).sent is not None
    assert await drafts.unsent(gateway, OWNER) == []


async def test_two_clicks_begin_one_draft(gateway: Gateway) -> None:
    same = uuid4()
    first, second = [await drafts.begin(gateway, OWNER, CODE, 1, "事项", same) for _ in range(2)]
    assert first.id == second.id
    assert len(await drafts.unsent(gateway, OWNER)) == 1


async def test_what_was_typed_when_the_session_had_ended_is_its_owner_s_alone(gateway: Gateway) -> None:
    one = await drafts.begin(gateway, OWNER, CODE, 1, "事项")
    ticket = drafts.ticket(gateway, OWNER, one.id, "contact")
    assert drafts.owner_of(gateway, ticket, one.id, "contact") == OWNER
    for other in (
        drafts.ticket(gateway, OWNER, one.id, "summary"),
        drafts.ticket(gateway, OWNER, uuid4(), "contact"),
    ):
        with pytest.raises(Problem):
            drafts.owner_of(gateway, other, one.id, "contact")
    await drafts.keep(gateway, "account:2", one.id, "contact", Kept(values={"contact.name": "别人"}))
    assert await drafts.kept_answer(gateway, one.id, "contact") is None
    await drafts.keep(gateway, OWNER, one.id, "contact", Kept(values={"contact.name": "王小明"}))
    found = await drafts.kept_answer(gateway, one.id, "contact")
    assert found is not None
    assert found.values == {"contact.name": "王小明"}
    stored = await gateway.database.fetch("SELECT content FROM kept_answers")
    assert "王小明".encode() not in stored[0]["content"]
    await drafts.let_go(gateway, one.id, "contact")
    assert await drafts.kept_answer(gateway, one.id, "contact") is None


def photo_part(media_type: str = "image/jpeg") -> Part:
    return Part(upload_id=uuid4(), media_type=media_type, size_bytes=1)


def test_a_new_file_stands_in_the_place_of_the_old_and_further_photos_behind_it() -> None:
    one, first, second = draft(done=["paper-A-1"]), photo_part(), photo_part()
    paper_files.put_in(one, "A-1", [first], add=False)
    assert one.done == []
    assert one.papers["A-1"].upload_id == first.upload_id
    paper_files.put_in(one, "A-1", [second], add=True)
    assert one.papers["A-1"].files == [first, second]
    # Several photos are no file yet: they are joined when the page is left.
    assert applying.papers_of(one) == ()
    paper_files.take_out(one, "A-1", first.upload_id)
    assert one.papers["A-1"].upload_id == second.upload_id
    with pytest.raises(Problem) as refused:
        paper_files.put_in(one, "A-1", [photo_part("application/pdf")], add=True)
    assert refused.value.code == "photos_only"
    paper_files.take_out(one, "A-1", second.upload_id)
    assert "A-1" not in one.papers


async def test_what_was_put_aside_is_gone_once_the_application_is_sent(gateway: Gateway) -> None:
    one = await drafts.begin(gateway, OWNER, CODE, 1, "事项")
    await drafts.keep(gateway, OWNER, one.id, "contact", Kept(values={"contact.name": "王小明"}))
    one.sent = drafts.Sent(case_id=uuid4(), case_no="X", access_code=None, submitted_at=time.now())
    await drafts.save(gateway, OWNER, one)
    assert await drafts.kept_answer(gateway, one.id, "contact") is None
