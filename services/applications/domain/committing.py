"""告知承诺: a written commitment in the place of a paper, and the check after the decision (§5.4, 国办发〔2020〕42号)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, unchanged, with_clocks
from services.applications.domain.clocks import Clock, last_day, start, stop
from services.applications.domain.copying import replace
from services.applications.domain.credit import CreditFacts
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed, Reason
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.item import Item, Limit
from services.applications.domain.state import State
from shared.deadlines import working_days_between

# Nobody is ordered to mend something on a day for which no calendar can be foreseen.
MOST_TO_MEND = timedelta(days=366)

# One sentence for each reason; credit is the only one that can lie in a person.
REASONS: Mapping[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason(
            "credit_unknown",
            "信用信息暂时无法查询，不适用告知承诺。",
            "The credit source has not answered, so no commitment can stand for a paper.",
        ),
        Reason(
            "dishonest_debtor",
            "申请人被列入失信被执行人名单，信用修复前不适用告知承诺。",
            "The applicant is on the list of dishonest judgment debtors; no commitment before the record is repaired.",
        ),
        Reason(
            "serious_discredit",
            "申请人被列入严重失信主体名单，信用修复前不适用告知承诺。",
            "The applicant is on a list of seriously discredited persons; no commitment before the record is repaired.",
        ),
        Reason(
            "broken_undertaking",
            "申请人此前未履行容缺承诺，信用修复前不适用告知承诺。",
            "The applicant broke an earlier undertaking; no commitment before the record is repaired.",
        ),
        Reason(
            "false_commitment",
            "申请人此前有虚假承诺记录，信用修复前不适用告知承诺。",
            "The applicant made a false commitment earlier; no commitment before the record is repaired.",
        ),
        Reason(
            "credit_grade",
            "申请人的公共信用综合评价等级不适用告知承诺。",
            "The applicant's grade of the public credit evaluation does not allow a commitment.",
        ),
    )
}


def reason_texts(codes: Sequence[str]) -> tuple[str, ...]:
    """The sentences of these reasons, for a notice."""
    return tuple(REASONS[code].zh for code in codes)


def refuse_unoffered(
    item: Item,
    offered: Sequence[str],
    handed_in: Collection[str],
    pointer: str = "/commitment/material_codes",
) -> None:
    """A commitment stands only for a paper for which the published item has one, and which was not handed in."""
    for place, code in enumerate(offered):
        material = item.by_code.get(code)
        # §5.4: never where public safety is directly concerned; the projection has switched the item off then.
        if not item.commitment.enabled or material is None or not material.by_commitment:
            raise InvalidRequest(
                "commitment_not_offered",
                "该材料不实行告知承诺，请提交材料（国办发〔2020〕42号）。",
                "This item takes no commitment in the place of this paper (State Council Office 〔2020〕 No. 42); hand it in.",
                pointer=f"{pointer}/{place}",
            )
        if code in handed_in or code in offered[:place]:
            raise InvalidRequest(
                "commitment_beside_paper",
                "该材料已经提交或者已作承诺，无需再作承诺。",
                "This paper was handed in or committed already; no further commitment is needed.",
                pointer=f"{pointer}/{place}",
            )


def against(offered: Sequence[str], credit: CreditFacts | None) -> tuple[Reason, ...]:
    """Why the offered commitments can't stand for papers: bad credit or an earlier false commitment (§5.4)."""
    if not offered:
        return ()
    if credit is None:
        return (REASONS["credit_unknown"],)
    codes = (
        *(() if credit.answered else ("credit_unknown",)),
        *credit.kinds,
        *(("credit_grade",) if "commitment" in credit.closed_by_grade else ()),
    )
    return tuple(REASONS[code] for code in codes)


def post_check_clock(case: Case, on: date, facts: Facts) -> Clock | None:
    """How long the organ has to check: [P] 60 calendar days after the decision, unless the item says otherwise."""
    if not case.committed:
        return None
    limit = Limit(facts.item.commitment.post_check_days, "calendar_day")
    return start("post_check", on, limit, facts.calendar)


def record_post_check(case: Case, command: c.RecordPostCheck, facts: Facts) -> list[e.CaseEvent]:
    """A person checked one commitment by shared data, on site, or by asking who knows."""
    known = next((one for one in case.post_checks if one.material_code == command.material_code), None)
    if known is None or not known.open:
        raise OutcomeNotAllowed(
            "no_commitment_to_check",
            "该材料没有待核查的承诺。",
            "There is no open commitment for this paper.",
            pointer="/material_code",
        )
    if command.finding != "true" and command.findings_sha256 is None:
        raise OutcomeNotAllowed(
            "reasons_required",
            "请写明核查发现的事实，将载入文书和办件记录。",
            "Please state what was found; it goes into the document and the record.",
            pointer="/findings",
        )
    checked = e.PostChecked(
        effective_on=facts.now.on,
        material_code=command.material_code,
        finding=command.finding,
        checked_by=facts.by.id,
        findings_sha256=command.findings_sha256,
        default_id=command.default_id if command.finding == "false" else None,
        mend=_mend_clock(command, facts) if command.finding == "mendable" else None,
    )
    if command.finding != "false":
        return [checked]
    # LIC-22, Art 69¶2: what was obtained by fraud has to be revoked; a person of the organ decides on it.
    due = e.RevocationDue(effective_on=facts.now.on, material_code=command.material_code)
    return [checked, due]


def _mend_clock(command: c.RecordPostCheck, facts: Facts) -> Clock:
    today, by = facts.now.on, command.mend_by
    if by is None or not today < by <= today + MOST_TO_MEND or not facts.calendar.is_working_day(by):
        raise OutcomeNotAllowed(
            "mend_date_not_allowed",
            "责令改正的期限应当是今天以后、一年以内的工作日。",
            "The date to mend by has to be a working day after today and within a year.",
            pointer="/mend_by",
        )
    days = working_days_between(today, by, facts.calendar)
    return start("mend", today, Limit(days, "working_day"), facts.calendar)


def note_overdue(case: Case, _: c.NotePostCheckOverdue, facts: Facts) -> list[e.CaseEvent]:
    """Nobody checked in time: the organ's own duty is on record."""
    clock = case.clock("post_check")
    waiting = tuple(
        one.material_code for one in case.post_checks if one.finding is None and not one.overdue_since
    )
    if clock is None or not waiting or facts.now.on <= (due_on := last_day(clock, facts.calendar)):
        return []
    overdue = e.PostCheckOverdue(effective_on=due_on, due_on=due_on, materials=waiting)
    breached = e.DutyBreached(
        effective_on=due_on, rule="§5.4", article="国办发〔2020〕42号", due_on=due_on, clock="post_check"
    )
    return [overdue, breached]


def unchecked(case: Case, facts: Facts) -> list[e.CaseEvent]:
    """What `note_overdue` would note, for whoever ends the time to check before its timer was looked at."""
    return note_overdue(case, c.NotePostCheckOverdue(), facts) if case.post_checks else []


def _post_checked(case: Case, event: e.PostChecked) -> Case:
    checks = tuple(
        replace(
            one,
            finding=event.finding,
            checked_on=event.effective_on,
            mend_by=event.mend.due_on if event.mend else one.mend_by,
        )
        if one.material_code == event.material_code
        else one
        for one in case.post_checks
    )
    case = with_clocks(replace(case, post_checks=checks), [event.mend] if event.mend else [])
    ended = [
        *([] if any(one.finding is None for one in checks) else ["post_check"]),
        *([] if any(one.finding == "mendable" for one in checks) else ["mend"]),
    ]
    return replace(case, clocks=stop(case.clocks, ended, event.effective_on))


def _overdue(case: Case, event: e.PostCheckOverdue) -> Case:
    checks = tuple(
        replace(one, overdue_since=event.due_on) if one.material_code in event.materials else one
        for one in case.post_checks
    )
    return replace(case, post_checks=checks)


def refuse_open_checks(case: Case) -> None:
    """A case is not filed before every commitment was checked and what was to be mended is mended."""
    waiting = [one.material_code for one in case.post_checks if one.open]
    if waiting and case.state is not State.CLOSED:
        raise OutcomeNotAllowed(
            "commitments_not_checked",
            "告知承诺的事后核查尚未完成，不能办结归档。",
            "The commitments are not all checked yet, so the case can't be filed.",
            materials=waiting,
        )


RULES: Mapping[type[c.Command], Rule] = {
    c.RecordPostCheck: record_post_check,
    c.NotePostCheckOverdue: note_overdue,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.PostChecked: _post_checked,
    e.PostCheckOverdue: _overdue,
    e.RevocationDue: unchanged,
}
