"""Checkpoints and proofs from a real database, checked with the off-line verifier."""

import asyncio
import base64
import json
from datetime import timedelta

import pytest

from services.audit import handlers
from services.audit.contracts import (
    CheckpointSignedV1,
    GetCheckpoint,
    GetConsistency,
    GetProof,
    InclusionProof,
    ListEntries,
    SubjectEntries,
)
from services.audit.domain.checkpoint import open_checkpoint, parse_checkpoint, parse_note
from services.audit.domain.errors import (
    CheckpointUnknown,
    CursorUnreadable,
    EntryUnknown,
    LogDamaged,
    SizeOutOfRange,
)
from services.audit.domain.merkle import verify_consistency
from services.audit.signing import verify_ed25519
from services.audit.verifier import verify_proof
from shared.messaging.envelope import Envelope
from tests.audit.a_log import ORIGIN, Log, event, events, to_base64


async def outbox(log: Log) -> list[Envelope]:
    rows = await log.database.fetch("SELECT body FROM outbox ORDER BY id")
    return [Envelope.model_validate_json(row["body"]) for row in rows]


async def test_a_checkpoint_is_signed_and_told_to_the_witnesses_in_one_transaction(log: Log):
    await log.seal(*events(0, 5))
    stored = await log.sign()
    checkpoint = open_checkpoint(stored.note, log.signer.key, verify_ed25519)
    assert checkpoint is not None
    assert (checkpoint.origin, checkpoint.tree_size) == (ORIGIN, 5)
    (told,) = await outbox(log)
    assert told.type == CheckpointSignedV1.event_type
    assert (told.subject, told.sequence, told.actor) == (ORIGIN, 5, "service:audit")
    assert CheckpointSignedV1.model_validate(told.data) == CheckpointSignedV1(
        origin=ORIGIN, tree_size=5, root=to_base64(checkpoint.root), note=stored.note
    )


async def test_nothing_new_is_not_signed_again(log: Log):
    await log.seal(event(0))
    assert await log.sign() == await log.sign()
    assert len(await outbox(log)) == 1


async def test_an_empty_log_is_not_signed(log: Log):
    async with log.database.transaction() as connection:
        assert await handlers.sign_checkpoint(connection, log.signer, log.at) is None


async def test_the_pause_between_two_checkpoints_is_kept_by_all_replicas_together(log: Log):
    async def sign(after: float) -> int:
        async with log.database.transaction() as connection:
            at = log.at + timedelta(seconds=after)
            stored = await handlers.sign_checkpoint(connection, log.signer, at, pause=timedelta(seconds=1))
        assert stored is not None
        return stored.tree_size

    await log.seal(event(0))
    assert await sign(0) == 1
    await log.seal(event(1))
    assert await asyncio.gather(sign(0.5), sign(0.9)) == [1, 1]
    assert await asyncio.gather(sign(1.0), sign(1.0)) == [2, 2]
    assert len(await outbox(log)) == 2


async def test_every_event_is_proved_under_the_newest_checkpoint_and_under_earlier_ones(log: Log):
    await log.grow(1, 5, 8, 13)
    for number in range(13):
        for size in (None, 5, 8, 13):
            if size is None or number < size:
                proof = await log.proof_of(number, size)
                report = verify_proof(proof.model_dump_json(), log.public_key, ORIGIN)
                assert report.ok, report
                assert (report.index, report.tree_size) == (number, size or 13)
                assert report.leaf is not None
                assert report.leaf.event_id == str(event(number).id)


async def test_an_entry_younger_than_the_last_checkpoint_gets_one(log: Log):
    await log.grow(3)
    await log.seal(event(3))
    proof = await log.proof_of(3)
    assert proof.tree_size == 4
    assert verify_proof(proof.model_dump_json(), str(log.signer.key)).ok
    assert len(await outbox(log)) == 2


async def test_an_unknown_event_has_no_proof(log: Log):
    await log.grow(3)
    with pytest.raises(EntryUnknown):
        await log.proof_of(99)


async def test_a_proof_under_a_tree_without_the_entry_or_without_a_checkpoint_is_refused(log: Log):
    await log.grow(3, 6)
    for number in (3, 4):
        with pytest.raises(SizeOutOfRange):
            await log.proof_of(number, 3)
    with pytest.raises(CheckpointUnknown):
        await log.proof_of(1, 5)


CHANGES = {
    "leaf": lambda proof: proof["leaf"].replace("clerk", "approver"),
    "index": lambda proof: proof["index"] + 1,
    "tree_size": lambda proof: proof["tree_size"] + 1,
    "proof": lambda proof: proof["proof"][::-1],
    "checkpoint": lambda proof: proof["checkpoint"].replace(f"{ORIGIN}\n13", f"{ORIGIN}\n14"),
    "format": lambda _: "another/v9",
}


@pytest.mark.parametrize("field", sorted(CHANGES))
async def test_a_proof_file_with_anything_changed_proves_nothing(log: Log, field):
    await log.grow(13)
    proof = (await log.proof_of(6)).model_dump(mode="json")
    assert verify_proof(proof, log.public_key).ok
    report = verify_proof(proof | {field: CHANGES[field](proof)}, log.public_key)
    assert not report.ok
    assert report.zh
    assert report.en


@pytest.mark.parametrize(
    "document",
    ["", "[]", "null", b"\xff", '{"format":"tongban-audit-proof/v1"}', "[" * 100_000, "1" * 5000],
)
def test_any_other_file_is_unreadable_and_nothing_worse(document):
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert verify_proof(document, key).code == "unreadable"


async def test_a_proof_file_with_a_field_of_any_kind_is_answered(log: Log):
    await log.grow(2)
    proof = (await log.proof_of(1)).model_dump(mode="json")
    for field in ("leaf", "index", "tree_size", "proof", "checkpoint"):
        for value in (None, True, -1, 2**70, "x", "\ud800", [None], ["x"], {}):
            assert not verify_proof(proof | {field: value}, log.public_key).ok


async def test_a_proof_of_another_key_or_another_log_is_not_believed(log: Log):
    await log.grow(2)
    proof = await log.proof_of(1)
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert verify_proof(proof.model_dump_json(), other).code == "checkpoint_signature"
    assert verify_proof(proof.model_dump_json(), log.public_key, "another/log").code == "checkpoint_signature"


async def test_consistency_of_any_two_checkpoints_is_proved(log: Log):
    notes = await log.grow(1, 4, 7, 12)
    trees = [parse_checkpoint(parse_note(note).text) for note in notes]
    for earlier in trees:
        for later in trees[trees.index(earlier) :]:
            async with log.database.acquire() as connection:
                ask = GetConsistency(from_size=earlier.tree_size, to_size=later.tree_size)
                proof = await handlers.get_consistency(connection, ask)
            hashes = [base64.b64decode(digest) for digest in proof.proof]
            assert verify_consistency(earlier.tree_size, later.tree_size, earlier.root, later.root, hashes)
            assert proof.checkpoint == notes[trees.index(later)]


async def test_consistency_outside_the_log_is_refused(log: Log):
    await log.grow(4)
    async with log.database.acquire() as connection:
        for ask in (GetConsistency(from_size=1, to_size=5), GetConsistency(from_size=5)):
            with pytest.raises(SizeOutOfRange):
                await handlers.get_consistency(connection, ask)


async def test_the_newest_checkpoint_comes_with_the_key_to_check_it(log: Log):
    await log.grow(2, 3)
    async with log.database.acquire() as connection:
        newest = await handlers.get_checkpoint(connection, GetCheckpoint(), log.signer)
        first = await handlers.get_checkpoint(connection, GetCheckpoint(tree_size=2), log.signer)
        with pytest.raises(CheckpointUnknown):
            await handlers.get_checkpoint(connection, GetCheckpoint(tree_size=1), log.signer)
    assert (newest.tree_size, first.tree_size) == (3, 2)
    assert newest.verifier_key == str(log.signer.key)


async def test_a_log_without_checkpoint_says_so(log: Log):
    async with log.database.acquire() as connection:
        with pytest.raises(CheckpointUnknown):
            await handlers.get_checkpoint(connection, GetCheckpoint(), log.signer)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM leaves WHERE leaf_index = 4",
        "UPDATE nodes SET hash = sha256('x') WHERE level = 2",
        "UPDATE checkpoints SET note = 'x'",
    ],
)
async def test_a_log_that_contradicts_its_last_checkpoint_signs_nothing_more(log: Log, damage):
    await log.grow(5)
    await log.tamper(damage)
    if "DELETE" not in damage:
        await log.seal(event(5))
    with pytest.raises(LogDamaged):
        await log.sign()
    assert await log.value("SELECT count(*) FROM checkpoints") == 1


# --- lists -------------------------------------------------------------------------------------------------------


async def pages(log: Log, ask: ListEntries | SubjectEntries) -> list[int]:
    """The indices of all entries, page by page."""
    indices, cursor = [], None
    while True:
        async with log.database.acquire() as connection:
            page = await handlers.list_entries(connection, ask.model_copy(update={"cursor": cursor}))
        assert 0 < len(page.entries) <= ask.limit
        indices += [entry.index for entry in page.entries]
        cursor = page.next_cursor
        if cursor is None:
            return indices


@pytest.mark.parametrize("limit", [1, 3, 10, 11, 500])
async def test_pages_hold_every_entry_once_in_both_directions(log: Log, limit):
    await log.seal(*events(0, 10))
    assert await pages(log, ListEntries(limit=limit)) == list(range(9, -1, -1))
    assert await pages(log, ListEntries(limit=limit, order="oldest")) == list(range(10))


async def test_pages_of_a_subject_hold_its_entries_only(log: Log):
    await log.seal(*events(0, 20))
    assert await pages(log, SubjectEntries(subject="case-3", limit=2)) == [3, 10, 17]
    assert await pages(log, SubjectEntries(subject="case-3", limit=2, order="newest")) == [17, 10, 3]


async def test_an_entry_shows_what_was_sealed(log: Log):
    await log.seal(event(4))
    async with log.database.acquire() as connection:
        (entry,) = (await handlers.list_entries(connection, ListEntries())).entries
    sent = event(4)
    assert (entry.index, entry.event_id, entry.type, entry.source) == (0, sent.id, sent.type, sent.source)
    assert (entry.subject, entry.sequence, entry.actor, entry.role) == (
        "case-4",
        4,
        "staff:wangfang",
        "clerk",
    )
    assert (entry.recorded_at, entry.payload_sha256) == (sent.time, sent.payloadsha256)
    assert entry.leaf_hash == handlers.leaf_of(sent).hash.hex()


async def test_an_empty_log_has_one_empty_page(log: Log):
    async with log.database.acquire() as connection:
        page = await handlers.list_entries(connection, SubjectEntries(subject="nothing"))
    assert (page.entries, page.next_cursor) == ([], None)


@pytest.mark.parametrize(
    "cursor", ["", "x", "bGVhZjo=", "bGVhZjotMQ==", "bm9kZTox", "bGVhZjo5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "中"]
)
async def test_a_foreign_cursor_is_refused(log: Log, cursor):
    async with log.database.acquire() as connection:
        with pytest.raises(CursorUnreadable):
            await handlers.list_entries(connection, ListEntries(cursor=cursor))


def test_the_proof_reply_is_the_proof_file():
    assert json.loads(
        InclusionProof(leaf="", index=0, tree_size=1, proof=[], checkpoint="").model_dump_json()
    )["format"] == ("tongban-audit-proof/v1")
    assert GetProof(event_id=event(1).id).tree_size is None
