"""Where a case stands, in words and as stations, for each way that a case can go."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.local.home import ROOT
from services.applications.contracts import CaseView, ClockView, MaterialView
from services.applications.domain.state import State
from services.gateway.design.drawing import month_sheet, ribbon, train_line
from services.gateway.design.drawing.train_line import reading
from services.gateway.design.samples import STATES
from services.gateway.progress import ENDED, stations_of, status_of
from shared.deadlines import Unit, due
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import explain_day
from shared.time import now, today

TODAY = today()


def clock(name: str, days_ahead: int, **fields: Any) -> dict[str, Any]:
    return {
        "name": name,
        "name_zh": name,
        "name_en": name,
        "started_on": TODAY - timedelta(3),
        "length": 5,
        "unit": "working_day",
        "due_on": TODAY + timedelta(days_ahead),
        "provisional": False,
        **fields,
    }


def event(name: str, days_ago: int, version: int = 1) -> dict[str, Any]:
    return {
        "version": version,
        "event": name,
        "title_zh": name,
        "title_en": name,
        "at": now(),
        "effective_on": TODAY - timedelta(days_ago),
        "by_role": "clerk",
    }


def case(state: str, **fields: Any) -> CaseView:
    check = {
        "item_code": "A-01",
        "item_version": 1,
        "item_name": "事项",
        "materials": (),
        "missing_main": (),
        "missing_tolerable": (),
        "missing_other": (),
        "tolerance_asked": False,
        "tolerance_possible": False,
        "tolerance_reasons": (),
        "proposed_outcome": "accept",
        "may": ("accept",),
    }
    return CaseView.model_validate(
        {
            "case_id": UUID(int=1),
            "case_no": "112345678",
            "version": 1,
            "state": state,
            "state_zh": state,
            "state_en": state,
            "item_code": "A-01",
            "item_version": 1,
            "item_name": "事项",
            "unit": "11341600762764234C",
            "channel": "online",
            "submitted_at": now(),
            "received_on": TODAY - timedelta(3),
            "parties": (),
            "check": check,
            "clocks": (),
            "documents": (),
            "timeline": (event("Submitted", 3),),
            **fields,
        }
    )


def names(found: CaseView) -> list[tuple[str, str]]:
    return [(stop.name, stop.stage) for stop in stations_of(found)]


def test_a_submitted_case_waits_for_the_office_until_the_intake_clock_ends() -> None:
    found = case("SUBMITTED", clocks=(clock("intake", 4),))
    status = status_of(found)
    assert (status.holder, status.due_on) == ("office", TODAY + timedelta(4))
    assert "尚未受理" in status.what
    assert names(found) == [("收件", "done"), ("受理", "here"), ("审查决定", "ahead"), ("送达", "ahead")]


def test_a_correction_is_the_applicants_turn_and_a_station_of_its_own() -> None:
    found = case(
        "CORRECTION_NOTICED",
        clocks=(clock("intake", 1, stopped_on=TODAY), clock("correction", 9)),
        timeline=(event("Submitted", 3), event("CorrectionRequested", 1, 2)),
    )
    assert status_of(found).holder == "applicant"
    assert names(found)[1:3] == [("告知补正", "done"), ("补正材料", "here")]


def test_tolerated_papers_come_before_the_decision() -> None:
    found = case(
        "ACCEPTED_TOLERANT",
        acceptance_basis="tolerant",
        accepted_on=TODAY,
        clocks=(clock("promised", 7), clock("supply", 2)),
        tolerance={"supply_due_on": TODAY + timedelta(2), "lacking": ("X",)},
    )
    assert names(found) == [
        ("收件", "done"),
        ("容缺受理", "done"),
        ("补齐材料", "here"),
        ("审查决定", "ahead"),
        ("送达", "ahead"),
    ]
    assert status_of(found).due_on == TODAY + timedelta(2)


def test_a_delivered_case_has_passed_every_station() -> None:
    found = case(
        "DELIVERED",
        accepted_on=TODAY,
        decision={"result": "grant", "decided_on": TODAY, "delivered_on": TODAY, "method": "window"},
    )
    assert {stop.stage for stop in stations_of(found)} == {"done"}
    assert "已全部完成" in reading(stations_of(found))


@pytest.mark.parametrize("state", ENDED)
def test_a_case_that_ended_early_stops_where_it_ended(state: str) -> None:
    stops = stations_of(case(state))
    assert stops[-1].stage == "stopped"
    assert status_of(case(state)).holder == "nobody"


def test_staff_are_not_asked_to_do_what_the_applicant_is_asked() -> None:
    for state in ("CORRECTION_NOTICED", "ACCEPTED_TOLERANT", "SUBMITTED"):
        status = status_of(case(state), staff=True)
        assert "您" not in status.what + status.next_step


def test_every_state_has_a_sentence_a_next_step_and_a_drawing() -> None:
    for state in sorted({state.value for state in State} - {"DRAFT"}):
        found = case(state, accepted_on=TODAY if state not in ("SUBMITTED", "CORRECTION_NOTICED") else None)
        assert status_of(found).what.endswith("。")
        drawn = train_line(stations_of(found))
        assert drawn.count('<svg class="train') == 2
        assert "<table>" in drawn


def test_every_state_has_a_word_and_a_picture_in_lists() -> None:
    components = (ROOT / "services/gateway/design/templates/components.html").read_text("utf-8")
    assert {state.value for state in State} - set(re.findall(r'"([A-Z_]+)": \("', components)) == {"DRAFT"}
    assert {state for state, _ in STATES} == {state.value for state in State} - {"DRAFT"}


def test_a_special_procedure_is_a_station_where_the_case_waits() -> None:
    found = case(
        "SPECIAL_PROCEDURE",
        accepted_on=TODAY,
        clocks=(clock("promised", 20),),
        timeline=(event("Submitted", 3), event("Accepted", 2, 2), event("ProcedureStarted", 1, 3)),
    )
    assert ("特别程序", "here") in names(found)
    assert "不计入办理期限" in status_of(found).what


def procedure(told_in: int, **fields: Any) -> dict[str, Any]:
    first_on = TODAY - timedelta(3)
    return {
        "kind": "expert_review",
        "kind_zh": "专家评审",
        "kind_en": "expert review",
        "first_on": first_on,
        "told_until": TODAY + timedelta(told_in),
        **fields,
    }


def test_the_sentence_names_the_procedure_and_says_when_its_time_counts_again() -> None:
    standing = status_of(case("SPECIAL_PROCEDURE", procedures=(procedure(5),))).what
    assert "专家评审" in standing
    assert "不计入" in standing
    overrun = status_of(case("SPECIAL_PROCEDURE", procedures=(procedure(-1, overrun=True),))).what
    assert "恢复计算" in overrun
    assert "不计入" not in overrun


@pytest.mark.parametrize("state", ["REVOKED", "NOT_COMPETENT", "TERMINATED", "CANCELLED", "VOIDED"])
def test_what_nobody_hoped_for_is_not_shown_as_a_success(state: str) -> None:
    assert status_of(case(state)).tone == "ended"


def test_the_month_sheet_says_by_how_much_the_time_was_extended() -> None:
    extension = {"operation": "EXTEND", "length": 10, "article": "行政许可法 42"}
    found = explained_clock().model_dump() | {"operations": [extension]}
    assert "20个工作日，延长10个工作日" in month_sheet(ClockView.model_validate(found))


def test_drawings_carry_no_style_that_the_content_policy_forbids() -> None:
    drawn = train_line(stations_of(case("SUBMITTED", clocks=(clock("intake", -1),))))
    drawn += ribbon(explained_clock())
    drawn += month_sheet(explained_clock())
    assert "style=" not in drawn
    assert "<script" not in drawn


def explained_clock() -> ClockView:
    """Twenty working days over the long holiday of 2026."""
    started = date(2026, 9, 18)
    deadline = due(started, 20, Unit.WORKING_DAY, shipped_calendar())
    days = [
        {
            "day": day.day,
            "counted": day.counted,
            "number": day.ordinal,
            "why_zh": explain_day(day).zh,
            "why_en": "",
        }
        for day in deadline.days
    ]
    return ClockView.model_validate(
        clock("statutory", 0, started_on=started, length=20, due_on=deadline.due_on, days=days)
    )


def test_the_month_sheet_tells_holidays_and_make_up_days_apart() -> None:
    drawn = month_sheet(explained_clock())
    assert drawn.count('<table class="month">') == 2
    for style in ("day--first", "day--last", "day--holiday", "day--makeup", "day--rest"):
        assert style in drawn
    assert "2026年10月22日(周四)" in drawn
    assert "国庆节" in drawn


def test_a_clock_that_was_not_explained_has_no_sheet() -> None:
    assert month_sheet(ClockView.model_validate(clock("intake", 3))) == ""


@pytest.mark.parametrize(
    ("lacking", "holder"), [("missing", "applicant"), ("defective", "applicant"), ("supplied", "office")]
)
def test_who_is_accepted_by_silence_still_has_to_bring_what_is_lacking(lacking: str, holder: str) -> None:
    """行政许可法 Art 38: nothing is granted before the papers are complete, however the case was accepted."""
    view = case("ACCEPTED_DEEMED")
    paper = {
        "code": "P",
        "name": "图",
        "name_en": "plan",
        "main": True,
        "tolerable": False,
        "shareable": False,
    }
    materials = (MaterialView.model_validate({**paper, "status": lacking, "defects": ()}),)
    view = view.model_copy(update={"check": view.check.model_copy(update={"materials": materials})})
    assert status_of(view).holder == holder
    assert ("补交尚缺的材料" in status_of(view).next_step) == (holder == "applicant")
