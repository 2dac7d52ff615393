"""The tree against the vectors published with RFC 6962 (certificate-transparency, transparency-dev/merkle), and against
its own definition for every small size."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.merkle import (
    EMPTY_ROOT,
    CompactRange,
    Node,
    Range,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    nodes_of,
    proof_from,
    root_of,
    subtrees,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(root)
    for root in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
# (leaf number, tree size, proof)
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
# (earlier size, later size, proof)
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]
LARGEST = 70
HASHES = [leaf_hash(f"leaf {number}".encode()) for number in range(LARGEST)]


def stored_nodes(hashes: list[bytes]) -> dict[Node, bytes]:
    """What the database would hold of a tree with these leaves."""
    nodes = {Node(0, number): digest for number, digest in enumerate(hashes)}
    nodes.update(CompactRange().extend(hashes))
    return nodes


def proof_of_inclusion(hashes: list[bytes], index: int) -> list[bytes]:
    return proof_from(inclusion_ranges(index, len(hashes)), stored_nodes(hashes))


def proof_of_consistency(hashes: list[bytes], earlier: int) -> list[bytes]:
    return proof_from(consistency_ranges(earlier, len(hashes)), stored_nodes(hashes))


# --- published vectors -------------------------------------------------------------------------------------------


def test_hashes_are_those_of_the_rfc():
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT == root_of([])
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert (
        node_hash(b"N123", b"N456").hex()
        == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    )


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size):
    assert root_of(map(leaf_hash, LEAVES[:size])) == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "published"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(index, size, published):
    hashes = [leaf_hash(leaf) for leaf in LEAVES[:size]]
    proof = proof_of_inclusion(hashes, index)
    assert [digest.hex() for digest in proof] == published
    assert verify_inclusion(index, size, hashes[index], proof, ROOTS[size - 1])


@pytest.mark.parametrize(("earlier", "later", "published"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(earlier, later, published):
    proof = proof_of_consistency([leaf_hash(leaf) for leaf in LEAVES[:later]], earlier)
    assert [digest.hex() for digest in proof] == published
    assert verify_consistency(earlier, later, ROOTS[earlier - 1], ROOTS[later - 1], proof)


# --- every small tree --------------------------------------------------------------------------------------------


def root_by_definition(hashes: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(root_by_definition(hashes[:split]), root_by_definition(hashes[split:]))


def test_the_growing_tree_has_the_root_of_the_definition_at_every_size():
    growing = CompactRange()
    for size in range(LARGEST):
        assert growing.root() == root_by_definition(HASHES[:size])
        growing.append(HASHES[size])


def test_a_tree_taken_up_again_from_its_stored_nodes_goes_on_the_same():
    nodes = stored_nodes(HASHES)
    for size in range(LARGEST):
        taken_up = CompactRange(size, tuple(nodes[node] for node in subtrees(Range(0, size))))
        taken_up.extend(HASHES[size:])
        assert taken_up.root() == root_by_definition(HASHES)


def test_a_compact_range_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="one hash for each set bit"):
        CompactRange(3, (HASHES[0],))


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_of_every_small_tree_is_proved(size):
    root = root_of(HASHES[:size])
    for index in range(size):
        proof = proof_of_inclusion(HASHES[:size], index)
        assert verify_inclusion(index, size, HASHES[index], proof, root)


@pytest.mark.parametrize("later", range(34))
def test_every_earlier_tree_is_proved_to_be_the_beginning_of_the_later_one(later):
    for earlier in range(later + 1):
        proof = proof_of_consistency(HASHES[:later], earlier)
        assert verify_consistency(earlier, later, root_of(HASHES[:earlier]), root_of(HASHES[:later]), proof)


def test_a_proof_asked_for_outside_the_tree_is_refused():
    with pytest.raises(ValueError, match="not in the tree"):
        inclusion_ranges(5, 5)
    with pytest.raises(ValueError, match="cannot be larger"):
        consistency_ranges(6, 5)


def test_a_proof_needs_few_nodes_of_a_large_log():
    assert len(inclusion_ranges(123_456, 1_000_000)) <= 20
    assert len(nodes_of(inclusion_ranges(123_456, 1_000_000))) <= 40
    assert len(nodes_of(consistency_ranges(123_456, 1_000_000))) <= 40


# --- what must fail ----------------------------------------------------------------------------------------------

sizes = st.integers(2, LARGEST)


@given(sizes, st.data())
def test_another_leaf_is_not_proved(size, data):
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.binary(max_size=40))
    proof = proof_of_inclusion(HASHES[:size], index)
    assert not verify_inclusion(index, size, leaf_hash(b"other" + other), proof, root_of(HASHES[:size]))


@given(sizes, st.data())
def test_a_leaf_is_not_proved_at_another_place(size, data):
    index, claimed = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-2, 2 * LARGEST))
    proof = proof_of_inclusion(HASHES[:size], index)
    is_right = verify_inclusion(claimed, size, HASHES[index], proof, root_of(HASHES[:size]))
    assert is_right == (claimed == index)


@given(sizes, st.data())
def test_a_changed_proof_is_worthless(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = proof_of_inclusion(HASHES[:size], index)
    changed = data.draw(changes_of(proof))
    assert not verify_inclusion(index, size, HASHES[index], changed, root_of(HASHES[:size]))


def test_a_proof_of_the_wrong_length_is_refused_even_when_its_hashes_lead_to_the_root():
    left, right, other = HASHES[:3]
    assert not verify_inclusion(0, 2, node_hash(left, right), [], node_hash(left, right)), "a node is no leaf"
    assert not verify_inclusion(0, 1, right, [left], node_hash(left, right)), (
        "a tree of one leaf has no siblings"
    )
    assert not verify_consistency(1, 4, left, node_hash(left, right), [right]), "that is the tree of two"
    three, four = root_of(HASHES[:3]), root_of(HASHES[:4])
    longer = [*proof_of_consistency(HASHES[:4], 3), other]
    assert not verify_consistency(3, 4, node_hash(other, three), node_hash(other, four), longer)


def test_bytes_moved_from_one_hash_to_the_next_are_refused():
    left, right = HASHES[:2]
    root = node_hash(left, right)
    assert not verify_inclusion(0, 2, left[:31], [left[31:] + right], root)
    assert not verify_inclusion(1, 2, right[1:], [left + right[:1]], root)
    assert not verify_consistency(1, 2, left[:31], root, [left[31:] + right])


@given(sizes, st.data())
def test_a_changed_consistency_proof_is_worthless(size, data):
    earlier = data.draw(st.integers(1, size - 1))
    proof = proof_of_consistency(HASHES[:size], earlier)
    changed = data.draw(changes_of(proof))
    assert not verify_consistency(earlier, size, root_of(HASHES[:earlier]), root_of(HASHES[:size]), changed)


@given(sizes, st.data())
def test_a_history_rewritten_before_the_earlier_checkpoint_is_detected(size, data):
    earlier = data.draw(st.integers(1, size))
    forged = list(HASHES[:size])
    forged[data.draw(st.integers(0, earlier - 1))] = leaf_hash(b"forged")
    proof = proof_of_consistency(forged, earlier)
    assert not verify_consistency(earlier, size, root_of(HASHES[:earlier]), root_of(forged), proof)


@given(sizes, st.data())
def test_a_truncated_log_cannot_continue_its_checkpoint(size, data):
    shorter = data.draw(st.integers(0, size - 1))
    assert not verify_consistency(size, shorter, root_of(HASHES[:size]), root_of(HASHES[:shorter]), [])
    regrown = [
        *HASHES[:shorter],
        *(leaf_hash(b"regrown %d" % number) for number in range(size - shorter + 1)),
    ]
    proof = proof_of_consistency(regrown, size)
    assert not verify_consistency(size, len(regrown), root_of(HASHES[:size]), root_of(regrown), proof)


@given(sizes, st.data())
def test_a_fork_has_another_root(size, data):
    common = data.draw(st.integers(0, size - 1))
    fork = [*HASHES[:common], *(leaf_hash(b"fork %d" % number) for number in range(size - common))]
    assert root_of(fork) != root_of(HASHES[:size])
    assert not verify_consistency(size, size, root_of(HASHES[:size]), root_of(fork), [])


def changes_of(proof: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """A bit flipped, a hash left out, added, doubled or moved."""
    lengthened = [[*proof, HASHES[0]], [HASHES[0], *proof], [*proof, b""], [b"", *proof]]
    shortened = [proof[:number] + proof[number + 1 :] for number in range(len(proof))]
    swapped = [proof[::-1]] if len(proof) > 1 else []
    flipped = [
        [*proof[:number], bytes([digest[0] ^ 8]) + digest[1:], *proof[number + 1 :]]
        for number, digest in enumerate(proof)
    ]
    return st.sampled_from(lengthened + shortened + swapped + flipped)
