"""The table of transitions as a whole: every command in every state."""

import pytest

from services.applications.domain import commands as c
from services.applications.domain.decide import RULES
from services.applications.domain.errors import (
    IllegalTransition,
    InvalidRequest,
    NotAllowed,
    OutcomeNotAllowed,
)
from services.applications.domain.evolve import evolve
from services.applications.domain.state import FINAL_STATES, TERMINAL_STATES, State
from services.applications.domain.timers import timers_of
from services.applications.domain.transitions import BY_COMMAND, TRANSITIONS, allowed_commands, row_for
from tests.applications.domain.cases import (
    CALENDAR,
    CLEAN,
    at,
    decide,
    later,
)
from tests.applications.domain.tables import A_CASE_IN, A_COMMAND


def test_there_is_a_case_for_every_state_and_a_row_for_every_command():
    assert {state: make().state for state, make in A_CASE_IN.items()} == {state: state for state in A_CASE_IN}
    # A draft is kept at the edge: only its submission makes it a case.
    assert set(A_CASE_IN) == set(State) - {State.DRAFT}
    assert set(A_COMMAND) == set(RULES) == set(BY_COMMAND) - {c.Submit}


@pytest.mark.parametrize("state", A_CASE_IN)
@pytest.mark.parametrize("command", A_COMMAND, ids=lambda kind: kind.__name__)
def test_a_command_meets_only_the_states_of_its_row(state: State, command: type[c.Command]):
    row = row_for(state, command)
    case = A_CASE_IN[state]()
    if row is None:
        with pytest.raises(IllegalTransition, match="illegal_transition"):
            decide(case, A_COMMAND[command], at(later(4)))
        return
    try:
        events = decide(case, A_COMMAND[command], at(later(4), credit=CLEAN))
    except (OutcomeNotAllowed, NotAllowed, InvalidRequest):
        return
    for event in events:
        case = evolve(case, event)
    assert case.state in row.leads_to(state) or events == []


def test_terminal_states_offer_nothing_and_run_no_clock():
    everybody = frozenset().union(*(row.actors for row in TRANSITIONS))
    for state in FINAL_STATES:
        assert allowed_commands(state, everybody) == ()
    for state in TERMINAL_STATES:
        case = A_CASE_IN[state]()
        assert not any(clock.runs for clock in case.clocks)
        assert timers_of(case, CALENDAR) == ()
        assert case.due_on is None


def test_no_row_leads_to_a_decision_without_an_acceptance():
    accepting = {State.ACCEPTED, State.ACCEPTED_TOLERANT, State.ACCEPTED_DEEMED}
    reached, frontier = set(), {State.SUBMITTED}
    while frontier:
        state = frontier.pop()
        reached.add(state)
        steps = {to for row in TRANSITIONS if state in row.from_states for to in row.leads_to(state)}
        frontier |= steps - reached - accepting
    assert reached.isdisjoint({State.IN_REVIEW, State.DECIDED_GRANT, State.DECIDED_REFUSE, State.DELIVERED})
