"""The clock ribbon of the desk: one bar from the start of a time limit to its end, today a line, the promise a tick."""

from datetime import date

from markupsafe import Markup

from services.applications.contracts import ClockView
from services.gateway.design.drawing.hatching import hatching
from services.gateway.design.language import _, spoken
from services.gateway.design.words import day_said
from shared.time import today

WIDTH = 300


def ribbon(clock: ClockView, promised: ClockView | None = None) -> Markup:
    """The bar of `clock`; with `promised` the statutory and the promised end are two ticks on one bar."""
    end = max(clock.due_on, today()) if clock.stopped_on is None else clock.due_on
    days = max(1, (end - clock.started_on).days)

    def place(on: date) -> int:
        return round(min(1.0, max(0.0, (on - clock.started_on).days / days)) * WIDTH)

    now = place(clock.stopped_on or today())
    late = (clock.stopped_on or today()) > clock.due_on
    ticks = [place(clock.due_on)] + ([place(promised.due_on)] if promised else [])
    marks = Markup("").join(
        Markup('<line class="tick" x1="{}" x2="{}" y1="2" y2="22"/>').format(x, x) for x in ticks
    )
    left_out = Markup("").join(
        hatching(place(one.first_on), place(one.last_on), 12)
        for one in clock.operations
        if one.operation == "EXCLUDE" and one.first_on and one.last_on
    )
    return Markup(
        '<svg class="ribbon" preserveAspectRatio="none" viewBox="-2 0 {} 26" role="img" aria-label="{}">'
        '<rect class="bar" y="6" width="{}" height="12" rx="2"/>'
        '<rect class="bar {}" y="6" width="{}" height="12" rx="2"/>{}{}<line class="today" x1="{}" x2="{}" y1="0" y2="26"/></svg>'
    ).format(
        WIDTH + 4,
        reading(clock, promised),
        place(clock.due_on),
        "bar--late" if late else "bar--run",
        now,
        left_out,
        marks,
        now,
        now,
    )


def reading(clock: ClockView, promised: ClockView | None) -> str:
    """What the ribbon shows, in one sentence."""
    sentence = _(
        "{clock}：{first}起，{last}止",
        clock=spoken(clock, "name"),
        first=day_said(clock.started_on),
        last=day_said(clock.due_on),
    )
    return sentence + (_("，承诺{day}前办结", day=day_said(promised.due_on)) if promised else "")
