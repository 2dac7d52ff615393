"""Scene (c): a main paper is missing; one notice lists everything at once; corrected at the counter, accepted."""

from deploy.demo import dates
from deploy.demo.online import Received
from deploy.demo.stage import Stage, application, by_sharing, document, names_of, on_paper, own_codes
from deploy.demo.visitors import Json
from services.gateway.demo_accounts import COMPANY, SECOND_CLERK, THIRD_APPLICANT

MISSING = ("A05-02", "A05-03")
NOT_SEALED = "A05-04"


def play(stage: Stage) -> None:
    """Nobody is sent away twice."""
    stage.story.scene(
        "c",
        "窗口收件缺主要材料：一次告知全部补正内容，窗口补正后受理",
        "A main paper is missing at the counter: one notice lists everything at once, corrected there, accepted",
    )
    case = _take_in(stage)
    _may_not_accept(stage, case)
    case = _notice(stage, case)
    case = _correct(stage, case)
    _accept(stage, case)


def _take_in(stage: Stage) -> Received:
    item, clerk = stage.item("A-05"), stage.visitor(SECOND_CLERK)
    person = THIRD_APPLICANT.person
    agent = {name: person[name] for name in ("name", "certificate_type", "certificate_number", "mobile")}
    materials = on_paper(own_codes(item, without=MISSING)) + by_sharing(item)
    body = application(item, COMPANY, materials, channel="counter", agent=agent)
    with stage.story.step("submit") as step:
        receipt = clerk.post("/counter/cases", body)
        step.says(
            f"材料不齐也先收件：经办人取得收件凭证 {receipt['case_no']}",
            f"Taken in although papers lack: the company's agent holds receipt voucher {receipt['case_no']}",
            case_id=receipt["case_id"],
            case_no=receipt["case_no"],
            proposed_outcome=receipt["proposed_outcome"],
        )
    return Received(receipt["case_id"], receipt["version"])


def _may_not_accept(stage: Stage, case: Received) -> None:
    with stage.story.step("not_accepted") as step:
        problem = stage.visitor(SECOND_CLERK).refused(
            f"/counter/cases/{case.case_id}/acceptance", version=case.version, code="outcome_not_allowed"
        )
        step.says(
            f"此时点“受理”会被系统拦下：{problem['detail']}",
            f"Pressing “accept” now is stopped by the system: {problem['detail_en']}",
            code=problem["code"],
        )


def _notice(stage: Stage, case: Received) -> Received:
    clerk = stage.visitor(SECOND_CLERK)
    found = {"material_code": NOT_SEALED, "reason": "not_sealed"}
    with stage.story.step("correction_notice") as step:
        receipt = clerk.post(
            f"/counter/cases/{case.case_id}/correction-notice", {"defects": [found]}, version=case.version
        )
        notice = document(receipt, "correction_notice")
        view = clerk.get(f"/counter/cases/{case.case_id}", explain="true")
        defects = _defects(view)
        step.says(
            f"出具{notice['title']} {notice['number']}，一次列明全部 {len(defects)} 项",
            f"{notice['title_en']} {notice['number']} lists all {len(defects)} things at once",
            state=receipt["state"],
            document_no=notice["number"],
            defects=[code for code, _ in defects],
        )
        for code, why in defects:
            step.detail(f"{names_of(view['check'], [code])}：{why}")
        dates.tell_clocks(step, view, ("correction",))
    return Received(case.case_id, receipt["version"])


def _defects(view: Json) -> list[tuple[str, str]]:
    """Each faulty material with what is wrong, in words."""
    return [
        (material["code"], defect["zh"])
        for material in view["check"]["materials"]
        for defect in material["defects"]
    ]


def _correct(stage: Stage, case: Received) -> Received:
    papers = on_paper([*MISSING, NOT_SEALED])
    with stage.story.step("correct") as step:
        receipt = stage.visitor(SECOND_CLERK).post(
            f"/counter/cases/{case.case_id}/materials",
            {"channel": "counter", "materials": papers},
            version=case.version,
        )
        step.says(
            f"经办人在窗口一次补正 {len(papers)} 项，重新进入五个工作日的收件审查",
            f"The agent corrects all {len(papers)} at the counter; five working days to answer begin again",
            state=receipt["state"],
            due_on=receipt["due_on"],
        )
    return Received(case.case_id, receipt["version"])


def _accept(stage: Stage, case: Received) -> None:
    clerk = stage.visitor(SECOND_CLERK)
    with stage.story.step("accept") as step:
        receipt = clerk.post(f"/counter/cases/{case.case_id}/acceptance", version=case.version)
        notice = document(receipt, "acceptance_notice")
        view = clerk.get(f"/counter/cases/{case.case_id}", explain="true")
        step.says(
            f"材料齐全，受理：{notice['title']} {notice['number']}",
            f"Complete now, accepted: {notice['title_en'].lower()} {notice['number']}",
            state=receipt["state"],
            document_no=notice["number"],
            accepted_on=view["accepted_on"],
        )
        dates.tell_clocks(step, view, ("statutory", "promised"))
