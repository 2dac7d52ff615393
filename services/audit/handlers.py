"""What the log does with each event and answers to each question; every function runs in its caller's transaction."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.audit import store
from services.audit.contracts import (
    CheckpointSignedV1,
    CheckpointView,
    ConsistencyProof,
    EntryPage,
    EntryView,
    GetCheckpoint,
    GetConsistency,
    GetProof,
    InclusionProof,
    ListEntries,
    SearchEntries,
    SubjectEntries,
)
from services.audit.domain.checkpoint import Checkpoint, NoteUnreadable, parse_checkpoint, parse_note
from services.audit.domain.errors import (
    CheckpointUnknown,
    CursorUnreadable,
    EntryUnknown,
    LogDamaged,
    SizeOutOfRange,
)
from services.audit.domain.leaf import Leaf, instant, parse_leaf
from services.audit.domain.merkle import CompactRange, verify_consistency
from services.audit.signing import CheckpointSigner
from services.audit.store import Entry, Sealed, StoredCheckpoint
from shared.database import Connection
from shared.identity import system_actor
from shared.messaging import outbox
from shared.messaging.envelope import Envelope, envelope

# --- events and checkpoints --------------------------------------------------------------------------------------


def leaf_of(event: Envelope) -> Leaf:
    """What the log remembers of an event."""
    return Leaf(
        event_id=str(event.id),
        type=event.type,
        source=event.source,
        subject=event.subject,
        sequence=event.sequence,
        actor=event.actor,
        role=event.actorrole,
        recorded_at=instant(event.time),
        payload_sha256=event.payloadsha256,
    )


async def seal_events(connection: Connection, events: Sequence[Envelope], at: datetime) -> Sealed:
    """Every event becomes one leaf, however often it comes."""
    return await store.seal(connection, [leaf_of(event) for event in events], at)


async def sign_checkpoint(
    connection: Connection, signer: CheckpointSigner, at: datetime, *, pause: timedelta = timedelta(0)
) -> StoredCheckpoint | None:
    """Sign the tree as it is now and tell the witnesses; never twice, and never against what was signed before.

    Returns the newest checkpoint, which is the one before when nothing was added or `pause` is not over yet.
    """
    await store.become_sealer(connection)
    tree = await store.tree_at(connection, await store.size(connection))
    last = await store.latest_checkpoint(connection)
    if tree.size == (last.tree_size if last else 0) or (last and at - last.signed_at < pause):
        return last
    if last:
        await _must_continue(connection, last, tree)
    checkpoint = StoredCheckpoint(tree.size, str(signer.sign(tree.size, tree.root())), at)
    await store.add_checkpoint(connection, checkpoint)
    await outbox.add(connection, [_checkpoint_signed(checkpoint, signer)])
    return checkpoint


async def _must_continue(connection: Connection, last: StoredCheckpoint, tree: CompactRange) -> None:
    """Signing a tree that does not begin with the last one signed would make the log its own false witness."""
    signed = _read(last)
    if tree.size < signed.tree_size:
        raise LogDamaged(
            "审计账比已签发的检查点短，停止签发。",
            "The log is shorter than a checkpoint it signed; nothing more is signed.",
            tree_size=tree.size,
            signed_size=signed.tree_size,
        )
    proof = await store.consistency(connection, signed.tree_size, tree.size)
    if not verify_consistency(signed.tree_size, tree.size, signed.root, tree.root(), proof):
        raise LogDamaged(
            "审计账与已签发的检查点不一致，停止签发。",
            "The log contradicts a checkpoint it signed; nothing more is signed.",
            tree_size=tree.size,
            signed_size=signed.tree_size,
        )


def _read(stored: StoredCheckpoint) -> Checkpoint:
    try:
        return parse_checkpoint(parse_note(stored.note).text)
    except NoteUnreadable:
        raise LogDamaged(
            "已签发的检查点无法读取。", "A signed checkpoint cannot be read.", tree_size=stored.tree_size
        ) from None


def _checkpoint_signed(checkpoint: StoredCheckpoint, signer: CheckpointSigner) -> Envelope:
    signed = _read(checkpoint)
    return envelope(
        CheckpointSignedV1(
            origin=signed.origin,
            tree_size=signed.tree_size,
            root=to_base64(signed.root),
            note=checkpoint.note,
        ),
        source="/audit",
        event_id=uuid4(),
        subject=signer.key.name,
        sequence=checkpoint.tree_size,
        recorded_at=checkpoint.signed_at,
        actor=system_actor("audit"),
    )


# --- questions ---------------------------------------------------------------------------------------------------


async def get_checkpoint(
    connection: Connection, ask: GetCheckpoint, signer: CheckpointSigner
) -> CheckpointView:
    """The newest checkpoint, or that of one size."""
    stored = await _checkpoint(connection, ask.tree_size)
    signed = _read(stored)
    return CheckpointView(
        origin=signed.origin,
        tree_size=signed.tree_size,
        root=to_base64(signed.root),
        note=stored.note,
        signed_at=stored.signed_at,
        verifier_key=str(signer.key),
    )


async def get_proof(
    connection: Connection, ask: GetProof, signer: CheckpointSigner, at: datetime
) -> InclusionProof:
    """The proof file of one event; an entry younger than the last checkpoint has one signed for it."""
    entry = await store.entry_of(connection, ask.event_id)
    if entry is None:
        raise EntryUnknown
    checkpoint = await _checkpoint_over(connection, entry, ask.tree_size, signer, at)
    proof = await store.inclusion(connection, entry.index, checkpoint.tree_size)
    return InclusionProof(
        leaf=entry.content,
        index=entry.index,
        tree_size=checkpoint.tree_size,
        proof=[to_base64(digest) for digest in proof],
        checkpoint=checkpoint.note,
    )


async def get_consistency(connection: Connection, ask: GetConsistency) -> ConsistencyProof:
    """The proof that nothing in the earlier tree was changed or cut off."""
    to_size = ask.to_size if ask.to_size is not None else (await _checkpoint(connection, None)).tree_size
    if to_size > await store.size(connection):
        raise SizeOutOfRange("/to_size")
    if ask.from_size > to_size:
        raise SizeOutOfRange("/from_size")
    proof = await store.consistency(connection, ask.from_size, to_size)
    signed = await store.checkpoint_at(connection, to_size)
    return ConsistencyProof(
        from_size=ask.from_size,
        to_size=to_size,
        proof=[to_base64(digest) for digest in proof],
        checkpoint=signed.note if signed else None,
    )


async def list_entries(connection: Connection, ask: ListEntries | SubjectEntries) -> EntryPage:
    """One page of the log, or of what it says about one subject."""
    entries = await store.entries_after(
        connection,
        _index_in(ask.cursor),
        ask.limit + 1,
        newest_first=ask.order == "newest",
        subject=ask.subject if isinstance(ask, SubjectEntries) else None,
    )
    shown = entries[: ask.limit]
    return EntryPage(
        entries=[_view(entry) for entry in shown],
        next_cursor=_cursor_after(shown[-1]) if len(entries) > ask.limit else None,
    )


async def search_entries(connection: Connection, ask: SearchEntries) -> EntryPage:
    """One page of what fits."""
    entries = await store.entries_like(connection, ask, _index_in(ask.cursor), ask.limit + 1)
    shown = entries[: ask.limit]
    return EntryPage(
        entries=[_view(entry) for entry in shown],
        next_cursor=_cursor_after(shown[-1]) if len(entries) > ask.limit else None,
    )


async def _checkpoint(connection: Connection, tree_size: int | None) -> StoredCheckpoint:
    stored = await (
        store.latest_checkpoint(connection)
        if tree_size is None
        else store.checkpoint_at(connection, tree_size)
    )
    if stored is None:
        raise CheckpointUnknown
    return stored


async def _checkpoint_over(
    connection: Connection, entry: Entry, tree_size: int | None, signer: CheckpointSigner, at: datetime
) -> StoredCheckpoint:
    if tree_size is not None:
        if tree_size <= entry.index:
            raise SizeOutOfRange("/tree_size")
        return await _checkpoint(connection, tree_size)
    stored = await store.latest_checkpoint(connection)
    if stored is None or stored.tree_size <= entry.index:
        stored = await sign_checkpoint(connection, signer, at)
    if stored is None:
        raise CheckpointUnknown
    return stored


def _view(entry: Entry) -> EntryView:
    leaf = parse_leaf(entry.content)
    return EntryView(
        index=entry.index,
        event_id=UUID(leaf.event_id),
        type=leaf.type,
        source=leaf.source,
        subject=leaf.subject,
        sequence=leaf.sequence,
        actor=leaf.actor,
        role=leaf.role,
        recorded_at=datetime.fromisoformat(leaf.recorded_at),
        payload_sha256=leaf.payload_sha256,
        leaf_hash=entry.leaf_hash.hex(),
        sealed_at=entry.sealed_at,
    )


def to_base64(raw: bytes) -> str:
    """Standard base64, as checkpoints write it."""
    return base64.b64encode(raw).decode("ascii")


def _cursor_after(entry: Entry) -> str:
    return base64.urlsafe_b64encode(f"leaf:{entry.index}".encode()).decode("ascii")


def _index_in(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        word, _, number = (
            base64.b64decode(cursor, altchars=b"-_", validate=True).decode("ascii").partition(":")
        )
        index = int(number) if word == "leaf" and number.isdecimal() else -1
    except (binascii.Error, ValueError):
        index = -1
    if not 0 <= index < 2**53:
        raise CursorUnreadable
    return index
