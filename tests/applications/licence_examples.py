"""An example of each event of the licence after the decision, of mandates and of channels."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.applications.domain import commands as c
from services.applications.domain.case import Case
from services.applications.domain.item import Item
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CERTIFICATE,
    DEFAULT_ID,
    ORGAN_HEAD,
    accepted,
    at,
    decided,
    delivered,
    heard,
    later,
    renewal,
    then,
)
from tests.applications.publishing_examples import published_by

AGENT_ID = UUID("01900000-0000-8000-8000-00000000000b")
SAFE = replace(CERTIFICATE, safety_sensitive=True)


def _by(case: Case, command: c.Command, facts: Any, *kinds: str, item: Item = CERTIFICATE) -> BaseModel:
    return published_by(case, command, replace(facts, item=item), *kinds, number="亳人防许撤〔2026〕12号")


EVENTS: dict[str, Callable[[], BaseModel]] = {
    "licence_issued.v1": lambda: _by(decided(), c.IssueLicence(), at(later(4), APPROVER), "licence"),
    "case_closed.v1": lambda: _by(delivered(), c.CloseCase(), at(later(6))),
    "licence_holder_heard.v1": lambda: _by(
        delivered(), c.HearLicensee(later(6), waived=True), at(later(7), APPROVER)
    ),
    "licence_revoked.v1": lambda: _by(
        heard(),
        c.RevokeLicence("fraud_or_bribery", "0" * 64),
        at(later(8), ORGAN_HEAD),
        "revocation_decision",
        item=SAFE,
    ),
    "licence_not_revoked.v1": lambda: _by(
        delivered(),
        c.KeepLicence("beyond_powers", "0" * 64),
        at(later(8), ORGAN_HEAD),
        "not_revoked_decision",
    ),
    "licence_withdrawn.v1": lambda: _by(
        heard(),
        c.WithdrawLicence("law_changed", "0" * 64, "1" * 64),
        at(later(8), ORGAN_HEAD),
        "licence_withdrawal_decision",
    ),
    "licence_cancelled.v1": lambda: _by(
        delivered(), c.CancelLicence("holder_ended", "0" * 64), at(later(8), APPROVER), "cancellation_notice"
    ),
    "licence_changed.v1": lambda: _by(delivered(), c.MarkChanged(DEFAULT_ID), at(later(8))),
    "licence_renewed.v1": lambda: _by(
        delivered(), c.MarkRenewed(DEFAULT_ID, "silence", later(800), later(730)), at(later(731))
    ),
    "licence_expired.v1": lambda: _by(delivered(), c.MarkExpired(), at(later(800))),
    "mandate_given.v1": lambda: _by(
        accepted(), c.GiveMandate(AGENT_ID, later(1), later(30), ("supply",)), at(later(1), APPLICANT)
    ),
    "mandate_revoked.v1": lambda: _by(
        then(accepted(), c.GiveMandate(AGENT_ID, later(1)), at(later(1), APPLICANT)),
        c.RevokeMandate(),
        at(later(2), APPLICANT),
    ),
    "channel_changed.v1": lambda: _by(accepted(), c.ChangeChannel("counter", "window"), at(later(1))),
    "case_rated.v1": lambda: _by(delivered(), c.Rate(2, ("slow",), "0" * 64), at(later(6), APPLICANT)),
    "renewal_deemed.v1": lambda: _by(
        renewal(), c.DeemRenewed(later(30)), at(later(31)), "renewal_deemed_notice"
    ),
}
