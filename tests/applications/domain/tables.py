"""A case in every state, and an example of every command."""

from datetime import date

from services.applications.domain import commands as c
from services.applications.domain.decide import RULES
from services.applications.domain.state import State
from services.applications.domain.transitions import BY_COMMAND
from tests.applications.domain.cases import (
    APPLICANT,
    COMPLETE,
    DEFAULT_ID,
    FRIDAY,
    SUPERVISOR,
    accepted,
    at,
    decided,
    deemed,
    later,
    noticed,
    papers,
    submitted,
    then,
    tolerated,
)

A_CASE_IN = {
    State.SUBMITTED: lambda: submitted(*COMPLETE),
    State.CORRECTION_NOTICED: noticed,
    State.ACCEPTED: accepted,
    State.ACCEPTED_TOLERANT: tolerated,
    State.ACCEPTED_DEEMED: deemed,
    State.IN_REVIEW: lambda: then(tolerated(), c.Supply(papers("cad"), "online"), at(later(3))),
    State.DECIDED_GRANT: decided,
    State.DECIDED_REFUSE: lambda: decided("refuse"),
    State.DELIVERED: lambda: then(decided(), c.Deliver("window"), at(later(5))),
    State.WITHDRAWN: lambda: then(accepted(), c.Withdraw(), at(later(5), APPLICANT)),
    State.TERMINATED: lambda: then(tolerated(), c.ExpireTolerance(DEFAULT_ID), at(date(2026, 10, 12))),
    State.LAPSED_NO_CORRECTION: lambda: then(noticed(), c.LapseCorrection(), at(date(2026, 11, 20))),
    State.NOT_REQUIRED: lambda: then(submitted(), c.DeclareNotRequired("0" * 64), at(FRIDAY)),
    State.NOT_COMPETENT: lambda: then(submitted(), c.DeclareNotCompetent("亳州市水利局"), at(FRIDAY)),
    State.VOIDED: lambda: then(accepted(), c.VoidCase("0" * 64), at(later(4), SUPERVISOR)),
}

# What the topics still have to bring; both sets end empty.
STATES_TO_COME = {
    State.SPECIAL_PROCEDURE,
    State.EXTENDED,
    State.ISSUED,
    State.CLOSED,
    State.REVOKED,
    State.WITHDRAWN_LICENCE,
    State.CANCELLED,
    State.CHANGED,
    State.RENEWED,
}
COMMANDS_TO_COME = set(BY_COMMAND) - set(RULES) - {c.Submit}

A_COMMAND = {
    c.Accept: c.Accept(),
    c.AcceptTolerantly: c.AcceptTolerantly(),
    c.RequestCorrection: c.RequestCorrection(),
    c.Supply: c.Supply(papers("cad"), "online"),
    c.Decide: c.Decide("grant"),
    c.Deliver: c.Deliver("window"),
    c.Withdraw: c.Withdraw(),
    c.DeemAccepted: c.DeemAccepted(),
    c.Remind: c.Remind(1),
    c.ExpireTolerance: c.ExpireTolerance(DEFAULT_ID),
    c.LapseCorrection: c.LapseCorrection(),
    c.DeclareNotRequired: c.DeclareNotRequired("0" * 64),
    c.DeclareNotCompetent: c.DeclareNotCompetent("亳州市水利局"),
    c.TerminateCase: c.TerminateCase("object_lost", "0" * 64),
    c.VoidCase: c.VoidCase("0" * 64),
    c.RecomputeClocks: c.RecomputeClocks(),
}
