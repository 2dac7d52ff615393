"""A case goes all the way while everything that it does not need is stopped; what was missed is made up for."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from deploy.demo.stage import Stage
from deploy.demo.visitors import Json
from services.gateway.demo_accounts import APPLICANT, APPROVER, CLERK, OPERATOR
from shared.testing.platform import RunningPlatform
from tests.flows.cases import assert_every_effect_once, case_of, kinds, submit_online, told

SUPERVISOR = "supervisor"


@contextmanager
def stopped(platform: RunningPlatform, *names: str) -> Iterator[None]:
    """These processes do not run inside the block: their supervisor sleeps meanwhile, and then starts them again."""
    supervisor = platform.process(SUPERVISOR)
    assert supervisor is not None
    supervisor.send(signal.SIGSTOP)
    try:
        for name in names:
            platform.kill(name)
            assert platform.process(name) is None
        yield
    finally:
        supervisor.send(signal.SIGCONT)
        platform.wait_until_ready()


def walk(stage: Stage, receipt: Json) -> None:
    """From the desk to delivery."""
    case_id = receipt["case_id"]
    clerk, approver = stage.visitor(CLERK), stage.visitor(APPROVER)
    accepted = clerk.post(f"/counter/cases/{case_id}/acceptance", version=receipt["version"])
    decided = approver.post(
        f"/approver/cases/{case_id}/decision", {"result": "grant"}, version=accepted["version"]
    )
    made = clerk.post(f"/counter/cases/{case_id}/licence", {}, version=decided["version"])
    clerk.post(f"/counter/cases/{case_id}/delivery", {"method": "electronic"}, version=made["version"])


def test_a_case_is_decided_while_catalogue_notifications_and_audit_are_stopped(
    platform: RunningPlatform, stage: Stage
) -> None:
    for account in (CLERK, APPROVER, OPERATOR, APPLICANT):
        stage.visitor(account)
    stage.item("A-08")  # the form was open before the catalogue went away
    with stopped(platform, "catalogue", "notifications", "audit"):
        receipt = submit_online(stage, APPLICANT)
        walk(stage, receipt)
        case_id = receipt["case_id"]
        case = case_of(stage, case_id)
        assert case["state"] == "DELIVERED"
        assert kinds(case) == [
            "receipt_voucher",
            "acceptance_notice",
            "decision_grant",
            "licence",
            "delivery_receipt",
        ]
        with ThreadPoolExecutor(2) as pool:  # each waits until the service has had its ten seconds
            asked = pool.submit(stage.visitor(OPERATOR).get, f"/operator/cases/{case_id}/effects")
            guide = stage.passer_by.ask("GET", f"/catalogue/items/{case['item_code']}/guide")
        away = asked.result()
        assert sorted(away["away"]) == ["audit", "notifications"]
        assert all(line["sealed_at"] is None and line["noticed_at"] is None for line in away["effects"])
        assert guide.status_code == 503
        assert guide.headers["content-type"] == "application/problem+json"
    assert_every_effect_once(stage, case_id)
    assert stage.passer_by.get(f"/catalogue/items/{case['item_code']}/guide")


def test_what_the_relay_could_not_send_leaves_when_it_runs_again(
    platform: RunningPlatform, stage: Stage
) -> None:
    with stopped(platform, "relay"):
        receipt = submit_online(stage, APPLICANT)
        walk(stage, receipt)
    assert_every_effect_once(stage, receipt["case_id"])


def test_a_call_waits_for_a_service_that_starts_again_and_a_letter_for_its_address(
    platform: RunningPlatform, stage: Stage
) -> None:
    """The letter is due while the engine, which knows the address, is away: it goes a minute later."""
    receipt = submit_online(stage, APPLICANT)
    path = f"/counter/cases/{receipt['case_id']}"
    clerk = stage.visitor(CLERK)
    with ThreadPoolExecutor(1) as pool:
        with stopped(platform, "applications"):
            asked = pool.submit(clerk.get, path)
        assert asked.result()["case_no"] == receipt["case_no"]
    assert told(case_of(stage, receipt["case_id"])) == ["Submitted"]
    platform.clock.move(minutes=2)
    assert_every_effect_once(stage, receipt["case_id"])
