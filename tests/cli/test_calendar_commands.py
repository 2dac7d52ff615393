"""`tongban calendar load` and `tongban calendar coverage` as a keeper and a program call them."""

import io
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.cli import main
from services.catalogue.seed.__main__ import publish_seed
from services.gateway import examples
from shared import time
from shared.database import Database
from shared.deadlines import announced_working_days_ahead
from shared.deadlines.shipped import shipped_calendar

CONTRACTS = Path(__file__).parent.parent / "contracts"
PREVIEW = json.loads((CONTRACTS / "applications" / "calendar_preview.json").read_text("utf-8"))
RECEIPT = {"year": 2027, "version": 1, "changed": True, "working_days": 260}


class Platform:
    """Plays the API of a running platform, as the gateway's own examples have it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.refusals: dict[str, tuple[int, dict[str, Any]]] = {}
        self.previews = [{**PREVIEW, "next_cursor": "c2"}, {**PREVIEW, "lines": [], "next_cursor": None}]
        self.progress = [
            {"edition": "2026v1", "waiting": 0},
            {"edition": "2026v1 2027v1", "waiting": 2},
            {"edition": "2026v1 2027v1", "waiting": 0},
        ]

    def answer(self, method: str, path: str) -> tuple[int, dict[str, Any]]:
        place = path.split("?")[0]
        if place in self.refusals:
            return self.refusals[place]
        match place:
            case "/api/v1/sessions":
                return 201, {"access_token": "a-token"}
            case "/api/v1/keeper/calendars/preview":
                return 200, self.previews.pop(0)
            case "/api/v1/keeper/calendars":
                return 200, RECEIPT
            case "/api/v1/keeper/recalculation":
                return 200, self.progress.pop(0) if len(self.progress) > 1 else self.progress[0]
        return 404, {}

    def did(self) -> list[str]:
        return [f"{method} {path.split('?')[0].removeprefix('/api/v1')}" for method, path, _ in self.asked]


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    playing = Platform()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            playing.asked.append((self.command, self.path, json.loads(body) if body else None))
            playing.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, answer = playing.answer(self.command, self.path)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _handle  # the names that http.server calls

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.setenv("TONGBAN_URL", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("TONGBAN_LOGIN", "keeper")
    monkeypatch.setenv("TONGBAN_PASSWORD", "correct horse 9 battery")
    monkeypatch.setattr("deploy.commands.calendar_load.time.sleep", lambda _: None)
    yield playing
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(examples.CALENDAR), "utf-8")
    return file


def test_a_keeper_sees_the_dates_before_and_after_then_loads_and_waits(
    platform: Platform, notice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calendar", "load", str(notice), "--yes"]) == 0
    told = capsys.readouterr().out
    assert "国务院办公厅关于2027年部分节假日安排的通知 国办发明电〔2026〕1号" in told
    assert "2026-10-22" in told
    assert "2026-10-23" in told
    assert "在办期限 4 个，其中 1 个变动" in told
    assert "✓ 已载入" in told
    assert platform.did() == [
        "POST /sessions",
        *["POST /keeper/calendars/preview"] * 2,
        "POST /keeper/calendars",
        *["GET /keeper/recalculation"] * 3,
    ]
    assert "cursor=c2" in platform.asked[2][1]
    assert platform.asked[3][2] == examples.CALENDAR
    assert platform.headers[3]["authorization"] == "Bearer a-token"


def test_the_same_file_again_is_the_same_command(
    platform: Platform, notice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["calendar", "load", str(notice), "--yes"])
    platform.previews = [{**PREVIEW, "next_cursor": None}]
    main(["calendar", "load", str(notice), "--yes"])
    keys = [
        headers["idempotency-key"]
        for headers, (_, path, _) in zip(platform.headers, platform.asked, strict=True)
        if path == "/api/v1/keeper/calendars"
    ]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_without_a_yes_nothing_is_loaded(
    platform: Platform, notice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calendar", "load", str(notice)]) == 1
    assert "没有载入" in capsys.readouterr().err
    assert "POST /keeper/calendars" not in platform.did()


@pytest.mark.parametrize(
    ("answer", "loads"), [("y\n", True), ("是\n", True), ("\n", False), ("n\n", False), ("", False)]
)
def test_a_person_is_asked(
    platform: Platform,
    notice: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    loads: bool,
) -> None:
    terminal = io.StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin", terminal)
    assert main(["calendar", "load", str(notice)]) == (0 if loads else 1)
    assert "[y/N]" in capsys.readouterr().out
    assert ("POST /keeper/calendars" in platform.did()) is loads


def test_a_program_that_does_not_say_yes_only_learns_what_would_move(
    platform: Platform, notice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calendar", "load", str(notice), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["loaded"], len(told["moved"]), told["dates"]) == (False, 1, 4)
    assert "POST /keeper/calendars" not in platform.did()


def test_a_program_gets_the_receipt(
    platform: Platform, notice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calendar", "load", str(notice), "--json", "--yes"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["loaded"], told["receipt"], told["waiting"]) == (True, RECEIPT, 0)


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        ({"edition": "2026v1 2027v1", "waiting": 1}, "尚有 1 件没有重新计算"),
        ({"edition": "2026v1", "waiting": 0}, "applications 还没有收到"),
    ],
)
def test_a_standstill_after_loading_is_told_with_what_to_look_at(
    platform: Platform,
    notice: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    progress: dict[str, Any],
    told: str,
) -> None:
    monkeypatch.setattr("deploy.commands.calendar_load.LONGEST_STANDSTILL_SECONDS", 0.1)
    platform.progress = [progress]
    assert main(["calendar", "load", str(notice), "--yes"]) == 1
    captured = capsys.readouterr()
    assert "✓ 已载入" in captured.out
    assert told in captured.err


def test_a_notice_that_is_loaded_already_moves_nothing(
    platform: Platform, notice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {"code": "calendar_not_newer", "detail": "已载入。", "detail_en": "Loaded."}
    platform.refusals["/api/v1/keeper/calendars/preview"] = (422, known)
    assert main(["calendar", "load", str(notice), "--yes"]) == 0
    assert "已经载入" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("place", "status", "answer", "told"),
    [
        (
            "/api/v1/sessions",
            401,
            {"code": "x", "detail": "账号或密码不正确。", "detail_en": "Wrong."},
            "账号",
        ),
        (
            "/api/v1/keeper/calendars",
            422,
            {"code": "calendar_refused", "detail": "有误。", "detail_en": "Wrong.", "errors": []},
            "有误",
        ),
        ("/api/v1/keeper/calendars/preview", 503, {"unexpected": 1}, "503"),
    ],
)
def test_a_refusal_of_the_platform_is_told_in_its_own_words(
    platform: Platform,
    notice: Path,
    capsys: pytest.CaptureFixture[str],
    place: str,
    status: int,
    answer: dict[str, Any],
    told: str,
) -> None:
    platform.refusals[place] = (status, answer)
    assert main(["calendar", "load", str(notice), "--yes"]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b" " * 300_000,
        json.dumps(examples.CALENDAR | {"year": "x"}).encode(),
        json.dumps(
            examples.CALENDAR | {"holidays": [{"holiday": "x", "off": ["2028-01-01"], "work": []}]}
        ).encode(),
        json.dumps(examples.CALENDAR | {"holidays": 5}).encode(),
        json.dumps(examples.CALENDAR | {"notice": []}).encode(),
    ],
)
def test_a_file_that_is_no_notice_is_wrong_usage_and_nobody_is_asked(
    platform: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file = tmp_path / "notice.json"
    file.write_bytes(content)
    assert main(["calendar", "load", str(file), "--yes"]) == 2
    zh, en = capsys.readouterr().err.splitlines()
    assert zh.endswith("。")
    assert en.endswith(".")
    assert platform.asked == []


def test_a_missing_file_and_a_missing_platform_are_told(
    notice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calendar", "load", str(tmp_path / "none.json")]) == 2
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path / "home"))
    assert main(["calendar", "load", str(notice)]) == 1
    monkeypatch.setenv("TONGBAN_URL", "file:///etc/passwd")
    assert main(["calendar", "load", str(notice)]) == 2
    monkeypatch.setenv("TONGBAN_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("TONGBAN_LOGIN", "keeper")
    assert main(["calendar", "load", str(notice)]) == 1
    assert "连不上平台" in capsys.readouterr().err


def test_coverage_without_a_platform_is_that_of_the_shipped_years(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    monkeypatch.setattr("deploy.commands.calendar_coverage.time.today", lambda: date(2026, 11, 24))
    assert main(["calendar", "coverage"]) == 0
    told = capsys.readouterr().out
    assert "国务院办公厅关于2026年部分节假日安排的通知" in told
    assert "今后 27 个工作日已公布，少于 60 个" in told
    assert "tongban calendar load" in told


async def test_coverage_of_a_platform_is_that_of_its_catalogue(
    platform_with: Callable[..., Mapping[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(platform_with("catalogue")["catalogue"])
    await database.start()
    async with database.transaction() as connection:
        await publish_seed(connection)
    await database.stop()
    ended: list[int] = []
    thread = threading.Thread(target=lambda: ended.append(main(["calendar", "coverage", "--json"])))
    thread.start()
    thread.join()
    told = json.loads(capsys.readouterr().out)
    assert ended == [0]
    assert not told["shipped"]
    assert [(year["year"], year["working_days"]) for year in told["years"]] == [
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ]
    assert told["working_days_ahead"] == announced_working_days_ahead(time.today(), shipped_calendar())
