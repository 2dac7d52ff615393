"""Tolerated papers after they came or did not come, and commitments (domain rules §5.3, §5.4)."""

from collections.abc import Mapping
from dataclasses import replace

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, unchanged, with_clocks
from services.applications.domain.facts import Rule
from services.applications.domain.parts.tolerating import Recall
from services.applications.domain.state import State


def _faulted(case: Case, event: e.SupplyFaulted) -> Case:
    assert case.promise is not None
    return replace(
        with_clocks(case, [event.supply]),
        state=State.ACCEPTED_TOLERANT,
        defects=event.defects,
        promise=replace(case.promise, fulfilled_on=None),
    )


def _supply_extended(case: Case, event: e.SupplyExtended) -> Case:
    assert case.promise is not None
    promise = replace(case.promise, due_on=event.supply.due_on)
    return replace(with_clocks(case, [event.supply]), promise=promise)


def _recall_noticed(case: Case, event: e.RecallNoticed) -> Case:
    return replace(with_clocks(case, [event.hear_until]), recall=Recall(event.effective_on))


def _recalled(case: Case, event: e.ResultRecalled) -> Case:
    recall = None if case.recall is None else replace(case.recall, recalled_on=event.effective_on)
    return replace(case, state=State.REVOKED, recall=recall)


def _post_checked(case: Case, event: e.PostChecked) -> Case:
    checks = tuple(
        replace(one, finding=event.finding, checked_on=event.effective_on)
        if one.material_code == event.material_code
        else one
        for one in case.post_checks
    )
    return replace(case, post_checks=checks)


RULES: Mapping[type[c.Command], Rule] = {}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.SupplyConfirmed: unchanged,
    e.SupplyFaulted: _faulted,
    e.SupplyExtended: _supply_extended,
    e.RecallNoticed: _recall_noticed,
    e.ResultRecalled: _recalled,
    e.PostChecked: _post_checked,
}
