"""Somebody at a browser: goes to pages, fills in, presses keys, and waits for the page that follows."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page

CONTINUE = "main form .buttons button"


@dataclass
class Visitor:
    """One browser window; what its console complains of is kept."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # That an answer has the status 422 is no fault of the page.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, login: str, password: str) -> None:
        self.go("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.click("main form button")

    def go(self, place: str) -> None:
        self.page.goto(place)

    def click(self, what: str | Locator) -> None:
        """Press what leads to another page."""
        target = self.page.locator(what).first if isinstance(what, str) else what
        with self.page.expect_navigation():
            target.click()

    def press(self, key: str) -> None:
        """Press a key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def fill(self, **fields: str) -> None:
        """Fill in fields by name; `applicant__name` stands for `applicant.name`."""
        for name, value in fields.items():
            self.page.fill(f"[name='{name.replace('__', '.')}']", value)

    def choose(self, name: str, value: str) -> None:
        self.page.check(f"input[name='{name}'][value='{value}']")

    def attach(self, name: str, file: Path) -> None:
        self.page.set_input_files(f"input[name='{name}']", file)

    @property
    def place(self) -> str:
        """Where the window is, without host and query."""
        return "/" + self.page.url.split("/", 3)[3].split("?")[0]

    @property
    def text(self) -> str:
        return self.page.inner_text("main")

    @property
    def focused(self) -> str:
        """The id of what has the focus."""
        return str(self.page.evaluate("document.activeElement.id"))

    @property
    def is_in_large_print(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.dataset.view === 'elder'"))

    @property
    def is_wider_than_the_screen(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    @property
    def widest(self) -> str:
        """What reaches beyond the right edge, to find the fault by."""
        return str(self.page.evaluate(_WIDEST))


_WIDEST = """() => {
    const beyond = Array.from(document.querySelectorAll('main *, header *'))
        .filter(one => one.getBoundingClientRect().right > window.innerWidth + 1);
    return beyond.slice(0, 3).map(one => one.outerHTML.slice(0, 120)).join(' | ');
}"""
