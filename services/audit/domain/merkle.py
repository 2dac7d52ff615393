"""The Merkle tree of RFC 9162 §2.1 (the same as RFC 6962): hashes, compact ranges, proofs and their verification.

A tree over n leaves is described by ranges of leaves [start, end).  A range whose length is a power of two 2^level and
which starts at a multiple of it is a *node*; a node never changes once its leaves exist, so nodes are what is stored.
Any other range is folded from few nodes (`subtrees`, `fold`).  That gives every root, inclusion proof and consistency
proof from O(log n) stored hashes, for the tree of today and for every earlier size of it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Node(NamedTuple):
    """A complete subtree: the leaves [number·2^level, (number+1)·2^level). Level 0 is the leaves themselves."""

    level: int
    number: int


class Range(NamedTuple):
    """The leaves from `start` up to, not including, `end`."""

    start: int
    end: int


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf; the prefix keeps a leaf from ever passing as a node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def subtrees(leaves: Range) -> list[Node]:
    """The nodes that make up a range that starts where a subtree of the tree starts, largest first."""
    nodes, start = [], leaves.start
    for level in range((leaves.end - leaves.start).bit_length() - 1, -1, -1):
        if (leaves.end - leaves.start) >> level & 1:
            nodes.append(Node(level, start >> level))
            start += 1 << level
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over neighbouring subtrees, largest first, joined from the right: RFC 9162 splits off the largest."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes."""
    growing = CompactRange()
    growing.extend(leaf_hashes)
    return growing.root()


@dataclass(slots=True)
class CompactRange:
    """What must be remembered of a tree to let it grow: its size and the hashes of `subtrees(0, size)`."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if len(self.peaks) != self.size.bit_count():
            raise ValueError("a compact range has one hash for each set bit of its size")

    def append(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Add one leaf hash; returns the nodes above the leaves that became complete by it."""
        peaks, completed, digest, node = list(self.peaks), [], leaf, Node(0, self.size)
        while node.number & 1:
            digest, node = node_hash(peaks.pop(), digest), Node(node.level + 1, node.number >> 1)
            completed.append((node, digest))
        self.size, self.peaks = self.size + 1, (*peaks, digest)
        return completed

    def extend(self, leaves: Iterable[bytes]) -> list[tuple[Node, bytes]]:
        """Add leaf hashes in order; returns all nodes that became complete."""
        return [node for leaf in leaves for node in self.append(leaf)]

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return fold(self.peaks)


# --- proofs: which ranges, and from which nodes --------------------------------------------------------------


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The siblings of leaf `index` on its way to the root of the tree of `size` leaves, from the leaf up (§2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    start, end, siblings = 0, size, []
    while end - start > 1:
        middle = start + _largest_power_of_two_below(end - start)
        if index < middle:
            siblings.append(Range(middle, end))
            end = middle
        else:
            siblings.append(Range(start, middle))
            start = middle
    return siblings[::-1]


def consistency_ranges(earlier: int, later: int) -> list[Range]:
    """What shows that the tree of `later` leaves begins with the tree of `earlier` leaves (§2.1.4.1)."""
    if not 0 <= earlier <= later:
        raise ValueError("the earlier tree cannot be larger than the later one")
    if earlier in (0, later):
        return []
    start, end, whole, siblings = 0, later, True, []
    while earlier != end:
        middle = start + _largest_power_of_two_below(end - start)
        if earlier <= middle:
            siblings.append(Range(middle, end))
            end = middle
        else:
            siblings.append(Range(start, middle))
            start, whole = middle, False
    if not whole:
        siblings.append(Range(start, end))
    return siblings[::-1]


def nodes_of(ranges: Iterable[Range]) -> list[Node]:
    """Every node needed to fold the ranges."""
    return [node for leaves in ranges for node in subtrees(leaves)]


def proof_from(ranges: Iterable[Range], hashes: Mapping[Node, bytes]) -> list[bytes]:
    """The proof itself: one hash for each range."""
    return [fold([hashes[node] for node in subtrees(leaves)]) for leaves in ranges]


def _largest_power_of_two_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


# --- verification, exactly as RFC 9162 words it ----------------------------------------------------------------


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf hash is number `index` of the tree with this size and root (§2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([leaf, root, *proof]):
        return False
    position, last, digest = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            digest = node_hash(sibling, digest)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and digest == root


def verify_consistency(
    earlier: int, later: int, earlier_root: bytes, later_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the later tree is the earlier one with leaves added at its end and nothing else (§2.1.4.2)."""
    if not 0 <= earlier <= later or not _are_hashes([earlier_root, later_root, *proof]):
        return False
    if earlier == later:
        return not proof and earlier_root == later_root
    if earlier == 0:
        return not proof and earlier_root == EMPTY_ROOT
    # A complete earlier tree is itself the first node of the path, and so it is left out of the proof.
    path = [earlier_root, *proof] if earlier & (earlier - 1) == 0 else list(proof)
    return bool(path) and _walk(path, earlier - 1, later - 1) == (earlier_root, later_root)


def _walk(path: Sequence[bytes], position: int, last: int) -> tuple[bytes, bytes] | None:
    """Rebuild the earlier and the later root from a consistency path; None when its length is wrong."""
    while position & 1:
        position, last = position >> 1, last >> 1
    earlier = later = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            earlier, later = node_hash(sibling, earlier), node_hash(sibling, later)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            later = node_hash(later, sibling)
        position, last = position >> 1, last >> 1
    return (earlier, later) if last == 0 else None


def _are_hashes(hashes: Iterable[bytes]) -> bool:
    return all(len(digest) == HASH_BYTES for digest in hashes)
