"""The codes of the standard, on codes that are really in use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue.domain import codes

BOZHOU = "11341600762764234C"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("uscc", [BOZHOU, "11320700014252401B", "113400000029866277", "11510300008320973D"])
def test_credit_codes_in_use_are_valid(uscc: str) -> None:
    assert codes.uscc_is_valid(uscc)


@pytest.mark.parametrize(
    "uscc",
    [
        "",
        BOZHOU[:-1],
        BOZHOU + "0",
        BOZHOU.lower(),
        "11341600762764234D",  # another check character
        "11341600762764235C",  # another organisation code
        "1134160O762764234C",  # a letter O for a zero
        "11341600762764234Ç",
    ],
)
def test_a_wrong_credit_code_is_refused(uscc: str) -> None:
    assert not codes.uscc_is_valid(uscc)


@given(at=st.integers(0, 17), character=st.sampled_from(ALPHABET))
def test_a_credit_code_with_one_character_changed_is_refused(at: int, character: str) -> None:
    changed = BOZHOU[:at] + character + BOZHOU[at + 1 :]
    assert codes.uscc_is_valid(changed) == (changed == BOZHOU)


def test_the_organisation_code_inside_has_its_own_check() -> None:
    assert codes.organisation_code_is_valid("762764234")
    assert not codes.organisation_code_is_valid("762764235")
    assert not codes.organisation_code_is_valid("76276423")


@pytest.mark.parametrize("code", ["11320700014252401B3000180002002", "11341600762764234C3000180002002"])
def test_implementation_codes_in_use_are_valid(code: str) -> None:
    assert codes.implementation_code_is_valid(code)
    assert len(code) == 31


@pytest.mark.parametrize(
    "code",
    [
        "11341600762764234C7000180002002",  # level 7 is no exercise level of one body
        "11341600762764235C3000180002002",  # the credit code fails
        "11341600762764234C300018000200",
        "11341600762764234C300018000200\u0662",  # an Arabic digit
    ],
)
def test_a_wrong_implementation_code_is_refused(code: str) -> None:
    assert not codes.implementation_code_is_valid(code)


def test_a_handling_code_is_its_implementation_code_and_a_sequence() -> None:
    implementation = codes.implementation_code(BOZHOU, 3, "000180002002")
    assert codes.handling_code_is_valid(f"{implementation}01", implementation)
    assert not codes.handling_code_is_valid(f"{implementation}00", implementation)
    assert not codes.handling_code_is_valid(f"{implementation}001", implementation)
    assert not codes.handling_code_is_valid("9" * 33, implementation)


@pytest.mark.parametrize(
    "item_type,applied_for",
    [(f"{n:02}", n in {1, 5, 7, 8, 9, 10} or n >= 20) for n in range(100)] + [("1", False), ("xx", False)],
)
def test_only_types_handled_on_application_belong_in_the_catalogue(item_type: str, applied_for: bool) -> None:
    assert codes.is_on_application(item_type) is applied_for
