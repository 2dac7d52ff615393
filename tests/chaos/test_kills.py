"""Whoever sent something during the storm repeats it until it is acknowledged; afterwards all of it is there once.

With all of its effects, and nothing else is.
"""

import pytest

from tests.chaos.examination import faults
from tests.chaos.storm import Aftermath

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

# A mail room has two conversations, and one for retries: so many texts may be under way when it or the mail server dies.
MOST_MAILS_IN_DOUBT = 3
KILLS_OF_MAIL = ("notifications", "mailsink", "all at once")


def test_nothing_is_lost_and_nothing_is_there_twice(aftermath: Aftermath) -> None:
    assert faults(aftermath.evidence, aftermath.sent) == []


def test_who_repeats_a_request_after_all_this_gets_the_same_receipt(aftermath: Aftermath) -> None:
    assert len(aftermath.repeated) > 10
    assert [first for first, again in aftermath.repeated if first != again] == []


def test_a_kill_ends_nobody_else(aftermath: Aftermath) -> None:
    assert {r.killed: r.ended_too for r in aftermath.recoveries if r.ended_too} == {}


def test_the_load_was_steady_enough_to_prove_something(aftermath: Aftermath) -> None:
    assert len(aftermath.sent) > 10 * aftermath.seconds
    assert sum(one.by_mail for one in aftermath.sent) > 100
    assert {one.next_state for one in aftermath.sent} == {None, "WITHDRAWN", "CORRECTION_NOTICED"}


def test_few_mails_are_left_in_doubt(aftermath: Aftermath) -> None:
    """Only those whose text was on the line when the mail server or the mail room died."""
    doubtful = [row for row in aftermath.evidence.deliveries if row["state"] == "uncertain"]
    assert len(doubtful) <= len(KILLS_OF_MAIL) * MOST_MAILS_IN_DOUBT
