"""Every page: no barrier that axe finds, no scrolling sideways on a phone, light, and from our own host alone."""

from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Request

from shared.testing.platform import RunningPlatform
from tests.browser import journeys
from tests.browser.conftest import PASSWORDS, PHONE, SCREEN, Open
from tests.browser.journeys import EDUCATION, PEACETIME_USE
from tests.browser.visitor import CONTINUE, Visitor

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
RUN_AXE = """axe.run(document, {runOnly: {type: 'tag',
    values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})"""
LARGEST_PAGE_BYTES = 200_000

PUBLIC = ["/", "/items", "/items?text=人防", "/find", "/register", "/sign-in", "/password-reset", "/about"]
PUBLIC += ["/problems/forbidden", "/no-such-page"]
APPLICANT = ["/", "/my/cases", "/my/inbox"]
DESK = ["/desk", "/desk/new", "/desk/deliveries", "/styleguide", "/styleguide?density=public&faulty=1"]
REVIEW = ["/review"]
OPERATOR = ["/operator", "/styleguide"]


@pytest.fixture(scope="module")
def open_case(browser: Browser, running_platform: RunningPlatform, paper: Path) -> dict[str, str]:
    """A case that waits for tolerated papers, so that its pages show what pages can show; and an unsent draft."""
    context = browser.new_context(base_url=running_platform.url, viewport=PHONE, locale="zh-CN")
    applicant = Visitor(context.new_page())
    applicant.sign_in("wang", PASSWORDS["wang"])
    journeys.begin(applicant, PEACETIME_USE)
    draft = applicant.place.rsplit("/", 1)[0]
    journeys.answer_until_the_papers(applicant)
    journeys.hand_in_papers(applicant, paper, {"A08-04": "later"})
    journeys.sign_undertaking(applicant, "王小明")
    journeys.submit(applicant)
    applicant.click("a:has-text('查看我的办件')")
    mine = applicant.place
    journeys.begin(applicant, EDUCATION)
    unsent = applicant.place.rsplit("/", 1)[0]
    context.close()
    return {"sent": draft, "case": mine, "unsent": unsent}


def pages_of(login: str | None, open_case: dict[str, str]) -> list[str]:
    """The pages of this visitor; those of the case are made from where its applicant sees it."""
    case, sent, unsent = open_case["case"], open_case["sent"], open_case["unsent"]
    desk, review = case.replace("/my/", "/desk/"), case.replace("/my/", "/review/")
    operator = case.replace("/my/", "/operator/")
    return {
        None: PUBLIC,
        "wang": [*APPLICANT, case, f"{case}/papers", f"{case}/withdraw", f"{sent}/done", unsent]
        + [f"{unsent}/{step}" for step in ("who", "contact", "summary", "paper-A12-01")],
        "clerk": [*DESK, desk, f"{desk}/accept", f"{desk}/correction", f"{desk}/withdraw"],
        "approver": [*REVIEW, review],
        "operator": [*OPERATOR, operator],
    }[login]


def barriers(visitor: Visitor) -> list[str]:
    """What axe calls serious or critical on this page."""
    visitor.page.evaluate(AXE)
    found: dict[str, Any] = visitor.page.evaluate(RUN_AXE)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("login", [None, "wang", "clerk", "approver", "operator"])
def test_no_page_has_a_serious_barrier(visit: Open, open_case: dict[str, str], login: str | None) -> None:
    # The desk is looked at in the dark: its light colours are those of the public pages.
    visitor = visit(login, dark=True)
    found = {}
    for place in pages_of(login, open_case):
        visitor.go(place)
        if (faults := barriers(visitor)) != []:
            found[place] = faults
    assert found == {}
    assert visitor.complaints == []


@pytest.mark.parametrize(
    ("login", "elder"),
    [(None, False), (None, True), ("wang", False), ("wang", True)]
    + [(staff, False) for staff in ("clerk", "approver", "operator")],
)
def test_no_page_scrolls_sideways_on_a_phone(
    visit: Open, open_case: dict[str, str], login: str | None, elder: bool
) -> None:
    visitor = visit(login, PHONE)
    if elder:
        visitor.go("/")
        visitor.click("button:has-text('长辈版')")
    wide = []
    for place in pages_of(login, open_case):
        visitor.go(place)
        if visitor.is_wider_than_the_screen:
            wide.append((place, visitor.widest))
    assert wide == []


def test_pages_are_light_and_fetch_nothing_from_elsewhere(
    visit: Open, open_case: dict[str, str], running_platform: RunningPlatform
) -> None:
    ours = urlsplit(running_platform.url).netloc
    for login in (None, "wang", "clerk"):
        visitor = visit(login)
        hosts: set[str] = set()
        visitor.page.on("request", partial(_note_host, hosts))
        for place in pages_of(login, open_case):
            # Every file counts, also those that the browser has kept from the page before.
            visitor.page.goto(place)
            sizes = visitor.page.evaluate(
                "performance.getEntries().reduce((sum, one) => sum + (one.decodedBodySize || 0), 0)"
            )
            assert sizes <= LARGEST_PAGE_BYTES, (place, sizes)
        assert hosts == {ours}


def _note_host(hosts: set[str], request: Request) -> None:
    if not request.url.startswith("data:"):
        hosts.add(urlsplit(request.url).netloc)


def test_an_error_is_said_twice_in_the_same_words_and_has_the_focus(visit: Open) -> None:
    visitor = visit(screen=PHONE)
    visitor.go("/register")
    visitor.fill(name="张三", certificate_number="341602199001010013", mobile="12345", login="zhangsan")
    visitor.fill(password="a long enough 1")
    visitor.click("main form button")
    assert visitor.page.title().startswith("错误：")
    assert visitor.focused == "error-summary"
    first = visitor.page.locator("#error-summary a").first
    words, target = first.inner_text(), first.get_attribute("href") or ""
    assert words in visitor.page.inner_text(f"[id='{target[1:]}-fault']")
    first.click()
    assert visitor.focused == target[1:]
    # What was typed stands there still; the password has to be typed again.
    assert visitor.page.input_value("#name") == "张三"
    assert visitor.page.input_value("#password") == ""


def test_elder_view_remembers_itself_on_the_same_addresses(visit: Open) -> None:
    visitor = visit(screen=PHONE)
    visitor.go("/find")
    visitor.click("button:has-text('长辈版')")
    assert visitor.place == "/find"
    visitor.go("/")
    assert visitor.page.evaluate("getComputedStyle(document.body).fontSize") == "24px"
    button = visitor.page.locator("button:has-text('标准版')")
    assert button.count() == 1
    visitor.click(button)
    assert visitor.page.evaluate("getComputedStyle(document.body).fontSize") == "18px"


def test_the_desk_lists_its_keys_and_leaves_letters_to_the_input_method(visit: Open) -> None:
    clerk = visit("clerk")
    clerk.page.keyboard.press("?")
    assert clerk.page.locator("dialog[open]").count() == 1
    clerk.page.keyboard.press("Escape")
    assert clerk.page.locator("dialog[open]").count() == 0
    clerk.page.focus("#case_no")
    clerk.page.keyboard.type("?1")
    assert clerk.page.locator("dialog[open]").count() == 0
    assert clerk.page.input_value("#case_no") == "?1"


def test_everything_that_acts_is_in_sight_on_the_smallest_screen(
    visit: Open, open_case: dict[str, str]
) -> None:
    clerk = visit("clerk", SCREEN)
    clerk.go(open_case["case"].replace("/my/", "/desk/"))
    for control in clerk.page.locator(".pane__acts [data-key]").all():
        box = control.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= SCREEN["height"]
    assert clerk.page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


def test_a_page_of_somebody_else_does_not_exist(visit: Open, open_case: dict[str, str]) -> None:
    other = visit("li", PHONE)
    for place in (open_case["case"], open_case["unsent"], f"{open_case['case']}/papers"):
        other.go(place)
        assert "没有找到" in other.text
    stranger = visit(screen=PHONE)
    stranger.go(open_case["case"])
    assert stranger.place == "/sign-in"


def test_a_form_of_another_site_changes_nothing(visit: Open, open_case: dict[str, str]) -> None:
    visitor = visit("wang")
    visitor.go(open_case["case"] + "/withdraw")
    visitor.page.eval_on_selector("main form [name='csrf_token']", "field => field.value = '0'")
    visitor.click("main form button:has-text('确认撤回')")
    assert "没有提交" in visitor.text
    visitor.go(open_case["case"])
    assert "已撤回" not in visitor.text


def test_leaving_a_question_empty_says_so_and_keeps_the_draft(visit: Open, open_case: dict[str, str]) -> None:
    visitor = visit("wang", PHONE)
    visitor.go(open_case["unsent"] + "/contact")
    visitor.choose("contact_from", "other")
    visitor.fill(contact__name="王小明", contact__mobile="138****0001")
    visitor.click(CONTINUE)
    assert "手机号码" in visitor.page.inner_text("#error-summary")
    assert visitor.page.input_value("[name='contact.mobile']") == "138****0001"
    visitor.go("/my/cases")
    assert "尚未提交" in visitor.text
