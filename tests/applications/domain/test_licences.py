"""What becomes of a licence: LIC-18 to LIC-25, each row of the law by name."""

import contextlib
from dataclasses import replace
from datetime import date

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.documents import Secrets
from services.applications.domain.drafting import drafts
from services.applications.domain.errors import DomainError, IllegalTransition, NotAllowed, OutcomeNotAllowed
from services.applications.domain.evolve import evolve
from services.applications.domain.item import Item, Validity, basic_code
from services.applications.domain.licences import result_code
from services.applications.domain.parts.licences import Licence
from services.applications.domain.parts.tolerating import PostCheck, Recall
from services.applications.domain.phrases import chinese_date
from services.applications.domain.renewing import follow_up_of
from services.applications.domain.revoking import (
    CANCELLATION_GROUNDS,
    MAY_REVOKE,
    MUST_REVOKE,
    WITHDRAWAL_GROUNDS,
)
from services.applications.domain.state import State
from services.applications.domain.timers import timers_of
from services.applications.domain.values import Organ
from services.applications.domain.wording import render
from services.applications.publishing import contract_of
from tests.applications.domain.cases import (
    APPLICANT,
    APPLICANT_ID,
    APPROVER,
    CALENDAR,
    CASE_ID,
    CERTIFICATE,
    CLERK,
    DEFAULT_ID,
    FRIDAY,
    ITEM,
    ORGAN_HEAD,
    accepted,
    at,
    decide,
    decided,
    delivered,
    heard,
    issued,
    later,
    noticed,
    only,
    renewal,
    submitted,
    then,
)
from tests.applications.domain.test_documents import PARTY

SAFE = replace(CERTIFICATE, safety_sensitive=True)
WORDS = "0" * 64
DAY_OF_GRANT = later(4)  # 2026-09-22
LAST_DAY = date(2028, 9, 22)
ORGAN = Organ("亳州市人民政府", "亳州市谯城区人民法院")


def text_of(case: Case, event: e.CaseEvent, item: Item = CERTIFICATE) -> str:
    """Everything that the event's document says."""
    (draft,) = drafts(case, [event], item, ORGAN, Secrets(reasons="理由如此", compensation="补偿如此"))[0]
    values = {**draft.values, "number": "亳人防许撤〔2026〕1号", "issued_on": "2026-09-28"}
    return "\n".join(f"{line.label}|{line.text}" for line in render(draft.kind, values, PARTY, draft.secrets))


# -- made out (Art 39, LIC-18, LIC-19) -----------------------------------------------------------------------


def test_a_certificate_is_made_out_before_it_is_delivered():
    with pytest.raises(OutcomeNotAllowed, match="licence_not_made_out"):
        decide(decided(), c.Deliver("window"), at(later(5), item=CERTIFICATE))
    case = issued()
    assert case.state is State.ISSUED
    # LIC-11 runs on until the delivery.
    delivery = case.clock("delivery")
    assert delivery is not None
    assert delivery.runs
    assert then(case, c.Deliver("window"), at(later(5), item=CERTIFICATE)).state is State.DELIVERED


def test_what_is_no_certificate_goes_straight_to_its_delivery():
    with pytest.raises(OutcomeNotAllowed, match="no_certificate"):
        decide(decided(), c.IssueLicence(), at(later(4), APPROVER))
    assert then(decided(), c.Deliver("window"), at(later(5))).state is State.DELIVERED


@pytest.mark.parametrize(
    ("granted", "months", "until"),
    [
        (date(2026, 9, 22), 24, date(2028, 9, 22)),
        # A month without that day ends with its last one.
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        # A rest day: a validity is no period for doing something and ends all the same.
        (date(2026, 9, 30), 12, date(2027, 9, 30)),
        (date(2026, 10, 2), 12, date(2027, 10, 2)),
    ],
)
def test_the_validity_ends_on_the_corresponding_day(granted: date, months: int, until: date):
    # 民法典 201, 202.
    item = replace(CERTIFICATE, validity=Validity(months))
    case = decided()
    assert case.verdict is not None
    case = replace(case, verdict=replace(case.verdict, decided_on=granted))
    *_, event = decide(case, c.IssueLicence(), at(granted, APPROVER, item))
    assert isinstance(event, e.LicenceIssued)
    assert (event.valid_from, event.valid_until) == (granted, until)


def test_a_licence_without_an_end_says_so():
    item = replace(CERTIFICATE, validity=None)
    event = only(decide(decided(), c.IssueLicence(), at(DAY_OF_GRANT, APPROVER, item)))
    assert isinstance(event, e.LicenceIssued)
    assert event.valid_until is None
    assert "长期有效" in text_of(decided(), event, item)


def test_the_number_of_the_licence_is_that_of_its_document():
    document = e.Issued("licence", DEFAULT_ID, "亳人防许证〔2026〕1号")
    event = replace(
        only(decide(decided(), c.IssueLicence(), at(DAY_OF_GRANT, APPROVER, CERTIFICATE))),
        documents=(document,),
    )
    case = evolve(decided(), event)
    assert case.licence is not None
    assert case.licence.number == document.number
    assert case.licence.valid_until == LAST_DAY


def test_a_grant_is_published_and_a_refusal_is_not():
    # LIC-18, LIC-19.
    granted = only(decide(accepted(), c.Decide("grant"), at(later(4), APPROVER)))
    refused = only(decide(accepted(), c.Decide("refuse", WORDS), at(later(4), APPROVER)))
    assert contract_of(accepted(), granted, ITEM).publishable is True
    assert contract_of(accepted(), refused, ITEM).publishable is False


# -- filed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "item", "code"),
    [
        ("grant", ITEM, "0"),
        ("grant", replace(CERTIFICATE, is_licence=False), "0"),
        ("grant", replace(ITEM, is_licence=False), "6"),
        ("refuse", ITEM, "1"),
    ],
)
def test_a_case_is_filed_with_the_result_code_of_the_exchange(result: str, item: Item, code: str):
    assert result_code(decided(result), item) == code


def test_thirty_days_after_the_delivery_the_case_files_itself():
    case = delivered()
    (timer,) = timers_of(case, CALENDAR)
    assert timer.kind == "closing"
    last = later(5 + 30)
    assert decide(case, c.CloseCase(), at(last, c.SYSTEM)) == []
    event = only(decide(case, c.CloseCase(), at(later(1, last), c.SYSTEM)))
    assert isinstance(event, e.Closed)
    assert timers_of(then(case, c.CloseCase(), at(later(6))), CALENDAR) == ()


@pytest.mark.parametrize(
    "open_part",
    [
        {"post_checks": (PostCheck("cad"),)},
        {"recall": Recall(later(6))},
    ],
)
def test_nothing_is_filed_while_something_is_open(open_part: dict[str, object]):
    case = replace(delivered(), **open_part)
    assert timers_of(case, CALENDAR) == ()
    for by in (CLERK, c.SYSTEM):
        with pytest.raises(OutcomeNotAllowed, match=r"commitments_not_checked|papers_still_awaited"):
            decide(case, c.CloseCase(), at(later(99), by))


def test_a_check_that_ended_later_sets_the_day_of_filing_anew():
    checked = replace(delivered(), post_checks=(PostCheck("cad", "true", later(20)),))
    assert timers_of(checked, CALENDAR) != timers_of(delivered(), CALENDAR)
    assert decide(checked, c.CloseCase(), at(later(50), c.SYSTEM)) == []
    assert decide(checked, c.CloseCase(), at(later(51), c.SYSTEM)) != []


# -- revoked (LIC-22, Art 69) --------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", sorted(MAY_REVOKE | MUST_REVOKE))
def test_a_licence_is_revoked_on_the_grounds_of_article_69_only(ground: str):
    # LIC-22: compensation where the organ may, none where it must.
    event = only(decide(heard(), c.RevokeLicence(ground, WORDS), at(later(8), ORGAN_HEAD, CERTIFICATE)))
    assert isinstance(event, e.Revoked)
    must = ground in MUST_REVOKE
    assert (event.kind, event.compensation) == ("must" if must else "may", not must)
    text = text_of(heard(), event)
    assert "第六十九条第二款" in text if must else "第六十九条第一款" in text
    assert ("依法给予赔偿" in text) is not must
    assert "理由如此" in text
    # §1.7: R-STD.
    assert "六十日内向亳州市人民政府申请行政复议" in text
    assert "六个月内依法向亳州市谯城区人民法院提起行政诉讼" in text


REFUSALS = {
    "ground_not_in_law": (heard, c.RevokeLicence("bad_weather", WORDS)),
    "reasons_required": (heard, c.RevokeLicence("beyond_powers")),
    "holder_not_heard": (delivered, c.RevokeLicence("beyond_powers", WORDS)),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_no_revocation_without_ground_reasons_and_hearing(code: str):
    # LIC-22.
    make, command = REFUSALS[code]
    with pytest.raises(DomainError, match=code):
        decide(make(), command, at(later(8), ORGAN_HEAD, CERTIFICATE))


@pytest.mark.parametrize("by", [APPLICANT, CLERK, APPROVER])
def test_only_the_head_of_the_organ_revokes_or_takes_back(by: c.By):
    for command in (
        c.RevokeLicence("beyond_powers", WORDS),
        c.KeepLicence("beyond_powers", WORDS),
        c.WithdrawLicence("law_changed", WORDS, WORDS),
    ):
        with pytest.raises(NotAllowed, match="role_not_allowed"):
            decide(heard(), command, at(later(8), by, CERTIFICATE))


def test_what_the_public_interest_forbids_to_revoke_is_kept_with_reasons():
    # LIC-22, Art 69¶3.
    case = delivered()
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(case, c.KeepLicence("beyond_powers"), at(later(8), ORGAN_HEAD, CERTIFICATE))
    event = only(decide(case, c.KeepLicence("beyond_powers", WORDS), at(later(8), ORGAN_HEAD, CERTIFICATE)))
    assert isinstance(event, e.NotRevoked)
    assert (
        then(case, c.KeepLicence("beyond_powers", WORDS), at(later(8), ORGAN_HEAD)).state is State.DELIVERED
    )
    assert "第六十九条第三款" in text_of(case, event)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.HearLicensee(later(3), waived=True), "told_on_impossible"),
        (c.HearLicensee(later(8), waived=True), "told_on_impossible"),
        (c.HearLicensee(later(6)), "statement_or_waiver"),
        (c.HearLicensee(later(6), waived=True, statement_sha256=WORDS), "statement_or_waiver"),
    ],
)
def test_a_hearing_that_cannot_have_been_is_not_recorded(command: c.HearLicensee, code: str):
    with pytest.raises(DomainError, match=code):
        decide(delivered(), command, at(later(7), APPROVER, CERTIFICATE))


# -- taken back (Art 8) and struck off (LIC-23, Art 70) --------------------------------------------------------


@pytest.mark.parametrize("ground", sorted(WITHDRAWAL_GROUNDS))
def test_a_lawful_licence_is_taken_back_with_compensation(ground: str):
    command = c.WithdrawLicence(ground, WORDS, WORDS)
    event = only(decide(heard(), command, at(later(8), ORGAN_HEAD, CERTIFICATE)))
    text = text_of(heard(), event)
    assert "第八条第二款" in text
    assert "补偿如此" in text
    assert "申请行政复议" in text
    with pytest.raises(OutcomeNotAllowed, match="compensation_required"):
        decide(heard(), c.WithdrawLicence(ground, WORDS), at(later(8), ORGAN_HEAD, CERTIFICATE))
    with pytest.raises(OutcomeNotAllowed, match="holder_not_heard"):
        decide(delivered(), command, at(later(8), ORGAN_HEAD, CERTIFICATE))


def test_a_licence_is_taken_back_on_the_grounds_of_article_8_only():
    with pytest.raises(DomainError, match="ground_not_in_law"):
        decide(
            heard(), c.WithdrawLicence("beyond_powers", WORDS, WORDS), at(later(8), ORGAN_HEAD, CERTIFICATE)
        )


@pytest.mark.parametrize("ground", sorted(CANCELLATION_GROUNDS - {"expired_without_renewal"}))
def test_a_licence_is_struck_off_on_the_grounds_of_article_70_only(ground: str):
    # LIC-23.
    event = only(decide(delivered(), c.CancelLicence(ground, WORDS), at(later(8), APPROVER, CERTIFICATE)))
    text = text_of(delivered(), event)
    assert "第七十条" in text
    assert "申请行政复议" in text
    with pytest.raises(DomainError, match="ground_not_in_law"):
        decide(delivered(), c.CancelLicence("law_changed", WORDS), at(later(8), APPROVER, CERTIFICATE))
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        decide(delivered(), c.CancelLicence(ground), at(later(8), APPROVER, CERTIFICATE))


def test_only_what_expired_is_struck_off_as_expired():
    # LIC-23, Art 70(1): not on the last day, not while a renewal is being worked on.
    command = c.CancelLicence("expired_without_renewal", WORDS)
    after = later(1, LAST_DAY)
    with pytest.raises(OutcomeNotAllowed, match="licence_not_expired"):
        decide(delivered(), command, at(LAST_DAY, APPROVER, CERTIFICATE))
    pending = replace(at(after, APPROVER, CERTIFICATE), renewal_pending=True)
    with pytest.raises(OutcomeNotAllowed, match="licence_not_expired"):
        decide(delivered(), command, pending)
    endless = delivered(replace(CERTIFICATE, validity=None))
    with pytest.raises(OutcomeNotAllowed, match="licence_not_expired"):
        decide(endless, command, at(after, APPROVER, CERTIFICATE))
    assert then(delivered(), command, at(after, APPROVER, CERTIFICATE)).state is State.CANCELLED


def test_the_end_of_a_validity_is_told_once():
    # LIC-23: whoever has to strike it off is told.
    assert decide(delivered(), c.MarkExpired(), at(LAST_DAY, c.SYSTEM)) == []
    late = at(later(9, LAST_DAY), c.SYSTEM)
    event = only(decide(delivered(), c.MarkExpired(), late))
    assert event.effective_on == LAST_DAY
    assert decide(then(delivered(), c.MarkExpired(), late), c.MarkExpired(), late) == []


@pytest.mark.parametrize("state", ["DELIVERED", "CLOSED"])
def test_a_filed_licence_can_still_be_taken_away(state: str):
    case = heard() if state == "DELIVERED" else then(heard(), c.CloseCase(), at(later(7)))
    assert case.state.value == state
    revoked = then(case, c.RevokeLicence("beyond_powers", WORDS), at(later(8), ORGAN_HEAD, CERTIFICATE))
    assert revoked.state is State.REVOKED
    assert not any(clock.runs for clock in revoked.clocks)


# -- changed (LIC-20, Art 49) and renewed (LIC-21, Art 50) -----------------------------------------------------


def asked(
    purpose: str,
    on: date,
    case: Case | None = None,
    applicant: object = APPLICANT_ID,
    item: Item = CERTIFICATE,
):
    """What a submission of this purpose is about."""
    return follow_up_of(purpose, case or delivered(), applicant, at(on, APPLICANT, item))


def test_the_holder_asks_for_a_change_or_a_renewal_of_what_is_held():
    # LIC-20, LIC-21.
    change = asked("change", later(9))
    assert (change.purpose, change.licence_case_id, change.valid_until, change.late) == (
        "change",
        CASE_ID,
        LAST_DAY,
        False,
    )
    filed = then(delivered(), c.CloseCase(), at(later(6)))
    assert asked("renewal", later(9), filed).late is False


@pytest.mark.parametrize(("days_before", "late"), [(31, False), (30, False), (29, True), (0, True)])
def test_a_renewal_asked_for_late_is_received_and_told(days_before: int, late: bool):
    # LIC-21, Art 50¶1: thirty days before the end.
    assert asked("renewal", later(-days_before, LAST_DAY)).late is late


FOREIGN = {
    "licence_not_found": lambda: asked("change", later(9), applicant=DEFAULT_ID),
    "licence_of_another_item": lambda: asked("change", later(9), item=replace(CERTIFICATE, code="x" * 31)),
    "licence_not_held": lambda: asked("change", later(9), issued()),
    "licence_expired": lambda: asked("renewal", later(1, LAST_DAY)),
    "licence_without_end": lambda: asked("renewal", later(9), delivered(replace(CERTIFICATE, validity=None))),
}


@pytest.mark.parametrize("code", FOREIGN)
def test_a_follow_up_that_rests_on_nothing_is_refused(code: str):
    with pytest.raises(DomainError, match=code):
        FOREIGN[code]()


def test_no_licence_and_somebody_elses_look_the_same():
    answers = []
    for case, applicant in ((None, APPLICANT_ID), (delivered(), DEFAULT_ID)):
        with pytest.raises(DomainError) as refused:
            follow_up_of("change", case, applicant, at(later(9), APPLICANT, CERTIFICATE))
        answers.append((refused.value.code, refused.value.zh, refused.value.facts))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "lost",
    [
        c.RevokeLicence("beyond_powers", WORDS),
        c.WithdrawLicence("law_changed", WORDS, WORDS),
        c.CancelLicence("holder_ended", WORDS),
        c.MarkChanged(DEFAULT_ID),
        c.MarkRenewed(DEFAULT_ID),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_lost_in_the_meantime_is_changed_or_renewed(lost: c.Command):
    by = c.SYSTEM if isinstance(lost, c.MarkChanged | c.MarkRenewed) else ORGAN_HEAD
    licence_case = then(heard(), lost, at(later(8), by, CERTIFICATE))
    facts = replace(at(later(9), APPROVER, CERTIFICATE), licence_case=licence_case)
    with pytest.raises(OutcomeNotAllowed, match="licence_not_held"):
        decide(renewal(), c.Decide("grant"), facts)
    # It can still be refused.
    assert decide(renewal(), c.Decide("refuse", WORDS), facts)


def test_a_licence_that_has_ended_is_changed_no_more():
    # LIC-20, Art 49: a change gives a licence no longer time, so one that has ended has nothing left to change.
    until = date(2028, 9, 22)
    assert delivered().licence == Licence("", date(2026, 9, 22), until)
    case = renewal(until, purpose="change")
    for on in (until, later(1, until)):
        facts = replace(at(on, APPROVER, CERTIFICATE), licence_case=delivered())
        if on == until:
            assert decide(case, c.Decide("grant"), facts)
            assert asked("change", on)
            continue
        with pytest.raises(OutcomeNotAllowed, match="licence_expired"):
            decide(case, c.Decide("grant"), facts)
        with pytest.raises(OutcomeNotAllowed, match="licence_expired"):
            asked("change", on)


def test_a_renewal_goes_on_where_the_earlier_validity_ends():
    # LIC-21.
    until = later(30)
    facts = replace(at(later(9), APPROVER, CERTIFICATE), licence_case=delivered())
    case = then(renewal(until), c.Decide("grant"), facts)
    event = only(decide(case, c.IssueLicence(), at(later(9), APPROVER, CERTIFICATE)))
    assert isinstance(event, e.LicenceIssued)
    assert (event.valid_from, event.valid_until) == (until, date(2028, 10, 18))


def test_a_changed_licence_holds_no_longer_than_before():
    # LIC-20.
    until = later(30)
    facts = replace(at(later(9), APPROVER, CERTIFICATE), licence_case=delivered())
    case = then(renewal(until, purpose="change"), c.Decide("grant"), facts)
    event = only(decide(case, c.IssueLicence(), at(later(9), APPROVER, CERTIFICATE)))
    assert isinstance(event, e.LicenceIssued)
    assert event.valid_until == until


def test_silence_renews():
    # LIC-21, Art 50¶2: from the day of the expiry, however late anybody looks; the organ answers for it.
    until = later(30)
    assert decide(renewal(until), c.DeemRenewed(until), at(until, c.SYSTEM, CERTIFICATE)) == []
    # The promise had ended before the validity did; what would have ended after it was cut off by the silence.
    promise, deemed, breached = decide(
        renewal(until), c.DeemRenewed(until), at(later(37), c.SYSTEM, CERTIFICATE)
    )
    assert isinstance(promise, e.DutyBreached)
    assert (promise.rule, promise.due_on) == ("PROMISE", date(2026, 9, 29))
    assert isinstance(deemed, e.RenewalDeemed)
    assert isinstance(breached, e.DutyBreached)
    assert (deemed.effective_on, deemed.valid_until) == (until, date(2028, 10, 18))
    assert (breached.rule, breached.due_on) == ("LIC-21", until)
    case = then(renewal(until), c.DeemRenewed(until), at(later(37), c.SYSTEM, CERTIFICATE))
    assert case.state is State.DECIDED_GRANT
    assert [clock.name for clock in case.clocks if clock.runs] == ["delivery"]
    text = text_of(renewal(until), deemed)
    assert "视为准予延续" in text
    assert chinese_date("2028-10-18") in text


@pytest.mark.parametrize(
    "case",
    [
        lambda: renewal(later(20), late=True),
        lambda: renewal(later(20), purpose="change"),
        accepted,
        lambda: then(renewal(later(20)), c.Withdraw(), at(later(9), APPLICANT)),
        noticed,
        submitted,
    ],
)
def test_silence_renews_nothing_else(case):
    # LIC-21: neither what was asked for late, nor a change, nor what was not accepted or has ended.
    with contextlib.suppress(IllegalTransition):
        assert decide(case(), c.DeemRenewed(later(20)), at(later(40), c.SYSTEM, CERTIFICATE)) == []


# -- bans (LIC-24, LIC-25) -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "ground", "until"),
    [
        (SAFE, "false_materials", date(2027, 9, 22)),
        (SAFE, None, None),
        (CERTIFICATE, "false_materials", None),
    ],
)
def test_false_papers_ban_for_one_year_where_safety_is_concerned(
    item: Item, ground: str | None, until: date | None
):
    # LIC-24, Art 78.
    command = c.Decide("refuse", WORDS, ground=ground)
    event = only(decide(accepted(), command, at(DAY_OF_GRANT, APPROVER, item)))
    assert isinstance(event, e.Decided)
    assert event.banned_until == until
    text = text_of(accepted(), event, item)
    # The warning comes with every refusal for false papers.
    assert ("给予警告" in text) is (ground is not None)
    assert ("不得再次申请" in text) is (until is not None)


def test_a_leap_day_ends_with_february():
    # LIC-24: 民法典 202.
    *_, event = decide(
        accepted(),
        c.Decide("refuse", WORDS, ground="false_materials"),
        at(date(2028, 2, 29), APPROVER, SAFE),
    )
    assert isinstance(event, e.Decided)
    assert event.banned_until == date(2029, 2, 28)


@pytest.mark.parametrize(
    "command", [c.Decide("grant", ground="false_materials"), c.Decide("refuse", WORDS, ground="dislike")]
)
def test_only_a_refusal_names_false_papers(command: c.Decide):
    with pytest.raises(DomainError, match="ground_not_in_law"):
        decide(accepted(), command, at(DAY_OF_GRANT, APPROVER, SAFE))


@pytest.mark.parametrize(
    ("item", "ground", "until"),
    [
        (SAFE, "fraud_or_bribery", date(2029, 9, 26)),
        (SAFE, "beyond_powers", None),
        (CERTIFICATE, "fraud_or_bribery", None),
    ],
)
def test_deceit_bans_for_three_years_where_safety_is_concerned(item: Item, ground: str, until: date | None):
    # LIC-25, Art 79.
    event = only(decide(heard(), c.RevokeLicence(ground, WORDS), at(later(8), ORGAN_HEAD, item)))
    assert isinstance(event, e.Revoked)
    assert event.banned_until == until
    assert ("第七十九条" in text_of(heard(), event, item)) is (until is not None)


def test_the_same_licence_is_the_same_basic_code():
    assert basic_code(ITEM.code) == "000180002001"
    assert FRIDAY.isoformat() == "2026-09-18"
