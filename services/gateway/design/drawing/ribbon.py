"""The clock ribbon of the desk: one bar from the start of a time limit to its end, today a line, the promise a tick."""

from datetime import date

from markupsafe import Markup

from services.applications.contracts import ClockView
from services.gateway.design.drawing.hatching import hatching
from services.gateway.design.language import _, spoken
from services.gateway.design.words import day_said
from shared.time import today

# As long as any ribbon will be drawn; what is longer than its stretch is cut off.
LONGEST = 1200


def ribbon(clock: ClockView, promised: ClockView | None = None) -> Markup:
    """The bar of `clock`; with `promised` the statutory and the promised end are two ticks on one bar."""
    end = max(clock.due_on, today()) if clock.stopped_on is None else clock.due_on
    days = max(1, (end - clock.started_on).days)

    def place(on: date) -> float:
        return round(min(1.0, max(0.0, (on - clock.started_on).days / days)) * 100, 1)

    now = place(clock.stopped_on or today())
    late = (clock.stopped_on or today()) > clock.due_on
    ends = [clock.due_on] + ([promised.due_on] if promised else [])
    return Markup(
        '<svg class="ribbon" role="img" aria-label="{}">'
        '<rect class="bar" y="6" width="{}%" height="12"/><rect class="bar {}" y="6" width="{}%" height="12"/>'
        '{}{}<line class="today" x1="{}%" x2="{}%" y1="0" y2="24"/></svg>'
    ).format(
        reading(clock, promised),
        place(clock.due_on),
        "bar--late" if late else "bar--run",
        now,
        Markup("").join(
            _left_out(place(one.first_on), place(one.last_on))
            for one in clock.operations
            if one.operation == "EXCLUDE" and one.first_on and one.last_on
        ),
        Markup("").join(
            Markup('<line class="tick" x1="{}%" x2="{}%" y1="2" y2="22"/>').format(place(on), place(on))
            for on in ends
        ),
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


def _left_out(first: float, last: float) -> Markup:
    """Days that do not count, hatched over whatever the bar says there."""
    return Markup(
        '<svg x="{}%" y="6" width="{}%" height="12"><rect class="bar--out" width="100%" height="12"/>{}</svg>'
    ).format(first, max(1.0, last - first), hatching(0, LONGEST, 6))
