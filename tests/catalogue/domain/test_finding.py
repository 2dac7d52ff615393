"""The index loses nothing that the ranking would accept, and what is not meant is not found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue.domain.finding import (
    Known,
    MatchKind,
    Phrase,
    asked_keys,
    fold,
    keys_of,
    match,
    similar,
    similar_keys,
    terms_of,
)

NAME = Phrase("人防工程平时使用", ("ren", "fang", "gong", "cheng", "ping", "shi", "shi", "yong"))
EVERYDAY = Phrase("车位", ("che", "wei"))
ITEM = Known(
    ("a08", "08", "8"), NAME, (EVERYDAY,), ("use", "of", "works"), "使用人防工程的单位领取平时使用证"
)
KEYS = keys_of(ITEM)


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """Some characters of the name in a row, each written out, by its reading or by the beginning of that."""
    start = draw(st.integers(0, len(NAME.text) - 1))
    end = draw(st.integers(start + 1, len(NAME.text)))
    parts = [
        draw(st.sampled_from([NAME.readings[at][:length] for length in range(1, len(NAME.readings[at]) + 1)]))
        for at in range(start, end)
    ]
    return "".join(parts)


@given(spellings())
def test_every_way_to_spell_a_part_of_the_name_is_found_through_its_keys(typed: str) -> None:
    assert match([typed], ITEM) is not None
    assert asked_keys(typed) <= KEYS


@given(st.integers(0, 7), st.integers(1, 8))
def test_every_part_of_the_name_is_found_through_its_keys(start: int, length: int) -> None:
    part = NAME.text[start : start + length]
    found = match([part], ITEM)
    assert found is not None
    assert asked_keys(part) <= KEYS


@given(st.text(max_size=100))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    terms = terms_of(typed)
    if terms:
        match(terms, ITEM)
        similar(terms, tuple("".join(terms)), ITEM)


@pytest.mark.parametrize("typed", ["rfgd", "renfand", "angong", "rfgcpssyd", "车库", "gcrf"])
def test_letters_that_spell_no_part_are_no_match(typed: str) -> None:
    assert match([typed], ITEM) is None


@pytest.mark.parametrize(
    "better,worse",
    [
        ("a08", "人防"),
        ("人防", "车位"),
        ("车位", "平时"),
        ("平时", "车"),
        ("车", "rf"),
        ("rf", "gc"),
        ("gc", "领取"),
    ],
)
def test_what_is_nearer_to_the_name_ranks_higher(better: str, worse: str) -> None:
    first, second = match([better], ITEM), match([worse], ITEM)
    assert first is not None
    assert second is not None
    assert first.rank < second.rank


@pytest.mark.parametrize(
    "typed,readings",
    [
        ("仁方", ("ren", "fang")),
        ("renfnaggong", tuple("renfnaggong")),
        ("rebfanggong", tuple("rebfanggong")),
        ("pingsishi", tuple("pingsishi")),
        ("人工时用", ("ren", "gong", "shi", "yong")),
    ],
)
def test_a_slip_is_forgiven(typed: str, readings: tuple[str, ...]) -> None:
    assert match([typed], ITEM) is None
    found = similar([typed], readings, ITEM)
    assert found is not None
    assert found.kind is MatchKind.SIMILAR
    assert similar_keys(typed, readings) & KEYS


def test_two_slips_are_not() -> None:
    assert similar(["rebfnag"], tuple("rebfnag"), ITEM) is None


def test_width_case_spaces_and_marks_do_not_matter() -> None:
    assert fold("Ａ－０８ ") == fold("a-08") == "a08"
    assert terms_of(" 人防，工程\t车位 。") == ("人防工程", "车位")
