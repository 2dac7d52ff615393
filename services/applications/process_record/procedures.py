"""`up_pro_special_procedure`: what stopped or lengthened the time to decide (行政许可法 42, 45)."""

from services.applications.contracts.process_record import SpecialProcedureRow
from services.applications.domain import events as e
from services.applications.process_record.facts import Recorded, Sources

# The closed list of Art 45, as the standard's 特别程序 names them.
NAMES = {
    "hearing": "听证",
    "bidding": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
}


def procedure_rows(sources: Sources) -> tuple[SpecialProcedureRow, ...]:
    """One row for each procedure and one for the extension, in the order in which they began."""
    rows: list[SpecialProcedureRow] = []
    for one in sources.events:
        match one.event:
            case e.ProcedureStarted():
                rows.append(_started(sources, one, one.event))
            case e.ProcedureProlonged(kind=kind, last_on=last_on):
                _change(rows, kind, end_time=last_on, result="经批准延长")
            case e.ProcedureEnded(kind=kind, ended_on=ended_on):
                _change(rows, kind, end_time=ended_on, result="特别程序结束")
            case e.DeadlineExtended():
                rows.append(_extended(sources, one, one.event))
    return tuple(rows)


def _started(sources: Sources, one: Recorded, event: e.ProcedureStarted) -> SpecialProcedureRow:
    return SpecialProcedureRow(
        project_no=sources.case.case_no,
        special_type="2",
        special_name=NAMES.get(event.kind, event.kind),
        special_reason=event.article,
        special_time=event.first_on,
        end_time=event.last_on,
        special_explain=_notice(one),
        handle_user=one.post,
    )


def _extended(sources: Sources, one: Recorded, event: e.DeadlineExtended) -> SpecialProcedureRow:
    ends = max((clock.due_on for clock in event.clocks), default=event.effective_on)
    return SpecialProcedureRow(
        project_no=sources.case.case_no,
        special_type="1",
        special_name="延长审批",
        special_reason=event.article,
        special_time=event.effective_on,
        end_time=ends,
        result=f"经批准延长，共{event.length}日",
        special_explain=_notice(one),
        handle_user=one.post,
    )


def _notice(one: Recorded) -> str | None:
    return "、".join(document.number for document in one.event.documents) or None


def _change(rows: list[SpecialProcedureRow], kind: str, **fields: object) -> None:
    """The newest row of this kind is the one that goes on."""
    for place in range(len(rows) - 1, -1, -1):
        if rows[place].special_name == NAMES.get(kind, kind):
            rows[place] = rows[place].model_copy(update=fields)
            return
