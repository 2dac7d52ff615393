"""The whole way of an item in one strip: what happens, how long it takes, and how often somebody has to come."""

from dataclasses import dataclass

from services.catalogue.contracts import GuideView, HandlingKind
from services.gateway.design.language import _
from services.gateway.design.words import limit


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the strip: its picture, its name, and the time or the words under it."""

    sign: str
    name: str
    time: str
    ours: bool
    """Whether the office has to act here, or the applicant."""


def stops_of(guide: GuideView) -> tuple[Stop, ...]:
    """From the papers to the result; the promised time stands where it is used."""
    apply = Stop("file-plus", _("提交申请"), _("{count}种材料", count=_own_papers(guide)), ours=False)
    deliver = Stop("package-check", _("拿到结果"), _came(guide), ours=False)
    decide = Stop(
        "file-check", _("作出决定"), _("承诺{limit}内", limit=limit(guide.promised_limit)), ours=True
    )
    if guide.handling_kind is HandlingKind.ON_THE_SPOT:
        return apply, Stop("file-check", _("当场办理"), decide.time, ours=True), deliver
    accept = Stop("stamp", _("受理"), _("当场，最迟5个工作日"), ours=True)
    return apply, accept, decide, deliver


def _own_papers(guide: GuideView) -> int:
    """What everybody has to bring: neither what is fetched by sharing nor what only some need."""
    return sum(1 for paper in guide.materials if not paper.by_sharing and paper.required_when is None)


def _came(guide: GuideView) -> str:
    if guide.visits == 0:
        return _("不用到现场")
    return _("最多到现场1次") if guide.visits == 1 else _("最多到现场{count}次", count=guide.visits)


def share_of_law(guide: GuideView) -> int | None:
    """The promise in hundredths of what the law allows, when both are counted alike."""
    if guide.promised_limit.unit is not guide.statutory_limit.unit:
        return None
    return round(100 * guide.promised_limit.amount / guide.statutory_limit.amount)
