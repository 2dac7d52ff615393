"""The statutory process record of a case in the shape of the exchange tables (`up_pro_*`), and the whole case as a file.

Field names are those of the tables, so that a receiver's loader needs no map of them.  Where the tables give a width it
is checked; the others have widths of ours, which the common receivers take.  An asterisk in a name or number means that
the reader may not see it (个人信息保护法 51).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.applications.contracts.case_view import CaseView
from services.applications.contracts.events import CaseFacts
from services.applications.contracts.fields import Purpose
from services.applications.contracts.requests import Request
from services.applications.contracts.reviewing import (
    ApprovalGivenV1,
    CaseSentBackV1,
    InspectorsAssignedV1,
    OpinionGivenV1,
    RecusedV1,
    SiteCheckedV1,
)
from services.applications.contracts.views import DocumentView, View

Receiver = Literal["national", "refused_1_not_accepted_6", "granted_6_refused_7"]
ResultCode = Literal["0", "1", "2", "3", "4", "5", "6", "7"]
YesNo = Literal["1", "0"]


Width6 = Annotated[str, StringConstraints(min_length=1, max_length=6)]
Width10 = Annotated[str, StringConstraints(min_length=1, max_length=10)]
Width18 = Annotated[str, StringConstraints(min_length=1, max_length=18)]
Width20 = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Width36 = Annotated[str, StringConstraints(min_length=1, max_length=36)]
Width50 = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Width100 = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Width500 = Annotated[str, StringConstraints(min_length=1, max_length=500)]
CaseNumber = Width50
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ItemName = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class GetProcessRecord(Request):
    """The record of one case; staff see it in full when they say why they look, which is recorded."""

    case_id: UUID
    purpose: Purpose | None = None
    receiver: Receiver = "national"


class ExportCase(Request):
    """One whole case as a file; staff say why they need it, which is recorded; its people have theirs without."""

    case_id: UUID
    purpose: Purpose | None = None


class AcceptRow(View):
    """办件受理 `up_pro_accept`."""

    row_guid: UUID
    project_no: CaseNumber
    catalog_code: Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
    task_code: Width36
    task_handle_item: Width50
    task_name: ItemName
    task_version: Annotated[int, Field(ge=1)]
    project_name: ItemName
    project_type: Literal["1", "2", "9"]
    apply_type: Literal["1", "2", "3", "4", "9"]
    apply_date: datetime
    applyer_type: Literal["1", "2", "3", "4", "5", "6"]
    applyer_name: Name
    applyer_page_type: Width10
    applyer_page_code: Width50
    legal: Name | None = None
    contact_name: Name | None = None
    contact_type: Width10 | None = None
    contact_code: Width50 | None = None
    contact_mobile: Width20 | None = None
    address: Width500 | None = None
    zip_code: Width6 | None = None
    org_code: Width18
    org_name: Name
    handle_user_name: Name
    accept_date: datetime
    accept_doc_no: Width100 | None = None
    promise_date: date | None = None
    cd_operation: Literal["I", "U", "D"]
    cd_time: datetime
    cd_batch: Width20
    data_source: Width20


class ProcessRow(View):
    """办件过程 `up_pro_process`: one step; where none ended later than it began, the end is the beginning (GB table 7)."""

    project_no: CaseNumber
    serial: Annotated[int, Field(ge=1)]
    process_name: Name
    event_name: Literal["通过", "退回", "其他"]
    handle_user_name: Name
    handle_explain: Words
    event_start_time: datetime
    event_end_time: datetime
    org_name: Name
    org_code: Width18
    # 环节办理状态: 1 待办, 2 已办.
    handle_status: Literal["1", "2"]


class SpecialProcedureRow(View):
    """特别程序 `up_pro_special_procedure`; type 1 延长审批, 2 除延长审批之外的情况 (GB/T 39046 A.7)."""

    project_no: CaseNumber
    special_type: Literal["1", "2"]
    special_name: Name
    special_reason: Words
    special_time: date
    end_time: date
    applyer_user_name: Name | None = None
    result: Words | None = None
    special_explain: Words | None = None
    handle_user: Name | None = None


class ResultRow(View):
    """办件结果 `up_pro_result`; `result_type` is the code of the receiver that was asked for."""

    project_no: CaseNumber
    result_type: ResultCode
    result_date: datetime
    result_explain: Words
    result_cetr_name: ItemName | None = None
    result_cetr_no: Width100 | None = None
    is_delivery_results: YesNo
    satisfaction: Literal["1", "2", "3", "4", "5"] | None = None
    handle_user_name: Name
    valid_from: date | None = None
    valid_until: date | None = None
    issuing_org_name: Name | None = None
    is_charged: YesNo = "0"


class MaterialRow(View):
    """办件材料 `up_pro_material`; `get_type` 1 纸质收取 2 附件上传 3 扫描 4 容缺后补 5 证照库."""

    project_no: CaseNumber
    material_name: ItemName
    get_type: Literal["1", "2", "3", "4", "5"]
    get_num: Annotated[int, Field(ge=0)]
    material_attach_name: Name | None = None
    is_collected: YesNo
    collected_at: datetime | None = None


class ProcessRecord(View):
    """The rows of all five tables; `up_pro_accept` is absent before acceptance and `up_pro_result` before the end."""

    case_id: UUID
    case_no: str
    version: int
    masked: bool
    receiver: Receiver
    up_pro_accept: AcceptRow | None = None
    up_pro_process: tuple[ProcessRow, ...]
    up_pro_special_procedure: tuple[SpecialProcedureRow, ...] = ()
    up_pro_result: ResultRow | None = None
    up_pro_material: tuple[MaterialRow, ...] = ()


# Opinions inside the organ before its decision, by the names of the record: the people of a case see that they were given,
# not what they say and by which account.  The decision, with its reasons, is what is told (行政许可法 38).
INSIDE_THE_ORGAN: Mapping[str, type[CaseFacts]] = {
    "OpinionGiven": OpinionGivenV1,
    "ApprovalGiven": ApprovalGivenV1,
    "SentBack": CaseSentBackV1,
    "Recused": RecusedV1,
    "InspectorsAssigned": InspectorsAssignedV1,
    "SiteChecked": SiteCheckedV1,
}


class RecordedEvent(View):
    """One row of the statutory record as it was sealed: `sha256` is that of `data` in canonical JSON (RFC 8785).

    Without `data` the content is withheld from this reader: an opinion inside the organ.  Its digest and its proof stay.
    """

    version: int
    event_id: UUID
    name: str
    schema_version: int
    actor_role: str
    actor_unit: str | None = None
    recorded_at: datetime
    effective_on: date
    data: dict[str, Any] | None
    sha256: str


class PaperFile(View):
    """A file of the case by its digest; whoever holds the files adds it."""

    material_code: str
    name: str
    digest: str
    media_type: str | None = None


class CaseExport(View):
    """Everything that this service knows of one case."""

    case: CaseView
    record: ProcessRecord
    events: tuple[RecordedEvent, ...]
    documents: tuple[DocumentView, ...]
    papers: tuple[PaperFile, ...]
