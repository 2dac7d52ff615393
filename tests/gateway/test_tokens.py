"""The tokens themselves: every pair of colours that meets on a page can be read, in each density and in the dark."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.gateway.design import assets

TOKENS = (assets.DESIGN / "css" / "tokens.css").read_text(encoding="utf-8")
# Text on its ground: at least 4.5:1.
TEXT_PAIRS = [
    ("ink", "ground"),
    ("ink", "second"),
    ("ink", "action-ground"),
    ("ink", "soon-ground"),
    ("ink", "late-ground"),
    ("ink", "done-ground"),
    ("quiet", "ground"),
    ("quiet", "second"),
    ("quiet", "action-ground"),
    ("quiet", "soon-ground"),
    ("action", "ground"),
    ("action", "second"),
    ("action", "action-ground"),
    ("action", "soon-ground"),
    ("action", "done-ground"),
    ("action-strong", "ground"),
    ("action-strong", "action-ground"),
    ("on-action", "action"),
    ("on-action", "action-strong"),
    ("done", "ground"),
    ("done", "done-ground"),
    ("soon", "ground"),
    ("soon", "soon-ground"),
    ("soon", "second"),
    ("late", "ground"),
    ("late", "late-ground"),
    ("late", "second"),
    ("ground", "ink"),
]
# Borders of controls and the focus ring: at least 3:1.
BORDER_PAIRS = [("border", "ground"), ("border", "second"), ("focus", "ground"), ("focus", "second")]


def themes() -> dict[str, dict[str, str]]:
    """The colours of each theme: what it does not say itself it has from the root."""
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
    root = dict(colours(light.split('[data-density="desk"]')[0]))
    elder = dict(colours(light.split('[data-view="elder"]')[1]))
    return {"light": root, "elder": root | elder, "dark": root | dict(colours(dark))}


def colours(css: str) -> Iterator[tuple[str, str]]:
    yield from re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", css)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    brighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "elder", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(theme: str, text: str, ground: str) -> None:
    known = themes()[theme]
    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "elder", "dark"])
@pytest.mark.parametrize(("border", "ground"), BORDER_PAIRS)
def test_borders_of_controls_are_seen(theme: str, border: str, ground: str) -> None:
    known = themes()[theme]
    assert contrast(known[border], known[ground]) >= 3


def test_the_red_of_documents_can_be_read_on_paper() -> None:
    assert contrast(themes()["light"]["document-red"], "#ffffff") >= 4.5


def test_components_take_their_colours_from_the_tokens() -> None:
    """Only paper is white and black whatever the theme: a document, and everything that is printed."""
    paper = {"document.css"}
    for sheet in sorted(Path(assets.DESIGN / "css" / "components").glob("*.css")):
        if sheet.name not in paper:
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text(encoding="utf-8")), sheet.name


def test_no_rule_stands_outside_the_layers() -> None:
    for sheet in sorted(Path(assets.DESIGN / "css").rglob("*.css")):
        outside = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        depth, top = 0, ""
        for letter in outside:
            depth += {"{": 1, "}": -1}.get(letter, 0)
            top += letter if depth == 0 and letter not in "}" else ""
        assert not re.sub(r"@layer (tokens|base|components|print)\s*", "", top).strip(), sheet.name
