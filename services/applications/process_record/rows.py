"""The rows of the exchange tables from the events of one case: pure functions, every required field filled or refused."""

import uuid
from datetime import datetime

from services.applications.contracts.process_record import (
    AcceptRow,
    MaterialRow,
    ProcessRecord,
    ProcessRow,
    Receiver,
)
from services.applications.domain import events as e
from services.applications.domain.documents import KINDS, titles
from services.applications.domain.materials import Paper
from services.applications.domain.state import State
from services.applications.process_record.facts import Recorded, Sources, numbers_of
from services.applications.process_record.procedures import procedure_rows
from services.applications.process_record.results import result_row
from services.applications.process_record.steps import STEPS
from services.catalogue.contracts import HandlingKind
from shared.time import shanghai

# The exchange's name for data that comes from Anhui.
DATA_SOURCE = "p34"
PROJECT_TYPES = {HandlingKind.ON_THE_SPOT: "1", HandlingKind.PROMISED: "2", HandlingKind.OTHER: "9"}
# How the application came, by GB/T 39046 A.5: 1 窗口, 2 电脑端网办, 9 其他.
APPLY_TYPES = {"online": "2", "province": "2", "counter": "1", "service_point": "1", "home_visit": "9"}
# GB/T 39046 A.4: 1 自然人, 2 企业法人; which kind of legal person it is, an application does not say.
APPLICANT_TYPES = {"natural": "1", "legal": "2"}
# What waits for somebody in an open case: the step's name.
_WAITING = {
    State.SUBMITTED: "受理",
    State.CORRECTION_NOTICED: "补正",
    State.ACCEPTED: "审查",
    State.ACCEPTED_TOLERANT: "容缺补交",
    State.ACCEPTED_DEEMED: "审查",
    State.IN_REVIEW: "审查",
    State.SPECIAL_PROCEDURE: "特别程序",
    State.EXTENDED: "审查",
    State.DECIDED_GRANT: "送达",
    State.DECIDED_REFUSE: "送达",
    State.ISSUED: "送达",
}
_ACCEPTANCE = ("acceptance_notice", "tolerance_notice", "deemed_acceptance_notice")


def process_record(sources: Sources, *, masked: bool, receiver: Receiver = "national") -> ProcessRecord:
    """Every table of one case."""
    case = sources.case
    return ProcessRecord(
        case_id=case.id,
        case_no=case.case_no,
        version=case.version,
        masked=masked,
        receiver=receiver,
        up_pro_accept=accept_row(sources),
        up_pro_process=process_rows(sources),
        up_pro_special_procedure=procedure_rows(sources),
        up_pro_result=result_row(sources, receiver),
        up_pro_material=material_rows(sources),
    )


def accept_row(sources: Sources) -> AcceptRow | None:
    """`up_pro_accept`, once the case was accepted, by whomever or by the law."""
    accepted = sources.last("Accepted")
    if accepted is None or not isinstance(accepted.event, e.Accepted):
        return None
    case, item, codes = sources.case, sources.item, sources.published.content.codes
    applicant, contact, agent = (sources.people.get(role) for role in ("applicant", "contact", "agent"))
    assert applicant is not None
    promised = case.clock("promised")
    last = sources.events[-1]
    return AcceptRow.model_validate(
        {
            "row_guid": uuid.uuid5(case.id, "up_pro_accept"),
            "project_no": case.case_no,
            "catalog_code": codes.basic,
            "task_code": codes.implementation,
            "task_handle_item": codes.handling,
            "task_name": item.name,
            "task_version": item.version,
            "project_name": sources.summary or f"关于{item.name}的申请",
            "project_type": PROJECT_TYPES[sources.handling_kind],
            "apply_type": APPLY_TYPES.get(case.channel, "9"),
            "apply_date": case.submitted_at,
            "applyer_type": APPLICANT_TYPES.get(applicant.kind or "", "6"),
            "applyer_name": applicant.name,
            "applyer_page_type": applicant.certificate_type,
            "applyer_page_code": applicant.certificate_number,
            "legal": applicant.representative,
            "contact_name": (agent or contact or applicant).name,
            "contact_type": agent.certificate_type if agent else None,
            "contact_code": agent.certificate_number if agent else None,
            "contact_mobile": (agent.mobile if agent else None) or (contact.mobile if contact else None),
            "address": applicant.address,
            "org_code": case.unit,
            "org_name": item.organ_name,
            "handle_user_name": accepted.post,
            # A deemed acceptance counts from the receipt of the papers (行政许可法 32(4)), whenever it was recorded.
            "accept_date": case.submitted_at if accepted.event.basis == "deemed" else accepted.at,
            "accept_doc_no": numbers_of(accepted.event.documents, *_ACCEPTANCE),
            "promise_date": promised.due_on if promised else None,
            "cd_operation": "I" if last is accepted else "U",
            "cd_time": last.at,
            "cd_batch": f"{shanghai(last.at):%Y%m%d}",
            "data_source": DATA_SOURCE,
        }
    )


def process_rows(sources: Sources) -> tuple[ProcessRow, ...]:
    """`up_pro_process`: what was done, and what an open case waits for."""
    rows: list[ProcessRow] = []
    since: datetime | None = None
    for one in sources.events:
        step = STEPS[one.name]
        rows.append(_done(sources, one, since if step.takes_time and since else one.at))
        if step.takes_time or since is None:
            since = one.at
    if (waiting := _WAITING.get(sources.case.state)) is not None:
        rows.append(_waiting(sources, waiting, sources.events[-1].at))
    return tuple(rows)


def _done(sources: Sources, one: Recorded, began: datetime) -> ProcessRow:
    step = STEPS[one.name]
    return ProcessRow(
        project_no=sources.case.case_no,
        serial=one.version,
        process_name=step.process_name,
        event_name=step.act_of(one.event),
        handle_user_name=one.post,
        handle_explain=_explained(sources, step.words_of(one.event), one),
        event_start_time=min(began, one.at),
        event_end_time=one.at,
        org_name=sources.item.organ_name,
        org_code=sources.case.unit,
        handle_status="2",
    )


def _waiting(sources: Sources, step: str, since: datetime) -> ProcessRow:
    """GB table 7: what has no end yet ends where it began."""
    return ProcessRow(
        project_no=sources.case.case_no,
        serial=sources.case.version + 1,
        process_name=step,
        event_name="其他",
        handle_user_name="待办",
        handle_explain="待办理",
        event_start_time=since,
        event_end_time=since,
        org_name=sources.item.organ_name,
        org_code=sources.case.unit,
        handle_status="1",
    )


def _explained(sources: Sources, words: str, one: Recorded) -> str:
    """The standard phrase with the documents that came of it: what a person wrote stands in those."""
    is_licence = sources.item.is_licence
    named = "、".join(
        f"《{titles(document.kind, is_licence=is_licence)[0]}》{document.number}"
        for document in one.event.documents
        if document.kind in KINDS
    )
    return f"{words}。{named}" if named else f"{words}。"


def material_rows(sources: Sources) -> tuple[MaterialRow, ...]:
    """`up_pro_material`: every paper that came, and what the list asks for and did not come."""
    case, item = sources.case, sources.item
    later = _tolerated_codes(sources)
    came = [_paper_row(sources, paper, later) for paper in case.papers]
    missing = [
        MaterialRow(
            project_no=case.case_no,
            material_name=material.name,
            get_type="4" if case.promise and material.code in case.promise.lacking else "1",
            get_num=0,
            is_collected="0",
        )
        for material in item.materials
        if material.required and material.code not in case.supplied_codes
    ]
    return (*came, *missing)


def _tolerated_codes(sources: Sources) -> frozenset[str]:
    supplied = (one.event for one in sources.events if isinstance(one.event, e.MaterialsSupplied))
    return frozenset(
        paper.code for event in supplied if event.answers == "tolerance" for paper in event.papers
    )


def _paper_row(sources: Sources, paper: Paper, later: frozenset[str]) -> MaterialRow:
    material = sources.item.by_code.get(paper.code)
    handed_in = paper.handed_in
    get_type = {"paper": "1", "electronic": "2", "shared": "5"}.get(handed_in.form, "2")
    return MaterialRow.model_validate(
        {
            "project_no": sources.case.case_no,
            "material_name": material.name if material else paper.code,
            "get_type": "4" if paper.code in later else get_type,
            "get_num": 1,
            "material_attach_name": f"{paper.code}" if handed_in.digest else None,
            "is_collected": "1",
            "collected_at": paper.supplied_at,
        }
    )
