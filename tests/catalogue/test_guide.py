"""The guide tells an applicant everything in words, in both languages."""

from datetime import date

import pytest

from services.catalogue.content import checked
from services.catalogue.contracts import (
    GuideView,
    ItemState,
    ItemVersion,
    ItemView,
    Limit,
    LimitUnit,
    Organisation,
)
from services.catalogue.guide import guide_of, length_of
from services.catalogue.seed import seed_items
from shared.deadlines.shipped import shipped_calendar


def guide(item: ItemVersion, organ: Organisation, today: date = date(2026, 9, 18)) -> GuideView:
    return guide_of(
        ItemView(item=item, organ=organ, state=ItemState.IN_USE, current_version=1), today, shipped_calendar()
    )


def test_limits_tolerance_and_fees_are_told_in_sentences(version: ItemVersion, organ: Organisation) -> None:
    told = guide(version, organ)
    assert (
        told.limit_sentence.zh
        == "自受理之日起，法定办结时限20个工作日，本机关承诺5个工作日内办结；受理当日不计入。"
    )
    assert "20 working days" in told.limit_sentence.en
    assert "3个工作日内补交" in told.tolerance_sentence.zh
    assert "within 3 working days" in told.tolerance_sentence.en
    assert told.fee_sentence.zh.startswith("办理本事项不收取手续费")
    assert told.item_type_name.zh == "行政许可"


def test_each_paper_says_who_provides_it_and_on_which_basis(
    version: ItemVersion, organ: Organisation
) -> None:
    form, proof, licence = guide(version, organ).materials
    assert form.provided_by.zh == "申请人自备"
    assert licence.provided_by.zh == "市场监督管理部门"
    assert (form.main, form.tolerable, licence.main, licence.tolerable) == (True, False, False, True)
    assert proof.required_when is not None
    assert form.basis[0].article == "第二十二条"


def test_the_guide_bears_the_name_of_the_day(version: ItemVersion, organ: Organisation) -> None:
    assert guide(version, organ, date(2022, 1, 1)).organ_name.zh.startswith("亳州市人民防空办公室")
    assert guide(version, organ).organ_name.zh == "亳州市国防动员办公室"


@pytest.mark.parametrize(
    "limit,zh,en",
    [
        (Limit(amount=1, unit=LimitUnit.WORKING_DAY), "1个工作日", "1 working day"),
        (Limit(amount=10, unit=LimitUnit.CALENDAR_DAY), "10日", "10 calendar days"),
        (Limit(amount=48, unit=LimitUnit.HOUR), "48小时", "48 hours"),
    ],
)
def test_a_limit_is_told_in_its_unit(limit: Limit, zh: str, en: str) -> None:
    assert (length_of(limit).zh, length_of(limit).en) == (zh, en)


def test_an_item_without_fee_or_tolerance_says_so(version: ItemVersion, organ: Organisation) -> None:
    enquiry = checked(next(item for item in seed_items() if item.codes.local == "A-11"))
    told = guide(version.model_copy(update={"content": enquiry}), organ)
    assert told.fee_sentence.zh == "不收费。"
    assert told.tolerance_sentence.zh == "本事项不实行容缺受理。"
