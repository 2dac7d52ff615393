"""The published description is true: the verifier printed in it checks our proofs, and its example is one."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.audit.a_log import Log, event
from tests.audit.test_audit_contracts import EXAMPLES, SIGNER

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "audit-log.md").read_text("utf-8")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "check.py"
    (text,) = re.findall(r"```python\n(.*?)```", REFERENCE, re.DOTALL)
    path.write_text(text, "utf-8")
    return path


def check(
    program: Path, proof: dict[str, object], public_key: str | bytes
) -> subprocess.CompletedProcess[str]:
    (program.parent / "proof.json").write_text(json.dumps(proof), "utf-8")
    (program.parent / "key").write_bytes(public_key if isinstance(public_key, bytes) else public_key.encode())
    # Isolated: nothing of ours can be imported.
    command = [sys.executable, "-I", str(program), "proof.json", "key"]
    return subprocess.run(command, cwd=program.parent, capture_output=True, text=True)


async def test_the_printed_verifier_proves_every_event_of_a_log(log: Log, program: Path):
    await log.grow(1, 11)
    for number in (0, 5, 7, 10):
        done = check(program, (await log.proof_of(number)).model_dump(mode="json"), log.public_key)
        assert done.returncode == 0, done.stderr
        assert str(event(number).id) in done.stdout


async def test_the_printed_verifier_refuses_what_was_changed(log: Log, program: Path):
    await log.grow(11)
    proof = (await log.proof_of(5)).model_dump(mode="json")
    for changed in (
        {"index": 6},
        {"leaf": proof["leaf"].replace("clerk", "approver")},
        {"proof": proof["proof"][1:]},
        {"checkpoint": proof["checkpoint"].replace("\n11\n", "\n12\n"), "tree_size": 12},
    ):
        assert check(program, proof | changed, log.public_key).returncode != 0


def test_the_example_that_is_kept_is_proved_by_the_printed_verifier(program: Path):
    proof = json.loads((EXAMPLES / "inclusion_proof.json").read_text("utf-8"))
    pem = SIGNER._private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert check(program, proof, pem).returncode == 0
    assert all(line in REFERENCE for line in proof["checkpoint"].splitlines()), (
        "the page shows this checkpoint"
    )


def test_the_page_names_every_member_of_a_leaf_and_a_proof():
    proof = json.loads((EXAMPLES / "inclusion_proof.json").read_text("utf-8"))
    for member in [*proof, *json.loads(proof["leaf"])]:
        assert f"| `{member}` |" in REFERENCE
