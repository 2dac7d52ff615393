"""The ways out that are no decision on the application, each by its article."""

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.documents import PartyText, Secrets
from services.applications.domain.drafting import drafts
from services.applications.domain.errors import InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.state import State
from services.applications.domain.timers import timers_of
from services.applications.domain.values import Organ
from services.applications.domain.wording import render
from tests.applications.domain.cases import (
    APPROVER,
    CALENDAR,
    CLERK,
    COMPLETE,
    FRIDAY,
    ITEM,
    ORGAN_HEAD,
    SUPERVISOR,
    accepted,
    at,
    decide,
    later,
    only,
    papers,
    submitted,
    then,
    tolerated,
)

DIGEST = "0" * 64
ORGAN = Organ("亳州市人民政府", "亳州市谯城区人民法院", "https://reconsideration.example")
PARTY = PartyText("亳州测试建设有限公司", "统一社会信用代码", "91341600MA2T00015N", "王小二", "13812341234")


def text_of(case, event) -> str:
    """The one document that comes with the event, as it reads."""
    ((draft,),) = drafts(case, [event], ITEM, ORGAN, Secrets(reasons="说明文字"))
    values = {**draft.values, "number": "亳人防许1号", "issued_on": FRIDAY.isoformat()}
    return "\n".join(line.text for line in render(draft.kind, values, PARTY, draft.secrets))


def test_what_needs_no_licence_is_told_at_once():
    """LIC-01, Art 32¶1(1)."""
    case = submitted("form")
    event = only(decide(case, c.DeclareNotRequired(DIGEST), at(FRIDAY)))
    assert isinstance(event, e.NotRequired)
    ended = then(case, c.DeclareNotRequired(DIGEST), at(FRIDAY))
    assert ended.state is State.NOT_REQUIRED
    assert timers_of(ended, CALENDAR) == ()
    text = text_of(case, event)
    assert "第三十二条第一款第一项" in text
    assert "说明文字" in text


def test_another_organs_matter_is_decided_and_the_organ_named():
    """LIC-02, Art 32¶1(2); LIC-06: a written decision, with the remedies of an adverse act."""
    case = submitted("form")
    event = only(decide(case, c.DeclareNotCompetent("亳州市水利局"), at(FRIDAY)))
    assert isinstance(event, e.NotCompetent)
    text = text_of(case, event)
    assert "请向亳州市水利局申请" in text
    assert "六十日内向亳州市人民政府申请行政复议" in text
    assert "六个月内依法向亳州市谯城区人民法院提起行政诉讼" in text
    with pytest.raises(InvalidRequest, match="competent_organ_required"):
        decide(case, c.DeclareNotCompetent("  "), at(FRIDAY))


def test_what_can_be_put_right_on_the_spot_may_be():
    """LIC-03, Art 32¶1(3): a paper that is added before any answer needs no notice and moves no clock."""
    case = submitted("form", "mandate", "cad", "copy")
    mended = then(case, c.Supply(papers("plan"), "counter"), at(FRIDAY))
    assert mended.state is State.SUBMITTED
    assert mended.proposed == "accept"
    assert mended.clock("intake") == case.clock("intake")


@pytest.mark.parametrize("case", [submitted(*COMPLETE), accepted(), tolerated()])
@pytest.mark.parametrize("ground", ["applicant_ended", "object_lost"])
def test_a_case_without_applicant_or_object_is_terminated_by_the_organ(case, ground):
    ended = then(case, c.TerminateCase(ground, DIGEST), at(later(3), ORGAN_HEAD))
    assert ended.state is State.TERMINATED
    assert not any(clock.runs for clock in ended.clocks)
    event = only(decide(case, c.TerminateCase(ground, DIGEST), at(later(3), APPROVER)))
    assert "说明文字" in text_of(case, event)
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(case, c.TerminateCase(ground), at(later(3), ORGAN_HEAD))
    with pytest.raises(NotAllowed, match="role_not_allowed"):
        decide(case, c.TerminateCase(ground, DIGEST), at(later(3), CLERK))


def test_only_a_supervisor_voids_and_says_why():
    case = accepted()
    assert then(case, c.VoidCase(DIGEST), at(later(3), SUPERVISOR)).state is State.VOIDED
    for person in (CLERK, APPROVER, ORGAN_HEAD):
        with pytest.raises(NotAllowed, match="role_not_allowed"):
            decide(case, c.VoidCase(DIGEST), at(later(3), person))
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(case, c.VoidCase(), at(later(3), SUPERVISOR))
