"""Who acts for the applicant, and through which channel the case goes on."""

from collections.abc import Mapping
from dataclasses import replace

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.facts import Rule
from services.applications.domain.parts.mandates import Mandate


def _given(case: Case, event: e.MandateGiven) -> Case:
    mandate = Mandate(event.agent_id, event.valid_from, event.valid_until, event.scope)
    return replace(case, agent_id=event.agent_id, mandate=mandate)


def _revoked(case: Case, event: e.MandateRevoked) -> Case:
    mandate = None if case.mandate is None else replace(case.mandate, revoked_on=event.effective_on)
    return replace(case, agent_id=None, mandate=mandate)


def _channel_changed(case: Case, event: e.ChannelChanged) -> Case:
    return replace(case, channel=event.channel)


RULES: Mapping[type[c.Command], Rule] = {}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.MandateGiven: _given,
    e.MandateRevoked: _revoked,
    e.ChannelChanged: _channel_changed,
}
