"""What the documents promise can be done, and where they point is something."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cli import COMMANDS
from deploy.local.home import ROOT
from services.gateway.app import API_PREFIX, create_api

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TARGETS = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
OPERATION = re.compile(rf"\b(GET|POST|DELETE) ({API_PREFIX}/[\w/{{}}-]+)")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def named(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.fixture(params=DOCUMENTS, ids=named)
def document(request: pytest.FixtureRequest) -> Path:
    chosen: Path = request.param
    return chosen


def anchors(document: Path) -> set[str]:
    """The headings, as the usual renderers make anchors of them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings} | set(
        re.findall(r'<a id="([^"]+)">', document.read_text("utf-8"))
    )


def broken_links(document: Path) -> Iterator[str]:
    for link in LINK.findall(document.read_text("utf-8")):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (document.parent / target).resolve() if target else document
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            yield link


def test_every_link_leads_somewhere(document: Path) -> None:
    assert list(broken_links(document)) == []


def test_every_make_target_that_is_named_exists(document: Path) -> None:
    # As a command: in backticks, or on an indented line of its own.
    named_targets = re.findall(r"(?:`|^ {4,})make ([a-z]+)", document.read_text("utf-8"), re.MULTILINE)

    assert set(named_targets) <= TARGETS


def test_every_tongban_command_that_is_named_exists(document: Path) -> None:
    called = re.findall(
        r"(?:`|^ {4,}|bin/)tongban ([a-z]+(?:-[a-z]+)*(?: [a-z][a-z-]+)?)",
        document.read_text("utf-8"),
        re.MULTILINE,
    )
    known = {command.name for command in COMMANDS}

    assert [words for words in called if words not in known and words.split()[0] not in known] == []


def test_every_operation_that_is_named_exists() -> None:
    api = create_api()
    named_operations = {
        found for document in DOCUMENTS for found in OPERATION.findall(document.read_text("utf-8"))
    }

    assert len(named_operations) > 8
    for method, path in named_operations:
        operation, _ = api.find(method, path)
        assert API_PREFIX + operation.path == path


def test_every_decision_is_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"

    listed = set(LINK.findall((folder / "README.md").read_text("utf-8")))

    assert listed == {page.name for page in folder.glob("*.md")} - {"README.md"}


def test_every_picture_that_is_kept_is_shown_somewhere() -> None:
    shown = {Path(link).name for document in DOCUMENTS for link in LINK.findall(document.read_text("utf-8"))}

    assert {file.name for file in (ROOT / "docs" / "pictures").iterdir()} <= shown


def test_both_readmes_lead_to_the_same_places() -> None:
    # A picture is taken in both languages; the English one has its own name.
    english, chinese = (
        {link.replace("-en.png", ".png") for link in LINK.findall((ROOT / name).read_text("utf-8"))}
        - {"README.md", "README.zh-CN.md"}
        for name in ("README.md", "README.zh-CN.md")
    )

    assert english == chinese
