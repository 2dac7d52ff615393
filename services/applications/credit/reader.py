"""Reading a file of credit records: CSV in UTF-8 or GB18030, or the first sheet of an xlsx workbook.

The file comes from outside and nothing in it is trusted: sizes are limited before anything is unpacked, no formula is
ever worked out, no entity is expanded, and whatever cannot be read is said in a sentence.  What comes out is text, cell
by cell, with the number of its line as a table program shows it.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 10_000
MOST_COLUMNS = 40
MOST_CHARACTERS = 500
# What a workbook may hold when it is unpacked.
MOST_UNPACKED_BYTES = 32 * 1024 * 1024
# Each mark becomes objects hundreds of bytes large.  A full sheet (ten thousand lines of forty cells) has fewer of each.
MOST_TAGS = 1_200_000
MOST_ATTRIBUTES = 2_000_000
MOST_PARTS = 500

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",\t;，"
# More digits than this are no longer exact once a table program has taken them for a number.
_EXACT = 10**15


class UnreadableFile(Exception):
    """The file as a whole cannot be read; nothing was imported."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as text; `fault` says why its content cannot be believed."""

    text: str
    fault: str = ""


Line = tuple[int, list[Cell]]


def read(content: bytes) -> list[Line]:
    """The lines that are not empty, the heading first, each with its number in the file."""
    if not content.strip():
        raise UnreadableFile("list_empty", "文件是空的。", "The file is empty.")
    if len(content) > MOST_BYTES:
        raise _too_large()
    if content.startswith(_OLE):
        raise UnreadableFile(
            "old_or_locked_workbook",
            "这是旧版（xls）或者加了密码的工作簿，请另存为不加密的 xlsx 或 CSV。",
            "This is an old (xls) or a locked workbook; save it as xlsx or CSV without a password.",
        )
    lines = _of_workbook(content) if content.startswith(_ZIP) else _of_csv(content)
    return _without_empty(lines)


def _without_empty(lines: Iterable[Line]) -> list[Line]:
    kept: list[Line] = []
    for number, cells in lines:
        # Empty rows count as well: a sheet can claim a million of them.
        if number > MOST_LINES + 1:
            raise UnreadableFile(
                "too_many_lines",
                f"文件超过 {MOST_LINES} 行，请拆成几个文件。",
                f"The file has more than {MOST_LINES} lines; split it.",
            )
        if any(cell.text or cell.fault for cell in cells):
            kept.append((number, cells))
    if not kept:
        raise UnreadableFile("list_empty", "文件是空的。", "The file is empty.")
    return kept


# -- CSV -----------------------------------------------------------------------------------------------------------


def _of_csv(content: bytes) -> Iterator[Line]:
    text = _decoded(content)
    delimiter = _delimiter_of(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(
                "broken_csv",
                f"第 {rows.line_num} 行的引号或分隔符有误，无法读取。",
                f"Line {rows.line_num} cannot be read: a quotation mark or separator is wrong.",
            ) from error
        yield rows.line_num, _csv_cells(row)


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16) or b"\0" in content:
        raise _unknown_encoding()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unknown_encoding()


def _unknown_encoding() -> UnreadableFile:
    return UnreadableFile(
        "unknown_encoding",
        "无法识别文件编码，请以 UTF-8 或 GB18030（GBK）另存为 CSV。",
        "The encoding is not recognised; save the CSV as UTF-8 or GB18030.",
    )


def _delimiter_of(text: str) -> str:
    heading = text.partition("\n")[0]
    return max(_DELIMITERS, key=heading.count)


def _csv_cells(row: Sequence[str]) -> list[Cell]:
    return [_text_cell(text) for text in row[:MOST_COLUMNS]]


def _text_cell(text: str) -> Cell:
    # An apostrophe in front is how table programs mark a number as text.
    text = text.strip().removeprefix("'").strip()
    return Cell(text[:MOST_CHARACTERS], "too_long" if len(text) > MOST_CHARACTERS else "")


# -- xlsx ----------------------------------------------------------------------------------------------------------


def _of_workbook(content: bytes) -> Iterator[Line]:
    # It takes a tenth of a second to import, and most processes never read a workbook.
    import openpyxl

    _require_harmless(content)
    try:
        # Formulas stay formulas (and are refused): a stored result proves nothing about what it was worked out from.
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # What a sheet says about its size need not be true.
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
                yield number, [_sheet_cell(cell) for cell in row]
        finally:
            book.close()
    except UnreadableFile:
        raise
    except Exception as error:  # the library answers a broken file with whatever its parts raise
        raise _broken_workbook() from error


def _require_harmless(content: bytes) -> None:
    """Refuse a workbook that unpacks to too much, or whose XML declares entities, before it is parsed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
                raise _too_large()
            marks = [0, 0]
            for part in parts:
                _require_plain_xml(archive, part, marks)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _broken_workbook() from error
    except (ValueError, OSError, zlib.error) as error:
        raise _broken_workbook() from error


def _require_plain_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo, marks: list[int]) -> None:
    # Whatever a part is called, the workbook may say that it is the sheet.  zipfile never gives more than the size that
    # was declared and counted above.
    is_named_xml = part.filename.lower().endswith((".xml", ".rels"))
    with archive.open(part) as file:
        tail = b""
        while piece := file.read(1 << 16):
            marks[0] += piece.count(b"<")
            marks[1] += piece.count(b"=")
            if marks[0] > MOST_TAGS or marks[1] > MOST_ATTRIBUTES:
                raise _too_large()
            # UTF-16 would hide the words from this search: no table program writes it, and only a picture holds zeros.
            text = tail + piece.replace(b"\0", b"")
            if (is_named_xml and b"\0" in piece) or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise _broken_workbook()
            tail = text[-16:]


def _sheet_cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell("")
    if cell.data_type == "f":
        return Cell(str(value)[:MOST_CHARACTERS], "formula")
    if cell.data_type == "e":
        return Cell(str(value)[:MOST_CHARACTERS], "error_value")
    if isinstance(value, datetime):
        return Cell(value.date().isoformat())
    if isinstance(value, date):
        return Cell(value.isoformat())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_cell(value)
    return _text_cell(str(value))


def _number_cell(value: int | float) -> Cell:
    if abs(value) >= _EXACT:
        return Cell("", "digits_lost")
    return Cell(str(int(value)) if value == int(value) else str(value))


def _too_large() -> UnreadableFile:
    return UnreadableFile(
        "list_too_large",
        f"文件过大（上限 {MOST_BYTES // 1024 // 1024} MB，展开后 {MOST_UNPACKED_BYTES // 1024 // 1024} MB），请拆成几个文件。",
        "The file is too large, or unpacks to too much; split it.",
    )


def _broken_workbook() -> UnreadableFile:
    return UnreadableFile(
        "broken_workbook",
        "工作簿无法读取，请用表格软件重新另存为 xlsx，或者改用 CSV。",
        "The workbook cannot be read; save it again as xlsx with a table program, or use CSV.",
    )
