"""Special procedures (行政许可法 45) and extensions (42): what stops or lengthens the time, and nothing else does."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.clocks import OperationKind, explain
from services.applications.domain.commands import By
from services.applications.domain.documents import PartyText, Secrets
from services.applications.domain.drafting import drafts
from services.applications.domain.errors import (
    IllegalTransition,
    InvalidRequest,
    NotAllowed,
    OutcomeNotAllowed,
)
from services.applications.domain.evolve import evolve
from services.applications.domain.item import Item, Limit, ProcedureRule
from services.applications.domain.procedures import EIGHT_PROCEDURES
from services.applications.domain.state import State
from services.applications.domain.values import Organ
from services.applications.domain.wording import render
from shared.deadlines.counting import ExplainedKind
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CALENDAR,
    CLERK,
    COMPLETE,
    FRIDAY,
    ITEM,
    ORGAN_HEAD,
    accepted,
    at,
    decide,
    deemed,
    extended,
    in_procedure,
    later,
    only,
    papers,
    submitted,
    then,
    tolerated,
)

MONDAY = later(3)
WHY = "0" * 64
JOINT = replace(ITEM, joint_handling=True, statutory=Limit(45, "working_day"))
OTHER_ITEM = replace(ITEM, is_licence=False, statutory=Limit(15, "working_day"))
ORGAN = Organ("亳州市人民政府", "亳州市谯城区人民法院")


def started(case: Case | None = None, needs: int = 5, kind: str = "expert_review", **more) -> Case:
    return then(
        case or accepted(), c.StartProcedure(kind, needs, reasons_sha256=WHY, **more), at(MONDAY, APPROVER)
    )


def dues(case: Case) -> dict[str, date]:
    return {clock.name: clock.due_on for clock in case.clocks if clock.runs}


def text_of(event: e.CaseEvent, case: Case, item: Item = ITEM, secrets: Secrets | None = None) -> str:
    """The document of an event, in words."""
    (draft,) = drafts(case, [event], item, ORGAN, secrets or Secrets(reasons="专家意见须论证"))[0]
    values = {**draft.values, "number": "亳人防许特〔2026〕1号", "issued_on": "2026-09-21"}
    party = PartyText("张三丰", "居民身份证", "341602199001010012", "王小二", "13812341234")
    lines = render(draft.kind, values, party, draft.secrets)
    assert all(line.style != "remedy" for line in lines)
    return "".join(f"{line.label}{line.text}" for line in lines)


def numbered(event: e.CaseEvent, number: str) -> e.CaseEvent:
    """The event as it is recorded, with the number of its notice."""
    from services.applications.domain.events import Issued

    kind = "extension_notice" if isinstance(event, e.DeadlineExtended) else "special_procedure_notice"
    return replace(event, documents=(Issued(kind, UUID(int=1), number),))


# -- LIC-13 --------------------------------------------------------------------------------------------------


def test_both_clocks_stand_still_for_the_told_days_with_both_ends():
    # LIC-13, Art 45: Monday to Saturday 27 are 21-24 September and, after Mid-Autumn, Monday 28: five working days.
    event = only(decide(accepted(), c.StartProcedure("expert_review", 5), at(MONDAY, APPROVER)))
    assert isinstance(event, e.ProcedureStarted)
    assert (event.first_on, event.last_on) == (MONDAY, date(2026, 9, 28))
    case = evolve(accepted(), numbered(event, "亳人防许特〔2026〕1号"))
    assert case.state is State.SPECIAL_PROCEDURE
    for name in ("statutory", "promised"):
        clock = case.clock(name)
        (entry,) = clock.entries
        assert entry.kind is OperationKind.EXCLUDE
        assert (entry.first_on, entry.last_on) == (MONDAY, date(2026, 9, 28))
        assert (entry.article, entry.reason) == ("行政许可法 45", "expert_review")
        assert (entry.approver, entry.document_no) == (APPROVER.id, "亳人防许特〔2026〕1号")
        told = {day.day for day in explain(clock, CALENDAR).days if day.kind is ExplainedKind.EXCLUDED}
        assert MONDAY in told
        assert date(2026, 9, 28) in told
    # Five working days later than without: 22 October and 29 September.
    assert dues(case) == {"statutory": date(2026, 10, 29), "promised": date(2026, 10, 12)}
    assert case.procedures[0].document_nos == ("亳人防许特〔2026〕1号",)


def test_the_notice_tells_the_days_and_the_new_dates_and_is_no_decision():
    # LIC-13, Art 45: 所需时间书面告知申请人; §1.7: an act of procedure bears no remedy block (checked in `text_of`).
    event = only(
        decide(accepted(), c.StartProcedure("expert_review", 5, reasons_sha256=WHY), at(MONDAY, APPROVER))
    )
    text = text_of(event, accepted())
    assert "依法需要专家评审，所需时间为5个工作日，自2026年9月21日起至2026年9月28日止" in text
    assert "《中华人民共和国行政许可法》第四十五条" in text
    assert "法定办结期限变更为2026年10月29日" in text
    assert "承诺办结期限变更为2026年10月12日" in text
    assert "理由专家意见须论证" in text


@pytest.mark.parametrize(
    "kind", ["site_visit", "consulting", "tolerated_papers", "payment", "extension", "leave", ""]
)
def test_whatever_is_not_on_the_list_of_eight_stops_no_clock(kind: str):
    # LIC-13: a plain site visit, consulting others, tolerated papers and fees are counted.
    item = replace(ITEM, procedures=(ProcedureRule(kind, excluded=True),))
    with pytest.raises(InvalidRequest, match="procedure_not_listed") as refused:
        decide(accepted(), c.StartProcedure(kind, 5), at(MONDAY, APPROVER, item))
    assert refused.value.facts["article"] == "行政许可法 45"


@pytest.mark.parametrize("kind", [kind for kind in EIGHT_PROCEDURES if kind != "hearing"])
def test_each_of_the_eight_needs_the_published_item_to_name_it(kind: str):
    # LIC-13: only what the law asks for in this item.
    named = replace(ITEM, procedures=(ProcedureRule(kind, excluded=True),))
    counted = replace(ITEM, procedures=(ProcedureRule(kind, excluded=False),))
    for item in (replace(ITEM, procedures=()), counted):
        with pytest.raises(OutcomeNotAllowed, match="procedure_not_of_item"):
            decide(accepted(), c.StartProcedure(kind, 5, reasons_sha256=WHY), at(MONDAY, APPROVER, item))
    event = only(
        decide(accepted(), c.StartProcedure(kind, 5, reasons_sha256=WHY), at(MONDAY, APPROVER, named))
    )
    assert event.kind == kind


@pytest.mark.parametrize("needs", [0, -1, 367, 10**9])
def test_the_time_needed_is_a_sensible_number_of_days(needs: int):
    with pytest.raises(InvalidRequest, match="procedure_time_invalid"):
        decide(accepted(), c.StartProcedure("expert_review", needs), at(MONDAY, APPROVER))


def test_more_than_the_published_length_or_none_published_needs_a_reason():
    decide(accepted(), c.StartProcedure("expert_review", 10), at(MONDAY, APPROVER))
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(accepted(), c.StartProcedure("expert_review", 11), at(MONDAY, APPROVER))
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        # Fourteen calendar days from that Monday end within ten working days; thirty do not.
        decide(accepted(), c.StartProcedure("expert_review", 30, "calendar_day"), at(MONDAY, APPROVER))
    silent = replace(ITEM, procedures=(ProcedureRule("expert_review", excluded=True),))
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(accepted(), c.StartProcedure("expert_review", 1), at(MONDAY, APPROVER, silent))


def test_a_procedure_that_begins_on_a_rest_day_counts_its_days_from_the_next_working_day():
    # Friday 25 September is Mid-Autumn: one working day of procedure ends on Monday 28.
    case = then(accepted(), c.StartProcedure("expert_review", 1), at(date(2026, 9, 25), APPROVER))
    assert case.procedures[0].told_until == date(2026, 9, 28)
    assert dues(case)["statutory"] == date(2026, 10, 23)


def test_a_told_end_beyond_the_announced_calendar_leaves_provisional_dates():
    case = started(needs=80)
    assert case.procedures[0].told_until.year == 2027
    assert case.clock("statutory").provisional


@pytest.mark.parametrize("by", [CLERK, APPLICANT])
def test_only_an_approver_or_the_head_starts_prolongs_and_ends(by: By):
    for command in (c.StartProcedure("expert_review", 5), c.ProlongProcedure(3, reasons_sha256=WHY)):
        case = accepted() if isinstance(command, c.StartProcedure) else in_procedure()
        with pytest.raises(NotAllowed, match="role_not_allowed"):
            decide(case, command, at(MONDAY, by))
    with pytest.raises(NotAllowed, match="role_not_allowed"):
        decide(in_procedure(), c.EndProcedure(), at(MONDAY, by))


def test_ending_early_gives_back_what_was_told_and_not_needed():
    # LIC-13: ended on Tuesday, two of the five days were needed; the end itself is left out.
    case = then(in_procedure(), c.EndProcedure(), at(later(4), APPROVER))
    assert case.state is State.ACCEPTED
    assert dues(case) == {"statutory": date(2026, 10, 26), "promised": date(2026, 10, 8)}
    (entry,) = case.clock("statutory").entries
    assert (entry.last_on, entry.told_until) == (later(4), date(2026, 9, 28))


def test_ending_late_gives_back_nothing_and_leaves_out_no_more_than_was_told():
    # LIC-13: only what was told is excluded; three days of overrun were counted.
    before = dues(in_procedure())
    case = then(in_procedure(), c.EndProcedure(), at(date(2026, 10, 9), APPROVER))
    assert dues(case) == before
    assert case.procedures[0].ended_on == date(2026, 10, 9)


def test_more_time_is_told_before_the_end_and_adds_a_stretch():
    # LIC-13: a new written notice; the two stretches are one after the other.
    case = then(in_procedure(), c.ProlongProcedure(3, reasons_sha256=WHY), at(date(2026, 9, 28), APPROVER))
    assert case.procedures[0].told_until == date(2026, 10, 8)
    assert dues(case)["statutory"] == date(2026, 11, 3)
    # Ended between, all of the second and a part of the first are given back.
    early = then(case, c.EndProcedure(), at(date(2026, 9, 28), APPROVER))
    assert dues(early) == dues(in_procedure())
    event = only(
        decide(in_procedure(), c.ProlongProcedure(3, reasons_sha256=WHY), at(date(2026, 9, 28), APPROVER))
    )
    assert "自2026年9月21日起进行的专家评审尚需延长3个工作日，至2026年10月8日止" in text_of(
        event, in_procedure()
    )


def test_time_that_is_over_is_not_prolonged_afterwards():
    # LIC-13: the told last day is the last chance.
    with pytest.raises(OutcomeNotAllowed, match="procedure_time_over"):
        decide(in_procedure(), c.ProlongProcedure(3, reasons_sha256=WHY), at(date(2026, 9, 29), APPROVER))
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(in_procedure(), c.ProlongProcedure(3), at(MONDAY, APPROVER))


def test_two_kinds_run_beside_each_other_and_no_kind_twice():
    item = replace(
        ITEM, procedures=tuple(ProcedureRule(kind, excluded=True) for kind in ("expert_review", "appraisal"))
    )
    case = started()
    with pytest.raises(OutcomeNotAllowed, match="procedure_runs_already"):
        decide(case, c.StartProcedure("expert_review", 1), at(MONDAY, APPROVER))
    both = then(case, c.StartProcedure("appraisal", 8, reasons_sha256=WHY), at(later(4), APPROVER, item))
    with pytest.raises(InvalidRequest, match="procedure_kind_required"):
        decide(both, c.EndProcedure(), at(later(4), APPROVER, item))
    one = then(both, c.EndProcedure("expert_review"), at(later(5), APPROVER, item))
    assert one.state is State.SPECIAL_PROCEDURE
    # What both left out is left out once, and ending one gives back nothing that the other needs.
    assert dues(one)["statutory"] == dues(both)["statutory"]
    none = then(one, c.EndProcedure(), at(date(2026, 10, 9), APPROVER, item))
    assert none.state is State.ACCEPTED
    with pytest.raises(IllegalTransition):
        decide(none, c.EndProcedure(), at(date(2026, 10, 9), APPROVER, item))


def test_a_procedure_runs_beside_tolerated_papers_and_stops_the_decision_when_they_came():
    # LIC-13: the papers' own date goes on; the case is not decided before the procedure is over.
    case = started(tolerated())
    assert case.state is State.ACCEPTED_TOLERANT
    assert dues(case)["supply"] == dues(tolerated())["supply"]
    came = then(case, c.Supply(papers("cad"), "online"), at(later(4)))
    assert came.state is State.SPECIAL_PROCEDURE
    with pytest.raises(IllegalTransition):
        decide(came, c.Decide("grant"), at(later(4), APPROVER))
    ended = then(came, c.EndProcedure(), at(later(4), APPROVER))
    assert ended.state is State.IN_REVIEW
    with pytest.raises(OutcomeNotAllowed, match="no_procedure_runs"):
        decide(tolerated(), c.EndProcedure(), at(MONDAY, APPROVER))


def test_papers_of_a_deemed_case_may_come_while_its_time_stands_still_or_is_extended():
    lacking = deemed("form", "plan", "mandate", "copy")
    stood = then(lacking, c.StartProcedure("expert_review", 3), at(date(2026, 9, 28), APPROVER))
    came = then(stood, c.Supply(papers("cad"), "online"), at(date(2026, 9, 29)))
    assert came.state is State.SPECIAL_PROCEDURE
    assert then(came, c.EndProcedure(), at(date(2026, 9, 29), APPROVER)).state is State.IN_REVIEW
    longer = then(lacking, c.ExtendDeadline(5, WHY), at(date(2026, 9, 28), ORGAN_HEAD))
    assert then(longer, c.Supply(papers("cad"), "online"), at(date(2026, 9, 29))).state is State.EXTENDED


@pytest.mark.parametrize(
    "end", [c.Withdraw(), c.TerminateCase("object_lost", WHY)], ids=lambda command: type(command).__name__
)
def test_whatever_ends_the_case_ends_its_procedures(end: c.Command):
    by = APPLICANT if isinstance(end, c.Withdraw) else APPROVER
    case = then(in_procedure(), end, at(later(4), by))
    assert not any(one.runs for one in case.procedures)
    assert not any(clock.runs for clock in case.clocks)


def test_the_promise_is_never_later_than_the_statute_when_their_units_differ():
    # Fifteen calendar days by law, eight working days promised: the promise gives way.
    item = replace(
        ITEM, is_licence=False, statutory=Limit(15, "calendar_day"), promised=Limit(8, "working_day")
    )
    case = then(submitted(*COMPLETE, item=item), c.Accept(), at(FRIDAY, item=item))
    assert dues(case)["promised"] <= dues(case)["statutory"]
    for needs in (1, 2, 3, 5, 8):
        after = then(case, c.StartProcedure("expert_review", needs), at(MONDAY, APPROVER, item))
        assert dues(after)["promised"] <= dues(after)["statutory"]
        ended = then(after, c.EndProcedure(), at(later(4), APPROVER, item))
        assert dues(ended)["promised"] <= dues(ended)["statutory"]


# -- LIC-08, LIC-09 ------------------------------------------------------------------------------------------


def test_the_head_of_the_organ_gives_ten_working_days_more_and_tells_why():
    # LIC-08, Art 42¶1: 20 + 10.
    event = only(decide(accepted(), c.ExtendDeadline(10, WHY), at(MONDAY, ORGAN_HEAD)))
    case = evolve(accepted(), numbered(event, "亳人防许延〔2026〕1号"))
    assert case.state is State.EXTENDED
    assert dues(case) == {"statutory": date(2026, 11, 5), "promised": date(2026, 10, 19)}
    (entry,) = case.clock("statutory").entries
    assert (entry.kind, entry.length) == (OperationKind.EXTEND, 10)
    assert (entry.article, entry.approver) == ("行政许可法 42", ORGAN_HEAD.id)
    assert entry.document_no == case.extension.document_no == "亳人防许延〔2026〕1号"
    text = text_of(event, accepted())
    assert "经本机关负责人批准，办理期限延长10个工作日，仅延长一次" in text
    assert "法定办结期限变更为2026年11月5日" in text
    assert "专家意见须论证" in text


@pytest.mark.parametrize(
    ("command", "day", "code"),
    [
        (c.ExtendDeadline(11, WHY), MONDAY, "extension_too_long"),
        (c.ExtendDeadline(0, WHY), MONDAY, "extension_too_long"),
        (c.ExtendDeadline(10), MONDAY, "reasons_required"),
        (c.ExtendDeadline(10, WHY), date(2026, 10, 23), "statutory_time_over"),
    ],
)
def test_what_an_extension_may_not_be(command: c.ExtendDeadline, day: date, code: str):
    # LIC-08, Art 42.
    with pytest.raises((InvalidRequest, OutcomeNotAllowed), match=code):
        decide(accepted(), command, at(day, ORGAN_HEAD))


def test_on_the_last_day_it_can_still_be_extended():
    # LIC-08: 22 October is the last day of the statutory time.
    case = then(accepted(), c.ExtendDeadline(1, WHY), at(date(2026, 10, 22), ORGAN_HEAD))
    assert dues(case)["statutory"] == date(2026, 10, 23)
    # The promise was broken by then and stays so.
    assert dues(case)["promised"] == date(2026, 9, 29)


@pytest.mark.parametrize("by", [APPROVER, CLERK, APPLICANT])
def test_nobody_but_the_head_extends(by: By):
    # LIC-08: 经本行政机关负责人批准.
    with pytest.raises(NotAllowed, match="role_not_allowed"):
        decide(accepted(), c.ExtendDeadline(10, WHY), at(MONDAY, by))


def test_nothing_is_extended_twice():
    # LIC-08, Art 42: once, also after another state.
    with pytest.raises(OutcomeNotAllowed, match="already_extended"):
        decide(extended(), c.ExtendDeadline(1, WHY), at(later(4), ORGAN_HEAD))
    stood = then(extended(), c.StartProcedure("expert_review", 2), at(later(4), APPROVER))
    with pytest.raises(OutcomeNotAllowed, match="already_extended"):
        decide(stood, c.ExtendDeadline(1, WHY), at(later(4), ORGAN_HEAD))
    assert then(stood, c.EndProcedure(), at(later(4), APPROVER)).state is State.EXTENDED


def test_several_organs_together_get_fifteen_by_the_government_with_its_instrument():
    # LIC-09, Art 42¶2: 45 + 15, approved by the head of the same-level government.
    case = then(submitted(*COMPLETE, item=JOINT), c.Accept(), at(FRIDAY, item=JOINT))
    with pytest.raises(InvalidRequest, match="instrument_required"):
        decide(case, c.ExtendDeadline(15, WHY), at(MONDAY, ORGAN_HEAD, JOINT))
    with pytest.raises(InvalidRequest, match="extension_too_long"):
        decide(case, c.ExtendDeadline(16, WHY, "亳政秘〔2026〕8号"), at(MONDAY, ORGAN_HEAD, JOINT))
    event = only(decide(case, c.ExtendDeadline(15, WHY, "亳政秘〔2026〕8号"), at(MONDAY, ORGAN_HEAD, JOINT)))
    after = evolve(case, event)
    assert after.extension.instrument == "亳政秘〔2026〕8号"
    assert "经本级人民政府负责人批准（亳政秘〔2026〕8号），办理期限延长15个工作日" in text_of(
        event, case, JOINT
    )


def test_what_is_no_licence_follows_by_analogy_and_gets_at_most_half():
    # LIC-08 by analogy (参照): half of fifteen is seven.
    case = then(submitted(*COMPLETE, item=OTHER_ITEM), c.Accept(), at(FRIDAY, item=OTHER_ITEM))
    with pytest.raises(InvalidRequest, match="extension_too_long") as refused:
        decide(case, c.ExtendDeadline(8, WHY), at(MONDAY, ORGAN_HEAD, OTHER_ITEM))
    assert refused.value.facts["most"] == 7
    event = only(decide(case, c.ExtendDeadline(7, WHY), at(MONDAY, ORGAN_HEAD, OTHER_ITEM)))
    assert event.article == "参照行政许可法 42"
    text = text_of(event, case, OTHER_ITEM)
    assert "参照《中华人民共和国行政许可法》第四十二条第一款" in text
    assert "最多不超过法定办结时限的一半" in text
    at_once = replace(OTHER_ITEM, statutory=Limit(1, "working_day"), promised=Limit(1, "working_day"))
    quick = then(submitted(*COMPLETE, item=at_once), c.Accept(), at(FRIDAY, item=at_once))
    with pytest.raises(InvalidRequest, match="extension_too_long"):
        decide(quick, c.ExtendDeadline(1, WHY), at(FRIDAY, ORGAN_HEAD, at_once))


def test_a_promise_in_another_unit_moves_as_far_as_the_statute():
    # LIC-08: the promise moves too, and never past the statute.
    item = replace(
        ITEM, is_licence=False, statutory=Limit(20, "calendar_day"), promised=Limit(9, "working_day")
    )
    case = then(submitted(*COMPLETE, item=item), c.Accept(), at(FRIDAY, item=item))
    after = then(case, c.ExtendDeadline(10, WHY), at(MONDAY, ORGAN_HEAD, item))
    assert dues(case)["promised"] < dues(after)["promised"] <= dues(after)["statutory"]


def test_a_tolerant_case_is_extended_and_goes_on_waiting_for_its_papers():
    case = then(tolerated(), c.ExtendDeadline(10, WHY), at(MONDAY, ORGAN_HEAD))
    assert case.state is State.ACCEPTED_TOLERANT
    assert then(case, c.Supply(papers("cad"), "online"), at(later(4))).state is State.EXTENDED


# -- LIC-04 --------------------------------------------------------------------------------------------------


def test_a_deemed_acceptance_is_told_with_its_dates_and_what_still_lacks():
    # LIC-04, LIC-06: from the day of the receipt, and the omission is on record.
    case = submitted("form", "plan", "mandate", "copy")
    event = decide(case, c.DeemAccepted(), at(date(2026, 9, 28)))[0]
    text = text_of(event, case)
    assert "自收到申请材料之日（2026年9月18日）起即为受理" in text
    assert "CAD电子文件" in text
    assert "法定办结期限2026年10月22日" in text
