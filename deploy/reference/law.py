"""The law and the code: every rule with its article, where it is enforced, and which tests hold it there.

Code and tests carry the number of the rule in a comment (`LIC-08`, `§5.3(4)`); this table is gathered from these marks,
and a test fails when a rule that binds has none.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.local.home import ROOT
from deploy.reference.pages import page

Kind = Literal["enforced", "duty", "informational"]

HEAD = """\
# 法条与代码 The law and the code

每条规则：依据、系统如何对待、在哪段代码、由哪些测试看住。本页由代码中的规则编号汇集生成；有约束力的规则缺少代码或者测试时，测试不通过。

Each rule with its article, what the system does about it, the code and the tests. Gathered from the marks in the code; a
rule that binds and has no code or no test fails the tests. “Enforced”: the system refuses or does it itself. “Duty
event”: the organ can still miss it, and then a record of the breach is made. “Informational”: shown or published data.
"""

KIND_WORDS: dict[Kind, str] = {
    "enforced": "系统强制 enforced",
    "duty": "违反即记录 duty event",
    "informational": "信息 informational",
}


@dataclass(frozen=True)
class Rule:
    """One row: its number in the domain rules, the article, what it asks, and what the system makes of it."""

    number: str
    article: str
    zh: str
    en: str
    kinds: tuple[Kind, ...]

    @property
    def binds(self) -> bool:
        """Whether code and a test must carry its number."""
        return self.kinds != ("informational",)


def _rule(number: str, article: str, zh: str, en: str, *kinds: Kind) -> Rule:
    return Rule(number, article, zh, en, kinds)


RULES: tuple[Rule, ...] = (
    _rule(
        "LIC-01",
        "行政许可法 32(1)",
        "无需许可的即时告知不受理",
        "no licence needed: told at once",
        "enforced",
    ),
    _rule(
        "LIC-02",
        "行政许可法 32(2)",
        "不属职权的即时决定不予受理并指明机关",
        "not competent: decision that names the organ",
        "enforced",
    ),
    _rule(
        "LIC-03",
        "行政许可法 32(3)",
        "可当场更正的允许更正",
        "what can be corrected on the spot may be",
        "enforced",
    ),
    _rule(
        "LIC-04",
        "行政许可法 32(4)",
        "五日内一次告知，逾期视为受理",
        "one-time notice in 5 days, or deemed accepted",
        "enforced",
        "duty",
    ),
    _rule("LIC-05", "行政许可法 32(5)", "齐全的应当受理", "complete: must be accepted", "enforced"),
    _rule("LIC-06", "行政许可法 32 末款", "受理与否出具书面凭证", "a written voucher either way", "enforced"),
    _rule(
        "LIC-07", "行政许可法 34", "能当场决定的当场决定", "decide on the spot when possible", "informational"
    ),
    _rule(
        "LIC-08",
        "行政许可法 42(1), 74",
        "二十日内决定，可延长十日",
        "decide in 20 working days, 10 more once",
        "enforced",
        "duty",
    ),
    _rule(
        "LIC-09",
        "行政许可法 42(2)",
        "统一联合集中办理四十五日，可延长十五日",
        "joint handling: 45, 15 more once",
        "enforced",
        "duty",
    ),
    _rule(
        "LIC-10",
        "行政许可法 43",
        "下级机关先行审查二十日",
        "preliminary review by a lower organ",
        "informational",
    ),
    _rule("LIC-11", "行政许可法 44", "十日内颁发送达", "deliver in 10 working days", "enforced", "duty"),
    _rule(
        "LIC-12",
        "行政许可法 34(3), 55(2)",
        "实地核查两人以上，五日内指派",
        "two people on site, assigned in 5 days",
        "enforced",
        "duty",
    ),
    _rule(
        "LIC-13",
        "行政许可法 45",
        "只有八种程序时间不计入期限，且书面告知",
        "only eight procedures stop the clock, with written notice",
        "enforced",
        "duty",
    ),
    _rule("LIC-14", "行政许可法 46", "依职权公告并听证", "hearing on the organ's own motion", "enforced"),
    _rule(
        "LIC-15",
        "行政许可法 47",
        "告知听证权利，五日内申请，二十日内组织",
        "right to a hearing: 5 days to ask, 20 to hold",
        "enforced",
        "duty",
    ),
    _rule(
        "LIC-16",
        "行政许可法 48",
        "七日前通知，主持人回避，依笔录决定",
        "7 days' notice, another chair, decide on the minutes",
        "enforced",
    ),
    _rule(
        "LIC-17",
        "行政许可法 36",
        "告知利害关系人并听取意见",
        "hear those whose interests are touched",
        "enforced",
    ),
    _rule(
        "LIC-18",
        "行政许可法 38",
        "书面决定；不予的说明理由和救济",
        "written decision; a refusal gives reasons and remedies",
        "enforced",
    ),
    _rule("LIC-19", "行政许可法 40", "准予决定公开", "grants are published", "informational"),
    _rule("LIC-20", "行政许可法 49", "变更向决定机关申请", "change: apply to the deciding organ", "enforced"),
    _rule(
        "LIC-21",
        "行政许可法 50",
        "届满前决定延续，逾期视为准予",
        "renewal decided before expiry, silence renews",
        "enforced",
        "duty",
    ),
    _rule(
        "LIC-22",
        "行政许可法 69",
        "可以撤销、应当撤销与不予撤销",
        "revocation: may, must, must not",
        "enforced",
    ),
    _rule("LIC-23", "行政许可法 70", "依法注销", "striking off", "enforced"),
    _rule(
        "LIC-24",
        "行政许可法 78",
        "隐瞒或虚假申请，一年内不得再次申请",
        "false papers: no new application for a year",
        "enforced",
    ),
    _rule(
        "LIC-25",
        "行政许可法 79",
        "欺骗贿赂取得，三年内不得再次申请",
        "obtained by fraud: none for three years",
        "enforced",
    ),
    _rule("LIC-26", "行政许可法 58", "不得收费", "no fee", "informational"),
    _rule(
        "LIC-27",
        "行政许可法 57",
        "有数量限制的按受理先后",
        "limited number: the earlier acceptance wins",
        "enforced",
    ),
    _rule(
        "LIC-28", "行政许可法 61", "监督检查记录归档", "records of inspections of holders", "informational"
    ),
    _rule(
        "LIC-29", "行政许可法 26(1)", "一个窗口统一受理送达", "one unit accepts and delivers all", "enforced"
    ),
    _rule(
        "§5.3(1)",
        "国发〔2022〕5号",
        "容缺资格：清单、主要材料、选择、信用、承诺",
        "eligibility, with its evidence",
        "enforced",
    ),
    _rule(
        "§5.3(2)",
        "西安等地规则",
        "承诺书内容与签名",
        "what the undertaking says, and its signature",
        "enforced",
    ),
    _rule("§5.3(3)", "民政等地规则", "容缺受理通知书内容", "what the notice says", "enforced"),
    _rule(
        "§5.3(4)",
        "行政许可法 45",
        "补交期限留出决定时间，等待不停表",
        "the supply date leaves time to decide, waiting stops nothing",
        "enforced",
    ),
    _rule(
        "§5.3(5)",
        "平台规则",
        "到期前两日、一日、当日提醒",
        "reminders two days, one day and none before",
        "enforced",
    ),
    _rule(
        "§5.3(6)",
        "平台规则",
        "补交即审查；不合格且有时间的再告知一次",
        "examined; one more notice if time remains",
        "enforced",
    ),
    _rule(
        "§5.3(7)",
        "西安、阜新规则",
        "逾期终止、记录、修复前不再容缺；不可抗力可延长",
        "default ends the case and is on record; force majeure",
        "enforced",
    ),
    _rule(
        "§5.3(8)",
        "平台规则",
        "容缺审批：逐项开启、负责人批准、逾期收回",
        "result before completion: per item, by the head, recalled",
        "enforced",
        "duty",
    ),
    _rule("§5.3(9)", "电子签名法 5, 8", "全部过程为证据", "everything is evidence", "enforced"),
    _rule(
        "§5.4",
        "国办发〔2020〕42号",
        "告知承诺：排除范围、承诺内容、事后核查",
        "commitments: exclusions, statements, checks afterwards",
        "enforced",
        "duty",
    ),
)

# `LIC-24/25` and `LIC-14…17` would be hard to find: every mark is written out.
_MARK = re.compile(r"LIC-\d\d|§5\.3\(\d\)|§5\.4")
_DEFINITION = re.compile(r"^\s*(?:async def|def|class) (\w+)", re.MULTILINE)


def marks(folder: Path) -> dict[str, list[str]]:
    """The rules marked in the Python files below a folder, each with the functions beside or below the mark."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text("utf-8")
        for match in _MARK.finditer(text):
            place = f"{file.relative_to(ROOT)}::{_function_at(text, match.start())}"
            if place not in found[match.group()]:
                found[match.group()].append(place)
    return found


def _function_at(text: str, position: int) -> str:
    """The function that a mark stands in; a mark at the margin belongs to what follows it."""
    line_start = text.rfind("\n", 0, position) + 1
    at_margin = text[line_start : line_start + 1] not in (" ", "\t")
    before = list(_DEFINITION.finditer(text, 0, position))
    after = _DEFINITION.search(text, position)
    if (at_margin or not before) and after:
        return after.group(1)
    return before[-1].group(1) if before else "module"


def table() -> str:
    """The page."""
    return page(HEAD, ["规则 rule", "内容 what it asks", "系统 system", "代码 code", "测试 tests"], _rows())


def _rows() -> Iterator[list[str]]:
    code, tests = marks(ROOT / "services"), marks(ROOT / "tests")
    for rule in RULES:
        yield [
            f"**{rule.number}**<br>{rule.article}",
            f"{rule.zh}<br>{rule.en}",
            "<br>".join(KIND_WORDS[kind] for kind in rule.kinds),
            "<br>".join(f"`{_short(place)}`" for place in code.get(rule.number, [])) or "–",
            "<br>".join(f"`{_short(place)}`" for place in tests.get(rule.number, [])) or "–",
        ]


def _short(place: str) -> str:
    return place.removeprefix("services/").removeprefix("tests/")
