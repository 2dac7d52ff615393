"""Settings: everything wrong is named at once, and nothing secret is shown."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import Field, ValidationError

from shared import time
from shared.runtime.settings import BadSettings, ProcessSettings, Settings, load, read

GOOD = {
    "TONGBAN_MODE": "local",
    "TONGBAN_SECRETS_DIR": "/run/secrets",
    "TONGBAN_DATABASE_URL": "postgresql://someone:hunter2@127.0.0.1/tongban_x",
    "TONGBAN_AMQP_URL": "amqp://someone:hunter2@127.0.0.1/",
    "TONGBAN_PRIVATE_PORT": "9101",
}


class RelaySettings(ProcessSettings):
    database_urls: dict[str, str] = Field(repr=False)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name in ProcessSettings.model_fields.keys() | Settings.model_fields.keys():
        monkeypatch.delenv(f"TONGBAN_{name.upper()}", raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    yield monkeypatch
    time.follow_clock_file(None)


def faults_of(settings_class: type[ProcessSettings]) -> dict[str, str]:
    with pytest.raises(BadSettings) as caught:
        read(settings_class)
    return {fault.variable: f"{fault.zh} {fault.en} {fault.remedy}" for fault in caught.value.faults}


def test_a_good_environment_becomes_one_frozen_object() -> None:
    settings = load(Settings)
    assert settings.private_port == 9101
    assert settings.rpc_concurrency == 128
    with pytest.raises(ValidationError):
        settings.private_port = 1  # type: ignore[misc]  # the very thing that must fail


def test_every_fault_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TONGBAN_MODE", "staging")
    environment.setenv("TONGBAN_PRIVATE_PORT", "http")
    environment.delenv("TONGBAN_AMQP_URL")
    environment.setenv("TONGBAN_LOG_FORMATT", "text")
    faults = faults_of(Settings)
    assert faults.keys() == {
        "TONGBAN_MODE",
        "TONGBAN_PRIVATE_PORT",
        "TONGBAN_AMQP_URL",
        "TONGBAN_LOG_FORMATT",
    }
    assert "It is missing." in faults["TONGBAN_AMQP_URL"]
    assert "whole number" in faults["TONGBAN_PRIVATE_PORT"]
    assert "did you mean TONGBAN_LOG_FORMAT?" in faults["TONGBAN_LOG_FORMATT"]


def test_a_value_that_is_no_json_is_one_fault_among_others(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TONGBAN_DATABASE_URLS", "{broken")
    environment.setenv("TONGBAN_PRIVATE_PORT", "70000")
    assert faults_of(RelaySettings).keys() == {"TONGBAN_DATABASE_URLS", "TONGBAN_PRIVATE_PORT"}


def test_a_json_value_is_read(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TONGBAN_DATABASE_URLS", '{"audit": "postgresql://x"}')
    assert load(RelaySettings).database_urls == {"audit": "postgresql://x"}


def test_names_that_make_exports_and_service_links_do_no_harm(environment: pytest.MonkeyPatch) -> None:
    for name in (
        "TONGBAN_HOME",
        "TONGBAN_PORT",
        "TONGBAN_GATEWAY_SERVICE_HOST",
        "TONGBAN_GATEWAY_PORT_8080_TCP",
    ):
        environment.setenv(name, "8080")
    assert load(Settings).home == Path("8080")


@pytest.mark.parametrize("mode", ["local", "production"])
def test_outside_test_mode_a_clock_file_is_refused(environment: pytest.MonkeyPatch, mode: str) -> None:
    environment.setenv("TONGBAN_MODE", mode)
    environment.setenv("TONGBAN_CLOCK_FILE", "/run/clock")
    assert "only test mode" in faults_of(Settings)["TONGBAN_CLOCK_FILE"]


def test_a_clock_file_is_refused_even_when_the_mode_itself_is_wrong(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("TONGBAN_MODE")
    environment.setenv("TONGBAN_CLOCK_FILE", "/run/clock")
    assert faults_of(Settings).keys() == {"TONGBAN_MODE", "TONGBAN_CLOCK_FILE"}


def test_in_test_mode_loading_makes_the_process_follow_the_clock_file(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = time.now()
    (tmp_path / "clock").write_text("7200")
    environment.setenv("TONGBAN_MODE", "test")
    environment.setenv("TONGBAN_CLOCK_FILE", str(tmp_path / "clock"))
    load(Settings)
    assert (time.now() - before).total_seconds() >= 7200


def test_no_password_is_shown_in_a_fault_or_in_the_object(environment: pytest.MonkeyPatch) -> None:
    assert "hunter2" not in repr(load(Settings))
    environment.setenv("TONGBAN_DATABASE_POOL_SIZE", "hunter2")
    environment.setenv("TONGBAN_DATABASE_URLS", "hunter2")
    with pytest.raises(BadSettings) as caught:
        read(Settings)
    assert "hunter2" not in str(caught.value)


def test_settings_built_directly_ignore_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TONGBAN_RPC_CONCURRENCY", "7")
    built = Settings(
        mode="test", secrets_dir=Path("s"), amqp_url="amqp://", database_url="postgresql://", private_port=0
    )
    assert built.rpc_concurrency == 128


def test_a_wrong_environment_ends_the_process_with_78_and_one_block() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from shared.runtime.settings import *; load(Settings)"],
        env={"TONGBAN_MODE": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 78
    assert "Traceback" not in ended.stderr
    assert all(
        name in ended.stderr for name in ("TONGBAN_SECRETS_DIR", "TONGBAN_DATABASE_URL", "TONGBAN_AMQP_URL")
    )
