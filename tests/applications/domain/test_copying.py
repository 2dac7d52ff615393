"""Copies are what `dataclasses.replace` makes, of every value that the rules copy."""

import dataclasses
from datetime import date

import pytest

from services.applications.domain.copying import replace
from tests.applications.domain.cases import accepted, tolerated


def test_a_copy_is_what_the_constructor_would_make() -> None:
    case = tolerated()
    assert replace(case, version=9) == dataclasses.replace(case, version=9)
    assert replace(case) == case
    assert replace(case) is not case
    clock = case.clocks[-1]
    stopped = date(2026, 9, 30)
    assert replace(clock, stopped_on=stopped) == dataclasses.replace(clock, stopped_on=stopped)
    assert hash(replace(clock)) == hash(clock)


def test_the_original_stays_as_it_was() -> None:
    case = accepted()
    before = case.version
    replace(case, version=before + 1)
    assert case.version == before
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(case).version = 1  # type: ignore[misc]  # that is the point


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        replace(accepted(), colour="red")  # type: ignore[call-arg]  # that is the point
