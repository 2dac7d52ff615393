"""Showing credit to the staff: who asks about a person says why, and the look is recorded in the same transaction."""

import base64
from datetime import date
from uuid import UUID

from asyncpg import Record

from services.applications.contracts.credit import (
    CaseCredit,
    CountedRecord,
    CreditAnswerView,
    CreditPage,
    CreditRecordView,
    ListCredit,
    PersonCredit,
    QueryCredit,
)
from services.applications.credit import platform, register
from services.applications.credit.work import Work, record_look
from services.applications.domain.credit import CreditAnswer, CreditFacts
from services.applications.domain.errors import InvalidRequest
from services.applications.store import credit as rows
from services.applications.store.credit import Place
from shared import time

KIND_NAMES = {
    "dishonest_debtor": "失信被执行人",
    "serious_discredit": "严重失信主体",
    "broken_undertaking": "未履行承诺",
    "false_commitment": "虚假承诺",
    "grade": "公共信用综合评价",
}
SOURCE_NAMES = {register.NAME: "本机关信用登记", platform.NAME: "市公共信用信息平台"}
FAULT_NAMES = {
    "timeout": "在规定时间内没有答复",
    "unreachable": "无法连接",
    "cooling_down": "此前连续没有答复，暂停查询",
    "refused": "拒绝了查询",
    "failing": "发生故障",
    "redirected": "要求转到别的地址，已拒绝",
    "malformed": "答复的内容不符合约定",
    "too_large": "答复过大",
    "answers_another_question": "答复的不是这次查询",
    "not_asked": "尚未查询",
    "too_old": "上次查询已过期",
}


async def query(work: Work, request: QueryCredit) -> PersonCredit:
    """Every record of one person; the look is recorded with its purpose, whether anything is found or not."""
    at = time.now()
    person_id = work.people.person_id(request.certificate_type.value, request.certificate_number)
    await record_look(work, "register", request.purpose, at, person_id=person_id)
    found = await rows.of_person(work.connection, person_id)
    records = await _views(work, found)
    return PersonCredit(
        person_id=person_id,
        records=records,
        counts=any(one.state == "counts" and one.kind != "grade" for one in records),
    )


async def list_page(work: Work, request: ListCredit) -> CreditPage:
    """The registers, the newest records first; nobody can be recognised in it."""
    after = None if request.cursor is None else _place_of(request.cursor)
    found = await rows.page(work.connection, after, request.limit + 1)
    shown = found[: request.limit]
    more = len(found) > request.limit
    return CreditPage(
        records=await _views(work, shown), next_cursor=_cursor_of(shown[-1]) if more and shown else None
    )


async def _views(work: Work, found: list[Record]) -> tuple[CreditRecordView, ...]:
    repaired = [row["id"] for row in found if row["repaired_on"] is not None]
    instruments = await rows.instruments(work.connection, repaired) if repaired else {}
    today = time.today()
    return tuple(record_view(row, instruments.get(row["id"]), today) for row in found)


def record_view(row: Record, instrument: str | None, today: date) -> CreditRecordView:
    """A record without anything that tells who the person is."""
    return CreditRecordView.model_validate(
        {
            "record_id": row["id"],
            "register_name": row["register"],
            "person_id": row["person_id"],
            "kind": row["kind"],
            "kind_zh": KIND_NAMES[row["kind"]],
            "list_item": row["list_item"],
            "source": row["source"],
            "reference": row["reference"],
            "grade": row["grade"],
            "recorded_on": row["recorded_on"],
            "state": _state(row, today),
            "repaired_on": row["repaired_on"],
            "instrument": instrument,
            "withdrawn_on": row["withdrawn_on"],
        }
    )


def _state(row: Record, today: date) -> str:
    if row["withdrawn_on"] is not None:
        return "withdrawn"
    # A repair with a day to come has been recorded and does not count yet (§8.1: from its date).
    return "repaired" if row["repaired_on"] is not None and row["repaired_on"] <= today else "counts"


def _cursor_of(row: Record) -> str:
    place = f"{row['recorded_on'].isoformat()}{row['id'].hex}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place_of(cursor: str) -> Place:
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        return Place(date.fromisoformat(place[:10]), UUID(place[10:]))
    except ValueError:
        raise InvalidRequest(
            "invalid_cursor",
            "翻页标记无效，请从第一页重新开始。",
            "The cursor is not valid; begin with the first page again.",
            pointer="/cursor",
        ) from None


def case_credit(case_id: UUID, facts: CreditFacts) -> CaseCredit:
    """The snapshot of an applicant's credit, source by source: why somebody does not qualify, or who is silent."""
    return CaseCredit(
        case_id=case_id,
        answered=facts.answered,
        queried_at=facts.queried_at,
        answers=tuple(answer_view(answer) for answer in facts.answers or (_as_answer(facts),)),
        grade=facts.grade,
        closed_by_grade=facts.closed_by_grade,
    )


def _as_answer(facts: CreditFacts) -> CreditAnswer:
    """A snapshot of before there were several sources, as the one answer that it was."""
    return CreditAnswer(facts.source, facts.queried_at, facts.answered, facts.records)


def answer_view(answer: CreditAnswer) -> CreditAnswerView:
    """One answer with its words."""
    return CreditAnswerView(
        source=answer.source,
        source_zh=SOURCE_NAMES.get(answer.source, answer.source),
        queried_at=answer.queried_at,
        answered=answer.answered,
        fault=answer.fault or None,
        fault_zh=FAULT_NAMES.get(answer.fault),
        grade=answer.grade,
        records=tuple(
            CountedRecord(
                kind=record.kind,
                kind_zh=KIND_NAMES[record.kind],
                list_item=record.list_item,
                source=record.source,
                reference=record.reference,
                recorded_on=record.recorded_on,
            )
            for record in answer.records
        ),
    )


def purpose_of_case(case_no: str) -> str:
    """Why the sources are asked again about an applicant: it is always the same, and names the case."""
    return f"办件 {case_no} 容缺受理、告知承诺资格审查"
