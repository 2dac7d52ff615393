"""What the bootstrap changes on the system it puts back, and what it cannot do it says."""

from pathlib import Path

import pytest

from deploy.local import bootstrap
from deploy.local.faults import Fault


@pytest.fixture
def installing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, ...]]:
    """Records what apt-get would be asked, with the system's files in a folder of the test's own."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(bootstrap, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(bootstrap, "CLUSTER_POLICY", tmp_path / "createcluster.d" / "tongban.conf")
    monkeypatch.setattr(bootstrap, "_apt", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap.os, "getuid", lambda: 0)
    return asked


def test_no_service_is_started_while_packages_install(
    installing: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(
        bootstrap,
        "_apt",
        lambda *_: seen.extend([bootstrap.POLICY.read_text(), bootstrap.CLUSTER_POLICY.read_text()]),
    )

    bootstrap._install_packages(["postgresql"])

    assert "exit 101" in seen[0]
    assert "create_main_cluster = false" in seen[1]
    assert not bootstrap.POLICY.exists()
    assert not bootstrap.CLUSTER_POLICY.exists()


def test_a_policy_that_was_there_is_put_back_even_after_a_failure(
    installing: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.POLICY.write_text("#!/bin/sh\nexit 0\n")
    bootstrap.POLICY.chmod(0o700)

    def fail(*_: str) -> None:
        raise Fault("坏", "broken")

    monkeypatch.setattr(bootstrap, "_apt", fail)
    with pytest.raises(Fault, match="broken"):
        bootstrap._install_packages(["postgresql"])

    assert bootstrap.POLICY.read_text() == "#!/bin/sh\nexit 0\n"
    assert bootstrap.POLICY.stat().st_mode & 0o777 == 0o700


def test_nothing_missing_asks_nothing(installing: list[tuple[str, ...]]) -> None:
    bootstrap._install_packages([])

    assert installing == []


def test_an_ordinary_user_is_told_what_to_run(
    installing: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.os, "getuid", lambda: 1000)

    with pytest.raises(Fault, match="first run: sudo apt-get install postgresql rabbitmq-server"):
        bootstrap._install_packages(["postgresql", "rabbitmq-server"])
    bootstrap._install_packages(["chromium"])  # its tests skip themselves

    assert installing == []
