"""The whole engine walked at random: whatever is asked, by whomever and whenever, what the law never allows never happens.

`make test` walks about five thousand steps, `make test-long` a hundred thousand (`TONGBAN_MACHINE_STEPS`).
"""

import os
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.applications import records
from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.answering import submit
from services.applications.domain.case import Case
from services.applications.domain.clocks import Clock, OperationKind
from services.applications.domain.decide import decide
from services.applications.domain.errors import DomainError
from services.applications.domain.evolve import begin, evolve, fold
from services.applications.domain.materials import check_materials
from services.applications.domain.state import ACCEPTED_STATES, DECIDED_STATES, State
from services.applications.domain.timers import command_of, timers_of
from services.applications.domain.transitions import TRANSITIONS, row_for
from shared.deadlines import midnight_after
from tests.applications.domain import drawn
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CALENDAR,
    CASE_ID,
    CLERK,
    DEFAULT_ID,
    FRIDAY,
    ORGAN_HEAD,
    OTHER_CLERK,
    at,
    credit,
    submission,
)
from tests.applications.domain.tables import A_COMMAND

STEPS = int(os.environ.get("TONGBAN_MACHINE_STEPS", "5000"))
STEPS_OF_A_WALK = 50
# The eight of 行政许可法 Art 45.
EIGHT = frozenset(
    {"hearing", "bidding", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"}
)
OF_THE_ORGAN = ("statutory", "promised")
# The only events that may move a date by which the organ has to decide.
MOVING = (
    e.Accepted,
    e.ProcedureStarted,
    e.ProcedureProlonged,
    e.ProcedureEnded,
    e.DeadlineExtended,
    e.ClocksRecomputed,
)
BY_PEOPLE = tuple(row for row in TRANSITIONS if row.actors != {"system"} and row.command is not c.Submit)
KINDS = tuple(dict.fromkeys(row.command for row in BY_PEOPLE))

# What ends a walk, or says nothing about its way: otherwise few walks would come to a decision.
SELDOM = frozenset(
    {
        c.DeclareNotCompetent,
        c.DeclareNotRequired,
        c.Recuse,
        c.RequestRecusal,
        c.TerminateCase,
        c.Urge,
        c.VoidCase,
        c.Withdraw,
    }
)

_REVIEWING = (
    c.GiveOpinion,
    c.RecordSiteCheck,
    c.ConfirmSupply,
    c.TellHearingRights,
    c.WaiveHearing,
    c.Decide,
)
GOOD_FAITH: dict[State, tuple[type[c.Command], ...]] = {
    State.SUBMITTED: (c.Accept, c.AcceptTolerantly, c.RequestCorrection),
    State.CORRECTION_NOTICED: (c.Supply,),
    State.ACCEPTED_TOLERANT: (c.Supply, *_REVIEWING),
    State.ACCEPTED_DEEMED: (c.Supply, *_REVIEWING),
    State.ACCEPTED: _REVIEWING,
    State.IN_REVIEW: _REVIEWING,
    State.EXTENDED: _REVIEWING,
    State.SPECIAL_PROCEDURE: (c.EndProcedure,),
    State.DECIDED_GRANT: (c.IssueLicence, c.Deliver),
    State.DECIDED_REFUSE: (c.Deliver,),
    State.ISSUED: (c.Deliver,),
}

picks = st.integers(0, 2**16)
days = st.sampled_from((0, 0, 0, 0, 1, 1, 2, 3, 7, 30))
credits = st.sampled_from((credit(), credit(), credit(), credit("dishonest_debtor"), credit(answered=False)))
starts = st.sampled_from(
    (
        drawn.COMPLETE,
        drawn.COMPLETE,
        ("form", "plan", "copy"),
        ("form", "plan", "copy", "mandate"),
        ("form", "mandate"),
        (),
    )
)
# What was walked, to be looked at when the test is over.
reached: Counter[State] = Counter()
happened: Counter[str] = Counter()
steps_walked = 0


class CaseMachine(RuleBasedStateMachine):
    """One case, one day after the other."""

    case: Case

    @initialize(
        item=st.sampled_from(drawn.ITEMS),
        codes=starts,
        asks=st.booleans(),
        receiver=st.sampled_from((CLERK, OTHER_CLERK, APPLICANT)),
        known=credits,
    )
    def hand_in(self, item, codes, asks, receiver, known) -> None:
        self.on, self.item = FRIDAY, item
        event = submit(submission(*codes, asks=asks), at(self.on, receiver, item, known if asks else None))
        self.events: list[e.CaseEvent] = [event]
        self.case = begin(CASE_ID, event)

    @rule(pick=picks, person=picks, later=days, known=credits, seldom=st.integers(0, 19))
    def ask_for_what_the_table_offers(self, pick, person, later, known, seldom) -> None:
        self._sleep(later)
        offered = [row for row in BY_PEOPLE if self.case.state in row.from_states]
        rows = [row for row in offered if (row.command in SELDOM) == (seldom == 19)] or offered
        if not rows:
            return
        row = rows[pick % len(rows)]
        entitled = [one for one in drawn.PEOPLE if one.roles & row.actors] or list(drawn.PEOPLE)
        self._ask(row.command, entitled[person % len(entitled)], pick // len(rows), known)

    @rule(pick=picks, later=st.sampled_from((0, 1, 2)))
    def go_on_in_good_faith(self, pick, later) -> None:
        """What an office that keeps the law would do next, so that walks come far."""
        self._sleep(later)
        kinds = GOOD_FAITH.get(self.case.state, ())
        for kind in kinds[pick % len(kinds) :] if kinds else ():
            rows = [row for row in BY_PEOPLE if row.command is kind and self.case.state in row.from_states]
            apart = (
                [one for one in (APPROVER, CLERK, ORGAN_HEAD) if one.roles & rows[0].actors] if rows else []
            )
            version = self.case.version
            for person in apart:
                self._ask(kind, person, pick, credit())
                if self.case.version != version:
                    return

    @rule(kind=st.sampled_from(KINDS), pick=picks, person=st.sampled_from(drawn.PEOPLE), known=credits)
    def ask_for_anything(self, kind, pick, person, known) -> None:
        self._ask(kind, person, pick, known)

    @rule(later=st.sampled_from((1, 5, 20, 60, 400)))
    def let_time_pass(self, later) -> None:
        self._sleep(later)

    @rule()
    def count_again(self) -> None:
        if not self.case.terminal:
            self._apply(c.RecomputeClocks(), at(self.on, c.SYSTEM, self.item))

    # -- how a step is made --------------------------------------------------------------------------------

    def _ask(self, kind, person, pick, known) -> None:
        if kind not in A_COMMAND:
            return
        command = drawn.command(kind, self.case, self.item, self.on, pick, A_COMMAND)
        refusal: DomainError | None = None
        try:
            self._apply(command, at(self.on, person, self.item, known))
        except DomainError as error:
            refusal = error
        if refusal is None:
            assert person.id not in self.case.review.recused or kind is c.Recuse
        else:
            assert refusal.code
            assert refusal.zh
            assert refusal.en

    def _sleep(self, later: int) -> None:
        """Day after day, each timer in its order, as the service works them."""
        until = self.on + timedelta(days=later)
        for _ in range(200):
            due = sorted(timers_of(self.case, CALENDAR), key=lambda timer: (timer.due_at, timer.kind))
            ripe = [
                timer for timer in due if timer.due_at < midnight_after(until) and timer not in self._fired
            ]
            if not ripe:
                break
            self._fired.add(ripe[0])
            day = max(self.on, (ripe[0].due_at + timedelta(hours=8)).date())
            self._apply(command_of(ripe[0].kind, DEFAULT_ID), at(day, c.SYSTEM, self.item))
        self.on = until

    @property
    def _fired(self) -> set:
        return self.__dict__.setdefault("_fired_timers", set())

    def _apply(self, command: c.Command, facts) -> None:
        global steps_walked
        steps_walked += 1
        before = self.case
        events = decide(before, command, facts)
        row = row_for(before.state, type(command))
        assert row is not None
        for event in events:
            must_hold_of(event, self.case, self.item)
            moved = evolve(self.case, event)
            the_organs_time_moves_only_by_law(self.case, moved, event)
            self.case = moved
            self.events.append(event)
            happened[type(event).__name__] += 1
        assert not events or self.case.state in row.leads_to(before.state), (command, before.state)
        reached[self.case.state] += 1

    # -- what must hold after each step --------------------------------------------------------------------

    @invariant()
    @precondition(lambda self: hasattr(self, "case"))
    def no_clock_runs_twice_and_none_of_a_closed_case(self) -> None:
        running = [clock for clock in self.case.clocks if clock.runs]
        assert len({clock.name for clock in running}) == len(running)
        if self.case.terminal:
            assert not running
            assert timers_of(self.case, CALENDAR) == ()
            assert self.case.due_on is None

    @invariant()
    @precondition(lambda self: hasattr(self, "case"))
    def the_promise_is_never_later_than_the_statute(self) -> None:
        statutory, promised = self.case.clock("statutory"), self.case.clock("promised")
        if statutory and promised:
            assert promised.due_on <= statutory.due_on

    @invariant()
    @precondition(lambda self: hasattr(self, "case"))
    def time_is_excluded_only_for_the_eight_procedures_as_they_were_told(self) -> None:
        assert {one.kind for one in self.case.procedures} <= EIGHT
        for clock in self.case.clocks:
            for left_out in (one for one in clock.entries if one.kind is OperationKind.EXCLUDE):
                assert clock.name in OF_THE_ORGAN
                assert any(
                    told.first_on <= left_out.first_on <= left_out.last_on <= told.told_until
                    for told in self.case.procedures
                ), left_out

    @invariant()
    @precondition(lambda self: hasattr(self, "case"))
    def the_time_to_decide_is_extended_once_at_most(self) -> None:
        assert sum(isinstance(event, e.DeadlineExtended) for event in self.events) <= 1

    @invariant()
    @precondition(lambda self: hasattr(self, "case"))
    def what_is_decided_was_accepted(self) -> None:
        if self.case.state in ACCEPTED_STATES | DECIDED_STATES | {
            State.ISSUED,
            State.DELIVERED,
            State.CLOSED,
        }:
            assert self.case.accepted_on is not None
        if self.case.basis == "deemed":
            assert self.case.accepted_on == self.case.received_on

    def teardown(self) -> None:
        if not hasattr(self, "case"):
            return
        assert fold(CASE_ID, self.events) == self.case
        assert self.case.version == len(self.events)
        written = [(type(event).__name__, *records.event_to_json(event)) for event in self.events]
        read = [
            records.event_from_record(name, records.SCHEMA_VERSIONS[name], records.parse(text))
            for name, text, _ in written
        ]
        assert fold(CASE_ID, read) == self.case
        assert records.case_from_record(records.parse(records.case_to_json(self.case))) == self.case


def must_hold_of(event: e.CaseEvent, case: Case, item) -> None:
    """What must be true of the case at the moment when this happens to it."""
    check = check_materials(item, case.supplied_codes, case.defects)
    match event:
        case e.Accepted(basis="ordinary"):
            assert check.complete
        case e.Accepted(basis="tolerant"):
            assert not check.main_lacking
            assert case.asks_tolerance
            assert case.undertaking_signed
            assert event.supply is not None
            assert event.supply.due_on < event.promised.due_on
        case e.Decided(result="grant"):
            assert not check.main_lacking
            assert check.complete or item.tolerance.decision_before_completion
            no_procedure_and_no_hearing_is_open(case)
        case e.MandateGiven():
            assert not case.terminal
    if isinstance(event, e.Decided):
        assert event.decided_by not in case.handled_by
        assert event.decided_by not in case.review.recused
        assert case.state in ACCEPTED_STATES


def no_procedure_and_no_hearing_is_open(case: Case) -> None:
    assert not any(procedure.runs for procedure in case.procedures)
    hearing = case.hearing
    if hearing and (hearing.requested_on or hearing.called_on):
        assert hearing.held_on or hearing.closed_because


def the_organs_time_moves_only_by_law(before: Case, after: Case, event: e.CaseEvent) -> None:
    """Waiting for tolerated papers, a site visit or an internal step never stops a clock (行政许可法 45)."""
    if isinstance(event, MOVING):
        return
    for name in OF_THE_ORGAN:
        assert _date_of(before.clock(name)) == _date_of(after.clock(name)), type(event).__name__


def _date_of(clock: Clock | None) -> date | None:
    return None if clock is None else clock.due_on


@pytest.mark.timeout(3600)
def test_what_the_law_never_allows_never_happens() -> None:
    global steps_walked
    steps_walked = 0
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=max(1, STEPS // 12),
            stateful_step_count=STEPS_OF_A_WALK,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert steps_walked >= STEPS
    print(f"\n{steps_walked} steps; {len(reached)} states; {dict(happened.most_common())}")
