"""Slanted lines along a stretch: time that is left out of a limit, told by more than a colour."""

from markupsafe import Markup

STEP, REACH = 8, 5


def hatching(start: float, end: float, middle: float, *, standing: bool = False) -> Markup:
    """The lines from start to end, along `middle`; standing drawings run downwards."""
    places = range(round(start) + STEP // 2, round(end), STEP)
    lines = (
        f"M{round(middle) - REACH} {at + REACH}l{2 * REACH}-{2 * REACH}"
        if standing
        else f"M{at - REACH} {round(middle) + REACH}l{2 * REACH}-{2 * REACH}"
        for at in places
    )
    return Markup('<path class="hatch" d="{}"/>').format("".join(lines))
