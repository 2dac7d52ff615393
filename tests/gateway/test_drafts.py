"""Drafts of applications: sealed, their owner's alone, and what pages they have depends on what was answered."""

from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest

from services.catalogue.contracts import GuideView
from services.gateway.applicant import applying, drafts
from services.gateway.applicant.drafts import Draft, DraftPaper
from services.gateway.gateway import Gateway
from services.gateway.identity.own import OwnIdentity
from services.gateway.problems import Problem

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
