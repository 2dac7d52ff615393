"""Every page in every density: no barrier that axe finds, nothing too small to press, no jump, no scrolling sideways.

And light, from our own host alone, and in one language at a time.
"""

from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Request, ViewportSize

from deploy import words
from shared.testing.platform import RunningPlatform
from tests.browser import journeys
from tests.browser.conftest import PASSWORDS, PHONE, SCREEN, Open
from tests.browser.journeys import EDUCATION, PEACETIME_USE
from tests.browser.measures import chinese_texts, shifted, small_targets
from tests.browser.visitor import CONTINUE, Visitor

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
RUN_AXE = """axe.run(document, {runOnly: {type: 'tag',
    values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})"""
LARGEST_PAGE_BYTES = 200_000
# Every text that the pages say themselves; a short one may also be a part of what somebody wrote.
OURS = {text for room in words.rooms() for text, _ in words.texts_of(room) if words.CHINESE.search(text)}
LONG_ENOUGH = 6

PUBLIC = ["/", "/items", "/items?text=人防", "/find", "/register", "/sign-in", "/password-reset", "/about"]
PUBLIC += ["/problems/forbidden", "/no-such-page", "/screen"]
GUIDE = "/items/11341600762764234C3000180002002"
PUBLIC += [GUIDE, f"{GUIDE}/fit", f"{GUIDE}/fit?answers=4", "/law/行政许可法/32"]
# Pages on which nobody but ourselves has written anything.
WITHOUT_DATA = {"/register", "/sign-in", "/password-reset", "/no-such-page", "/problems/forbidden"}
APPLICANT = ["/", "/my/cases", "/my/inbox"]
DESK = ["/desk", "/desk/new", "/desk/keys", "/desk/deliveries", "/styleguide?faulty=1"]
DESK += ["/styleguide?density=public&faulty=1", "/styleguide?density=elder"]
REVIEW = ["/review", "/review/powers"]
OPERATOR = ["/operator"]


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
        "approver": [*REVIEW, review, f"{review}/acts/start_procedure", f"{review}/acts/record_site_check"],
        "operator": [*OPERATOR, operator],
    }[login]


def barriers(visitor: Visitor) -> list[str]:
    """Whatever breaks WCAG 2.2 AA on this page, and what axe calls serious among its advice."""
    visitor.page.evaluate(AXE)
    found: dict[str, Any] = visitor.page.evaluate(RUN_AXE)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
        if "best-practice" not in one["tags"] or one["impact"] in ("serious", "critical")
    ]


def faults_of(visitor: Visitor) -> list[str]:
    """Everything that is wrong with the page as it stands open, on its own screen and on a phone."""
    faults = barriers(visitor) + [f"small: {one}" for one in small_targets(visitor)]
    visitor.page.set_viewport_size(PHONE)
    if visitor.is_wider_than_the_screen:
        faults.append(f"wide: {visitor.widest}")
    return faults


def look_at(visitor: Visitor, places: list[str], screen: ViewportSize) -> dict[str, list[str]]:
    """The faults of every page that has any."""
    found = {}
    for place in places:
        visitor.page.set_viewport_size(screen)
        visitor.go(place)
        # In large print the buttons that read aloud come with the script.
        jump = 0.0 if visitor.is_in_large_print else shifted(visitor)
        found[place] = faults_of(visitor) + ([f"jumps: {jump}"] if jump else [])
    return {place: faults for place, faults in found.items() if faults}


@pytest.mark.parametrize("login", [None, "wang"])
@pytest.mark.parametrize("elder", [False, True], ids=["public", "elder"])
def test_every_page_of_the_public_can_be_used_by_everybody(
    visit: Open, open_case: dict[str, str], login: str | None, elder: bool
) -> None:
    visitor = visit(login, PHONE)
    if elder:
        visitor.go("/")
        visitor.click("button:has-text('长辈版')")
    assert look_at(visitor, pages_of(login, open_case), PHONE) == {}
    assert visitor.complaints == []


@pytest.mark.parametrize("login", ["clerk", "approver", "operator"])
def test_every_page_of_the_staff_can_be_used_by_everybody(
    visit: Open, open_case: dict[str, str], login: str
) -> None:
    # In the dark: the light colours of the desk are those of the public pages.
    visitor = visit(login, dark=True)
    assert look_at(visitor, pages_of(login, open_case), SCREEN) == {}
    assert visitor.complaints == []


@pytest.mark.parametrize("login", [None, "wang", "clerk", "approver", "operator"])
def test_a_page_in_english_says_nothing_of_its_own_in_chinese(
    visit: Open, open_case: dict[str, str], login: str | None
) -> None:
    visitor = visit(login)
    visitor.go("/")
    visitor.click("button[name='language'][value='en']")
    found = {}
    for place in pages_of(login, open_case):
        visitor.go(place)
        texts = chinese_texts(visitor)
        found[place] = texts if place in WITHOUT_DATA else [text for text in texts if is_ours(text)]
    assert {place: texts for place, texts in found.items() if texts} == {}


def is_ours(text: str) -> bool:
    """Whether a text of the catalogues stands in it; what people wrote stays as they wrote it."""
    return text in OURS or any(ours in text for ours in OURS if len(ours) >= LONG_ENOUGH)


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
                "performance.getEntries().reduce((sum, one) => sum + (one.encodedBodySize || 0), 0)"
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
