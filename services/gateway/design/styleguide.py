"""The style guide: every component in every state on one page, for staff; browser tests look here first."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.applications.contracts import ClockView, DayView, DocumentLine, MaterialView, Reason
from services.gateway.design.render import STAFF, page
from services.gateway.design.typed import Fault
from services.gateway.progress import Station, Status
from services.gateway.visits import visitor_with
from shared.deadlines import Unit, due
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import explain_day
from shared.time import now, today

router = APIRouter()
STATES = (
    ("SUBMITTED", "已收件，待受理"),
    ("CORRECTION_NOTICED", "已告知补正"),
    ("ACCEPTED", "已受理"),
    ("ACCEPTED_TOLERANT", "容缺受理，待补交材料"),
    ("ACCEPTED_DEEMED", "视为受理"),
    ("IN_REVIEW", "审查中"),
    ("DECIDED_GRANT", "准予"),
    ("DECIDED_REFUSE", "不予"),
    ("DELIVERED", "已送达"),
    ("WITHDRAWN", "已撤回"),
    ("TERMINATED", "已终止"),
    ("LAPSED_NO_CORRECTION", "补正不来办结"),
    ("NOT_REQUIRED", "不受理（无需许可）"),
    ("NOT_COMPETENT", "不予受理"),
    ("SPECIAL_PROCEDURE", "特别程序中"),
    ("EXTENDED", "已延长办理期限"),
    ("ISSUED", "已制证，待送达"),
    ("CLOSED", "已办结归档"),
    ("VOIDED", "已作废"),
    ("REVOKED", "已撤销"),
    ("WITHDRAWN_LICENCE", "已撤回许可"),
    ("CANCELLED", "已注销"),
    ("CHANGED", "已变更"),
    ("RENEWED", "已延续"),
)


@router.get("/styleguide")
async def styleguide(request: Request) -> Response:
    await visitor_with(request, *STAFF)
    density = "public" if request.query_params.get("density") == "public" else "desk"
    faulty = request.query_params.get("faulty") == "1"
    fault = Fault(
        "sg.faulty", "手机号码：手机号码应为 11 位数字，以 1 开头。", "A mobile number has 11 digits."
    )
    return await page(
        request,
        "styleguide.html",
        title="样式指南",
        room="styleguide",
        density=density,
        faults=[fault] if faulty else [],
        values={"sg.faulty": "12345", "sg.radio": "b", "sg.check": "true"},
        states=[SimpleNamespace(state=state, state_zh=words) for state, words in STATES],
        papers=_papers(),
        statuses=_statuses(),
        lines=_train_lines(),
        clock=_clock(),
        days=[today() + timedelta(days=days) for days in (-3, 0, 1, 30)],
        document=_document(),
    )


def _papers() -> list[MaterialView]:
    defect = Reason(
        code="not_sealed", zh="未签字或未盖章，请补签或补盖。", en="It lacks a signature or seal."
    )
    rows = [
        ("申请表", True, False, "supplied", "electronic"),
        ("总平面图及建筑方案图", True, False, "supplied", "paper"),
        ("营业执照或者法人证明", False, True, "shared", None),
        ("授权委托书", False, True, "tolerated", None),
        ("防空地下室指标表", True, False, "missing", None),
        ("防空地下室方案图", True, False, "defective", "electronic"),
        ("减免证明", False, False, "optional", None),
    ]
    return [
        MaterialView.model_validate(
            {
                "code": f"SG-{number}",
                "name": name,
                "main": main,
                "tolerable": tolerable,
                "status": status,
                "form": form,
                "upload_id": UUID(int=number) if form == "electronic" else None,
                "media_type": "application/pdf" if form == "electronic" else None,
                "size_bytes": 482_113 if form == "electronic" else None,
                "supplied_at": now() if form else None,
                "defects": (defect,) if status == "defective" else (),
            }
        )
        for number, (name, main, tolerable, status, form) in enumerate(rows, 1)
    ]


def _statuses() -> list[Status]:
    on = today()
    return [
        Status(
            "申请已受理，正在审查。",
            on,
            "office",
            "审批人员审查并作出决定",
            on + timedelta(30),
            "promised",
            "action",
        ),
        Status(
            "材料需要补正，请按补正通知书补齐。",
            on,
            "applicant",
            "请您补正材料，并重新提交",
            on + timedelta(1),
            "correction",
            "soon",
        ),
        Status(
            "申请已受理，正在审查。",
            on - timedelta(40),
            "office",
            "审批人员审查并作出决定",
            on - timedelta(4),
            "promised",
            "action",
        ),
        Status("决定准予，结果已送达，办件办结。", on, "nobody", "", None, None, "done"),
    ]


def _train_lines() -> list[list[Station]]:
    on = today()
    before, later = on - timedelta(9), on + timedelta(7)
    return [
        [
            Station("收件", "done", on),
            Station("受理", "here", None, later, "office"),
            Station("审查决定", "ahead"),
            Station("送达", "ahead"),
        ],
        [
            Station("收件", "done", before),
            Station("告知补正", "done", before),
            Station("补正材料", "here", None, on - timedelta(1), "applicant"),
            Station("受理", "ahead"),
            Station("审查决定", "ahead"),
            Station("送达", "ahead"),
        ],
        [
            Station("收件", "done", before),
            Station("容缺受理", "done", before),
            Station("补齐材料", "done", on),
            Station("准予决定", "done", on),
            Station("送达", "done", on),
        ],
        [
            Station("收件", "done", before),
            Station("容缺受理", "done", before),
            Station("终止", "stopped", on),
        ],
    ]


def _clock() -> ClockView:
    """Twenty working days around a long holiday, so that every kind of day is on the sheet."""
    calendar = shipped_calendar()
    start = today().replace(month=9, day=18)
    deadline = due(start, 20, Unit.WORKING_DAY, calendar)
    days = tuple(
        DayView(
            day=day.day,
            counted=day.counted,
            number=day.ordinal,
            why_zh=explain_day(day).zh,
            why_en=explain_day(day).en,
        )
        for day in deadline.days
    )
    return ClockView(
        name="statutory",
        name_zh="法定办结时限",
        name_en="statutory time to decide",
        article="行政许可法 42",
        started_on=start,
        length=20,
        unit="working_day",
        due_on=deadline.due_on,
        provisional=False,
        days=days,
    )


def _document() -> dict[str, object]:
    lines = [
        ("title", "受理通知书", ""),
        ("number", "亳人防许受〔2026〕12号", ""),
        ("addressee", "亳州示例建设有限公司：", ""),
        ("field", "新建民用建筑防空地下室建设审批（同步修建）", "事项"),
        ("field", "112345202611240001", "办件编号"),
        ("text", "您提交的申请材料齐全、符合法定形式，本机关自2026年11月24日起予以受理。", ""),
        ("item", "示例条目，较长的文字会在这里折行，以检查缩进是否正确、版面是否整齐。", "1"),
        ("note", "凭办件编号和查询码可以在任何渠道查询进度。", ""),
        ("signature", "亳州市国防动员办公室", ""),
        ("date", "2026年11月24日", ""),
    ]
    return {
        "lines": [
            DocumentLine.model_validate({"style": s, "text": t, "label": label}) for s, t, label in lines
        ],
        "case_no": "112345202611240001",
        "sha256": "0" * 64,
    }
