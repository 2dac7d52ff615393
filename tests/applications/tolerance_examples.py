"""An example of each event of tolerated papers, recalls and commitments."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from services.applications import contracts as v
from services.applications.contracts import tolerating as t
from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.item import Item
from tests.applications.domain import test_commitments as commitments
from tests.applications.domain import test_tolerant_approval as approval
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CASE_ID,
    DEFAULT_ID,
    ITEM,
    ORGAN_HEAD,
    OTHER_CLERK,
    at,
    later,
    papers,
    then,
)
from tests.applications.domain.test_tolerated_papers import WRONG, asked, supplied
from tests.applications.publishing_examples import published_by

WORDS = "0" * 64


def _by(
    case: Case,
    command: c.Command,
    facts: Any,
    *kinds: str,
    item: Item = ITEM,
    of: type[e.CaseEvent] | None = None,
) -> BaseModel:
    facts = replace(facts, item=item)
    return published_by(case, command, facts, *kinds, of=of, number="亳人防许容补〔2026〕12号")


def _recall(command: c.Command, *kinds: str) -> BaseModel:
    case = then(approval.in_default(), c.HearOnRecall(WORDS), approval.facts(approval.AFTER))
    return _by(case, command, approval.facts(approval.AFTER, ORGAN_HEAD), *kinds, item=approval.SWITCHED_ON)


def _check(command: c.Command, of: type[e.CaseEvent] | None = None) -> BaseModel:
    facts = commitments.facts(later(70))
    return _by(commitments.delivered(), command, facts, item=commitments.COMMITTED_ITEM, of=of)


FALSE = c.RecordPostCheck("copy", "false", WORDS, None, DEFAULT_ID)
EVENTS: dict[str, Callable[[], BaseModel]] = {
    "supply_confirmed.v1": lambda: _by(supplied(), c.ConfirmSupply(), at(later(4), OTHER_CLERK)),
    "supply_confirmed.v1.mark_lifted": lambda: _by(
        then(approval.delivered(), c.Supply(papers("cad"), "online"), approval.facts(later(5))),
        c.ConfirmSupply(),
        at(later(5), OTHER_CLERK),
        "completion_notice",
        item=approval.SWITCHED_ON,
    ),
    "supply_faulted.v1": lambda: _by(
        supplied(), c.FaultSupply(WRONG), at(later(4), OTHER_CLERK), "supply_fault_notice"
    ),
    "supply_extension_requested.v1": lambda: _by(
        approval.tolerated(), c.RequestSupplyExtension(later(11), WORDS), at(later(3), APPLICANT)
    ),
    "supply_extended.v1": lambda: _by(
        asked(), c.ExtendSupply(later(11), WORDS), at(later(4), APPROVER), "supply_extension_notice"
    ),
    "supply_extension_declined.v1": lambda: _by(
        asked(),
        c.DeclineSupplyExtension(WORDS, DEFAULT_ID),
        at(later(4), APPROVER),
        "supply_extension_refusal",
    ),
    "recall_noticed.v1": lambda: _by(
        approval.delivered(),
        c.ExpireTolerance(DEFAULT_ID),
        approval.facts(approval.AFTER),
        "recall_notice",
        item=approval.SWITCHED_ON,
        of=e.RecallNoticed,
    ),
    "recall_heard.v1": lambda: _recall(c.HearOnRecall(WORDS)),
    "result_recalled.v1": lambda: _recall(c.RecallResult(WORDS), "recall_decision"),
    "recall_dropped.v1": lambda: _recall(c.DropRecall(WORDS), "recall_drop_notice"),
    "commitment_checked.v1": lambda: _check(FALSE, of=e.PostChecked),
    "revocation_due.v1": lambda: _check(FALSE, of=e.RevocationDue),
    "commitment_check_overdue.v1": lambda: _check(c.NotePostCheckOverdue()),
}

VIEWS: dict[str, Callable[[], BaseModel]] = {
    "promise_drafts": lambda: t.PromiseDrafts(
        item_code=ITEM.code,
        item_version=ITEM.version,
        undertaking=t.PromiseText(
            promise="undertaking",
            lines=(v.DocumentLine(style="text", text="申请人自愿申请容缺受理，并承诺："),),
            sha256=WORDS,
            materials=("cad",),
        ),
    ),
    "signature_image": lambda: t.SignatureImage(
        case_id=CASE_ID, promise="undertaking", image="iVBORw0KGgo=", sha256=WORDS
    ),
}
