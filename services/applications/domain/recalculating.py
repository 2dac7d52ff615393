"""A newly announced year moves the dates of open cases (domain rules §2.1(8) and (9))."""

from collections.abc import Mapping

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, with_clocks
from services.applications.domain.facts import Rule


def _recomputed(case: Case, event: e.ClocksRecomputed) -> Case:
    return with_clocks(case, event.clocks)


RULES: Mapping[type[c.Command], Rule] = {}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.ClocksRecomputed: _recomputed,
}
