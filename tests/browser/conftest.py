"""A real Chromium in front of the whole platform: people's own pages, with keyboard, phone, large print and no script."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from deploy.demo.papers import pdf
from services.gateway.demo_accounts import PEOPLE
from shared.testing.platform import RunningPlatform
from tests.browser.visitor import Visitor

CHROMIUM = shutil.which("chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PHONE: ViewportSize = {"width": 360, "height": 740}
# The smallest screen that a desk is made for.
SCREEN: ViewportSize = {"width": 1366, "height": 768}
PASSWORDS = {account.login: account.password for account in PEOPLE}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser of the distribution; without one it is left out and says so."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no chromium: apt-get install chromium"))


# Not for the whole session: while Playwright is open its event loop counts as running, and no asynchronous test can start.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window; nothing is downloaded."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield found
        found.close()


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real file to hand in."""
    file = tmp_path_factory.mktemp("papers") / "材料.pdf"
    file.write_bytes(pdf(["测试材料", "仅供测试使用"]))
    return file


Open = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, running_platform: RunningPlatform) -> Iterator[Open]:
    """Makes visitors: `visit("clerk")`, `visit("wang", PHONE)`, `visit(script=False)`; all are shown out in the end."""
    contexts: list[BrowserContext] = []

    def enter(
        login: str | None = None,
        screen: ViewportSize = SCREEN,
        *,
        script: bool = True,
        dark: bool = False,
    ) -> Visitor:
        context = browser.new_context(
            base_url=running_platform.url,
            viewport=screen,
            locale="zh-CN",
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page: Page = context.new_page()
        visitor = Visitor(page)
        if login is not None:
            visitor.sign_in(login, PASSWORDS[login])
        return visitor

    yield enter
    for context in contexts:
        context.close()
