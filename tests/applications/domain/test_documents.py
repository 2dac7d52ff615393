"""What must stand in each formal document (domain rules §1.1, §1.7, §4.3, §5.3), and what must not be in its values."""

from dataclasses import replace
from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain.answering import submit
from services.applications.domain.case import Case
from services.applications.domain.documents import KINDS, PartyText, Secrets, number, titles
from services.applications.domain.drafting import drafts
from services.applications.domain.evolve import begin, evolve
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.materials import Defect
from services.applications.domain.transitions import TRANSITIONS
from services.applications.domain.values import Organ
from services.applications.domain.wording import DEFECT_WORDS, render
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CASE_ID,
    CLEAN,
    COMPLETE,
    DEFAULT_ID,
    FRIDAY,
    ITEM,
    accepted,
    at,
    credit,
    decide,
    later,
    noticed,
    papers,
    submission,
    submitted,
    then,
    tolerated,
)

ORGAN = Organ("亳州市人民政府", "亳州市谯城区人民法院", "https://example.test/reconsider")
PARTY = PartyText("张三丰", "居民身份证", "341602199001010012", "王小二", "13812341234")
SECRETS = Secrets("ABCDEFGH", "理由如此", "王小二", "张三丰", ("第二页未盖章",))
WITHOUT_CAD = ("form", "plan", "mandate", "copy")


def text_after(case: Case, command: c.Command, facts: Facts, item: Item = ITEM) -> str:
    """The text of all documents that come of a command."""
    pages = []
    for event in decide(case, command, facts):
        for draft in drafts(case, [event], item, ORGAN, SECRETS)[0]:
            values = dict(draft.values) | {"number": "亳人防许〔2026〕1号", "issued_on": "2026-09-18"}
            assert "张三丰" not in str(values)
            lines = render(draft.kind, values, PARTY, draft.secrets)
            pages += [f"{line.label}|{line.text}" for line in lines]
        case = evolve(case, event)
    return "\n".join(pages)


def of_submission(asks: bool = False) -> str:
    event = submit(submission(*WITHOUT_CAD, asks=asks), at(FRIDAY, APPLICANT, credit=CLEAN))
    written = drafts(begin(CASE_ID, event), [event], ITEM, ORGAN, SECRETS)[0]
    values = {"number": event.case_no, "issued_on": "2026-09-18"}
    return "\n".join(
        f"{line.label}|{line.text}"
        for draft in written
        for line in render(draft.kind, {**draft.values, **values}, PARTY, draft.secrets)
    )


def test_the_voucher_lists_the_papers_the_time_and_the_day_of_the_answer():
    text = of_submission()
    for words in ("收件凭证", "查询码|ABCDEFGH", "收件时间|2026年9月18日 09:00", "1|申请表", "4|盖章副本"):
        assert words in text
    assert "最迟于2026年9月24日告知" in text
    assert "自收到申请材料之日起即为受理（《中华人民共和国行政许可法》第三十二条）" in text
    assert "容缺承诺书" not in text


def test_the_undertaking_says_everything_that_the_applicant_promises():
    # §5.3(2): papers, time, way; knowledge, truth, will; no result before, end, own loss, credit record; signature.
    text = of_submission(asks=True)
    for words in (
        "容缺承诺书",
        "亳州市国动办：",
        "5个工作日内（受理当日不计）补齐以下材料：CAD电子文件（电子）",
        "真实、准确、有效",
        "真实意思",
        "材料补齐前不作出决定",
        "损失自行承担",
        "信用记录",
        "承诺人（签名）|张三丰",
        "联系人|王小二 13812341234",
    ):
        assert words in text


def test_nobody_undertakes_to_bring_a_main_paper_later():
    # §5.3: a main paper never lags; what is neither main nor tolerable comes with the correction as well.
    event = submit(submission("form", asks=True), at(FRIDAY, APPLICANT, credit=CLEAN))
    _, draft = drafts(begin(CASE_ID, event), [event], ITEM, ORGAN, SECRETS)[0]
    assert draft.values["lacking"] == ["授权委托书（纸质或者电子）", "CAD电子文件（电子）"]
    event = submit(submission("form", "mandate", "cad", asks=True), at(FRIDAY, APPLICANT, credit=CLEAN))
    assert [draft.kind for draft in drafts(begin(CASE_ID, event), [event], ITEM, ORGAN, SECRETS)[0]] == [
        "receipt_voucher"
    ]


def test_the_undertaking_is_signed_by_the_applicant_and_by_nobody_else():
    event = submit(submission(*WITHOUT_CAD, asks=True), at(FRIDAY, APPLICANT, credit=CLEAN))
    _, draft = drafts(begin(CASE_ID, event), [event], ITEM, ORGAN, SECRETS)[0]
    values = {**draft.values, "number": "1", "issued_on": "2026-09-18"}
    lines = render("undertaking", values, PARTY, draft.secrets)
    assert "signature" not in {line.style for line in lines}
    assert lines[-1].text == "2026年9月18日"


def test_the_acceptance_notice_gives_both_dates():
    text = text_after(submitted(*COMPLETE), c.Accept(), at(FRIDAY))
    assert "法定办结期限|2026年10月22日" in text
    assert "承诺办结期限|2026年9月29日" in text


def test_a_date_beyond_the_announced_calendar_says_so_in_the_notice():
    case = begin(CASE_ID, submit(submission(*COMPLETE), at(date(2026, 12, 29), APPLICANT)))
    assert "放假安排尚未公布" in text_after(case, c.Accept(), at(date(2026, 12, 29)))


@pytest.mark.parametrize("day", [date(2026, 12, 3), date(2026, 12, 29)])
def test_only_the_dates_beyond_the_announced_calendar_are_said_to_be_provisional(day):
    # §2.1(8). From 3 December the promise of seven working days is settled, the statutory date of twenty is 31 December;
    # from the 29th every period of a case reaches the next year.
    next_year = day.day == 29
    case = begin(
        CASE_ID, submit(submission("form", "plan", "copy", asks=True), at(day, APPLICANT, credit=CLEAN))
    )
    facts = at(day, credit=CLEAN)
    tolerant = text_after(case, c.AcceptTolerantly(), facts)
    correction = text_after(
        begin(CASE_ID, submit(submission("form"), at(day, APPLICANT))), c.RequestCorrection(), facts
    )
    granted = text_after(accepted(), c.Decide("grant"), at(day, APPROVER))
    assert tolerant.count("放假安排尚未公布") == (3 if next_year else 0)
    assert correction.count("放假安排尚未公布") == next_year
    assert granted.count("放假安排尚未公布") == next_year


def test_a_voucher_marks_its_date_too():
    event = submit(submission("form"), at(date(2026, 12, 29), APPLICANT))
    (draft,) = drafts(begin(CASE_ID, event), [event], ITEM, ORGAN, SECRETS)[0]
    values = {**draft.values, "number": "1", "issued_on": "2026-12-29"}
    assert "放假安排尚未公布" in str(render("receipt_voucher", values, PARTY, SECRETS))


def test_a_promise_this_year_is_sure_though_the_statutory_date_is_not():
    case = begin(CASE_ID, submit(submission(*COMPLETE), at(date(2026, 12, 10), APPLICANT)))
    text = text_after(case, c.Accept(), at(date(2026, 12, 10)))
    assert "法定办结期限|2027年1月7日（暂定" in text
    assert "承诺办结期限|2026年12月21日\n" in text


def test_the_tolerance_notice_says_what_by_when_how_and_what_else():
    # §5.3(3).
    text = text_after(submitted(*WITHOUT_CAD, asks=True), c.AcceptTolerantly(), at(FRIDAY, credit=CLEAN))
    for words in (
        "请于2026年9月24日（含当日）前补齐",
        "1|CAD电子文件（电子）",
        "邮寄",
        "承诺办结期限|2026年9月29日",
        "一式两份",
        "终止办理",
    ):
        assert words in text


def test_the_correction_notice_says_everything_at_once_and_why_not_tolerance():
    case = submitted("form", "mandate", "copy", asks=True)
    facts = at(later(3), credit=credit("dishonest_debtor"))
    text = text_after(case, c.RequestCorrection((Defect("form", "not_sealed"),)), facts)
    for words in (
        "方案图：未提交",
        "CAD电子文件：未提交",
        "申请表：未签字或未盖章",
        "失信被执行人",
        "逾期未补正的，按“补正不来”办结",
    ):
        assert words in text


def test_a_refusal_gives_reasons_and_the_remedy_with_its_online_way():
    # LIC-18; 行政复议法 20, 22; 行政诉讼法 46.
    text = text_after(accepted(), c.Decide("refuse", "0" * 64), at(later(4), APPROVER))
    for words in (
        "不予行政许可决定书",
        "理由如此",
        "六十日内",
        "六个月内",
        "https://example.test/reconsider",
    ):
        assert words in text


def test_what_is_no_licence_is_not_called_one():
    item = replace(ITEM, is_licence=False)
    text = text_after(accepted(), c.Decide("grant"), at(later(4), APPROVER), item)
    assert "准予办理决定书" in text
    assert "决定准予办理" in text
    assert "行政许可" not in text
    assert titles("decision_grant", is_licence=False)[0] == "准予办理决定书"


def test_the_end_of_a_case_is_told_with_its_reason_and_the_way_back():
    broken = text_after(tolerated(), c.ExpireTolerance(DEFAULT_ID), at(date(2026, 10, 12)))
    lapsed = text_after(noticed(), c.LapseCorrection(), at(date(2026, 11, 20)))
    withdrawn = text_after(accepted(), c.Withdraw(), at(later(4), APPLICANT))
    assert "补交期限2026年9月24日届满仍未补齐" in broken
    assert "自收到本通知书之日起六十日内" in broken
    assert "信用修复前不再适用容缺受理" in broken
    assert "1|CAD电子文件" in broken
    assert "申请行政复议" in broken
    assert "补正期限2026年10月19日届满，本机关未收到全部补正材料" in lapsed
    assert all("这不是不予许可的决定" in text for text in (broken, lapsed))
    assert "撤回原因|理由如此" in withdrawn
    assert all("可以通过任何渠道重新申请" in text for text in (broken, lapsed, withdrawn))


def test_the_proof_of_delivery_names_what_was_delivered_and_to_whom():
    case = then(accepted(), c.Decide("grant"), at(later(4), APPROVER))
    text = text_after(case, c.Deliver("post", "SF1234567"), at(later(5)))
    for words in (
        "准予行政许可决定书",
        "邮寄送达",
        "运单号|SF1234567",
        "受送达人|王小二",
        "送达日期|2026年9月23日",
    ):
        assert words in text


def test_a_proof_of_delivery_without_another_name_names_the_applicant():
    case = then(accepted(), c.Decide("grant"), at(later(4), APPROVER))
    draft = drafts(case, decide(case, c.Deliver("window"), at(later(5))), ITEM, ORGAN, Secrets(recipient=""))[
        0
    ][0]
    lines = render(
        draft.kind, {**draft.values, "number": "1", "issued_on": "2026-09-23"}, PARTY, draft.secrets
    )
    assert [line.text for line in lines if line.label == "受送达人"] == ["张三丰"]


def test_a_termination_names_only_what_did_not_come():
    case = submitted("form", "plan", "copy", asks=True)
    case = then(case, c.AcceptTolerantly(), at(FRIDAY, credit=CLEAN))
    case = then(case, c.Supply(papers("cad"), "online"), at(later(3)))
    text = text_after(case, c.ExpireTolerance(DEFAULT_ID), at(date(2026, 10, 12)))
    assert "1|授权委托书" in text
    assert "CAD" not in text


def test_no_item_but_a_licence_is_told_that_the_licence_law_binds_it():
    item = replace(ITEM, is_licence=False)
    event = submit(submission(*COMPLETE), at(FRIDAY, APPLICANT, item))
    (voucher,) = drafts(begin(CASE_ID, event), [event], item, ORGAN, SECRETS)[0]
    values = {**voucher.values, "number": "1", "issued_on": "2026-09-18"}
    pages = str(render("receipt_voucher", values, PARTY, SECRETS))
    pages += text_after(submitted(*COMPLETE, item=item), c.Accept(), at(FRIDAY, item=item), item)
    assert pages.count("《中华人民共和国行政许可法》") == pages.count("参照《中华人民共和国行政许可法》") == 2


def test_a_masked_copy_shows_no_secret():
    for draft in drafts(noticed(), decide(noticed(), c.Withdraw(), at(later(4))), ITEM, ORGAN, SECRETS)[0]:
        values = {**draft.values, "number": "1", "issued_on": "2026-09-18"}
        text = str(render(draft.kind, values, PARTY, Secrets()))
        assert "理由如此" not in text


def test_every_document_of_the_table_has_a_kind_and_every_defect_its_words():
    named = {document for row in TRANSITIONS for document in row.documents} - {"decision"}
    assert named <= set(KINDS)
    assert number("亳人防许", "acceptance_notice", 2026, 12) == "亳人防许受〔2026〕12号"
    words = [kind.word for kind in KINDS.values() if kind.word]
    assert len(set(words)) == len(words)
    assert set(DEFECT_WORDS) >= {"missing", "illegible", "other"}
