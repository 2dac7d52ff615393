"""`make pictures`: plays the demonstration on a platform of its own and writes the pictures of README and guides.

Everything is taken from the pages as they are: whoever changes a page runs this and looks at what changed.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from deploy.demo.__main__ import play
from deploy.demo.papers import pdf
from deploy.local.home import ROOT
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


@dataclass(frozen=True, slots=True)
class Studio:
    """A browser before the platform; each visitor has a window of their own."""

    browser: Browser
    url: str
    paper: Path

    @contextmanager
    def visitor(
        self, login: str | None = None, screen: ViewportSize = SCREEN, *, elder: bool = False
    ) -> Iterator[Visitor]:
        # Twice as sharp, so that a picture can be read on paper too.
        context = self.browser.new_context(
            base_url=self.url, viewport=screen, locale="zh-CN", device_scale_factor=2
        )
        visitor = Visitor(context.new_page())
        if login is not None:
            visitor.sign_in(login, PASSWORDS[login])
        if elder:
            visitor.go("/")
            visitor.click("button:has-text('长辈版')")
        yield visitor
        context.close()


def keep(visitor: Visitor, name: str, part: str = "") -> None:
    """Write what the window shows, or one part of it."""
    file = PICTURES / f"{name}.png"
    # Small pictures of papers come after the page.
    visitor.page.wait_for_function(PICTURES_ARE_THERE)
    shown = visitor.page.locator(part).first if part else visitor.page
    shown.screenshot(path=file, animations="disabled")
    print(f"✓ {file.relative_to(ROOT)}")


def of_the_public(studio: Studio) -> None:
    with studio.visitor() as visitor:
        visitor.go("/")
        keep(visitor, "home")
        visitor.go("/items")
        visitor.click(f"a.row:has-text('{PEACETIME_USE}')")
        keep(visitor, "guide")
    with studio.visitor(screen=TALL_PHONE, elder=True) as visitor:
        visitor.go("/")
        keep(visitor, "elder")


def of_an_application(studio: Studio) -> str:
    """A case with one paper to follow, as its applicant makes it and a clerk accepts it; where it is."""
    with studio.visitor("wang", TALL_PHONE) as applicant:
        journeys.begin(applicant, PEACETIME_USE)
        draft = applicant.place.rsplit("/", 1)[0]
        journeys.answer_until_the_papers(applicant)
        keep(applicant, "paper")
        applicant.go(draft)
        keep(applicant, "tasks")
        applicant.page.go_back()
        journeys.hand_in_papers(applicant, studio.paper, {"A08-04": "later"})
        journeys.sign_undertaking(applicant, "王小明")
        keep(applicant, "check")
        journeys.submit(applicant)
        keep(applicant, "submitted")
        applicant.click("a:has-text('查看我的办件')")
        place = applicant.place
        with studio.visitor("clerk") as clerk:
            clerk.go(place.replace("/my/", "/desk/"))
            keep(clerk, "counter")
            journeys.accept(clerk)
        applicant.go(place)
        keep(applicant, "applicant")
    return place


def of_the_counter(studio: Studio) -> None:
    with studio.visitor("clerk") as clerk:
        journeys.scan(clerk, SOMEBODY)
        keep(clerk, "intake")
        clerk.go("/styleguide")
        keep(clerk, "styleguide")
        clerk.page.set_viewport_size(WIDE)
        clerk.go("/styleguide?density=public")
        keep(clerk, "why-this-date", ".drawing:has(.month)")


def of_the_review(studio: Studio) -> None:
    with studio.visitor("approver") as approver:
        approver.go("/review")
        keep(approver, "review-list")
        approver.press("Enter")
        keep(approver, "approver")


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
    page.render(scale=1.5).to_pil().save(PICTURES / "decision.png", optimize=True)


def of_the_operator(studio: Studio) -> None:
    with studio.visitor("operator") as operator:
        operator.go("/operator")
        keep(operator, "operator")


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
