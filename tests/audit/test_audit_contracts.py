"""One example of each published contract, written down: consumers test against the same files.

After a field was added on purpose, `TONGBAN_WRITE_EXAMPLES=1 pytest tests/audit/test_audit_contracts.py` writes the
files again; but the proof file is a public format and must stay readable for ever.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ValidationError

from services.audit.contracts import (
    PUBLISHED,
    CheckpointSignedV1,
    CheckpointView,
    ConsistencyProof,
    EntryPage,
    EntryView,
    GetProof,
    InclusionProof,
    ListEntries,
    SubjectEntries,
)
from services.audit.domain.merkle import CompactRange, Node, consistency_ranges, inclusion_ranges, proof_from
from services.audit.handlers import leaf_of
from services.audit.signing import CheckpointSigner
from services.audit.verifier import verify_proof
from tests.audit.a_log import ORIGIN, events, to_base64

EXAMPLES = Path(__file__).parent.parent / "contracts" / "audit"
SIGNER = CheckpointSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
AT = datetime(2026, 9, 18, 1, 2, 4, tzinfo=UTC)


def example_of_each() -> dict[str, BaseModel]:
    """Every event and reply, about a log of five events, by the name of its file."""
    leaves = [leaf_of(event) for event in events(0, 5)]
    tree = CompactRange()
    nodes = {Node(0, number): leaf.hash for number, leaf in enumerate(leaves)}
    nodes.update(tree.extend(leaf.hash for leaf in leaves))
    note, root = str(SIGNER.sign(5, tree.root())), to_base64(tree.root())
    inclusion = proof_from(inclusion_ranges(2, 5), nodes)
    consistency = proof_from(consistency_ranges(3, 5), nodes)
    entry = EntryView(
        index=2,
        event_id=events(2, 3)[0].id,
        type=leaves[2].type,
        source=leaves[2].source,
        subject=leaves[2].subject,
        sequence=leaves[2].sequence,
        actor=leaves[2].actor,
        role=leaves[2].role,
        recorded_at=events(2, 3)[0].time,
        payload_sha256=leaves[2].payload_sha256,
        leaf_hash=leaves[2].hash.hex(),
        sealed_at=AT,
    )
    return {
        "checkpoint_signed.v1": CheckpointSignedV1(origin=ORIGIN, tree_size=5, root=root, note=note),
        "checkpoint_view": CheckpointView(
            origin=ORIGIN, tree_size=5, root=root, note=note, signed_at=AT, verifier_key=str(SIGNER.key)
        ),
        "inclusion_proof": InclusionProof(
            leaf=leaves[2].content,
            index=2,
            tree_size=5,
            proof=[to_base64(h) for h in inclusion],
            checkpoint=note,
        ),
        "consistency_proof": ConsistencyProof(
            from_size=3, to_size=5, proof=[to_base64(h) for h in consistency], checkpoint=note
        ),
        "entry_page": EntryPage(entries=[entry], next_cursor="bGVhZjoy"),
    }


NAMES = sorted(example_of_each())


@pytest.mark.parametrize("name", NAMES)
def test_each_contract_still_has_the_form_that_was_written_down(name):
    example, file = example_of_each()[name], EXAMPLES / f"{name}.json"
    if os.environ.get("TONGBAN_WRITE_EXAMPLES"):
        file.write_text(
            json.dumps(example.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n", "utf-8"
        )
    written = json.loads(file.read_text("utf-8"))
    assert example.model_dump(mode="json") == written
    assert type(example).model_validate(written) == example


@pytest.mark.parametrize("name", NAMES)
def test_a_field_that_a_later_publisher_adds_disturbs_no_consumer(name):
    written = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    example = example_of_each()[name]
    assert type(example).model_validate({**written, "added_later": 1}) == example


def test_the_proof_file_that_was_written_down_still_proves():
    report = verify_proof((EXAMPLES / "inclusion_proof.json").read_text("utf-8"), str(SIGNER.key), ORIGIN)
    assert report.ok, report


def test_the_event_names_its_publisher_and_ends_in_its_version():
    for event in PUBLISHED:
        assert event.publisher() == "audit"
        assert event.event_type.endswith(".v1")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: GetProof.model_validate({"event_id": "x"}),
        lambda: GetProof.model_validate({"event_id": str(events(0, 1)[0].id), "more": 1}),
        lambda: ListEntries(limit=0),
        lambda: ListEntries(limit=501),
        lambda: ListEntries(cursor="x" * 65),
        lambda: SubjectEntries(subject=""),
        lambda: SubjectEntries(subject="x" * 201),
    ],
)
def test_a_malformed_request_is_refused(wrong):
    with pytest.raises(ValidationError):
        wrong()
