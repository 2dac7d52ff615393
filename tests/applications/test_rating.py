"""Ratings on a real PostgreSQL: what somebody writes about the staff is encrypted, and in no event."""

import json

import pytest

from services.applications import contracts as v
from services.applications.contracts.rating import RateCase
from services.applications.domain.errors import NotFound, OutcomeNotAllowed
from services.applications.methods import rating
from tests.applications.conftest import ALL_PAPERS, Desk
from tests.applications.test_flows import every_case_is_the_fold_of_its_record, published
from tests.applications.test_mandates import SUN

WORDS = "窗口的李某某让我跑了三趟"


async def delivered(desk: Desk) -> v.CaseReceipt:
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    return await desk.deliver(await desk.decide(receipt))


def rated(receipt: v.CaseReceipt) -> RateCase:
    return RateCase(
        case_id=receipt.case_id,
        expected_version=receipt.version,
        level=1,
        tags=("many_visits", "many_visits"),
        words=WORDS,
    )


async def test_a_rating_is_read_by_those_it_concerns_and_its_words_leave_nowhere(desk: Desk) -> None:
    receipt = await delivered(desk)
    assert "rate_case" in (await desk.view(receipt.case_id, desk.zhang)).allowed
    receipt = await desk.do(rating.rate_case, desk.zhang, rated(receipt))
    for reader in (desk.zhang, desk.clerk):
        view = await desk.view(receipt.case_id, reader)
        assert view.rating is not None
        assert (view.rating.level, view.rating.tags, view.rating.words) == (1, ("many_visits",), WORDS)
        assert "rate_case" not in view.allowed
    told = (await published(desk, receipt.case_id))[-1]
    assert told["data"]["has_words"] is True
    rows = await desk.rows("SELECT data FROM case_events WHERE case_id = $1", receipt.case_id)
    for content in (told, *(row["data"] for row in rows)):
        assert "李某某" not in json.dumps(content, ensure_ascii=False, default=str)
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_case_is_rated_once_and_by_its_own_applicant(desk: Desk) -> None:
    receipt = await delivered(desk)
    with pytest.raises(NotFound):
        await desk.do(rating.rate_case, desk.owner_of(SUN), rated(receipt))
    receipt = await desk.do(rating.rate_case, desk.zhang, rated(receipt))
    with pytest.raises(OutcomeNotAllowed, match="already_rated"):
        await desk.do(rating.rate_case, desk.zhang, rated(receipt))
