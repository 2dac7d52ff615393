"""Made-up facts for the domain tests: one item, a calendar, people by pseudonym, and a case walked to a state."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from services.applications.domain import commands as c
from services.applications.domain import decide as rules
from services.applications.domain import events as e
from services.applications.domain.answering import submit
from services.applications.domain.case import Case
from services.applications.domain.commands import By, Instant
from services.applications.domain.credit import CreditFacts, CreditKind, CreditRecord
from services.applications.domain.evolve import begin, evolve
from services.applications.domain.facts import Facts
from services.applications.domain.item import (
    Item,
    Limit,
    Material,
    ProcedureRule,
    TolerancePolicy,
    Validity,
)
from services.applications.domain.materials import HandedIn
from services.applications.domain.parts.licences import FollowUp
from services.applications.domain.parts.tolerating import PromiseKind, Signature
from services.applications.domain.transitions import BY_COMMAND
from shared.deadlines.shipped import shipped_calendar

CASE_ID = UUID("01900000-0000-7000-8000-000000000001")
APPLICANT_ID = UUID("01900000-0000-8000-8000-00000000000a")
NEIGHBOUR_ID = UUID("01900000-0000-8000-8000-00000000000b")
DEFAULT_ID = UUID("01900000-0000-7000-8000-0000000000de")
CALENDAR = shipped_calendar()

# A-01 in small: three main papers (one by sharing), two tolerable ones, one that must come but is neither.
ITEM = Item(
    code="11341600762764234C3000180002001",
    version=1,
    name="新建民用建筑防空地下室建设审批",
    name_en="Approval of an air defence basement",
    unit="11341600762764234C",
    organ_name="亳州市国动办",
    materials=(
        Material("form", "申请表", "form", main=True),
        Material("plan", "方案图", "plan", main=True),
        Material("approval", "立项批复", "project approval", main=True, shareable=True),
        Material("mandate", "授权委托书", "mandate", main=False, tolerable=True),
        Material("cad", "CAD电子文件", "CAD files", main=False, tolerable=True, form="electronic"),
        Material("copy", "盖章副本", "stamped copy", main=False),
        Material("expert", "专家意见", "expert opinion", main=True, required=False),
    ),
    statutory=Limit(20, "working_day"),
    promised=Limit(7, "working_day"),
    correction=Limit(15, "working_day"),
    tolerance=TolerancePolicy(enabled=True),
    procedures=(ProcedureRule("expert_review", excluded=True, length=Limit(10, "working_day")),),
)
COMPLETE = ("form", "plan", "mandate", "cad", "copy")

# 2026-09-18 is the Friday before Mid-Autumn and National Day; 20 September is a make-up working day.
FRIDAY = date(2026, 9, 18)

CLERK = By("staff:clerk", "clerk", ITEM.unit)
OTHER_CLERK = By("staff:other", "clerk", ITEM.unit)
APPROVER = By("staff:approver", "approver", ITEM.unit)
APPLICANT = By("account:1", "applicant")
# Small offices have people who stand at the counter and decide, though never on the same case.
CLERK_WHO_DECIDES = By(CLERK.id, "approver", ITEM.unit, frozenset({"clerk"}))
OTHER_CLERK_WHO_DECIDES = By(OTHER_CLERK.id, "approver", ITEM.unit, frozenset({"clerk"}))
APPROVER_AT_COUNTER = By(APPROVER.id, "approver", ITEM.unit, frozenset({"clerk"}))
ORGAN_HEAD = By("staff:head", "organ_head", ITEM.unit)
SUPERVISOR = By("staff:supervisor", "supervisor")


def at(day: date, by: By = CLERK, item: Item = ITEM, credit: CreditFacts | None = None) -> Facts:
    """The facts at nine in the morning of a day, asked by somebody."""
    instant = datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)
    return Facts(Instant(instant, day), by, item, CALENDAR, credit)


def later(days: int, start: date = FRIDAY) -> date:
    """So many calendar days later."""
    return start + timedelta(days=days)


def credit(*kinds: CreditKind, answered: bool = True) -> CreditFacts:
    """What the credit source says."""
    records = tuple(CreditRecord(kind, "某名单", date(2026, 1, 5)) for kind in kinds)
    return CreditFacts("test", datetime(2026, 9, 18, tzinfo=UTC), answered, records)


# The same item where the result is a certificate that holds two years.
CERTIFICATE = replace(ITEM, certificate=True, validity=Validity(24, 30), result_name="平时使用证")


CLEAN = credit()


def papers(*codes: str) -> tuple[HandedIn, ...]:
    """Papers shown at the counter."""
    return tuple(HandedIn(code, "paper") for code in codes)


def submission(*codes: str, asks: bool = False, signed: bool | None = None) -> c.Submit:
    """Hand in these papers."""
    return c.Submit(
        case_id=CASE_ID,
        case_no="11341600762764234C3000180002001202609180001",
        channel="online",
        applicant_id=APPLICANT_ID,
        agent_id=None,
        papers=papers(*codes),
        asks_tolerance=asks,
        undertaking_signed=asks if signed is None else signed,
        email_given=True,
        partner=None,
        external_no=None,
        signatures=(a_signature(),) if (asks if signed is None else signed) else (),
    )


def a_signature(promise: PromiseKind = "undertaking") -> Signature:
    """A typed name under what the applicant promises."""
    return Signature(promise, "typed", APPLICANT.id, datetime(2026, 9, 18, 1, 0, tzinfo=UTC), "0" * 64)


def submitted(*codes: str, asks: bool = False, by: By = APPLICANT, item: Item = ITEM) -> Case:
    """A case with these papers, submitted on that Friday."""
    facts = at(FRIDAY, by, item, CLEAN if asks else None)
    return begin(CASE_ID, submit(submission(*codes, asks=asks), facts))


def decide(case: Case, command: c.Command, facts: Facts) -> list[e.CaseEvent]:
    """The rules, asked by the system where the table names only the system: the facts' default is a clerk."""
    actors = frozenset().union(*(row.actors for row in BY_COMMAND[type(command)]))
    by = c.SYSTEM if facts.by == CLERK and actors == {"system"} else facts.by
    return rules.decide(case, command, replace(facts, by=by))


def then(case: Case, command: c.Command, facts: Facts) -> Case:
    """The case after a command."""
    for event in decide(case, command, facts):
        case = evolve(case, event)
    return case


def accepted(by: By = CLERK) -> Case:
    """A complete case, accepted on the same day."""
    return then(submitted(*COMPLETE), c.Accept(), at(FRIDAY, by))


def tolerated() -> Case:
    """A case accepted with the CAD files still to come."""
    case = submitted("form", "plan", "mandate", "copy", asks=True)
    return then(case, c.AcceptTolerantly(), at(FRIDAY, credit=CLEAN))


def noticed(*found: str) -> Case:
    """A case without its plan, noticed on the Monday."""
    return then(submitted("form", "mandate", "cad", "copy"), c.RequestCorrection(), at(later(3)))


def only(events: list[e.CaseEvent]) -> e.CaseEvent:
    """The one event."""
    (event,) = events
    return event


def without_tolerance(item: Item = ITEM) -> Item:
    """The item, off the public list."""
    return replace(item, tolerance=TolerancePolicy(enabled=False))


def decided(result: str = "grant") -> Case:
    """Accepted and decided four days later."""
    return then(accepted(), c.Decide(result, "0" * 64), at(later(4), APPROVER))


def deemed(*codes: str) -> Case:
    """Nobody answered in five working days."""
    return then(submitted(*(codes or COMPLETE)), c.DeemAccepted(), at(date(2026, 9, 28)))


def in_procedure() -> Case:
    """Accepted, and reviewed by experts for five working days from the Monday."""
    return then(accepted(), c.StartProcedure("expert_review", 5), at(later(3), APPROVER))


def extended() -> Case:
    """Accepted, and ten working days more were given on the Monday."""
    return then(accepted(), c.ExtendDeadline(10, "0" * 64), at(later(3), ORGAN_HEAD))


def issued(item: Item = CERTIFICATE) -> Case:
    """Granted four days after that Friday, and made out on the same day."""
    return then(decided(), c.IssueLicence(), at(later(4), APPROVER, item))


def delivered(item: Item = CERTIFICATE) -> Case:
    """The certificate in its holder's hand, five days after that Friday."""
    return then(issued(item), c.Deliver("window"), at(later(5), item=item))


def heard(item: Item = CERTIFICATE) -> Case:
    """The holder was told that the licence is to be taken away, and said nothing."""
    return then(delivered(item), c.HearLicensee(later(6), waived=True), at(later(7), APPROVER, item))


def renewal(until: date | None = None, *, late: bool = False, purpose: str = "renewal") -> Case:
    """An accepted application to renew a certificate that ends on this day, by default thirty days after that Friday."""
    about = FollowUp(purpose, DEFAULT_ID, until or later(30), late)
    command = replace(submission(*COMPLETE), follow_up=about)
    case = begin(CASE_ID, submit(command, at(FRIDAY, APPLICANT, CERTIFICATE)))
    return then(case, c.Accept(), at(FRIDAY, item=CERTIFICATE))
