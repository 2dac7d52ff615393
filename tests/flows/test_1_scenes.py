"""The six scenes that `make demo` tells, looked at from every side afterwards."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.commands.case_bundle import verify_bundle
from deploy.demo.papers import png
from deploy.demo.province import Feed
from deploy.demo.stage import Stage
from deploy.demo.visitors import Json
from services.gateway.demo_accounts import (
    CLERK,
    COMPANY,
    DISCREDITED,
    EVERYBODY,
    PROVINCE,
    SECOND_APPLICANT,
    SECOND_CLERK,
    THIRD_APPLICANT,
)
from shared.deadlines import due
from shared.deadlines.clock import Unit
from shared.deadlines.shipped import shipped_calendar
from shared.testing.platform import RunningPlatform
from shared.time import shanghai
from tests.flows.cases import (
    LAGGING,
    assert_every_effect_once,
    case_of,
    clock_of,
    kinds,
    submit_at_counter,
    told,
    undertaking_of,
)
from tests.flows.conftest import Rows, Steps

SCENES = ("a", "b", "c", "d", "e", "f")


def today(platform: RunningPlatform) -> date:
    """The platform's own day (this process does not follow its clock)."""
    offset = float(platform.clock.file.read_text())
    return shanghai(datetime.now(UTC) + timedelta(seconds=offset)).date()


def case_in(stage: Stage, demo: Steps, scene: str) -> Json:
    return case_of(stage, demo[scene]["submit"]["case_id"])


def lines_of(stage: Stage, case: Json, kind: str, account: Any) -> str:
    """The text of a document as the applicant reads it."""
    reference = [document for document in case["documents"] if document["kind"] == kind][-1]
    path = f"/applicant/cases/{case['case_id']}/documents/{reference['document_id']}"
    document = stage.visitor(account).get(path)
    assert not document["masked"]
    return "\n".join(f"{line['label']}{line['text']}" for line in document["lines"])


def test_the_demonstration_can_be_played_again_on_the_same_platform(demonstrations: list[Steps]) -> None:
    first, second = demonstrations
    assert list(second) == [*SCENES, "end"]
    assert {scene: list(steps) for scene, steps in first.items()} == {
        scene: list(steps) for scene, steps in second.items()
    }
    for scene in SCENES:
        assert first[scene]["submit"]["case_id"] != second[scene]["submit"]["case_id"]
    assert second["end"]["proof"]["verified"]
    assert second["end"]["messages"]["letters"] == second["end"]["messages"]["events"] == 7
    assert second["end"]["effect_times"]["latest_ms"] > 0


def test_complete_papers_go_from_submission_to_delivery(
    stage: Stage, demo: Steps, platform: RunningPlatform
) -> None:
    case = case_in(stage, demo, "a")
    assert case["state"] == "DELIVERED"
    assert case["channel"] == "online"
    assert case["acceptance_basis"] == "ordinary"
    assert told(case) == ["Submitted", "Accepted", "Decided", "Delivered"]
    assert kinds(case) == ["receipt_voucher", "acceptance_notice", "decision_grant", "delivery_receipt"]
    assert [entry["by_role"] for entry in case["timeline"]] == ["applicant", "clerk", "approver", "clerk"]
    assert demo["a"]["submit"]["repeated_is_same"]
    assert case["accepted_on"] == today(platform).isoformat()


@pytest.mark.parametrize(
    ("scene", "clock", "days"),
    [
        ("a", "statutory", 20),
        ("a", "promised", 5),
        ("b", "statutory", 10),
        ("b", "promised", 3),
        ("b", "supply", 1),
        ("c", "correction", 15),
        ("e", "promised", 5),
    ],
)
def test_every_date_is_the_one_that_the_engine_counts(
    stage: Stage, demo: Steps, scene: str, clock: str, days: int
) -> None:
    shown = clock_of(case_in(stage, demo, scene), clock)
    counted = due(date.fromisoformat(shown["started_on"]), days, Unit.WORKING_DAY, shipped_calendar())
    assert (shown["length"], shown["unit"]) == (days, "working_day")
    assert shown["due_on"] == counted.due_on.isoformat()
    assert shown["provisional"] == counted.provisional
    assert sum(day["counted"] for day in shown["days"]) == days
    assert shown["days"][0]["why_zh"].startswith("起算当日")


def test_a_tolerated_paper_is_supplied_from_home(stage: Stage, demo: Steps) -> None:
    case = case_in(stage, demo, "b")
    assert case["state"] == "DELIVERED"
    assert case["channel"] == "counter"
    assert case["acceptance_basis"] == "tolerant"
    assert told(case) == [
        "Submitted",
        "Accepted",
        "MaterialsSupplied",
        "SupplyConfirmed",
        "Decided",
        "LicenceIssued",
        "Delivered",
    ]
    assert [entry["by_role"] for entry in case["timeline"]][2] == "applicant"
    assert kinds(case) == [
        "receipt_voucher",
        "undertaking",
        "tolerance_notice",
        "decision_grant",
        "licence",
        "delivery_receipt",
    ]
    assert case["tolerance"]["fulfilled_on"] == case["accepted_on"]
    assert clock_of(case, "supply")["due_on"] < clock_of(case, "promised")["due_on"]
    notice = lines_of(stage, case, "tolerance_notice", SECOND_APPLICANT)
    undertaking = lines_of(stage, case, "undertaking", SECOND_APPLICANT)
    assert "安全责任书" in notice
    assert "安全责任书" in undertaking
    assert SECOND_APPLICANT.name in undertaking


def test_a_case_of_the_counter_is_found_by_account_and_by_code(stage: Stage, demo: Steps) -> None:
    facts = demo["b"]
    assert facts["find_by_account"]["case_no"] == facts["submit"]["case_no"]
    assert facts["find_by_code"]["name_shown"] == "李**"
    wrong = {"case_no": facts["submit"]["case_no"], "access_code": "AAAAAAAA"}
    if wrong["access_code"] == facts["submit"]["access_code"]:
        pytest.skip("one code in 78 thousand million is this one")
    stage.passer_by.refused("/cases/lookup", wrong, code="case_not_found")


def test_a_tolerated_paper_can_be_supplied_with_nothing_but_the_voucher(stage: Stage) -> None:
    voucher = submit_at_counter(
        stage,
        SECOND_APPLICANT,
        without=[LAGGING],
        asks_tolerance=True,
        undertaking=undertaking_of(SECOND_APPLICANT),
    )
    case_id, nobody = voucher["case_id"], stage.passer_by
    accepted = stage.visitor(CLERK).post(
        f"/counter/cases/{case_id}/tolerant-acceptance", {}, version=voucher["version"]
    )
    code = {"case_no": voucher["case_no"], "access_code": voucher["access_code"].lower()}
    headers = {
        "x-case-no": code["case_no"],
        "x-access-code": code["access_code"],
        "content-type": "image/png",
        "idempotency-key": str(uuid4()),
    }
    upload = nobody.send("POST", "/cases/lookup/uploads", content=png(), headers=headers)
    paper = {"code": LAGGING, "form": "electronic", "upload_id": upload["upload_id"]}
    receipt = nobody.post(
        "/cases/lookup/materials", {**code, "materials": [paper]}, version=accepted["version"]
    )
    assert receipt["state"] == "IN_REVIEW"
    assert_every_effect_once(stage, case_id)


def test_one_notice_lists_everything_at_once(stage: Stage, demo: Steps) -> None:
    case = case_in(stage, demo, "c")
    assert demo["c"]["correction_notice"]["defects"] == ["A05-02", "A05-03", "A05-04"]
    assert told(case) == ["Submitted", "CorrectionRequested", "MaterialsSupplied", "Accepted"]
    assert case["state"] == "ACCEPTED"
    notice = lines_of(stage, case, "correction_notice", COMPANY)
    for name in ("安全鉴定报告", "图纸及影像资料", "产权或者使用单位意见"):
        assert name in notice
    assert clock_of(case, "correction")["stopped_on"] is not None
    # Whoever acts for the company sees the case at home as well.
    agent = stage.visitor(THIRD_APPLICANT)
    assert case["case_id"] in {line["case_id"] for line in agent.pages("/applicant/cases")}


def test_what_could_have_been_noticed_at_once_cannot_be_noticed_later(stage: Stage, demo: Steps) -> None:
    case = case_in(stage, demo, "c")
    stage.visitor(SECOND_CLERK).refused(
        f"/counter/cases/{case['case_id']}/correction-notice",
        {"defects": [{"material_code": "A05-01", "reason": "not_sealed"}]},
        version=case["version"],
        code="illegal_transition",
    )


def test_a_discredited_applicant_is_told_why_and_goes_the_ordinary_way(stage: Stage, demo: Steps) -> None:
    case = case_in(stage, demo, "d")
    assert demo["d"]["check"]["reasons"] == demo["d"]["why_not"]["reasons"] == ["dishonest_debtor"]
    assert told(case) == ["Submitted", "CorrectionRequested", "MaterialsSupplied", "Accepted"]
    assert case["acceptance_basis"] == "ordinary"
    assert case["tolerance"] is None
    notice = lines_of(stage, case, "correction_notice", DISCREDITED)
    assert "失信被执行人名单" in notice
    assert "安全责任书" in notice


def test_the_province_follows_its_case_by_cursor_without_a_gap(stage: Stage, demo: Steps, rows: Rows) -> None:
    case = case_in(stage, demo, "e")
    assert case["partner"] == PROVINCE.login
    assert case["external_no"] == demo["e"]["submit"]["external_no"]
    assert demo["e"]["follow_submission"]["as_expected"]
    assert demo["e"]["follow_progress"]["as_expected"]
    events = read_one_by_one(Feed(stage.visitor(PROVINCE)))
    assert len({event["event_id"] for event in events}) == len(events)
    of_case = [event["sequence"] for event in events if event["case_id"] == case["case_id"]]
    assert of_case == list(range(1, case["version"] + 1))
    recorded = rows(
        "applications",
        "SELECT e.event_id::text FROM case_events e JOIN cases c ON c.id = e.case_id WHERE c.partner = %s",
        PROVINCE.login,
    )
    assert {event["event_id"] for event in events} == {row["event_id"] for row in recorded}


def test_the_time_to_decide_stands_still_goes_on_and_is_extended(stage: Stage, demo: Steps) -> None:
    case, facts = case_in(stage, demo, "f"), demo["f"]
    assert told(case) == [
        "Submitted",
        "Accepted",
        "ProcedureStarted",
        "ProcedureEnded",
        "DeadlineExtended",
        "Decided",
    ]
    assert [entry["by_role"] for entry in case["timeline"]][2:] == [
        "approver",
        "approver",
        "organ_head",
        "approver",
    ]
    first, standing, back, extended = (
        {clock["name"]: clock for clock in facts[step]["clocks"]}
        for step in ("accept", "start_procedure", "end_procedure", "extend")
    )
    for name, added in (("statutory", 30), ("promised", 15)):
        assert standing[name]["due_on"] > first[name]["due_on"] == back[name]["due_on"]
        started = date.fromisoformat(extended[name]["started_on"])
        counted = due(started, added, Unit.WORKING_DAY, shipped_calendar())
        assert extended[name]["due_on"] == counted.due_on.isoformat()
        assert extended[name]["counted"] == added
    assert facts["start_procedure"]["document_no"] in str(standing["statutory"]["skipped"])
    assert facts["who_may_extend"]["code"] == "forbidden"


def test_the_decision_and_the_case_are_checked_without_the_platform(
    demo: Steps, platform: RunningPlatform
) -> None:
    facts = demo["f"]
    assert facts["verify_decision"] == {"state": "valid", "same": True}
    assert hashlib.sha256(Path(facts["print"]["file"]).read_bytes()).hexdigest() == facts["print"]["sha256"]
    assert facts["bundle"]["ok"]
    assert facts["bundle"]["proved_events"] == 6
    assert facts["bundle"]["proved_documents"] == 5
    key = (platform.home.secrets / "audit.public.key").read_text()
    assert verify_bundle(Path(facts["bundle"]["file"]), key).ok


def read_one_by_one(feed: Feed) -> list[Json]:
    """The whole feed in the smallest pages, each going on from the cursor of the one before."""
    events: list[Json] = []
    while True:
        page = feed.visitor.get("/province/events", after=feed.cursor, limit=1)
        assert len(page["events"]) <= 1
        events += page["events"]
        feed.cursor = page["cursor"]
        if not page["more"]:
            return events


@pytest.mark.parametrize("scene", SCENES)
def test_every_event_has_every_effect_exactly_once(stage: Stage, demo: Steps, scene: str) -> None:
    assert_every_effect_once(stage, demo[scene]["submit"]["case_id"])


def test_the_pages_that_the_demonstration_names_open_for_the_accounts_it_names(
    demo: Steps, platform: RunningPlatform
) -> None:
    pages = demo["end"]["where_to_look"]["pages"]
    passwords = {account.login: account.password for account in EVERYBODY}
    assert len(pages) >= 3
    for page in pages:
        with browser(platform) as http:
            turned_away = http.get(page["url"])
            assert "/sign-in" in turned_away.headers["location"], page
            form = http.get("/sign-in").text
            token = form.split('name="csrf_token" value="')[1].split('"')[0]
            entered = http.post(
                "/sign-in",
                data={"csrf_token": token, "login": page["login"], "password": passwords[page["login"]]},
            )
            assert entered.status_code == 303, entered.text
            opened = http.get(page["url"])
            assert opened.status_code == 200, page
            if "/cases/" in page["url"]:
                assert any(demo[scene]["submit"]["case_no"] in opened.text for scene in ("b", "f"))


def browser(platform: RunningPlatform) -> httpx.Client:
    """Somebody with cookies who wants pages."""
    return httpx.Client(base_url=platform.url, headers={"accept": "text/html"}, timeout=20)
