"""`tongban audit`: the whole log and single proofs, checked from a terminal."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from deploy.cli import main
from services.audit.signing import CheckpointSigner
from shared.database import Database
from tests.audit.a_log import ORIGIN, Log

Platform = Callable[..., Mapping[str, str]]


def with_log(url: str, secrets_dir: Path, work: Callable[[Log], Awaitable[object]]) -> None:
    async def run() -> None:
        database = Database(url, size=1)
        await database.start()
        signer = CheckpointSigner.from_file(ORIGIN, secrets_dir / "audit.signing.key")
        await work(Log(url, database, signer, ""))
        await database.stop()

    asyncio.run(run())


def test_a_whole_log_verifies(
    platform_with: Platform, secrets_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_log(platform_with("audit")["audit"], secrets_dir, lambda log: log.grow(5, 9))
    assert main(["audit", "verify"]) == 0
    assert "审计账完整" in capsys.readouterr().out
    assert main(["audit", "verify", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["tree_size"], report["checkpoints"]) == (True, 9, 2)


def test_an_altered_leaf_fails_and_is_named(
    platform_with: Platform, secrets_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def alter(log: Log) -> None:
        await log.grow(9)
        await log.tamper("UPDATE leaves SET leaf = replace(leaf, 'wangfang', 'zhaoliu') WHERE leaf_index = 4")

    with_log(platform_with("audit")["audit"], secrets_dir, alter)
    assert main(["audit", "verify"]) == 1
    assert "第 4 条的内容已被改动" in capsys.readouterr().out
    assert main(["audit", "verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_bad_index"] == 4


def test_a_witness_shows_that_the_end_was_cut_off(
    platform_with: Platform, secrets_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    witness = tmp_path / "witness"

    async def cut(log: Log) -> None:
        witness.write_text((await log.grow(9))[0], "utf-8")
        await log.tamper("DELETE FROM leaves", "DELETE FROM nodes", "DELETE FROM checkpoints")

    with_log(platform_with("audit")["audit"], secrets_dir, cut)
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "verify", "--witness", str(witness)]) == 1
    assert "被截断" in capsys.readouterr().out


def test_a_proof_is_checked_with_nothing_running(
    platform_with: Platform, secrets_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "proof.json"

    async def prove(log: Log) -> None:
        await log.grow(9)
        file.write_text((await log.proof_of(3)).model_dump_json(), "utf-8")

    with_log(platform_with("audit")["audit"], secrets_dir, prove)
    assert main(["audit", "verify-proof", str(file)]) == 0
    assert "证明有效" in capsys.readouterr().out
    file.write_text(file.read_text("utf-8").replace("wangfang", "zhaoliu"), "utf-8")
    assert main(["audit", "verify-proof", str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


@pytest.mark.parametrize(
    "words",
    [
        ["verify-proof"],
        ["verify-proof", "/nowhere"],
        ["verify", "--public-key", "/nowhere"],
        ["verify", "--witness", "/nowhere"],
    ],
)
def test_wrong_words_are_wrong_usage(
    words: list[str],
    platform_with: Platform,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TONGBAN_DATABASE_URLS", '{"audit": "postgresql://127.0.0.1:1/none"}')
    assert main(["audit", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
