"""The licence after the decision: made out, closed, changed, renewed, taken away."""

from collections.abc import Mapping
from dataclasses import replace

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, to_state, unchanged
from services.applications.domain.facts import Rule
from services.applications.domain.parts.licences import Licence
from services.applications.domain.state import State


def _issued(case: Case, event: e.LicenceIssued) -> Case:
    licence = Licence(event.number, event.valid_from, event.valid_until)
    return replace(case, state=State.ISSUED, licence=licence)


def _followed(state: State) -> Change:
    def change(case: Case, event: e.LicenceChanged | e.LicenceRenewed) -> Case:
        licence = None if case.licence is None else replace(case.licence, followed_by=event.by_case)
        return replace(case, state=state, licence=licence)

    return change


RULES: Mapping[type[c.Command], Rule] = {}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.LicenceIssued: _issued,
    e.Closed: to_state(State.CLOSED),
    e.Revoked: to_state(State.REVOKED),
    e.LicenceWithdrawn: to_state(State.WITHDRAWN_LICENCE),
    e.LicenceCancelled: to_state(State.CANCELLED),
    e.LicenceChanged: _followed(State.CHANGED),
    e.LicenceRenewed: _followed(State.RENEWED),
    e.RenewalDeemed: unchanged,
}
