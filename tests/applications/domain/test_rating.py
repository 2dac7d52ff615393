"""Ratings: once, at the end, by the applicant, with what fits the level."""

import pytest

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.errors import (
    IllegalTransition,
    InvalidRequest,
    NotAllowed,
    OutcomeNotAllowed,
)
from services.applications.domain.mandates import must_reach
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    accepted,
    at,
    decide,
    delivered,
    later,
    only,
    then,
)
from tests.applications.domain.test_mandates import AGENT_ID

RATED_ON = at(later(6), APPLICANT)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_applicant_rates_a_delivered_case_and_it_stays_as_it_was(level: int) -> None:
    event = only(decide(delivered(), c.Rate(level, (), "0" * 64), RATED_ON))
    assert isinstance(event, e.Rated)
    case = then(delivered(), c.Rate(level), RATED_ON)
    assert case.rating is not None
    assert (case.rating.level, case.rating.rated_on) == (level, later(6))
    assert case.state is delivered().state


def test_a_filed_case_is_rated_too() -> None:
    filed = then(delivered(), c.CloseCase(), at(later(6)))
    assert then(filed, c.Rate(5, ("quick",)), RATED_ON).rating is not None


def test_a_case_is_rated_once() -> None:
    case = then(delivered(), c.Rate(1, ("rude",)), RATED_ON)
    with pytest.raises(OutcomeNotAllowed, match="already_rated"):
        decide(case, c.Rate(5), RATED_ON)


def test_nobody_rates_before_the_result_was_delivered() -> None:
    with pytest.raises(IllegalTransition):
        decide(accepted(), c.Rate(5), RATED_ON)


def test_the_staff_do_not_rate_themselves() -> None:
    with pytest.raises(NotAllowed):
        decide(delivered(), c.Rate(5), at(later(6), APPROVER))


@pytest.mark.parametrize(
    ("level", "tags"), [(0, ()), (6, ()), (1, ("quick",)), (5, ("rude",)), (3, ("unheard_of",))]
)
def test_what_does_not_fit_the_level_is_refused(level: int, tags: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest):
        decide(delivered(), c.Rate(level, tags), RATED_ON)


def test_an_agent_with_a_limited_mandate_does_not_rate_for_the_applicant() -> None:
    mandate = c.GiveMandate(AGENT_ID, later(3), None, ("supply",))
    case = then(accepted(), mandate, at(later(3), APPLICANT))
    with pytest.raises(NotAllowed, match="beyond_mandate"):
        must_reach(case, c.Rate(5), AGENT_ID, later(6))
