"""`tongban credit`: importing a list, looking at the register, repairing and withdrawing from a terminal."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.cli import main
from tests.applications.credit.files import DEBTOR, SERIOUS, ZHANG_ID, changed, csv_of, xlsx_of

Platform = Callable[..., Mapping[str, str]]
URLS = "applications"


@pytest.fixture
def url(platform_with: Platform) -> str:
    return platform_with(URLS)[URLS]


@pytest.fixture
def listed(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A register with one record, whose id this is."""
    (tmp_path / "list.csv").write_bytes(csv_of(DEBTOR))
    assert main(["credit", "import", str(tmp_path / "list.csv")]) == 0
    capsys.readouterr()
    (record,) = answered(capsys, "list")[1]["records"]
    return str(record["record_id"])


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = main(["credit", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def events(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT routing_key, body::json->>'actor' FROM outbox ORDER BY id"
        ).fetchall()
    return [(row[0].split(".")[3], row[1].partition(":")[0]) for row in rows]


@pytest.mark.parametrize("content", [csv_of(DEBTOR, SERIOUS, encoding="gb18030"), xlsx_of(DEBTOR, SERIOUS)])
def test_a_list_is_imported_once(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / "list").write_bytes(content)
    code, report = answered(capsys, "import", str(tmp_path / "list"))
    assert (code, report["imported"], report["known"]) == (0, 2, 0)
    code, report = answered(capsys, "import", str(tmp_path / "list"))
    assert (code, report["imported"], report["known"]) == (0, 0, 2)
    assert events(url) == [("credit_imported", "operator")] * 2


def test_a_wrong_line_is_told_with_its_number_and_nothing_is_imported(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_bytes(csv_of(DEBTOR, changed(SERIOUS, 认定日期="gestern")))
    assert main(["credit", "import", str(tmp_path / "list.csv")]) == 1
    told = capsys.readouterr().err
    assert "没有导入任何记录" in told
    assert "3/recorded_on" in told
    assert answered(capsys, "list") == (0, {"records": []})
    assert main(["credit", "import", str(tmp_path / "list.csv"), "--dry-run"]) == 1
    assert "第 3 行" in capsys.readouterr().out
    assert main(["credit", "import", str(tmp_path / "list.csv"), "--partial"]) == 1
    capsys.readouterr()
    assert len(answered(capsys, "list")[1]["records"]) == 1


def test_a_file_that_is_none_is_told_plainly(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["credit", "import", str(tmp_path / "nowhere.csv")]) == 2
    (tmp_path / "list.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert main(["credit", "import", str(tmp_path / "list.xls")]) == 1
    assert "另存为" in capsys.readouterr().err


def test_the_list_names_nobody(listed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["credit", "list"]) == 0
    shown = capsys.readouterr().out
    assert listed in shown
    assert "失信被执行人" in shown
    assert ZHANG_ID not in shown


def test_one_person_is_asked_about_for_a_reason_and_the_look_is_on_record(
    url: str, listed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ZHANG_ID}\n"))
    code, found = answered(capsys, "list", "--person", "111", "--purpose", "核对异议")
    assert code == 0
    assert [record["record_id"] for record in found["records"]] == [listed]
    assert events(url)[-1] == ("credit_viewed", "operator")
    assert main(["credit", "list", "--person", "111"]) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("341602199001010013\n"))
    assert main(["credit", "list", "--person", "111", "--purpose", "核对异议"]) == 2
    told = capsys.readouterr().err
    assert "校验位" in told
    assert "341602199001010013" not in told


def test_a_repair_has_an_instrument_and_a_day(
    url: str, listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["credit", "repair", listed, "--on", "2026-09-18"]) == 2
    assert main(["credit", "repair", listed, "--instrument", "亳信修〔2026〕3号", "--on", "bald"]) == 2
    assert main(["credit", "repair", "x", "--instrument", "亳信修〔2026〕3号", "--on", "2026-09-18"]) == 2
    capsys.readouterr()
    words = ["repair", listed, "--instrument", "亳信修〔2026〕3号", "--on", "2026-09-18"]
    code, record = answered(capsys, *words)
    assert (code, record["state"], record["instrument"]) == (0, "repaired", "亳信修〔2026〕3号")
    assert main(["credit", *words]) == 1
    assert "不能再次处理" in capsys.readouterr().err
    assert events(url)[-1] == ("credit_repaired", "operator")


def test_a_withdrawal_has_a_reason(url: str, listed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["credit", "withdraw", listed]) == 2
    capsys.readouterr()
    code, record = answered(capsys, "withdraw", listed, "--reason", "同名不同人")
    assert (code, record["state"]) == (0, "withdrawn")
    assert events(url)[-1] == ("credit_record_withdrawn", "operator")


def test_without_the_keys_it_is_said_where_they_should_be(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGBAN_SECRETS_DIR", str(tmp_path))
    assert main(["credit", "list"]) == 1
    assert "TONGBAN_SECRETS_DIR" in capsys.readouterr().err


def test_an_id_that_was_cut_short_is_told_in_both_languages(
    url: str, listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["credit", "repair", listed[:8], "--instrument", "亳信修〔2026〕3号", "--on", "2026-09-18"])
    told = capsys.readouterr().err
    assert code == 2
    assert "ID：编号的格式不正确" in told
    assert "UUID" in told
