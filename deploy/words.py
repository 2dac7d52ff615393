"""Brings the catalogues of texts up to date: `python -m deploy.words [ROOM…]`, and says which texts lack English.

Each room of the gateway has a catalogue of its own in `services/gateway/locales`; what stands beside the rooms is
`gateway`.  Texts that are no longer used are dropped; a new one is Chinese at once and waits for its English.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

GATEWAY = Path(__file__).parent.parent / "services" / "gateway"
LOCALES = GATEWAY / "locales"
KEYWORDS = {"_": None, "N_": None}
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}


def rooms() -> list[str]:
    """Every part of the gateway with a catalogue of its own."""
    folders = [folder.name for folder in GATEWAY.iterdir() if (folder / "__init__.py").is_file()]
    return ["gateway", *sorted(folders)]


def texts_of(room: str) -> Iterator[tuple[str, str]]:
    """Each text of this room with the file that says it."""
    folder = GATEWAY if room == "gateway" else GATEWAY / room
    files = folder.glob("*.py") if room == "gateway" else folder.rglob("*.*")
    for file in sorted(files):
        if (method := METHODS.get(file.suffix)) is None:
            continue
        with file.open("rb") as source:
            for _, text, _, _ in extract(method, source, KEYWORDS, options={"silent": "false"}):
                if isinstance(text, str):
                    yield text, file.relative_to(GATEWAY).as_posix()


CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What a template says through the catalogues, or does not say at all.
# The name of a law is its name in every language: `c.law("行政许可法", "32")`.
_SPOKEN = re.compile(
    r"""\{#.*?#\}|\{%-?\s*trans.*?endtrans\s*-?%\}|\b(?:_|law)\(\s*(?:"[^"]*"|'[^']*')""", re.DOTALL
)
# Calls whose texts are marked, or come in both languages side by side.
_BILINGUAL = frozenset(
    {
        "_",
        "N_",
        "chosen",
        "Fault",
        "Problem",
        "KnownProblem",
        "Reason",
        "Refused",
        "InvalidRequest",
        "FieldError",
        "Text",
    }
)


def hard_coded(room: str) -> Iterator[str]:
    """Chinese that a template or a page's module says past the catalogues: `file:line: text`."""
    folder = GATEWAY if room == "gateway" else GATEWAY / room
    for file in sorted(folder.rglob("*.html") if room != "gateway" else ()):
        yield from _hard_coded_in_template(file)
    for file in sorted(folder.glob("*.py") if room == "gateway" else folder.rglob("*.py")):
        if "design.language import" in file.read_text(encoding="utf-8"):
            yield from _hard_coded_in_module(file)
    for file in sorted(folder.rglob("*.js") if room != "gateway" else ()):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if CHINESE.search(line.partition("//")[0]) and "vendor" not in file.parts:
                yield f"{file.relative_to(GATEWAY)}:{number}: {line.strip()}"


def _hard_coded_in_template(file: Path) -> Iterator[str]:
    text = _SPOKEN.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), file.read_text(encoding="utf-8"))
    for number, line in enumerate(text.splitlines(), 1):
        if CHINESE.search(line):
            yield f"{file.relative_to(GATEWAY)}:{number}: {line.strip()}"


def _hard_coded_in_module(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    spoken: set[int] = set()
    for node in ast.walk(tree):
        if (isinstance(node, ast.Call) and _name_of(node.func) in _BILINGUAL) or (
            isinstance(node, ast.keyword) and node.arg in ("zh", "description", "summary")
        ):
            spoken |= {id(part) for part in ast.walk(node)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            spoken.add(id(node.value))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in spoken:
            continue
        if CHINESE.search(node.value):
            yield f"{file.relative_to(GATEWAY)}:{node.lineno}: {node.value}"


def _name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def catalogue_file(language: str, room: str) -> Path:
    return LOCALES / language / f"{room}.po"


def read(language: str, room: str) -> Catalog:
    """The catalogue as it is kept; an empty one for a new room."""
    file = catalogue_file(language, room)
    if not file.is_file():
        return Catalog(locale=language, fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=language)


def updated(language: str, room: str) -> Catalog:
    """The catalogue with exactly the texts that are used now."""
    before, now = read(language, room), Catalog(locale=language, fuzzy=False)
    for text, file in texts_of(room):
        kept = before.get(text)
        said = kept.string if kept is not None and isinstance(kept.string, str) else ""
        now.add(text, said or (text if language == "zh_CN" else ""), locations=[(file, 0)])
    return now


def lacking(language: str, room: str) -> list[str]:
    """The texts that are used and not yet in this catalogue."""
    known = read(language, room)
    return [
        text
        for text in dict(texts_of(room))
        if (found := known.get(text)) is None or not isinstance(found.string, str) or not found.string
    ]


def write(language: str, room: str) -> None:
    """Write the catalogue without dates and line numbers, so that it changes only when a text does."""
    # Put together before the file is opened for writing, which empties it.
    catalogue, file = updated(language, room), catalogue_file(language, room)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, catalogue, width=120, omit_header=True, include_lineno=False)


def main(arguments: list[str]) -> int:
    """Write the catalogues and name what lacks English."""
    missing = 0
    for room in arguments or rooms():
        for language in ("zh_CN", "en"):
            write(language, room)
        for text in lacking("en", room):
            missing += 1
            print(f"{room}: {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
