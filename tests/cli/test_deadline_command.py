"""`tongban deadline` as a person and a program call it."""

import json
import subprocess
import sys
from typing import Any

import pytest

from deploy.cli import COMMANDS, main


def deadline(*words: str) -> int:
    return main(["deadline", *words])


def asked(event: str, length: str, unit: str) -> list[str]:
    return ["--event", event, "--length", length, "--unit", unit]


def answer(capsys: pytest.CaptureFixture[str], event: str, length: str, unit: str) -> dict[str, Any]:
    assert deadline(*asked(event, length, unit), "--json") == 0
    answered: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answered


def test_the_date_stands_first_and_every_day_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert deadline(*asked("2026-09-18", "20", "working_day")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("截止 Due  2026年10月22日(周四)  ·  2026-10-22 (Thu)")
    assert sum(line.startswith("2026-") for line in lines) == 35
    assert any(line.startswith("2026-09-20") and "调休上班" in line for line in lines)
    assert "Provisional" not in "".join(lines)


def test_json_says_the_same_to_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    answered = answer(capsys, "2026-09-18", "20", "working_day")
    assert (answered["due_on"], answered["provisional"]) == ("2026-10-22", False)
    assert "due_at" not in answered
    assert [day["day"] for day in answered["days"] if day["counted"]][-1] == "2026-10-22"
    assert answered["days"][0] == {
        "day": "2026-09-18",
        "kind": "event_day",
        "name": "",
        "counted": False,
        "ordinal": None,
        "announced": True,
        "why": {
            "zh": "起算当日，不计入（民法典201）",
            "en": "day of the event, not counted (Civil Code 201)",
        },
    }


def test_a_provisional_date_says_so_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    answered = answer(capsys, "2026-12-30", "5", "working_day")
    assert (answered["due_on"], answered["provisional"]) == ("2027-01-06", True)
    assert "2027年" in answered["provisional_because"]["zh"]
    deadline(*asked("2026-12-30", "5", "working_day"))
    assert "暂定日期" in capsys.readouterr().out


@pytest.mark.parametrize("event", ["2026-09-18T09:00+08:00", "2026-09-18T09:00", "2026-09-18 01:00Z"])
def test_hours_run_from_a_moment_which_is_meant_in_china(
    event: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = answer(capsys, event, "48", "hour")
    assert answered["due_at"] == "2026-09-20T09:00:00+08:00"
    assert "due_on" not in answered
    assert [day["counted_hours"] for day in answered["days"]] == [15, 24, 9]


def test_calendar_days_move_past_a_holiday(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "2026-09-21", "10", "calendar_day")["due_on"] == "2026-10-08"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--event", "2026-09-18"],
        asked("2026-02-30", "5", "working_day"),
        asked("18.9.2026", "5", "working_day"),
        asked("２０２６-09-18", "5", "working_day"),
        asked("2026-09-18T25:00", "5", "hour"),
        asked("2026-09-18", "5", "hour"),
        asked("1999-12-31", "5", "working_day"),
        asked("9999-12-31", "5", "working_day"),
        asked("9999-12-31T23:59Z", "5", "hour"),
        asked("2026-09-18", "0", "working_day"),
        asked("2026-09-18", "-5", "working_day"),
        asked("2026-09-18", "2.5", "working_day"),
        asked("2026-09-18", "五", "working_day"),
        asked("2026-09-18", "9" * 4000, "working_day"),
        asked("2026-09-18", "9" * 9000, "working_day"),
        asked("2026-09-18", "", "working_day"),
        asked("2026-09-18", "5", "week"),
        asked("2026-09-18\udcff", "5", "working_day"),
        ["--event"],
        [*asked("2026-09-18", "5", "working_day"), "more"],
        [*asked("2026-09-18", "5", "working_day"), "--unknown"],
    ],
)
def test_wrong_words_get_one_sentence_in_each_language_and_exit_code_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert deadline(*words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    zh, en = captured.err.splitlines()
    assert zh.startswith("✗ ")
    assert zh.endswith("。")
    assert en.endswith(".")
    assert len(captured.err) < 500


def test_the_help_is_short_and_names_every_command_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert len(told.splitlines()) < 30
    assert all(command.name in told and command.zh in told and command.en in told for command in COMMANDS)


def test_a_group_tells_its_own_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--help"]) == 0
    told = capsys.readouterr().out
    assert "audit verify" in told
    assert "deadline" not in told


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_explains_itself(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([*command.name.split(), "--help"])
    assert left.value.code == 0
    assert command.zh in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["deadlines"], ["audit"], ["audit", "forget"], ["--json"]])
def test_no_such_command_is_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2


def test_the_command_starts_without_the_heavy_libraries() -> None:
    """It answers in 0.3 s because it imports none of these; a measured time would depend on the machine's load."""
    heavy = ("asyncpg", "pydantic", "rich", "cryptography", "asyncio", "pika", "fastapi")
    call = f"main({['deadline', *asked('2026-09-18', '20', 'working_day')]!r})"
    program = (
        f"import sys; from deploy.cli import main; {call}; sys.exit(str(set({heavy!r}) & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stderr.strip() == "set()"


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "latin-1"])
def test_any_terminal_can_be_written_to(encoding: str) -> None:
    command = [sys.executable, "-m", "deploy.cli", "deadline", *asked("2026-09-18", "5", "working_day")]
    ended = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": encoding}, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
