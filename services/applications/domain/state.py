"""The states of a case and their official names (domain rules §4.3)."""

from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    CORRECTION_NOTICED = "CORRECTION_NOTICED"
    NOT_REQUIRED = "NOT_REQUIRED"
    NOT_COMPETENT = "NOT_COMPETENT"
    ACCEPTED = "ACCEPTED"
    ACCEPTED_TOLERANT = "ACCEPTED_TOLERANT"
    ACCEPTED_DEEMED = "ACCEPTED_DEEMED"
    IN_REVIEW = "IN_REVIEW"
    SPECIAL_PROCEDURE = "SPECIAL_PROCEDURE"
    EXTENDED = "EXTENDED"
    DECIDED_GRANT = "DECIDED_GRANT"
    DECIDED_REFUSE = "DECIDED_REFUSE"
    ISSUED = "ISSUED"
    DELIVERED = "DELIVERED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"
    LAPSED_NO_CORRECTION = "LAPSED_NO_CORRECTION"
    VOIDED = "VOIDED"
    REVOKED = "REVOKED"
    WITHDRAWN_LICENCE = "WITHDRAWN_LICENCE"
    CANCELLED = "CANCELLED"
    CHANGED = "CHANGED"
    RENEWED = "RENEWED"


# Official Chinese word, English.
STATE_NAMES: dict[State, tuple[str, str]] = {
    State.DRAFT: ("草稿", "draft"),
    State.SUBMITTED: ("已收件，待受理", "received, awaiting acceptance"),
    State.CORRECTION_NOTICED: ("已告知补正", "correction requested"),
    State.NOT_REQUIRED: ("不受理（无需许可）", "not accepted, no licence is needed"),
    State.NOT_COMPETENT: ("不予受理", "not accepted, another organ is competent"),
    State.ACCEPTED: ("已受理", "accepted"),
    State.ACCEPTED_TOLERANT: ("容缺受理，待补交材料", "tolerantly accepted, papers to follow"),
    State.ACCEPTED_DEEMED: ("视为受理", "deemed accepted"),
    State.IN_REVIEW: ("审查中", "in review"),
    State.SPECIAL_PROCEDURE: ("特别程序中", "in a special procedure"),
    State.EXTENDED: ("已延长办理期限", "in review, deadline extended"),
    State.DECIDED_GRANT: ("准予", "granted"),
    State.DECIDED_REFUSE: ("不予", "refused"),
    State.ISSUED: ("已制证，待送达", "made out, awaiting delivery"),
    State.DELIVERED: ("已送达", "delivered"),
    State.CLOSED: ("已办结归档", "closed and filed"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
    State.TERMINATED: ("已终止", "terminated"),
    State.LAPSED_NO_CORRECTION: ("补正不来办结", "closed, no correction came"),
    State.VOIDED: ("已作废", "void"),
    State.REVOKED: ("已撤销", "revoked"),
    State.WITHDRAWN_LICENCE: ("已撤回许可", "licence taken back"),
    State.CANCELLED: ("已注销", "struck off"),
    State.CHANGED: ("已变更", "changed by a later case"),
    State.RENEWED: ("已延续", "renewed by a later case"),
}

# The application was accepted and is being worked on.
ACCEPTED_STATES = frozenset(
    {
        State.ACCEPTED,
        State.ACCEPTED_TOLERANT,
        State.ACCEPTED_DEEMED,
        State.IN_REVIEW,
        State.SPECIAL_PROCEDURE,
        State.EXTENDED,
    }
)
# Of these, where nothing stands in the way of a decision but the work itself.
DECIDABLE_STATES = frozenset({State.ACCEPTED, State.ACCEPTED_DEEMED, State.IN_REVIEW, State.EXTENDED})
BEFORE_ACCEPTANCE = frozenset({State.SUBMITTED, State.CORRECTION_NOTICED})
DECIDED_STATES = frozenset({State.DECIDED_GRANT, State.DECIDED_REFUSE})
# A granted licence that its holder has.
HELD_STATES = frozenset({State.DELIVERED, State.CLOSED})
# Nothing of the case runs any more: no clock, no timer, no task.
TERMINAL_STATES = frozenset(
    {
        State.NOT_REQUIRED,
        State.NOT_COMPETENT,
        State.CLOSED,
        State.WITHDRAWN,
        State.TERMINATED,
        State.LAPSED_NO_CORRECTION,
        State.VOIDED,
        State.REVOKED,
        State.WITHDRAWN_LICENCE,
        State.CANCELLED,
        State.CHANGED,
        State.RENEWED,
    }
)

# Of these, from which nothing leads on; a filed grant can still be revoked, changed or renewed.
FINAL_STATES = TERMINAL_STATES - {State.CLOSED}

# The clock that ends a state by itself when nobody acts.
ENDING_CLOCKS: dict[State, str] = {
    State.SUBMITTED: "intake",
    State.CORRECTION_NOTICED: "correction",
    State.ACCEPTED_TOLERANT: "supply",
}
