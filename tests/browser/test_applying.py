"""Filling in an application: bad files and odd names answered at the field, photos from a phone, a session that ends."""

import re
from pathlib import Path

import pytest

from tests.browser import journeys
from tests.browser.conftest import PASSWORDS, PHONE, Open
from tests.browser.journeys import PEACETIME_USE
from tests.browser.visitor import CONTINUE, Visitor
from tests.shared.test_blobs_pictures import locked_pdf, saved, telling, written

FILE = "input[type=file]"


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two readable photos, the first held sideways."""
    folder = tmp_path_factory.mktemp("photos")
    files = [folder / "第一页.jpg", folder / "第二页.jpg"]
    files[0].write_bytes(saved(written(), exif=telling(6)))
    files[1].write_bytes(saved(written(1000, 1300)))
    return files


def at_the_first_paper(applicant: Visitor) -> str:
    """Everything before the papers filled in; the place of the first of them."""
    journeys.begin(applicant, PEACETIME_USE)
    journeys.answer_until_the_papers(applicant)
    return applicant.place


def fault(visitor: Visitor) -> str:
    """What is wrong, which has to be said in the same words above and at the field."""
    said = visitor.page.locator(".field__fault").first.inner_text().strip()
    assert said in visitor.page.locator("#error-summary").inner_text()
    return said


def files_shown(visitor: Visitor) -> int:
    return visitor.page.locator(".shot").count()


def test_photos_come_from_the_phone_to_the_computer(visit: Open, photos: list[Path], paper: Path) -> None:
    applicant = visit("wang")
    place = at_the_first_paper(applicant)
    applicant.click("button[form=by-phone]")
    applicant.page.locator("summary").click()
    link = applicant.page.locator(".scan__address").inner_text()

    phone = visit(None, PHONE)
    phone.go(link[link.index("/phone/") :])
    assert "王" not in phone.text
    phone.attach("photo", paper)
    phone.click("main form button")
    assert "照片" in fault(phone)
    for photo in photos:
        phone.attach("photo", photo)
        phone.click("main form button")
    assert files_shown(phone) == 2
    assert not phone.is_wider_than_the_screen
    # They arrive by themselves, without a key being pressed.
    applicant.page.wait_for_selector(".shot >> nth=1")
    phone.click("button:has-text('都拍好了')")
    applicant.page.wait_for_selector("text=手机上说：都拍好了")

    stranger = visit(None, PHONE)
    stranger.go(link[link.index("/phone/") :])
    assert "重新生成二维码" in stranger.text
    applicant.click("a:has-text('回到材料页面')")
    assert (applicant.place, files_shown(applicant)) == (place, 2)
    sizes = applicant.page.eval_on_selector_all(
        ".shot img", "all => all.map(one => [one.naturalWidth, one.naturalHeight])"
    )
    assert sizes[0][0] > sizes[0][1], "the first photo was put upright"
    applicant.click(CONTINUE)
    applicant.go(place)
    assert "合成一份 PDF" in applicant.text
    assert not applicant.complaints + phone.complaints


def test_a_bad_file_is_answered_at_its_field_and_loses_nothing(
    visit: Open, photos: list[Path], tmp_path: Path
) -> None:
    bad = {
        "假照片.jpg": (b"no photo at all", "内容并不是这种文件"),
        "加密.pdf": (locked_pdf(), "打开密码"),
        "苹果.HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        "空.pdf": (b"", "空的"),
        "大.pdf": (b"%PDF-1.7\n" + b"0" * (60 * 1024 * 1024), "20 MB"),
    }
    applicant = visit("wang", script=False)
    at_the_first_paper(applicant)
    applicant.page.set_input_files(FILE, photos)
    applicant.click(CONTINUE)
    applicant.page.go_back()
    assert files_shown(applicant) == 2
    for name, (content, words) in bad.items():
        file = tmp_path / name
        file.write_bytes(content)
        applicant.page.set_input_files(FILE, file)
        applicant.click(CONTINUE)
        assert words in fault(applicant)
        assert files_shown(applicant) == 2, "what was uploaded before is still there"
    # One bad file among good ones loses none of the good ones.
    applicant.page.set_input_files(FILE, [photos[0], tmp_path / "假照片.jpg"])
    applicant.click(CONTINUE)
    assert "假照片.jpg" in fault(applicant)
    assert files_shown(applicant) == 1


def test_what_was_typed_survives_the_end_of_the_session(visit: Open, photos: list[Path]) -> None:
    applicant = visit("wang", PHONE)
    journeys.begin(applicant, PEACETIME_USE)
    applicant.choose("for_whom", "self")
    applicant.click(CONTINUE)
    place = applicant.place
    applicant.choose("contact_from", "other")
    applicant.fill(contact__name="𠮷田・䶮", contact__mobile="１３８ 5670 ０００９")
    applicant.page.context.clear_cookies()
    applicant.click(CONTINUE)
    sign_in_again(applicant)
    assert applicant.place == place
    assert "还没有保存" in applicant.text
    assert applicant.page.input_value("[name='contact.name']") == "𠮷田・䶮"
    applicant.click(CONTINUE)
    applicant.go(place)
    assert "还没有保存" not in applicant.text
    # Taken in the form of a certificate: one kind of dot, narrow digits.
    assert applicant.page.input_value("[name='contact.name']") == "𠮷田·䶮"
    assert applicant.page.input_value("[name='contact.mobile']") == "13856700009"
    # A file that is sent as soon as it is chosen is kept in the same way.
    applicant.go(place.replace("/contact", "/paper-A08-01"))
    applicant.page.context.clear_cookies()
    with applicant.page.expect_navigation():
        applicant.page.set_input_files(FILE, photos[0])
    sign_in_again(applicant)
    assert files_shown(applicant) == 1


def sign_in_again(visitor: Visitor) -> None:
    """By the button of the page that says that the session has ended."""
    assert "没有丢失" in visitor.text
    visitor.click("main .buttons a")
    visitor.page.fill("#login", "wang")
    visitor.page.fill("#password", PASSWORDS["wang"])
    visitor.click("main form button")


def test_a_number_that_does_not_fit_says_which_places_to_look_at(visit: Open) -> None:
    agent = visit("wang")
    journeys.begin(agent, PEACETIME_USE)
    agent.choose("for_whom", "other")
    agent.click(CONTINUE)
    agent.choose("applicant.kind", "natural")
    agent.page.select_option("[name='applicant.certificate_type']", "111")
    agent.fill(applicant__name="王小明😀", applicant__certificate_number="341602199001010012")
    agent.click(CONTINUE)
    assert "表情" in fault(agent)
    agent.fill(applicant__name="买买提 • 吐尔逊", applicant__certificate_number="341602199002310014")
    agent.click(CONTINUE)
    assert "7至14" in fault(agent)
    agent.fill(applicant__certificate_number="341602199001010011")
    agent.click(CONTINUE)
    assert "最后一位" in fault(agent)
    assert agent.page.input_value("[name='applicant.name']") == "买买提 • 吐尔逊"
    agent.fill(applicant__certificate_number="３４１６０２ 19900101 0012")
    agent.click(CONTINUE)
    assert re.search(r"/contact$", agent.place)


def test_an_undertaking_is_signed_by_hand_and_a_case_is_handed_in_once(visit: Open, paper: Path) -> None:
    applicant = visit("wang")
    at_the_first_paper(applicant)
    journeys.hand_in_papers(applicant, paper, {"A08-04": "later"})
    applicant.choose("tolerance", "yes")
    for promise in journeys.PROMISES:
        applicant.page.check(f"#{promise}")
    draw(applicant)
    applicant.click(CONTINUE)
    assert applicant.place.endswith("/check")
    signature = applicant.page.locator(".sign__shown")
    assert signature.get_attribute("src") is not None
    # Two clicks, and the way back afterwards: one case.
    applicant.page.locator("main form button:has-text('提交申请')").dblclick()
    applicant.page.wait_for_url("**/done")
    number = applicant.page.locator(".number").first.inner_text()
    applicant.page.go_back()
    applicant.page.wait_for_url("**/done")
    assert applicant.page.locator(".number").first.inner_text() == number
    assert not applicant.complaints


def draw(visitor: Visitor) -> None:
    """A few strokes in the frame."""
    frame = visitor.page.locator("canvas")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    mouse = visitor.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 40)
    mouse.down()
    for step in range(12):
        mouse.move(box["x"] + 40 + step * 20, box["y"] + 40 + step % 3 * 30)
    mouse.up()
