"""The states of a case and their official names (domain rules §4.3)."""

from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    SUBMITTED = "SUBMITTED"
    CORRECTION_NOTICED = "CORRECTION_NOTICED"
    ACCEPTED = "ACCEPTED"
    ACCEPTED_TOLERANT = "ACCEPTED_TOLERANT"
    ACCEPTED_DEEMED = "ACCEPTED_DEEMED"
    IN_REVIEW = "IN_REVIEW"
    DECIDED_GRANT = "DECIDED_GRANT"
    DECIDED_REFUSE = "DECIDED_REFUSE"
    DELIVERED = "DELIVERED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"
    LAPSED_NO_CORRECTION = "LAPSED_NO_CORRECTION"


# Official Chinese word, English.
STATE_NAMES: dict[State, tuple[str, str]] = {
    State.SUBMITTED: ("已收件，待受理", "received, awaiting acceptance"),
    State.CORRECTION_NOTICED: ("已告知补正", "correction requested"),
    State.ACCEPTED: ("已受理", "accepted"),
    State.ACCEPTED_TOLERANT: ("容缺受理，待补交材料", "tolerantly accepted, papers to follow"),
    State.ACCEPTED_DEEMED: ("视为受理", "deemed accepted"),
    State.IN_REVIEW: ("审查中", "in review"),
    State.DECIDED_GRANT: ("准予", "granted"),
    State.DECIDED_REFUSE: ("不予", "refused"),
    State.DELIVERED: ("已送达", "delivered"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
    State.TERMINATED: ("已终止", "terminated"),
    State.LAPSED_NO_CORRECTION: ("补正不来办结", "closed, no correction came"),
}

ACCEPTED_STATES = frozenset({State.ACCEPTED, State.ACCEPTED_TOLERANT, State.ACCEPTED_DEEMED, State.IN_REVIEW})
DECIDED_STATES = frozenset({State.DECIDED_GRANT, State.DECIDED_REFUSE})
TERMINAL_STATES = frozenset({State.DELIVERED, State.WITHDRAWN, State.TERMINATED, State.LAPSED_NO_CORRECTION})

# The clock that ends a state by itself when nobody acts.
ENDING_CLOCKS: dict[State, str] = {
    State.SUBMITTED: "intake",
    State.CORRECTION_NOTICED: "correction",
    State.ACCEPTED_TOLERANT: "supply",
}
