"""What every scene needs: the people, signed in once; the service items; papers to hand in; waiting for effects."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import httpx

from deploy.demo.papers import pdf, png
from deploy.demo.story import Story
from deploy.demo.visitors import Json, Visitor
from deploy.local.faults import Fault
from deploy.local.home import Home
from services.gateway import demo_accounts as people
from services.gateway.demo_accounts import DemoAccount

Answer = TypeVar("Answer")
PATIENCE_SECONDS = 40.0
PAUSE_SECONDS = 0.05


@dataclass
class Stage:
    """The running platform as the scenes see it; `kept` holds what the last part looks at again."""

    http: httpx.Client
    home: Home
    story: Story
    kept: dict[str, Json] = field(default_factory=dict)
    _visitors: dict[str, Visitor] = field(default_factory=dict)
    _items: dict[str, Json] = field(default_factory=dict)

    def visitor(self, account: DemoAccount) -> Visitor:
        """This person or program, signed in."""
        if account.login not in self._visitors:
            enter = Visitor.program if account in people.CLIENTS else Visitor.signed_in
            self._visitors[account.login] = enter(self.http, self.home.log("gateway"), account)
        return self._visitors[account.login]

    @property
    def passer_by(self) -> Visitor:
        """Somebody without an account."""
        return Visitor(self.http, self.home.log("gateway"))

    def item(self, local_code: str) -> Json:
        """A service item by its short code in the office's own list, such as A-01."""
        if local_code not in self._items:
            self._items[local_code] = self._read_item(local_code)
        return self._items[local_code]

    def _read_item(self, local_code: str) -> Json:
        lines = self.eventually(
            lambda: list(self.passer_by.pages("/catalogue/items")),
            "事项目录载入",
            "the catalogue to be loaded",
        )
        code = next((line["code"] for line in lines if line["local_code"] == local_code), None)
        if code is None:
            raise Fault(
                f"事项目录中没有 {local_code}——请运行 make reset 后重试。",
                f"The catalogue has no item {local_code} – run make reset and try again.",
                self.home.log("seed"),
            )
        return {**self.passer_by.get(f"/catalogue/items/{code}")["item"]["content"], "code": code}

    def eventually(self, ask: Callable[[], Answer], zh: str, en: str) -> Answer:
        """The first answer that holds something; effects follow a commit by milliseconds, not by luck."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not (answer := ask()):
            if time.monotonic() > end:
                raise Fault(
                    f"等待{zh}超过 {PATIENCE_SECONDS:.0f} 秒——请用 make status 查看各进程。",
                    f"Waited {PATIENCE_SECONDS:.0f} s for {en} – see make status for the processes.",
                    self.home.log("relay"),
                )
            time.sleep(PAUSE_SECONDS)
        return answer


def application(item: Json, account: DemoAccount, materials: list[Json], **more: object) -> Json:
    """An application of this person for this item."""
    person = account.person
    names = ("kind", "name", "certificate_type", "certificate_number", "representative", "address")
    return {
        "item_code": item["code"],
        "applicant": {name: person[name] for name in names if name in person},
        "contact": {
            "name": person.get("representative", person["name"]),
            "mobile": person["mobile"],
            "email": person["email"],
        },
        "materials": materials,
        **more,
    }


def uploaded(
    visitor: Visitor, item: Json, codes: Iterable[str], *, photographed: frozenset[str] = frozenset()
) -> list[Json]:
    """These papers of the item as files that belong to the visitor."""
    names = {material["code"]: material["name"]["zh"] for material in item["materials"]}
    papers = []
    for code in codes:
        photo = code in photographed
        content = png() if photo else pdf([names[code], f"Tongban demonstration, {code}"])
        view = visitor.upload(content, "image/png" if photo else "application/pdf")
        papers.append({"code": code, "form": "electronic", "upload_id": view["upload_id"]})
    return papers


def on_paper(codes: Iterable[str]) -> list[Json]:
    """Papers shown at the counter."""
    return [{"code": code, "form": "paper"} for code in codes]


def by_sharing(item: Json) -> list[Json]:
    """Papers that the organ fetches from other authorities itself; nobody is asked for them."""
    return [
        {"code": material["code"], "form": "shared"}
        for material in item["materials"]
        if material["by_sharing"]
    ]


def own_codes(item: Json, *, without: Iterable[str] = ()) -> list[str]:
    """What the applicant hands in, less these."""
    left_out = set(without)
    return [
        material["code"]
        for material in item["materials"]
        if not material["by_sharing"] and material["code"] not in left_out
    ]


def must_propose(check: Json, outcome: str) -> None:
    """The scene goes on only when the system proposes what it tells of."""
    if check["proposed_outcome"] == outcome:
        return
    why = check["tolerance_reasons"]
    raise Fault(
        f"系统建议的结果与演示不符：{''.join(reason['zh'] for reason in why)}"
        "可能有一次演示中途停下，承诺因此逾期——请运行 make reset 后重试。",
        f"The system proposes something else: {' '.join(reason['en'] for reason in why)}"
        " Perhaps a demonstration was cut short and its undertaking broken – run make reset and try again.",
    )


def document(receipt: Json, kind: str) -> Json:
    """The document of this kind that came of a command."""
    found = [one for one in receipt["documents"] if one["kind"] == kind]
    if not found:
        raise Fault(
            f"办件 {receipt['case_no']} 没有产生应有的文书（{kind}）——请反馈这个问题。",
            f"Case {receipt['case_no']} did not get its document ({kind}) – please report this.",
        )
    newest: Json = found[-1]
    return newest


def names_of(case_or_item: Json, codes: Iterable[str]) -> str:
    """The names of these materials, in Chinese."""
    names = {one["code"]: one["name"] for one in case_or_item["materials"]}
    return "、".join(name["zh"] if isinstance(name := names[code], dict) else name for code in codes)
