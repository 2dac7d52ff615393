"""One case across every channel, both windows open side by side: each sees what the other did without reloading."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser import journeys
from tests.browser.conftest import PHONE, Open
from tests.browser.journeys import PEACETIME_USE


def test_a_case_begun_on_the_phone_is_corrected_at_the_counter_tolerated_supplied_online_and_delivered(
    visit: Open, paper: Path
) -> None:
    phone, clerk, approver = visit("zhao", PHONE), visit("clerk"), visit("approver")
    clerk.go("/desk")
    listed = clerk.page.locator(".queue a").count()

    journeys.begin(phone, PEACETIME_USE)
    journeys.answer_until_the_papers(phone)
    journeys.hand_in_papers(phone, paper, {"A08-04": "later"})
    journeys.sign_undertaking(phone, "赵建国")
    case_no, code = journeys.submit(phone)
    phone.click("a:has-text('查看我的办件')")
    assert "已收到您的申请" in phone.text
    # The desk was not touched: its list has heard of the case by itself.
    expect(clerk.page.locator(".queue a")).to_have_count(listed + 1)

    journeys.open_at_desk(clerk, case_no, code)
    place = clerk.place
    clerk.page.locator("h1").first.click()
    clerk.page.keyboard.press("Numpad1")
    clerk.page.select_option("[name='reason.A08-01']", "wrong_content")
    clerk.press("F9")
    clerk.page.fill("[name='explanation.A08-01']", "使用面积与合同不一致，请更正")
    clerk.press("Control+Enter")
    assert "补正通知书已生成" in clerk.text
    expect(phone.page.locator("main")).to_contain_text("材料需要补正")

    # The applicant comes to the window with the paper that was wrong; the tolerable one is still not there.
    clerk.press("F8")
    clerk.page.locator("h1").first.click()
    clerk.page.keyboard.press("Numpad1")
    clerk.press("Control+Enter")
    assert "材料已收取" in clerk.text
    assert "系统核对结果：容缺受理" in clerk.text
    journeys.accept(clerk)
    assert "已容缺受理" in clerk.text
    expect(phone.page.locator("main")).to_contain_text("申请已容缺受理")

    phone.go(place.replace("/desk/", "/my/") + "/papers")
    phone.attach("paper.A08-04", paper)
    phone.click("main form button:has-text('提交材料')")
    assert "材料已齐全" in phone.text
    expect(clerk.page.locator("main")).to_contain_text("材料已齐全")

    journeys.decide(approver, place)
    expect(phone.page.locator("main")).to_contain_text("已作出准予决定")
    journeys.deliver(clerk, place, "赵建国")
    expect(phone.page.locator("main")).to_contain_text("结果已送达")
    assert not phone.complaints + clerk.complaints + approver.complaints
