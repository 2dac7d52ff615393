"""Scene (f): the time to decide stands still for an expert review, goes on, is extended; the decision is a signed PDF.

What can be checked without asking the platform is checked here: the signature of the PDF and the bundle of the case.
"""

import asyncio
import hashlib
import io
from pathlib import Path

from asn1crypto import pem
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from deploy.commands.case_bundle import verify_bundle
from deploy.demo import dates
from deploy.demo.online import Received, decide
from deploy.demo.stage import Stage, application, by_sharing, document, on_paper, own_codes
from deploy.demo.visitors import FIRST_ERROR, Json
from deploy.local.faults import Fault
from services.gateway.demo_accounts import APPROVER, CLERK, COMPANY, ORGAN_HEAD

PDF_FILE, BUNDLE_FILE = "decision.pdf", "case-bundle.zip"
OK = 200
REVIEW = {"kind": "expert_review", "needs": 10, "reasons": "能否修建防空地下室存在技术争议，须经专家评审"}
RESULT = {"result": "专家一致认为地下管线密集，不宜修建"}
EXTENSION = {"length": 10, "reasons": "须与管线产权单位核实地下管线的位置"}


def play(stage: Stage) -> None:
    """From acceptance to a file that anybody can check."""
    stage.story.scene(
        "f",
        "专家评审的时间不计入办理期限，提前结束，机关负责人延长一次；决定书签名可验，整个办件可离线核验",
        "An expert review is left out of the time, ends early, the head extends once; a signed decision, a case checked off-line",
    )
    case = _accept(stage)
    case = _start(stage, case)
    case = _end(stage, case)
    case = _extend(stage, case)
    decided = decide(stage, case)
    _print_decision(stage, decided)
    _verify_case(stage, decided)


def _accept(stage: Stage) -> Received:
    item, clerk = stage.item("A-02"), stage.visitor(CLERK)
    papers = on_paper(own_codes(item)) + by_sharing(item)
    with stage.story.step("submit") as step:
        receipt = clerk.post("/counter/cases", application(item, COMPANY, papers, channel="counter"))
        stage.kept["f"] = receipt
        step.says(
            f"窗口收件“{item['name']['zh']}”，材料齐全：办件编号 {receipt['case_no']}",
            f"Taken in complete at the counter: {item['name']['en']}; case {receipt['case_no']}",
            case_id=receipt["case_id"],
            case_no=receipt["case_no"],
        )
    with stage.story.step("accept") as step:
        path = f"/counter/cases/{receipt['case_id']}/acceptance"
        receipt = clerk.post(path, version=receipt["version"])
        notice = document(receipt, "acceptance_notice")
        step.says(
            f"受理，出具{notice['title']} {notice['number']}",
            f"Accepted: {notice['title_en'].lower()} {notice['number']}",
            state=receipt["state"],
            document_no=notice["number"],
        )
        dates.tell_clocks(step, _seen(stage, receipt["case_id"]), ("statutory", "promised"))
    return Received(receipt["case_id"], receipt["version"])


def _seen(stage: Stage, case_id: str) -> Json:
    """The case as the applicant sees it at home, every date with its days."""
    return stage.visitor(COMPANY).get(f"/applicant/cases/{case_id}", explain="true")


def _start(stage: Stage, case: Received) -> Received:
    with stage.story.step("start_procedure") as step:
        path = f"/approver/cases/{case.case_id}/procedures"
        receipt = stage.visitor(APPROVER).post(path, REVIEW, version=case.version)
        notice = document(receipt, "special_procedure_notice")
        step.says(
            f"启动专家评审，同时书面告知需要 {REVIEW['needs']} 个工作日：{notice['title']} {notice['number']}",
            f"An expert review begins, its {REVIEW['needs']} working days told in writing: {notice['number']}",
            state=receipt["state"],
            document_no=notice["number"],
        )
        view = _seen(stage, case.case_id)
        dates.tell_clocks(step, view, ("statutory", "promised"))
        dates.tell_days(step, view, "statutory")
    return Received(case.case_id, receipt["version"])


def _end(stage: Stage, case: Received) -> Received:
    with stage.story.step("end_procedure") as step:
        path = f"/approver/cases/{case.case_id}/procedures/end"
        receipt = stage.visitor(APPROVER).post(path, RESULT, version=case.version)
        step.says(
            "专家当天就评审完毕：没有用完的时间恢复计算",
            "The experts are done on the same day: what was told and not needed counts again",
            state=receipt["state"],
        )
        dates.tell_clocks(step, _seen(stage, case.case_id), ("statutory", "promised"))
    return Received(case.case_id, receipt["version"])


def _extend(stage: Stage, case: Received) -> Received:
    path = f"/approver/cases/{case.case_id}/extension"
    with stage.story.step("who_may_extend") as step:
        problem = stage.visitor(APPROVER).refused(path, EXTENSION, version=case.version, code="forbidden")
        step.says(
            f"审批人员自己不能延长期限（行政许可法 42）：{problem['detail']}",
            f"The approver cannot extend the time (Art. 42): {problem['detail_en']}",
            code=problem["code"],
        )
    with stage.story.step("extend") as step:
        receipt = stage.visitor(ORGAN_HEAD).post(path, EXTENSION, version=case.version)
        notice = document(receipt, "extension_notice")
        step.says(
            f"机关负责人批准延长 {EXTENSION['length']} 个工作日，理由告知申请人：{notice['title']} {notice['number']}",
            f"The head of the organ adds {EXTENSION['length']} working days and tells the applicant why: {notice['number']}",
            state=receipt["state"],
            document_no=notice["number"],
        )
        step.detail(f"理由：{EXTENSION['reasons']}。只能延长一次", "It can be done once only")
        dates.tell_clocks(step, _seen(stage, case.case_id), ("statutory", "promised"))
    return Received(case.case_id, receipt["version"])


def _print_decision(stage: Stage, case: Received) -> None:
    decision = document(_seen(stage, case.case_id), "decision_grant")
    with stage.story.step("print") as step:
        pdf = _pdf(stage, case.case_id, decision["document_id"])
        file = stage.home.run / PDF_FILE
        file.write_bytes(pdf)
        signer = _signer(pdf, stage.home.secrets / "seal.crt")
        step.says(
            f"企业下载{decision['title']}的 PDF（{len(pdf) // 1024} KiB），签名覆盖整个文件、验证无误：{signer}",
            f"The company fetches the signed PDF ({len(pdf) // 1024} KiB); its signature covers the file and holds",
            signed_by=signer,
            sha256=hashlib.sha256(pdf).hexdigest(),
            file=str(file),
        )
        step.detail(f"打开看 look at it: {file}")
    with stage.story.step("verify_decision") as step:
        path = f"/public/documents/{decision['document_id']}"
        shown = stage.passer_by.get(path)
        same = stage.passer_by.post(f"{path}/digest", {"sha256": hashlib.sha256(pdf).hexdigest()})["same"]
        if not same or shown["state"] != "valid":
            raise _unproven(
                stage, f"文书 {decision['number']}", f"document {decision['number']}", "documents"
            )
        step.says(
            f"任何人扫二维码核验：{shown['organ']} {shown['number']}，现在有效，文件与签发的一致，不显示姓名",
            f"Anybody verifies it by its QR code: {shown['number']} is valid, the file is the one signed, no name shown",
            state=shown["state"],
            same=same,
        )
        step.detail(f"{str(stage.http.base_url).rstrip('/')}/verify/{decision['document_id']}")


def _pdf(stage: Stage, case_id: str, document_id: str) -> bytes:
    """The printed decision, which is ready moments after its seal."""
    company, path = stage.visitor(COMPANY), f"/applicant/cases/{case_id}/documents/{document_id}/pdf"

    def printed() -> bytes:
        answer = company.ask("GET", path)
        if answer.status_code >= FIRST_ERROR:
            raise _unproven(stage, "决定书的 PDF", "the PDF of the decision", "documents")
        return answer.content if answer.status_code == OK else b""

    return stage.eventually(printed, "决定书印制", "the decision to be printed")


def _signer(pdf: bytes, certificate: Path) -> str:
    """Whose signature covers the whole file; checked against the certificate of the run folder."""
    _, _, der = pem.unarmor(certificate.read_bytes())
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=[Certificate.load(der)], allow_fetching=False)
    status = asyncio.run(async_validate_pdf_signature(signature, context))
    if not status.bottom_line:
        raise ValueError("the signature of the decision does not hold")
    return str(signature.signer_cert.subject.native["common_name"])


def _verify_case(stage: Stage, case: Received) -> None:
    with stage.story.step("bundle") as step:
        answer = stage.visitor(COMPANY).ask("GET", f"/applicant/cases/{case.case_id}/bundle")
        file = stage.home.run / BUNDLE_FILE
        file.write_bytes(answer.content)
        report = verify_bundle(file, (stage.home.secrets / "audit.public.key").read_text("utf-8"))
        if not report.ok:
            raise _unproven(stage, "办件包", "the bundle of the case", "gateway")
        events, documents = report.proved_events, report.proved_documents
        step.says(
            f"导出整个办件为一个文件，离线核验：{events} 个事件都有存证证明，{documents} 份文书未被改动",
            f"The whole case as one file, checked off-line: {events} events proved, {documents} documents unaltered",
            **report.as_dict(),
            file=str(file),
        )
        step.detail(f"再验一次 Verify again: .venv/bin/tongban case verify {file}")


def _unproven(stage: Stage, zh: str, en: str, process: str) -> Fault:
    return Fault(
        f"{zh}没有通过核验——请看日志，并反馈问题。",
        f"The check of {en} failed – see the log, and report it.",
        stage.home.log(process),
    )
