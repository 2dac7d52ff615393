"""The ways that several tests go: apply online, take in at the counter, decide, deliver."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.browser.visitor import CONTINUE, Visitor

EDUCATION, PEACETIME_USE = "国防动员（人防）主题宣传教育", "人防工程平时使用登记（备案）"
PROMISES = ("knows_requirements", "everything_is_true", "own_will", "accepts_consequences")


def begin(applicant: Visitor, item: str) -> None:
    """From the home page to the first question."""
    applicant.go("/items")
    applicant.click(f"a.row:has-text('{item}')")
    applicant.click("main a.button:visible:has-text('网上申请')")
    applicant.click("main form .buttons button")


def answer_until_the_papers(applicant: Visitor) -> None:
    """For oneself, reached as the account says."""
    applicant.choose("for_whom", "self")
    applicant.click(CONTINUE)
    applicant.choose("contact_from", "account")
    applicant.click(CONTINUE)
    applicant.fill(summary="浏览器测试项目")
    applicant.click(CONTINUE)


def hand_in_papers(applicant: Visitor, file: Path, answers: Mapping[str, str]) -> None:
    """One page a paper: what is not answered otherwise is uploaded, or shared where the organ fetches it."""
    while (found := re.search(r"/paper-([0-9A-Z-]+)$", applicant.place)) is not None:
        code = found.group(1)
        shared = applicant.page.locator("input[value='shared']").count()
        answer = answers.get(code, "shared" if shared else "upload")
        applicant.choose(f"answer-paper-{code}", answer)
        if answer == "upload":
            applicant.attach(f"file-paper-{code}", file)
        applicant.click(CONTINUE)


def sign_undertaking(applicant: Visitor, name: str) -> None:
    """Ask for tolerance and sign."""
    applicant.choose("tolerance", "yes")
    for promise in PROMISES:
        applicant.page.check(f"#{promise}")
    applicant.fill(undertaking__signed_name=name)
    applicant.click(CONTINUE)


def submit(applicant: Visitor) -> tuple[str, str]:
    """Hand in; the case number and the code of the confirmation."""
    applicant.click("main form button:has-text('提交申请')")
    assert applicant.place.endswith("/done")
    numbers = applicant.page.locator(".number").all_inner_texts()
    return numbers[0], numbers[1]


def open_at_desk(clerk: Visitor, case_no: str, code: str) -> None:
    """By the voucher in the applicant's hand."""
    clerk.go("/desk")
    clerk.fill(case_no=case_no, access_code=code)
    clerk.click("main form button:has-text('打开')")


def scan(clerk: Visitor, number: str) -> None:
    """What a card reader does: types the number and Enter."""
    clerk.go("/desk/new")
    clerk.page.wait_for_selector("#scan:focus")
    clerk.page.keyboard.type(number)
    clerk.press("Enter")


def take_in(clerk: Visitor, item: str, fields: Mapping[str, str]) -> None:
    """The page of the intake for this item, with the applicant filled in; the numeric pad belongs to the checklist."""
    scan(clerk, fields["applicant__certificate_number"])
    clerk.fill(**{name: value for name, value in fields.items() if name != "applicant__certificate_number"})
    # By its code, which no other item has.
    clerk.fill(item=item.split()[0])
    clerk.click("button[name='act'][value='choose']")


def accept(clerk: Visitor) -> None:
    """F8 and the confirmation, without the mouse."""
    clerk.press("F8")
    clerk.press("Control+Enter")


def decide(approver: Visitor, case_place: str, result: str = "grant", reasons: str = "") -> None:
    """Choose, preview, decide, without the mouse but for the choice itself."""
    approver.go(case_place.replace("/desk/", "/review/"))
    if "申请人补交的容缺材料尚未审查" in approver.page.inner_text("body"):
        # §5.3(6): late papers are examined before anything is granted.
        approver.press("Control+Enter")
    approver.choose("result", result)
    approver.fill(reasons=reasons)
    approver.press("Control+Enter")
    assert "决定书预览" in approver.text
    approver.press("Control+Enter")
    assert approver.place == "/review"


def deliver(clerk: Visitor, case_place: str, recipient: str) -> None:
    """At the window."""
    clerk.go(case_place)
    clerk.press("F8")
    clerk.choose("method", "window")
    clerk.fill(recipient=recipient)
    clerk.press("Control+Enter")
    assert "已送达" in clerk.text
