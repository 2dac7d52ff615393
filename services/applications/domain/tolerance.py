"""容缺受理: whether missing papers may follow later, and by when (domain rules §5.3(1) and (4)).

Waiting for tolerated papers never stops the statutory clock (行政许可法 Art 45 is a closed list), so the supply date
must leave the organ time to decide.
"""

from collections.abc import Mapping
from datetime import date

from services.applications.domain.case import Case
from services.applications.domain.clocks import Clock, start
from services.applications.domain.credit import GRADE_NAMES, CreditFacts
from services.applications.domain.errors import OutcomeNotAllowed, Reason
from services.applications.domain.item import Item, Limit
from services.applications.domain.materials import Check
from services.applications.domain.parts.tolerating import Condition, Eligibility
from shared.deadlines import add_working_days, subtract_working_days, working_days_between
from shared.deadlines.calendar import Calendar

# One sentence for each reason; the two about papers are completed with their names where they are known.
REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason(
            "item_not_on_list", "该事项未列入容缺受理清单。", "The item is not on the list for tolerance."
        ),
        Reason(
            "no_time_to_supply",
            "承诺办结时限过短，没有留给补交材料的时间。",
            "The promised time is too short to leave any for papers that follow later.",
        ),
        Reason(
            "main_missing", "主要材料缺失或不合格，不能容缺。", "A main paper is lacking and may never lag."
        ),
        Reason(
            "not_tolerable",
            "所缺材料不在可容缺范围内。",
            "A lacking paper is not one of those that may follow later.",
        ),
        Reason(
            "not_undertaken",
            "承诺书未列明的材料或者已提交但不合格的材料，应当补正。",
            "A paper that the undertaking does not name, or one that came and is faulty, has to be corrected.",
        ),
        Reason("not_asked", "申请人没有选择容缺受理。", "The applicant did not ask for tolerance."),
        Reason(
            "undertaking_missing",
            "申请人没有签署容缺承诺书。",
            "The applicant has not signed the undertaking.",
        ),
        Reason(
            "credit_unknown", "信用信息暂时无法查询，不能容缺受理。", "The credit source has not answered."
        ),
        Reason(
            "dishonest_debtor",
            "申请人被列入失信被执行人名单，信用修复前不适用容缺受理。",
            "The applicant is on the list of dishonest judgment debtors; no tolerance before the record is repaired.",
        ),
        Reason(
            "serious_discredit",
            "申请人被列入严重失信主体名单，信用修复前不适用容缺受理。",
            "The applicant is on a list of seriously discredited persons; no tolerance before the record is repaired.",
        ),
        Reason(
            "broken_undertaking",
            "申请人此前未履行容缺承诺，信用修复前不适用容缺受理。",
            "The applicant broke an earlier undertaking; no tolerance before the record is repaired.",
        ),
        Reason(
            "false_commitment",
            "申请人此前有虚假承诺记录，信用修复前不适用容缺受理。",
            "The applicant made a false commitment earlier; no tolerance before the record is repaired.",
        ),
        Reason(
            "credit_grade",
            "申请人的公共信用综合评价等级不适用容缺受理。",
            "The applicant's grade of the public credit evaluation does not allow tolerance.",
        ),
    )
}


# §5.3(1): the conditions, and which reasons say that one does not hold; all of them are kept as evidence (§5.3(9)).
CONDITIONS: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "item_on_list": (
        "事项在容缺受理清单内",
        "the item is on the public list",
        frozenset({"item_not_on_list"}),
    ),
    "time_to_supply": (
        "承诺时限留有补交和审查时间",
        "the promise leaves time",
        frozenset({"no_time_to_supply"}),
    ),
    "main_papers": ("主要材料齐全有效", "every main paper is there and valid", frozenset({"main_missing"})),
    "only_tolerable": (
        "所缺材料均可容缺并已在承诺书列明",
        "what lacks may lag and is named in the undertaking",
        frozenset({"not_tolerable", "not_undertaken"}),
    ),
    "chosen": ("申请人自愿选择", "the applicant chose it", frozenset({"not_asked"})),
    "undertaking": ("已签署容缺承诺书", "the undertaking is signed", frozenset({"undertaking_missing"})),
    "credit": (
        "信用状况符合要求",
        "nothing in the credit record stands against it",
        frozenset(
            {
                "credit_unknown",
                "dishonest_debtor",
                "serious_discredit",
                "broken_undertaking",
                "false_commitment",
                "credit_grade",
            }
        ),
    ),
}


def eligibility_of(item: Item, against: tuple[Reason, ...], on: date) -> Eligibility:
    """Every condition with its verdict on this day, by the list that stands in this version of the item."""
    codes = tuple(reason.code for reason in against)
    conditions = tuple(
        Condition(name, holds=not found, against=found)
        for name, (_, _, reasons) in CONDITIONS.items()
        for found in [tuple(code for code in codes if code in reasons)]
    )
    return Eligibility(item.version, on, conditions)


def reason_texts(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The sentences of these reasons, for a notice."""
    return tuple(REASONS[code].zh for code in codes)


def why_not(
    item: Item,
    check: Check,
    *,
    asked: bool,
    signed: bool,
    undertaken: tuple[str, ...] | None,
    credit: CreditFacts | None,
    supply: Clock | None,
) -> tuple[Reason, ...]:
    """Every reason against tolerance at once; none at all means that it is possible."""
    reasons = [
        *_of_the_item(item, supply),
        *_of_the_papers(item, check),
        *_of_the_applicant(asked=asked, signed=signed),
        *(_of_the_undertaking(item, check, undertaken) if signed else ()),
        *(_of_the_credit(credit) if asked else ()),
    ]
    return tuple(reasons)


def _of_the_item(item: Item, supply: Clock | None) -> list[Reason]:
    # §5.3(1): the item must be on the organ's public list.
    if not item.tolerance.enabled:
        return [REASONS["item_not_on_list"]]
    return [] if supply else [REASONS["no_time_to_supply"]]


def _of_the_papers(item: Item, check: Check) -> list[Reason]:
    # §5.3: a main paper decides a statutory condition, safety or identity and may never lag.
    others = tuple(code for code in check.not_tolerable if code not in check.main_lacking)
    named = (("main_missing", check.main_lacking), ("not_tolerable", others))
    return [_named(REASONS[code], *item.listed(codes)) for code, codes in named if codes]


def _named(reason: Reason, zh: str, en: str) -> Reason:
    return Reason(reason.code, f"{reason.zh[:-1]}：{zh}。", f"{reason.en[:-1]}: {en}.")


def _of_the_applicant(*, asked: bool, signed: bool) -> list[Reason]:
    # Tolerance is the applicant's free choice, and the undertaking is its price.
    if not asked:
        return [REASONS["not_asked"]]
    return [] if signed else [REASONS["undertaking_missing"]]


def _of_the_undertaking(item: Item, check: Check, undertaken: tuple[str, ...] | None) -> list[Reason]:
    # §5.3(2): the undertaking names each paper that is to come. A fault found later is none of them: it would be
    # lost between a notice that tolerance forbids and an undertaking that does not mention it.
    named = check.missing_tolerable if undertaken is None else undertaken
    codes = tuple(
        code
        for code in check.lacking
        if code not in check.not_tolerable and (code in check.defective or code not in named)
    )
    return [_named(REASONS["not_undertaken"], *item.listed(codes))] if codes else []


def _of_the_credit(credit: CreditFacts | None) -> list[Reason]:
    # §5.3(1). No answer is never "no record": nobody becomes eligible by silence, and the ordinary route stays open.
    if credit is None:
        return [REASONS["credit_unknown"]]
    silence = [] if credit.answered else [REASONS["credit_unknown"]]
    # §8.1 [P]: the effect of a grade is the organ's own policy, which the snapshot has applied.
    grade = [_of_the_grade(credit)] if "tolerance" in credit.closed_by_grade else []
    return [*silence, *(REASONS[kind] for kind in credit.kinds), *grade]


def _of_the_grade(credit: CreditFacts) -> Reason:
    assert credit.grade is not None
    return _named(REASONS["credit_grade"], f"{credit.grade}（{GRADE_NAMES[credit.grade]}）", credit.grade)


def supply_clock(item: Item, promised: Clock, calendar: Calendar) -> Clock | None:
    """The rule's supply period: min(promise - k, 5) working days after acceptance; None when no day is left."""
    accepted_on = promised.started_on
    most = add_working_days(accepted_on, item.tolerance.most_supply_working_days, calendar)
    latest = latest_supply_day(item, promised, calendar)
    due_on = min(most, latest)
    days = working_days_between(accepted_on, due_on, calendar)
    return start("supply", accepted_on, Limit(days, "working_day"), calendar) if days >= 1 else None


def latest_supply_day(item: Item, promised: Clock, calendar: Calendar) -> date:
    """The last day that leaves the organ its k working days before the promised date."""
    return subtract_working_days(promised.due_on, item.tolerance.reserve_working_days, calendar)


def chosen_supply_clock(item: Item, promised: Clock, chosen: date | None, calendar: Calendar) -> Clock | None:
    """The clerk's own date, when it is a working day within the rule; without one the date of the rule.

    The undertaking states the period of the rule, so a clerk can give more time than that, but never less.
    """
    by_rule = supply_clock(item, promised, calendar)
    if chosen is None or by_rule is None:
        return by_rule
    earliest, latest = by_rule.due_on, latest_supply_day(item, promised, calendar)
    if not earliest <= chosen <= latest or not calendar.is_working_day(chosen):
        raise OutcomeNotAllowed(
            "supply_date_not_allowed",
            *_allowed_days(earliest, latest),
            pointer="/supply_due_on",
            earliest=earliest.isoformat(),
            latest=latest.isoformat(),
        )
    days = working_days_between(promised.started_on, chosen, calendar)
    return start("supply", promised.started_on, Limit(days, "working_day"), calendar)


def _allowed_days(earliest: date, latest: date) -> tuple[str, str]:
    first, last = earliest.isoformat(), latest.isoformat()
    if first == last:
        zh = f"补交期限只能是{first}：不能早于承诺书载明的期限，再晚就没有时间审查。"
        en = f"The supply date can only be {first}: the undertaking gives no less, and later no time is left to decide."
    else:
        zh = f"补交期限应为{first}（承诺书载明的期限）至{last}之间的工作日，以便留出审查时间。"
        en = (
            f"The supply date must be a working day from {first}, which the undertaking gives, to {last},"
            " which leaves time to decide."
        )
    return zh, en


def require_examined(case: Case) -> None:
    """§5.3(6): nothing is granted on late papers that nobody has examined."""
    promise = case.promise
    if promise is not None and promise.fulfilled_on is not None and promise.confirmed_on is None:
        raise OutcomeNotAllowed(
            "late_papers_not_examined",
            "补交的容缺材料尚未审查，请先审查并确认符合要求，再作出准予决定。",
            "The papers that came late have not been examined; confirm that they are right before granting.",
            article="行政许可法 34, 38",
        )
