"""One example of each published contract, written down: consumers test against the same files.

The events are made by the domain and published by `publishing.py`, so the files also say what really leaves.  After a
field was added on purpose, `TONGBAN_WRITE_EXAMPLES=1 pytest tests/applications/test_contracts.py` writes them again.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from services.applications import contracts as v
from services.applications.contracts import looking_up, powers, rehearsing, reviewing
from services.applications.credit.looking import case_credit
from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.answering import assess_case, submit
from services.applications.domain.events import Issued
from services.applications.domain.evolve import begin, evolve
from services.applications.domain.item import ReviewStep
from services.applications.methods.procedures import new_dates
from services.applications.people import party_view
from services.applications.publishing import contract_of
from services.applications.store.parties import Party
from services.applications.viewing.case import case_view, line_view
from services.applications.viewing.checks import check_view
from tests.applications import (
    licence_examples,
    printing_examples,
    process_record_examples,
    recalculating_examples,
    tolerance_examples,
)
from tests.applications.credit import examples as credit_examples
from tests.applications.domain.cases import (
    APPLICANT,
    APPLICANT_ID,
    APPROVER,
    CASE_ID,
    CLEAN,
    COMPLETE,
    DEFAULT_ID,
    FRIDAY,
    ITEM,
    NEIGHBOUR_ID,
    ORGAN_HEAD,
    SUPERVISOR,
    accepted,
    at,
    decide,
    in_procedure,
    later,
    noticed,
    papers,
    submission,
    submitted,
    then,
    tolerated,
)
from tests.applications.domain.test_hearings import (
    HEARING_DAY,
    named,
    requested,
    scheduled,
    scheduling,
    told,
)
from tests.applications.publishing_examples import DOCUMENT_ID, published_by

EXAMPLES = Path(__file__).parent.parent / "contracts" / "applications"
NINE = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
WITHOUT_CAD = ("form", "plan", "mandate", "copy")


def first(asks: bool) -> BaseModel:
    event = submit(submission(*WITHOUT_CAD, asks=asks), at(FRIDAY, APPLICANT, credit=CLEAN))
    event = replace(event, documents=(Issued("receipt_voucher", DOCUMENT_ID, event.case_no),))
    return contract_of(begin(CASE_ID, event), event, ITEM)


REVIEWED = replace(ITEM, review=(ReviewStep("check", "初审", "first check"),))


def of_review(command: c.Command) -> BaseModel:
    """What an answered step publishes."""
    case = accepted()
    (event,) = decide(case, command, at(later(4), APPROVER, REVIEWED))
    return contract_of(evolve(case, event), event, REVIEWED)


MONTH_LATER = at(date(2026, 11, 20))
EVENTS: dict[str, Callable[[], BaseModel]] = {
    "case_submitted.v1": lambda: first(asks=True),
    "case_accepted.v1": lambda: published_by(
        submitted(*COMPLETE), c.Accept(), at(FRIDAY), "acceptance_notice"
    ),
    "case_accepted.v1.tolerant": lambda: published_by(
        submitted(*WITHOUT_CAD, asks=True), c.AcceptTolerantly(), at(FRIDAY, credit=CLEAN), "tolerance_notice"
    ),
    "case_accepted.v1.deemed": lambda: published_by(submitted("form"), c.DeemAccepted(), MONTH_LATER),
    "duty_breached.v1": lambda: published_by(
        submitted("form"), c.DeemAccepted(), MONTH_LATER, of=e.DutyBreached
    ),
    "correction_requested.v1": lambda: published_by(
        submitted("form", "mandate"), c.RequestCorrection(), at(later(3)), "correction_notice"
    ),
    "materials_supplied.v1": lambda: published_by(
        noticed(), c.Supply(papers("plan"), "counter"), at(later(5))
    ),
    "supply_reminder_due.v1": lambda: published_by(tolerated(), c.Remind(1), at(later(5))),
    "tolerance_expired.v1": lambda: published_by(tolerated(), c.ExpireTolerance(DEFAULT_ID), MONTH_LATER),
    "case_terminated.v1": lambda: published_by(
        tolerated(), c.ExpireTolerance(DEFAULT_ID), MONTH_LATER, "termination_notice", of=e.Terminated
    ),
    "case_lapsed.v1": lambda: published_by(noticed(), c.LapseCorrection(), MONTH_LATER, "termination_notice"),
    "case_decided.v1": lambda: published_by(
        accepted(), c.Decide("refuse", "0" * 64), at(later(4), APPROVER), "decision_refuse"
    ),
    "result_delivered.v1": lambda: published_by(
        then(accepted(), c.Decide("grant"), at(later(4), APPROVER)),
        c.Deliver("window"),
        at(later(5)),
        "delivery_receipt",
    ),
    "case_withdrawn.v1": lambda: published_by(accepted(), c.Withdraw(), at(later(4)), "termination_notice"),
    "case_not_required.v1": lambda: published_by(
        submitted(), c.DeclareNotRequired("0" * 64), at(FRIDAY), "not_required_notice"
    ),
    "case_not_competent.v1": lambda: published_by(
        submitted(), c.DeclareNotCompetent("亳州市水利局"), at(FRIDAY), "not_competent_decision"
    ),
    "case_voided.v1": lambda: published_by(
        accepted(), c.VoidCase("0" * 64), at(later(4), SUPERVISOR), "void_notice"
    ),
    "opinion_given.v1": lambda: of_review(c.GiveOpinion("check", "pass")),
    "approval_given.v1": lambda: contract_of(
        accepted(),
        e.ApprovalGiven(
            effective_on=later(4),
            step="check",
            result="pass",
            given_by="staff:approver",
            authority="delegate",
            post="规划科长",
            instrument="授字〔2026〕7号",
            in_place_of="staff:holder",
        ),
        REVIEWED,
    ),
    "case_sent_back.v1": lambda: contract_of(
        accepted(),
        e.SentBack(
            effective_on=later(4),
            from_step="decision",
            to_step="check",
            reason_code="facts_unclear",
            sent_by="staff:approver",
            reopens=("check",),
        ),
        REVIEWED,
    ),
    "recusal_requested.v1": lambda: published_by(
        accepted(), c.RequestRecusal("0" * 64), at(later(4), APPLICANT)
    ),
    "recusal_declined.v1": lambda: published_by(
        then(accepted(), c.RequestRecusal("0" * 64), at(later(4), APPLICANT)),
        c.DeclineRecusal("0" * 64),
        at(later(4), ORGAN_HEAD),
    ),
    "recused.v1": lambda: published_by(
        accepted(), c.Recuse("staff:one", "interest", "organ"), at(later(4), ORGAN_HEAD)
    ),
    "case_urged.v1": lambda: published_by(accepted(), c.Urge(), at(later(4), APPLICANT)),
    "inspectors_assigned.v1": lambda: published_by(
        accepted(), c.AssignInspectors(("staff:one", "staff:two")), at(later(4), APPROVER)
    ),
    "site_checked.v1": lambda: published_by(
        accepted(),
        c.RecordSiteCheck(("staff:one", "staff:two"), later(4), "0" * 64, passed=True),
        at(later(4), APPROVER),
    ),
    "post_appointed.v1": lambda: powers.PostAppointedV1(
        appointment_id=DOCUMENT_ID,
        unit=ITEM.unit,
        post="规划科长",
        has_holder=True,
        has_stand_in=True,
        valid_from=FRIDAY,
        instrument="人字〔2026〕1号",
        record_sha256="0" * 64,
    ),
    "power_delegated.v1": lambda: powers.PowerDelegatedV1(
        delegation_id=DOCUMENT_ID,
        unit=ITEM.unit,
        posts=("规划科长",),
        instrument="授字〔2026〕7号",
        valid_from=FRIDAY,
        valid_to=later(7),
        record_sha256="0" * 64,
    ),
    "delegation_revoked.v1": lambda: powers.DelegationRevokedV1(
        delegation_id=DOCUMENT_ID, unit=ITEM.unit, instrument="授字〔2026〕7号", revoked_on=later(3)
    ),
    "absence_recorded.v1": lambda: powers.AbsenceRecordedV1(
        absence_id=DOCUMENT_ID,
        unit=ITEM.unit,
        first_on=FRIDAY,
        last_on=later(3),
        record_sha256="0" * 64,
    ),
    "procedure_started.v1": lambda: published_by(
        accepted(), c.StartProcedure("expert_review", 5), at(later(3), APPROVER), "special_procedure_notice"
    ),
    "procedure_prolonged.v1": lambda: published_by(
        in_procedure(),
        c.ProlongProcedure(3, reasons_sha256="0" * 64),
        at(later(4), APPROVER),
        "special_procedure_notice",
    ),
    "procedure_ended.v1": lambda: published_by(in_procedure(), c.EndProcedure(), at(later(4), APPROVER)),
    "deadline_extended.v1": lambda: published_by(
        accepted(), c.ExtendDeadline(10, "0" * 64), at(later(3), ORGAN_HEAD), "extension_notice"
    ),
    "interested_party_named.v1": lambda: published_by(
        accepted(), c.NameInterestedParty(NEIGHBOUR_ID), at(later(3), APPROVER)
    ),
    "hearing_rights_told.v1": lambda: published_by(
        named(), c.TellHearingRights(), at(later(3), APPROVER), "hearing_rights_notice"
    ),
    "hearing_requested.v1": lambda: published_by(told(), c.RequestHearing(NEIGHBOUR_ID), at(later(4))),
    "hearing_waived.v1": lambda: published_by(told(), c.WaiveHearing(NEIGHBOUR_ID), at(later(4))),
    "hearing_called.v1": lambda: published_by(accepted(), c.CallHearing("0" * 64), at(later(3), APPROVER)),
    "hearing_scheduled.v1": lambda: published_by(
        requested(), scheduling(), at(later(5), APPROVER), "hearing_notice"
    ),
    "hearing_held.v1": lambda: published_by(
        scheduled(), c.RecordHearing("a" * 64), at(HEARING_DAY, APPROVER)
    ),
    "hearing_closed.v1": lambda: published_by(told(), c.LapseHearingRight(), MONTH_LATER),
    "statement_recorded.v1": lambda: published_by(
        told(), c.RecordStatement(NEIGHBOUR_ID, "0" * 64), at(later(4))
    ),
    "personal_data_viewed.v1": lambda: v.PersonalDataViewedV1(
        case_id=CASE_ID,
        case_no="11341600762764234C3000180002001202609180001",
        unit=ITEM.unit,
        viewed="parties",
        purpose_sha256="0" * 64,
        viewed_at=NINE,
    ),
}

PARTIES = {
    "applicant": Party(
        "applicant",
        "张三丰",
        APPLICANT_ID,
        "natural",
        "111",
        "341602199001010012",
        None,
        "安徽省亳州市谯城区",
    ),
    "contact": Party("contact", "王小二", mobile="13812341234", email="wang@example.com"),
}
DOCUMENT_ROW = {
    "id": DOCUMENT_ID,
    "kind": "tolerance_notice",
    "number": "亳人防许容〔2026〕1号",
    "issued_on": FRIDAY,
    "is_licence": True,
    "void_reason": None,
    "replaces": None,
}
EVENT_ROW = {
    "version": 2,
    "name": "Accepted",
    "data": {"basis": "tolerant"},
    "recorded_at": NINE,
    "effective_on": FRIDAY,
    "actor_role": "clerk",
    "actor_unit": ITEM.unit,
}
LINE_ROW = {
    "id": CASE_ID,
    "case_no": "11341600762764234C3000180002001202609180001",
    "external_no": None,
    "version": 1,
    "state": "SUBMITTED",
    "item_code": ITEM.code,
    "channel": "online",
    "submitted_at": NINE,
    "due_on": date(2026, 9, 24),
    "proposed": "accept",
    "asks_tolerance": False,
    "urged": 0,
    "kind": "natural",
}


def whole_case() -> v.CaseView:
    case, facts = tolerated(), at(FRIDAY, credit=CLEAN)
    return case_view(
        case,
        facts,
        assess_case(case, facts),
        parties=PARTIES,
        documents=[DOCUMENT_ROW],  # type: ignore[list-item]  # a row is read like a mapping
        events=[EVENT_ROW],  # type: ignore[list-item]  # the same
        credit=case_credit(CASE_ID, CLEAN),
        summary=None,
        allowed=("supply_materials",),
        explained=True,
        masked=True,
    )


def check() -> v.MaterialCheck:
    case, facts = submitted(*WITHOUT_CAD, asks=True), at(FRIDAY, credit=CLEAN)
    return check_view(ITEM, assess_case(case, facts), asked=True, papers=case.papers)


VIEWS: dict[str, Callable[[], BaseModel]] = {
    "case_view": whole_case,
    "material_check": check,
    "new_dates": lambda: new_dates(accepted(), c.StartProcedure("expert_review", 5), at(later(3), APPROVER)),
    "case_page": lambda: v.CasePage(
        items=(line_view(LINE_ROW, "张三丰", (ITEM.name, ITEM.name_en), FRIDAY),),  # type: ignore[arg-type]  # a row
        next_cursor="MjAyNi0wOS0yNA",
    ),
    "found_cases": lambda: looking_up.FoundCases(
        items=(
            looking_up.FoundCase(
                line=line_view(LINE_ROW, "张三丰", (ITEM.name, ITEM.name_en), FRIDAY),  # type: ignore[arg-type]  # a row
                by="certificate",
            ),
        ),
    ),
    "day_view": lambda: looking_up.DayView(
        on=FRIDAY,
        counts=(looking_up.DayCount(title_zh="收件", title_en="received", count=1),),
        entries=(
            looking_up.DayEntry(
                case_id=CASE_ID,
                case_no="11341600762764234C3000180002001202609180001",
                item_name=ITEM.name,
                item_name_en=ITEM.name_en,
                applicant_name="张**",
                event="Submitted",
                title_zh="收件",
                title_en="received",
                at=NINE,
            ),
        ),
    ),
    "case_receipt": lambda: v.CaseReceipt(
        case_id=CASE_ID,
        case_no="11341600762764234C3000180002001202609180001",
        version=1,
        state="SUBMITTED",
        access_code="ABCDEFGH",
        submitted_at=NINE,
        proposed_outcome="accept",
        due_on=date(2026, 9, 24),
    ),
    "document_view": lambda: v.DocumentView(
        document_id=DOCUMENT_ID,
        case_id=CASE_ID,
        case_no="11341600762764234C3000180002001202609180001",
        kind="acceptance_notice",
        number="亳人防许受〔2026〕12号",
        title="受理通知书",
        title_en="Notice of acceptance",
        template_version=1,
        issued_on=FRIDAY,
        lines=(
            v.DocumentLine(style="title", text="受理通知书"),
            v.DocumentLine(style="field", label="申请人", text="张**"),
        ),
        sha256="0" * 64,
        masked=True,
    ),
    "batch_receipt": lambda: reviewing.BatchReceipt(
        results=(
            reviewing.BatchResult(
                case_id=CASE_ID,
                receipt=v.CaseReceipt(
                    case_id=CASE_ID,
                    case_no="11341600762764234C3000180002001202609180001",
                    version=3,
                    state="DECIDED_GRANT",
                    submitted_at=NINE,
                    due_on=date(2026, 10, 9),
                ),
            ),
            reviewing.BatchResult(
                case_id=APPLICANT_ID,
                refusal=reviewing.BatchRefusal(
                    code="stale_case",
                    zh="办件已被更新（您看到的是第2版，现在是第3版），请刷新后再操作。",
                    en="The case has changed since you read it (you saw version 2, it is now 3). Read it again.",
                ),
            ),
        ),
        decided=1,
        refused=1,
    ),
    "done_for_me_list": lambda: powers.DoneForMeList(
        items=(
            powers.DoneForMe(
                case_id=CASE_ID,
                case_no="11341600762764234C3000180002001202609180001",
                item_name=ITEM.name,
                item_name_en=ITEM.name_en,
                act="opinion",
                step="plan",
                verdict="pass",
                done_by="staff:delegate",
                authority="delegated",
                post="规划科长",
                instrument="授字〔2026〕7号",
                done_on=FRIDAY,
            ),
        ),
    ),
    "rehearsal": lambda: rehearsing.Rehearsal(
        case_id=CASE_ID,
        version=3,
        state="DECIDED_GRANT",
        state_zh="准予",
        state_en="granted",
        documents=(
            rehearsing.RehearsedDocument(
                kind="grant_decision",
                title="准予行政许可决定书",
                title_en="Decision to grant the licence",
                lines=(v.DocumentLine(style="text", text="准予张**的申请。"),),
            ),
        ),
    ),
    "power_receipt": lambda: powers.PowerReceipt(id=DOCUMENT_ID),
    "powers_view": lambda: powers.PowersView(
        posts=(
            powers.PostView(
                id=DOCUMENT_ID,
                post="规划科长",
                holder="staff:holder",
                stand_in="staff:standin",
                valid_from=FRIDAY,
                instrument="人字〔2026〕1号",
            ),
        ),
        delegations=(
            powers.DelegationView(
                id=DOCUMENT_ID,
                delegator="staff:holder",
                delegate="staff:delegate",
                posts=("规划科长",),
                instrument="授字〔2026〕7号",
                valid_from=FRIDAY,
                valid_to=later(7),
                in_force=True,
            ),
        ),
        absences=(
            powers.AbsenceView(id=DOCUMENT_ID, person="staff:holder", first_on=FRIDAY, last_on=later(3)),
        ),
    ),
    "revealed_parties": lambda: v.RevealedParties(
        case_id=CASE_ID,
        case_no="11341600762764234C3000180002001202609180001",
        parties=tuple(party_view(party, masked=False) for party in PARTIES.values()),
    ),
    "party_contact": lambda: v.PartyContact(
        case_id=CASE_ID, person_id=APPLICANT_ID, name="王小二", mobile="13812341234", email="wang@example.com"
    ),
    "case_effects": lambda: v.CaseEffects(
        case_id=CASE_ID,
        case_no="11341600762764234C3000180002001202609180001",
        effects=(
            v.EffectView(
                event_id=DOCUMENT_ID,
                event_type="cn.tongban.applications.case_submitted.v1",
                version=1,
                recorded_at=NINE,
                sent_at=NINE,
                actor_role="applicant",
            ),
        ),
    ),
}
for topic in (
    credit_examples,
    licence_examples,
    printing_examples,
    recalculating_examples,
    tolerance_examples,
):
    EVENTS |= topic.EVENTS
for topic in (
    credit_examples,
    printing_examples,
    process_record_examples,
    recalculating_examples,
    tolerance_examples,
):
    VIEWS |= topic.VIEWS
ALL = EVENTS | VIEWS


@pytest.mark.parametrize("name", ALL)
def test_each_contract_still_has_the_form_that_was_written_down(name: str):
    example, file = ALL[name](), EXAMPLES / f"{name}.json"
    plain = example.model_dump(mode="json")
    if os.environ.get("TONGBAN_WRITE_EXAMPLES"):
        file.write_text(json.dumps(plain, ensure_ascii=False, indent=2) + "\n", "utf-8")
    written = json.loads(file.read_text("utf-8"))
    assert plain == written
    assert type(example).model_validate(written) == example


@pytest.mark.parametrize("name", ALL)
def test_a_field_that_a_later_publisher_adds_disturbs_no_consumer(name: str):
    written = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    example = ALL[name]()
    assert type(example).model_validate({**written, "added_later": 1}) == example


def test_every_event_has_an_example_and_its_type_is_the_name_of_the_file():
    types = {type(make()): name for name, make in EVENTS.items()}
    assert set(types) == set(v.EVENTS)
    for event, name in types.items():
        assert event.event_type.startswith("cn.tongban.applications.")
        assert ".".join(event.event_type.split(".")[3:]) == ".".join(name.split(".")[:2])


@pytest.mark.parametrize("name", EVENTS)
def test_published_facts_name_no_person(name: str):
    text = (EXAMPLES / f"{name}.json").read_text("utf-8")
    for word in ("account:", "staff:", "certificate", "mobile", "张三"):
        assert word not in text


def test_every_recorded_event_has_a_published_form():
    from services.applications.publishing import FIELDS

    assert set(FIELDS) == set(e.EVENT_TYPES.values())
