"""Somebody without a browser who opens every page they are led to and fills in every form they find."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

# What breaks out of an attribute and out of an element, if anything lets it.
HOSTILE = "\"'><img src=x onerror=hacked=1>"
# What only one kind of text fits, by the name of its field; everything else is filled with what is hostile.
FITTING = {"mobile": "13856700001", "email": "x@example.com", "certificate_number": "341602199001010012"}
_VOID = frozenset({"img", "input", "br", "hr", "meta", "link", "wbr", "source"})


@dataclass
class Form:
    """One form of a page: where it goes and what it holds."""

    action: str
    method: str
    fields: list[dict[str, Any]] = field(default_factory=list)


class Read(HTMLParser):
    """A page as a browser would understand it: its links, its forms, its words, and what should not be there."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.hacked: list[str] = []
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._inside.append(tag)
        if any(name.startswith("on") for name in given) or given.get("src") == "x":
            self.hacked.append(f"<{tag} {given}>")
        if any(
            given.get(name, "").lower().lstrip().startswith("javascript:")
            for name in ("href", "action", "src")
        ):
            self.hacked.append(f"<{tag} {given}>")
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.words += [given[name] for name in ("title", "aria-label", "placeholder", "alt") if name in given]
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.forms and tag in ("input", "textarea", "select", "button") and "name" in given:
            self.forms[-1].fields.append({**given, "tag": tag, "options": []})
        elif self.forms and self.forms[-1].fields and tag == "option" and given.get("value"):
            self.forms[-1].fields[-1]["options"].append(given["value"])

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "code", "pre"}.intersection(self._inside):
            self.words.append(data)


class Walker:
    """One signed-in session; remembers what was wrong with any page it got."""

    def __init__(self, url: str, paper: bytes = b"", *, english: bool = False) -> None:
        self.http = httpx.Client(
            base_url=url, headers={"accept": "text/html"}, follow_redirects=True, timeout=30
        )
        if english:
            self.http.cookies.set("tongban_language", "en")
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self._paper = paper

    def close(self) -> None:
        """Go away."""
        self.http.close()

    def sign_in(self, login: str, password: str) -> None:
        page = self.read("/sign-in")
        form = next(form for form in page.forms if form.action == "/sign-in")
        data = {one["name"]: one.get("value", "") for one in form.fields}
        answer = self.http.post("/sign-in", data=data | {"login": login, "password": password})
        assert answer.status_code == 200
        assert not answer.url.path.startswith("/sign-in")

    def read(self, place: str) -> Read:
        """Open a page and look at it."""
        return self.look(self.http.get(place))

    def look(self, answer: httpx.Response) -> Read:
        self.seen.add(answer.url.path)
        if answer.status_code >= 500 and answer.status_code != 503:
            self.faults.append(f"{answer.url.path}: {answer.status_code}")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return Read("")
        page = Read(answer.text)
        self.faults += [f"{answer.url.path}: {one}" for one in page.hacked]
        return page

    def fill(self, form: Form, **answers: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Hostile text wherever text is taken, and the first of whatever can be chosen."""
        data: dict[str, Any] = {}
        files: dict[str, Any] = {}
        for one in form.fields:
            name, kind = one["name"], one.get("type", "text")
            last = name.rpartition(".")[2]
            if name in answers:
                data[name] = answers[name]
            elif one["tag"] == "select":
                data.setdefault(name, (one["options"] or [""])[0])
            elif one["tag"] == "button":
                data.setdefault(name, one.get("value", ""))
            elif kind == "file":
                files[name] = (f"{HOSTILE}.pdf", self._paper, "application/pdf")
            elif kind == "hidden":
                data[name] = one.get("value", "")
            elif kind in ("radio", "checkbox"):
                data.setdefault(name, one.get("value", "true"))
            elif kind == "date":
                data[name] = "2026-12-01"
            else:
                data[name] = one.get("value") or FITTING.get(
                    last, HOSTILE[: int(one.get("maxlength") or 200)]
                )
        return data, files

    def send(self, form: Form, base: str = "/", **answers: str) -> httpx.Response:
        """Send one form filled in; its answer, after any redirects."""
        data, files = self.fill(form, **answers)
        answer = self.http.post(
            urljoin(base, form.action) if form.action else base, data=data, files=files or None
        )
        self.look(answer)
        return answer

    def walk(self, roots: list[str], most: int, *, only: str = "") -> Iterator[tuple[str, Read]]:
        """Every page that can be reached from these, at most two of a kind and `most` in all."""
        waiting, asked, kinds = list(roots), set(roots), dict[str, int]()
        while waiting and most > 0:
            place = waiting.pop(0)
            kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Z]{12,}|\d+", "*", place)
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] > 2:
                continue
            most -= 1
            page = self.read(place)
            yield place, page
            for link in page.links:
                parts = urlsplit(urljoin(place, link))
                target = parts.path + (f"?{parts.query}" if parts.query else "")
                if parts.scheme or parts.netloc or target in asked or not target.startswith("/"):
                    continue
                if target.startswith(("/api/", "/assets/", "/live")) or only not in target:
                    continue
                asked.add(target)
                waiting.append(target)
