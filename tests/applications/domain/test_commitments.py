"""告知承诺: commitments in the place of papers, and their check after the decision (§5.4)."""

from dataclasses import replace
from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.answering import submit
from services.applications.domain.case import Case
from services.applications.domain.committing import REASONS
from services.applications.domain.credit import CreditFacts
from services.applications.domain.drafting import drafts
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.evolve import begin
from services.applications.domain.item import CommitmentPolicy, Item
from services.applications.domain.state import State
from services.applications.domain.timers import command_of, timers_of
from services.applications.domain.wording import render
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CALENDAR,
    CASE_ID,
    CLEAN,
    CLERK,
    DEFAULT_ID,
    FRIDAY,
    ITEM,
    a_signature,
    at,
    credit,
    decide,
    later,
    only,
    papers,
    submission,
    then,
)
from tests.applications.domain.test_documents import ORGAN, PARTY, SECRETS, text_after

WORDS = "0" * 64
COMMITTED_ITEM = replace(
    ITEM,
    commitment=CommitmentPolicy(enabled=True, post_check_days=60),
    materials=tuple(replace(m, by_commitment=m.code == "copy") for m in ITEM.materials),
)
# The papers are marked, but the version has no sign-off or concerns safety: the projection has switched it off.
SWITCHED_OFF = replace(COMMITTED_ITEM, commitment=CommitmentPolicy())
WITHOUT_COPY = ("form", "plan", "mandate", "cad")


def an_application(codes=WITHOUT_COPY, offered=("copy",)) -> c.Submit:
    return replace(submission(*codes), commitments=offered, signatures=(a_signature("commitment"),))


def committed(known: CreditFacts | None = CLEAN, item: Item = COMMITTED_ITEM) -> Case:
    return begin(CASE_ID, submit(an_application(), at(FRIDAY, APPLICANT, item, known)))


def facts(on: date, by=CLERK, known: CreditFacts | None = None):
    return at(on, by, COMMITTED_ITEM, known)


def accepted() -> Case:
    return then(committed(), c.Accept(), facts(FRIDAY, known=CLEAN))


def granted() -> Case:
    return then(accepted(), c.Decide("grant"), facts(later(4), APPROVER))


def delivered() -> Case:
    return then(granted(), c.Deliver("window"), facts(later(5)))


def test_a_commitment_stands_for_its_paper():
    # §5.4
    case = committed()
    assert case.proposed == "accept"
    done = accepted()
    assert done.committed == ("copy",)
    assert done.state is State.ACCEPTED
    assert granted().state is State.DECIDED_GRANT


@pytest.mark.parametrize(
    ("item", "codes", "offered", "code"),
    [
        (ITEM, WITHOUT_COPY, ("copy",), "commitment_not_offered"),
        (SWITCHED_OFF, WITHOUT_COPY, ("copy",), "commitment_not_offered"),
        (COMMITTED_ITEM, WITHOUT_COPY, ("plan",), "commitment_not_offered"),
        (COMMITTED_ITEM, WITHOUT_COPY, ("passport",), "commitment_not_offered"),
        (COMMITTED_ITEM, (*WITHOUT_COPY, "copy"), ("copy",), "commitment_beside_paper"),
        (COMMITTED_ITEM, WITHOUT_COPY, ("copy", "copy"), "commitment_beside_paper"),
    ],
)
def test_only_a_paper_that_the_item_names_can_be_committed(item, codes, offered, code):
    # §5.4: the excluded fields are switched off with the version (never where public safety is concerned).
    with pytest.raises(InvalidRequest, match=code):
        submit(an_application(codes, offered), at(FRIDAY, APPLICANT, item, CLEAN))


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        (None, ("credit_unknown",)),
        (credit(answered=False), ("credit_unknown",)),
        (credit("false_commitment"), ("false_commitment",)),
        (credit("serious_discredit", "dishonest_debtor"), ("dishonest_debtor", "serious_discredit")),
        (credit("broken_undertaking"), ("broken_undertaking",)),
        (replace(credit(), grade="D", closed_by_grade=("tolerance", "commitment")), ("credit_grade",)),
        (replace(credit(), grade="C", closed_by_grade=("tolerance",)), ()),
    ],
)
def test_bad_credit_or_an_earlier_false_commitment_excludes_until_repair_and_a_person_answers(known, reasons):
    # §5.4, §10: nothing is refused by itself; the papers are asked for.
    case = committed(known)
    assert case.proposed == ("request_correction" if reasons else "accept")
    assert case.state is State.SUBMITTED
    if reasons:
        with pytest.raises(OutcomeNotAllowed):
            decide(case, c.Accept(), facts(FRIDAY, known=known))
        event = only(decide(case, c.RequestCorrection(), facts(later(3), known=known)))
        assert isinstance(event, e.CorrectionRequested)
        assert event.commitment_refused == reasons
        assert [defect.material_code for defect in event.defects] == ["copy"]
        text = text_after(case, c.RequestCorrection(), facts(later(3), known=known), COMMITTED_ITEM)
        assert all(REASONS[reason].zh in text for reason in reasons)


def test_after_the_repair_the_same_commitment_is_taken():
    # §5.4, §8.1: a repair restores eligibility from its date.
    case = committed(credit("false_commitment"))
    assert then(case, c.Accept(), facts(later(3), known=CLEAN)).committed == ("copy",)


def test_a_paper_that_comes_after_all_takes_the_place_of_its_commitment():
    case = then(committed(credit("false_commitment")), c.Supply(papers("copy"), "online"), facts(later(3)))
    assert case.proposed == "accept"
    assert then(case, c.Accept(), facts(later(3))).committed == ()


def test_the_commitment_document_tells_and_promises_what_the_state_council_asks():
    # §5.4: what the organ tells, the five statements, the signature with its digest.
    event = submit(an_application(), at(FRIDAY, APPLICANT, COMMITTED_ITEM, CLEAN))
    _, draft = drafts(begin(CASE_ID, event), [event], COMMITTED_ITEM, ORGAN, SECRETS)[0]
    assert draft.kind == "commitment"
    lines = render(
        draft.kind, {**draft.values, "number": "1", "issued_on": "2026-09-18"}, PARTY, draft.secrets
    )
    text = "".join(line.text for line in lines)
    for words in (
        "盖章副本",
        "民事、刑事责任",
        "60日内对承诺内容进行核查",
        "依法公开",
        "已知晓本机关告知的全部内容",
        "已符合上述材料所证明的条件",
        "愿意承担承诺不实的法律责任",
        "真实意思的表示",
        "同意依法公开",
        "张三丰",
        WORDS,
    ):
        assert words in text


def test_the_check_is_due_in_the_days_of_the_item_after_the_decision():
    # §5.4 [P]: sixty calendar days.
    case = granted()
    clock = case.clock("post_check")
    assert clock is not None
    assert (clock.started_on, clock.length, clock.unit) == (later(4), 60, "calendar_day")
    assert [check.material_code for check in case.post_checks] == ["copy"]
    assert "post_check" in {timer.kind for timer in timers_of(delivered(), CALENDAR)}
    assert isinstance(command_of("post_check", DEFAULT_ID), c.NotePostCheckOverdue)


def test_a_refusal_checks_nothing():
    refused = then(accepted(), c.Decide("refuse", WORDS), facts(later(4), APPROVER))
    assert refused.post_checks == ()
    assert refused.clock("post_check") is None


def test_nobody_checked_in_time_leaves_a_duty_on_record_once():
    # §5.4
    late = date(2026, 12, 1)
    overdue, breached = decide(delivered(), c.NotePostCheckOverdue(), facts(late))
    assert isinstance(overdue, e.PostCheckOverdue)
    assert isinstance(breached, e.DutyBreached)
    assert (breached.rule, breached.due_on) == ("§5.4", overdue.due_on)
    assert overdue.materials == ("copy",)
    case = then(delivered(), c.NotePostCheckOverdue(), facts(late))
    assert decide(case, c.NotePostCheckOverdue(), facts(late)) == []
    assert decide(delivered(), c.NotePostCheckOverdue(), facts(later(30))) == []
    # Late is better than never: the check itself stays open.
    assert then(case, c.RecordPostCheck("copy", "true"), facts(late)).post_checks[0].finding == "true"


def test_a_true_commitment_ends_the_check_and_lets_the_case_be_filed():
    # §5.4
    with pytest.raises(OutcomeNotAllowed, match="commitments_not_checked"):
        decide(delivered(), c.CloseCase(), facts(later(6)))
    case = then(delivered(), c.RecordPostCheck("copy", "true"), facts(later(6)))
    clock = case.clock("post_check")
    assert clock is not None
    assert not clock.runs
    with pytest.raises(OutcomeNotAllowed, match="no_commitment_to_check"):
        decide(case, c.RecordPostCheck("copy", "false", WORDS), facts(later(6)))


def test_what_can_be_mended_is_ordered_with_a_date_and_checked_again():
    # §5.4
    mendable = c.RecordPostCheck("copy", "mendable", WORDS, date(2026, 10, 12))
    case = then(delivered(), mendable, facts(later(6)))
    clock = case.clock("mend")
    assert clock is not None
    assert (clock.runs, clock.due_on) == (True, date(2026, 10, 12))
    assert "责令改正" in text_after(delivered(), mendable, facts(later(6)), COMMITTED_ITEM)
    with pytest.raises(OutcomeNotAllowed, match="commitments_not_checked"):
        decide(case, c.CloseCase(), facts(later(6)))
    mended = then(case, c.RecordPostCheck("copy", "true"), facts(date(2026, 10, 12)))
    assert not any(clock.runs for clock in mended.clocks if clock.name in ("mend", "post_check"))
    for day in (None, later(6), date(2026, 10, 3), date.max):
        with pytest.raises(OutcomeNotAllowed, match="mend_date_not_allowed"):
            decide(delivered(), c.RecordPostCheck("copy", "mendable", WORDS, day), facts(later(6)))


def test_a_false_commitment_is_a_default_and_brings_the_duty_to_examine_the_revocation():
    # §5.4, LIC-22, 行政许可法 69¶2
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(delivered(), c.RecordPostCheck("copy", "false"), facts(later(6)))
    checked, due = decide(
        delivered(), c.RecordPostCheck("copy", "false", WORDS, None, DEFAULT_ID), facts(later(6))
    )
    assert isinstance(checked, e.PostChecked)
    assert isinstance(due, e.RevocationDue)
    assert checked.default_id == DEFAULT_ID
    assert (due.rule, due.article) == ("LIC-22", "行政许可法 69(2)")
