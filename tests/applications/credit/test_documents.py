"""What the documents say about credit is what the programs do."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.local.home import ROOT
from services.applications.credit.lines import COLUMNS, KINDS, sort
from services.applications.credit.reader import read
from services.applications.credit.wire import Found, Question
from shared.privacy import BlindIndex
from tests.applications.credit.files import TODAY

PAGE = (ROOT / "docs" / "reference" / "credit-platform.md").read_text("utf-8")
GUIDE = (ROOT / "docs" / "guides" / "keeper.md").read_text("utf-8")
LIST = ROOT / "docs" / "guides" / "examples" / "credit-list.csv"


def example(name: str) -> Any:
    found = re.search(rf"<!-- {name} -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_the_example_of_a_question_is_one() -> None:
    question = Question.model_validate_json(json.dumps(example("question")))
    assert json.loads(question.model_dump_json()) == example("question")


def test_the_example_of_an_answer_is_one() -> None:
    found = Found.model_validate_json(json.dumps(example("answer")), strict=True)
    assert found.query_id == UUID(example("question")["query_id"])
    assert len(found.records) == 1


def test_the_example_file_is_right(secrets_dir: Path) -> None:
    people = BlindIndex.from_file(secrets_dir / "blind-index.key")
    sorted_lines = sort(read(LIST.read_bytes()), people, TODAY)
    assert sorted_lines.faults == ()
    assert len(sorted_lines.good) == 3


def test_every_column_and_kind_is_in_the_guide() -> None:
    for zh, *_, en in (names for names in COLUMNS.values()):
        assert f"| {zh} | `{en}` |" in GUIDE
    for kind in KINDS:
        assert kind in GUIDE
