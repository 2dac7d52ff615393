"""The four walks of a case through the pages: the applicant with a phone, the clerk with a keyboard."""

import re
from pathlib import Path

from tests.browser import journeys
from tests.browser.conftest import PHONE, Open
from tests.browser.journeys import EDUCATION, PEACETIME_USE

LI = {
    "applicant__name": "李秀英",
    "applicant__certificate_number": "341602198503120022",
    "contact__name": "李秀英",
    "contact__mobile": "13856700002",
}
ITEM_A08 = f"A-08 {PEACETIME_USE}"


def test_a_complete_application_is_accepted_decided_and_delivered(visit: Open, paper: Path) -> None:
    applicant, clerk, approver = visit("wang", PHONE), visit("clerk"), visit("approver")
    journeys.begin(applicant, EDUCATION)
    journeys.answer_until_the_papers(applicant)
    journeys.hand_in_papers(applicant, paper, {})
    assert "尚未提交" in applicant.page.inner_text("body")
    case_no, code = journeys.submit(applicant)
    assert re.fullmatch(r"[A-HJKMNP-Z]{8}", code)
    assert "告知您是否受理" in applicant.text

    journeys.open_at_desk(clerk, case_no, code)
    assert "系统核对结果：受理" in clerk.text
    journeys.accept(clerk)
    assert "已受理" in clerk.text
    place = clerk.place
    journeys.decide(approver, place)
    journeys.deliver(clerk, place, "王小明")

    applicant.click("a:has-text('查看我的办件')")
    assert "结果已送达" in applicant.text
    assert (
        "准予行政许可决定书" in applicant.text
        or "准予办理决定书" in applicant.text
        or "决定书" in applicant.text
    )
    assert not applicant.complaints + clerk.complaints + approver.complaints


def test_b_counter_case_with_an_undertaking_is_supplied_from_home(visit: Open, paper: Path) -> None:
    applicant, clerk, approver = visit("li", PHONE), visit("clerk"), visit("approver")
    journeys.take_in(clerk, ITEM_A08, LI)
    clerk.page.keyboard.press("Numpad1")
    clerk.page.keyboard.press("Numpad2")
    clerk.page.check("#asks_tolerance")
    clerk.fill(undertaking__signed_name="李秀英")
    clerk.press("Alt+k")
    assert "系统核对结果：容缺受理" in clerk.text
    clerk.press("Control+Enter")
    assert "已收件" in clerk.text
    journeys.accept(clerk)
    assert "已容缺受理" in clerk.text
    place = clerk.place

    applicant.go(place.replace("/desk/", "/my/"))
    assert "请补交承诺的材料" in applicant.text
    applicant.click("a:has-text('补交材料')")
    assert "尚未重新提交" in applicant.page.inner_text("body")
    applicant.attach("paper.A08-04", paper)
    applicant.click("main form button:has-text('提交材料')")
    assert "材料已提交" in applicant.text
    assert "材料已齐全" in applicant.text

    journeys.decide(approver, place)
    journeys.deliver(clerk, place, "李秀英")
    assert not applicant.complaints + clerk.complaints + approver.complaints


def test_c_one_notice_lists_everything_and_is_answered_at_the_counter(visit: Open) -> None:
    clerk = visit("clerk")
    journeys.take_in(clerk, ITEM_A08, LI)
    clerk.page.keyboard.press("Numpad1")
    clerk.press("Control+Enter")
    assert "系统核对结果：一次性告知补正" in clerk.text
    clerk.page.locator("h1").click()
    clerk.page.keyboard.press("Numpad1")
    clerk.page.select_option("[name='reason.A08-01']", "wrong_content")
    clerk.press("F9")
    assert "使用或者租赁合同：未提交" in clerk.text
    assert "安全责任书：未提交" in clerk.text
    assert "人防工程平时使用登记表：内容有误" in clerk.text
    # What exactly is wrong must be told too, in the one notice.
    clerk.press("Control+Enter")
    assert clerk.focused == "error-summary"
    clerk.page.fill("[name='explanation.A08-01']", "使用面积与合同不一致，请更正")
    clerk.press("Control+Enter")
    assert "补正通知书已生成" in clerk.text

    clerk.press("F8")
    clerk.page.locator("h1").click()
    for row in (1, 2, 3):
        clerk.page.keyboard.press(f"Numpad{row}")
    clerk.press("Control+Enter")
    assert "材料已收取" in clerk.text
    journeys.accept(clerk)
    assert "已受理" in clerk.text
    assert not clerk.complaints


def test_d_a_discredited_applicant_is_told_why_and_keeps_the_ordinary_way(visit: Open, paper: Path) -> None:
    applicant, clerk = visit("qian", PHONE), visit("clerk")
    journeys.begin(applicant, PEACETIME_USE)
    journeys.answer_until_the_papers(applicant)
    journeys.hand_in_papers(applicant, paper, {"A08-04": "later"})
    assert "不能申请容缺受理" in applicant.text
    assert "失信被执行人" in applicant.text
    applicant.click("main form .buttons button")
    case_no, code = journeys.submit(applicant)

    journeys.open_at_desk(clerk, case_no, code)
    assert "系统核对结果：一次性告知补正" in clerk.text
    assert clerk.page.locator("[data-key='F8']").count() == 0
    clerk.press("F9")
    assert "安全责任书：未提交" in clerk.text
    clerk.press("Control+Enter")
    assert "补正通知书已生成" in clerk.text


def test_the_whole_application_works_without_script(visit: Open, paper: Path) -> None:
    applicant = visit("zhao", PHONE, script=False)
    journeys.begin(applicant, EDUCATION)
    journeys.answer_until_the_papers(applicant)
    journeys.hand_in_papers(applicant, paper, {})
    case_no, code = journeys.submit(applicant)

    stranger = visit(screen=PHONE, script=False)
    stranger.go("/find")
    stranger.fill(case_no=case_no, access_code=code.lower())
    stranger.click("main form button")
    assert stranger.place == "/found"
    assert "正在核对材料" in stranger.text
    assert "赵建国" not in stranger.text


def test_a_second_window_sees_that_the_case_has_changed(visit: Open) -> None:
    first, second = visit("clerk"), visit("clerk2")
    journeys.take_in(first, ITEM_A08, LI)
    first.page.keyboard.press("Numpad1")
    first.page.keyboard.press("Numpad2")
    first.page.keyboard.press("Numpad4")
    first.press("Control+Enter")
    first.press("F8")
    second.go(first.place)
    first.press("Control+Enter")
    assert "已受理" in first.text
    second.press("Control+Enter")
    assert second.focused == "error-summary"
    assert "当前状态" in second.text or "更新" in second.text
