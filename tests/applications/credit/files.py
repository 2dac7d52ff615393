"""Files of credit records as a keeper might bring them."""

import io
from datetime import date
from typing import Any

import openpyxl

HEADING = ("证件类型", "证件号码", "记录种类", "清单依据", "信息来源", "来源记录编号", "认定日期", "评价等级")
ZHANG_ID = "341602199001010012"
QIAN_ID = "341602198505050056"
COMPANY_CODE = "91341600MA2T00015N"
DEBTOR = (
    "居民身份证",
    ZHANG_ID,
    "失信被执行人",
    "全国失信惩戒措施基础清单 第1项",
    "信用中国（安徽）",
    "（2026）皖1602执123号",
    "2026-03-02",
    "",
)
SERIOUS = (
    "USCC",
    COMPANY_CODE,
    "严重失信主体",
    "严重失信主体名单（安全生产）",
    "市应急管理局",
    "亳应急〔2026〕7号",
    "2026年5月18日",
    "",
)
GRADED = ("USCC", COMPANY_CODE, "公共信用综合评价", "公共信用综合评价结果", "信用中国", "", "20260601", "差")


def csv_of(*lines: tuple[str, ...], heading: tuple[str, ...] = HEADING, encoding: str = "utf-8") -> bytes:
    """A CSV file with this heading."""
    return "\r\n".join(",".join(line) for line in (heading, *lines)).encode(encoding)


def xlsx_of(*lines: tuple[Any, ...], heading: tuple[str, ...] = HEADING) -> bytes:
    """A workbook with one sheet."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in (heading, *lines):
        book.active.append(list(line))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed(line: tuple[str, ...], **columns: str) -> tuple[str, ...]:
    """The line with another value under some headings."""
    values = dict(zip(HEADING, line, strict=True)) | columns
    return tuple(values[name] for name in HEADING)


TODAY = date(2026, 9, 18)
