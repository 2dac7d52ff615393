"""The train line: the way of a case as stations, drawn lying for wide screens and standing for phones."""

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from services.gateway.progress import Station
from shared.time import today

WIDE, STEP, MIDDLE = 720, 76, 58
_HOLDERS = {"applicant": "等您办理", "office": "本机关办理中"}
_HOLDERS_FOR_STAFF = {"applicant": "等申请人", "office": "本机关办理中"}
Words = Mapping[str, str]


def train_line(stations: Sequence[Station], *, staff: bool = False) -> Markup:
    """Both drawings and the table with the same content; the style sheet shows the one that fits."""
    sentence, words = reading(stations), _HOLDERS_FOR_STAFF if staff else _HOLDERS
    return Markup(
        '<figure class="drawing"><figcaption>{}</figcaption>{}{}'
        "<details><summary>用表格看办理进度</summary>{}</details></figure>"
    ).format(
        sentence, _wide(stations, sentence, words), _tall(stations, sentence, words), _table(stations, words)
    )


def reading(stations: Sequence[Station]) -> str:
    """What the drawing shows, in one sentence."""
    passed = sum(1 for stop in stations if stop.stage == "done")
    here = next((stop for stop in stations if stop.stage in ("here", "stopped")), None)
    if here is None:
        return f"共{len(stations)}个环节，已全部完成。"
    if here.stage == "stopped":
        return f"办件已结束：{here.name}。"
    return f"共{len(stations)}个环节，已完成{passed}个，现在进行到“{here.name}”。"


def _short(on: date | None) -> str:
    return "" if on is None else f"{on.month}月{on.day}日"


def _under(stop: Station) -> tuple[str, str]:
    """The line under a station, and how it is set."""
    if stop.on is not None:
        return _short(stop.on), "t-quiet"
    if stop.due_on is None:
        return "", "t-quiet"
    late = stop.due_on < today()
    return f"{_short(stop.due_on)}前", "t-late" if late else "t-quiet"


def _wide(stations: Sequence[Station], sentence: str, words: Words) -> Markup:
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


def _wide_stop(stop: Station, x: float, words: Words) -> Markup:
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


def _tall(stations: Sequence[Station], sentence: str, words: Words) -> Markup:
    height = STEP * len(stations)
    places = [30 + number * STEP for number in range(len(stations))]
    tracks = [
        _track(24, places[number], 24, places[number + 1], after) for number, after in enumerate(stations[1:])
    ]
    stops = [_tall_stop(stop, y, words) for stop, y in zip(stations, places, strict=True)]
    return Markup(
        '<svg class="train train--tall" viewBox="0 0 330 {}" role="img" aria-label="{}">{}{}</svg>'
    ).format(height, sentence, Markup("").join(tracks), Markup("").join(stops))


def _tall_stop(stop: Station, y: float, words: Words) -> Markup:
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
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(
        round(x1), round(y1), round(x2), round(y2), style.get(after.stage, "track")
    )


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


def _holder(stop: Station, x: float, y: float, anchor: str, holders: Words) -> Markup:
    """Who has the ball, over (or beside) the station where the case is."""
    if stop.stage != "here" or stop.holder not in holders:
        return Markup("")
    person = Markup('<path d="M0-11a4 4 0 1 0 .1 0M-7 4a7 7 0 0 1 14 0"/>')
    house = Markup('<path d="M-8-3L0-10L8-3M-6-3V5M0-3V5M6-3V5M-9 5H9"/>')
    words = holders[stop.holder]
    start = x - 8 * len(words) - 2 if anchor == "middle" else x
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


def _table(stations: Sequence[Station], holders: Words) -> Markup:
    words = {"done": "已完成", "here": "进行中", "ahead": "未开始", "stopped": "已结束"}
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            stop.name,
            words[stop.stage],
            _long(stop),
            holders.get(stop.holder, "") if stop.stage == "here" else "",
        )
        for stop in stations
    )
    return Markup(
        "<table><thead><tr><th scope=col>环节</th><th scope=col>状态</th><th scope=col>日期</th>"
        "<th scope=col>由谁办理</th></tr></thead><tbody>{}</tbody></table>"
    ).format(rows)


def _long(stop: Station) -> str:
    if stop.on is not None:
        return f"{stop.on.year}年{_short(stop.on)}"
    return f"应在{stop.due_on.year}年{_short(stop.due_on)}前" if stop.due_on else ""
