"""Writing down what happened to cases that this transaction holds: documents, events, rows, timers, tasks and messages.

A change of one case costs as many round trips to the database as the changes of sixteen, so they are written together.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.applications import effects
from services.applications.domain.case import Case
from services.applications.domain.copying import replace
from services.applications.domain.documents import Draft, PartyText, Secrets
from services.applications.domain.drafting import drafts
from services.applications.domain.events import CaseEvent
from services.applications.domain.evolve import evolve
from services.applications.domain.item import Item
from services.applications.domain.tasks import tasks_of
from services.applications.domain.timers import timers_of
from services.applications.office import Office
from services.applications.people import party_text
from services.applications.store import cases, documents, tasks, timers
from services.applications.store.cases import Recorded
from services.applications.store.documents import Numbers, SealedDocument
from shared import time
from shared.database import Connection
from shared.identity import Actor
from shared.messaging import outbox


@dataclass(frozen=True, slots=True)
class Doing:
    """The circumstances of one command: where, who, when, on whose trace."""

    office: Office
    connection: Connection
    actor: Actor
    traceparent: str | None = None
    # What happened, to be counted once it is committed.
    happened: list[CaseEvent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """A case as it was, and what happens to it; without any event only its timers and tasks are set again.

    `secrets` are the words that go into its documents and nowhere else.
    """

    case: Case
    events: Sequence[CaseEvent]
    secrets: Secrets = Secrets(reasons="")  # noqa: RUF009  # a frozen value


@dataclass(frozen=True, slots=True)
class Written:
    """A case after its change."""

    case: Case
    item: Item
    recorded: tuple[Recorded, ...] = ()
    sealed: tuple[SealedDocument, ...] = ()


async def write(doing: Doing, changes: Sequence[Change]) -> list[Written]:
    """Write changes of several cases, each case once: they hold for all of them or for none."""
    at = time.now()
    drafted = [_drafts(doing.office, change, at) for change in changes]
    parties = await _parties(doing, changes, drafted)
    kinds = Counter(draft.kind for of_case in drafted for of_event in of_case for draft in of_event)
    numbers = await doing.office.documents.take_numbers(doing.connection, kinds, time.shanghai(at).year)
    written = [
        await _happen(doing, change, of_case, party, numbers, at)
        for change, of_case, party in zip(changes, drafted, parties, strict=True)
    ]
    await _save(doing, written, at)
    doing.happened.extend(event for change in changes for event in change.events)
    return written


def _item_of(office: Office, case: Case, at: datetime) -> Item:
    return office.known.item(case.item_code, case.item_version, time.shanghai(at).date())


def _drafts(office: Office, change: Change, at: datetime) -> list[list[Draft]]:
    # No document names the number of another one of its own command, so all can be drafted before there are numbers.
    case, item = change.case, _item_of(office, change.case, at)
    found: list[list[Draft]] = []
    for event in change.events:
        found += drafts(case, [event], item, office.organ, change.secrets)
        if len(found) < len(change.events):
            case = evolve(case, event)
    return found


async def _parties(
    doing: Doing, changes: Sequence[Change], drafted: Sequence[list[list[Draft]]]
) -> list[PartyText | None]:
    # Most events bring no document, and then nobody has to be decrypted.
    named = [change.case.id for change, of_case in zip(changes, drafted, strict=True) if any(of_case)]
    found = await doing.office.parties.of_cases(doing.connection, named)
    return [party_text(found[one.case.id]) if one.case.id in found else None for one in changes]


async def _happen(
    doing: Doing,
    change: Change,
    drafted: Sequence[Sequence[Draft]],
    party: PartyText | None,
    numbers: Numbers,
    at: datetime,
) -> Written:
    office, case, item = doing.office, change.case, _item_of(doing.office, change.case, at)
    recorded: list[Recorded] = []
    sealed: list[SealedDocument] = []
    for event, of_event in zip(change.events, drafted, strict=True):
        new = []
        for draft in of_event:
            assert party is not None
            formal = next(numbers[draft.kind])
            new.append(
                office.documents.seal(
                    draft, party, formal, case_id=case.id, case_version=case.version + 1, at=at
                )
            )
        event = replace(event, documents=tuple(document.issued for document in new))
        case = evolve(case, event)
        recorded.append(
            cases.record(case, event, item, actor=doing.actor, at=at, traceparent=doing.traceparent)
        )
        sealed += new
        await effects.follow(doing.connection, case, event)
    return Written(case, item, tuple(recorded), tuple(sealed))


async def _save(doing: Doing, written: Sequence[Written], at: datetime) -> None:
    connection, calendar = doing.connection, doing.office.calendar
    recorded = [one for each in written for one in each.recorded]
    await cases.insert_events(connection, recorded, doing.actor, at)
    await cases.update(connection, [each.case for each in written if each.recorded])
    await documents.insert(connection, [document for each in written for document in each.sealed])
    await timers.keep_only(connection, {each.case.id: timers_of(each.case, calendar) for each in written}, at)
    accepted = [each for each in written if each.case.accepted_on is not None]
    await tasks.keep_only(
        connection, [(each.case, tasks_of(each.case, each.item, calendar)) for each in accepted], at
    )
    await outbox.add(connection, [one.envelope for one in recorded])
