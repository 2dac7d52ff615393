"""Reading files of credit records: what is right comes in, and what is wrong is said, whatever the file holds."""

import contextlib
import csv
import io
import secrets
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.applications.credit.lines import Sorted, sort
from services.applications.credit.reader import MOST_BYTES, MOST_LINES, MOST_TAGS, UnreadableFile, read
from shared.privacy import BlindIndex
from tests.applications.credit.files import (
    COMPANY_CODE,
    DEBTOR,
    GRADED,
    HEADING,
    SERIOUS,
    TODAY,
    ZHANG_ID,
    changed,
    csv_of,
    xlsx_of,
)

DAY_OF_A_CELL = datetime(2026, 3, 2)  # noqa: DTZ001  # a cell of a workbook knows no zone
# Made once: a workbook names the second in which it was made.
A_WORKBOOK = xlsx_of(DEBTOR)
PEOPLE = BlindIndex(secrets.token_bytes(32))
ENGLISH = (
    "certificate_type",
    "certificate_number",
    "kind",
    "list_item",
    "source",
    "source_record",
    "recorded_on",
    "grade",
)


def sorted_lines(content: bytes) -> Sorted:
    return sort(read(content), PEOPLE, TODAY)


def codes(content: bytes) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.code) for fault in sorted_lines(content).faults]


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        sorted_lines(content)
    assert refused.value.zh
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("heading", [HEADING, ENGLISH, tuple(name.upper() for name in ENGLISH)])
def test_a_csv_is_read_in_either_encoding_and_language(encoding: str, heading: tuple[str, ...]):
    found = sorted_lines(csv_of(DEBTOR, SERIOUS, GRADED, heading=heading, encoding=encoding))
    assert found.faults == ()
    debtor, serious, graded = (one.listed for one in found.good)
    assert debtor.person_id == PEOPLE.person_id("111", ZHANG_ID)
    assert (debtor.kind, debtor.recorded_on) == ("dishonest_debtor", date(2026, 3, 2))
    assert debtor.reference == "（2026）皖1602执123号"
    assert (serious.kind, serious.recorded_on) == ("serious_discredit", date(2026, 5, 18))
    assert (graded.kind, graded.grade, graded.reference) == ("grade", "D", None)


def test_a_workbook_gives_the_same_as_the_csv():
    from_csv = sorted_lines(csv_of(DEBTOR, SERIOUS, GRADED))
    dated = xlsx_of((*DEBTOR[:6], DAY_OF_A_CELL, None), (*SERIOUS[:6], date(2026, 5, 18)), GRADED)
    assert sorted_lines(dated) == from_csv
    assert sorted_lines(xlsx_of(DEBTOR, SERIOUS, GRADED)) == from_csv


def test_nothing_of_a_certificate_number_is_kept():
    found = sorted_lines(csv_of(DEBTOR, changed(DEBTOR, 证件号码="341602199001010013")))
    assert ZHANG_ID not in repr(found)
    assert "341602199001010013" not in repr(found)


def test_a_name_is_read_over():
    heading = ("姓名", *HEADING)
    found = sorted_lines(csv_of(("张三丰", *DEBTOR), heading=heading))
    assert found.faults == ()
    assert "张三丰" not in repr(found)


def test_columns_may_stand_in_any_order():
    backwards = csv_of(tuple(reversed(DEBTOR)), heading=tuple(reversed(HEADING)))
    assert sorted_lines(backwards) == sorted_lines(csv_of(DEBTOR))


def test_every_fault_of_every_line_is_told_with_its_place():
    content = csv_of(
        changed(DEBTOR, 证件类型="会员卡", 认定日期="2026-02-30"),
        SERIOUS,
        changed(SERIOUS, 证件号码="91341600MA2T00015X", 记录种类="老赖"),
        changed(DEBTOR, 认定日期="2026-09-19"),
        changed(DEBTOR, 清单依据=""),
        changed(GRADED, 评价等级="E"),
        changed(DEBTOR, 评价等级="A"),
    )
    assert codes(content) == [
        (2, "certificate_type", "unknown_certificate_type"),
        (2, "recorded_on", "date_format"),
        (4, "certificate_number", "certificate_checksum"),
        (4, "kind", "unknown_kind"),
        (5, "recorded_on", "date_out_of_range"),
        (6, "list_item", "value_missing"),
        (7, "grade", "unknown_grade"),
        (8, "grade", "grade_without_evaluation"),
    ]
    assert len(sorted_lines(content).good) == 1


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("证件号码", "3.41602E+17", "digits_lost"),
        ("证件号码", "341602********0012", "masked_value"),
        ("证件号码", "", "value_missing"),
        ("清单依据", "=HYPERLINK(0)", "formula"),
        ("清单依据", "＋1", "formula"),
        ("信息来源", "@SUM(A1)", "formula"),
        ("来源记录编号", "-1+2", "formula"),
        ("来源记录编号", f"张三 {ZHANG_ID}", "personal_number"),
        ("清单依据", "电话 13812341234", "personal_number"),
        ("清单依据", "名" * 201, "wrong_length"),
        ("清单依据", "名" * 501, "too_long"),
        ("认定日期", "1989-12-31", "date_out_of_range"),
        ("认定日期", "9999-99-99", "date_format"),
    ],
)
def test_a_wrong_value_has_its_own_fault(column: str, value: str, code: str):
    ((_, _, found),) = codes(csv_of(changed(DEBTOR, **{column: value})))
    assert found == code


def test_numbers_that_a_table_program_has_shortened_are_refused():
    assert codes(xlsx_of((*changed(DEBTOR)[:1], int(ZHANG_ID), *DEBTOR[2:]))) == [
        (2, "certificate_number", "digits_lost")
    ]


def test_a_formula_of_a_workbook_is_refused_and_never_worked_out():
    content = xlsx_of((*DEBTOR[:3], '=CONCATENATE("清单","一")', *DEBTOR[4:]))
    assert codes(content) == [(2, "list_item", "formula")]


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        (HEADING[1:], "缺少列“证件类型”"),
        ((*HEADING, "手机号"), "不认识列“手机号”"),
        ((*HEADING, "证件号码"), "列“证件号码”重复"),
    ],
)
def test_a_wrong_heading_says_what_is_wrong(heading: tuple[str, ...], said: str):
    with pytest.raises(UnreadableFile, match="wrong_heading") as refused:
        sorted_lines(csv_of(heading=heading))
    assert said in refused.value.zh


def test_a_cell_under_no_heading_is_a_fault():
    assert codes(csv_of((*DEBTOR, "more"))) == [(2, "", "too_many_cells")]


def test_a_record_named_twice_comes_in_once_and_two_under_one_number_are_a_fault():
    assert len(sorted_lines(csv_of(DEBTOR, SERIOUS, DEBTOR)).good) == 2
    assert codes(csv_of(DEBTOR, changed(DEBTOR, 认定日期="2026-03-03"))) == [
        (3, "reference", "reference_taken")
    ]


def test_lines_keep_the_numbers_that_a_table_program_shows():
    content = "\n".join([",".join(HEADING), "", "", ",".join(changed(DEBTOR, 认定日期="x"))]).encode()
    assert codes(content) == [(4, "recorded_on", "date_format")]
    quoted = csv_of(changed(DEBTOR, 清单依据='"第一行\n第二行"'), changed(DEBTOR, 认定日期="x"))
    assert codes(quoted) == [(3, "list_item", "not_plain_text"), (4, "recorded_on", "date_format")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "list_empty"),
        (b" \r\n,,,\r\n", "list_empty"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_or_locked_workbook"),
        ("证件类型,证件号码".encode("utf-16"), "unknown_encoding"),
        (b"\xff\xff\xff\xff", "unknown_encoding"),
        (b"PK\x03\x04 and nothing more", "broken_workbook"),
        (b'a,"b\r\nc', "broken_csv"),
        (b"x" * (MOST_BYTES + 1), "list_too_large"),
        (b"a\n" * (MOST_LINES + 2), "too_many_lines"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_remedy(content: bytes, code: str):
    assert refusal(content) == code


_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData></worksheet>'


def rebuilt(content: bytes, **parts: bytes) -> bytes:
    """The workbook with other parts; `sheet` and `strings` are short names."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    replaced = {names[name]: part for name, part in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *replaced}:
            new.writestr(name, replaced.get(name) or old.read(name))
    return out.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    bomb = rebuilt(xlsx_of(DEBTOR), strings=b"<sst>" + b" " * (60 * 1024 * 1024) + b"</sst>")
    assert len(bomb) < MOST_BYTES
    assert refusal(bomb) == "list_too_large"


@pytest.mark.parametrize(
    ("sheet", "strings"),
    [
        (b"<row>" + b"<c><v>1</v></c>" * 600_000 + b"</row>", b""),
        (b"<row><c><is>" + b"<r>" * 700_000 + b"</r>" * 700_000 + b"</is></c></row>", b""),
        (b"<row/>", b"<si/>" * 1_300_000),
        (b"<row>" + b'<c r="A" s="1" t="n"/>' * 800_000 + b"</row>", b""),
    ],
    ids=["cells", "nested", "strings", "attributes"],
)
def test_a_small_workbook_of_millions_of_elements_is_refused_before_it_is_parsed(
    sheet: bytes, strings: bytes
):
    # Eighty kilobytes of this took 1.3 GB and twenty seconds of the process that decides cases.
    bomb = rebuilt(
        xlsx_of(DEBTOR),
        sheet=_SHEET % sheet,
        strings=b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + strings
        + b"</sst>",
    )
    assert len(bomb) < MOST_BYTES
    assert refusal(bomb) == "list_too_large"


def test_a_full_list_of_forty_columns_is_read():
    cells = b'<c t="inlineStr"><is><t>x</t></is></c>' * 9 + b'<c s="1"/>' * 31
    full = rebuilt(xlsx_of(DEBTOR), sheet=_SHEET % (b"<row>" + cells + b"</row>"))
    assert len(read(full)) == 1
    marks = (_SHEET % ((b"<row>" + cells + b"</row>") * MOST_LINES)).count(b"<")
    assert marks < MOST_TAGS


def test_entities_are_refused_whatever_their_part_is_called():
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa">]><sst>&a;</sst>'
    for text in (laughs, laughs.decode().encode("utf-16")):
        out = io.BytesIO(xlsx_of(DEBTOR))
        with zipfile.ZipFile(out, "a") as book:
            book.writestr("xl/worksheets/sheet.dat", text)
        assert refusal(out.getvalue()) == "broken_workbook"


def test_a_workbook_that_declares_entities_is_refused():
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
    assert refusal(rebuilt(xlsx_of(DEBTOR), strings=laughs)) == "broken_workbook"
    assert refusal(rebuilt(xlsx_of(DEBTOR), strings=laughs.decode().encode("utf-16"))) == "broken_workbook"
    # Hidden across the border of two pieces that are searched.
    padding = b"<!--" + b"x" * (65536 - 10) + b"-->"
    assert refusal(rebuilt(xlsx_of(DEBTOR), strings=padding + laughs)) == "broken_workbook"


def test_a_sheet_that_claims_a_million_lines_is_refused():
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row><row r="1048576"/>'
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + row
        + b"</sheetData></worksheet>"
    )
    assert refusal(rebuilt(xlsx_of(DEBTOR), sheet=sheet)) == "too_many_lines"


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes):
    try:
        found = sorted_lines(content)
    except UnreadableFile:
        return
    assert found.total >= 0


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(*[CELLS] * len(HEADING)), max_size=8))
def test_no_content_of_cells_breaks_the_check(lines: list[tuple[str, ...]]):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADING, *lines])
    try:
        found = sorted_lines(text.getvalue().encode())
    except UnreadableFile:
        return
    # Each line that is not empty is either right or told, and never both.
    wrong = {fault.line for fault in found.faults}
    assert wrong.isdisjoint(one.line for one in found.good)
    assert len(wrong) + len({one.line for one in found.good}) <= found.total


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.sampled_from([DEBTOR, SERIOUS, GRADED]), min_size=1, max_size=6),
    st.sampled_from(["utf-8", "gb18030"]),
)
def test_what_is_right_comes_in_exactly_once(lines: list[tuple[str, ...]], encoding: str):
    found = sorted_lines(csv_of(*lines, encoding=encoding))
    assert found.faults == ()
    assert len(found.good) == len(set(lines))
    assert COMPANY_CODE not in repr(found)


@settings(deadline=None)  # the machine may be busy
@given(st.data())
def test_a_broken_workbook_is_refused_and_nothing_else_happens(data: st.DataObject):
    content = bytearray(A_WORKBOOK)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UnreadableFile):
        sorted_lines(bytes(content))
