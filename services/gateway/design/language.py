"""The language of a page.

Texts are written in Chinese where they are used, `_("…")`, and are found in the catalogues (`locales/`) by just that
text: a page in Chinese needs no catalogue to be whole, and an office that words something otherwise edits `zh_CN`.
"""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from babel.messages.pofile import read_po
from markupsafe import Markup, escape

CHINESE: Final = "zh-CN"
ENGLISH: Final = "en"
# As each language calls itself.
LANGUAGES: Mapping[str, str] = {CHINESE: "中文", ENGLISH: "English"}
LOCALES = Path(__file__).parent.parent / "locales"
_FOLDERS: Mapping[str, str] = {CHINESE: "zh_CN", ENGLISH: "en"}
_language: ContextVar[str] = ContextVar("language", default=CHINESE)


class Bilingual(Protocol):
    """What brings its own words in both languages: a fault, a reason, the name of an item."""

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


def speak(language: str) -> None:
    """From here on this request is answered in this language; one that we do not speak is answered in Chinese."""
    _language.set(language if language in LANGUAGES else CHINESE)


def language() -> str:
    """The language of this request: `zh-CN` or `en`."""
    return _language.get()


def _(text: str, /, **values: object) -> str:
    """The text in the language of this request, its `{places}` filled in; safe markup stays markup."""
    found = _catalogue(language()).get(text) or text
    if not values:
        return found
    if any(isinstance(value, Markup) for value in values.values()):
        return escape(found).format(**values)
    return found.format(**values)


def N_(text: str) -> str:
    """Marks a text for the catalogues that is only spoken later, as a row of a table."""
    return text


def said(words: Bilingual) -> str:
    """What brings both languages, in the one of this request."""
    return words.en or words.zh if language() == ENGLISH else words.zh


def spoken(thing: object, name: str) -> str:
    """A field that stands beside its English twin: `line|spoken("state")` is its `state_zh` or its `state_en`."""
    zh = getattr(thing, f"{name}_zh", None) or getattr(thing, name, None) or ""
    return chosen(zh, getattr(thing, f"{name}_en", None) or "")


def chosen(zh: str, en: str) -> str:
    """The one of two texts that this request understands."""
    return en or zh if language() == ENGLISH else zh


class Words(Mapping[str, str]):
    """A table of texts by their code; each is spoken in the language of whoever reads it."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, code: str) -> str:
        return _(self._texts[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Pairs(Mapping[str, str]):
    """A table of texts that come in both languages, Chinese first, in the one of whoever reads it."""

    def __init__(self, texts: Mapping[str, tuple[str, str]]) -> None:
        self._texts = texts

    def __getitem__(self, code: str) -> str:
        return chosen(*self._texts[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@cache
def _catalogue(spoken: str) -> Mapping[str, str]:
    """Every text of every room in this language, by its Chinese text."""
    texts: dict[str, str] = {}
    for file in sorted((LOCALES / _FOLDERS[spoken]).glob("*.po")):
        texts.update(_read(file))
    return texts


def _read(file: Path) -> Iterator[tuple[str, str]]:
    with file.open("rb") as source:
        for message in read_po(source):
            if (
                isinstance(message.id, str)
                and isinstance(message.string, str)
                and message.id
                and message.string
            ):
                yield message.id, message.string


def forget() -> None:
    """Read the catalogues again; for developers, whose files change under a running gateway."""
    _catalogue.cache_clear()


FILTERS: Mapping[str, Any] = {"said": said, "spoken": spoken}
