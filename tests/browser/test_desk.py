"""The desk of a counter: whose case it is in seconds, two windows on one case, and what happens elsewhere appearing by itself."""

import time
from collections.abc import Iterator

import httpx
import pytest

from deploy.demo.stage import Stage
from deploy.demo.story import Story
from services.gateway.demo_accounts import CLERK
from shared.testing.platform import RunningPlatform
from tests.browser.conftest import Open
from tests.browser.visitor import Visitor
from tests.flows import cases
from tests.flows.conftest import Silent

# From a committed change to the page of somebody else; the gateway's feed is read twice a second.
SOON = 8_000


@pytest.fixture
def stage(running_platform: RunningPlatform) -> Iterator[Stage]:
    """Prepares cases through the API, so that the windows do only what is looked at."""
    with httpx.Client(base_url=running_platform.url, timeout=20) as http:
        yield Stage(http, running_platform.home, Story(Silent()))


def test_what_a_case_is_doing_is_answered_from_four_digits(visit: Open, stage: Stage) -> None:
    somebody = cases.somebody()
    receipt = cases.submit_at_counter(stage, somebody)
    assert somebody.person is not None
    clerk = visit("clerk")
    clerk.go("/desk")
    began = time.monotonic()
    clerk.page.keyboard.press("Alt+L")
    clerk.page.keyboard.type(somebody.person["certificate_number"][-8:])
    clerk.press("Enter")
    assert time.monotonic() - began < 5
    assert clerk.place == f"/desk/cases/{receipt['case_id']}"
    assert "等待受理" in clerk.text or "待受理" in clerk.text
    again = cases.submit_at_counter(stage, somebody)
    clerk.page.keyboard.press("Alt+L")
    clerk.page.keyboard.type(somebody.person["certificate_number"][-4:])
    clerk.press("Enter")
    assert clerk.place == "/desk/find"
    assert again["case_no"] in clerk.text.replace("\u200b", "")
    assert "何**" in clerk.text
    assert somebody.person["certificate_number"] not in clerk.page.content()
    assert clerk.complaints == []


def test_an_outdated_window_sees_field_by_field_what_changed_and_keeps_what_was_typed(
    visit: Open, stage: Stage
) -> None:
    receipt = cases.submit_at_counter(stage, cases.somebody())
    place = f"/desk/cases/{receipt['case_id']}"
    first = visit("clerk")
    first.go(f"{place}/acts/declare_not_competent")
    first.fill(competent_organ="亳州市自然资源和规划局", reasons="属于规划许可")
    # In another window the same case goes through another channel.
    stage.visitor(CLERK).post(
        f"/counter{place.removeprefix('/desk')}/channel", {"channel": "online"}, version=receipt["version"]
    )
    first.press("Control+Enter")
    changes = first.page.inner_text(".changes")
    assert "转换办理渠道" in changes
    assert first.page.locator(".changes del").first.inner_text() == "窗口收件"
    assert first.page.locator(".changes ins").first.inner_text() == "网上提交"
    assert first.page.input_value("[name=competent_organ]") == "亳州市自然资源和规划局"
    assert cases.case_of(stage, receipt["case_id"])["state"] == "SUBMITTED"
    # What was looked over may be sent again, on the version that was shown.
    first.press("Control+Enter")
    assert first.place == place
    assert cases.case_of(stage, receipt["case_id"])["state"] == "NOT_COMPETENT"


def test_an_act_that_became_impossible_shows_what_was_typed_for_it(visit: Open, stage: Stage) -> None:
    receipt = cases.submit_at_counter(stage, cases.somebody())
    place = f"/desk/cases/{receipt['case_id']}"
    clerk = visit("clerk")
    clerk.go(f"{place}/withdraw")
    clerk.fill(reason="申请人改变了主意")
    _not_required(stage, receipt["case_id"], receipt["version"])
    clerk.press("Control+Enter")
    assert "不受理（无需许可）" in clerk.page.inner_text(".changes")
    assert "申请人改变了主意" in clerk.text
    assert not clerk.page.locator("textarea[name=reason]").count()


def test_what_happens_elsewhere_appears_without_taking_the_focus(
    visit: Open, stage: Stage, running_platform: RunningPlatform
) -> None:
    receipt = cases.submit_at_counter(stage, cases.somebody())
    clerk = visit("clerk")
    clerk.go(f"/desk/cases/{receipt['case_id']}/acts/declare_not_competent")
    clerk.page.wait_for_selector("[data-live-ok]:visible")
    clerk.page.focus("[name=reasons]")
    clerk.page.keyboard.type("属于规划")
    version = _channel(stage, receipt["case_id"], receipt["version"], "online")
    clerk.page.wait_for_selector("#news .changes", timeout=SOON)
    assert "网上提交" in clerk.page.inner_text("#news")
    _nothing_was_lost(clerk, "属于规划")
    # The gateway dies, and this window does not reach the new one at first: it is said, and what was typed stays.
    clerk.page.route("**/live/desk", lambda route: route.abort())
    running_platform.kill("gateway")
    clerk.page.wait_for_selector("[data-live-cut]:visible")
    running_platform.wait_until_ready()
    _channel(stage, receipt["case_id"], version, "service_point")
    clerk.page.keyboard.type("许可")
    clerk.page.unroute("**/live/desk")
    clerk.page.wait_for_selector("#news:has-text('便民服务点')")
    clerk.page.wait_for_selector("[data-live-cut]", state="hidden")
    _nothing_was_lost(clerk, "属于规划许可")


def test_the_list_and_the_day_tell_what_came_and_what_was_done(visit: Open, stage: Stage) -> None:
    clerk = visit("clerk")
    clerk.go("/desk?channel=counter")
    clerk.page.wait_for_selector("[data-live-ok]:visible")
    receipt = cases.submit_at_counter(stage, cases.somebody())
    clerk.page.wait_for_selector(f"#queue a[href$='{receipt['case_id']}']", timeout=SOON)
    clerk.go(f"/desk/cases/{receipt['case_id']}/accept")
    assert "法定办结时限" in clerk.text
    assert "预览《" in clerk.text
    clerk.press("Control+Enter")
    clerk.go("/desk/day")
    row = clerk.page.locator(f"tr:has(a[href$='{receipt['case_id']}'])")
    assert [one.split("\t")[1] for one in row.all_inner_texts()] == ["收件", "受理"]


def _channel(stage: Stage, case_id: str, version: int, channel: str) -> int:
    answer = stage.visitor(CLERK).post(
        f"/counter/cases/{case_id}/channel", {"channel": channel}, version=version
    )
    return int(answer["version"])


def _not_required(stage: Stage, case_id: str, version: int) -> None:
    body = {"reasons": "依法不需要取得许可"}
    stage.visitor(CLERK).post(f"/counter/cases/{case_id}/not-required", body, version=version)


def _nothing_was_lost(clerk: Visitor, typed: str) -> None:
    assert clerk.page.evaluate("document.activeElement.name") == "reasons"
    assert clerk.page.input_value("[name=reasons]") == typed
