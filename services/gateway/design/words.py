"""Values in the words of a page: days, instants, what is left of a time limit, names of codes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from services.applications.contracts import CERTIFICATE_NAMES, CertificateType
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import day_zh
from shared.deadlines.working_days import working_days_between
from shared.time import shanghai, today

CHANNELS: Mapping[str, str] = {
    "online": "网上提交",
    "counter": "窗口收件",
    "service_point": "便民服务点",
    "home_visit": "上门服务",
    "province": "省政务服务平台",
}
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "accept": ("受理", "Accept"),
    "accept_tolerantly": ("容缺受理", "Accept tolerantly"),
    "request_correction": ("一次性告知补正", "Request correction"),
}
UNITS: Mapping[str, str] = {
    "working_day": "个工作日",
    "calendar_day": "日（自然日）",
    "hour": "小时",
    "month": "个月",
    "year": "年",
}
SERVED: Mapping[str, str] = {
    "natural_person": "自然人",
    "enterprise": "企业法人",
    "institution": "事业法人",
    "social_organisation": "社会组织法人",
    "government_organ": "行政机关",
    "other_organisation": "其他组织",
}
FORMS: Mapping[str, str] = {
    "window": "窗口",
    "web": "网上",
    "mobile": "手机",
    "post": "邮寄",
    "other": "其他",
    "paper": "纸质",
    "electronic": "电子",
    "both": "纸质或电子",
    "shared": "共享获取",
}
METHODS: Mapping[str, str] = {"window": "窗口领取", "post": "邮寄送达", "electronic": "电子送达"}
ROLES: Mapping[str, str] = {
    "applicant": "申请人",
    "clerk": "窗口工作人员",
    "approver": "审批人员",
    "organ_head": "机关负责人",
    "keeper": "事项管理员",
    "supervisor": "监督人员",
    "auditor": "审计人员",
    "operator": "运行维护人员",
    "province": "省政务服务平台",
    "system": "系统",
}
DEFECTS: Mapping[str, str] = {
    "illegible": "内容无法辨认",
    "wrong_form": "形式不符合要求",
    "incomplete_content": "填写不完整",
    "wrong_content": "内容有误",
    "expired": "已过有效期",
    "not_sealed": "未签字或未盖章",
    "other": "其他不符合要求",
}
KINDS: Mapping[str, str] = {"natural": "自然人", "legal": "法人或其他组织"}
# A statutory limit of a few days ahead is urgent from here on.
SOON_WORKING_DAYS = 3


def day(on: date | None) -> Markup:
    """2026年12月22日(周二), never broken in the middle of the date."""
    return Markup("") if on is None else Markup('<span class="no-break">{}</span>').format(day_zh(on))


def moment(at: datetime | None) -> Markup:
    """2026年12月22日(周二) 15:04."""
    if at is None:
        return Markup("")
    local = shanghai(at)
    return Markup('<span class="no-break">{}</span> {:%H:%M}').format(day_zh(local.date()), local)


def clock_time(at: datetime) -> str:
    """15:04:05.123, for times that lie milliseconds apart."""
    local = shanghai(at)
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"


def after(at: datetime | None, since: datetime) -> str:
    """How long after another instant: 38 毫秒, 1.2 秒."""
    if at is None:
        return "—"
    seconds = (at - since).total_seconds()
    if seconds < 0:
        return "0 毫秒"
    return f"{seconds * 1000:.0f} 毫秒" if seconds < 1 else f"{seconds:.1f} 秒"


def working_days_left(due_on: date) -> int:
    """Working days from tomorrow to the due day; negative when it has passed."""
    now = today()
    if due_on < now:
        return -max(1, working_days_between(due_on, now, shipped_calendar()))
    return working_days_between(now, due_on, shipped_calendar())


def urgency(due_on: date | None) -> str:
    """`late`, `soon`, or nothing."""
    if due_on is None:
        return ""
    if due_on < today():
        return "late"
    return "soon" if working_days_left(due_on) <= SOON_WORKING_DAYS else ""


def left(due_on: date) -> str:
    """还剩 3 个工作日, 今天到期, 已超过 2 个工作日."""
    days = working_days_left(due_on)
    if due_on < today():
        return f"已超过{-days}个工作日"
    return "今天到期" if due_on == today() else f"还剩{days}个工作日"


def certificate(kind: str | None) -> str:
    """居民身份证 and its like."""
    return CERTIFICATE_NAMES[CertificateType(kind)][0] if kind else ""


def size(count: int | None) -> str:
    """A file's size for people."""
    if count is None:
        return ""
    return f"{max(count / 1024, 1):.0f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


def grouped(number: str) -> Markup:
    """A long number with places where a line may end; copied, it is whole."""
    groups = [number[place : place + 4] for place in range(0, len(number), 4)]
    return Markup("<wbr>").join(groups)


def limit(value: Any) -> str:
    """20个工作日."""
    unit = getattr(value.unit, "value", value.unit)
    return f"{value.amount}{UNITS[unit]}"


def media(media_type: str | None) -> str:
    """PDF, 图片."""
    known = {"application/pdf": "PDF", "image/jpeg": "图片", "image/png": "图片", "application/ofd": "OFD"}
    return known.get(media_type or "", "文件")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "clock_time": clock_time,
    "left": left,
    "urgency": urgency,
    "certificate": certificate,
    "size": size,
    "grouped": grouped,
    "limit": limit,
    "media": media,
    "served": SERVED.__getitem__,
}
TABLES: Mapping[str, Any] = {
    "CHANNELS": CHANNELS,
    "OUTCOMES": OUTCOMES,
    "SERVED": SERVED,
    "FORMS": FORMS,
    "METHODS": METHODS,
    "ROLES": ROLES,
    "DEFECTS": DEFECTS,
    "KINDS": KINDS,
    "CERTIFICATES": {kind.value: names[0] for kind, names in CERTIFICATE_NAMES.items()},
    "after": after,
}
