"""What the walks through the engine are made of: items with every element of the law, people, and commands that fit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.applications.domain import commands as c
from services.applications.domain.case import Case
from services.applications.domain.commands import By
from services.applications.domain.item import (
    CommitmentPolicy,
    Item,
    Limit,
    ProcedureRule,
    ReviewStep,
    TolerancePolicy,
    Validity,
)
from services.applications.domain.materials import Defect, check_materials
from services.applications.domain.steps import Progress, standings
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    APPROVER_AT_COUNTER,
    CALENDAR,
    CLERK,
    CLERK_WHO_DECIDES,
    DEFAULT_ID,
    ITEM,
    NEIGHBOUR_ID,
    ORGAN_HEAD,
    OTHER_CLERK,
    SUPERVISOR,
    papers,
)

DIGEST = "0" * 64
SECOND_APPROVER = By("staff:approver-2", "approver", ITEM.unit)
THIRD_APPROVER = By("staff:approver-3", "approver", ITEM.unit)
PROVINCE = By("client:province", "province")
CLERK_OF_ANOTHER_DESK = By("staff:desk-2", "clerk", ITEM.unit)
CHAIR = By("staff:chair", "approver", ITEM.unit)
PEOPLE = (
    CLERK,
    OTHER_CLERK,
    APPROVER,
    SECOND_APPROVER,
    THIRD_APPROVER,
    ORGAN_HEAD,
    SUPERVISOR,
    APPLICANT,
    CLERK_WHO_DECIDES,
    APPROVER_AT_COUNTER,
    CLERK_OF_ANOTHER_DESK,
    CHAIR,
    PROVINCE,
)

_PROCEDURES = (
    ProcedureRule("expert_review", True, Limit(15, "working_day")),
    ProcedureRule("testing", True, Limit(10, "working_day")),
    ProcedureRule("site_visit", False),
)
_STEPS = (
    ReviewStep("check", "核查", "check", role="clerk"),
    ReviewStep("works", "工程", "works", after=("check",)),
    ReviewStep("law", "法规", "law", after=("check",)),
    ReviewStep("join", "会签", "countersign", kind="countersign", after=("works", "law")),
    ReviewStep("board", "联审", "joint approval", kind="joint_approval", after=("join",), needs=2),
)
PLAIN = replace(ITEM, procedures=_PROCEDURES)
_BY_COMMITMENT = tuple(replace(one, by_commitment=one.code == "copy") for one in ITEM.materials)
JOINT_APPROVAL = replace(PLAIN, review=_STEPS)
CERTIFICATE = replace(PLAIN, certificate=True, validity=Validity(6), safety_sensitive=True)
BEFORE_COMPLETION = replace(
    PLAIN, tolerance=TolerancePolicy(enabled=True, decision_before_completion=True), certificate=True
)
COMMITTING = replace(
    PLAIN, commitment=CommitmentPolicy(enabled=True, post_check_days=10), materials=_BY_COMMITMENT
)
# The plain item stands twice: most walks go the way that most cases go.
ITEMS: tuple[Item, ...] = (
    PLAIN,
    PLAIN,
    JOINT_APPROVAL,
    replace(
        PLAIN, joint_handling=True, statutory=Limit(45, "working_day"), promised=Limit(30, "working_day")
    ),
    replace(PLAIN, major_interest_of_others=True, site_check_required=True),
    replace(PLAIN, hearing_required=True),
    BEFORE_COMPLETION,
    CERTIFICATE,
    COMMITTING,
)
COMPLETE = tuple(material.code for material in ITEM.materials if material.code != "expert")

Choose = Callable[[Case, Item, date, int], c.Command]


def _lacking(case: Case, item: Item) -> tuple[str, ...]:
    return check_materials(item, case.supplied_codes, case.defects).lacking or ("cad",)


def _step(case: Case, item: Item, pick: int) -> str:
    steps = [one.step.code for one in standings(case, item) if one.progress is Progress.OPEN] or ["check"]
    return steps[pick % len(steps)]


def _party(case: Case, pick: int) -> UUID:
    parties = (case.applicant_id, NEIGHBOUR_ID)
    return parties[pick % 2]


def _working_day_after(on: date, pick: int) -> date:
    day = on + timedelta(days=1 + pick % 9)
    while not CALENDAR.is_working_day(day):
        day += timedelta(days=1)
    return day


def _after_supply(case: Case, on: date, pick: int) -> date:
    supply = case.clock("supply")
    return _working_day_after(supply.due_on if supply else on, pick % 3)


def _held_on(on: date, pick: int) -> date:
    return _working_day_after(on + timedelta(days=6), pick)


def _open_check(case: Case, pick: int) -> str:
    waiting = [one.material_code for one in case.post_checks if one.open] or ["copy"]
    return waiting[pick % len(waiting)]


def _cancel(case: Case, on: date, pick: int) -> c.Command:
    until = case.licence.valid_until if case.licence else None
    expired = until is not None and until < on
    return c.CancelLicence("expired_without_renewal" if expired or pick % 5 == 0 else "holder_ended", DIGEST)


def _recuse(person: str, by_pick: int, pick: int) -> c.Command:
    return c.Recuse(person, "interest", ("organ", "applicant", "self")[by_pick % 3 if pick % 2 else 0])


# How a command is filled in so that it fits the case often enough; those not named here stand in `tables.A_COMMAND`.
FITTING: dict[type[c.Command], Choose] = {
    c.RequestCorrection: lambda case, item, on, pick: c.RequestCorrection(
        (Defect(item.materials[pick % len(item.materials)].code, "illegible"),) if pick % 3 == 0 else ()
    ),
    c.Supply: lambda case, item, on, pick: c.Supply(
        papers(*(_lacking(case, item)[: 1 + pick % 4])), "online"
    ),
    c.Decide: lambda case, item, on, pick: _decide(case, pick),
    c.Deliver: lambda case, item, on, pick: c.Deliver(
        ("window", "post", "electronic")[pick % 3], "EX123" if pick % 3 == 1 else None
    ),
    c.Remind: lambda case, item, on, pick: c.Remind(pick % 3),
    c.DeclareNotRequired: lambda case, item, on, pick: c.DeclareNotRequired(DIGEST),
    c.DeclareNotCompetent: lambda case, item, on, pick: c.DeclareNotCompetent("亳州市水利局", DIGEST),
    c.StartProcedure: lambda case, item, on, pick: c.StartProcedure(
        ("expert_review", "testing", "hearing", "site_visit")[pick % 4],
        1 + pick % 9,
        "calendar_day" if pick % 5 == 0 else "working_day",
        reasons_sha256=DIGEST,
    ),
    c.ProlongProcedure: lambda case, item, on, pick: c.ProlongProcedure(
        1 + pick % 6, kind=_running(case, pick), reasons_sha256=DIGEST
    ),
    c.EndProcedure: lambda case, item, on, pick: c.EndProcedure(_running(case, pick), DIGEST),
    c.ExtendDeadline: lambda case, item, on, pick: c.ExtendDeadline(
        1 + pick % 16, DIGEST, "亳政办〔2026〕1号" if item.joint_handling else None
    ),
    c.RequestHearing: lambda case, item, on, pick: c.RequestHearing(_party(case, pick)),
    c.WaiveHearing: lambda case, item, on, pick: c.WaiveHearing(_party(case, pick)),
    c.ScheduleHearing: lambda case, item, on, pick: c.ScheduleHearing(
        _held_on(on, pick), ("staff:chair", "staff:chair", "staff:clerk")[pick % 3], DIGEST, on
    ),
    c.CloseHearing: lambda case, item, on, pick: c.CloseHearing(
        "absent" if pick % 3 == 0 else "withdrawn", "0" * 64
    ),
    c.RecordStatement: lambda case, item, on, pick: c.RecordStatement(_party(case, pick), DIGEST),
    c.GiveOpinion: lambda case, item, on, pick: c.GiveOpinion(
        _step(case, item, pick), "fail" if pick % 7 == 0 else "pass", DIGEST
    ),
    c.SendBack: lambda case, item, on, pick: c.SendBack(
        ("check", "works", "law")[pick % 3], "facts_unclear", DIGEST
    ),
    c.Recuse: lambda case, item, on, pick: _recuse(PEOPLE[pick % len(PEOPLE)].id, pick // 3, pick),
    c.Urge: lambda case, item, on, pick: c.Urge(_step(case, item, pick) if item.review else None),
    c.RecordSiteCheck: lambda case, item, on, pick: c.RecordSiteCheck(
        ("staff:one", "staff:two") if pick % 3 else ("staff:one",), on, DIGEST, passed=pick % 5 != 0
    ),
    c.FaultSupply: lambda case, item, on, pick: c.FaultSupply(
        (Defect((case.promise.lacking if case.promise else ("cad",))[0], "illegible"),),
        ends=pick % 2 == 0,
        reasons_sha256=DIGEST,
        default_id=DEFAULT_ID,
    ),
    c.RequestSupplyExtension: lambda case, item, on, pick: c.RequestSupplyExtension(
        _after_supply(case, on, pick), DIGEST
    ),
    c.ExtendSupply: lambda case, item, on, pick: c.ExtendSupply(_after_supply(case, on, pick), DIGEST),
    c.GrantBeforeCompletion: lambda case, item, on, pick: c.GrantBeforeCompletion(
        DIGEST, case.hearing.minutes_sha256 if case.hearing else None
    ),
    c.RecordPostCheck: lambda case, item, on, pick: c.RecordPostCheck(
        _open_check(case, pick),
        ("true", "mendable", "false")[pick % 3],
        DIGEST,
        _working_day_after(on, pick),
        DEFAULT_ID,
    ),
    c.HearLicensee: lambda case, item, on, pick: c.HearLicensee(
        on, waived=pick % 2 == 0, statement_sha256=None if pick % 2 == 0 else DIGEST
    ),
    c.RevokeLicence: lambda case, item, on, pick: c.RevokeLicence(
        ("beyond_powers", "fraud_or_bribery")[pick % 2], DIGEST
    ),
    c.CancelLicence: lambda case, item, on, pick: _cancel(case, on, pick),
    c.GiveMandate: lambda case, item, on, pick: c.GiveMandate(DEFAULT_ID, on, on + timedelta(days=30)),
    c.Rate: lambda case, item, on, pick: c.Rate(pick % 7, ("rude",) if pick % 7 < 3 else ("quick",)),
    c.ChangeChannel: lambda case, item, on, pick: c.ChangeChannel(
        ("online", "counter", "service_point", "home_visit")[pick % 4]
    ),
}


def _running(case: Case, pick: int) -> str | None:
    running = [one.kind for one in case.procedures if one.runs]
    return running[pick % len(running)] if running else None


def _decide(case: Case, pick: int) -> c.Command:
    minutes = case.hearing.minutes_sha256 if case.hearing and pick % 4 else None
    if pick % 3:
        return c.Decide("grant", DIGEST, minutes)
    return c.Decide("refuse", DIGEST, minutes, ground="false_materials" if pick % 2 else None)


def command(
    kind: type[c.Command], case: Case, item: Item, on: date, pick: int, examples: dict[Any, c.Command]
) -> c.Command:
    """A command of this kind that has a chance with this case."""
    choose = FITTING.get(kind)
    return choose(case, item, on, pick) if choose else examples[kind]
