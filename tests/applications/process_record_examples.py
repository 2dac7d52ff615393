"""Examples of the process record and of a whole case as it is exported."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from services.applications import contracts as v
from services.applications.contracts.process_record import (
    AcceptRow,
    CaseExport,
    MaterialRow,
    PaperFile,
    ProcessRecord,
    ProcessRow,
    RecordedEvent,
    ResultRow,
    SpecialProcedureRow,
)

_ID = UUID("01900000-0000-7000-8000-000000000001")
_NO = "11341600762764234C3000180002001202609180001"
_AT = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
_UNIT, _ORGAN = "11341600762764234C", "亳州市人民防空办公室"
_ITEM = "新建民用建筑防空地下室审批"


def _record() -> ProcessRecord:
    return ProcessRecord(
        case_id=_ID,
        case_no=_NO,
        version=3,
        masked=True,
        receiver="national",
        up_pro_accept=AcceptRow(
            row_guid=_ID,
            project_no=_NO,
            catalog_code="000180002001",
            task_code="11341600762764234C3000180002001",
            task_handle_item="11341600762764234C300018000200101",
            task_name=_ITEM,
            task_version=1,
            project_name=f"关于{_ITEM}的申请",
            project_type="2",
            apply_type="2",
            apply_date=_AT,
            applyer_type="1",
            applyer_name="张**",
            applyer_page_type="111",
            applyer_page_code="341602********0012",
            contact_name="王**",
            contact_mobile="138****1234",
            org_code=_UNIT,
            org_name=_ORGAN,
            handle_user_name="窗口受理人员",
            accept_date=_AT + timedelta(hours=1),
            accept_doc_no="亳人防许受〔2026〕12号",
            promise_date=date(2026, 9, 25),
            cd_operation="U",
            cd_time=_AT + timedelta(days=3),
            cd_batch="20260921",
            data_source="p34",
        ),
        up_pro_process=(
            ProcessRow(
                project_no=_NO,
                serial=2,
                process_name="受理",
                event_name="通过",
                handle_user_name="窗口受理人员",
                handle_explain="予以受理。《受理通知书》亳人防许受〔2026〕12号。",
                event_start_time=_AT,
                event_end_time=_AT + timedelta(hours=1),
                org_name=_ORGAN,
                org_code=_UNIT,
                handle_status="2",
            ),
        ),
        up_pro_special_procedure=(
            SpecialProcedureRow(
                project_no=_NO,
                special_type="2",
                special_name="专家评审",
                special_reason="行政许可法 45",
                special_time=date(2026, 9, 19),
                end_time=date(2026, 9, 21),
                result="特别程序结束",
                special_explain="亳人防许特〔2026〕3号",
                handle_user="审批人员",
            ),
        ),
        up_pro_result=ResultRow(
            project_no=_NO,
            result_type="0",
            result_date=_AT + timedelta(days=3),
            result_explain="准予",
            result_cetr_name="防空地下室设计审查意见书",
            result_cetr_no="亳人防许准〔2026〕7号",
            is_delivery_results="0",
            handle_user_name="审批人员",
            issuing_org_name=_ORGAN,
        ),
        up_pro_material=(
            MaterialRow(
                project_no=_NO,
                material_name="申请表",
                get_type="2",
                get_num=1,
                material_attach_name="A01-01",
                is_collected="1",
                collected_at=_AT,
            ),
        ),
    )


def _case() -> v.CaseView:
    return v.CaseView(
        case_id=_ID,
        case_no=_NO,
        version=1,
        state="SUBMITTED",
        state_zh="已收件，待受理",
        state_en="received, awaiting acceptance",
        item_code=_NO[:31],
        item_version=1,
        item_name=_ITEM,
        unit=_UNIT,
        channel="online",
        submitted_at=_AT,
        received_on=_AT.date(),
        parties=(),
        check=v.MaterialCheck(
            item_code=_NO[:31],
            item_version=1,
            item_name=_ITEM,
            materials=(),
            missing_main=(),
            missing_tolerable=(),
            missing_other=(),
            tolerance_asked=False,
            tolerance_possible=True,
            tolerance_reasons=(),
            proposed_outcome="accept",
            may=("accept",),
        ),
        clocks=(),
        documents=(),
        timeline=(),
    )


def _export() -> CaseExport:
    document = v.DocumentView(
        document_id=_ID,
        case_id=_ID,
        case_no=_NO,
        kind="receipt_voucher",
        number=_NO,
        title="收件凭证",
        title_en="Receipt voucher",
        template_version=1,
        issued_on=_AT.date(),
        lines=(v.DocumentLine(style="title", text="收件凭证"),),
        sha256="0" * 64,
        masked=False,
    )
    event = RecordedEvent(
        version=1,
        event_id=_ID,
        name="Submitted",
        schema_version=1,
        actor_role="applicant",
        recorded_at=_AT,
        effective_on=_AT.date(),
        data={"effective_on": "2026-09-18"},
        sha256="0" * 64,
    )
    paper = PaperFile(material_code="A01-01", name="01-A01-01", digest="0" * 64, media_type="application/pdf")
    return CaseExport(case=_case(), record=_record(), events=(event,), documents=(document,), papers=(paper,))


VIEWS: dict[str, Callable[[], BaseModel]] = {"process_record": _record, "case_export": _export}
