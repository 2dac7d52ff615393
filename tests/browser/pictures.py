"""`make pictures`: plays the demonstration on a platform of its own and writes the pictures of README and guides.

Everything is taken from the pages as they are, in Chinese and in English: whoever changes a page runs this and looks at
what changed.
"""

import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from deploy.demo.__main__ import play
from deploy.demo.papers import pdf
from deploy.local.home import ROOT
from services.gateway.identity.cookies import LANGUAGE
from shared.testing.platform import RunningPlatform
from tests.browser import journeys
from tests.browser.conftest import CHROMIUM, PASSWORDS, SCREEN, SWITCHES
from tests.browser.journeys import PEACETIME_USE
from tests.browser.visitor import Visitor

PICTURES = ROOT / "docs" / "pictures"
TALL_PHONE: ViewportSize = {"width": 360, "height": 1000}
PICTURES_ARE_THERE = """() => Array.from(document.images)
    .filter(one => one.getBoundingClientRect().top < window.innerHeight && one.checkVisibility())
    .every(one => one.complete && one.naturalWidth)"""
# A made-up person's identity number, as a card reader types it.
SOMEBODY = "341602199001010012"
DECISION = "main a[href*='/documents/']:has-text('决定书')"
WIDE: ViewportSize = {"width": 1180, "height": 1000}
TABLET: ViewportSize = {"width": 1024, "height": 768}
# Pages have few colours: so many look the same, at a third of the bytes.
COLOURS = 128


@dataclass(frozen=True, slots=True)
class Studio:
    """A browser before the platform; each visitor has a window of their own."""

    browser: Browser
    url: str
    paper: Path

    @contextmanager
    def visitor(
        self,
        login: str | None = None,
        screen: ViewportSize = SCREEN,
        *,
        elder: bool = False,
        language: str = "",
    ) -> Iterator[Visitor]:
        # Twice as sharp, so that a picture can be read on paper too.
        context = self.browser.new_context(
            base_url=self.url, viewport=screen, locale="zh-CN", device_scale_factor=2
        )
        if language:
            context.add_cookies([{"name": LANGUAGE, "value": language, "url": self.url}])
        visitor = Visitor(context.new_page())
        if login is not None:
            visitor.sign_in(login, PASSWORDS[login])
        if elder:
            visitor.go("/")
            visitor.click("button:has-text('长辈版')")
        yield visitor
        context.close()

    def keep_both(self, visitor: Visitor, name: str) -> None:
        """The same page in Chinese and, in a window of the same session, in English."""
        keep(visitor, name)
        context = self.browser.new_context(
            storage_state=visitor.page.context.storage_state(),
            viewport=visitor.page.viewport_size,
            locale="en-GB",
            device_scale_factor=2,
        )
        context.add_cookies([{"name": LANGUAGE, "value": "en", "url": self.url}])
        english = Visitor(context.new_page())
        english.go(visitor.page.url)
        keep(english, f"{name}-en")
        context.close()


def keep(visitor: Visitor, name: str, part: str = "") -> None:
    """Write what the window shows, or one part of it."""
    # A page that went wrong is nothing to show.
    status = visitor.page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
    assert status == 200, f"{name}: {status}"
    # Small pictures of papers come after the page.
    visitor.page.wait_for_function(PICTURES_ARE_THERE)
    shown = visitor.page.locator(part).first if part else visitor.page
    write(Image.open(io.BytesIO(shown.screenshot(animations="disabled"))), name)


def write(picture: Image.Image, name: str) -> None:
    file = PICTURES / f"{name}.png"
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, optimize=True)
    print(f"✓ {file.relative_to(ROOT)}")


def of_the_public(studio: Studio) -> None:
    with studio.visitor() as visitor:
        visitor.go("/")
        studio.keep_both(visitor, "home")
        visitor.go("/items")
        visitor.click(f"a.row:has-text('{PEACETIME_USE}')")
        studio.keep_both(visitor, "guide")
    with studio.visitor(screen=TALL_PHONE, elder=True) as visitor:
        visitor.go("/")
        studio.keep_both(visitor, "elder")


def of_an_application(studio: Studio) -> str:
    """A case with one paper to follow, as its applicant makes it and a clerk accepts it; where it is."""
    with studio.visitor("wang", TALL_PHONE) as applicant:
        journeys.begin(applicant, PEACETIME_USE)
        draft = applicant.place.rsplit("/", 1)[0]
        journeys.answer_until_the_papers(applicant)
        paper = applicant.place
        studio.keep_both(applicant, "paper")
        applicant.go(draft)
        studio.keep_both(applicant, "tasks")
        # The button stands on wide screens only: whoever has the phone in hand takes the photo at once.
        applicant.page.set_viewport_size(SCREEN)
        applicant.go(paper)
        applicant.click("button[form='by-phone']")
        studio.keep_both(applicant, "phone")
        applicant.page.set_viewport_size(TALL_PHONE)
        applicant.go(paper)
        journeys.hand_in_papers(applicant, studio.paper, {"A08-04": "later"})
        journeys.sign_undertaking(applicant, "王小明")
        studio.keep_both(applicant, "check")
        journeys.submit(applicant)
        studio.keep_both(applicant, "submitted")
        applicant.click("a:has-text('查看我的办件')")
        place = applicant.place
        with studio.visitor("clerk") as clerk:
            clerk.go(place.replace("/my/", "/desk/"))
            studio.keep_both(clerk, "counter")
            journeys.accept(clerk)
        applicant.go(place)
        studio.keep_both(applicant, "applicant")
    return place


def of_the_counter(studio: Studio) -> None:
    with studio.visitor("clerk") as clerk:
        take_in_with_a_screen(studio, clerk)
        clerk.go("/styleguide")
        keep(clerk, "styleguide")
        clerk.page.set_viewport_size(WIDE)
        clerk.go("/styleguide?density=public")
        keep(clerk, "why-this-date", ".drawing:has(.month)")


def take_in_with_a_screen(studio: Studio, clerk: Visitor) -> None:
    """One paper is lacking: the tablet shows the undertaking that the applicant signs."""
    journeys.scan(clerk, SOMEBODY)
    clerk.page.wait_for_selector("#item:focus")
    clerk.page.keyboard.type("pss")
    clerk.page.wait_for_selector("#item-list [aria-selected=true]")
    clerk.press("Enter")
    clerk.click("button:has-text('连接申请人屏幕')")
    code = re.sub(r"\D", "", clerk.page.inner_text("#signature-state strong"))
    with studio.visitor(screen=TABLET) as tablet:
        tablet.go("/screen")
        tablet.fill(pairing=code)
        tablet.click("main form button")
        clerk.page.wait_for_selector("button:has-text('请申请人签名')")
        for row in (1, 2):
            clerk.page.keyboard.press(f"Numpad{row}")
        clerk.press("Alt+g")
        studio.keep_both(clerk, "intake")
        tablet.page.wait_for_selector(".sign__pad")
        studio.keep_both(tablet, "screen")


def of_the_review(studio: Studio) -> None:
    with studio.visitor("approver") as approver:
        approver.go("/review")
        studio.keep_both(approver, "review-list")
        approver.press("Enter")
        place = approver.place
        studio.keep_both(approver, "approver")
    for language, ending in (("", ""), ("en", "-en")):
        with studio.visitor("approver", language=language) as approver:
            approver.go(place)
            approver.page.keyboard.press("g")
            approver.press("Control+Enter")
            keep(approver, f"preview{ending}")
        with studio.visitor("head", language=language) as head:
            head.go(f"{place}/acts/extend_deadline")
            head.fill(length="5", reasons="涉及地下管线，须进一步核实")
            head.press("Control+Enter")
            keep(head, f"extension{ending}")


def of_a_decision(studio: Studio) -> None:
    """The newest decision of the demonstration, as it is printed."""
    with studio.visitor("bozhou-build", WIDE) as company:
        company.go("/my/cases")
        places = company.page.eval_on_selector_all(
            "main a[href^='/my/cases/']", "all => all.map(one => one.getAttribute('href'))"
        )
        for place in dict.fromkeys(places):
            company.go(place)
            if company.page.locator(DECISION).count():
                break
        printed = f"{company.page.get_attribute(DECISION, 'href')}.pdf"
        answer = company.page.request.get(printed)
        while answer.status == 202:
            company.page.wait_for_timeout(500)
            answer = company.page.request.get(printed)
        page = pdfium.PdfDocument(answer.body())[0]
    write(page.render(scale=1.5).to_pil(), "decision")


def of_the_operator(studio: Studio) -> None:
    with studio.visitor("operator") as operator:
        operator.go("/operator")
        studio.keep_both(operator, "operator")


SCENES: tuple[Callable[[Studio], object], ...] = (
    of_the_public,
    of_an_application,
    of_the_counter,
    of_the_review,
    of_a_decision,
    of_the_operator,
)


def main() -> int:
    if CHROMIUM is None:
        print("没有 chromium，请安装：apt-get install chromium. No chromium was found.", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    with RunningPlatform() as platform, tempfile.TemporaryDirectory() as folder:
        play(platform.home, as_json=False)
        paper = Path(folder) / "材料.pdf"
        paper.write_bytes(pdf(["材料样例", "仅供演示使用"]))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
            studio = Studio(browser, platform.url, paper)
            for scene in SCENES:
                scene(studio)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
