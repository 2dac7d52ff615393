"""A guest finds the item that fits: by everyday words, by questions, by its guide; and reads the law where it is cited."""

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.conftest import PHONE, SCREEN, Open

ELSEWHERE = "11341600762764234C3000180002002"


@pytest.mark.parametrize("screen", [SCREEN, PHONE], ids=["screen", "phone"])
def test_three_steps_lead_from_everyday_words_to_the_guide(visit: Open, screen: ViewportSize) -> None:
    guest = visit(None, screen)
    guest.go("/")
    guest.page.fill("#q", "地下室建不了")
    guest.press("Enter")
    assert guest.place == "/items"
    guest.click("main a.row")
    assert guest.place == f"/items/{ELSEWHERE}"
    assert "一图看懂" in guest.text
    assert not guest.is_wider_than_the_screen, guest.widest
    bar = guest.page.locator(".bottom-bar")
    assert bar.is_visible() == (screen is PHONE)
    assert guest.complaints == []


def test_questions_are_answered_without_a_script_and_kept_nowhere(visit: Open) -> None:
    guest = visit(script=False)
    guest.go(f"/items/{ELSEWHERE}/fit")
    for answer in ("2", "1", "0"):
        guest.choose("answer", answer)
        guest.click("main form .buttons button")
    assert "适合您办" in guest.text
    assert "易地建设费减免证明" in guest.text
    assert "授权委托书" not in guest.text
    assert guest.page.url.endswith("/fit?answers=2-1-0")
    guest.click("a.change")
    guest.choose("answer", "4")
    guest.click("main form .buttons button")
    assert "您要办的不是这一项" in guest.text
    guest.click("main a.button--primary")
    assert "同步修建" in guest.text
    assert {cookie["name"] for cookie in guest.page.context.cookies()} <= {"tongban_form"}


def test_a_legal_button_opens_its_article_where_one_is(visit: Open) -> None:
    guest = visit()
    guest.go(f"/items/{ELSEWHERE}")
    button = guest.page.locator("#flow ~ p a[data-law]").first
    button.focus()
    guest.page.keyboard.press("Enter")
    dialog = guest.page.locator("dialog")
    dialog.wait_for()
    assert "第四十五条" in dialog.inner_text()
    assert "不是条文原文" in dialog.inner_text()
    guest.page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert guest.place == f"/items/{ELSEWHERE}"
    assert button.evaluate("button => button === document.activeElement")
    assert guest.complaints == []


def test_a_legal_button_leads_to_its_page_without_a_script(visit: Open) -> None:
    guest = visit(script=False)
    guest.go("/about")
    guest.click("a[data-law]")
    assert "无障碍环境建设法第三十二条" in guest.text
