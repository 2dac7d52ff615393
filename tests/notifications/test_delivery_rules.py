"""How patiently a notice is sent, and what an answer of a mail server means for it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain.delivery import (
    LONGEST_PAUSE,
    Outcome,
    Patience,
    Result,
    Stage,
    after_failure,
    judge_answer,
)

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PATIENCE = Patience(timedelta(minutes=1), timedelta(hours=48))


@pytest.mark.parametrize(
    "stage, code, outcome",
    [
        (Stage.RECIPIENT, 450, Outcome.DEFERRED),
        (Stage.RECIPIENT, 550, Outcome.REFUSED),
        (Stage.TEXT, 451, Outcome.DEFERRED),
        (Stage.TEXT, 554, Outcome.REFUSED),
        # Our own configuration is at fault here: every notice would fail, so each waits for the repair.
        (Stage.SENDER, 530, Outcome.DEFERRED),
        (Stage.SENDER, 421, Outcome.DEFERRED),
    ],
)
def test_an_answer_is_judged_by_its_code_and_by_what_it_answers(
    stage: Stage, code: int, outcome: Outcome
) -> None:
    assert judge_answer(stage, code) == Result(outcome, code)


def test_pauses_double_and_stop_growing_at_four_hours() -> None:
    pauses = [PATIENCE.pause(attempts) for attempts in range(1, 12)]
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert pauses[-1] == LONGEST_PAUSE
    assert PATIENCE.pause(100_000) == LONGEST_PAUSE


def test_a_temporary_failure_is_tried_for_more_than_a_day() -> None:
    give_up_at, now, attempts = NOW + PATIENCE.horizon, NOW, 1
    while True:
        step = after_failure(
            Result(Outcome.DEFERRED, 451),
            attempts_in_round=attempts,
            now=now,
            give_up_at=give_up_at,
            patience=PATIENCE,
        )
        if step.state == "failed":
            break
        assert step.due_at > now
        now, attempts = step.due_at, attempts + 1
    assert now - NOW >= timedelta(hours=24)
    assert step.reason == "gave_up"
    assert attempts < 30


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.NO_ADDRESS, Outcome.UNUSABLE_ADDRESS])
def test_an_answer_about_this_address_ends_it_at_once(outcome: Outcome) -> None:
    step = after_failure(
        Result(outcome), attempts_in_round=1, now=NOW, give_up_at=NOW + PATIENCE.horizon, patience=PATIENCE
    )
    assert (step.state, step.reason) == ("failed", outcome.value)
