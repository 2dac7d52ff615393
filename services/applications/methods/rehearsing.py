"""Rehearsals: an act is done by its own handler in a transaction that is taken back, so it shows what would be sealed.

No second way decides what a document says.  Rows and the series of numbers are held for the length of one command, and
whatever number was taken goes to the next document.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asyncpg import Record

from services.applications import handlers
from services.applications.contracts import CaseReceipt, DocumentLine
from services.applications.contracts.rehearsing import Rehearsal, Rehearse, RehearsedDocument
from services.applications.contracts.views import ClockView
from services.applications.domain.case import Case
from services.applications.domain.documents import Line, Secrets, titles
from services.applications.domain.facts import Facts
from services.applications.domain.state import STATE_NAMES
from services.applications.domain.wording import render
from services.applications.handlers import Doing, facts_about, held
from services.applications.methods import exits, hearings, licences, procedures, reviewing, tolerating
from services.applications.methods.base import Methods
from services.applications.office import Office
from services.applications.people import party_text
from services.applications.store import cases, documents
from services.applications.store.cases import EVERYTHING
from shared.identity import Actor, Role
from shared.runtime import Call, rpc

Handler = Callable[[Doing, Any], Awaitable[CaseReceipt]]
_ACTS: Mapping[str, Handler] = {
    "accept_case": handlers.accept_case,
    "accept_tolerantly": handlers.accept_tolerantly,
    "decide_case": handlers.decide_case,
    "give_opinion": reviewing.give_opinion,
    "send_back": reviewing.send_back,
    "extend_deadline": procedures.extend_deadline,
    "start_procedure": procedures.start_procedure,
    "prolong_procedure": procedures.prolong_procedure,
    "end_procedure": procedures.end_procedure,
    "tell_hearing_rights": hearings.tell_hearing_rights,
    "call_hearing": hearings.call_hearing,
    "schedule_hearing": hearings.schedule_hearing,
    "extend_supply": tolerating.extend_supply,
    "decline_supply_extension": tolerating.decline_supply_extension,
    "grant_before_completion": tolerating.grant_before_completion,
    "notice_recall": tolerating.notice_recall,
    "recall_result": tolerating.recall_result,
    "drop_recall": tolerating.drop_recall,
    "revoke_licence": licences.revoke_licence,
    "keep_licence": licences.keep_licence,
    "withdraw_licence": licences.withdraw_licence,
    "cancel_licence": licences.cancel_licence,
    "terminate_case": exits.terminate_case,
}
# Where a document says what only its original shows.
_KEPT_BACK = Secrets().reasons
_SERIAL = re.compile(r"〕[0-9]+号")


class _TakenBack(Exception):
    """The rehearsal is over: everything that it wrote is rolled back."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        super().__init__()
        self.rehearsal = rehearsal


class RehearsalMethods(Methods):
    """What an act would do."""

    @rpc(Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def rehearse(self, call: Call, request: Rehearse) -> Rehearsal:
        """The state, the dates and the documents that an act would give; nothing is done."""
        return await rehearse(self._office, call.actor, request)


async def rehearse(office: Office, actor: Actor, request: Rehearse) -> Rehearsal:
    """Do the act, tell what came of it, and take it back."""
    try:
        async with office.database.transaction() as connection:
            raise _TakenBack(await _act(Doing(office, connection, actor), request))
    except _TakenBack as over:
        return over.rehearsal


async def _act(doing: Doing, request: Rehearse) -> Rehearsal:
    name, act = next((name, act) for name, act in request if act is not None)
    before = (await held(doing, act.case_id, act.expected_version)).case
    receipt = await _ACTS[name](doing, act)
    stored = await cases.load(doing.connection, act.case_id, EVERYTHING)
    assert stored is not None
    after = stored.case
    facts = await facts_about(doing, after, with_credit=False)
    return Rehearsal.model_validate(
        {
            "case_id": after.id,
            "version": before.version,
            "state": after.state.value,
            "state_zh": STATE_NAMES[after.state][0],
            "state_en": STATE_NAMES[after.state][1],
            "documents": [await _document(doing, after, one.document_id) for one in receipt.documents],
            "clocks_before": _clocks(before, facts),
            "clocks_after": _clocks(after, facts),
            "told_until": _told_until(before, after),
        }
    )


def _clocks(case: Case, facts: Facts) -> list[ClockView]:
    # What lengthened a clock names its document by its number, and there is none yet.
    shown = procedures.running(case.clocks, facts)
    return [clock.model_copy(update={"operations": ()}) for clock in shown]


def _told_until(before: Case, after: Case) -> Any:
    told = (one.told_until for one in reversed(after.procedures) if one not in before.procedures)
    return next(told, None)


async def _document(doing: Doing, case: Case, document_id: Any) -> RehearsedDocument:
    row = await documents.one(doing.connection, case.id, document_id)
    assert row is not None
    title, title_en = titles(row["kind"], is_licence=row["values"]["is_licence"])
    return RehearsedDocument(
        kind=row["kind"],
        title=title,
        title_en=title_en,
        lines=tuple(
            DocumentLine.model_validate({"style": line.style, "text": line.text, "label": line.label})
            for line in await _lines(doing, case, row)
        ),
    )


async def _lines(doing: Doing, case: Case, row: Record) -> list[Line]:
    """The people masked, what the staff just wrote as it stands, and no number: that is given when it is sealed."""
    parties = await doing.office.parties.of_case(doing.connection, case.id)
    masked = render(row["kind"], row["values"], party_text(parties, masked=True), Secrets())
    original = doing.office.documents.open(row)
    shown = [
        sealed if _KEPT_BACK in line.text else line for line, sealed in zip(masked, original, strict=True)
    ]
    unnumbered = _SERIAL.sub("〕（待编）号", row["number"])
    return [Line(line.style, line.text.replace(row["number"], unnumbered), line.label) for line in shown]
