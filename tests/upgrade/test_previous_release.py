"""What the release before left behind: today's code migrates it, folds it, opens it, goes on with it, and verifies it."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from deploy.migrate import migrate, migrations_of
from services.applications import contracts as v
from services.applications import looks, queries, records, refolding, timers
from services.applications.domain.case import Case
from services.applications.domain.documents import titles
from services.applications.domain.evolve import fold
from services.applications.domain.timers import timers_of
from services.applications.handlers import Doing
from services.applications.office import Office
from services.applications.store.documents import text_of
from services.audit.domain.leaf import parse_leaf
from services.audit.verifier import verify_log
from shared import time
from shared.database import Database
from shared.identity import Actor, Role, system_actor
from shared.privacy import Keyring
from shared.testing.clock import Clock
from tests.upgrade.conftest import BEFORE, DUMPED_AT

CASES, EVENTS, DOCUMENTS, REMEMBERED_COMMANDS, LEAVES, CHECKPOINTS = 13, 42, 39, 10, 146, 9


async def folded(database: Database) -> dict[UUID, Case]:
    """Every case from its events alone."""
    of_case = defaultdict(list)
    for row in await database.fetch("SELECT * FROM case_events ORDER BY case_id, version"):
        event = records.event_from_record(row["name"], row["schema_version"], row["data"])
        of_case[row["case_id"]].append(event)
    return {case_id: fold(case_id, events) for case_id, events in of_case.items()}


@pytest.mark.parametrize("service", ["applications", "audit"])
def test_the_databases_migrate_once(service: str, restored: Callable[[str], str]) -> None:
    url = restored(service)
    migrate(service, url)
    assert migrate(service, url) == 0
    files = {file.stem for folder in migrations_of(service) for file in folder.glob("*.sql")}
    with psycopg.connect(url) as connection:
        assert files == {row[0] for row in connection.execute("SELECT migration_id FROM _yoyo_migration")}


async def test_every_case_is_the_fold_of_its_events(office: Office, database: Database) -> None:
    assert await refolding.work(office) == CASES
    cases = await folded(database)
    rows = await database.fetch("SELECT * FROM cases")
    assert len(rows) == CASES
    assert sum(case.version for case in cases.values()) == EVENTS
    for row in rows:
        case = cases[row["id"]]
        assert records.case_from_record(row["body"]) == case
        columns = ("case_no", "version", "item_code", "item_version", "unit", "channel", "due_on", "proposed")
        more = ("applicant_id", "agent_id", "partner", "external_no", "submitted_at")
        for column in (*columns, *more):
            assert row[column] == getattr(case, column), (column, row["case_no"])
        assert row["state"] == case.state.value


async def test_every_event_still_has_its_digest(database: Database) -> None:
    rows = await database.fetch("SELECT data, sha256 FROM case_events")
    assert all(records.digest(row["data"]) == row["sha256"] for row in rows)


async def test_every_document_opens_and_is_named_by_its_case(office: Office, database: Database) -> None:
    rows = await database.fetch("SELECT * FROM documents")
    assert len(rows) == DOCUMENTS
    for row in rows:
        lines = office.documents.open(row)
        assert hashlib.sha256(text_of(lines)).digest() == row["sha256"]
        title, title_en = titles(row["kind"], is_licence=row["values"]["is_licence"])
        assert title
        assert title_en
        assert any(line.text for line in lines)
    cases = await folded(database)
    issued = {
        document.id: (case.id, document.number) for case in cases.values() for document in case.documents
    }
    assert issued == {row["id"]: (row["case_id"], row["number"]) for row in rows}


async def test_the_people_of_every_case_are_still_known(office: Office, database: Database) -> None:
    async with database.acquire() as connection:
        for case in (await folded(database)).values():
            parties = await office.parties.of_case(connection, case.id)
            applicant = parties["applicant"]
            assert applicant.certificate_type is not None
            assert applicant.certificate_number is not None
            known = office.people.person_id(applicant.certificate_type, applicant.certificate_number)
            assert known == case.applicant_id == applicant.person_id
            assert parties["contact"].name


async def test_every_case_can_be_looked_at_by_its_people_and_its_unit(
    office: Office, database: Database
) -> None:
    for case in (await folded(database)).values():
        clerk = Actor("staff:clerk", frozenset({Role.CLERK}), case.unit)
        owner = Actor("account:owner", frozenset({Role.APPLICANT}), None, case.applicant_id)
        for actor in (clerk, owner):
            view = await ask(office, actor, queries.get_case, v.GetCase(case_id=case.id, explain=True))
            assert (view.case_no, view.version, view.state) == (case.case_no, case.version, case.state.value)
            assert len(view.timeline) == case.version
            assert {document.document_id for document in view.documents} == {
                document.id for document in case.documents
            }
            for document in view.documents:
                request = v.GetDocument(case_id=case.id, document_id=document.document_id)
                shown = await ask(office, actor, looks.get_document, request)
                assert shown.masked is (actor is clerk)
                assert shown.lines


async def ask(office: Office, actor: Actor, answer: Any, request: Any) -> Any:
    """Ask a question as the service does."""
    async with office.database.transaction() as connection:
        return await answer(Doing(office, connection, actor), request)


async def test_rows_are_folded_anew_once_and_nothing_else_of_them_changes(
    office: Office, database: Database
) -> None:
    versions = "SELECT id, case_no, version, applicant_id, access_code, summary FROM cases ORDER BY id"
    before, events = await database.fetch(versions), await database.fetch("SELECT count(*) FROM case_events")
    assert await refolding.work(office) == CASES
    assert await database.fetch(versions) == before
    assert await database.fetch("SELECT count(*) FROM case_events") == events
    assert await refolding.work(office) == 0
    (walk,) = await database.fetch("SELECT * FROM refolding")
    assert (walk["done"], walk["last_case"]) == (refolding.FOLD, None)


async def test_a_walk_that_was_cut_off_goes_on_where_it_stood(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refolding, "CASES_IN_ONE_TRANSACTION", 5)
    monkeypatch.setattr(refolding, "MOST_IN_ONE_TURN", 1)
    assert [await refolding.work(office) for _ in range(5)] == [5, 5, 3, 0, 0]
    (walk,) = await database.fetch("SELECT * FROM refolding")
    assert walk["done"] == refolding.FOLD


async def test_one_record_that_cannot_be_read_does_not_keep_the_others_from_it(
    office: Office, database: Database
) -> None:
    (broken,) = await database.fetch("SELECT id FROM cases ORDER BY id LIMIT 1")
    await database.fetch(
        "UPDATE case_events SET name = 'Unheard' WHERE case_id = $1 AND version = 1", broken["id"]
    )
    assert await refolding.work(office) == CASES
    (walk,) = await database.fetch("SELECT * FROM refolding")
    assert walk["done"] == refolding.FOLD


async def test_the_open_timers_are_those_that_the_cases_need(office: Office, database: Database) -> None:
    waiting = await open_timers(database)
    assert {kind for _, kind, _ in waiting} == {"intake", "correction", "remind_0", "supply"}
    cases = await folded(database)
    wanted = {
        (case.id, t.kind, t.due_at) for case in cases.values() for t in timers_of(case, office.calendar)
    }
    # Whatever the law attached to a day still happens on that day, and what is watched only now is watched from now on.
    assert waiting <= wanted
    await refolding.work(office)
    assert await open_timers(database) == wanted


async def open_timers(database: Database) -> set[tuple[UUID, str, datetime]]:
    rows = await database.fetch("SELECT case_id, kind, due_at FROM timers WHERE settled_at IS NULL")
    return {(row["case_id"], row["kind"], row["due_at"]) for row in rows}


async def test_old_cases_go_on_by_themselves_when_their_time_is_over(
    office: Office, database: Database, clock: Clock
) -> None:
    clock.set_to(DUMPED_AT + timedelta(days=90))
    waiting = Counter(
        row["kind"] for row in await database.fetch("SELECT kind FROM timers WHERE settled_at IS NULL")
    )
    assert waiting == {"intake": 1, "correction": 1, "remind_0": 1, "supply": 1}
    before = {case.id: case.state.value for case in (await folded(database)).values()}
    while await timers.work(office, system_actor("applications")):
        pass
    open_now = await database.fetch(
        "SELECT kind, attempts FROM timers WHERE settled_at IS NULL AND due_at <= $1", time.now()
    )
    assert open_now == []
    after = {case.id: case.state.value for case in (await folded(database)).values()}
    moved = {(before[case_id], state) for case_id, state in after.items() if before[case_id] != state}
    assert moved == {
        ("SUBMITTED", "ACCEPTED_DEEMED"),
        ("CORRECTION_NOTICED", "LAPSED_NO_CORRECTION"),
        ("ACCEPTED_TOLERANT", "TERMINATED"),
    }
    await test_every_event_still_has_its_digest(database)


async def test_what_was_answered_before_is_answered_again(database: Database) -> None:
    keyring = Keyring.from_file(BEFORE / "replies.keyring.json")
    rows = await database.fetch("SELECT command_id, operation, reply FROM commands")
    assert len(rows) == REMEMBERED_COMMANDS
    for row in rows:
        reply = keyring.decrypt(row["reply"], context=str(row["command_id"]))
        receipt = v.CaseReceipt.model_validate_json(reply)
        assert receipt.case_no


async def test_the_audit_log_verifies_and_holds_every_event(
    migrated: Callable[[str], str], database: Database
) -> None:
    url = migrated("audit")
    report = await verify_log(url, (BEFORE / "audit.public.key").read_text())
    assert report.faults == ()
    assert (report.tree_size, report.checkpoints) == (LEAVES, CHECKPOINTS)
    with psycopg.connect(url) as connection:
        leaves = [parse_leaf(row[0]) for row in connection.execute("SELECT leaf FROM leaves")]
    sealed = {leaf.event_id: leaf.payload_sha256 for leaf in leaves}
    rows = await database.fetch("SELECT event_id, sha256 FROM case_events")
    assert len(rows) == EVENTS
    assert all(sealed[str(row["event_id"])] == row["sha256"].hex() for row in rows)
