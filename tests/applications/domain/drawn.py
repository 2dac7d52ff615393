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
# The plain item stands twice: most walks go the way that most cases go.
ITEMS: tuple[Item, ...] = (
    PLAIN,
    PLAIN,
    replace(PLAIN, review=_STEPS),
    replace(
        PLAIN, joint_handling=True, statutory=Limit(45, "working_day"), promised=Limit(30, "working_day")
    ),
    replace(PLAIN, major_interest_of_others=True, site_check_required=True),
    replace(PLAIN, hearing_required=True),
    replace(PLAIN, tolerance=TolerancePolicy(enabled=True, decision_before_completion=True)),
    replace(PLAIN, certificate=True, validity=Validity(12), safety_sensitive=True),
    replace(
        PLAIN,
        commitment=CommitmentPolicy(enabled=True),
        materials=tuple(replace(one, by_commitment=one.code == "copy") for one in ITEM.materials),
    ),
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


# How a command is filled in so that it fits the case often enough; those not named here stand in `tables.A_COMMAND`.
FITTING: dict[type[c.Command], Choose] = {
    c.RequestCorrection: lambda case, item, on, pick: c.RequestCorrection(
        (Defect(item.materials[pick % len(item.materials)].code, "illegible"),) if pick % 3 == 0 else ()
    ),
    c.Supply: lambda case, item, on, pick: c.Supply(
        papers(*(_lacking(case, item)[: 1 + pick % 4])), "online"
    ),
    c.Decide: lambda case, item, on, pick: _decide(case, pick),
    c.Remind: lambda case, item, on, pick: c.Remind(pick % 3),
    c.StartProcedure: lambda case, item, on, pick: c.StartProcedure(
        ("expert_review", "testing", "hearing", "site_visit")[pick % 4], 1 + pick % 9, reasons_sha256=DIGEST
    ),
    c.ExtendDeadline: lambda case, item, on, pick: c.ExtendDeadline(
        1 + pick % 16, DIGEST, "亳政办〔2026〕1号" if item.joint_handling else None
    ),
    c.RequestHearing: lambda case, item, on, pick: c.RequestHearing(_party(case, pick)),
    c.WaiveHearing: lambda case, item, on, pick: c.WaiveHearing(_party(case, pick)),
    c.ScheduleHearing: lambda case, item, on, pick: c.ScheduleHearing(
        on + timedelta(days=3 + pick % 12), ("staff:chair", "staff:clerk")[pick % 2], DIGEST, on
    ),
    c.RecordStatement: lambda case, item, on, pick: c.RecordStatement(_party(case, pick), DIGEST),
    c.GiveOpinion: lambda case, item, on, pick: c.GiveOpinion(
        _step(case, item, pick), "fail" if pick % 7 == 0 else "pass", DIGEST
    ),
    c.SendBack: lambda case, item, on, pick: c.SendBack(
        ("check", "works", "law")[pick % 3], "facts_unclear", DIGEST
    ),
    c.Recuse: lambda case, item, on, pick: c.Recuse(PEOPLE[pick % len(PEOPLE)].id, "interest", "organ"),
    c.RecordSiteCheck: lambda case, item, on, pick: c.RecordSiteCheck(
        ("staff:one", "staff:two") if pick % 3 else ("staff:one",), on, DIGEST, passed=pick % 5 != 0
    ),
    c.FaultSupply: lambda case, item, on, pick: c.FaultSupply(
        (Defect("cad", "illegible"),), ends=pick % 2 == 0, reasons_sha256=DIGEST, default_id=DEFAULT_ID
    ),
    c.ExtendSupply: lambda case, item, on, pick: c.ExtendSupply(on + timedelta(days=pick % 20), DIGEST),
}


def _decide(case: Case, pick: int) -> c.Command:
    reasons = DIGEST
    minutes = case.hearing.minutes_sha256 if case.hearing and pick % 4 else None
    decided = c.Decide("refuse" if pick % 3 == 0 else "grant", reasons)
    return replace(decided, minutes_sha256=minutes) if hasattr(decided, "minutes_sha256") else decided


def command(
    kind: type[c.Command], case: Case, item: Item, on: date, pick: int, examples: dict[Any, c.Command]
) -> c.Command:
    """A command of this kind that has a chance with this case."""
    choose = FITTING.get(kind)
    return choose(case, item, on, pick) if choose else examples[kind]
