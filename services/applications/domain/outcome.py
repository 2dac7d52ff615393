"""The three outcomes of a submission: computed here from the facts, decided by a named clerk.

A clerk can't pick an outcome that the facts do not allow; the refusal says why, with its article.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.applications.domain import committing
from services.applications.domain.clocks import Clock, start
from services.applications.domain.copying import replace
from services.applications.domain.credit import CreditFacts
from services.applications.domain.errors import OutcomeNotAllowed, Reason
from services.applications.domain.item import Item
from services.applications.domain.materials import Check, Defect, check_materials
from services.applications.domain.parts.tolerating import Eligibility
from services.applications.domain.tolerance import eligibility_of, supply_clock, why_not
from shared.deadlines.calendar import Calendar


class Outcome(StrEnum):
    """What a clerk can answer to a submission."""

    ACCEPT = "accept"
    ACCEPT_TOLERANTLY = "accept_tolerantly"
    REQUEST_CORRECTION = "request_correction"


OUTCOME_NAMES = {
    Outcome.ACCEPT: ("受理", "acceptance"),
    Outcome.ACCEPT_TOLERANTLY: ("容缺受理", "tolerant acceptance"),
    Outcome.REQUEST_CORRECTION: ("一次性告知补正", "a correction notice"),
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the facts amount to today."""

    check: Check
    outcome: Outcome
    against_tolerance: tuple[Reason, ...]
    supply: Clock | None
    # §5.3(1): every condition with its verdict, where tolerance was asked for and something could be tolerated.
    eligibility: Eligibility | None = None
    # §5.4: the papers that commitments stand for, and why those that were offered can't.
    committed: tuple[str, ...] = ()
    against_commitment: tuple[Reason, ...] = ()

    @property
    def tolerance_possible(self) -> bool:
        """Whether tolerance could be granted at all (there may be nothing to tolerate)."""
        return not self.against_tolerance


def assess(
    item: Item,
    check: Check,
    *,
    asked: bool,
    signed: bool,
    credit: CreditFacts | None,
    on: date,
    calendar: Calendar,
    undertaken: tuple[str, ...] | None = None,
) -> Assessment:
    """The outcome that the facts call for, were the case answered today.

    `undertaken` are the papers that the signed undertaking names; while it is not written yet, it names what lacks.
    """
    if check.complete:
        return Assessment(check, Outcome.ACCEPT, (), None)
    supply = supply_clock(item, start("promised", on, item.promised, calendar), calendar)
    against = why_not(
        item, check, asked=asked, signed=signed, undertaken=undertaken, credit=credit, supply=supply
    )
    outcome = Outcome.REQUEST_CORRECTION if against else Outcome.ACCEPT_TOLERANTLY
    eligibility = eligibility_of(item, against, on) if asked else None
    return Assessment(check, outcome, against, None if against else supply, eligibility)


def assess_papers(
    item: Item,
    supplied: Iterable[str],
    defects: Sequence[Defect],
    *,
    offered: tuple[str, ...],
    asked: bool,
    signed: bool,
    credit: CreditFacts | None,
    on: date,
    calendar: Calendar,
    undertaken: tuple[str, ...] | None = None,
) -> Assessment:
    """The outcome with the offered commitments in the place of papers, as far as credit allows them (§5.4)."""
    present = tuple(supplied)
    offered = tuple(code for code in offered if code not in present)
    against = committing.against(offered, credit)
    committed = () if against else offered
    assessment = assess(
        item,
        check_materials(item, (*present, *committed), defects),
        asked=asked,
        signed=signed,
        credit=credit,
        on=on,
        calendar=calendar,
        undertaken=undertaken,
    )
    return replace(assessment, committed=committed, against_commitment=against) if offered else assessment


def must_be(chosen: Outcome, item: Item, assessment: Assessment) -> None:
    """Refuse a chosen outcome that is not the one the facts call for, and say why."""
    if assessment.outcome is not chosen:
        raise _refusal(chosen, item, assessment)


def _refusal(chosen: Outcome, item: Item, assessment: Assessment) -> OutcomeNotAllowed:
    why = _why(chosen, item, assessment)
    zh, en = OUTCOME_NAMES[chosen]
    proposed_zh, proposed_en = OUTCOME_NAMES[assessment.outcome]
    return OutcomeNotAllowed(
        "outcome_not_allowed",
        f"不能作出“{zh}”：{''.join(reason.zh for reason in why)}系统核对结果为“{proposed_zh}”。",
        f"This cannot be {en}: {' '.join(reason.en for reason in why)} The facts call for {proposed_en}.",
        chosen=chosen.value,
        proposed=assessment.outcome.value,
        reasons=[{"code": reason.code, "zh": reason.zh, "en": reason.en} for reason in why],
    )


def _why(chosen: Outcome, item: Item, assessment: Assessment) -> tuple[Reason, ...]:
    if assessment.outcome is Outcome.ACCEPT:
        return (
            Reason(
                "complete",
                "申请材料齐全且未指出不合格材料，应当受理（行政许可法第三十二条第一款第五项）。",
                "The papers are complete and no fault was named, so the case must be accepted (Art. 32(5)).",
            ),
        )
    if chosen is Outcome.ACCEPT_TOLERANTLY:
        return assessment.against_tolerance
    if chosen is Outcome.REQUEST_CORRECTION:
        return (
            Reason(
                "tolerance_granted_by_rule",
                "所缺材料均可容缺，申请人已选择容缺受理并符合条件。",
                "Everything that lacks may follow later, and the applicant asked for tolerance and qualifies.",
            ),
        )
    return (_lacking(item, assessment.check),)


def _lacking(item: Item, check: Check) -> Reason:
    zh, en = item.listed(check.lacking)
    return Reason(
        "materials_lacking",
        f"材料不齐或不合格：{zh}。",
        f"Papers are missing or faulty: {en}.",
    )
