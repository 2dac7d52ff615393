"""A QR code for a page: black on white in every view, for what a camera reads needs the contrast."""

import segno
from markupsafe import Markup


def qr_code(text: str, *, scale: int, fills_its_place: bool = False) -> Markup:
    """The text as an inline drawing; its size is that of its place, or `scale` pixels a square."""
    drawn = segno.make(text, error="m", micro=False)
    svg = drawn.svg_inline(scale=scale, border=4, dark="#000", light="#fff", omitsize=fills_its_place)
    # The text becomes squares; none of it stands in the markup.
    return Markup(svg)  # noqa: S704  # squares only
