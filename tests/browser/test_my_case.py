"""The applicant after the submission: corrects with a banner on every page, names a helper, rates, is called back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from deploy.demo.stage import Stage, application, by_sharing, own_codes, uploaded
from deploy.demo.story import Step, Story
from deploy.demo.visitors import Json
from deploy.local.faults import Fault
from services.gateway.demo_accounts import APPLICANT, APPROVER, CLERK, SECOND_APPLICANT
from shared.testing.platform import RunningPlatform
from tests.browser.conftest import PHONE, Open
from tests.browser.visitor import Visitor

PEACETIME_USE = "A-08"
Make = Callable[..., Json]


class Silent:
    """A story without an audience."""

    def scene(self, name: str, zh: str, en: str) -> None: ...

    def working(self, step: Step) -> None: ...

    def done(self, step: Step) -> None: ...

    def failed(self, step: Step, fault: Fault) -> None: ...


@pytest.fixture(scope="module")
def stage(running_platform: RunningPlatform) -> Iterator[Stage]:
    """The people of the demonstration, by the API."""
    with httpx.Client(base_url=running_platform.url, timeout=20) as http:
        yield Stage(http, running_platform.home, Story(Silent()))


@pytest.fixture
def submitted(stage: Stage) -> Make:
    """Makes a case of Wang's by the API, with every paper but these."""

    def make(without: int = 0) -> Json:
        item, wang = stage.item(PEACETIME_USE), stage.visitor(APPLICANT)
        left_out = own_codes(item)[:without]
        papers = uploaded(wang, item, own_codes(item, without=left_out)) + by_sharing(item)
        return wang.post("/applicant/cases", application(item, APPLICANT, papers))

    return make


def place_of(receipt: Json) -> str:
    return f"/my/cases/{receipt['case_id']}"


def correction_asked(stage: Stage, receipt: Json) -> Json:
    place = f"/counter/cases/{receipt['case_id']}/correction-notice"
    return stage.visitor(CLERK).post(place, {"defects": []}, version=receipt["version"])


def test_only_the_wrong_papers_and_a_banner_everywhere_until_sent_again(
    visit: Open, stage: Stage, submitted: Make, paper: Path
) -> None:
    receipt = submitted(without=2)
    correction_asked(stage, receipt)
    wang = visit("wang", PHONE, script=False)
    asked = f"a[href='{place_of(receipt)}/papers']"
    # Other cases of theirs may wait too; then the banner counts them and leads to the list that names each.
    wang.go("/call-me")
    assert wang.page.locator(".waits").count() == 1
    wang.go("/my/cases")
    wang.click(asked)
    assert wang.page.locator("input[type=file]").count() == 2
    wang.attach(str(wang.page.locator("input[type=file]").first.get_attribute("name")), paper)
    wang.click("main form button")
    assert "还差1份" in wang.text
    wang.go("/call-me")
    assert wang.page.locator(".waits").count() == 1
    wang.go("/my/cases")
    wang.click(asked)
    wang.attach(str(wang.page.locator("input[type=file]").first.get_attribute("name")), paper)
    wang.click("main form button")
    assert "材料已提交" in wang.text
    wang.go("/my/cases")
    assert wang.page.locator(asked).count() == 0
    assert not wang.is_wider_than_the_screen


def test_a_helper_sees_for_whom_they_act_until_the_mandate_is_taken_back(
    visit: Open, submitted: Make
) -> None:
    place = place_of(submitted())
    wang, li = visit("wang"), visit("li", PHONE)
    wang.go(place)
    wang.click("a:has-text('请人帮我办')")
    number = str(SECOND_APPLICANT.person["certificate_number"])
    wang.fill(agent__name="李秀英", agent__certificate_number=number)
    wang.page.check("#agreed")
    wang.click("main form button:has-text('确认委托')")
    assert "委托期限" in wang.text
    li.go(place)
    assert "您正在帮 王小明 办理这件事" in li.page.inner_text(".acting")
    li.go(f"{place}/ask/urge")
    li.click("main form button:has-text('催办')")
    assert "超出委托权限" in li.page.inner_text(".error-summary")
    wang.click("main form button:has-text('撤销委托')")
    li.go(place)
    assert "王小明" not in li.text
    assert not wang.complaints


def test_a_receipt_opens_the_look_up_by_its_square_code(visit: Open, submitted: Make) -> None:
    receipt = submitted()
    wang, guest = visit("wang"), visit(None, PHONE)
    wang.go(f"{place_of(receipt)}/receipt")
    assert receipt["access_code"] in wang.text
    assert wang.page.locator(".receipt__square svg").is_visible()
    guest.go(f"/find?case_no={receipt['case_no']}#code={receipt['access_code']}")
    assert guest.page.input_value("#access_code") == receipt["access_code"]
    assert receipt["access_code"] not in guest.page.url
    guest.click("main form button")
    assert "已收到您的申请" in guest.text


def test_a_delivered_case_is_rated_once_and_a_poor_rating_is_called_back(
    visit: Open, stage: Stage, submitted: Make
) -> None:
    receipt = submitted()
    place = f"/cases/{receipt['case_id']}"
    clerk, approver = stage.visitor(CLERK), stage.visitor(APPROVER)
    receipt = clerk.post(f"/counter{place}/acceptance", version=receipt["version"])
    receipt = approver.post(f"/approver{place}/decision", {"result": "grant"}, version=receipt["version"])
    receipt = clerk.post(f"/counter{place}/licence", {}, version=receipt["version"])
    how = {"method": "window", "recipient": "王小明"}
    clerk.post(f"/counter{place}/delivery", how, version=receipt["version"])
    wang, desk = visit("wang", PHONE), visit("clerk")
    wang.go(f"/my{place}")
    wang.click("a:has-text('评价这次服务')")
    wang.click("a:has-text('非常不满意')")
    wang.page.check("[value=slow]")
    wang.fill(words="<script>等了三周</script>")
    wang.click("main form button")
    assert "谢谢您的评价" in wang.text
    wang.go(f"/my{place}/rate")
    assert "您已经评价过：非常不满意" in wang.text
    desk.go("/desk/call-backs")
    desk.click("button:has-text('查看号码')")
    assert str(APPLICANT.person["mobile"]) in desk.text
    desk.click("button:has-text('已打通')")
    assert str(APPLICANT.person["mobile"]) not in desk.text
    assert not wang.complaints + desk.complaints


def test_the_open_page_of_a_case_learns_what_the_office_did(
    visit: Open, stage: Stage, submitted: Make
) -> None:
    receipt = submitted()
    wang: Visitor = visit("wang")
    wang.go(place_of(receipt))
    focused = wang.page.locator("a:has-text('请给我回电话')").first
    wang.page.locator("header a").first.focus()
    clerk = stage.visitor(CLERK)
    clerk.post(f"/counter/cases/{receipt['case_id']}/acceptance", version=receipt["version"])
    wang.page.locator(".status:has-text('申请已受理')").wait_for()
    assert focused.is_visible()
    assert wang.page.evaluate("document.activeElement.closest('header') !== null")
    assert not wang.complaints


ELDER = [{"name": "tongban_view", "value": "elder"}]
SMALL = """() => Array.from(document.querySelectorAll(
        'main a, main button, main input:not([type=hidden]), main select, header a, header button'))
    .filter(one => one.offsetParent !== null && !one.closest('p, .rows, label, figure'))
    .map(one => [one.getBoundingClientRect(), one])
    .filter(([box]) => box.height > 0 && box.height < 59.5)
    .map(([box, one]) => Math.round(box.height) + ' ' + one.outerHTML.slice(0, 90))"""


def test_the_elder_view_has_five_large_tiles_and_a_call_in_two_taps(
    visit: Open, running_platform: RunningPlatform
) -> None:
    elder = visit("wang", PHONE)
    elder.page.context.add_cookies([{**one, "url": running_platform.url} for one in ELDER])
    elder.go("/")
    assert elder.page.locator(".tile").count() == 5
    assert elder.page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)") >= 24
    assert elder.page.evaluate(SMALL) == []
    elder.click(".tile:has-text('请给我回电话')")
    assert elder.page.evaluate(SMALL) == []
    assert not elder.is_wider_than_the_screen
    # Whole sentences can be heard where the browser can speak.
    speaks = elder.page.evaluate("'speechSynthesis' in window")
    assert (elder.page.locator(".aloud").count() > 0) is speaks
    elder.click("main form button:has-text('请打给我')")
    assert elder.place == "/call-me/asked"
    assert not elder.complaints
