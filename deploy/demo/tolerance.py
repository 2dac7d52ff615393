"""Scene (b): a case that begins at the counter with a tolerable paper missing and is completed from home."""

from deploy.demo import dates
from deploy.demo.online import Received, decide, deliver, make_out
from deploy.demo.stage import (
    Stage,
    application,
    by_sharing,
    document,
    must_propose,
    names_of,
    on_paper,
    own_codes,
    uploaded,
)
from deploy.demo.visitors import Json
from services.gateway.demo_accounts import APPROVER, CLERK, SECOND_APPLICANT

MISSING = "A08-04"
UNDERTAKING = {
    "signed_name": SECOND_APPLICANT.name,
    "knows_requirements": True,
    "everything_is_true": True,
    "own_will": True,
    "accepts_consequences": True,
}


def play(stage: Stage) -> None:
    """From the counter home and back."""
    stage.story.scene(
        "b",
        "窗口收件缺一份可容缺材料：承诺、容缺受理，回家在线补齐，决定、送达",
        "At the counter a tolerable paper is missing: undertaking, tolerant acceptance, supplied from home, decided, delivered",
    )
    receipt = _take_in(stage)
    stage.kept["b"] = receipt
    case = _accept_tolerantly(stage, receipt)
    _no_decision_yet(stage, case)
    _find_at_home(stage, receipt)
    case = _examine(stage, _supply(stage, case))
    case = make_out(stage, decide(stage, case))
    deliver(stage, case, method="window", recipient=SECOND_APPLICANT.name)


def _take_in(stage: Stage) -> Json:
    item, clerk = stage.item("A-08"), stage.visitor(CLERK)
    materials = on_paper(own_codes(item, without=[MISSING])) + by_sharing(item)
    body = application(item, SECOND_APPLICANT, materials, channel="counter", asks_tolerance=True)
    with stage.story.step("check") as step:
        wanted = {name: body[name] for name in ("item_code", "applicant", "materials", "asks_tolerance")}
        check = clerk.post("/counter/cases/check", {**wanted, "undertaking_signed": True})
        must_propose(check, "accept_tolerantly")
        lacking = names_of(check, check["missing_tolerable"])
        step.says(
            f"窗口核对：缺“{lacking}”，不是主要材料、在可容缺清单内，申请人信用良好，可以容缺",
            "Checked at the counter: one secondary paper lacks, it is on the tolerable list, the credit is good",
            missing_tolerable=check["missing_tolerable"],
            proposed_outcome=check["proposed_outcome"],
        )
    with stage.story.step("submit") as step:
        receipt = clerk.post("/counter/cases", {**body, "undertaking": UNDERTAKING})
        undertaking = document(receipt, "undertaking")
        step.says(
            f"窗口收件：办件编号 {receipt['case_no']}，查询码 {receipt['access_code']}",
            f"Taken in: case {receipt['case_no']}, access code {receipt['access_code']}",
            case_id=receipt["case_id"],
            case_no=receipt["case_no"],
            access_code=receipt["access_code"],
            undertaking_no=undertaking["number"],
        )
        step.detail("申请人自愿签署容缺承诺书", "The applicant signs the undertaking of their own will")
    return receipt


def _accept_tolerantly(stage: Stage, received: Json) -> Received:
    case_id, clerk = received["case_id"], stage.visitor(CLERK)
    with stage.story.step("accept_tolerantly") as step:
        receipt = clerk.post(f"/counter/cases/{case_id}/tolerant-acceptance", {}, version=received["version"])
        notice = document(receipt, "tolerance_notice")
        view = clerk.get(f"/counter/cases/{case_id}", explain="true")
        step.says(
            f"容缺受理，出具{notice['title']} {notice['number']}",
            f"Tolerantly accepted: {notice['title_en'].lower()} {notice['number']}",
            state=receipt["state"],
            document_no=notice["number"],
            supply_due_on=view["tolerance"]["supply_due_on"],
        )
        dates.tell_clocks(step, view, ("supply", "promised", "statutory"))
        step.detail(
            "等待补交的时间不停止办理期限（行政许可法 45），所以补交期限给审查留足时间",
            "Waiting stops no clock (Art. 45), so the supply date leaves time to decide",
        )
    return Received(case_id, receipt["version"])


def _no_decision_yet(stage: Stage, case: Received) -> None:
    with stage.story.step("no_decision_yet") as step:
        problem = stage.visitor(APPROVER).refused(
            f"/approver/cases/{case.case_id}/decision",
            {"result": "grant"},
            version=case.version,
            code="illegal_transition",
        )
        step.says(
            f"材料补齐之前不能决定：{problem['detail']}",
            f"No decision before the paper is in: {problem['detail_en']}",
            code=problem["code"],
        )


def _find_at_home(stage: Stage, receipt: Json) -> None:
    with stage.story.step("find_by_account") as step:
        mine = stage.visitor(SECOND_APPLICANT).pages("/applicant/cases")
        line = next(line for line in mine if line["case_id"] == receipt["case_id"])
        step.says(
            f"回家登录 {SECOND_APPLICANT.login}：证件相同，“我的办件”里就有这个窗口办件（{line['state_zh']}）",
            f"At home, account {SECOND_APPLICANT.login} with the same certificate sees the case ({line['state_en']})",
            case_no=line["case_no"],
            channel=line["channel"],
        )
    with stage.story.step("find_by_code") as step:
        wanted = {name: receipt[name] for name in ("case_no", "access_code")}
        found = stage.passer_by.post("/cases/lookup", wanted)
        step.says(
            f"不登录，凭办件编号和查询码 {receipt['access_code']} 也能查到，姓名已遮盖：{found['parties'][0]['name']}",
            f"Without an account the number and the code {receipt['access_code']} find it too, the name masked",
            case_no=found["case_no"],
            name_shown=found["parties"][0]["name"],
        )


def _supply(stage: Stage, case: Received) -> Received:
    item, applicant = stage.item("A-08"), stage.visitor(SECOND_APPLICANT)
    with stage.story.step("supply") as step:
        photo = uploaded(applicant, item, [MISSING], photographed=frozenset([MISSING]))
        receipt = applicant.post(
            f"/applicant/cases/{case.case_id}/materials", {"materials": photo}, version=case.version
        )
        step.says(
            f"在家上传“{names_of(item, [MISSING])}”的照片，容缺材料补齐，转入审查",
            "A photograph of the missing paper is uploaded from home; complete, the review begins",
            state=receipt["state"],
        )
    return Received(case.case_id, receipt["version"])


def _examine(stage: Stage, case: Received) -> Received:
    with stage.story.step("examine") as step:
        receipt = stage.visitor(CLERK).post(
            f"/counter/cases/{case.case_id}/supply/confirmation", version=case.version
        )
        step.says(
            "窗口审查补交的材料，符合要求；审查之前不能准予",
            "The late paper is examined and right; nothing can be granted before",
            state=receipt["state"],
        )
    return Received(case.case_id, receipt["version"])
