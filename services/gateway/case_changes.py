"""What changed in a case while somebody worked on an older version of it, field by field and in words.

Both versions are read from the service, which folds the older one out of the record, and told by the same table; so a
field that is told at all is compared, and nothing has to be remembered when an act is added.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.applications.contracts import CaseView, TimelineEntry
from services.applications.contracts.views import ClockView, MaterialView
from services.gateway import cases
from services.gateway.design.language import N_, Words, _, chosen, said
from services.gateway.design.words import CHANNELS, FORMS, METHODS, day_said
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor

PAPERS: Mapping[str, str] = Words(
    {
        "supplied": N_("已提交"),
        "shared": N_("共享获取，免提交"),
        "missing": N_("缺少"),
        "tolerated": N_("容缺，待补交"),
        "defective": N_("需要补正"),
        "optional": N_("可不提交"),
    }
)
RESULTS: Mapping[str, str] = Words({"grant": N_("准予"), "refuse": N_("不予")})
BASES: Mapping[str, str] = Words(
    {"ordinary": N_("受理"), "tolerant": N_("容缺受理"), "deemed": N_("视为受理")}
)
STEPS: Mapping[str, str] = Words(
    {
        "waiting": N_("未开始"),
        "open": N_("待审查"),
        "passed": N_("通过"),
        "failed": N_("不通过"),
    }
)
HEARINGS: Mapping[str, str] = Words(
    {
        "not_told": N_("未告知"),
        "told": N_("已告知权利"),
        "lapsed": N_("逾期未申请"),
        "waived": N_("已放弃听证"),
        "due": N_("应当举行"),
        "scheduled": N_("已通知时间地点"),
        "held": N_("已举行"),
        "withdrawn": N_("撤回听证申请"),
        "absent": N_("申请人未到场"),
    }
)
Field = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One field: as it was when the page was made, and as it is now; an empty text means that there was nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """What happened to a case since the version that somebody saw: its fields, and who did what and when."""

    seen: int
    now: int
    rows: tuple[Change, ...]
    events: tuple[TimelineEntry, ...]


async def changes_since(gateway: Gateway, visitor: Visitor, case: CaseView, seen: int) -> CaseChanges | None:
    """What changed between the version that a form was built on and the case as just read; none when nothing did."""
    if not 1 <= seen < case.version:
        return None
    before = await cases.view(gateway, visitor, cases.CaseKey(case.case_id), as_of=seen)
    events = tuple(entry for entry in case.timeline if entry.version > seen)
    return CaseChanges(seen, case.version, tuple(compared(before, case)), events)


def compared(before: CaseView, after: CaseView) -> Iterator[Change]:
    """Each field that is not as it was, in the order of the page."""
    then, now = dict(_fields(before)), dict(_fields(after))
    for name in dict.fromkeys([*now, *then]):
        if then.get(name, "") != now.get(name, ""):
            yield Change(name, then.get(name, ""), now.get(name, ""))


def _fields(case: CaseView) -> Iterator[Field]:
    yield _("状态"), chosen(case.state_zh, case.state_en)
    yield _("办理渠道"), CHANNELS[case.channel]
    if case.acceptance_basis is not None:
        yield _("受理方式"), BASES[case.acceptance_basis]
    yield _("受理日期"), _day(case.accepted_on)
    for paper in case.check.materials:
        yield chosen(paper.name, paper.name_en), _paper(paper)
    for clock in case.clocks:
        yield _("期限：{name}", name=chosen(clock.name_zh, clock.name_en)), _clock(clock)
    yield from _promises(case)
    yield from _review(case)
    yield from _result(case)
    yield from _people(case)


def _day(on: date | None) -> str:
    return "" if on is None else day_said(on)


def _joined(*parts: str) -> str:
    return _("，").join(part for part in parts if part)


def _paper(paper: MaterialView) -> str:
    brought = FORMS[paper.form] if paper.form else ""
    # The same paper handed in again is another paper.
    moment = _day(paper.supplied_at.date()) if paper.supplied_at else ""
    version = paper.digest[:8] if paper.digest else ""
    return _joined(PAPERS[paper.status], brought, moment, version, *(said(one) for one in paper.defects))


def _clock(clock: ClockView) -> str:
    stopped = _("{day}停止计时", day=day_said(clock.stopped_on)) if clock.stopped_on else ""
    return _joined(_("{day}止", day=day_said(clock.due_on)), stopped)


def _promises(case: CaseView) -> Iterator[Field]:
    promise = case.tolerance
    if promise is not None:
        yield _("补交期限"), _day(promise.supply_due_on)
        yield _("补交完成日期"), _day(promise.fulfilled_on)
        yield _("补交材料审查合格日期"), _day(promise.confirmed_on)
        if (asked := promise.request) is not None:
            yield _("申请延长补交期限"), _("至{day}", day=day_said(asked.until))
    if (recall := case.recall) is not None:
        yield _("告知拟收回结果"), _day(recall.noticed_on)
        yield _("收回结果"), _day(recall.recalled_on)
    for commitment in case.commitments:
        yield _("承诺：{name}", name=commitment.material_name), _day(commitment.checked_on)


def _review(case: CaseView) -> Iterator[Field]:
    for step in case.review.steps if case.review else ():
        yield _("审查：{name}", name=chosen(step.name_zh, step.name_en)), STEPS[step.progress]
    if case.review is not None:
        yield _("催办次数"), str(case.review.urged or "")
        yield _("退回次数"), str(case.review.sent_back or "")
    for one in case.procedures:
        name = _("特别程序：{name}", name=chosen(one.kind_zh, one.kind_en))
        end = _("{day}结束", day=day_said(one.ended_on)) if one.ended_on else ""
        yield name, _joined(_("告知至{day}", day=day_said(one.told_until)), end)
    if case.extension is not None:
        yield _("延长办理期限"), _day(case.extension.extended_on)
    if case.hearing is not None:
        yield _("听证"), HEARINGS[case.hearing.state]


def _result(case: CaseView) -> Iterator[Field]:
    if (decision := case.decision) is not None:
        yield _("决定"), _joined(RESULTS[decision.result], _day(decision.decided_on))
        method = METHODS[decision.method] if decision.method else ""
        yield _("送达"), _joined(method, _day(decision.delivered_on))
    if (licence := case.licence) is not None:
        yield _("证件编号"), licence.number
        yield _("证件有效期至"), _day(licence.valid_until)
    if case.documents:
        yield _("最新文书"), _document(case)


def _document(case: CaseView) -> str:
    newest = case.documents[-1]
    return f"{chosen(newest.title, newest.title_en)} {newest.number}"


def _people(case: CaseView) -> Iterator[Field]:
    mandate = case.mandate
    if mandate is not None:
        ended = _("{day}撤销", day=day_said(mandate.revoked_on)) if mandate.revoked_on else ""
        until = _("至{day}", day=day_said(mandate.valid_until)) if mandate.valid_until else _("至办结")
        yield _("委托代理"), _joined(_day(mandate.valid_from), until, ended)
    for person in case.interested:
        yield _("利害关系人：{name}", name=person.name), _day(person.told_on or person.named_on)
