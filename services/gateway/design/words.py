"""Values in the words of a page: days, instants, what is left of a time limit, names of codes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from services.applications.contracts import CERTIFICATE_NAMES
from services.gateway.design.language import N_, Pairs, Words, _, chosen
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import day_zh, weekday_en
from shared.deadlines.working_days import working_days_between
from shared.time import shanghai, today

CHANNELS: Mapping[str, str] = Words(
    {
        "online": N_("网上提交"),
        "counter": N_("窗口收件"),
        "service_point": N_("便民服务点"),
        "home_visit": N_("上门服务"),
        "province": N_("省政务服务平台"),
    }
)
OUTCOMES: Mapping[str, str] = Words(
    {
        "accept": N_("受理"),
        "accept_tolerantly": N_("容缺受理"),
        "request_correction": N_("一次性告知补正"),
    }
)
LIMITS: Mapping[str, str] = Words(
    {
        "working_day": N_("{amount}个工作日"),
        "calendar_day": N_("{amount}日（自然日）"),
        "hour": N_("{amount}小时"),
        "month": N_("{amount}个月"),
        "year": N_("{amount}年"),
    }
)
# Other languages than Chinese tell one from many.
LIMITS_OF_ONE: Mapping[str, str] = Words(
    {
        "working_day": N_("1个工作日"),
        "calendar_day": N_("1日（自然日）"),
        "hour": N_("1小时"),
        "month": N_("1个月"),
        "year": N_("1年"),
    }
)
SERVED: Mapping[str, str] = Words(
    {
        "natural_person": N_("自然人"),
        "enterprise": N_("企业法人"),
        "institution": N_("事业法人"),
        "social_organisation": N_("社会组织法人"),
        "government_organ": N_("行政机关"),
        "other_organisation": N_("其他组织"),
    }
)
FORMS: Mapping[str, str] = Words(
    {
        "window": N_("窗口"),
        "web": N_("网上"),
        "mobile": N_("手机"),
        "post": N_("邮寄"),
        "other": N_("其他"),
        "paper": N_("纸质"),
        "electronic": N_("电子"),
        "both": N_("纸质或电子"),
        "shared": N_("共享获取"),
    }
)
METHODS: Mapping[str, str] = Words(
    {"window": N_("窗口领取"), "post": N_("邮寄送达"), "electronic": N_("电子送达")}
)
ROLES: Mapping[str, str] = Words(
    {
        "applicant": N_("申请人"),
        "clerk": N_("窗口工作人员"),
        "approver": N_("审批人员"),
        "organ_head": N_("机关负责人"),
        "keeper": N_("事项管理员"),
        "supervisor": N_("监督人员"),
        "auditor": N_("审计人员"),
        "operator": N_("运行维护人员"),
        "province": N_("省政务服务平台"),
        "system": N_("系统"),
    }
)
DEFECTS: Mapping[str, str] = Words(
    {
        "illegible": N_("内容无法辨认"),
        "wrong_form": N_("形式不符合要求"),
        "incomplete_content": N_("填写不完整"),
        "wrong_content": N_("内容有误"),
        "expired": N_("已过有效期"),
        "not_sealed": N_("未签字或未盖章"),
        "other": N_("其他不符合要求"),
    }
)
KINDS: Mapping[str, str] = Words({"natural": N_("自然人"), "legal": N_("法人或其他组织")})
CERTIFICATES: Mapping[str, str] = Pairs({kind.value: names for kind, names in CERTIFICATE_NAMES.items()})
PARTIES: Mapping[str, str] = Words(
    {
        "applicant": N_("申请人"),
        "contact": N_("联系人"),
        "agent": N_("经办人"),
        "interested": N_("利害关系人"),
    }
)
# A statutory limit of a few days ahead is urgent from here on.
SOON_WORKING_DAYS = 3


def day_said(on: date) -> str:
    """2026年12月22日(周二), Tue 22 Dec 2026."""
    return chosen(day_zh(on), f"{weekday_en(on)} {on.day} {on:%b} {on.year}")


def short_day(on: date) -> str:
    """The day without its year, where there is little room: 12月22日, 22 Dec."""
    return chosen(f"{on.month}月{on.day}日", f"{on.day} {on:%b}")


def day(on: date | None) -> Markup:
    """The day, never broken in the middle."""
    return Markup("") if on is None else Markup('<span class="no-break">{}</span>').format(day_said(on))


def moment(at: datetime | None) -> Markup:
    """2026年12月22日(周二) 15:04, Tue 22 Dec 2026 15:04."""
    if at is None:
        return Markup("")
    local = shanghai(at)
    return Markup("{} {:%H:%M}").format(day(local.date()), local)


def short_moment(at: datetime) -> str:
    """The moment without its year, where there is little room: 12月22日 15:04, 22 Dec 15:04."""
    local = shanghai(at)
    return f"{short_day(local.date())} {local:%H:%M}"


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
        return _("{count} 毫秒", count=0)
    if seconds < 1:
        return _("{count} 毫秒", count=f"{seconds * 1000:.0f}")
    return _("{count} 秒", count=f"{seconds:.1f}")


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
        return _("已超过1个工作日") if days == -1 else _("已超过{days}个工作日", days=-days)
    if due_on == today():
        return _("今天到期")
    return _("还剩1个工作日") if days == 1 else _("还剩{days}个工作日", days=days)


def certificate(kind: str | None) -> str:
    """居民身份证 and its like."""
    return CERTIFICATES[kind] if kind else ""


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
    return length(value.amount, unit)


def length(amount: int, unit: str) -> str:
    """20个工作日, 1 working day."""
    return LIMITS_OF_ONE[unit] if amount == 1 else LIMITS[unit].format(amount=amount)


def media(media_type: str | None) -> str:
    """PDF, 图片."""
    known = {"application/pdf": "PDF", "application/ofd": "OFD"}
    if (media_type or "").startswith("image/"):
        return _("图片")
    return known.get(media_type or "", _("文件"))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": day,
    "day_said": day_said,
    "short_day": short_day,
    "short_moment": short_moment,
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
    "PARTIES": PARTIES,
    "CERTIFICATES": CERTIFICATES,
    "after": after,
}
