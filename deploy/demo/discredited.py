"""Scene (d): a discredited applicant asks for tolerance; the system says why not, and the ordinary route stays open."""

from deploy.demo.online import Received
from deploy.demo.stage import Stage, application, by_sharing, document, must_propose, own_codes, uploaded
from deploy.demo.story import Step
from deploy.demo.visitors import Json
from services.gateway.demo_accounts import CLERK, DISCREDITED

MISSING = "A08-04"
UNDERTAKING = {
    "signed_name": DISCREDITED.name,
    "knows_requirements": True,
    "everything_is_true": True,
    "own_will": True,
    "accepts_consequences": True,
}


def play(stage: Stage) -> None:
    """The system proposes, a named person decides."""
    stage.story.scene(
        "d",
        "失信申请人申请容缺：系统说明不能容缺的理由，工作人员确认，普通程序照常办理",
        "A discredited applicant asks for tolerance: the system says why not, the clerk confirms, the ordinary route stays open",
    )
    case = _apply(stage)
    _see_why_not(stage, case)
    case = _confirm(stage, case)
    _ordinary_route(stage, case)


def _apply(stage: Stage) -> Received:
    item, applicant = stage.item("A-08"), stage.visitor(DISCREDITED)
    materials = uploaded(applicant, item, own_codes(item, without=[MISSING])) + by_sharing(item)
    body = application(item, DISCREDITED, materials, asks_tolerance=True)
    with stage.story.step("check") as step:
        wanted = {name: body[name] for name in ("item_code", "applicant", "materials", "asks_tolerance")}
        check = applicant.post("/applicant/cases/check", {**wanted, "undertaking_signed": True})
        must_propose(check, "request_correction")
        step.says(
            "提交前就告诉申请人：不能容缺受理",
            "The applicant is told before handing in: no tolerance",
            proposed_outcome=check["proposed_outcome"],
            reasons=[reason["code"] for reason in check["tolerance_reasons"]],
        )
        _tell_reasons(step, check["tolerance_reasons"])
    with stage.story.step("submit") as step:
        receipt = applicant.post("/applicant/cases", {**body, "undertaking": UNDERTAKING})
        step.says(
            f"申请人仍可提交，取得收件凭证 {receipt['case_no']}",
            f"It can be handed in all the same, receipt voucher {receipt['case_no']}",
            case_id=receipt["case_id"],
            case_no=receipt["case_no"],
            proposed_outcome=receipt["proposed_outcome"],
        )
    return Received(receipt["case_id"], receipt["version"])


def _see_why_not(stage: Stage, case: Received) -> None:
    with stage.story.step("why_not") as step:
        problem = stage.visitor(CLERK).refused(
            f"/counter/cases/{case.case_id}/tolerant-acceptance",
            {},
            version=case.version,
            code="outcome_not_allowed",
        )
        reasons = problem["facts"]["reasons"]
        step.says(
            "工作人员也不能越过规则：容缺受理被拒绝并写明理由",
            "A clerk cannot step over the rule: tolerant acceptance is refused with the reason",
            code=problem["code"],
            reasons=[reason["code"] for reason in reasons],
        )
        _tell_reasons(step, reasons)


def _tell_reasons(step: Step, reasons: list[Json]) -> None:
    for reason in reasons:
        step.detail(reason["zh"], reason["en"])


def _confirm(stage: Stage, case: Received) -> Received:
    with stage.story.step("confirm") as step:
        receipt = stage.visitor(CLERK).post(
            f"/counter/cases/{case.case_id}/correction-notice", {}, version=case.version
        )
        notice = document(receipt, "correction_notice")
        step.says(
            f"工作人员确认：出具{notice['title']} {notice['number']}，告知理由和所缺材料",
            f"The clerk confirms with {notice['title_en'].lower()} {notice['number']}: the reason, and what lacks",
            state=receipt["state"],
            document_no=notice["number"],
        )
    return Received(case.case_id, receipt["version"])


def _ordinary_route(stage: Stage, case: Received) -> None:
    item, applicant = stage.item("A-08"), stage.visitor(DISCREDITED)
    with stage.story.step("ordinary_route") as step:
        paper = uploaded(applicant, item, [MISSING])
        supplied = applicant.post(
            f"/applicant/cases/{case.case_id}/materials", {"materials": paper}, version=case.version
        )
        receipt = stage.visitor(CLERK).post(
            f"/counter/cases/{case.case_id}/acceptance", version=supplied["version"]
        )
        notice = document(receipt, "acceptance_notice")
        step.says(
            f"普通程序照常：补齐后受理，{notice['title']} {notice['number']}",
            f"The ordinary route stays open: supplied and accepted, {notice['title_en'].lower()} {notice['number']}",
            state=receipt["state"],
            document_no=notice["number"],
        )
