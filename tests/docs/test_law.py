"""Every rule of the law that binds stands in the code and in a test, under its number."""

import pytest

from deploy.local.home import ROOT
from deploy.reference import case_states, law
from services.applications.domain.state import State
from services.applications.domain.transitions import TRANSITIONS

CODE, TESTS = law.marks(ROOT / "services"), law.marks(ROOT / "tests")


@pytest.mark.parametrize("rule", [rule for rule in law.RULES if rule.binds], ids=lambda rule: rule.number)
def test_each_rule_that_binds_has_its_code_and_its_test(rule: law.Rule) -> None:
    assert CODE.get(rule.number), f"no code carries {rule.number}"
    assert TESTS.get(rule.number), f"no test carries {rule.number}"


def test_every_mark_names_a_rule_of_the_table() -> None:
    known = {rule.number for rule in law.RULES}
    assert set(CODE) | set(TESTS) <= known


def test_the_table_has_every_rule_of_the_licence_law_once() -> None:
    numbers = [rule.number for rule in law.RULES if rule.number.startswith("LIC")]
    assert numbers == [f"LIC-{number:02}" for number in range(1, 30)]
    assert [rule.number for rule in law.RULES if rule.number.startswith("§5.3")] == [
        f"§5.3({number})" for number in range(1, 10)
    ]


def test_the_picture_shows_every_state_and_the_table_every_transition() -> None:
    assert set(case_states.PLACES) == set(State)
    drawn, table = case_states.picture(), case_states.table()
    assert all(f">{state.value}<" in drawn for state in State)
    assert all(f"`{row.name}`" in table for row in TRANSITIONS)
