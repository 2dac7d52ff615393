"""What an intruder with every power over the database can do, and what the verifier says of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.audit import handlers, store, verifier
from services.audit.domain.merkle import CompactRange
from services.audit.verifier import Report
from tests.audit.a_log import ORIGIN, Log, event, events

ROOT = Path(__file__).parents[2]


def codes(report: Report) -> set[str]:
    return {fault.code for fault in report.faults}


async def test_a_sound_log_is_found_sound(log: Log, monkeypatch):
    monkeypatch.setattr(verifier, "LEAVES_AT_ONCE", 7)
    notes = await log.grow(1, 7, 8, 20, 64, 77)
    report = await log.verify(*notes)
    assert report.ok
    assert report.faults == ()
    assert (report.origin, report.tree_size, report.checkpoints, report.witnessed) == (ORIGIN, 77, 6, 6)
    assert report.first_bad_index is None
    assert report.as_dict()["ok"] is True


async def test_an_empty_log_is_sound(log: Log):
    report = await log.verify()
    assert (report.ok, report.tree_size) == (True, 0)


async def test_leaves_after_the_last_checkpoint_are_checked_too(log: Log):
    await log.grow(5)
    await log.seal(*events(5, 9))
    assert (await log.verify()).ok
    await log.tamper("UPDATE leaves SET leaf = replace(leaf, 'wangfang', 'liqiang') WHERE leaf_index = 7")
    assert (await log.verify()).first_bad_index == 7


async def test_progress_is_told(log: Log, monkeypatch):
    monkeypatch.setattr(verifier, "LEAVES_AT_ONCE", 4)
    await log.grow(10)
    told: list[tuple[int, int]] = []
    await verifier.verify_log(
        log.url, log.public_key, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(4, 10), (8, 10), (10, 10)]


async def test_an_altered_leaf_is_named(log: Log):
    await log.grow(20)
    await log.tamper("UPDATE leaves SET leaf = replace(leaf, 'wangfang', 'liqiang') WHERE leaf_index = 13")
    report = await log.verify()
    assert codes(report) == {"leaf_altered"}
    assert report.first_bad_index == 13


async def test_an_altered_leaf_with_a_fitting_hash_is_found_by_the_nodes_above_it(log: Log):
    await log.grow(20)
    await log.tamper(
        "UPDATE leaves SET leaf = replace(leaf, 'wangfang', 'liqiang') WHERE leaf_index = 13",
        r"UPDATE leaves SET leaf_hash = sha256('\x00'::bytea || convert_to(leaf, 'UTF8')) WHERE leaf_index = 13",
    )
    report = await log.verify()
    assert {"node_altered", "checkpoint_root"} == codes(report)
    assert report.first_bad_index == 12, "the smallest node that disagrees is over the leaves 12 and 13"


async def rewrite_from(log: Log, first: int) -> None:
    """What a thorough intruder does: another history, with every hash computed anew."""
    rows = await log.database.fetch("SELECT leaf_index, leaf FROM leaves ORDER BY leaf_index")
    tree, statements = CompactRange(), ["DELETE FROM nodes"]
    for row in rows:
        leaf = row["leaf"].replace("wangfang", "liqiang") if row["leaf_index"] >= first else row["leaf"]
        digest = verifier.leaf_hash(leaf.encode())
        statements.append(
            f"UPDATE leaves SET leaf = '{leaf}', leaf_hash = '\\x{digest.hex()}' WHERE leaf_index = {row['leaf_index']}"
        )
        for node, above in tree.append(digest):
            statements.append(f"INSERT INTO nodes VALUES ({node.level}, {node.number}, '\\x{above.hex()}')")
    await log.tamper(*statements)


async def test_a_history_rewritten_with_all_hashes_is_found_by_the_checkpoints(log: Log):
    await log.grow(5, 10, 20)
    await rewrite_from(log, 12)
    report = await log.verify()
    assert codes(report) == {"checkpoint_root"}
    (fault,) = report.faults
    assert (fault.index, fault.until) == (10, 20)


async def test_a_history_rewritten_with_all_checkpoints_and_the_key_is_found_by_a_witness(log: Log):
    notes = await log.grow(5, 10, 20)
    await rewrite_from(log, 12)
    await log.tamper("DELETE FROM checkpoints")
    await log.sign()
    assert (await log.verify()).ok, "without a witness nobody can tell"
    report = await log.verify(*notes)
    assert codes(report) == {"witness_root"}
    assert (report.faults[0].index, report.faults[0].until) == (10, 20)


async def test_a_log_cut_off_at_its_end_is_found_by_its_checkpoints_or_by_a_witness(log: Log):
    notes = await log.grow(5, 10, 20)
    await log.tamper(
        "DELETE FROM leaves WHERE leaf_index >= 10", "DELETE FROM nodes WHERE ((number + 1) << level) > 10"
    )
    report = await log.verify()
    assert codes(report) == {"log_truncated"}
    assert report.first_bad_index == 10
    await log.tamper("DELETE FROM checkpoints WHERE tree_size > 10")
    assert (await log.verify()).ok, "without a witness nobody can tell"
    report = await log.verify(*notes)
    assert codes(report) == {"log_truncated"}
    assert (report.faults[0].index, report.faults[0].until) == (10, 20)


async def test_a_log_cut_off_and_grown_again_is_found_by_a_witness(log: Log):
    notes = await log.grow(5, 10, 20)
    await log.tamper(
        "DELETE FROM leaves WHERE leaf_index >= 10",
        "DELETE FROM nodes WHERE ((number + 1) << level) > 10",
        "DELETE FROM checkpoints WHERE tree_size > 10",
    )
    await log.seal(*[event(number) for number in range(100, 115)])
    await log.sign()
    assert (await log.verify()).ok
    assert codes(await log.verify(*notes)) == {"witness_root"}


async def test_a_missing_leaf_is_named(log: Log):
    await log.grow(20)
    await log.tamper("DELETE FROM leaves WHERE leaf_index = 7")
    report = await log.verify()
    assert codes(report) == {"leaf_missing"}
    assert report.first_bad_index == 7


async def test_leaves_that_changed_places_are_named(log: Log):
    await log.grow(20)
    await log.tamper(
        "UPDATE leaves SET leaf_index = 1000 WHERE leaf_index = 7",
        "UPDATE leaves SET leaf_index = 7 WHERE leaf_index = 11",
        "UPDATE leaves SET leaf_index = 11 WHERE leaf_index = 1000",
    )
    report = await log.verify()
    assert report.first_bad_index == 6, "the smallest node that disagrees is over the leaves 6 and 7"


@pytest.mark.parametrize("level", [1, 2, 4])
async def test_an_altered_or_missing_node_is_named(log: Log, level):
    await log.grow(20)
    await log.tamper(f"UPDATE nodes SET hash = sha256('x') WHERE level = {level} AND number = 0")
    report = await log.verify()
    assert codes(report) == {"node_altered"}
    assert (report.faults[0].index, report.faults[0].until) == (0, 1 << level)
    await log.tamper(f"DELETE FROM nodes WHERE level = {level} AND number = 0")
    assert codes(await log.verify()) == {"node_missing"}


async def test_an_extra_node_or_leaf_is_noticed(log: Log):
    await log.grow(20)
    await log.tamper("INSERT INTO nodes VALUES (4, 1, sha256('x'))")
    assert codes(await log.verify()) == {"node_extra"}
    await log.tamper(
        "DELETE FROM nodes WHERE (level, number) = (4, 1)",
        "ALTER TABLE leaves DROP CONSTRAINT leaves_leaf_index_check",
        "INSERT INTO leaves (leaf_index, leaf, leaf_hash, sealed_at) SELECT -1, replace(leaf, event_id::text,"
        " '0197c0de-0000-7000-8000-000000000001'), leaf_hash, sealed_at FROM leaves WHERE leaf_index = 0",
    )
    assert codes(await log.verify()) == {"leaf_extra"}


async def test_an_event_entered_twice_is_noticed_when_the_unique_rule_was_removed(log: Log):
    await log.seal(*events(0, 4))
    await log.tamper("ALTER TABLE leaves DROP CONSTRAINT leaves_event_id_key")
    async with log.database.transaction() as connection:
        leaf = handlers.leaf_of(event(2))
        tree = await store.tree_at(connection, 4)
        await store._insert_leaves(connection, 4, [leaf], [leaf.hash], log.at)
        await store._insert_nodes(connection, tree.extend([leaf.hash]))
    report = await log.verify()
    assert codes(report) == {"event_twice"}
    assert report.first_bad_index == 4


async def test_a_leaf_filed_under_another_subject_is_named(log: Log):
    await log.grow(8)
    await log.tamper(
        "ALTER TABLE leaves ALTER COLUMN subject DROP EXPRESSION",
        "UPDATE leaves SET subject = 'case-0' WHERE leaf_index = 5",
    )
    report = await log.verify()
    assert codes(report) == {"leaf_misfiled"}
    assert report.first_bad_index == 5


async def test_the_database_itself_keeps_a_leaf_filed_under_what_it_says(log: Log):
    await log.grow(8)
    with pytest.raises(Exception, match="generated"):
        await log.tamper("UPDATE leaves SET subject = 'case-0' WHERE leaf_index = 5")


async def test_a_leaf_that_was_never_canonical_is_named(log: Log):
    await log.seal(*events(0, 3))
    content = handlers.leaf_of(event(3)).content.replace(":3,", ": 3,")
    await log.tamper(
        f"INSERT INTO leaves (leaf_index, leaf, leaf_hash, sealed_at)"
        f" VALUES (3, '{content}', '\\x{verifier.leaf_hash(content.encode()).hex()}', '2026-09-18')"
    )
    report = await log.verify()
    assert "leaf_form" in codes(report)
    assert report.first_bad_index == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("note = replace(note, E'\\n10\\n', E'\\n11\\n')", "checkpoint_signature"),
        ("note = 'x'", "checkpoint_form"),
        ("note = ''", "checkpoint_form"),
        ("note = (SELECT note FROM checkpoints WHERE tree_size = 5)", "checkpoint_signature"),
        ("note = substr(note, 1, length(note) - 8) || E'AAAAAA=\\n'", "checkpoint_signature"),
    ],
)
async def test_an_altered_checkpoint_is_named(log: Log, change, code):
    await log.grow(5, 10)
    await log.tamper(f"UPDATE checkpoints SET {change} WHERE tree_size = 10")
    assert codes(await log.verify()) == {code}


async def test_a_false_or_foreign_witness_is_named(log: Log):
    (note,) = await log.grow(5)
    assert codes(await log.verify("nonsense")) == {"witness_form"}
    assert codes(await log.verify(note.replace("\n5\n", "\n6\n"))) == {"witness_signature"}


async def test_another_key_finds_no_signature_of_its_own(log: Log):
    await log.grow(5)
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert codes(await log.verify(key=other)) == {"checkpoint_signature"}


async def test_a_flood_of_faults_is_counted_and_cut_short(log: Log):
    await log.grow(200)
    await log.tamper("UPDATE leaves SET leaf = replace(leaf, 'wangfang', 'liqiang')")
    report = await log.verify()
    assert report.fault_count == 200
    assert len(report.faults) == verifier.MOST_FAULTS_TOLD
    assert report.first_bad_index == 0


def test_the_verifier_needs_neither_nameko_nor_the_broker_nor_the_service():
    heavy = ("nameko", "eventlet", "pika", "pydantic")
    loaded = f"import sys, services.audit.verifier; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
