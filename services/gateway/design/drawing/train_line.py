"""The train line: the way of a case as stations, drawn lying for wide screens and standing for phones."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from services.gateway.design.drawing.hatching import hatching
from services.gateway.design.language import N_, Words, _
from services.gateway.design.words import day_said, short_day
from services.gateway.progress import Station
from shared.time import today

WIDE, STEP, MIDDLE = 720, 76, 58
_HOLDERS = Words({"applicant": N_("等您办理"), "office": N_("本机关办理中")})
_HOLDERS_FOR_STAFF = Words({"applicant": N_("等申请人"), "office": N_("本机关办理中")})
_STAGES = Words({"done": N_("已完成"), "here": N_("进行中"), "ahead": N_("未开始"), "stopped": N_("已结束")})
# What the stretch before a station is besides time that runs; the same words stand under the drawing and in the table.
_STRETCHES = Words({"excluded": N_("这段时间不计入办理期限"), "extended": N_("办理期限已依法延长")})
Table = Mapping[str, str]


def train_line(stations: Sequence[Station], *, staff: bool = False) -> Markup:
    """Both drawings and the table with the same content; the style sheet shows the one that fits."""
    sentence, words = reading(stations), _HOLDERS_FOR_STAFF if staff else _HOLDERS
    return Markup(
        '<figure class="drawing"><figcaption>{}</figcaption>{}{}{}'
        "<details><summary>{}</summary>{}</details></figure>"
    ).format(
        sentence,
        _wide(stations, sentence, words),
        _tall(stations, sentence, words),
        _legend(stations),
        _("用表格看办理进度"),
        _table(stations, words),
    )


def reading(stations: Sequence[Station]) -> str:
    """What the drawing shows, in one sentence."""
    passed = sum(1 for stop in stations if stop.stage == "done")
    here = next((stop for stop in stations if stop.stage in ("here", "stopped")), None)
    if here is None:
        return _("共{count}个环节，已全部完成。", count=len(stations))
    if here.stage == "stopped":
        return _("办件已结束：{name}。", name=here.name)
    return _(
        "共{count}个环节，已完成{passed}个，现在进行到“{name}”。",
        count=len(stations),
        passed=passed,
        name=here.name,
    )


def _legend(stations: Sequence[Station]) -> Markup:
    """What hatched and striped stretches are, where there are any."""
    found = [kind for kind in _STRETCHES if any(stop.stretch == kind for stop in stations)]
    if not found:
        return Markup("")
    lines = Markup("").join(
        Markup(
            '<li><svg class="stretch" viewBox="0 0 48 16" aria-hidden="true" focusable="false">{}</svg>{}</li>'
        ).format(_stretch(4, 8, 44, 8, kind, "track track--run"), _STRETCHES[kind])
        for kind in found
    )
    return Markup('<ul class="legend">{}</ul>').format(lines)


def _under(stop: Station) -> tuple[str, str]:
    """The line under a station, and how it is set."""
    if stop.on is not None:
        return short_day(stop.on), "t-quiet"
    if stop.due_on is None:
        return "", "t-quiet"
    late = stop.due_on < today()
    return _("{day}前", day=short_day(stop.due_on)), "t-late" if late else "t-quiet"


def _wide(stations: Sequence[Station], sentence: str, words: Table) -> Markup:
    gap = (WIDE - 120) / max(1, len(stations) - 1)
    places = [60 + number * gap for number in range(len(stations))]
    tracks = [
        _track(places[number], MIDDLE, places[number + 1], MIDDLE, after)
        for number, after in enumerate(stations[1:])
    ]
    stops = [_wide_stop(stop, x, words) for stop, x in zip(stations, places, strict=True)]
    return Markup(
        '<svg class="train train--wide" viewBox="0 0 {} 122" role="img" aria-label="{}">{}{}</svg>'
    ).format(WIDE, sentence, Markup("").join(tracks), Markup("").join(stops))


def _wide_stop(stop: Station, x: float, words: Table) -> Markup:
    under, style = _under(stop)
    return Markup(
        "{}{}"
        '<text x="{}" y="92" text-anchor="middle" class="{}">{}</text>'
        '<text x="{}" y="112" text-anchor="middle" class="{}">{}</text>'
    ).format(
        _mark(stop, x, MIDDLE),
        _holder(stop, x, MIDDLE - 36, "middle", words),
        round(x),
        "t-strong" if stop.stage in ("here", "stopped") else "",
        stop.name,
        round(x),
        style,
        under,
    )


def _tall(stations: Sequence[Station], sentence: str, words: Table) -> Markup:
    height = STEP * len(stations)
    places = [30 + number * STEP for number in range(len(stations))]
    tracks = [
        _track(24, places[number], 24, places[number + 1], after) for number, after in enumerate(stations[1:])
    ]
    stops = [_tall_stop(stop, y, words) for stop, y in zip(stations, places, strict=True)]
    return Markup(
        '<svg class="train train--tall" viewBox="0 0 330 {}" role="img" aria-label="{}">{}{}</svg>'
    ).format(height, sentence, Markup("").join(tracks), Markup("").join(stops))


def _tall_stop(stop: Station, y: float, words: Table) -> Markup:
    under, style = _under(stop)
    return Markup(
        '{}<text x="56" y="{}" class="{}">{}</text><text x="56" y="{}" class="{}">{}</text>{}'
    ).format(
        _mark(stop, 24, y),
        round(y) - 5 if under else round(y) + 5,
        "t-strong" if stop.stage in ("here", "stopped") else "",
        stop.name,
        round(y) + 19,
        style,
        under,
        _holder(stop, 190, y + 5, "start", words),
    )


def _track(x1: float, y1: float, x2: float, y2: float, after: Station) -> Markup:
    """The stretch before a station: run, being run, or ahead."""
    style = {"done": "track track--run", "here": "track track--next", "stopped": "track track--run"}
    return _stretch(x1, y1, x2, y2, after.stretch, style.get(after.stage, "track"))


def _stretch(x1: float, y1: float, x2: float, y2: float, kind: str, style: str) -> Markup:
    """A line; hatched where its time is left out, striped where it was added."""
    line = Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>')
    drawn = line.format(
        round(x1), round(y1), round(x2), round(y2), "track track--excluded" if kind == "excluded" else style
    )
    if kind == "excluded":
        standing = x1 == x2
        return drawn + (hatching(y1, y2, x1, standing=True) if standing else hatching(x1, x2, y1))
    if kind == "extended":
        drawn += line.format(round(x1), round(y1), round(x2), round(y2), "track--stripes")
    return drawn


def _mark(stop: Station, x: float, y: float) -> Markup:
    """The station itself: a tick when passed, a dot where the case is, a cross where it ended early."""
    late = stop.stage == "here" and stop.due_on is not None and stop.due_on < today()
    style = {
        "done": "station station--reached",
        "here": "station station--late" if late else "station station--here",
        "stopped": "station station--late",
    }.get(stop.stage, "station")
    inside = {"done": "M-6 0l4 4 8-8", "stopped": "M-5-5l10 10M5-5L-5 5", "here": "M0-6v7l5 3"}
    drawn = (
        Markup('<path class="ink" d="{}"/>').format(inside[stop.stage])
        if stop.stage in inside
        else Markup("")
    )
    return Markup('<g transform="translate({} {})"><circle r="{}" class="{}"/>{}</g>').format(
        round(x), round(y), 10 if stop.stage == "ahead" else 14, style, drawn
    )


def _holder(stop: Station, x: float, y: float, anchor: str, holders: Table) -> Markup:
    """Who has the ball, over (or beside) the station where the case is."""
    if stop.stage != "here" or stop.holder not in holders:
        return Markup("")
    person = Markup('<path d="M0-11a4 4 0 1 0 .1 0M-7 4a7 7 0 0 1 14 0"/>')
    house = Markup('<path d="M-8-3L0-10L8-3M-6-3V5M0-3V5M6-3V5M-9 5H9"/>')
    words = holders[stop.holder]
    start = x - _width(words) / 2 - 2 if anchor == "middle" else x
    return Markup(
        '<g class="holder" transform="translate({} {})">{}</g><text x="{}" y="{}" class="t-strong">{}</text>'
    ).format(
        round(start),
        round(y) - 2,
        person if stop.holder == "applicant" else house,
        round(start) + 14,
        round(y),
        words,
    )


def _width(words: str) -> float:
    """About how wide these words stand: a Chinese sign is as wide as two Latin letters."""
    return sum(16 if letter > "\u2e80" else 8 for letter in words)


def _table(stations: Sequence[Station], holders: Table) -> Markup:
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            stop.name,
            _STAGES[stop.stage],
            _long(stop),
            holders.get(stop.holder, "") if stop.stage == "here" else "",
            _STRETCHES.get(stop.stretch, ""),
        )
        for stop in stations
    )
    return Markup(
        "<table><thead><tr><th scope=col>{}</th><th scope=col>{}</th><th scope=col>{}</th>"
        "<th scope=col>{}</th><th scope=col>{}</th></tr></thead><tbody>{}</tbody></table>"
    ).format(_("环节"), _("状态"), _("日期"), _("由谁办理"), _("说明"), rows)


def _long(stop: Station) -> str:
    if stop.on is not None:
        return day_said(stop.on)
    return _("应在{day}前", day=day_said(stop.due_on)) if stop.due_on else ""
