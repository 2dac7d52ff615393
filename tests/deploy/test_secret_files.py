"""Keys are made once, for their owner's eyes, and every one of them is another."""

import json
import time
from pathlib import Path

from deploy.local import secret_files
from deploy.services import SERVICES


def test_what_is_there_is_never_replaced(tmp_path: Path) -> None:
    secret_files.generate(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    (tmp_path / "session.key").unlink()
    time.sleep(0.01)

    secret_files.generate(tmp_path)

    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after.keys() == before.keys()
    assert [path.name for path in before if before[path] != after[path]] == ["session.key"]


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    secret_files.generate(tmp_path / "secrets")
    secret_files.passwords(tmp_path / "secrets" / "passwords.json", ("relay",))

    modes = [path.stat().st_mode & 0o077 for path in (tmp_path / "secrets").rglob("*")]
    assert modes
    assert not any(modes)


def test_the_trusted_issuers_are_the_services_and_only_the_gateway_speaks_for_people(tmp_path: Path) -> None:
    secret_files.generate(tmp_path)
    trusted = json.loads((tmp_path / "identity" / "trusted.json").read_text())

    assert set(trusted) == set(SERVICES)
    assert {issuer for issuer, entry in trusted.items() if entry["roles"] == ["system"]} == set(SERVICES) - {
        "gateway"
    }
    assert "system" not in trusted["gateway"]["roles"]
    assert len({entry["public_key"] for entry in trusted.values()}) == len(SERVICES)


def test_a_new_service_gets_a_password_without_changing_the_others(tmp_path: Path) -> None:
    first = secret_files.passwords(tmp_path / "passwords.json", ("a", "b"))
    second = secret_files.passwords(tmp_path / "passwords.json", ("a", "b", "c"))

    assert {name: second[name] for name in ("a", "b")} == first
    assert len(set(second.values())) == 3
