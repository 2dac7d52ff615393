"""What the gateway publishes stays readable; what others publish, the gateway reads from their own examples.

After a field was added on purpose, `TONGBAN_WRITE_EXAMPLES=1 pytest tests/gateway/test_contracts.py` writes the files
again.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.gateway.answers import to_json
from services.gateway.client import Method
from services.gateway.contracts import (
    PUBLISHED,
    AccountChangedV1,
    AccountLookedUpV1,
    CallBackNumberSeenV1,
    CaseFileOpenedV1,
    CasesFoundV1,
    DeadLetterOrderedV1,
    SignedInV1,
    SignedOutV1,
    SignInFailedV1,
)
from services.gateway.topology import FEED_EVENTS, FEED_QUEUE, TOPOLOGY, WITNESS_QUEUE
from shared.messaging.envelope import Event
from tests.gateway.written_examples import FOLDER, METHODS, example_of

OWN = FOLDER / "gateway"
AT = datetime(2026, 9, 18, 1, 2, 3, tzinfo=UTC)
ACCOUNT = UUID("08ac5d99-64c8-5a0c-9f0d-5b52926648af")
EXAMPLES: list[Event] = [
    DeadLetterOrderedV1(
        service="audit", dead_letter_id=7, order="discard", reason="duplicate", ordered_at=AT
    ),
    SignedInV1(account_id=ACCOUNT, session="cookie", signed_in_at=AT),
    SignInFailedV1(account_id=ACCOUNT, reason="wrong", failed_at=AT),
    SignedOutV1(client_id="province", signed_out_at=AT),
    AccountChangedV1(account_id=ACCOUNT, change="registered", verification="local", version=1, changed_at=AT),
    CaseFileOpenedV1(
        case_id=ACCOUNT,
        case_no="11341600762764234C3000180002001202609180001",
        material_code="A01-04",
        upload_id=ACCOUNT,
        opened_at=AT,
    ),
    CasesFoundV1(case_ids=(ACCOUNT,), found_at=AT),
    AccountLookedUpV1(account_id=ACCOUNT, purpose="intake", looked_up_at=AT),
    CallBackNumberSeenV1(call_back_id=ACCOUNT, case_id=ACCOUNT, seen_at=AT),
]


def file_of(event: Event) -> Path:
    return OWN / f"{event.event_type.removeprefix('cn.tongban.gateway.')}.json"


def test_every_published_event_has_an_example() -> None:
    assert {type(event) for event in EXAMPLES} == set(PUBLISHED)
    assert all(event.publisher() == "gateway" for event in EXAMPLES)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_a_published_event_looks_as_it_was_written_down(event: Event) -> None:
    if os.environ.get("TONGBAN_WRITE_EXAMPLES"):
        OWN.mkdir(exist_ok=True)
        file_of(event).write_text(
            json.dumps(event.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n", "utf-8"
        )
    written = file_of(event).read_text("utf-8")
    assert json.loads(written) == event.model_dump(mode="json")
    assert type(event).model_validate_json(written) == event


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_the_gateway_reads_and_shows_what_a_service_answers(method: Method[Any, Any]) -> None:
    example = example_of(method)
    shown = json.loads(to_json(example))
    assert set(shown) == set(example.model_dump())
    assert "Z" not in [str(value)[-1:] for key, value in shown.items() if key.endswith("_at")]


@pytest.mark.parametrize("contract", FEED_EVENTS, ids=lambda contract: contract.__name__)
def test_the_feed_reads_every_event_of_a_case(contract: type[Event]) -> None:
    name = contract.event_type.removeprefix("cn.tongban.applications.")
    event = contract.model_validate_json((FOLDER / "applications" / f"{name}.json").read_bytes())
    assert hasattr(event, "partner")


def test_the_topology_binds_what_the_consumers_read() -> None:
    assert {key for _, key in FEED_QUEUE.bindings} == {contract.event_type for contract in FEED_EVENTS}
    assert [exchange for exchange, _ in WITNESS_QUEUE.bindings] == ["audit.events"]
    assert not TOPOLOGY.answers_rpc
