"""The approver and the head of the organ at their desk: few keys, the document before the decision, dates before they move."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from deploy.demo.stage import Stage
from deploy.demo.story import Story
from deploy.demo.visitors import Json
from services.gateway.demo_accounts import APPLICANT, CLERK
from shared.testing.platform import RunningPlatform
from tests.browser.conftest import SCREEN, Open
from tests.browser.test_pages import faults_of
from tests.browser.visitor import Visitor
from tests.flows import cases
from tests.flows.conftest import Silent

CaseMaker = Callable[[], Json]


@pytest.fixture
def accepted(running_platform: RunningPlatform) -> Iterator[CaseMaker]:
    """Makes accepted cases of one item, through the API."""
    with httpx.Client(base_url=running_platform.url, timeout=20) as http:
        stage = Stage(http, running_platform.home, Story(Silent()))

        def make() -> Json:
            receipt = cases.submit_online(stage, APPLICANT)
            path = f"/counter/cases/{receipt['case_id']}/acceptance"
            return stage.visitor(CLERK).post(path, version=receipt["version"])

        yield make


def place_of(case: Json) -> str:
    return f"/review/cases/{case['case_id']}"


def text_of_document(visitor: Visitor) -> list[str]:
    """The document on the page, line by line, without what is only known when it is sealed."""
    text = visitor.page.inner_text("article.document")
    return [line for line in text.splitlines() if "SHA-256" not in line and "号" not in line and line.strip()]


def test_a_routine_case_takes_six_keys_and_reads_as_it_was_previewed(
    visit: Open, accepted: CaseMaker
) -> None:
    accepted()
    approver = visit("approver")
    approver.go("/review")
    waiting = approver.page.locator("#review-lists form tbody tr").count()
    keys = 0
    # Ctrl and Enter are counted as the two keys that they are.
    for chord in ("Enter", "g", "Control+Enter", "Control+Enter"):
        if chord == "g":
            approver.page.keyboard.press(chord)
        else:
            approver.press(chord)
        keys += len(chord.split("+"))
        if approver.page.locator("article.document").count():
            shown = text_of_document(approver)
    assert keys <= 6
    assert approver.place == "/review"
    assert "已作出决定" in approver.text
    assert approver.page.locator("#review-lists form tbody tr").count() == waiting - 1
    assert any("准予" in line for line in shown)
    assert not approver.complaints


def test_letters_stay_letters_in_a_field_and_while_composing(visit: Open, accepted: CaseMaker) -> None:
    first, second = accepted(), accepted()
    approver = visit("approver")
    approver.go(place_of(first))
    approver.page.focus("[name='reasons']")
    approver.page.keyboard.type("gjkr")
    assert approver.page.input_value("[name='reasons']") == "gjkr"
    assert approver.page.locator("input[name='result']:checked").count() == 0
    approver.page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent('keydown',
             {key: 'g', bubbles: true, isComposing: true}))"""
    )
    assert approver.page.locator("input[name='result']:checked").count() == 0
    approver.page.evaluate("document.activeElement.blur()")
    approver.page.keyboard.press("r")
    assert approver.page.input_value("input[name='result']:checked") == "refuse"
    approver.page.on("dialog", lambda dialog: dialog.accept())
    approver.press("j")
    assert approver.place not in (place_of(first), "/review")
    approver.go(place_of(second))
    approver.press("k")
    assert approver.place != place_of(second)


def test_a_refusal_asks_for_each_fact_and_two_windows_see_what_changed(
    visit: Open, accepted: CaseMaker
) -> None:
    case = accepted()
    approver, other = visit("approver", script=False), visit("head")
    approver.go(f"{place_of(case)}?template=conditions")
    approver.fill(slot__facts="图纸第3页的面积与申请表不一致")
    approver.click(".pane__acts button:has-text('预览决定书')")
    assert "请填写法律法规名称和条款" in approver.page.inner_text("#error-summary")
    assert approver.page.input_value("[name='slot.facts']") == "图纸第3页的面积与申请表不一致"
    approver.fill(slot__law="《人民防空法》第二十二条", slot__condition="面积一致")
    approver.click(".pane__acts button:has-text('预览决定书')")
    sentence = "经审查，图纸第3页的面积与申请表不一致，不符合《人民防空法》第二十二条规定的面积一致。"
    assert sentence in approver.text

    # Meanwhile the head gives more time.
    other.go(f"{place_of(case)}/acts/extend_deadline")
    other.fill(length="5", reasons="涉及地下管线")
    other.press("Control+Enter")
    other.press("Control+Enter")
    assert "已完成" in other.text

    approver.click(".pane__acts button:has-text('作出决定')")
    assert "您填写期间，这个办件已被更新" in approver.text
    assert "延长" in approver.page.inner_text(".changes")
    assert approver.page.input_value("[name='slot.facts']") == "图纸第3页的面积与申请表不一致"


def test_the_head_sees_the_new_date_and_the_notice_before_extending(visit: Open, accepted: CaseMaker) -> None:
    case = accepted()
    head = visit("head")
    head.go(f"{place_of(case)}/acts/extend_deadline")
    head.fill(length="6", reasons="涉及地下管线，须进一步核实")
    head.press("Control+Enter")
    assert head.page.locator("#error-summary").count() == 1
    assert head.page.input_value("[name='reasons']") == "涉及地下管线，须进一步核实"
    head.fill(length="5")
    head.press("Control+Enter")
    assert "新的期限" in head.text
    assert "延长办理期限告知书" in head.text
    assert "（待编）号" in head.text
    new_date = re.search(r"→ (\d+年\d+月\d+日)", head.text)
    assert new_date is not None
    head.press("Control+Enter")
    assert new_date.group(1) in head.text
    assert not head.complaints


def test_identical_cases_are_decided_together_each_with_its_own_number(
    visit: Open, accepted: CaseMaker
) -> None:
    made = [accepted(), accepted()]
    approver = visit("approver")
    approver.go("/review")
    for case in made:
        approver.page.check(f"input[name='case'][value^='{case['case_id']}']")
    approver.click("button:has-text('对选中的办件作出相同决定')")
    approver.choose("result", "grant")
    approver.press("Control+Enter")
    assert "决定书预览" in approver.text
    approver.press("Control+Enter")
    assert "已决定2件" in approver.text
    numbers = approver.page.locator("tbody td:nth-child(3)").all_inner_texts()
    assert len(set(numbers)) == 2


def test_no_page_of_a_decision_bars_anybody(visit: Open, accepted: CaseMaker) -> None:
    """In the dark, where the desk has its own colours: the list, the question, its faults, and the document."""
    place = place_of(accepted())
    approver = visit("approver", dark=True)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = faults_of(approver)
        approver.page.set_viewport_size(SCREEN)

    approver.go("/review")
    look("list")
    approver.go(f"{place}?template=materials")
    look("question")
    approver.click(".pane__acts button:has-text('预览决定书')")
    look("faults")
    approver.go(place)
    # What acts is in sight on the smallest screen that a desk is made for.
    button = approver.page.locator("[data-key='Ctrl+Enter']").bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= SCREEN["height"]
    approver.page.keyboard.press("g")
    approver.press("Control+Enter")
    look("preview")
    assert {name: faults for name, faults in found.items() if faults} == {}
