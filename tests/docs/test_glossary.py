"""The glossary says how official words are called in the code; a name that does not exist there would mislead."""

import re
from collections.abc import Iterator

from deploy.local.home import ROOT
from services.applications.domain.documents import KINDS
from services.applications.domain.state import STATE_NAMES
from services.gateway.design.words import ROLES
from shared.identity import Role

GLOSSARY = ROOT / "docs" / "glossary.md"


def rows(heading: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """Official word, English, names in code; of one section, or of all."""
    inside = not heading
    for line in GLOSSARY.read_text("utf-8").splitlines():
        if line.startswith("## ") and heading:
            inside = heading in line
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if inside and line.startswith("|") and not line.startswith("|---") and cells[2] != "in code":
            yield cells[0], cells[1], re.findall(r"`([^`]+)`", cells[2])


def test_every_name_in_the_glossary_exists_in_the_code() -> None:
    sources = [
        file
        for root in ("services", "shared")
        for file in (ROOT / root).rglob("*")
        if file.suffix in {".py", ".sql"}
    ]
    known = {word for file in sources for word in re.findall(r"\w+", file.read_text("utf-8"))}

    named = {name for _, _, names in rows() for name in names}

    assert len(named) > 100
    assert named <= known, sorted(named - known)


def test_every_row_names_something() -> None:
    assert [official for official, _, names in rows() if not names] == []


def test_states_are_called_as_the_domain_calls_them() -> None:
    listed = {names[0]: (official, english) for official, english, names in rows("States")}

    assert listed == {state.value: words for state, words in STATE_NAMES.items()}


def test_formal_documents_bear_their_titles() -> None:
    listed = {names[0]: (official, english) for official, english, names in rows("Formal documents")}

    assert listed == {kind.name: (kind.title, kind.title_en) for kind in KINDS.values()}


def test_people_are_called_as_the_pages_call_them() -> None:
    listed = {names[0].lower(): official for official, _, names in rows("People")}

    assert listed == dict(ROLES)
    assert set(listed) == {role.value for role in Role}
