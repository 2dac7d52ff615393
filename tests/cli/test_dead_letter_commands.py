"""`tongban dead-letters`: what waits for a person, and handing it over again."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from deploy.cli import main
from deploy.local import plan
from deploy.local.home import Home
from deploy.local.plan import ProcessPlan
from shared.messaging.envelope import Envelope

AT = datetime(2026, 9, 18, 1, 2, 3, tzinfo=UTC)

Platform = Callable[..., Mapping[str, str]]


def message() -> Envelope:
    return Envelope(
        id=uuid4(),
        source="/applications",
        type="cn.tongban.applications.case_accepted.v1",
        subject="0197c0de-0000-7000-8000-000000000001",
        sequence=3,
        time=AT,
        actor="staff:wangfang",
        actorrole="clerk",
        payloadsha256="0" * 64,
        data={},
    )


def bury(url: str, *, body: bytes | None = None, reason: str = "gave_up") -> int:
    envelope = message()
    with psycopg.connect(url) as connection:
        row = connection.execute(
            """
            INSERT INTO dead_letters (message_id, consumer, type, subject, sequence, body, reason, detail, attempts, failed_at)
            VALUES (%s, 'audit.on_events', %s, %s, 3, %s, %s, 'ValueError', 8, %s) RETURNING id
            """,
            (
                envelope.id,
                envelope.type,
                envelope.subject,
                body or envelope.model_dump_json().encode(),
                reason,
                AT,
            ),
        ).fetchone()
    assert row is not None
    return int(row[0])


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = main(["dead-letters", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_nothing_waiting_is_said_plainly(platform_with: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    platform_with("audit", "notifications")
    assert main(["dead-letters", "list"]) == 0
    assert "没有待处理的死信" in capsys.readouterr().out


def test_dead_letters_of_every_service_are_listed(
    platform_with: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    urls = platform_with("audit", "notifications")
    ids = [bury(url) for url in urls.values()]
    code, listed = answered(capsys, "list")
    assert code == 0
    assert [(letter["service"], letter["id"]) for letter in listed["dead_letters"]] == list(
        zip(urls, ids, strict=True)
    )
    assert listed["dead_letters"][0]["failed_at"] == "2026-09-18T01:02:03+00:00"
    assert len(answered(capsys, "list", "--service", "audit")[1]["dead_letters"]) == 1
    assert main(["dead-letters", "list"]) == 0
    shown = capsys.readouterr().out
    assert "2026-09-18 09:02:03" in shown
    assert "case_accepted.v1" in shown


def test_replaying_hands_each_over_once(platform_with: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    urls = platform_with("audit", "notifications")
    for url in (*urls.values(), urls["audit"]):
        bury(url)
    code, outcome = answered(capsys, "replay")
    assert code == 0
    assert [letter["replayed"] for letter in outcome["replayed"]] == [True, True, True]
    assert (count(urls["audit"], "retries"), count(urls["notifications"], "retries")) == (2, 1)
    assert answered(capsys, "replay") == (0, {"replayed": []})


def test_only_the_chosen_ones_are_replayed(
    platform_with: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    url = platform_with("audit")["audit"]
    first, _second, third = (bury(url) for _ in range(3))
    assert main(["dead-letters", "replay", "--service", "audit", "--id", str(first), "--id", str(third)]) == 0
    assert "已重放 2 条" in capsys.readouterr().out
    assert len(answered(capsys, "list")[1]["dead_letters"]) == 1


def test_one_that_cannot_be_read_is_refused_and_holds_up_no_other(
    platform_with: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    url = platform_with("audit")["audit"]
    bury(url, body=b"not json", reason="unreadable")
    bury(url)
    assert main(["dead-letters", "replay"]) == 1
    shown = capsys.readouterr().out
    assert "已重放 1 条" in shown
    assert "无法读取" in shown
    assert main(["dead-letters", "replay", "--service", "audit", "--id", "999"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["replay", "--id", "3"],
        ["replay", "--service", "audit", "--id", "three"],
        ["replay", "--service", "audit", "--id", "0"],
        ["list", "--service", "hall"],
        ["list", "--limit", "9" * 30],
        ["list", "--limit", "-1"],
    ],
)
def test_wrong_words_are_wrong_usage(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGBAN_DATABASE_URLS", '{"audit": "postgresql://127.0.0.1:1/none"}')
    assert main(["dead-letters", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_an_unreadable_environment_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_DATABASE_URLS", "postgresql://127.0.0.1/")
    assert main(["dead-letters", "list"]) == 2


@pytest.mark.parametrize(
    "command", [["dead-letters", "list"], ["dead-letters", "replay"], ["audit", "verify"]]
)
def test_a_platform_that_was_never_started_is_named_with_the_remedy(
    command: list[str],
    tmp_path: os.PathLike[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    assert main(command) == 1
    assert "make up" in capsys.readouterr().err


def test_a_platform_that_was_stopped_is_named_with_the_remedy_and_without_its_password(
    tmp_path: Any, secrets_dir: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The addresses come from the plan that `make up` left in the run folder."""
    home = Home(folder=tmp_path)
    home.make_folders()
    environment = {"TONGBAN_DATABASE_URL": "postgresql://audit:hidden@127.0.0.1:1/tongban_audit"}
    plan.write(home, [ProcessPlan("audit", ["true"], environment, 1), ProcessPlan("relay", ["true"], {}, 2)])
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    monkeypatch.setenv("TONGBAN_SECRETS_DIR", str(secrets_dir))
    for command in (["dead-letters", "list"], ["audit", "verify"]):
        assert main(command) == 1
        told = capsys.readouterr().err
        assert "audit" in told
        assert "make status" in told
        assert "hidden" not in told
