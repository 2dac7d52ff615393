"""Several credit sources taken together (§5.3(1), §5.4, §8.1): everybody's records count, and silence is no good record."""

from datetime import UTC, date, datetime

import pytest

from services.applications.domain.credit import CreditAnswer, CreditRecord, GradePolicy, taken_together

NINE, TEN = (datetime(2026, 9, 18, hour, tzinfo=UTC) for hour in (9, 10))
DEBTOR = CreditRecord("dishonest_debtor", "某名单", date(2026, 1, 5))
BROKEN = CreditRecord("broken_undertaking", "容缺承诺", date(2026, 2, 5))


def together(*answers: CreditAnswer):
    return taken_together(answers, GradePolicy())


def test_every_record_counts_once_and_the_oldest_answer_dates_the_whole():
    facts = together(
        CreditAnswer("local", TEN, records=(BROKEN,)), CreditAnswer("city", NINE, records=(DEBTOR, BROKEN))
    )
    assert (facts.source, facts.queried_at, facts.answered) == ("local+city", NINE, True)
    assert facts.records == (BROKEN, DEBTOR)
    assert facts.kinds == ("broken_undertaking", "dishonest_debtor")
    assert [answer.source for answer in facts.answers] == ["local", "city"]
    assert facts.silent == ()


def test_one_silent_source_leaves_the_question_open():
    facts = together(CreditAnswer("local", NINE), CreditAnswer("city", TEN, answered=False, fault="timeout"))
    assert not facts.answered
    assert facts.silent == ("city",)
    assert facts.closes("tolerance")
    assert facts.closes("commitment")


@pytest.mark.parametrize(
    ("grade", "closed"),
    [
        (None, ()),
        ("A", ()),
        ("B", ()),
        ("C", ("tolerance",)),
        ("D", ("tolerance", "commitment")),
    ],
)
def test_a_grade_closes_what_the_policy_says_and_nothing_more(grade, closed):
    facts = together(CreditAnswer("city", NINE, grade=grade, graded_on=date(2026, 5, 1)))
    assert (facts.grade, facts.closed_by_grade) == (grade, closed)
    assert [facts.closes("tolerance"), facts.closes("commitment")] == [
        "tolerance" in closed,
        "commitment" in closed,
    ]


def test_the_newest_evaluation_counts_and_of_one_day_the_worse():
    old = CreditAnswer("city", NINE, grade="D", graded_on=date(2026, 4, 1))
    new = CreditAnswer("province", NINE, grade="A", graded_on=date(2026, 5, 1))
    same_day = CreditAnswer("other", NINE, grade="C", graded_on=date(2026, 5, 1))
    undated = CreditAnswer("undated", NINE, grade="D")
    assert together(old, new).grade == together(new, old).grade == "A"
    assert together(new, same_day).grade == together(same_day, new).grade == "C"
    assert together(undated, new).grade == "A"
    assert together(CreditAnswer("local", NINE)).grade is None


def test_a_record_closes_both_routes():
    facts = together(CreditAnswer("local", NINE, records=(DEBTOR,)))
    assert facts.closes("tolerance")
    assert facts.closes("commitment")
