"""The case as a file on its way out: nobody else waits for it, and it does not wait for ever for its proofs."""

import asyncio
import os
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from services.applications.contracts.process_record import CaseExport
from services.gateway import bundle, bundle_api
from services.gateway.bundle import Part
from shared.errors import Refused
from shared.identity import Role
from tests.applications.process_record_examples import VIEWS
from tests.gateway.conftest import ScriptedServices, Visitors


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    return shared_database


def an_export(events: int = 1) -> CaseExport:
    export = VIEWS["case_export"]()
    assert isinstance(export, CaseExport)
    (event,) = export.events
    many = (
        event.model_copy(update={"version": number, "event_id": uuid4()}) for number in range(1, events + 1)
    )
    return export.model_copy(update={"events": tuple(many), "papers": ()})


async def test_others_are_answered_while_a_large_paper_is_packed() -> None:
    ticks = 0

    async def others() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    async def parts() -> AsyncIterator[Part]:
        yield Part("papers/01.pdf", os.urandom(12 * 1024 * 1024))

    beside = asyncio.create_task(others())
    await asyncio.sleep(0)
    size = sum([len(piece) async for piece in bundle.zipped(an_export(), parts())])
    beside.cancel()
    assert size > 12 * 1024 * 1024
    assert ticks >= 5


async def test_a_log_that_stands_still_holds_a_long_case_up_only_once(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_api, "PAUSE_SECONDS", 0.0)
    export = an_export(events=12)
    services.answers["export_case"] = export
    services.answers["get_proof"] = Refused("not_found", "audit_entry_unknown", "还没有。", "Not yet.")
    me = await visitors.headers(Role.APPLICANT)
    answer = await http.get(f"/api/v1/applicant/cases/{export.case.case_id}/bundle", headers=me)
    assert answer.status_code == 200
    asked = [call for call in services.calls if call.method == "get_proof"]
    assert len(asked) == len(export.events) + bundle_api.TRIES
