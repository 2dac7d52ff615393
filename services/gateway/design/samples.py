"""What the style guide shows: made-up papers, states, ways and clocks, so that each component is seen in each state."""

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote
from uuid import UUID

from services.applications.contracts import (
    ClockView,
    DayView,
    DocumentLine,
    MaterialView,
    Reason,
)
from services.applications.contracts.views import OperationView
from services.gateway.design.language import N_, _
from services.gateway.progress import Station, Status
from shared.deadlines import Exclude, ExplainedDay, Extend, Start, Unit, evaluate
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import explain_day
from shared.time import now, today

STATES = (
    ("SUBMITTED", N_("已收件，待受理")),
    ("CORRECTION_NOTICED", N_("已告知补正")),
    ("ACCEPTED", N_("已受理")),
    ("ACCEPTED_TOLERANT", N_("容缺受理，待补交材料")),
    ("ACCEPTED_DEEMED", N_("视为受理")),
    ("IN_REVIEW", N_("审查中")),
    ("DECIDED_GRANT", N_("准予")),
    ("DECIDED_REFUSE", N_("不予")),
    ("DELIVERED", N_("已送达")),
    ("WITHDRAWN", N_("已撤回")),
    ("TERMINATED", N_("已终止")),
    ("LAPSED_NO_CORRECTION", N_("补正不来办结")),
    ("NOT_REQUIRED", N_("不受理（无需许可）")),
    ("NOT_COMPETENT", N_("不予受理")),
    ("SPECIAL_PROCEDURE", N_("特别程序中")),
    ("EXTENDED", N_("已延长办理期限")),
    ("ISSUED", N_("已制证，待送达")),
    ("CLOSED", N_("已办结归档")),
    ("VOIDED", N_("已作废")),
    ("REVOKED", N_("已撤销")),
    ("WITHDRAWN_LICENCE", N_("已撤回许可")),
    ("CANCELLED", N_("已注销")),
    ("CHANGED", N_("已变更")),
    ("RENEWED", N_("已延续")),
)
# A page with a heading and lines, as a scanned paper looks from afar.
PICTURE = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="72" height="72" fill="white"/>'
    '<path d="M22 14h28M12 26h48M12 34h48M12 42h40M12 50h48M12 58h30" stroke="#666" stroke-width="3"/></svg>'
)


def papers() -> list[MaterialView]:
    defect = Reason(
        code="not_sealed", zh="未签字或未盖章，请补签或补盖。", en="It lacks a signature or seal."
    )
    rows = [
        (_("申请表"), True, False, "supplied", "electronic"),
        (_("总平面图及建筑方案图"), True, False, "supplied", "paper"),
        (_("营业执照或者法人证明"), False, True, "shared", None),
        (_("授权委托书"), False, True, "tolerated", None),
        (_("防空地下室指标表"), True, False, "missing", None),
        (_("防空地下室方案图"), True, False, "defective", "electronic"),
        (_("减免证明"), False, False, "optional", None),
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


def statuses() -> list[Status]:
    on = today()
    return [
        Status(
            _("申请已受理，正在审查。"),
            on,
            "office",
            _("审批人员审查并作出决定"),
            on + timedelta(30),
            "promised",
            "action",
        ),
        Status(
            _("材料需要补正，请按补正通知书补齐。"),
            on,
            "applicant",
            _("请您补正材料，并重新提交"),
            on + timedelta(1),
            "correction",
            "soon",
        ),
        Status(
            _("申请已受理，正在审查。"),
            on - timedelta(40),
            "office",
            _("审批人员审查并作出决定"),
            on - timedelta(4),
            "promised",
            "action",
        ),
        Status(_("决定准予，结果已送达，办件办结。"), on, "nobody", "", None, None, "done"),
    ]


def train_lines() -> list[list[Station]]:
    on = today()
    before, later = on - timedelta(9), on + timedelta(7)
    return [
        [
            Station(_("收件"), "done", on),
            Station(_("受理"), "here", None, later, "office"),
            Station(_("审查决定"), "ahead"),
            Station(_("送达"), "ahead"),
        ],
        [
            Station(_("收件"), "done", before),
            Station(_("告知补正"), "done", before),
            Station(_("补正材料"), "here", None, on - timedelta(1), "applicant"),
            Station(_("受理"), "ahead"),
            Station(_("审查决定"), "ahead"),
            Station(_("送达"), "ahead"),
        ],
        [
            Station(_("收件"), "done", before),
            Station(_("容缺受理"), "done", before),
            Station(_("补齐材料"), "done", on),
            Station(_("准予决定"), "done", on),
            Station(_("送达"), "done", on),
        ],
        [
            Station(_("收件"), "done", before),
            Station(_("受理"), "done", before),
            Station(_("特别程序"), "done", on, stretch="excluded"),
            Station(_("审查决定"), "here", None, later, "office", "extended"),
            Station(_("送达"), "ahead"),
        ],
        [
            Station(_("收件"), "done", before),
            Station(_("容缺受理"), "done", before),
            Station(_("终止"), "stopped", on),
        ],
    ]


def clock() -> ClockView:
    """Time around a long holiday, with days left out and an extension: every kind of day is on the sheet."""
    start = today().replace(month=9, day=14)
    first_on, last_on = start + timedelta(2), start + timedelta(4)
    deadline = evaluate(
        [
            Start(at=start, length=10, unit=Unit.WORKING_DAY),
            Exclude(first_on=first_on, last_on=last_on, reason=_("专家评审"), reason_en=_("专家评审")),
            Extend(length=5),
        ],
        shipped_calendar(),
    )
    return ClockView(
        name="statutory",
        name_zh=_("法定办结时限"),
        name_en=_("法定办结时限"),
        started_on=start,
        length=10,
        unit="working_day",
        due_on=deadline.due_on,
        provisional=False,
        days=tuple(_day(day) for day in deadline.days),
        operations=(
            OperationView(operation="EXCLUDE", first_on=first_on, last_on=last_on),
            OperationView(operation="EXTEND", length=5),
        ),
    )


def running() -> tuple[ClockView, ClockView]:
    """A statutory clock that runs now, some of its days left out, and the promise that ends before it."""
    on = today()
    left_out = OperationView(operation="EXCLUDE", first_on=on - timedelta(8), last_on=on - timedelta(3))
    dates = {"started_on": on - timedelta(14), "due_on": on + timedelta(16), "days": ()}
    statutory = clock().model_copy(update=dates | {"operations": (left_out,)})
    return statutory, statutory.model_copy(update={"due_on": on + timedelta(9), "operations": ()})


def _day(day: ExplainedDay) -> DayView:
    words = explain_day(day)
    return DayView(
        day=day.day,
        counted=day.counted,
        number=day.ordinal,
        why_zh=words.zh,
        why_en=words.en,
        kind=day.kind.value,
    )


def case_states() -> list[SimpleNamespace]:
    """Every state that a case can be in, with its word."""
    return [SimpleNamespace(state=state, state_zh=words, state_en=_(words)) for state, words in STATES]


@cache
def document() -> dict[str, object]:
    """A formal document; it is in Chinese whatever the page speaks."""
    lines = json.loads((Path(__file__).parent / "sample_document.json").read_text(encoding="utf-8"))
    return {
        "lines": [DocumentLine.model_validate(line) for line in lines],
        "case_no": "112345202611240001",
        "sha256": "0" * 64,
    }
