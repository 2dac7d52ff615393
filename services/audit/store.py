"""The log in PostgreSQL: the only SQL of the service.

Order numbers are given under one lock, by whoever holds it until its commit: there is one sealer at a time, however
many replicas run, and a sealer that dies takes its unfinished batch with it.  So numbers have no gap and no double.
What a batch needs to go on is read anew (a hash for each set bit of the size), because only the database knows how the
last transaction ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.audit.contracts import SearchEntries
from services.audit.domain.errors import EventAltered, LogDamaged
from services.audit.domain.leaf import Leaf
from services.audit.domain.merkle import (
    CompactRange,
    Node,
    Range,
    consistency_ranges,
    inclusion_ranges,
    nodes_of,
    proof_from,
    subtrees,
)
from shared.database import Connection

SEALER_LOCK = 9162
"""The advisory lock of whoever gives order numbers; a lock belongs to one database, so the number is free to choose."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What became of a batch: new leaves from `first_index` on, and events that were there already."""

    first_index: int
    added: int
    repeated: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored leaf."""

    index: int
    content: str
    leaf_hash: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """One signed checkpoint."""

    tree_size: int
    note: str
    signed_at: datetime


# --- writing -----------------------------------------------------------------------------------------------------


async def become_sealer(connection: Connection) -> None:
    """Wait until nobody else gives order numbers, and keep others out until this transaction ends.

    A statement of its own on purpose: what is read after it sees everything the sealer before committed.
    """
    await connection.execute("SELECT pg_advisory_xact_lock($1)", SEALER_LOCK)


async def seal(connection: Connection, leaves: Sequence[Leaf], at: datetime) -> Sealed:
    """Append the leaves that are not in the log yet, in the given order, in the caller's transaction."""
    await become_sealer(connection)
    fresh = await _not_yet_sealed(connection, leaves)
    tree = await tree_at(connection, await size(connection))
    first = tree.size
    if fresh:
        hashes = [leaf.hash for leaf in fresh]
        await _insert_leaves(connection, first, fresh, hashes, at)
        await _insert_nodes(connection, tree.extend(hashes))
    return Sealed(first, len(fresh), len(leaves) - len(fresh))


async def _not_yet_sealed(connection: Connection, leaves: Sequence[Leaf]) -> list[Leaf]:
    """Each event once; the same id with other facts is refused, whether it was sealed before or comes twice now."""
    rows = await connection.fetch(
        "SELECT event_id, leaf_hash FROM leaves WHERE event_id = ANY($1::uuid[])",
        [leaf.event_id for leaf in leaves],
    )
    sealed: dict[str, bytes] = {str(row["event_id"]): row["leaf_hash"] for row in rows}
    fresh: dict[str, Leaf] = {}
    for leaf in leaves:
        known = sealed.get(leaf.event_id)
        is_same = known == leaf.hash if known else fresh.setdefault(leaf.event_id, leaf) == leaf
        if not is_same:
            raise EventAltered(leaf.event_id)
    return list(fresh.values())


async def _insert_leaves(
    connection: Connection, first: int, leaves: Sequence[Leaf], hashes: Sequence[bytes], at: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO leaves (leaf_index, leaf, leaf_hash, sealed_at)
        SELECT number, leaf, hash, $4 FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS fresh (number, leaf, hash)
        """,
        list(range(first, first + len(leaves))),
        [leaf.content for leaf in leaves],
        hashes,
        at,
    )


async def _insert_nodes(connection: Connection, nodes: Sequence[tuple[Node, bytes]]) -> None:
    await connection.execute(
        "INSERT INTO nodes (level, number, hash) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])",
        [node.level for node, _ in nodes],
        [node.number for node, _ in nodes],
        [digest for _, digest in nodes],
    )


async def add_checkpoint(connection: Connection, checkpoint: StoredCheckpoint) -> None:
    """Keep a signed checkpoint."""
    await connection.execute(
        "INSERT INTO checkpoints (tree_size, note, signed_at) VALUES ($1, $2, $3)",
        checkpoint.tree_size,
        checkpoint.note,
        checkpoint.signed_at,
    )


# --- the tree ----------------------------------------------------------------------------------------------------


async def size(connection: Connection) -> int:
    """How many leaves the log has."""
    count: int = await connection.fetchval("SELECT coalesce(max(leaf_index) + 1, 0) FROM leaves")
    return count


async def tree_at(connection: Connection, tree_size: int) -> CompactRange:
    """The tree as it was with this many leaves."""
    nodes = subtrees(Range(0, tree_size))
    hashes = await _hashes(connection, nodes)
    return CompactRange(tree_size, tuple(hashes[node] for node in nodes))


async def inclusion(connection: Connection, index: int, tree_size: int) -> list[bytes]:
    """The proof that leaf `index` is in the tree of this size."""
    return await _proof(connection, inclusion_ranges(index, tree_size))


async def consistency(connection: Connection, earlier: int, later: int) -> list[bytes]:
    """The proof that the tree of `later` leaves begins with the tree of `earlier`."""
    return await _proof(connection, consistency_ranges(earlier, later))


async def _proof(connection: Connection, ranges: list[Range]) -> list[bytes]:
    return proof_from(ranges, await _hashes(connection, nodes_of(ranges)))


async def _hashes(connection: Connection, nodes: Iterable[Node]) -> dict[Node, bytes]:
    """The stored hashes of these nodes; level 0 is kept with the leaves."""
    wanted = set(nodes)
    inner = [node for node in wanted if node.level]
    rows = await connection.fetch(
        """
        SELECT 0::smallint AS level, leaf_index AS number, leaf_hash AS hash FROM leaves
            WHERE leaf_index = ANY($1::bigint[])
        UNION ALL
        SELECT level, number, hash FROM nodes JOIN unnest($2::smallint[], $3::bigint[]) AS wanted (level, number)
            USING (level, number)
        """,
        [node.number for node in wanted if not node.level],
        [node.level for node in inner],
        [node.number for node in inner],
    )
    hashes: dict[Node, bytes] = {Node(row["level"], row["number"]): row["hash"] for row in rows}
    if hashes.keys() != wanted:
        raise LogDamaged("审计账缺少节点。", "The log has lost nodes.", missing=len(wanted - hashes.keys()))
    return hashes


# --- reading -----------------------------------------------------------------------------------------------------


async def entry_of(connection: Connection, event_id: UUID) -> Entry | None:
    """The entry of an event."""
    row = await connection.fetchrow(
        "SELECT leaf_index, leaf, leaf_hash, sealed_at FROM leaves WHERE event_id = $1", event_id
    )
    return _entry(row) if row else None


async def latest_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """The checkpoint of the largest tree."""
    row = await connection.fetchrow("SELECT * FROM checkpoints ORDER BY tree_size DESC LIMIT 1")
    return StoredCheckpoint(row["tree_size"], row["note"], row["signed_at"]) if row else None


async def checkpoint_at(connection: Connection, tree_size: int) -> StoredCheckpoint | None:
    """The checkpoint signed for exactly this size."""
    row = await connection.fetchrow("SELECT * FROM checkpoints WHERE tree_size = $1", tree_size)
    return StoredCheckpoint(row["tree_size"], row["note"], row["signed_at"]) if row else None


async def entries_after(
    connection: Connection, index: int | None, limit: int, *, newest_first: bool, subject: str | None = None
) -> list[Entry]:
    """Up to `limit` entries that follow entry `index` in the wanted direction, from the beginning when it is None."""
    # Four fixed statements rather than one with OR: each is a plain walk along an index.
    where = "subject = $3 AND " if subject is not None else ""
    step = (
        "leaf_index < $1 ORDER BY leaf_index DESC" if newest_first else "leaf_index > $1 ORDER BY leaf_index"
    )
    start = index if index is not None else (2**62 if newest_first else -1)
    rows = await connection.fetch(
        f"SELECT leaf_index, leaf, leaf_hash, sealed_at FROM leaves WHERE {where}{step} LIMIT $2",  # noqa: S608  # from constants above
        start,
        limit,
        *([subject] if subject is not None else []),
    )
    return [_entry(row) for row in rows]


async def entries_like(
    connection: Connection, ask: SearchEntries, before: int | None, limit: int
) -> list[Entry]:
    """Up to `limit` entries before entry `before` that fit, newest first: a walk down one index, never over all leaves."""
    first, last = await _sealed_between(connection, ask.since, ask.until)
    given = {
        "subject": ask.subject,
        "(leaf::json) ->> 'actor'": ask.actor,
        "(leaf::json) ->> 'type'": ask.type,
    }
    wanted = [(column, value) for column, value in given.items() if value is not None]
    where = "".join(f" AND {column} = ${number}" for number, (column, _) in enumerate(wanted, 4))
    rows = await connection.fetch(
        f"""
        SELECT leaf_index, leaf, leaf_hash, sealed_at FROM leaves
        WHERE leaf_index >= $1 AND leaf_index < $2{where} ORDER BY leaf_index DESC LIMIT $3
        """,  # noqa: S608  # from constants above
        first,
        last if before is None else min(last, before),
        limit,
        *(value for _, value in wanted),
    )
    return [_entry(row) for row in rows]


async def _sealed_between(
    connection: Connection, since: datetime | None, until: datetime | None
) -> tuple[int, int]:
    """The range of leaves sealed in this time: the log grows in the order of its sealing."""
    first, last = 0, 2**62
    if since is not None:
        found = await connection.fetchval(
            "SELECT leaf_index FROM leaves WHERE sealed_at >= $1 ORDER BY sealed_at, leaf_index LIMIT 1",
            since,
        )
        first = last if found is None else found
    if until is not None:
        found = await connection.fetchval(
            "SELECT leaf_index FROM leaves WHERE sealed_at >= $1 ORDER BY sealed_at, leaf_index LIMIT 1",
            until,
        )
        last = last if found is None else found
    return first, last


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(row["leaf_index"], row["leaf"], row["leaf_hash"], row["sealed_at"])
