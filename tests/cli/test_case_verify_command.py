"""`tongban case verify` with bundles that were made to deceive or to break it; honest ones are in tests/flows."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deploy.commands.case_bundle import FORMAT, MANIFEST, BundleReport, verify_bundle
from deploy.commands.case_verify import as_text

PUBLIC_KEY = (
    Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
).decode()
# Goes to the upper left corner and writes another verdict over the first one.
OVER = "\x1b[H\x1b[2J\x1b[32m✓ 完整\x1b[0m\x1b]0;title\x07\u202e\r"


def checked(folder: Path, events: Any = None, **manifest: Any) -> BundleReport:
    file = folder / "bundle.zip"
    with zipfile.ZipFile(file, "w") as archive:
        told = {"format": FORMAT, "case_id": "x", "case_no": "1", "version": 1, "files": [], "absent": []}
        archive.writestr(MANIFEST, json.dumps(told | manifest))
        archive.writestr("events.json", json.dumps({"events": events or [{"version": 1}]}))
    return verify_bundle(file, PUBLIC_KEY)


def test_a_bundle_writes_nothing_over_what_is_said_of_it(tmp_path: Path) -> None:
    issued = {"documents": [{"sha256": "ab", "number": OVER}]}
    report = checked(
        tmp_path,
        [{"version": 1, "data": issued}],
        case_no=OVER,
        files=[{"path": f"papers/{OVER}", "sha256": "00"}],
        absent=[{"path": OVER, "why": OVER}],
    )
    assert not report.ok
    text = as_text(report)
    assert "\\x1b[2J" in text
    for told in (text, as_text(BundleReport(case_no=OVER))):
        shown = told.replace("\x1b[31m", "").replace("\x1b[32m", "").replace("\x1b[0m", "")
        assert all(one.isprintable() for one in shown.replace("\n", ""))


@pytest.mark.parametrize("absent", [5, "x", ["x"], [{}], [{"path": 1, "why": "x"}], {"path": "x"}])
def test_a_manifest_of_another_shape_is_unreadable_and_no_crash(tmp_path: Path, absent: Any) -> None:
    report = checked(tmp_path, absent=absent)
    assert [fault.code for fault in report.faults] == ["unreadable"]
    assert as_text(report)
