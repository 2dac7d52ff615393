"""A clock written down as JSON, to be replayed by anybody: at the terminal, over the API, in a test.

    {"start": "2026-09-18", "length": 20, "unit": "working_day",
     "operations": [{"operation": "EXCLUDE", "from": "2026-10-12", "until": "2026-10-14"},
                    {"operation": "RESTART", "at": "2026-10-20"},
                    {"operation": "EXTEND", "length": 10}]}

The operations stand in the order in which they were recorded.  Both ends of an EXCLUDE are left out; they are days, of
a clock in hours too.  Every operation,
and the scenario itself, may name its `article`, `reason`, `approver` and `document`; they are told with the days.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from shared.deadlines.calendar import Calendar
from shared.deadlines.clock import (
    SHANGHAI,
    ClockEntry,
    Exclude,
    Extend,
    Moment,
    Restart,
    Start,
    Unit,
    checked_day,
    checked_length,
    checked_moment,
    fold,
)
from shared.deadlines.counting import Deadline, evaluate
from shared.deadlines.errors import DeadlineError

MOST_BYTES = 1_048_576
MOST_OPERATIONS = 1_000
LONGEST_TEXT = 500
_SOURCES = ("article", "reason", "approver", "document")
_FIELDS = {
    "EXCLUDE": ("from", "until"),
    "RESTART": ("at",),
    "EXTEND": ("length",),
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A clock's entries in the order in which they were recorded."""

    start: Start
    operations: tuple[ClockEntry, ...] = ()

    def replay(self, calendar: Calendar) -> Deadline:
        """When the clock ends; the same scenario and calendar always give the same answer."""
        return evaluate((self.start, *self.operations), calendar)


def parse_scenario(content: bytes) -> Scenario:
    """The scenario in a file; every fault is a `DeadlineError` whose `pointer` names its place."""
    if len(content) > MOST_BYTES:
        _refuse("", f"内容超过 {MOST_BYTES // 1024} KiB", f"it is larger than {MOST_BYTES // 1024} KiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1}"
        _refuse("", f"第{error.start + 1}个字节不是 UTF-8 文字", f"{place} is no UTF-8 text")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_int=_whole_number,
        )
    except json.JSONDecodeError as error:
        _refuse(
            "",
            f"第{error.lineno}行第{error.colno}个字符起不是有效的 JSON",
            f"no valid JSON from line {error.lineno}, character {error.colno}",
        )
    except RecursionError:
        _refuse("", "JSON 嵌套过深", "the JSON is nested too deeply")
    return read_scenario(value)


class _Huge:
    """A number of so many digits that it is not turned into an integer at all; no field takes it."""


def _whole_number(digits: str) -> "int | _Huge":
    return int(digits) if len(digits) <= 20 else _Huge()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON leaves open which of two equal names holds, so that two readers could count two dates."""
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        _refuse(
            "",
            f"同一对象中“{_shown(twice)}”出现了两次",
            f"{_shown(twice)!r} stands twice in one object",
        )
    return members


def _no_number(word: str) -> NoReturn:
    _refuse("", f"{word} 不是 JSON 数字", f"{word} is no JSON number")


def read_scenario(value: Any) -> Scenario:
    """The scenario in JSON values."""
    members = _members(value, "", ("start", "length", "unit"), ("operations", *_SOURCES))
    unit = _unit(members["unit"], "/unit")
    start = Start(
        at=_moment(members["start"], "/start", unit),
        length=_length(members["length"], "/length", unit),
        unit=unit,
        **_sources(members, ""),
    )
    operations = members.get("operations")
    if operations is None:
        operations = []
    if not isinstance(operations, list | tuple):
        _refuse("/operations", "应为列表", "it must be a list")
    if len(operations) > MOST_OPERATIONS:
        _refuse("/operations", f"最多 {MOST_OPERATIONS} 项", f"at most {MOST_OPERATIONS} are taken")
    entries: list[ClockEntry] = []
    clock = fold([start])
    for number, operation in enumerate(operations):
        place = f"/operations/{number}"
        entry = _operation(operation, place, unit)
        try:
            clock = clock.after(entry)
        except DeadlineError as error:
            raise _at(place, error) from error
        entries.append(entry)
    return Scenario(start, tuple(entries))


def _operation(value: Any, place: str, unit: Unit) -> ClockEntry:
    named = value.get("operation") if isinstance(value, Mapping) else None
    if (
        isinstance(value, Mapping)
        and "operation" in value
        and (not isinstance(named, str) or named not in _FIELDS)
    ):
        words = "、".join(_FIELDS), ", ".join(_FIELDS)
        _refuse(f"{place}/operation", f"应为 {words[0]} 之一", f"it must be one of {words[1]}")
    wanted = _FIELDS[named] if isinstance(named, str) else ()
    members = _members(value, place, ("operation", *wanted), _SOURCES)
    sources = _sources(members, place)
    match named:
        case "EXCLUDE":
            first_on = _day(members["from"], f"{place}/from")
            return Exclude(first_on=first_on, last_on=_day(members["until"], f"{place}/until"), **sources)
        case "RESTART":
            return Restart(at=_moment(members["at"], f"{place}/at", unit), **sources)
    return Extend(length=_length(members["length"], f"{place}/length", unit), **sources)


def _members(value: Any, place: str, wanted: tuple[str, ...], allowed: tuple[str, ...]) -> Mapping[str, Any]:
    """The members of an object that has all of the wanted ones and none but the allowed ones."""
    if not isinstance(value, Mapping):
        _refuse(place, "应为 JSON 对象", "it must be a JSON object")
    for name in wanted:
        if name not in value:
            _refuse(place, f"缺少“{name}”", f"{name!r} is missing")
    for name in value:
        if name not in wanted and name not in allowed:
            known = (*wanted, *allowed)
            _refuse(
                place,
                f"没有“{_shown(name)}”这一项，可用的有：{'、'.join(known)}",
                f"{_shown(name)!r} is not known, there are: {', '.join(known)}",
            )
    return value


def _sources(members: Mapping[str, Any], place: str) -> dict[str, str]:
    """What an entry rests on; each is one line of text."""
    given = {name: members[name] for name in _SOURCES if members.get(name) is not None}
    for name, text in given.items():
        if not isinstance(text, str) or len(text) > LONGEST_TEXT or not text.isprintable():
            _refuse(
                f"{place}/{name}",
                f"应为一行不超过 {LONGEST_TEXT} 字的文字",
                f"it must be one line of at most {LONGEST_TEXT} characters",
            )
    return given


def _unit(value: Any, place: str) -> Unit:
    words = [unit.value for unit in Unit]
    if not isinstance(value, str) or value not in words:
        _refuse(place, f"应为 {'、'.join(words)} 之一", f"it must be one of {', '.join(words)}")
    return Unit(value)


def _length(value: Any, place: str, unit: Unit) -> int:
    if isinstance(value, _Huge):
        _refuse(place, "数字过大", "the number is too large")
    if type(value) is not int or value <= 0:
        _refuse(place, "应为大于零的整数", "it must be a whole number above zero")
    try:
        return checked_length(value, unit)
    except DeadlineError as error:
        raise _at(place, error) from error


def _day(value: Any, place: str) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        _refuse(place, "应写成 YYYY-MM-DD", "write it as YYYY-MM-DD")
    try:
        return checked_day(date.fromisoformat(value))
    except DeadlineError as error:
        raise _at(place, error) from error
    except ValueError:
        _refuse(place, f"没有{value}这一天", f"there is no day {value}")


def _moment(value: Any, place: str, unit: Unit) -> Moment:
    """A day, or a moment; one without an offset is meant in China."""
    if not isinstance(value, str) or not (_DAY.fullmatch(value) or _MOMENT.fullmatch(value)):
        _refuse(
            place,
            "应写成 YYYY-MM-DD 或 YYYY-MM-DDTHH:MM+08:00",
            "write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM+08:00",
        )
    try:
        moment = read_moment(value)
    except ValueError:
        _refuse(place, f"没有{value}这一时刻", f"there is no such time as {value}")
    try:
        return checked_moment(moment, unit)
    except DeadlineError as error:
        raise _at(place, error) from error


def read_moment(text: str) -> Moment:
    """A day or a moment as it is written; a moment without an offset is meant in China."""
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _refuse(place: str, zh: str, en: str) -> NoReturn:
    raise DeadlineError(
        "bad_scenario",
        f"期限情景{_place_zh(place)}有误：{zh}。",
        f"The scenario is wrong{f' at {place}' if place else ''}: {en}.",
        pointer=place,
    )


def _at(place: str, error: DeadlineError) -> DeadlineError:
    """The same refusal with its place."""
    return DeadlineError(
        error.code,
        f"期限情景{_place_zh(place)}有误：{error.zh}",
        f"The scenario is wrong at {place}: {error.en}",
        pointer=place,
        **error.facts,
    )


def _place_zh(place: str) -> str:
    return f" {place} 处" if place else ""


def _shown(name: str) -> str:
    """A name that somebody made up, as a terminal and a log can show it."""
    written = name if name.isprintable() else ascii(name)[1:-1]
    return written if len(written) <= 40 else f"{written[:40]}…"
