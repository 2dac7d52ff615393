"""`tongban clock` as a person and a program call it."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.cli import main

START: dict[str, Any] = {"start": "2026-09-18", "length": 20, "unit": "working_day"}
HEARING = {"operation": "EXCLUDE", "from": "2026-10-12", "until": "2026-10-14"}


@pytest.fixture
def replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def replay(*operations: dict[str, Any], **changed: Any) -> dict[str, Any]:
        file = tmp_path / "scenario.json"
        file.write_text(json.dumps(START | {"operations": list(operations)} | changed), "utf-8")
        assert main(["clock", str(file), "--json"]) == 0
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return replay


def test_a_clock_to_which_nothing_happened_is_a_plain_deadline(
    replayed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = replayed()
    words = ["deadline", "--event", "2026-09-18", "--length", "20", "--unit", "working_day", "--json"]
    assert main(words) == 0
    plain = json.loads(capsys.readouterr().out)
    same = ("due_on", "provisional", "days", "calendar")
    assert [answer[name] for name in same] == [plain[name] for name in same]


@pytest.mark.parametrize(
    ("operations", "due_on"),
    [
        # Counted by hand on the table of the 2026 notice: 20 September and 10 October are make-up working days.
        ([], "2026-10-22"),
        ([HEARING], "2026-10-27"),
        ([HEARING, {"operation": "EXCLUDE", "from": "2026-10-13", "until": "2026-10-15"}], "2026-10-28"),
        ([{"operation": "EXCLUDE", "from": "2026-10-01", "until": "2026-10-07"}], "2026-10-22"),
        ([{"operation": "EXCLUDE", "from": "2026-10-22", "until": "2026-10-22"}], "2026-10-23"),
        ([{"operation": "EXCLUDE", "from": "2026-10-23", "until": "2026-10-30"}], "2026-10-22"),
        ([{"operation": "EXCLUDE", "from": "2026-09-01", "until": "2026-09-18"}], "2026-10-22"),
        ([{"operation": "EXTEND", "length": 10}], "2026-11-05"),
        ([{"operation": "EXTEND", "length": 4}, {"operation": "EXTEND", "length": 6}], "2026-11-05"),
        ([{"operation": "RESTART", "at": "2026-10-09"}], "2026-11-05"),
        (
            [{"operation": "RESTART", "at": "2026-10-20"}, {"operation": "RESTART", "at": "2026-10-09"}],
            "2026-11-05",
        ),
        ([{"operation": "EXTEND", "length": 10}, {"operation": "RESTART", "at": "2026-09-18"}], "2026-11-05"),
        ([HEARING, {"operation": "RESTART", "at": "2026-10-12"}], "2026-11-11"),
    ],
)
def test_every_operation_moves_the_date_as_the_law_says(
    replayed: Any, operations: list[dict[str, Any]], due_on: str
) -> None:
    answer = replayed(*operations)
    assert (answer["due_on"], answer["provisional"]) == (due_on, False)
    assert [day["ordinal"] for day in answer["days"] if day["counted"]] == list(
        range(1, answer["length_in_all"] + 1)
    )


def test_a_day_that_was_left_out_names_what_it_rests_on(replayed: Any) -> None:
    sources = {"article": "行政许可法 45", "reason": "听证", "document": "亳人防许特〔2026〕3号"}
    days = replayed({**HEARING, **sources})["days"]
    left_out = [day for day in days if day["kind"] == "excluded"]
    assert [day["day"] for day in left_out] == ["2026-10-12", "2026-10-13", "2026-10-14"]
    assert all({name: day[name] for name in sources} == sources for day in left_out)
    assert left_out[0]["why"]["zh"] == "依法扣除：听证（行政许可法 45，亳人防许特〔2026〕3号）"


def test_a_reason_may_be_as_long_as_a_paragraph(replayed: Any) -> None:
    answer = replayed({**HEARING, "reason": "长" * 500})
    assert {day["reason"] for day in answer["days"] if day["kind"] == "excluded"} == {"长" * 500}


def test_hours_stand_still_on_the_days_left_out(replayed: Any) -> None:
    answer = replayed(
        {"operation": "EXCLUDE", "from": "2026-09-19", "until": "2026-09-19"},
        start="2026-09-18T09:00+08:00",
        length=48,
        unit="hour",
    )
    assert answer["due_at"] == "2026-09-21T09:00:00+08:00"
    assert "due_on" not in answer
    assert [day["counted_hours"] for day in answer["days"]] == [15, 0, 24, 9]


@pytest.mark.parametrize(
    ("start", "length", "unit", "due_on"),
    [
        (
            "2026-01-31",
            1,
            "month",
            "2026-02-28",
        ),  # no 31st: the month ends it, and it is a make-up working day
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2025-09-01", 1, "month", "2025-10-09"),  # 1 October begins a holiday that lasts until the 8th
    ],
)
def test_months_and_years_end_on_the_corresponding_day(
    replayed: Any, start: str, length: int, unit: str, due_on: str
) -> None:
    assert replayed(start=start, length=length, unit=unit)["due_on"] == due_on


def test_a_date_beyond_the_notices_is_provisional(replayed: Any) -> None:
    answer = replayed(start="2026-12-30", length=5)
    assert (answer["due_on"], answer["provisional"]) == ("2027-01-06", True)


@pytest.mark.parametrize("operations", ["absent", None, []])
def test_operations_may_be_absent_or_empty(operations: Any, tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(START if operations == "absent" else START | {"operations": operations}))
    assert main(["clock", str(file), "--json"]) == 0


def test_a_person_reads_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "情景.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(START | {"operations": [HEARING]}).encode())
    assert main(["clock", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("截止 Due  2026年10月27日(周二)")
    assert sum("依法扣除" in line for line in lines) == 3


def test_the_scenario_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(START).encode())))
    assert main(["clock", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["due_on"] == "2026-10-22"


def written(**changed: Any) -> bytes:
    return json.dumps(START | changed).encode()


def happened(**operation: Any) -> bytes:
    return written(operations=[operation])


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "line 1, character 1"),
        (b'{"start": ', "line 1, character"),
        (b"\xff\xfe{}", "byte 1"),
        (b"[]", "object"),
        (b"null", "object"),
        (b"{}", "'start' is missing"),
        (written(lenght=3), "'lenght' is not known"),
        (written(start=None), "/start"),
        (written(start="2026-02-30"), "/start"),
        (written(start="18.9.2026"), "/start"),
        (written(start="1999-12-31"), "/start"),
        (written(start=20260918), "/start"),
        (written(unit="week"), "/unit"),
        (written(unit=["working_day"]), "/unit"),
        (written(unit="hour"), "/start"),
        (written(length=0), "/length"),
        (written(length=-5), "/length"),
        (written(length=True), "/length"),
        (written(length="20"), "/length"),
        (written(length=20.0), "/length"),
        (written(length=3661), "/length"),
        (written(length=10**15), "/length"),
        (written().replace(b"20,", b"9" * 6000 + b","), "/length"),
        (written().replace(b"20,", b"NaN,"), "NaN"),
        (written().replace(b"20,", b"1e999,"), "/length"),
        (b'{"length": 5, ' + written()[1:], "'length' stands twice"),
        (b'{"a":' * 100_000, "nested"),
        (b"[" * 100_000, "nested"),
        (written(operations={}), "/operations"),
        (written(operations=[1]), "/operations/0"),
        (written(operations=[HEARING] * 1001), "/operations"),
        (happened(), "/operations/0"),
        (happened(operation="STOP"), "/operations/0/operation"),
        (happened(operation=None), "/operations/0/operation"),
        (happened(operation={"a": 1}), "/operations/0/operation"),
        (happened(operation="EXCLUDE", **{"from": "2026-10-12"}), "/operations/0"),
        (happened(operation="EXCLUDE", **{"from": "2026-10-12", "until": None}), "/operations/0/until"),
        (happened(operation="EXCLUDE", **{"from": "2026-10-14", "until": "2026-10-12"}), "/operations/0"),
        (happened(operation="EXCLUDE", **{"from": "2026-09-18", "until": "2199-12-31"}), "excluded"),
        (happened(operation="EXCLUDE", until="2026-10-12", length=3), "/operations/0"),
        (happened(operation="RESTART", at="2026-09-17"), "/operations/0"),
        (happened(operation="RESTART", at="2026-13-01"), "/operations/0/at"),
        (happened(operation="EXTEND", length=0), "/operations/0/length"),
        (happened(operation="EXTEND", length=3660), "/operations/0"),
        (happened(operation="EXTEND", length=1, article=5), "/operations/0/article"),
        (happened(operation="EXTEND", length=1, reason="a\nb"), "/operations/0/reason"),
        (happened(operation="EXTEND", length=1, reason="长" * 501), "/operations/0/reason"),
        (happened(operation="EXTEND", length=1, reason="\ud800"), "/operations/0/reason"),
        (happened(operation="EXTEND", length=1, **{"\ud800\x1b[2J": 1}), "/operations/0"),
        (b" " * 1_048_577, "KiB"),
    ],
)
def test_a_wrong_scenario_is_wrong_usage_and_its_place_is_named(
    content: bytes, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scenario.json"
    file.write_bytes(content)
    assert main(["clock", str(file), "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    zh, en = captured.err.splitlines()
    assert zh.startswith("✗ ")
    assert zh.endswith("。")
    assert en.endswith(".")
    assert place in en
    assert len(captured.err) < 700


@pytest.mark.parametrize("words", [[], ["/nowhere/scenario.json"], ["."], ["a\0b"], ["a" * 5000]])
def test_a_file_that_cannot_be_read_is_wrong_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clock", *words, "--json"]) == 2
    zh, en = capsys.readouterr().err.splitlines()
    assert zh.endswith("。")
    assert en.endswith(".")


def test_the_command_starts_without_the_heavy_libraries(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_bytes(written())
    heavy = ("asyncpg", "pydantic", "rich", "cryptography", "asyncio", "pika", "fastapi")
    program = (
        f"import sys; from deploy.cli import main; main(['clock', {str(file)!r}]);"
        f" sys.exit(str(set({heavy!r}) & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stderr.strip() == "set()"
