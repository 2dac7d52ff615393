"""The page form of a formal document (GB/T 9704-2012): lines in, HTML for the layout engine out.

A4; type area 156 × 225 mm, 37 mm below the upper and 28 mm right of the left edge; 22 lines of 28 characters in 3号
Fangsong; title in 2号 Song; number and organ above the red line; date four characters from the right with the organ
centred over it, where the seal lies; page number `— 1 —` outside at the bottom.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

# Undertaking and commitment are the applicant's own papers: no red head, no seal of the organ.
WITHOUT_HEAD = frozenset({"undertaking", "commitment"})
CHARACTERS_A_LINE = 28
TYPE_AREA_WIDTH_MM = 156
# 2号 is 22 pt: so many of its characters stand in one line of the title.
TITLE_CHARACTERS = 20
RIGHT_OF_DATE = 4
INDENT = 2
SPARED_BY_TIGHTENING = 1.2
LARGEST_ORGAN_MM = 12.0

HEAD_STYLES = ("title", "number")
FOOT_STYLES = ("signature", "date")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was sealed; `style` says how it is set."""

    style: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that stands on the pages of one document."""

    document_id: str
    kind: str
    title: str
    number: str
    organ: str
    issued_on: str
    lines: tuple[Line, ...]
    verify_url: str


@dataclass(frozen=True, slots=True)
class Families:
    """The font families of each role, the first that has a character sets it."""

    fangsong: Sequence[str]
    title: Sequence[str]
    hei: Sequence[str]
    kai: Sequence[str]
    number: Sequence[str]


# Which role sets a style; everything else is set as the text is.
ROLE_OF_STYLE: Mapping[str, str] = {
    "title": "title",
    "heading": "hei",
    "subheading": "kai",
    "note": "kai",
}

VERIFY_WORDS = ("扫码核验本文书", "本文书已数字签名，内容改动即失效。核验地址：")


def texts_of(paper: Paper) -> list[tuple[str, str, str]]:
    """Everything that will be printed, each with the role that sets it and the place it stands in, for the check of glyphs."""
    texts = [
        (ROLE_OF_STYLE.get(line.style, "fangsong"), line.style, f"{line.label}：{line.text}")
        for line in paper.lines
    ]
    head = [
        ("title", "organ", paper.organ),
        ("title", "title", paper.title),
        ("fangsong", "number", paper.number),
    ]
    return [*head, *texts, *(("fangsong", "check", words) for words in (*VERIFY_WORDS, paper.verify_url))]


def html_of(paper: Paper, families: Families, qr_svg_data: str) -> str:
    """The whole document as one page of HTML."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="zh-CN"><head><meta charset="utf-8">',
            f"<title>{escape(paper.title)} {escape(paper.number)}</title>",
            f'<meta name="author" content="{escape(paper.organ)}">',
            # The file is the same to the byte whenever it is made again before it was kept.
            f'<meta name="dcterms.created" content="{escape(paper.issued_on)}">',
            f"<style>{stylesheet(families)}</style></head><body>",
            *_check(paper, qr_svg_data),
            *_head(paper),
            *_body(paper),
            *_foot(paper),
            "</body></html>",
        ]
    )


def _head(paper: Paper) -> list[str]:
    title = f'<h1 class="title">{escape(paper.title)}</h1>'
    number = f'<p class="number">{escape(paper.number)}</p>'
    if paper.kind in WITHOUT_HEAD:
        return [title, number]
    size = min(LARGEST_ORGAN_MM, TYPE_AREA_WIDTH_MM / max(len(paper.organ), 1))
    return [
        f'<p class="organ" style="font-size: {size:.2f}mm">{escape(paper.organ)}</p>',
        number,
        '<div class="red-line"></div>',
        title,
    ]


def _body(paper: Paper) -> list[str]:
    return [_paragraph(line) for line in paper.lines if line.style not in (*HEAD_STYLES, *FOOT_STYLES)]


def _paragraph(line: Line) -> str:
    label = ""
    if line.label:
        label = f"{line.label}．" if line.style == "item" else f"{line.label}："
    text = f"{label}{line.text}"
    return f'<p class="{escape(line.style)}{_tightened(line, text)}">{escape(text)}</p>'


def _tightened(line: Line, text: str) -> str:
    # A case number is just too long for its line, and looks lost alone on the next one.
    is_just_too_long = CHARACTERS_A_LINE < width(text) + INDENT <= CHARACTERS_A_LINE + SPARED_BY_TIGHTENING
    return " tight" if line.style == "field" and is_just_too_long else ""


def _foot(paper: Paper) -> list[str]:
    foot = [line for line in paper.lines if line.style in FOOT_STYLES]
    if not foot:
        return []
    date = next((line.text for line in foot if line.style == "date"), "")
    middle = RIGHT_OF_DATE + width(date) / 2
    lines = [
        # The organ stands centred over the date, and the seal over both; a long name never leaves the type area.
        f'<p style="padding-right: {max(0.0, middle - width(line.text) / 2):.2f}em">{escape(line.text)}</p>'
        for line in foot
    ]
    return ['<div class="foot">', *lines, "</div>"]


def width(text: str) -> float:
    """How wide the text is in characters; what is not Chinese takes about half of one."""
    return sum(1.0 if ord(character) > 0x2E7F else 0.5 for character in text)


def _check(paper: Paper, qr_svg_data: str) -> list[str]:
    call, explanation = VERIFY_WORDS
    return [
        '<div class="check">',
        f'<img src="{qr_svg_data}" alt="二维码：{call} {escape(paper.verify_url)}">',
        f"<p><b>{call}</b><br>{explanation}<br>{escape(paper.verify_url)}</p>",
        "</div>",
    ]


def stylesheet(families: Families) -> str:
    """The measures of GB/T 9704 as CSS."""
    named = {
        role: ", ".join(f'"{family}"' for family in getattr(families, role))
        for role in ("fangsong", "title", "hei", "kai", "number")
    }
    return (
        _STYLESHEET.replace("{", "{{")
        .replace("}", "}}")
        .replace("<<", "{")
        .replace(">>", "}")
        .format(**named)
    )


_STYLESHEET = """
@page { size: 210mm 297mm; margin: 37mm 26mm 35mm 28mm; }
/* 4号 half-width Song, 7 mm below the type area, one character from the outer edge. */
@page :right { @bottom-right { content: "— " counter(page) " —"; font: 14pt <<number>>; vertical-align: top;
  padding: 7mm 14pt 0 0; } }
@page :left { @bottom-left { content: "— " counter(page) " —"; font: 14pt <<number>>; vertical-align: top;
  padding: 7mm 0 0 14pt; } }
/* 3号: 28 characters fill the line, 22 lines the page. */
html { font: 5.5714mm/10.2272mm <<fangsong>>; color: #000; }
body { margin: 0; }
p, h1, div { margin: 0; padding: 0; font-weight: normal; overflow-wrap: anywhere; }
p { orphans: 2; widows: 2; }
.organ { font-family: <<title>>; font-weight: bold; color: #c8102e; text-align: center; line-height: 20.4544mm;
  white-space: nowrap; }
.number { text-align: center; }
.red-line { border-bottom: 0.7mm solid #c8102e; height: 3.3mm; margin-bottom: 6.2mm; }
.title { font: bold 22pt/12mm <<title>>; text-align: center; margin-bottom: 8.4mm; text-wrap: balance;
  break-after: avoid; }
h1.title + .number { margin-bottom: 10.2272mm; }
.text, .item, .field, .remedy, .note { text-indent: 2em; text-align: justify; }
.tight { letter-spacing: -0.03em; }
.heading { font-family: <<hei>>; text-indent: 2em; break-after: avoid; }
.subheading { font-family: <<kai>>; text-indent: 2em; break-after: avoid; }
.note { font-family: <<kai>>; }
/* One line free: the seal, four centimetres wide and centred over the date, begins within it. */
.foot { break-before: avoid; break-inside: avoid; margin-top: 10.2272mm; text-align: right; }
/* Below the type area of the first page, opposite the page number. */
.check { position: running(check); width: 110mm; }
.check img { float: left; width: 21mm; height: 21mm; }
.check p { margin-left: 23mm; padding-top: 4mm; font: 8pt/12pt <<fangsong>>; text-align: left; }
@page :first { @bottom-left { content: element(check); width: 110mm; vertical-align: top; padding-top: 3mm; } }
"""
