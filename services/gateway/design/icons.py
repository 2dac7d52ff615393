"""Lucide icons (ISC licence, see icons/LICENSE.txt): a page carries only those it shows, as one inline sprite."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from markupsafe import Markup

FOLDER = Path(__file__).parent / "icons"
_SHAPES = re.compile(r"<svg.*?>(.*)</svg>", re.DOTALL)


@cache
def shapes(name: str) -> str:
    """What the icon is drawn of, without its own <svg>."""
    found = _SHAPES.search((FOLDER / f"{name}.svg").read_text(encoding="utf-8"))
    assert found is not None
    return re.sub(r"\s+", " ", found.group(1)).strip()


def sprite(names: Iterable[str]) -> Markup:
    """The symbols of these icons; their content is our own files."""
    symbols = "".join(
        f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes(name)}</symbol>' for name in sorted(set(names))
    )
    return Markup(f'<svg class="sprite" aria-hidden="true" focusable="false">{symbols}</svg>')  # noqa: S704


def use(name: str, label: str = "") -> Markup:
    """A reference to a symbol of the sprite; without a label it is decoration beside its word."""
    shapes(name)
    if label:
        return Markup('<svg class="icon" role="img" aria-label="{}"><use href="#i-{}"></use></svg>').format(
            label, name
        )
    return Markup(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="#i-{}"></use></svg>'
    ).format(name)
