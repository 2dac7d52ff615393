"""From the cells of a line to a record for the register, or to everything that is wrong with the line.

Headings may be Chinese or English, in any order.  A name is never taken: a person is known by the keyed index of the
certificate only.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from services.applications.contracts.fields import CERTIFICATE_NAMES, CertificateType, certificate_number
from services.applications.credit.reader import Cell, Line, UnreadableFile
from services.applications.credit.words import FORMULA_SIGNS, ListItem, Reference, SourceName
from services.applications.store.credit import Listed
from shared.privacy import BlindIndex

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "certificate_type": ("证件类型", "certificate_type"),
    "certificate_number": ("证件号码", "统一社会信用代码", "certificate_number"),
    "kind": ("记录种类", "kind"),
    "list_item": ("清单依据", "list_item"),
    "source": ("信息来源", "source"),
    "reference": ("来源记录编号", "source_record"),
    "recorded_on": ("认定日期", "recorded_on"),
    "grade": ("评价等级", "grade"),
}
REQUIRED = ("certificate_type", "certificate_number", "kind", "list_item", "source", "recorded_on")
# Columns that such lists have and the register must not: they are read over, and nothing of them is stored.
IGNORED = frozenset({"姓名", "名称", "主体名称", "备注", "name", "note"})
_READ_OVER, _HOMELESS = "read over", "homeless"

KINDS: Mapping[str, str] = {
    "失信被执行人": "dishonest_debtor",
    "严重失信主体": "serious_discredit",
    "未履行承诺": "broken_undertaking",
    "虚假承诺": "false_commitment",
    "公共信用综合评价": "grade",
}
GRADES: Mapping[str, str] = {"优": "A", "良": "B", "中": "C", "差": "D"}

_DAY = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?(?:[ T]0?0:00(?::00)?)?")
_PACKED_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2}", re.IGNORECASE)
_EARLIEST = date(1990, 1, 1)

_LIST_ITEM, _SOURCE = TypeAdapter[str](ListItem), TypeAdapter[str](SourceName)
_REFERENCE = TypeAdapter[str](Reference)


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong in one cell; the content of the cell is never repeated, because it may be personal."""

    line: int
    column: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Good:
    """A line that can be imported."""

    line: int
    listed: Listed


@dataclass(frozen=True, slots=True)
class Sorted:
    """A file, line by line: what is right and what is wrong."""

    total: int
    good: tuple[Good, ...]
    faults: tuple[LineFault, ...]

    @property
    def refused(self) -> int:
        """How many lines cannot be imported."""
        return len({fault.line for fault in self.faults})


class _Wrong(Exception):
    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code, self.zh, self.en = code, zh, en


def sort(lines: Sequence[Line], people: BlindIndex, today: date) -> Sorted:
    """Check every line, whatever is wrong with the others."""
    (_, heading), *rest = lines
    columns = _columns_of(heading)
    checked = [_checked(number, _by_column(columns, cells), people, today) for number, cells in rest]
    good, faults = _one_of_each([one for one in checked if isinstance(one, Good)])
    faults += [fault for one in checked if not isinstance(one, Good) for fault in one]
    return Sorted(len(rest), tuple(good), tuple(sorted(faults, key=lambda fault: fault.line)))


def _one_of_each(good: Sequence[Good]) -> tuple[list[Good], list[LineFault]]:
    """A record that the file names twice comes in once; two records under one number are a fault of the file."""
    first: dict[str, Good] = {}
    faults = []
    for one in good:
        assert one.listed.key is not None
        before = first.setdefault(one.listed.key, one)
        if before.listed != one.listed:
            faults.append(reference_taken(one.line))
    return list(first.values()), faults


def reference_taken(line: int) -> LineFault:
    """The fault of a line whose number belongs to another record."""
    return LineFault(
        line,
        "reference",
        "reference_taken",
        "同一来源的这个记录编号已用于内容不同的记录，请核对；记录有误时请先撤销原记录。",
        "This source has another record under this number; if that one is wrong, withdraw it first.",
    )


# -- headings ------------------------------------------------------------------------------------------------------


def _columns_of(heading: Sequence[Cell]) -> list[str]:
    names = [_plain(cell.text) for cell in heading]
    columns = [_column_of(name) for name in names]
    unknown = [name[:20] for name, column in zip(names, columns, strict=True) if column is None]
    known = [column for column in columns if column]
    missing = [COLUMNS[column][0] for column in REQUIRED if column not in known]
    doubled = [COLUMNS[column][0] for column in COLUMNS if known.count(column) > 1]
    if unknown or missing or doubled:
        raise _wrong_heading(unknown, missing, doubled)
    return [column or "" for column in columns]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower().replace(" ", "_").strip("*")


def _column_of(name: str) -> str | None:
    """The column under this heading; empty without one, None for a heading that nobody knows."""
    if not name:
        return ""
    if name in IGNORED:
        return _READ_OVER
    return next((column for column, names in COLUMNS.items() if name in names), None)


def _wrong_heading(unknown: list[str], missing: list[str], doubled: list[str]) -> UnreadableFile:
    zh = [f"缺少列“{name}”" for name in missing] + [f"列“{name}”重复" for name in doubled]
    en = [f"the column {name} is missing" for name in missing] + [
        f"{name} is there twice" for name in doubled
    ]
    zh += [f"不认识列“{name}”" for name in unknown[:5]]
    en += [f"{name!r} is no column" for name in unknown[:5]]
    return UnreadableFile(
        "wrong_heading",
        f"第一行应为表头：{'；'.join(zh)}。可用的列：{'、'.join(names[0] for names in COLUMNS.values())}。",
        f"The first line must be the heading: {'; '.join(en)}. There are: {', '.join(names[-1] for names in COLUMNS.values())}.",
    )


def _by_column(columns: Sequence[str], cells: Sequence[Cell]) -> dict[str, Cell]:
    padded = [*cells, *[Cell("")] * (len(columns) - len(cells))]
    homeless = [cell for place, cell in enumerate(padded) if place >= len(columns) or not columns[place]]
    found = {column: cell for column, cell in zip(columns, padded, strict=False) if column}
    # A separator too many has moved everything behind it one column on.
    if any(cell.text or cell.fault for cell in homeless):
        found[_HOMELESS] = Cell("")
    return found


# -- lines ---------------------------------------------------------------------------------------------------------


def _checked(number: int, cells: dict[str, Cell], people: BlindIndex, today: date) -> Good | list[LineFault]:
    faults: list[LineFault] = []
    values: dict[str, Any] = {}
    for column, read in _READERS.items():
        cell = cells.get(column, Cell(""))
        try:
            values[column] = read(_believed(cell), values, today)
        except _Wrong as wrong:
            faults.append(LineFault(number, column, wrong.code, wrong.zh, wrong.en))
    if _HOMELESS in cells:
        faults.append(_too_many_cells(number))
    return faults or Good(number, _listed(values, people))


def _too_many_cells(number: int) -> LineFault:
    return LineFault(
        number,
        "",
        "too_many_cells",
        "这一行在没有表头的列里有内容。",
        "A cell of the line stands under no heading.",
    )


def _believed(cell: Cell) -> str:
    if cell.fault:
        raise _Wrong(cell.fault, *_CELL_FAULTS[cell.fault])
    if cell.text[:1] in FORMULA_SIGNS:
        raise _Wrong("formula", *_CELL_FAULTS["formula"])
    return cell.text


_CELL_FAULTS = {
    "formula": (
        "单元格是公式，只接受文字和日期。",
        "The cell holds a formula; only text and dates are taken.",
    ),
    "error_value": ("单元格是错误值。", "The cell holds an error."),
    "too_long": ("内容过长。", "The content is too long."),
    "digits_lost": (
        "号码被存成了数字，末几位已经丢失；请把该列设为文本后重新填写。",
        "The number was stored as a figure and its last digits are lost; make the column text and fill it in again.",
    ),
}


def _certificate_type(text: str, _: dict[str, Any], __: date) -> CertificateType:
    wanted = _required(text)
    for kind, (zh, en) in CERTIFICATE_NAMES.items():
        if wanted.upper() == kind.value or wanted == zh or wanted.lower() == en.lower():
            return kind
    if wanted == "身份证":
        return CertificateType.RESIDENT_ID
    names = "、".join(zh for zh, _ in CERTIFICATE_NAMES.values())
    raise _Wrong(
        "unknown_certificate_type",
        f"不认识的证件类型，可用：{names}，或者代码 {'、'.join(CertificateType)}。",
        f"This is no certificate type; there are: {', '.join(CertificateType)}.",
    )


def _certificate_number(text: str, values: dict[str, Any], _: date) -> str:
    number = unicodedata.normalize("NFKC", _required(text))
    if _SCIENTIFIC.fullmatch(number):
        raise _Wrong("digits_lost", *_CELL_FAULTS["digits_lost"])
    if "*" in number:
        raise _Wrong(
            "masked_value", "号码打了星号，请填写完整号码。", "The number is masked; give it in full."
        )
    kind = values.get("certificate_type")
    if kind is None:
        return number  # without its type nothing can be said about a number
    if not number.isascii() or not 4 <= len(number) <= 40:
        raise _Wrong(
            "certificate_format", "证件号码的格式不正确。", "The certificate number has a wrong format."
        )
    try:
        return certificate_number(kind, number)
    except PydanticCustomError as error:
        raise _wrong_of(error.type, error.context) from None


def _kind(text: str, _: dict[str, Any], __: date) -> str:
    wanted = _required(text)
    kind = KINDS.get(wanted) or (wanted.lower() if wanted.lower() in KINDS.values() else None)
    if kind is None:
        raise _Wrong(
            "unknown_kind",
            f"不认识的记录种类，可用：{'、'.join(KINDS)}。",
            f"This is no kind of record; there are: {', '.join(KINDS.values())}.",
        )
    return kind


def _grade(text: str, values: dict[str, Any], _: date) -> str | None:
    wanted = text.upper().removesuffix("级")
    grade = GRADES.get(wanted, wanted)
    is_grade = values.get("kind") == "grade"
    if not grade and not is_grade:
        return None
    if grade in GRADES.values() and (is_grade or "kind" not in values):
        return grade
    if grade and not is_grade:
        raise _Wrong(
            "grade_without_evaluation",
            "只有“公共信用综合评价”才有评价等级。",
            "Only a public credit evaluation has a grade.",
        )
    raise _Wrong("unknown_grade", "评价等级应为优、良、中、差或者 A、B、C、D。", "The grade is A, B, C or D.")


def _recorded_on(text: str, _: dict[str, Any], today: date) -> date:
    day = _day(_required(text))
    if not _EARLIEST <= day <= today:
        raise _Wrong(
            "date_out_of_range",
            "认定日期不能晚于今天，也不能早于 1990 年。",
            "The date must not be later than today, nor before 1990.",
        )
    return day


def _day(text: str) -> date:
    text = unicodedata.normalize("NFKC", text)
    match = _DAY.fullmatch(text) or _PACKED_DAY.fullmatch(text)
    try:
        if match:
            return date(*(int(part) for part in match.groups()))
    except ValueError:
        pass  # a day that no month has is told like any other wrong date
    raise _Wrong(
        "date_format",
        "日期应写成 2026-09-18、2026/9/18、2026年9月18日 或者 20260918。",
        "Write the date as 2026-09-18 or 20260918.",
    )


def _list_item(text: str, _: dict[str, Any], __: date) -> str:
    return _valid(_LIST_ITEM, _required(text))


def _source(text: str, _: dict[str, Any], __: date) -> str:
    return _valid(_SOURCE, _required(text))


def _reference(text: str, _: dict[str, Any], __: date) -> str | None:
    return _valid(_REFERENCE, text) if text else None


_READERS = {
    "certificate_type": _certificate_type,
    "certificate_number": _certificate_number,
    "kind": _kind,
    "list_item": _list_item,
    "source": _source,
    "reference": _reference,
    "recorded_on": _recorded_on,
    "grade": _grade,
}


def _required(text: str) -> str:
    if not text:
        raise _Wrong("value_missing", "此项必填。", "A value is required here.")
    return text


def _valid(adapter: TypeAdapter[str], text: str) -> str:
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        (first, *_) = error.errors(include_url=False, include_input=False)
        raise _wrong_of(first["type"], first.get("ctx")) from None


def _wrong_of(code: str, context: Mapping[str, Any] | None) -> _Wrong:
    words = context or {}
    if "zh" in words:
        return _Wrong(code, words["zh"], words["en"])
    return _Wrong("wrong_length", "内容过短或过长。", "The content is too short or too long.")


def _listed(values: dict[str, Any], people: BlindIndex) -> Listed:
    listed = Listed(
        person_id=people.person_id(values["certificate_type"].value, values["certificate_number"]),
        kind=values["kind"],
        list_item=values["list_item"],
        recorded_on=values["recorded_on"],
        source=values["source"],
        reference=values["reference"],
        grade=values["grade"],
    )
    return replace(listed, key=_key_of(listed))


def _key_of(listed: Listed) -> str:
    """Under what a record is known: its number at its source, or the digest of what it says."""
    if listed.reference is not None:
        content = f"reference\n{listed.source}\n{listed.reference}"
    else:
        parts = (str(listed.person_id), listed.kind, listed.list_item, listed.source)
        content = "\n".join(("content", *parts, listed.recorded_on.isoformat(), listed.grade or ""))
    return hashlib.sha256(content.encode()).hexdigest()
