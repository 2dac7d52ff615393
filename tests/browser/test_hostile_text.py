"""Text that is meant to break out of a page does so nowhere, whoever typed it and whoever reads it."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import escape
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bench.submissions import case, credit_codes
from services.gateway.demo_accounts import PEOPLE
from shared.testing.platform import RunningPlatform
from tests.browser.conftest import Open
from tests.browser.walker import HOSTILE, Read, Walker

PASSWORDS = {account.login: account.password for account in PEOPLE}
STAFF = ["clerk", "approver", "head", "keeper", "supervisor", "auditor", "operator"]
ROOTS = ["/", "/desk", "/desk/new", "/desk/deliveries", "/review", "/operator", "/operator/audit",
         "/operator/dead-letters", "/my/cases", "/my/inbox", "/items", "/find", "/styleguide", "/about"]  # fmt: skip
ENDS = re.compile(r"withdraw|terminate|declare|recuse|void")
PLACES_LEFT = re.compile(r"\{[a-z_]+\}")


def test_text_that_breaks_out_is_noticed() -> None:
    for page in (
        f"<p>{HOSTILE}</p>",
        f'<input value="{HOSTILE}">',
        f"<a title='{HOSTILE}'>",
        "<a href='javascript:x'>",
    ):
        assert Read(page).hacked, page
    assert not Read(f'<p title="{escape(HOSTILE)}">{escape(HOSTILE)}</p>').hacked


@contextmanager
def walker(
    platform: RunningPlatform, login: str | None, paper: Path, *, english: bool = False
) -> Iterator[Walker]:
    """Somebody who walks; whatever was wrong with a page they got is told in the end."""
    with closing(Walker(platform.url, paper.read_bytes(), english=english)) as walker:
        if login is not None:
            walker.sign_in(login, PASSWORDS[login])
        yield walker
        assert walker.faults == [], login


def hand_in(platform: RunningPlatform) -> list[str]:
    """Applications with hostile text in every field that takes text, as the provincial platform sends them."""
    account = next(one for one in platform.accounts if one.login == "province")
    grant = {"grant_type": "client_credentials", "client_id": "province", "client_secret": account.password}
    people = credit_codes()
    made: list[str] = []
    with httpx.Client(base_url=f"{platform.url}/api/v1") as http:
        token = http.post("/oauth/token", data=grant).json()["access_token"]
        for _ in range(3):
            sent: dict[str, Any] = case(next(people), "")
            sent["summary"] = HOSTILE
            texts = (
                ("applicant", "name"),
                ("applicant", "representative"),
                ("applicant", "address"),
                ("contact", "name"),
            )
            for part, name in texts:
                # A field that takes no such text keeps its own.
                sent = {**sent, "external_no": f"HOSTILE-{uuid4().hex[:8]}"}
                tried = {**sent, part: {**sent[part], name: HOSTILE}}
                tried["applicant"] = {**tried["applicant"], "certificate_number": next(people)}
                key = {"idempotency-key": uuid4().hex, "authorization": f"Bearer {token}"}
                answer = http.post("/province/cases", json=tried, headers=key)
                assert answer.status_code in (201, 422), answer.text
                if answer.status_code == 201:
                    made.append(answer.json()["case_id"])
                    sent = tried
    # The last ones hold most.
    return made[::-1]


def apply(applicant: Walker) -> str:
    """Fill in an application from its beginning to its end with hostile text; where it ended."""
    items = [link for link in applicant.read("/items").links if re.fullmatch(r"/items/[0-9A-Z]{31}", link)]
    place = ""
    for item in items:
        page = applicant.read(f"/apply/{item.rpartition('/')[2]}")
        form = next(
            (form for form in page.forms if "/apply" in form.action or "/drafts" in form.action), None
        )
        if form is None:
            continue
        answer = applicant.send(form)
        for _ in range(25):
            place = answer.url.path
            forms = [form for form in applicant.look(answer).forms if "/drafts/" in (form.action or place)]
            if not forms or place.endswith("/done"):
                break
            again = applicant.send(forms[-1] if place.endswith("/check") else forms[0], place)
            if again.url.path == place and again.status_code != 422:
                break
            answer = again
        if place.endswith("/done"):
            break
    return place


def answer_everything(person: Walker, case_id: str, root: str, *, spare: bool) -> None:
    """Send every form on the pages of one case with hostile text; `spare` leaves out what ends the case."""
    sent = set()
    for place, page in list(person.walk([f"{root}/{case_id}"], 25, only=case_id)):
        for form in page.forms:
            action = form.action or place
            wanted = form.method == "post" and case_id in action and action not in sent
            if wanted and not (spare and ENDS.search(action)):
                sent.add(action)
                person.send(form, place)


@pytest.fixture(scope="module")
def poisoned(running_platform: RunningPlatform, paper: Path) -> list[str]:
    """Cases whose every text is hostile, worked on by everybody with more of it."""
    cases = hand_in(running_platform)
    with walker(running_platform, "wang", paper) as applicant:
        apply(applicant)
    for login, root in (("clerk", "/desk/cases"), ("approver", "/review/cases"), ("head", "/review/cases")):
        with walker(running_platform, login, paper) as person:
            for number, case_id in enumerate(cases[:3]):
                answer_everything(person, case_id, root, spare=number == 0)
    return cases


def places_of(cases: list[str]) -> list[str]:
    return [f"{root}/{one}" for root in ("/desk/cases", "/review/cases", "/operator/cases") for one in cases]


def test_hostile_text_breaks_out_of_no_page_of_any_room(
    running_platform: RunningPlatform, poisoned: list[str], paper: Path
) -> None:
    shown = 0
    for login in [None, "wang", *STAFF]:
        with walker(running_platform, login, paper) as person:
            for _, page in person.walk([*ROOTS, *places_of(poisoned[:3])], 60):
                shown += HOSTILE in " ".join(page.words)
    # The text is really there to be seen, on more than a page or two.
    assert shown > 10


def test_every_page_in_english_is_drawn_with_all_its_places_filled(
    running_platform: RunningPlatform, poisoned: list[str], paper: Path
) -> None:
    left = []
    for login in [None, "wang", *STAFF]:
        with walker(running_platform, login, paper, english=True) as person:
            for place, page in person.walk([*ROOTS, *places_of(poisoned[:1])], 40):
                left += [(login, place, word) for word in page.words if PLACES_LEFT.search(word)]
    assert left == []


@pytest.mark.parametrize(("login", "root"), [("clerk", "/desk"), ("approver", "/review")])
def test_no_hostile_script_runs_in_a_browser(visit: Open, poisoned: list[str], login: str, root: str) -> None:
    person = visit(login)
    for place in (root, f"{root}/cases/{poisoned[0]}", f"{root}/cases/{poisoned[1]}"):
        person.go(place)
        assert person.page.evaluate("typeof window.hacked") == "undefined", place
    assert "Content Security Policy" not in " ".join(person.complaints)
