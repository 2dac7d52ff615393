"""The whole engine walked at random: whatever is asked, by whomever and whenever, what the law never allows never happens.

`make test` walks at least five thousand steps, `make test-long` a hundred thousand (`TONGBAN_MACHINE_STEPS`).  Half of
the walks are drawn by hypothesis, which can shrink what it finds; the others are curious: of everything that the table
offers they take what was seen least, until every state was reached, every event happened and every document was drawn
up.  What must hold stands in `invariants.py`, how a step is made in `walking.py`.
"""

import os
import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.applications.domain import commands as c
from services.applications.domain.commands import By
from services.applications.domain.credit import CreditFacts
from services.applications.domain.decide import decide
from services.applications.domain.documents import KINDS
from services.applications.domain.drafting import drafts
from services.applications.domain.errors import DomainError
from services.applications.domain.events import EVENT_TYPES, CaseEvent
from services.applications.domain.evolve import evolve
from services.applications.domain.item import Item
from services.applications.domain.state import ACCEPTED_STATES, FINAL_STATES, State
from services.applications.domain.transitions import TRANSITIONS, Transition
from tests.applications.domain import drawn
from tests.applications.domain.cases import APPLICANT, APPROVER, CLERK, ORGAN_HEAD, OTHER_CLERK, credit
from tests.applications.domain.tables import A_COMMAND
from tests.applications.domain.walking import ORGAN, SECRETS, Seen, Walk, begun

STEPS = int(os.environ.get("TONGBAN_MACHINE_STEPS", "5000"))
# With fewer steps (mutation testing) nobody expects that everything is seen.
ENOUGH_FOR_ALL = 5000
# The curious walks go on until all was seen, which another order of walks or a new rule makes take longer.  Something
# that is still missing after so many steps can't be reached.
MOST_CURIOUS_STEPS = 40 * STEPS
STEPS_OF_A_WALK = 50
BY_PEOPLE = tuple(row for row in TRANSITIONS if row.actors != {"system"} and row.command is not c.Submit)
KINDS_OF_COMMANDS = tuple(dict.fromkeys(row.command for row in BY_PEOPLE))

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
    State.ACCEPTED_TOLERANT: (c.Supply, c.GrantBeforeCompletion, *_REVIEWING),
    State.ACCEPTED_DEEMED: (c.Supply, *_REVIEWING),
    State.ACCEPTED: _REVIEWING,
    State.IN_REVIEW: _REVIEWING,
    State.EXTENDED: _REVIEWING,
    State.SPECIAL_PROCEDURE: (c.EndProcedure,),
    State.DECIDED_GRANT: (c.IssueLicence, c.Deliver),
    State.DECIDED_REFUSE: (c.Deliver,),
    State.ISSUED: (c.Deliver,),
    State.DELIVERED: (c.RecordPostCheck, c.Supply, c.ConfirmSupply, c.HearLicensee),
    State.CLOSED: (c.HearLicensee, c.RevokeLicence, c.WithdrawLicence),
}

picks = st.integers(0, 2**16)
days = st.sampled_from((0, 0, 0, 0, 1, 1, 2, 3, 7, 30))
credits = st.sampled_from((credit(), credit(), credit(), credit("dishonest_debtor"), credit(answered=False)))
MISSING_CAD = ("form", "plan", "copy", "mandate")
STARTS: tuple[tuple[str, ...], ...] = (
    drawn.COMPLETE,
    drawn.COMPLETE,
    ("form", "plan", "copy"),
    MISSING_CAD,
    ("form", "plan", "mandate", "cad"),
    ("form", "mandate"),
    (),
)
ABOUT = ("", "", "", "renewal", "change")
# Everything that was walked, to be looked at when the test is over.
seen = Seen()


class CaseMachine(RuleBasedStateMachine):
    """One case, one day after the other."""

    walk: Walk

    @initialize(
        item=st.sampled_from(drawn.ITEMS),
        codes=st.sampled_from(STARTS),
        asks=st.booleans(),
        receiver=st.sampled_from((CLERK, OTHER_CLERK, APPLICANT)),
        known=credits,
        about=st.sampled_from(ABOUT),
    )
    def hand_in(
        self,
        item: Item,
        codes: tuple[str, ...],
        asks: bool,
        receiver: By,
        known: CreditFacts,
        about: str,
    ) -> None:
        self.walk = begun(seen, item, codes, asks=asks, by=receiver, known=known, about=about)

    @rule(pick=picks, person=picks, later=days, known=credits, seldom=st.integers(0, 19))
    def ask_for_what_the_table_offers(
        self, pick: int, person: int, later: int, known: CreditFacts, seldom: int
    ) -> None:
        self.walk.sleep(later)
        offered = _offered(self.walk)
        rows = [row for row in offered if (row.command in SELDOM) == (seldom == 19)] or offered
        if rows:
            row = rows[pick % len(rows)]
            entitled = _entitled(row)
            _ask(self.walk, row.command, entitled[person % len(entitled)], pick // len(rows), known)

    @rule(pick=picks, later=st.sampled_from((0, 1, 2)))
    def go_on_in_good_faith(self, pick: int, later: int) -> None:
        """What an office that keeps the law would do next, so that walks come far."""
        self.walk.sleep(later)
        kinds = GOOD_FAITH.get(self.walk.case.state, ())
        for kind in kinds[pick % len(kinds) :] if kinds else ():
            for person in (APPROVER, CLERK, ORGAN_HEAD, drawn.SECOND_APPROVER):
                if _ask(self.walk, kind, person, pick, credit()):
                    return

    @rule(
        kind=st.sampled_from(KINDS_OF_COMMANDS),
        pick=picks,
        person=st.sampled_from(drawn.PEOPLE),
        known=credits,
    )
    def ask_for_anything(self, kind: type[c.Command], pick: int, person: By, known: CreditFacts) -> None:
        _ask(self.walk, kind, person, pick, known)

    @rule(later=st.sampled_from((1, 5, 20, 60, 400)))
    def let_time_pass(self, later: int) -> None:
        self.walk.sleep(later)

    @rule()
    def the_next_year_is_announced(self) -> None:
        self.walk.announce_the_next_year()

    @rule(pick=picks)
    @precondition(lambda self: hasattr(self, "walk") and self.walk.earlier is not None)
    def something_happens_to_the_earlier_licence(self, pick: int) -> None:
        assert self.walk.earlier is not None
        kinds = (c.HearLicensee, c.RevokeLicence, c.CancelLicence, c.KeepLicence)
        _ask(self.walk.earlier, kinds[pick % len(kinds)], ORGAN_HEAD, pick // len(kinds), credit())

    def teardown(self) -> None:
        if hasattr(self, "walk"):
            self.walk.must_be_its_own_record()


def _offered(walk: Walk) -> list[Transition]:
    return [row for row in BY_PEOPLE if walk.case.state in row.from_states]


def _entitled(row: Transition) -> list[By]:
    return [one for one in drawn.PEOPLE if one.roles & row.actors] or list(drawn.PEOPLE)


def _ask(walk: Walk, kind: type[c.Command], person: By, pick: int, known: CreditFacts) -> bool:
    command = drawn.command(kind, walk.case, walk.item, walk.on, pick, A_COMMAND)
    return walk.ask(command, person, known)


# -- the curious walks -------------------------------------------------------------------------------------------


def _walk_curiously(chance: random.Random, item: Item) -> None:
    """One walk that takes, of everything that is possible, what was seen least; now and then it lets time pass."""
    about = chance.choice(("", "renewal", "change")) if item.validity else ""
    codes = drawn.COMPLETE if about else chance.choice(STARTS)
    if item.commitment.enabled:
        codes = tuple(code for code in codes if code != "copy")
    walk = begun(seen, item, codes, about=about, by=chance.choice((APPLICANT, CLERK)))
    sleepy = chance.random() < 0.3
    for _ in range(STEPS_OF_A_WALK):
        if chance.random() < (0.5 if sleepy else 0.15):
            walk.sleep(chance.choice((1, 2, 5, 8, 30, 100) if sleepy else (1, 1, 2, 3, 8)))
        if _silence_would_speak(walk) and chance.random() < 0.2:
            walk.sleep(70)
        if chance.random() < 0.03:
            walk.announce_the_next_year()
        possible = list(_possible(walk, chance))
        if not possible and walk.case.state in FINAL_STATES:
            break
        if possible:
            _, command, person = min(possible, key=lambda one: one[0])
            assert walk.ask(command, person, credit())
    walk.must_be_its_own_record()


def _silence_would_speak(walk: Walk) -> bool:
    """Whether only time brings what could happen next: a renewal that nobody decides, commitments that nobody checks."""
    case = walk.case
    renewal = case.follow_up is not None and case.follow_up.purpose == "renewal"
    unchecked = any(check.open for check in case.post_checks)
    return (case.state in ACCEPTED_STATES and renewal) or (unchecked and case.state is not State.CLOSED)


def _possible(walk: Walk, chance: random.Random) -> Iterator[tuple[float, c.Command, By]]:
    """What the rules would allow now: how well it is known, the command, and who could ask it."""
    for row in _offered(walk):
        command = drawn.command(
            row.command, walk.case, walk.item, walk.on, chance.randrange(2**16), A_COMMAND
        )
        person = chance.choice(_entitled(row))
        try:
            events = decide(walk.case, command, walk.facts(person, credit()))
        except DomainError as refusal:
            seen.refused[refusal.code] += 1
            continue
        if events:
            yield _known(walk, events) + chance.random(), command, person


def _known(walk: Walk, events: list[CaseEvent]) -> float:
    case = walk.case
    often = min(seen.happened[type(event).__name__] for event in events)
    for event in events:
        # An event that is well known may bring a document that is not, such as the order to mend.
        for draft in drafts(case, [event], walk.item, ORGAN, SECRETS)[0]:
            often = min(often, seen.drafted[draft.kind])
        case = evolve(case, event)
    names = {type(event).__name__ for event in events}
    here = sum(type(event).__name__ in names for event in walk.events)
    # What ends the case ends the walk, so it is put off; what leads on is worth more than what leaves all as it was.
    if case.terminal:
        return 20.0 * often + 10 * here
    if case.state is not walk.case.state or len(case.review.given) > len(walk.case.review.given):
        return 0.2 * often + here
    return often + 10.0 * here


def _not_seen() -> dict[str, set[str]]:
    return {
        "states": {state.value for state in State} - {state.value for state in seen.reached} - {"DRAFT"},
        "events": set(EVENT_TYPES) - set(seen.happened),
        "documents": set(KINDS) - set(seen.drafted),
    }


def _goes_on(curious_steps: int) -> bool:
    if curious_steps < STEPS // 2 or seen.steps < STEPS:
        return True
    return STEPS >= ENOUGH_FOR_ALL and any(_not_seen().values()) and curious_steps < MOST_CURIOUS_STEPS


@pytest.mark.timeout(3600)
def test_what_the_law_never_allows_never_happens() -> None:
    seen.forget()
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=max(1, STEPS // 50),
            stateful_step_count=STEPS_OF_A_WALK,
            # The same walks every time, but in the long run.
            derandomize=STEPS <= ENOUGH_FOR_ALL,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    drawn_by_hypothesis = seen.steps
    chance, walks = random.Random(8), 0
    while _goes_on(seen.steps - drawn_by_hypothesis):
        _walk_curiously(chance, drawn.ITEMS[walks % len(drawn.ITEMS)])
        walks += 1
    if STEPS >= ENOUGH_FOR_ALL:
        assert _not_seen() == {"states": set(), "events": set(), "documents": set()}
    print(
        f"\n{seen.steps} steps, {drawn_by_hypothesis} of them drawn by hypothesis; {len(seen.reached)} states,"
        f" {len(seen.happened)} kinds of events, {len(seen.drafted)} kinds of documents,"
        f" {len(seen.refused)} kinds of refusals"
    )
