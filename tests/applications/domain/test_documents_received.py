"""The documents as whoever receives them reads them: what they rest on, what to do, whom to ask (domain rules §1.7, §5.3)."""

from dataclasses import replace
from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain.case import Case
from services.applications.domain.documents import PartyText
from services.applications.domain.drafting import promise_values
from services.applications.domain.events.core import CaseEvent, DutyBreached, Issued
from services.applications.domain.evolve import evolve
from services.applications.domain.item import Item, TolerancePolicy
from services.applications.domain.materials import Defect
from services.applications.domain.papers.promises import undertaking_body
from services.applications.domain.parts.tolerating import PostCheck
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CERTIFICATE,
    CLEAN,
    CLERK,
    COMPLETE,
    DEFAULT_ID,
    ITEM,
    ORGAN_HEAD,
    accepted,
    at,
    decide,
    decided,
    delivered,
    heard,
    later,
    papers,
    renewal,
    submitted,
    then,
    tolerated,
)
from tests.applications.domain.test_documents import text_after

WORDS = "0" * 64
NO_LICENCE = replace(CERTIFICATE, is_licence=False)
BEFORE_COMPLETION = replace(
    CERTIFICATE, tolerance=TolerancePolicy(enabled=True, decision_before_completion=True)
)
REMEDY = "申请行政复议"
WRONG = (Defect("cad", "illegible"),)


def _supplied_wrong() -> Case:
    case = then(tolerated(), c.Supply(papers("cad"), "online"), at(later(3), APPLICANT))
    case = then(case, c.FaultSupply(WRONG), at(later(3), CLERK))
    return then(case, c.Supply(papers("cad"), "online"), at(later(4), APPLICANT))


def test_whoever_supplied_wrong_papers_reads_which_they_are():
    # §5.3(7): the papers came, so nothing "lacks"; the notice names what is wrong.
    ends = c.FaultSupply(WRONG, ends=True, reasons_sha256=WORDS, default_id=DEFAULT_ID)
    text = text_after(_supplied_wrong(), ends, at(later(4), CLERK))
    assert "1|CAD电子文件" in text
    assert REMEDY in text


def test_a_refusal_names_the_article_and_whom_to_ask():
    # LIC-18, Art 38.
    item = replace(ITEM, enquiry_phone="0558-1234567")
    text = text_after(accepted(), c.Decide("refuse", WORDS), at(later(4), APPROVER, item), item)
    assert "根据《中华人民共和国行政许可法》第三十八条第二款的规定" in text
    assert "咨询电话|0558-1234567" in text
    granted = text_after(accepted(), c.Decide("grant"), at(later(4), APPROVER, item), item)
    assert "咨询电话|0558-1234567" in granted


@pytest.mark.parametrize(
    ("ground", "cited"),
    [
        ("abuse_or_dereliction", "第六十九条第一款第一项"),
        ("beyond_powers", "第六十九条第一款第二项"),
        ("procedure_violated", "第六十九条第一款第三项"),
        ("unqualified_applicant", "第六十九条第一款第四项"),
        ("other_by_law", "第六十九条第一款第五项"),
        ("fraud_or_bribery", "第六十九条第二款"),
    ],
)
def test_a_revocation_cites_the_very_item_of_the_article(ground: str, cited: str):
    # LIC-22.
    facts = at(later(8), ORGAN_HEAD, CERTIFICATE)
    text = text_after(heard(), c.RevokeLicence(ground, WORDS), facts, CERTIFICATE)
    assert f"根据《中华人民共和国行政许可法》{cited}的规定" in text
    assert REMEDY in text


@pytest.mark.parametrize(
    ("ground", "cited"),
    [
        ("holder_dead_or_incapable", "第七十条第二项"),
        ("holder_ended", "第七十条第三项"),
        ("certificate_withdrawn_as_penalty", "第七十条第四项"),
        ("force_majeure", "第七十条第五项"),
        ("other_by_law", "第七十条第六项"),
    ],
)
def test_striking_off_cites_the_very_item_of_the_article(ground: str, cited: str):
    # LIC-23.
    facts = at(later(8), APPROVER, CERTIFICATE)
    text = text_after(delivered(), c.CancelLicence(ground, WORDS), facts, CERTIFICATE)
    assert f"根据《中华人民共和国行政许可法》{cited}的规定" in text
    assert REMEDY in text


@pytest.mark.parametrize(
    ("case", "command", "by", "day"),
    [
        (heard(), c.RevokeLicence("beyond_powers", WORDS), ORGAN_HEAD, later(8)),
        (heard(), c.KeepLicence("beyond_powers", WORDS), ORGAN_HEAD, later(8)),
        (heard(), c.WithdrawLicence("law_changed", WORDS, WORDS), ORGAN_HEAD, later(8)),
        (delivered(), c.CancelLicence("holder_ended", WORDS), APPROVER, later(8)),
        (renewal(), c.DeemRenewed(later(30)), CLERK, later(31)),
        (accepted(), c.Decide("refuse", WORDS), APPROVER, later(4)),
        (accepted(), c.Decide("grant"), APPROVER, later(4)),
        (submitted(*COMPLETE), c.DeclareNotRequired(WORDS), CLERK, later(0)),
    ],
)
def test_what_is_no_licence_follows_the_law_by_analogy_in_proper_chinese(case, command, by, day):
    text = text_after(case, command, at(day, by, NO_LICENCE), NO_LICENCE)
    assert "根据参照" not in text
    assert "行政许可" not in text.replace("《中华人民共和国行政许可法》", "")


def test_a_ban_is_told_in_the_words_of_the_law():
    # LIC-24, LIC-25.
    item = replace(CERTIFICATE, safety_sensitive=True)
    refused = c.Decide("refuse", WORDS, ground="false_materials")
    whole = "直接关系公共安全、人身健康、生命财产安全"
    assert whole in text_after(accepted(), refused, at(later(4), APPROVER, item), item)
    revoked = c.RevokeLicence("fraud_or_bribery", WORDS)
    assert whole in text_after(heard(), revoked, at(later(8), ORGAN_HEAD, item), item)


def test_nobody_tells_the_dead_to_apply_again():
    # §4.3: the notice goes to whoever answers for the applicant now.
    text = text_after(accepted(), c.TerminateCase("applicant_ended", WORDS), at(later(4), APPROVER))
    assert "张三丰的继承人或者权利义务承受人：" in text
    assert "重新申请" not in text
    lost = text_after(accepted(), c.TerminateCase("object_lost", WORDS), at(later(4), APPROVER))
    assert "备齐材料" not in lost


def _granted_before(item: Item = BEFORE_COMPLETION) -> Case:
    return then(tolerated(), c.GrantBeforeCompletion(), at(later(3), ORGAN_HEAD, item))


def test_a_certificate_given_before_completion_bears_the_mark():
    # §5.3(8): the result that is shown to others says that its papers are still to come.
    facts = at(later(3), APPROVER, BEFORE_COMPLETION)
    text = text_after(_granted_before(), c.IssueLicence(), facts, BEFORE_COMPLETION)
    assert "【待补正】" in text
    assert "2026年9月24日（含当日）" in text
    assert "【待补正】" not in text_after(
        decided(), c.IssueLicence(), at(later(4), APPROVER, CERTIFICATE), CERTIFICATE
    )


def test_who_undertakes_for_a_result_before_completion_reads_that_it_can_be_recalled():
    # §5.3(2), (8): the recall rests on what was promised.
    party = PartyText("张三丰", "居民身份证", "1", "王小二", "1")
    for item, said, unsaid in (
        (BEFORE_COMPLETION, "收回", "材料补齐前不作出决定"),
        (ITEM, "材料补齐前不作出决定", "收回"),
    ):
        body = "".join(
            line.text for line in undertaking_body(promise_values("undertaking", ("cad",), item), party)
        )
        assert said in body
        assert unsaid not in body
    asked = submitted("form", "plan", "mandate", "copy", asks=True, item=BEFORE_COMPLETION)
    facts = at(later(0), credit=CLEAN, item=BEFORE_COMPLETION)
    text = text_after(asked, c.AcceptTolerantly(), facts, BEFORE_COMPLETION)
    assert "材料补齐并经审查前不作出决定" not in text
    assert "收回" in text


def test_the_notice_of_a_recall_names_only_what_did_not_come():
    case = _granted_before()
    promise = replace(case.promise, lacking=("cad", "mandate"))
    case = replace(case, promise=promise)
    facts = at(date(2026, 10, 9), item=BEFORE_COMPLETION)
    text = text_after(case, c.ExpireTolerance(DEFAULT_ID), facts, BEFORE_COMPLETION)
    assert "1|CAD电子文件" in text
    assert "授权委托书" not in text


def test_a_dropped_recall_takes_the_mark_away():
    case = then(
        _granted_before(), c.ExpireTolerance(DEFAULT_ID), at(date(2026, 10, 9), item=BEFORE_COMPLETION)
    )
    facts = at(date(2026, 10, 9), ORGAN_HEAD, BEFORE_COMPLETION)
    text = text_after(case, c.DropRecall(WORDS), facts, BEFORE_COMPLETION)
    assert "“待补正”标注自即日起取消" in text


def test_the_proof_of_delivery_of_a_silent_renewal_names_what_was_delivered():
    # LIC-21, LIC-11: a notice of deemed renewal, and the certificate that came of it.
    case = renewal()
    for command, by in ((c.DeemRenewed(later(30)), CLERK), (c.IssueLicence(), APPROVER)):
        for event in decide(case, command, at(later(31), by, CERTIFICATE)):
            kind = {c.DeemRenewed: "renewal_deemed_notice", c.IssueLicence: "licence"}[type(command)]
            case = evolve(case, _sealed(event, kind))
    text = text_after(case, c.Deliver("window"), at(later(32), item=CERTIFICATE), CERTIFICATE)
    assert "视为准予延续告知书 renewal_deemed_notice-1" in text
    assert "行政许可证件 licence-1" in text


def _sealed(event: CaseEvent, kind: str) -> CaseEvent:
    if isinstance(event, DutyBreached):
        return event
    return replace(event, documents=(Issued(kind, DEFAULT_ID, f"{kind}-1"),))


def test_late_papers_may_be_fetched_at_home_too():
    # §5.3(3): on site, by post, on line, by home pick-up.
    text = text_after(
        submitted("form", "plan", "mandate", "copy", asks=True),
        c.AcceptTolerantly(),
        at(later(0), credit=CLEAN),
    )
    for way in ("窗口", "邮寄", "网上", "上门"):
        assert way in text


def test_an_order_to_mend_is_told_with_its_remedies():
    # §1.7: it asks something of the holder under threat of revocation, and is no step of procedure.
    case = replace(decided(), post_checks=(PostCheck("cad"),))
    command = c.RecordPostCheck("cad", "mendable", WORDS, mend_by=later(10))
    assert REMEDY in text_after(case, command, at(later(5), CLERK))
