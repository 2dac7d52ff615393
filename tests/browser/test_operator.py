"""The operator at a browser: everything well at a glance, a page that is read again without disturbing, the log searched."""

import pytest

from tests.browser.conftest import PHONE, Open


@pytest.mark.parametrize("dark", [False, True])
def test_the_state_of_every_service_stands_on_one_page(visit: Open, dark: bool) -> None:
    operator = visit("operator", dark=dark)
    operator.go("/operator")
    rows = operator.page.locator("#state tbody tr")
    assert rows.count() == 7
    assert operator.page.locator("#state tbody .state--done").count() == 7
    assert "见证一致" in operator.text or "见证方还没有检查点" in operator.text
    assert "读不到" not in operator.text
    assert operator.complaints == []


def test_the_page_is_read_again_by_itself_but_not_under_somebodys_hands(visit: Open) -> None:
    operator = visit("operator")
    operator.go("/operator")
    operator.page.evaluate("document.querySelector('#state .quiet').textContent = 'old'")
    operator.page.locator("#case_id").fill("not yet sent")
    operator.page.locator("#state .quiet", has_text="old").wait_for(state="detached")
    # What is typed and where the person stands are as before.
    assert operator.focused == "case_id"
    assert operator.page.input_value("#case_id") == "not yet sent"
    assert operator.complaints == []


def test_the_log_is_searched_and_a_line_proved_on_a_phone_without_a_script(visit: Open) -> None:
    auditor = visit("auditor", PHONE, script=False)
    auditor.go("/operator/audit")
    assert not auditor.is_wider_than_the_screen, auditor.widest
    auditor.page.select_option("#kind", "gateway.signed_in.v1")
    auditor.fill(actor="staff:auditor")
    auditor.click("main form button")
    assert "kind=gateway.signed_in.v1" in auditor.page.url
    lines = auditor.page.locator("tbody tr")
    assert lines.count() >= 1
    assert all("staff:auditor" in text for text in lines.all_inner_texts())
    auditor.click("a[href^='/operator/audit/proofs/']")
    assert "证明有效" in auditor.text
    auditor.go("/operator/audit?since=tomorrow")
    assert "日期格式不对" in auditor.text
    auditor.go("/operator/dead-letters")
    assert not auditor.is_wider_than_the_screen, auditor.widest
