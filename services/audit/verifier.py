"""Checking the whole log in its database, without trusting the service that wrote it.

Everything is computed anew from the stored leaves: their form, their order, every node above them, and the root under
every checkpoint, those that the log kept and those that others kept as witnesses.  It reads one snapshot in pieces, so
a log of any length needs little memory, and it changes nothing.  This module runs without Nameko, broker or service.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

import asyncpg

from services.audit.domain.checkpoint import (
    Checkpoint,
    NoteUnreadable,
    VerifierKey,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
)
from services.audit.domain.errors import LeafRefused
from services.audit.domain.leaf import parse_leaf
from services.audit.domain.merkle import CompactRange, Node, leaf_hash
from services.audit.proof_file import ProofReport as ProofReport
from services.audit.proof_file import verify_proof as verify_proof
from services.audit.signing import load_verifier_key, verify_ed25519

LEAVES_AT_ONCE = 4096
MOST_FAULTS_TOLD = 50

Progress = Callable[[int, int], None]
"""Told how many leaves were checked, of how many."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that should not be; the damage lies in the leaves from `index` up to, not including, `until`."""

    code: str
    zh: str
    en: str
    index: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked and what was found."""

    origin: str
    tree_size: int
    root: str
    checkpoints: int
    witnessed: int
    fault_count: int
    faults: tuple[Fault, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.fault_count

    @property
    def first_bad_index(self) -> int | None:
        """The first leaf that may be damaged, as exactly as it is known: a wide range that holds a narrower one is
        only its consequence."""
        places = {(f.index, f.until or f.index + 1) for f in self.faults if f.index is not None}
        causes = [place for place in places if not any(_is_within(other, place) for other in places)]
        return min((first for first, _ in causes), default=None)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"ok": self.ok, "first_bad_index": self.first_bad_index, **asdict(self)}


def _is_within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return inner != outer and outer[0] <= inner[0] and inner[1] <= outer[1]


async def verify_log(
    database_url: str,
    public_key: str | bytes,
    witnessed_checkpoints: Iterable[str] = (),
    *,
    origin: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check the log in this database with its public key (PEM or `name+keyid+base64`) and the notes of witnesses."""
    started = perf_counter()
    witnesses = list(witnessed_checkpoints)
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            key = load_verifier_key(public_key, origin or await _origin(connection, witnesses))
            check = _Check(connection, key)
            check.take_witnesses(witnesses)
            await check.run(progress)
    finally:
        await connection.close()
    return check.report(perf_counter() - started)


async def _origin(connection: asyncpg.Connection, witnesses: Sequence[str]) -> str:
    """The name under which the log signs, when only a bare key was given: the signature then covers the name.

    A log that was emptied has no checkpoint left that says it; then a witness does.
    """
    note = await connection.fetchval("SELECT note FROM checkpoints ORDER BY tree_size LIMIT 1")
    note = note or next(iter(witnesses), "")
    try:
        return parse_checkpoint(parse_note(note).text).origin
    except (NoteUnreadable, AttributeError):
        return "unknown"


@dataclass(slots=True)
class _Check:
    """One run over one log."""

    connection: asyncpg.Connection
    key: VerifierKey
    tree: CompactRange = field(default_factory=CompactRange)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    checkpoints: int = 0
    witnesses: dict[int, list[Checkpoint]] = field(default_factory=dict)
    witnessed: int = 0
    proved_sizes: dict[str, int] = field(default_factory=dict)

    def report(self, seconds: float) -> Report:
        faults = tuple(sorted(self.faults, key=lambda fault: -1 if fault.index is None else fault.index))
        return Report(
            self.key.name,
            self.tree.size,
            self.tree.root().hex(),
            self.checkpoints,
            self.witnessed,
            self.fault_count,
            faults,
            round(seconds, 3),
        )

    def take_witnesses(self, notes: Iterable[str]) -> None:
        for note in notes:
            self.witnessed += 1
            if checkpoint := self._opened(note, "witness"):
                self.witnesses.setdefault(checkpoint.tree_size, []).append(checkpoint)

    async def run(self, progress: Progress | None) -> None:
        total = await self.connection.fetchval("SELECT count(*) FROM leaves")
        await self._compare_roots(await self._checkpoints_between(-1, 0))
        while leaves := await self._next_leaves():
            before = self.tree.size
            sizes = await self._checkpoints_between(before, before + len(leaves))
            nodes = await self._take(leaves, sizes)
            await self._compare_nodes(before, nodes)
            if progress:
                progress(self.tree.size, total)
            if self.tree.size != before + len(leaves):
                break
        await self._compare_ends(total)

    # --- leaves --------------------------------------------------------------------------------------------------

    async def _next_leaves(self) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self.connection.fetch(
            "SELECT leaf_index, leaf, leaf_hash, event_id::text, subject FROM leaves"
            " WHERE leaf_index >= $1 ORDER BY leaf_index LIMIT $2",
            self.tree.size,
            LEAVES_AT_ONCE,
        )
        return rows

    async def _take(
        self, rows: Sequence[asyncpg.Record], sizes: Mapping[int, Sequence[tuple[str, Checkpoint]]]
    ) -> dict[Node, bytes]:
        nodes: dict[Node, bytes] = {}
        for row in rows:
            index = self.tree.size
            if row["leaf_index"] != index:
                self._fault(
                    "leaf_missing",
                    f"第 {index} 条缺失或次序错乱。",
                    f"Leaf {index} is missing or out of order.",
                    index,
                    max(index + 1, row["leaf_index"]),
                )
                break
            self._check_leaf(index, row)
            nodes.update(self.tree.append(row["leaf_hash"]))
            if index + 1 in sizes:
                await self._compare_roots({index + 1: sizes[index + 1]})
        return nodes

    def _check_leaf(self, index: int, row: asyncpg.Record) -> None:
        """A leaf must be canonical, have the stored hash, and be found under its own event and subject."""
        if leaf_hash(row["leaf"].encode()) != row["leaf_hash"]:
            self._fault(
                "leaf_altered",
                f"第 {index} 条的内容已被改动。",
                f"Leaf {index} was altered.",
                index,
                index + 1,
            )
            return
        try:
            leaf = parse_leaf(row["leaf"])
        except LeafRefused as refused:
            self._fault(
                "leaf_form", f"第 {index} 条：{refused.zh}", f"Leaf {index}: {refused.en}", index, index + 1
            )
            return
        if (leaf.event_id, leaf.subject) != (row["event_id"], row["subject"]):
            self._fault(
                "leaf_misfiled",
                f"第 {index} 条被归入别的事件或主体。",
                f"Leaf {index} is filed under another event or subject.",
                index,
                index + 1,
            )

    # --- nodes ---------------------------------------------------------------------------------------------------

    async def _compare_nodes(self, before: int, computed: Mapping[Node, bytes]) -> None:
        stored = await self._stored_nodes(before, self.tree.size)
        for node, digest in computed.items():
            if stored.get(node) != digest:
                first, until = node.number << node.level, (node.number + 1) << node.level
                self._fault(
                    "node_missing" if node not in stored else "node_altered",
                    f"第 {first} 至 {until - 1} 条之上的节点缺失或被改动。",
                    f"The node over the leaves {first} to {until - 1} is missing or altered.",
                    first,
                    until,
                )

    async def _stored_nodes(self, before: int, after: int) -> dict[Node, bytes]:
        """The nodes that became complete while the log grew from `before` to `after` leaves."""
        levels = range(1, after.bit_length())
        rows = await self.connection.fetch(
            """
            SELECT nodes.level, number, hash FROM nodes
            JOIN unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS grown (level, first, until)
                ON nodes.level = grown.level AND number >= first AND number < until
            """,
            list(levels),
            [before >> level for level in levels],
            [after >> level for level in levels],
        )
        return {Node(row["level"], row["number"]): row["hash"] for row in rows}

    # --- checkpoints ---------------------------------------------------------------------------------------------

    async def _checkpoints_between(self, above: int, up_to: int) -> dict[int, list[tuple[str, Checkpoint]]]:
        """Every readable checkpoint of these sizes, the log's own and the witnessed."""
        found: dict[int, list[tuple[str, Checkpoint]]] = {}
        rows = await self.connection.fetch(
            "SELECT tree_size, note FROM checkpoints WHERE tree_size > $1 AND tree_size <= $2", above, up_to
        )
        for row in rows:
            self.checkpoints += 1
            if checkpoint := self._opened(row["note"], "checkpoint", row["tree_size"]):
                found.setdefault(checkpoint.tree_size, []).append(("checkpoint", checkpoint))
        for size in [size for size in self.witnesses if above < size <= up_to]:
            found.setdefault(size, []).extend(("witness", witness) for witness in self.witnesses.pop(size))
        return found

    def _opened(self, note: str, kind: str, tree_size: int | None = None) -> Checkpoint | None:
        """A checkpoint that this log's key signed, and that is filed under its own size; else a fault."""
        named = "见证的检查点" if kind == "witness" else "检查点"
        at = f"（规模 {tree_size}）" if tree_size is not None else ""
        at_en = f" of size {tree_size}" if tree_size is not None else ""
        try:
            checkpoint = open_checkpoint(note, self.key, verify_ed25519)
        except NoteUnreadable:
            self._fault(f"{kind}_form", f"{named}{at}无法读取。", f"A {kind}{at_en} is unreadable.")
            return None
        if checkpoint is None or tree_size not in (None, checkpoint.tree_size):
            self._fault(
                f"{kind}_signature",
                f"{named}{at}不是本审计账的公钥所签，或被移作他用。",
                f"A {kind}{at_en} was not signed by this log's key, or is filed under another size.",
            )
            return None
        return checkpoint

    async def _compare_roots(self, sizes: Mapping[int, Sequence[tuple[str, Checkpoint]]]) -> None:
        for kind, checkpoint in _flat(sizes):
            if checkpoint.root == self.tree.root():
                self.proved_sizes[kind] = self.tree.size
                continue
            self._fault(
                f"{kind}_root",
                f"规模 {self.tree.size} 的账与当时签发的检查点不符：历史已被改写。",
                f"The log of {self.tree.size} leaves is not the one that was signed: its history was rewritten.",
                self.proved_sizes.get(kind, 0),
                self.tree.size,
            )

    # --- ends ----------------------------------------------------------------------------------------------------

    async def _compare_ends(self, total: int) -> None:
        """Nothing may have been cut off, added beside the order, or entered twice."""
        size = self.tree.size
        largest = await self.connection.fetchval("SELECT max(tree_size) FROM checkpoints") or 0
        if (promised := max(largest, *self.witnesses, 0)) > size >= total:
            self._fault(
                "log_truncated",
                f"账只有 {size} 条，而已签发的检查点证明曾有 {promised} 条：末尾被截断。",
                f"The log has {size} leaves, but a signed checkpoint shows that it had {promised}: its end was cut off.",
                size,
                promised,
            )
        if not self.fault_count:
            await self._compare_counts(total)

    async def _compare_counts(self, total: int) -> None:
        size = self.tree.size
        if total != size:
            self._fault("leaf_extra", "账中有次序之外的条目。", "There are leaves beside the order.", size)
        if await self.connection.fetchval("SELECT count(*) FROM nodes") != size - size.bit_count():
            self._fault("node_extra", "账中有多余的节点。", "There are nodes of no leaves.")
        twice = await self.connection.fetchval(
            "SELECT max(leaf_index) FROM leaves GROUP BY event_id HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
        )
        if twice is not None:
            self._fault(
                "event_twice",
                f"第 {twice} 条的事件已入账。",
                f"The event of leaf {twice} was entered before.",
                twice,
            )

    def _fault(self, code: str, zh: str, en: str, index: int | None = None, until: int | None = None) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS_TOLD:
            self.faults.append(Fault(code, zh, en, index, until))


def _flat(sizes: Mapping[int, Sequence[tuple[str, Checkpoint]]]) -> Iterator[tuple[str, Checkpoint]]:
    for found in sizes.values():
        yield from found
