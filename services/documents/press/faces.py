"""The faces that documents are set in, and which characters they have.

A face is named by its file, `path` or `path#Family` for one of a collection, so that an office can put the fonts it has
a licence for in place of the free ones.  The layout engine sees these files and no other.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools.ttLib import TTCollection, TTFont

from services.documents.domain.form import Families, Paper, texts_of

ROLES = ("fangsong", "title", "hei", "kai")
_FAMILY_NAME, _TYPOGRAPHIC_FAMILY = 1, 16
# What is laid out but never drawn.
_NOT_DRAWN = frozenset("\n\r\t  \u200b\u2060\ufeff")


class FaceMissing(Exception):
    """A configured face is not there; documents can't be printed until it is."""


@dataclass(frozen=True)
class Face:
    """One face of a font file."""

    path: Path
    family: str
    characters: frozenset[int]

    @classmethod
    def open(cls, named: str) -> "Face":
        """The face behind `path` or `path#Family`."""
        file, _, family = named.partition("#")
        path = Path(file)
        if not path.is_file():
            raise FaceMissing(f"{file}: there is no such font file")
        for font in _fonts_in(path):
            names = {
                name.toUnicode()
                for name in font["name"].names
                if name.nameID in (_FAMILY_NAME, _TYPOGRAPHIC_FAMILY)
            }
            if not family or family in names:
                chosen = family or str(
                    font["name"].getDebugName(_TYPOGRAPHIC_FAMILY) or font["name"].getDebugName(_FAMILY_NAME)
                )
                return cls(path, chosen, frozenset(font.getBestCmap() or {}))
        raise FaceMissing(f"{file}: it holds no family {family}")


def _fonts_in(path: Path) -> Sequence[TTFont]:
    if path.suffix.lower() in (".ttc", ".otc"):
        fonts: Sequence[TTFont] = TTCollection(str(path), lazy=True).fonts
        return fonts
    return [TTFont(str(path), lazy=True)]


@dataclass(frozen=True, slots=True)
class Missing:
    """A character that no face has, and where it stands."""

    character: str
    place: str

    @property
    def code_point(self) -> str:
        """As Unicode writes it: U+2A6D6."""
        return f"U+{ord(self.character):04X}"


@dataclass(frozen=True)
class Faces:
    """The face of each role, and those that help out, in the order in which they are asked."""

    roles: Mapping[str, Face]
    more: tuple[Face, ...]

    @classmethod
    def open(cls, named: Mapping[str, str], more: Sequence[str]) -> "Faces":
        """The configured faces; raises `FaceMissing`."""
        return cls({role: Face.open(named[role]) for role in ROLES}, tuple(Face.open(one) for one in more))

    def stack(self, role: str) -> list[Face]:
        """The faces that may set a text of this role."""
        return list(dict.fromkeys([self.roles[role], self.roles["title"], self.roles["hei"], *self.more]))

    @cached_property
    def families(self) -> Families:
        """The families of each role as the stylesheet names them."""
        names = {role: [face.family for face in self.stack(role)] for role in ROLES}
        return Families(**names, number=names["title"])

    @cached_property
    def _characters(self) -> Mapping[str, frozenset[int]]:
        return {role: frozenset().union(*(face.characters for face in self.stack(role))) for role in ROLES}

    def missing(self, paper: Paper) -> Missing | None:
        """The first character that nothing here could draw."""
        for role, place, text in texts_of(paper):
            known = self._characters[role]
            for character in text:
                if ord(character) not in known and character not in _NOT_DRAWN:
                    return Missing(character, place)
        return None

    def write_configuration(self, folder: Path) -> Path:
        """A configuration of fontconfig that knows these files only; its path goes into FONTCONFIG_FILE."""
        fonts = folder / "fonts"
        fonts.mkdir(parents=True, exist_ok=True)
        for face in (*self.roles.values(), *self.more):
            place = hashlib.sha256(str(face.path).encode()).hexdigest()[:16]
            link = fonts / f"{place}{face.path.suffix}"
            if not link.exists():
                os.symlink(face.path.resolve(), link)
        file = folder / "fonts.conf"
        file.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
            f"<dir>{escape(str(fonts))}</dir><cachedir>{escape(str(folder / 'cache'))}</cachedir></fontconfig>",
            encoding="utf-8",
        )
        return file
