"""One example of each contract of credit."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.applications.contracts import credit as k
from services.applications.credit.looking import case_credit
from services.applications.domain.credit import CreditAnswer, CreditRecord, GradePolicy, taken_together

NINE = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
DAY = date(2026, 9, 18)
UNIT = "11341600762764234C"
PERSON = UUID("0190a000-0000-8000-8000-000000000001")
CASE = UUID("01900000-0000-7000-8000-000000000001")
RECORD = UUID("01900000-0000-7000-8000-0000000000c1")
ACT = UUID("01900000-0000-7000-8000-0000000000c2")

ANSWERS = (
    CreditAnswer(
        "local_register",
        NINE,
        records=(
            CreditRecord(
                "serious_discredit",
                "严重失信主体名单（安全生产）",
                date(2026, 5, 18),
                "市应急管理局",
                "亳应急〔2026〕7号",
            ),
        ),
        grade="D",
        graded_on=date(2026, 6, 1),
    ),
    CreditAnswer("city_platform", NINE, answered=False, fault="timeout"),
)
VIEW = k.CreditRecordView(
    record_id=RECORD,
    register_name="register",
    person_id=PERSON,
    kind="dishonest_debtor",
    kind_zh="失信被执行人",
    list_item="全国失信惩戒措施基础清单 第1项",
    source="信用中国（安徽）",
    reference="（2026）皖1602执123号",
    recorded_on=date(2026, 3, 2),
    state="repaired",
    repaired_on=DAY,
    instrument="亳信修〔2026〕3号",
)

EVENTS: dict[str, Callable[[], BaseModel]] = {
    "credit_imported.v1": lambda: k.CreditImportedV1(
        import_id=ACT,
        file_sha256="0" * 64,
        lines=3,
        imported=2,
        known=1,
        refused=0,
        unit=UNIT,
        purpose_sha256="0" * 64,
        imported_at=NINE,
    ),
    "credit_repaired.v1": lambda: k.CreditRepairedV1(
        change_id=ACT,
        record_id=RECORD,
        register_name="defaults",
        person_id=PERSON,
        repaired_on=DAY,
        recorded_at=NINE,
    ),
    "credit_record_withdrawn.v1": lambda: k.CreditRecordWithdrawnV1(
        change_id=ACT,
        record_id=RECORD,
        register_name="register",
        person_id=PERSON,
        withdrawn_on=DAY,
        recorded_at=NINE,
    ),
    "credit_viewed.v1": lambda: k.CreditViewedV1(
        look_id=ACT,
        person_id=PERSON,
        case_id=CASE,
        unit=UNIT,
        viewed="sources",
        purpose_sha256="0" * 64,
        viewed_at=NINE,
    ),
}
VIEWS: dict[str, Callable[[], BaseModel]] = {
    "credit_import_report": lambda: k.CreditImportReport(
        import_id=ACT,
        lines=2,
        imported=1,
        known=0,
        refused=1,
        faults=(
            k.ImportFault(
                line=3,
                column="recorded_on",
                code="date_format",
                zh="日期应写成 2026-09-18、2026/9/18、2026年9月18日 或者 20260918。",
                en="Write the date as 2026-09-18 or 20260918.",
            ),
        ),
    ),
    "credit_record_view": lambda: VIEW,
    "credit_page": lambda: k.CreditPage(records=(VIEW,), next_cursor="MjAyNi0wMy0wMg"),
    "person_credit": lambda: k.PersonCredit(person_id=PERSON, records=(VIEW,), counts=False),
    "case_credit": lambda: case_credit(CASE, taken_together(ANSWERS, GradePolicy())),
}
