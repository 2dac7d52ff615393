"""Scene (a): an online applicant with complete papers; a clerk accepts, an approver decides, the result is delivered."""

from typing import NamedTuple
from uuid import uuid4

from deploy.demo import dates
from deploy.demo.stage import Stage, application, by_sharing, document, must_propose, own_codes, uploaded
from deploy.demo.visitors import Json, Visitor
from services.gateway.demo_accounts import APPROVER, CLERK, COMPANY


class Received(NamedTuple):
    """A case as its receipt told it."""

    case_id: str
    version: int


def play(stage: Stage) -> None:
    """From the guide to the decision in the applicant's hands."""
    stage.story.scene(
        "a",
        "企业在线申请，材料齐全：受理、决定、送达",
        "A company applies online with complete papers: accepted, decided, delivered",
    )
    item = _read_guide(stage)
    company = _sign_in(stage)
    case = _apply(stage, company, item)
    case = _accept(stage, case)
    _explain(stage, company, case)
    case = decide(stage, case)
    deliver(stage, case, method="electronic")
    _read_decision(stage, company, case)


def _read_guide(stage: Stage) -> Json:
    with stage.story.step("guide") as step:
        item = stage.item("A-01")
        guide = stage.passer_by.get(f"/catalogue/items/{item['code']}/guide")
        papers, shared = len(item["materials"]), len(by_sharing(item))
        step.says(
            f"查看办事指南：{item['name']['zh']}，材料 {papers} 份，其中 {shared} 份由机关共享获取",
            f"Read the guide: {item['name']['en']}; {papers} papers, {shared} of them fetched by the organ itself",
            item_code=item["code"],
            item_version=guide.get("version"),
            materials=papers,
        )
    return item


def _sign_in(stage: Stage) -> Visitor:
    with stage.story.step("sign_in") as step:
        company = stage.visitor(COMPANY)
        step.says(f"企业账号 {COMPANY.login} 登录", f"The company's account {COMPANY.login} signs in")
    return company


def _apply(stage: Stage, company: Visitor, item: Json) -> Received:
    with stage.story.step("upload") as step:
        materials = uploaded(company, item, own_codes(item))
        step.says(
            f"上传 {len(materials)} 个 PDF 文件，加密保存",
            f"Uploads {len(materials)} PDF files, which are stored encrypted",
            uploads=len(materials),
        )
    body = application(item, COMPANY, materials + by_sharing(item), summary="示例小区一期防空地下室")
    with stage.story.step("check") as step:
        wanted = {name: body[name] for name in ("item_code", "applicant", "materials")}
        check = company.post("/applicant/cases/check", wanted)
        must_propose(check, "accept")
        step.says(
            "提交前预检：材料齐全，系统建议受理",
            "Checked before handing in: complete, the system proposes acceptance",
            proposed_outcome=check["proposed_outcome"],
        )
    with stage.story.step("submit") as step:
        key = str(uuid4())
        receipt = company.post("/applicant/cases", body, key=key)
        again = company.post("/applicant/cases", body, key=key)
        step.says(
            f"提交申请，当场取得收件凭证：办件编号 {receipt['case_no']}",
            f"Hands it in and gets a receipt voucher at once: case {receipt['case_no']}",
            case_id=receipt["case_id"],
            case_no=receipt["case_no"],
            repeated_is_same=again == receipt,
        )
        step.detail("误按两次提交：仍是同一个办件", "Pressed twice by mistake: it is still one case")
    return Received(receipt["case_id"], receipt["version"])


def _accept(stage: Stage, case: Received) -> Received:
    clerk = stage.visitor(CLERK)
    see_on_desk(stage, case)
    with stage.story.step("accept") as step:
        receipt = clerk.post(f"/counter/cases/{case.case_id}/acceptance", version=case.version)
        notice = document(receipt, "acceptance_notice")
        step.says(
            f"工作人员受理，出具{notice['title']} {notice['number']}",
            f"The clerk accepts and issues the {notice['title_en'].lower()} {notice['number']}",
            state=receipt["state"],
            document_no=notice["number"],
        )
    return Received(case.case_id, receipt["version"])


def see_on_desk(stage: Stage, case: Received) -> None:
    """The clerk's list holds what awaits acceptance from every channel."""
    with stage.story.step("desk") as step:
        desk = stage.visitor(CLERK).pages("/counter/desk")
        line = next(line for line in desk if line["case_id"] == case.case_id)
        step.says(
            f"窗口待受理列表中出现该办件（渠道 {line['channel']}），须在 {dates.day(line['due_on'])} 前答复",
            f"It stands on the clerk's list (channel {line['channel']}), to be answered by {line['due_on']}",
            channel=line["channel"],
            due_on=line["due_on"],
            proposed_outcome=line["proposed_outcome"],
        )


def _explain(stage: Stage, company: Visitor, case: Received) -> None:
    with stage.story.step("dates") as step:
        view = company.get(f"/applicant/cases/{case.case_id}", explain="true")
        step.says(
            f"受理日期 {dates.day(view['accepted_on'])}；各期限按国家节假日安排逐日计算",
            f"Accepted on {view['accepted_on']}; every limit is counted day by day on the official calendar",
            accepted_on=view["accepted_on"],
        )
        dates.tell_clocks(step, view, ("statutory", "promised"))


def decide(stage: Stage, case: Received) -> Received:
    """The approver, who did not receive the case, grants it."""
    with stage.story.step("decide") as step:
        receipt = stage.visitor(APPROVER).post(
            f"/approver/cases/{case.case_id}/decision", {"result": "grant"}, version=case.version
        )
        decision = document(receipt, "decision_grant")
        step.says(
            f"审批人员（不是受理人）作出准予决定：{decision['title']} {decision['number']}",
            f"The approver, who did not receive it, grants: {decision['title_en']} {decision['number']}",
            state=receipt["state"],
            document_no=decision["number"],
        )
    return Received(case.case_id, receipt["version"])


def make_out(stage: Stage, case: Received) -> Received:
    """Where the item gives a certificate it is made out before it is delivered."""
    with stage.story.step("make_out") as step:
        receipt = stage.visitor(CLERK).post(
            f"/counter/cases/{case.case_id}/licence", {}, version=case.version
        )
        licence = document(receipt, "licence")
        step.says(
            f"制证：{licence['title']} {licence['number']}",
            f"The certificate is made out: {licence['title_en'].lower()} {licence['number']}",
            state=receipt["state"],
            document_no=licence["number"],
        )
    return Received(case.case_id, receipt["version"])


def deliver(stage: Stage, case: Received, **how: str) -> None:
    """The clerk hands the result over."""
    words = {"electronic": ("电子送达", "electronically"), "window": ("窗口领取", "at the window")}
    with stage.story.step("deliver") as step:
        receipt = stage.visitor(CLERK).post(
            f"/counter/cases/{case.case_id}/delivery", dict(how), version=case.version
        )
        proof = document(receipt, "delivery_receipt")
        zh, en = words[how["method"]]
        step.says(
            f"结果{zh}，送达回证 {proof['number']}",
            f"The result is delivered {en}, proof of delivery {proof['number']}",
            state=receipt["state"],
            document_no=proof["number"],
        )


def _read_decision(stage: Stage, company: Visitor, case: Received) -> None:
    with stage.story.step("read") as step:
        view = company.get(f"/applicant/cases/{case.case_id}")
        decision = document(view, "decision_grant")
        printed = company.get(f"/applicant/cases/{case.case_id}/documents/{decision['document_id']}")
        step.says(
            f"企业在“我的办件”中读到{printed['title']}全文，共 {len(printed['lines'])} 行",
            f"The company reads the whole {printed['title_en'].lower()} at home, {len(printed['lines'])} lines",
            state=view["state"],
            sha256=printed["sha256"],
        )
