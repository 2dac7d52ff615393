"""The rarer acts of a counter: what a clerk types for each is what its contract takes, and the engine lets a clerk do it."""

from uuid import UUID

import pytest

from services.applications.domain.transitions import TRANSITIONS
from services.gateway.counter.acts import ACTS, BY_NAME, Act, offered
from services.gateway.design import language
from services.gateway.design.typed import parse
from tests.gateway.test_progress import case

CASE = UUID(int=1)
TYPED = {
    "date": "2026-12-31",
    "long": "写明的事实",
    "paper": "A01-08",
    "party": str(UUID(int=2)),
    "agent.certificate_number": "341602199001010012",
    "certificate_number": "341602199001010012",
    "agent.certificate_type": "111",
    "certificate_type": "111",
    "agent.mobile": "13856700001",
    "mobile": "13856700001",
}


def typed(act: Act) -> dict[str, str]:
    """Something for every field: by its name, by its kind, or the first choice there is."""
    values = {}
    for field in act.fields:
        first = next(iter(field.choices), "某机关")
        values[field.name] = TYPED.get(field.name) or TYPED.get(field.kind) or first
    return values


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_what_is_typed_is_what_the_contract_takes(act: Act) -> None:
    model = act.method.request
    of_case = {
        "case_id": CASE,
        **({"expected_version": 3} if "expected_version" in model.model_fields else {}),
    }
    command = parse(model, {**act.shape(typed(act)), **of_case})
    assert command.case_id == CASE


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_a_clerk_may_do_it_somewhere_on_the_way_of_a_case(act: Act) -> None:
    name = "urge" if act is BY_NAME["urge_case"] else act.name
    assert any("clerk" in row.actors for row in TRANSITIONS if row.name == name)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_it_says_in_both_languages_what_it_does(act: Act) -> None:
    chinese = [act.words, act.consequence, act.done, *(field.label for field in act.fields)]
    language.speak(language.ENGLISH)
    try:
        assert not set(chinese) & {language._(text) for text in chinese}
    finally:
        language.speak(language.CHINESE)


def test_only_what_the_engine_allows_and_the_case_has_is_offered() -> None:
    found = case("IN_REVIEW", allowed=("urge", "request_hearing", "revoke_mandate", "confirm_supply"))
    assert [act.name for act in offered(found)] == ["urge_case"]
    assert offered(case("CLOSED", allowed=())) == []
