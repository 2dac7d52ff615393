"""The picture and the table of a case's states, both drawn from the one table of transitions."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import hypot

from deploy.reference.pages import page
from services.applications.domain.documents import KINDS
from services.applications.domain.state import (
    ACCEPTED_STATES,
    BEFORE_ACCEPTANCE,
    DECIDED_STATES,
    HELD_STATES,
    STATE_NAMES,
    State,
)
from services.applications.domain.transitions import TRANSITIONS, Transition

HEAD = """\
# 办件状态 States of a case

一张表（`services/applications/domain/transitions.py`）是引擎、测试和本页的共同来源：什么状态下谁可以做什么、变为什么状态、出什么文书、依据哪条法律。

One table is the source of the engine, the tests and this page: what can be done in which state, by whom, what state
follows, which documents come of it, and by which article. A command that the table does not have for a state, or not
for a role, is refused and changes nothing.

![办件状态图 the states of a case](case-states.svg)
"""

WIDTH, HEIGHT = 1690, 1010
BOX_WIDTH, BOX_HEIGHT = 168, 46

# Where each state stands: the way of a case runs from left to right, the ways out lie below, what comes later at the right.
PLACES: dict[State, tuple[int, int]] = {
    State.DRAFT: (40, 110),
    State.SUBMITTED: (40, 250),
    State.CORRECTION_NOTICED: (40, 420),
    State.ACCEPTED: (330, 110),
    State.ACCEPTED_TOLERANT: (330, 250),
    State.ACCEPTED_DEEMED: (330, 420),
    State.IN_REVIEW: (680, 250),
    State.SPECIAL_PROCEDURE: (680, 110),
    State.EXTENDED: (680, 420),
    State.DECIDED_GRANT: (960, 180),
    State.DECIDED_REFUSE: (960, 420),
    State.ISSUED: (1210, 110),
    State.DELIVERED: (1210, 250),
    State.CLOSED: (1210, 420),
    State.RENEWED: (1480, 90),
    State.CHANGED: (1480, 190),
    State.REVOKED: (1480, 290),
    State.WITHDRAWN_LICENCE: (1480, 390),
    State.CANCELLED: (1480, 490),
    State.NOT_REQUIRED: (330, 560),
    State.NOT_COMPETENT: (330, 680),
    State.LAPSED_NO_CORRECTION: (40, 880),
    State.WITHDRAWN: (560, 880),
    State.TERMINATED: (840, 880),
    State.VOIDED: (1110, 880),
}


@dataclass(frozen=True)
class Band:
    """A phase: transitions that all of its states have are drawn once, from its frame."""

    zh: str
    en: str
    states: frozenset[State]
    x: int
    y: int
    width: int
    height: int


BANDS = (
    Band("受理前", "before acceptance", BEFORE_ACCEPTANCE, 22, 215, 204, 275),
    Band("办理中", "accepted and in review", ACCEPTED_STATES, 312, 60, 554, 430),
    Band("已决定", "decided", DECIDED_STATES, 942, 145, 204, 345),
    Band("持有结果", "held", HELD_STATES, 1192, 215, 204, 275),
)

_STYLE = """
.box{fill:#fff;stroke:#6b7280}.end{fill:#f5f6f8;stroke:#6b7280}.band{fill:none;stroke:#d0d5dd;stroke-dasharray:6 4}
.zh{fill:#1a1d21;font-weight:600;text-anchor:middle;font-size:14px}.en{fill:#4b5563;font-size:10.5px;text-anchor:middle}
.code{fill:#4b5563;font-size:12px}.line{stroke:#0b57a4;stroke-width:1.4;fill:none;marker-end:url(#a)}
.system{stroke:#8a4b00;stroke-dasharray:5 3}.label{fill:#0b57a4;font-size:11px;text-anchor:middle;paint-order:stroke;
stroke:#fff;stroke-width:4px}.bytime{fill:#8a4b00}
"""


@dataclass(frozen=True)
class Frame:
    """What an arrow starts or ends at."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of the frame."""
        return self.x + self.width / 2, self.y + self.height / 2


def picture() -> str:
    """The states as an SVG, with a title and a sentence for those who cannot see it."""
    parts = [*_bands(), *_arrows(), *_boxes(), *_legend()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d" '
        "font-family=\"'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',system-ui,sans-serif\">\n"
        '<title id="t">办件状态图 The states of a case</title>\n'
        '<desc id="d">Drawn from the table of transitions; the table below the picture says the same in words.</desc>\n'
        '<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 10 5 0 10z" fill="#0b57a4"/></marker><style>{_STYLE}</style></defs>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _bands() -> Iterator[str]:
    for band in BANDS:
        yield f'<rect class="band" x="{band.x}" y="{band.y}" width="{band.width}" height="{band.height}" rx="8"/>'
        yield f'<text class="code" x="{band.x + 10}" y="{band.y + 18}">{band.zh} {band.en}</text>'


def _boxes() -> Iterator[str]:
    goes_on = {state for row in TRANSITIONS if row.to_states for state in row.from_states}
    for state, (x, y) in PLACES.items():
        zh, _ = STATE_NAMES[state]
        kind = "box" if state in goes_on else "end"
        yield f'<rect class="{kind}" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"/>'
        yield f'<text class="zh" x="{x + BOX_WIDTH / 2}" y="{y + 20}">{zh}</text>'
        yield f'<text class="en" x="{x + BOX_WIDTH / 2}" y="{y + 37}">{state.value}</text>'


def _legend() -> Iterator[str]:
    words = "实线：由人办理 solid: done by a person　虚线：到期由系统处理 dashed: done by time"
    yield f'<text class="code" x="40" y="985">{words}</text>'


def _arrows() -> Iterator[str]:
    labels: dict[tuple[Frame, State, bool], list[str]] = defaultdict(list)
    for row in TRANSITIONS:
        by_time = row.actors == {"system"}
        for source, to in _ways(row):
            labels[source, to, by_time].append(row.zh)
    drawn = {(source, _frame(to)) for source, to, _ in labels}
    for (source, to, by_time), words in labels.items():
        # Two arrows between the same boxes run side by side.
        aside = 16 if (_frame(to), source) in drawn else 0
        yield from _arrow(source, _frame(to), "、".join(dict.fromkeys(words)), by_time=by_time, aside=aside)


def _ways(row: Transition) -> Iterator[tuple[Frame, State]]:
    """From a whole phase where every state of it has the transition, otherwise from the states that have it."""
    for band in BANDS:
        here = row.from_states & band.states
        if here == band.states:
            for to in sorted(row.to_states - band.states):
                yield Frame(band.x, band.y, band.width, band.height), to
            here = frozenset()
        # Of several states of a phase one arrow is enough for the eye; the table has them all.
        for state in sorted(here) if len(here) < 2 or State.IN_REVIEW not in here else [State.IN_REVIEW]:
            yield from ((_frame(state), to) for to in _targets(row, state, band))
    outside = row.from_states.difference(*(band.states for band in BANDS))
    for state in sorted(outside):
        yield from ((_frame(state), to) for to in sorted(row.to_states - {state}))


def _targets(row: Transition, state: State, band: Band) -> list[State]:
    """Where the arrow leads; going on inside the phase is drawn only where the transition is about that."""
    inside = row.to_states & band.states
    # What can lead anywhere inside (a procedure ends) is drawn to the state that stands for the phase.
    shown = inside & {State.IN_REVIEW} if len(inside) > 3 else inside
    return sorted(row.to_states - {state} - inside | shown - {state})


def _frame(state: State) -> Frame:
    return Frame(*PLACES[state], BOX_WIDTH, BOX_HEIGHT)


def _arrow(source: Frame, target: Frame, words: str, *, by_time: bool, aside: int) -> Iterator[str]:
    (x1, y1), (x2, y2) = _edge(source, target.middle), _edge(target, source.middle)
    length = hypot(x2 - x1, y2 - y1) or 1
    dx, dy = aside * (y1 - y2) / length, aside * (x2 - x1) / length
    x1, y1, x2, y2 = x1 + dx, y1 + dy, x2 + dx, y2 + dy
    bend = 0.18 * abs(x2 - x1)
    path = f"M{x1:.0f} {y1:.0f} C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    kind, tone = ("line system", "label bytime") if by_time else ("line", "label")
    yield f'<path class="{kind}" d="{path}"/>'
    yield f'<text class="{tone}" x="{(x1 + x2) / 2 + 1.5 * dx:.0f}" y="{(y1 + y2) / 2 - 4 + dy:.0f}">{escape(words)}</text>'


def _edge(frame: Frame, toward: tuple[float, float]) -> tuple[float, float]:
    """Where the straight line from the frame's middle leaves it."""
    cx, cy = frame.middle
    dx, dy = toward[0] - cx, toward[1] - cy
    scale = min(
        frame.width / 2 / abs(dx) if dx else float("inf"), frame.height / 2 / abs(dy) if dy else float("inf")
    )
    return cx + dx * min(scale, 1), cy + dy * min(scale, 1)


def table() -> str:
    """Every row of the table of transitions, for reading."""
    rows = [
        [
            f"{row.zh}<br>`{row.name}`",
            _states(row.from_states),
            _states(row.to_states) if row.to_states else "（不变 unchanged）",
            " ".join(f"`{actor}`" for actor in sorted(row.actors)),
            "<br>".join(KINDS[kind].title for kind in row.documents) or "–",
            row.article or "–",
        ]
        for row in TRANSITIONS
    ]
    return page(
        HEAD, ["做什么 command", "从 from", "到 to", "谁 who", "文书 documents", "依据 article"], rows
    )


def _states(states: frozenset[State]) -> str:
    return "<br>".join(STATE_NAMES[state][0] for state in State if state in states)
