"""Logs: one line per event, bound ids on every line, and no personal data whoever wrote the line."""

import json
import subprocess
import sys
import textwrap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.logging import REMOVED, remove_personal_data

ID, MOBILE, MAIL = "341602199001010012", "13812341234", "someone@example.com"


def lines_of(program: str, log_format: str = "json", level: str = "info") -> list[str]:
    """What a process with this program prints; logging is configured once per process, so it needs one of its own."""
    setting = f"""
import logging, warnings
from types import SimpleNamespace
from shared.logging import bound, configure_logging, get_logger
configure_logging(SimpleNamespace(log_format={log_format!r}, log_level={level!r}), process="applications")
log = get_logger()
"""
    ended = subprocess.run(
        [sys.executable, "-c", setting + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert ended.stderr == ""
    return ended.stdout.splitlines()


def events_of(program: str, level: str = "info") -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines_of(program, level=level)]


def test_a_line_is_json_with_a_static_event_name_fields_process_level_and_utc_time() -> None:
    [event] = events_of('log.info("case_accepted", case_id=7, due_on="2026-09-30")')
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "case_accepted",
        "case_id": 7,
        "due_on": "2026-09-30",
        "process": "applications",
        "level": "info",
    }


def test_bound_ids_appear_on_our_lines_and_on_those_of_libraries_and_end_with_the_block() -> None:
    ours, theirs, after = events_of("""
        with bound(message_id="m1", correlation_id="c1"):
            log.info("handled")
            logging.getLogger("some.library").warning("it %s", "happened")
        log.info("after")
    """)
    assert (ours["message_id"], ours["correlation_id"]) == ("m1", "c1")
    assert (theirs["message_id"], theirs["event"], theirs["logger"]) == ("m1", "it happened", "some.library")
    assert "message_id" not in after


def test_the_level_is_kept_and_talkative_libraries_are_quiet() -> None:
    assert events_of('log.info("x"); logging.getLogger("y").info("x")', level="warning") == []
    assert events_of('logging.getLogger("pika.adapters").info("every frame")') == []


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_no_personal_data_leaves_by_any_way(log_format: str) -> None:
    program = f"""
        from dataclasses import dataclass
        @dataclass
        class Party:
            name: str = "张三丰"
        log.info("a", name="张三丰", mobile="{MOBILE}", certificate_no="E12345678", applicant_name="张三丰", n={MOBILE})
        log.info("b", text="证号{ID}", nested={{"list": ["{MAIL}", {{"address": "张三丰"}}]}}, party=Party())
        logging.getLogger("library").warning("Key (id)=(%s) already exists", "{ID}")
        warnings.warn("about {MAIL}")
        try:
            secret_local = "张三丰"
            raise ValueError("bad number {ID}")
        except ValueError as error:
            log.exception("c", error=error)
            logging.getLogger("library").exception("d")
    """
    output = "\n".join(lines_of(program, log_format))
    for personal in (ID, MOBILE, MAIL, '张三丰"', 'E1"', "='张三丰'"):
        assert personal not in output.replace('"张三丰"  # source', "")
    assert "Traceback" in output
    assert "341602********0012" in output


def test_an_object_is_named_by_its_type_only() -> None:
    [event] = events_of("""
        from uuid import UUID
        from datetime import date
        log.info("x", thing=object(), case_id=UUID(int=5), on=date(2026, 9, 30), ok=True, seconds=0.5, none=None)
    """)
    assert event["thing"] == "<object>"
    assert event["case_id"] == "00000000-0000-0000-0000-000000000005"
    assert (event["on"], event["ok"], event["seconds"], event["none"]) == ("2026-09-30", True, 0.5, None)


def test_a_lone_surrogate_does_not_break_the_log() -> None:
    [event] = events_of(r'log.info("x", text="\ud800 办件")')
    assert "办件" in event["text"]


def test_text_format_is_for_reading() -> None:
    [line] = lines_of('log.info("case_accepted", case_id=7)', "text")
    assert "case_accepted" in line
    assert "case_id=7" in line


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_any_value_can_be_logged_as_json(value: object) -> None:
    json.dumps(remove_personal_data(None, "info", {"event": "x", "value": value}))


@pytest.mark.parametrize(
    "name", ["name", "Mobile", "applicant_name", "id_number", "access_code", "smtp_password"]
)
def test_fields_of_a_personal_name_are_removed_whatever_they_hold(name: str) -> None:
    assert remove_personal_data(None, "info", {name: "x"}) == {name: REMOVED}


@pytest.mark.parametrize("name", ["case_id", "handler_name", "due_on", "renamed", "named_by", "event"])
def test_other_fields_stay(name: str) -> None:
    assert remove_personal_data(None, "info", {name: "x"}) == {name: "x"}


def test_a_traceback_tells_the_place_and_the_kind_of_a_fault_and_no_value_that_a_library_quotes() -> None:
    lines = events_of("""
        import asyncpg
        from pydantic import BaseModel
        WHO = "张三丰"  # on a line that no traceback shows; from 3.13 on they quote such programs
        class Party(BaseModel):
            age: int
        def unique() -> None:
            error = asyncpg.UniqueViolationError('duplicate key value violates unique constraint "k"')
            error.detail = f"Key (name)=({WHO}) already exists."
            raise error
        def input() -> None:
            raise asyncpg.InvalidTextRepresentationError(f'invalid input syntax for type integer: "{WHO}"')
        def argument() -> None:
            raise asyncpg.DataError(f"invalid input for query argument $1: '{WHO}' (expected int)")
        def contract() -> None:
            Party.model_validate({"age": WHO})
        def chain() -> None:
            try:
                contract()
            except ValueError as error:
                raise ExceptionGroup("several", [KeyError("a"), error]) from error
        for fault in (unique, input, argument, contract, chain):
            try:
                fault()
            except Exception as error:
                logging.getLogger("library").exception("failed")
                log.warning("again", reason=error)
    """)
    assert "张三丰" not in json.dumps(lines, ensure_ascii=False)
    tracebacks = [line["exception"] for line in lines if "exception" in line]
    assert all("Traceback (most recent call last)" in text and "line " in text for text in tracebacks)
    assert 'violates unique constraint "k"' in tracebacks[0]
    assert "age: int_parsing" in tracebacks[3]
    assert "KeyError" in tracebacks[4]


def test_a_nested_field_hides_nothing_behind_an_underscore() -> None:
    hidden = {"party": {"_name": "张三丰", "_": [b"x"]}}
    assert remove_personal_data(None, "info", hidden) == {"party": {"_name": REMOVED, "_": ["<bytes>"]}}


def test_a_process_that_dies_says_so_in_its_log_and_quotes_nothing() -> None:
    program = """
        import sys
        from pydantic import BaseModel
        WHO = "张三丰"  # on a line that no traceback shows; from 3.13 on they quote such programs
        class Party(BaseModel):
            age: int
        try:
            Party.model_validate({"age": WHO})
        except ValueError:
            sys.excepthook(*sys.exc_info())
    """
    [event] = events_of(program)
    assert (event["event"], event["level"]) == ("process_died", "critical")
    assert "age: int_parsing" in event["exception"]
    assert "张三丰" not in json.dumps(event, ensure_ascii=False)


def test_a_task_whose_error_nobody_fetched_is_told_without_what_the_error_quotes() -> None:
    program = """
        import asyncio, gc
        from pydantic import BaseModel
        WHO = "张三丰"  # on a line that no traceback shows; from 3.13 on they quote such programs
        class Party(BaseModel):
            age: int
        async def fail() -> None:
            Party.model_validate({"age": WHO})
        async def main() -> None:
            asyncio.ensure_future(fail())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            gc.collect()
        asyncio.run(main())
    """
    [event] = events_of(program)
    assert event["event"] == "Task exception was never retrieved"
    assert "age: int_parsing" in event["exception"]
    assert "张三丰" not in json.dumps(event, ensure_ascii=False)
