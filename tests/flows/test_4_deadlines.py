"""Days and weeks pass: the clock of the whole platform moves, and the law's consequences follow by themselves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from deploy.demo.stage import Stage, uploaded
from deploy.demo.visitors import Json
from services.gateway.demo_accounts import (
    APPLICANT,
    APPROVER,
    CLERK,
    COMPANY,
    THIRD_APPLICANT,
)
from shared.deadlines import due
from shared.deadlines.clock import SHANGHAI, Unit
from shared.deadlines.shipped import shipped_calendar
from shared.testing.platform import RunningPlatform
from tests.flows.cases import (
    ITEM,
    LAGGING,
    accept_tolerantly,
    assert_every_effect_once,
    case_of,
    clock_of,
    kinds,
    settled_effects,
    somebody,
    submit_at_counter,
    submit_online,
    told,
    undertaking_of,
    until_state,
)
from tests.flows.conftest import Rows
from tests.flows.test_3_outages import stopped


def move_to(platform: RunningPlatform, stage: Stage, day: str, *, hour: int = 0, minute: int = 1) -> Stage:
    """To this time of this day in China; sessions have ended by then, so everybody signs in anew.

    Wait for the effects of a case first: a letter that is being sent while a week passes has been tried for a week.
    """
    at = datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI)
    platform.clock.set_to(at + timedelta(hours=hour, minutes=minute))
    return Stage(stage.http, stage.home, stage.story)


def next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def titles(stage: Stage, case: Json, account: Any) -> list[str]:
    """What the applicant was told, in order."""
    messages = stage.visitor(account).pages(f"/applicant/cases/{case['case_id']}/messages", "messages")
    return [message["title"] for message in messages]


def test_nobody_answers_in_five_working_days_and_the_case_counts_as_accepted(
    platform: RunningPlatform, stage: Stage
) -> None:
    receipt = submit_online(stage, APPLICANT, without=[LAGGING])
    settled_effects(stage, receipt["case_id"])
    before = case_of(stage, receipt["case_id"])
    intake = clock_of(before, "intake")
    received = date.fromisoformat(before["received_on"])
    assert intake["due_on"] == due(received, 5, Unit.WORKING_DAY, shipped_calendar()).due_on.isoformat()

    stage = move_to(platform, stage, intake["due_on"], hour=23, minute=50)
    assert case_of(stage, receipt["case_id"])["state"] == "SUBMITTED"
    stage = move_to(platform, stage, next_day(intake["due_on"]))
    case = until_state(stage, receipt["case_id"], "ACCEPTED_DEEMED")

    # 行政许可法 Art 32(4): accepted from the day the papers were received; the organ's omission is on record, and so is
    # the promise of five working days, which counts from the same day (优化营商环境条例 Art 36).
    happened = ["Submitted", "Accepted", "DutyBreached", "DutyBreached"]
    stage.eventually(
        lambda: told(case_of(stage, receipt["case_id"])) == happened, "期限违反", "both breaches"
    )
    case = case_of(stage, receipt["case_id"])
    assert case["acceptance_basis"] == "deemed"
    assert case["accepted_on"] == before["received_on"]
    assert clock_of(case, "statutory")["started_on"] == before["received_on"]
    assert [entry["by_role"] for entry in case["timeline"]] == ["applicant", "system", "system", "system"]
    assert_every_effect_once(stage, case["case_id"])
    assert "视为已受理" in titles(stage, case, APPLICANT)[-1]

    # What lacks can still be supplied, and then it is decided like any other case.
    applicant = stage.visitor(APPLICANT)
    paper = uploaded(applicant, stage.item(ITEM), [LAGGING])
    supplied = applicant.post(
        f"/applicant/cases/{case['case_id']}/materials", {"materials": paper}, version=case["version"]
    )
    decided = stage.visitor(APPROVER).post(
        f"/approver/cases/{case['case_id']}/decision", {"result": "grant"}, version=supplied["version"]
    )
    assert decided["state"] == "DECIDED_GRANT"
    assert_every_effect_once(stage, case["case_id"])


def test_whoever_breaks_an_undertaking_is_reminded_ended_and_refused_the_next_tolerance(
    platform: RunningPlatform, stage: Stage
) -> None:
    receipt = accept_tolerantly(stage, THIRD_APPLICANT)
    settled_effects(stage, receipt["case_id"])
    supply = clock_of(case_of(stage, receipt["case_id"]), "supply")
    stage = move_to(platform, stage, supply["due_on"], hour=9)
    stage.eventually(
        lambda: "SupplyReminded" in told(case_of(stage, receipt["case_id"])), "提醒", "the reminder"
    )
    settled_effects(stage, receipt["case_id"])
    stage = move_to(platform, stage, next_day(supply["due_on"]))
    case = until_state(stage, receipt["case_id"], "TERMINATED")

    assert told(case) == ["Submitted", "Accepted", "SupplyReminded", "ToleranceExpired", "Terminated"]
    assert kinds(case)[-1] == "termination_notice"
    assert case["tolerance"]["broken_on"] == supply["due_on"]
    assert case["decision"] is None, "a broken undertaking is no refusal of the licence"
    assert_every_effect_once(stage, case["case_id"])
    reminder, ending = titles(stage, case, THIRD_APPLICANT)[-2:]
    assert "今天是最后一天" in reminder
    assert "已终止办理" in ending
    assert_tolerance_is_refused(stage)


def assert_tolerance_is_refused(stage: Stage) -> None:
    """For this person only, with the reason, and the ordinary route stays open."""
    again = submit_at_counter(
        stage,
        THIRD_APPLICANT,
        without=[LAGGING],
        asks_tolerance=True,
        undertaking=undertaking_of(THIRD_APPLICANT),
    )
    assert again["proposed_outcome"] == "request_correction"
    problem = stage.visitor(CLERK).refused(
        f"/counter/cases/{again['case_id']}/tolerant-acceptance",
        {},
        version=again["version"],
        code="outcome_not_allowed",
    )
    assert [reason["code"] for reason in problem["facts"]["reasons"]] == ["broken_undertaking"]
    whole = submit_at_counter(stage, THIRD_APPLICANT)
    accepted = stage.visitor(CLERK).post(
        f"/counter/cases/{whole['case_id']}/acceptance", version=whole["version"]
    )
    assert accepted["state"] == "ACCEPTED"
    assert accept_tolerantly(stage, somebody())["state"] == "ACCEPTED_TOLERANT"


def test_after_a_week_without_timers_everything_that_was_due_happens_once(
    platform: RunningPlatform, stage: Stage, rows: Rows
) -> None:
    unanswered = submit_at_counter(stage, APPLICANT)
    tolerated = accept_tolerantly(stage, APPLICANT)
    noticed = _noticed(stage)
    for receipt in (unanswered, tolerated, noticed):
        settled_effects(stage, receipt["case_id"])
    due_on = clock_of(case_of(stage, unanswered["case_id"]), "intake")["due_on"]
    with stopped(platform, "applications"):
        weeks_later = date.fromisoformat(due_on) + timedelta(days=7)
        stage = move_to(platform, stage, weeks_later.isoformat(), hour=8)
    deemed = until_state(stage, unanswered["case_id"], "ACCEPTED_DEEMED")
    ended = until_state(stage, tolerated["case_id"], "TERMINATED")
    lapsed = until_state(stage, noticed["case_id"], "LAPSED_NO_CORRECTION")

    # Each carries the date that the law gives, whenever the system noticed; late reminders are not sent.
    assert deemed["accepted_on"] == deemed["received_on"]
    assert told(ended) == ["Submitted", "Accepted", "ToleranceExpired", "Terminated"]
    assert ended["tolerance"]["broken_on"] == clock_of(ended, "supply")["due_on"]
    assert told(lapsed) == ["Submitted", "CorrectionRequested", "Lapsed"]
    assert lapsed["timeline"][-1]["effective_on"] == clock_of(lapsed, "correction")["due_on"]
    for case in (deemed, ended, lapsed):
        assert_every_effect_once(stage, case["case_id"])
    late = rows(
        "applications", "SELECT kind FROM timers WHERE settled_at IS NULL AND due_at < %s", _now(platform)
    )
    assert late == []


def _noticed(stage: Stage) -> Json:
    """A case whose applicant was told to correct it within three working days."""
    receipt = submit_at_counter(stage, COMPANY, without=["A08-02"])
    return stage.visitor(CLERK).post(
        f"/counter/cases/{receipt['case_id']}/correction-notice",
        {"correction_working_days": 3},
        version=receipt["version"],
    )


def _now(platform: RunningPlatform) -> datetime:
    """The platform's time, a moment ago: a timer that became due this second may still be at work."""
    offset = timedelta(seconds=float(platform.clock.file.read_text()))
    return datetime.now(UTC) + offset - timedelta(minutes=5)
