"""Short ways through the API for the tests of whole flows, and what must hold of any case."""

import random
from collections import Counter
from collections.abc import Iterable
from email import message_from_bytes, policy
from typing import Any

from stdnum.cn import ric

from deploy.demo.stage import Stage, application, by_sharing, on_paper, own_codes, uploaded
from deploy.demo.visitors import Json
from deploy.local.faults import Fault
from services.gateway.demo_accounts import CLERK, OPERATOR, DemoAccount

ITEM = "A-08"  # natural persons may ask for it; one of its papers may follow later
LAGGING = "A08-04"


def submit_online(stage: Stage, account: DemoAccount, *, without: Iterable[str] = (), **more: Any) -> Json:
    """An application from home; its receipt."""
    item, visitor = stage.item(ITEM), stage.visitor(account)
    materials = uploaded(visitor, item, own_codes(item, without=without)) + by_sharing(item)
    return visitor.post("/applicant/cases", application(item, account, materials, **more))


def submit_at_counter(
    stage: Stage, account: DemoAccount, *, without: Iterable[str] = (), **more: Any
) -> Json:
    """An application at the counter, on paper; its receipt."""
    item = stage.item(ITEM)
    materials = on_paper(own_codes(item, without=without)) + by_sharing(item)
    body = application(item, account, materials, channel="counter", **more)
    return stage.visitor(CLERK).post("/counter/cases", body)


def undertaking_of(account: DemoAccount) -> Json:
    """Signed by this applicant."""
    promises = ("knows_requirements", "everything_is_true", "own_will", "accepts_consequences")
    return {"signed_name": account.name, **dict.fromkeys(promises, True)}


def somebody() -> DemoAccount:
    """A person whom nobody has heard of, without an account."""
    birth = f"{random.randint(1950, 2005)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
    number = f"341602{birth}{random.randint(100, 999)}"
    person = {
        "kind": "natural",
        "name": "何无忧",
        "certificate_type": "111",
        "certificate_number": number + ric.calc_check_digit(number + "0"),
        "address": "安徽省亳州市谯城区示例路2号",
        "mobile": "13856709999",
        "email": "somebody@example.com",
    }
    return DemoAccount("somebody", "", "", frozenset(), "何无忧", None, person)


def accept_tolerantly(stage: Stage, account: DemoAccount) -> Json:
    """A case with one paper to follow, tolerantly accepted; the receipt of the acceptance."""
    receipt = submit_at_counter(
        stage, account, without=[LAGGING], asks_tolerance=True, undertaking=undertaking_of(account)
    )
    path = f"/counter/cases/{receipt['case_id']}/tolerant-acceptance"
    return stage.visitor(CLERK).post(path, {}, version=receipt["version"])


def case_of(stage: Stage, case_id: str) -> Json:
    """The case as the counter sees it, every clock explained."""
    return stage.visitor(CLERK).get(f"/counter/cases/{case_id}", explain="true")


def until_state(stage: Stage, case_id: str, state: str) -> Json:
    """The case, once it stands there; a timer or a consumer may still be at work."""

    def arrived() -> Json | None:
        case = case_of(stage, case_id)
        return case if case["state"] == state else None

    case = stage.eventually(arrived, f"办件到达 {state}", f"the case to be {state}")
    assert case is not None
    return case


def clock_of(case: Json, name: str) -> Json:
    """The newest clock of this name."""
    clock: Json = [clock for clock in case["clocks"] if clock["name"] == name][-1]
    return clock


def told(case: Json) -> list[str]:
    """What happened to a case, in order."""
    return [entry["event"] for entry in case["timeline"]]


def kinds(case: Json) -> list[str]:
    """The formal documents of a case, in order."""
    return [document["kind"] for document in case["documents"]]


# What the applicant is not told by itself: the end of a tolerance is told by the termination that follows it, and a
# duty that the organ missed is the organ's own record.
UNTOLD = ("tolerance_expired", "duty_breached")


def assert_every_effect_once(stage: Stage, case_id: str) -> None:
    """Each event left once, is sealed once, and is told once: in the inbox and by one letter."""
    effects = settled_effects(stage, case_id)
    versions = [line["version"] for line in effects["effects"]]
    assert versions == list(range(1, len(versions) + 1))
    events = {line["event_id"] for line in effects["effects"]}
    auditor = stage.visitor(OPERATOR)
    sealed = Counter(
        entry["event_id"] for entry in auditor.pages(f"/operator/audit/subjects/{case_id}/entries", "entries")
    )
    assert sealed == dict.fromkeys(events, 1)
    said = Counter(message["cause_id"] for message in effects["messages"])
    assert said == {line["event_id"]: 1 for line in effects["effects"] if is_told(line)}
    letters = letters_about(stage, effects["case_no"])
    assert sorted(letters) == sorted(message["title"] for message in effects["messages"])


def is_told(line: Json) -> bool:
    """Whether the applicant hears of this event."""
    return not any(f".{name}." in line["event_type"] for name in UNTOLD)


def settled_effects(stage: Stage, case_id: str) -> Json:
    """The effects of a case, once all of them have happened."""
    operator = stage.visitor(OPERATOR)

    def settled() -> Json | None:
        view = operator.get(f"/operator/cases/{case_id}/effects")
        done = all(
            line["sent_at"] and line["sealed_at"] and (line["noticed_at"] or not is_told(line))
            for line in view["effects"]
        )
        mailed = all(
            delivery["state"] == "served"
            for message in view["messages"]
            for delivery in message["deliveries"]
        )
        return view if done and mailed and not view["away"] else None

    try:
        view = stage.eventually(settled, "全部效果", "every effect")
    except Fault as fault:
        raise AssertionError(operator.get(f"/operator/cases/{case_id}/effects")) from fault
    assert view is not None
    return view


def letters_about(stage: Stage, case_no: str) -> list[str]:
    """The subjects of the letters about a case in the folder of the mail sink."""
    subjects = []
    for file in stage.home.mail.glob("*.eml"):
        letter = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = letter.get_body(("plain",))
        if body is not None and case_no in body.get_content():
            subjects.append(str(letter["subject"]))
    return subjects
