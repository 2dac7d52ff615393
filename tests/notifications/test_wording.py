"""What applicants are told: every event, complete, in Chinese, without personal data, and frozen by version."""

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

import pytest
from jinja2 import UndefinedError

from services.applications.contracts import (
    EVENTS,
    CaseFacts,
)
from services.applications.contracts.recalculating import ClocksRecomputedV1
from services.notifications.case_news import NEWS
from services.notifications.domain.wording import day, moment
from services.notifications.occasions import OCCASIONS, TOLD, notice_of
from services.notifications.templates import NoticeTemplate, load_templates
from shared.time import shanghai
from tests.notifications import events

BOOK = load_templates()
URL = "https://tongban.example.gov.cn"
EXAMPLES_OF_APPLICATIONS = Path(__file__).parents[1] / "contracts" / "applications"
DIGESTS = Path(__file__).parent / "template_digests.json"


# What happens inside the office, and what the applicant did himself or learns by the event that follows.
NOT_TOLD = {
    "AbsenceRecordedV1",
    "ApprovalGivenV1",
    "CaseClosedV1",
    "CaseRatedV1",
    "CaseSentBackV1",
    "CaseUrgedV1",
    "CommitmentCheckOverdueV1",
    "CreditImportedV1",
    "CreditRecordWithdrawnV1",
    "CreditRepairedV1",
    "CreditViewedV1",
    "DelegationRevokedV1",
    "DocumentReissuedV1",
    "DutyBreachedV1",
    "HearingHeldV1",
    "HearingWaivedV1",
    "InspectorsAssignedV1",
    "InterestedPartyNamedV1",
    "LicenceHolderHeardV1",
    "OpinionGivenV1",
    "PersonalDataViewedV1",
    "PostAppointedV1",
    "PowerDelegatedV1",
    "RecallHeardV1",
    "RecusalRequestedV1",
    "RecusedV1",
    "RevocationDueV1",
    "SiteCheckedV1",
    "StatementRecordedV1",
    "SupplyExtensionRequestedV1",
    "ToleranceExpiredV1",
}


def say(event: CaseFacts) -> tuple[str, str]:
    notice = notice_of(event, events.enveloped(event), BOOK, URL)
    assert notice is not None
    wording = notice.wording
    return wording.title, wording.body


def test_days_and_moments_are_written_as_people_read_them() -> None:
    assert day(date(2026, 12, 22)) == "2026年12月22日(周二)"
    assert moment(shanghai(datetime(2026, 12, 21, 16, 5, tzinfo=UTC))) == "2026年12月22日(周二)00:05"


@pytest.mark.parametrize("event", events.ALL, ids=lambda event: type(event).__name__)
def test_every_event_is_told_with_item_number_and_link(event: CaseFacts) -> None:
    title, body = say(event)
    assert event.item_name in title
    assert event.case_no in body
    assert f"{URL}/my/cases/{event.case_id}" in body
    assert "{" not in title + body
    assert "None" not in title + body
    assert "\n\n\n" not in body
    assert "\n" not in title
    assert all(line == line.rstrip() for line in body.splitlines())


def test_every_template_is_used_by_some_event() -> None:
    told = (notice_of(event, events.enveloped(event), BOOK, URL) for event in (*events.ALL, *examples()))
    used = {notice.wording.template_id for notice in told if notice is not None}
    assert used == {template.template_id for template in BOOK.versions}


def test_every_occasion_has_an_example_here() -> None:
    assert {type(event) for event in events.ALL} == set(OCCASIONS)


def test_every_event_of_a_case_is_told_or_is_no_matter_of_the_applicant() -> None:
    """A new event makes this fail, so that somebody decides."""
    told = {contract.__name__ for contract in TOLD}
    assert not told & NOT_TOLD
    assert told | NOT_TOLD == {contract.__name__ for contract in EVENTS}


def test_a_broken_undertaking_is_named_as_the_reason() -> None:
    _, body = say(events.terminated())
    assert "终止原因：未在承诺期限内补齐材料" in body


@pytest.mark.parametrize("contract", TOLD, ids=lambda contract: contract.__name__)
def test_the_written_example_of_each_contract_is_told(contract: type[CaseFacts]) -> None:
    """The same files that applications tests itself against."""
    title, body = say(example_of(contract))
    assert title
    assert "None" not in body
    assert "\n\n\n" not in body


@pytest.mark.parametrize("contract", NEWS, ids=lambda contract: contract.__name__)
def test_news_of_a_document_bear_its_number_and_count_as_served(contract: type[CaseFacts]) -> None:
    event = example_of(contract)
    notice = notice_of(event, events.enveloped(event), BOOK, URL)
    assert notice is not None
    document_no = getattr(event, "document_no", None)
    assert notice.wording.statutory == bool(document_no)
    assert document_no is None or f"文书文号：{document_no}" in notice.wording.body
    assert "行政许可法" not in notice.wording.body
    assert event.item_name in notice.wording.title


def test_dates_that_did_not_move_for_the_applicant_are_no_news() -> None:
    event = example_of(ClocksRecomputedV1)
    assert isinstance(event, ClocksRecomputedV1)
    still = tuple(one.model_copy(update={"due_after": one.due_before}) for one in event.dates)
    settled = event.model_copy(update={"dates": still})
    assert notice_of(settled, events.enveloped(settled), BOOK, URL) is None


def example_of(contract: type[CaseFacts]) -> CaseFacts:
    """The example that applications wrote down."""
    name = ".".join(contract.event_type.split(".")[3:])
    return contract.model_validate_json(
        (EXAMPLES_OF_APPLICATIONS / f"{name}.json").read_text(encoding="utf-8")
    )


def examples() -> list[CaseFacts]:
    """One of each of the less usual events."""
    return [example_of(contract) for contract in NEWS]


def test_a_receipt_says_until_when_the_office_answers() -> None:
    title, body = say(events.submitted())
    assert title == "已收到您的申请：新建民用建筑防空地下室建设审批"
    assert "您于2026年11月24日(周二)09:05提交" in body
    assert "最迟于2026年12月1日(周二)告知您是否受理" in body
    assert "暂缺" not in body


def test_tolerant_acceptance_names_every_lacking_paper_the_date_and_the_consequence() -> None:
    title, body = say(events.tolerantly_accepted())
    assert "2026年11月30日(周一)" in title
    assert "1. 授权委托书\n2. 法定代表人身份证明\n" in body
    assert "逾期未补齐的，将终止办理" in body


def test_a_correction_notice_lists_everything_at_once() -> None:
    _, body = say(events.correction_requested())
    assert "1. 申请表：未签字或者未盖章\n2. 项目批准文件：缺少\n" in body
    assert "2026年12月15日(周二)" in body
    assert "容缺" not in body


def test_a_deemed_acceptance_asks_for_what_is_lacking_and_for_nothing_else() -> None:
    """行政许可法 Art 32(4): accepted by silence is not complete, and Art 38 lets nobody grant what is incomplete."""
    _, lacking = say(
        events.accepted(basis="deemed", document_no=None, lacking=(events.LETTER, events.ID_COPY))
    )
    _, complete = say(events.accepted(basis="deemed", document_no=None))
    assert "请尽快补交：\n1. 授权委托书\n2. 法定代表人身份证明\n" in lacking
    assert "补交" not in complete


@pytest.mark.parametrize("provisional", [True, False])
def test_a_correction_period_into_a_year_without_a_notice_is_said_to_be_provisional(
    provisional: bool,
) -> None:
    _, body = say(events.correction_requested(provisional=provisional))
    assert ("尚未公布放假安排" in body) == provisional


def test_a_closed_correction_claims_no_more_than_is_known() -> None:
    """Some of the corrections may have come."""
    _, body = say(events.lapsed())
    assert "仍未收到全部补正材料" in body


@pytest.mark.parametrize("event", events.ALL, ids=lambda event: type(event).__name__)
def test_no_notice_cites_the_licence_law_for_what_may_be_no_licence(event: CaseFacts) -> None:
    """The formal document knows the kind of its item and cites the article."""
    assert "行政许可法" not in say(event)[1]


def test_a_refusal_names_the_remedy() -> None:
    _, body = say(events.decided(result="refuse"))
    assert "行政复议" in body
    assert "行政诉讼" in body


def test_a_missing_fact_is_an_error_and_no_empty_place() -> None:
    template = NoticeTemplate("t", 1, "t", False, "{{ item_name }}", "{{ nobody_gave_this }}")
    with pytest.raises(UndefinedError):
        template.render({"item_name": "x"})


def test_a_line_break_in_an_item_name_does_not_break_the_subject() -> None:
    title, _ = say(events.submitted(item_name="甲\r\nBcc: x@y.z"))
    assert title == "已收到您的申请：甲 Bcc: x@y.z"


def test_the_same_event_is_the_same_message_and_another_event_another() -> None:
    envelope = events.enveloped(events.submitted())
    first, again = (notice_of(events.submitted(), envelope, BOOK, URL) for _ in range(2))
    other = notice_of(events.submitted(), events.enveloped(events.submitted()), BOOK, URL)
    assert first.message_id == again.message_id
    assert first.message_id != other.message_id


def test_no_template_version_that_was_released_has_changed() -> None:
    """A changed wording is a new file; this list grows by a line for each and never changes a line."""
    present = {f"{template.template_id}.v{template.version}": template.sha256 for template in BOOK.versions}
    assert present == json.loads(DIGESTS.read_text(encoding="utf-8"))


def test_rendering_stays_under_a_tenth_of_a_millisecond() -> None:
    event = events.submitted()
    envelope = events.enveloped(event)
    best = min(_seconds_for_hundred(event, envelope) for _ in range(5)) / 100
    assert best < 100e-6, f"{best * 1e6:.0f} µs"


def _seconds_for_hundred(event: CaseFacts, envelope: object) -> float:
    started = perf_counter()
    for _ in range(100):
        notice_of(event, envelope, BOOK, URL)  # type: ignore[arg-type]  # an Envelope, whose type would be noise here
    return perf_counter() - started


def test_the_digest_covers_title_and_body() -> None:
    template = BOOK["case_submitted"]
    assert template.sha256 != hashlib.sha256(template.body.encode()).hexdigest()
    assert (
        NoticeTemplate("t", 1, "n", False, "a", "b").sha256
        != NoticeTemplate("t", 1, "n", False, "a", "c").sha256
    )
