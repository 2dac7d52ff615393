"""Each event version has a written example, and everybody who takes the event reads it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from deploy.reference.contracts import Consumption, consumptions, defined, every_contract, published
from deploy.services import SERVICES
from shared.identity import system_actor
from shared.messaging.consumer import Reader
from shared.messaging.envelope import Event, envelope

FOLDER = Path(__file__).parent
CONTRACTS = every_contract()


def examples_of(contract: type[Event]) -> list[Path]:
    """`case_accepted.v1.json` and its variants, such as `case_accepted.v1.tolerant.json`."""
    name = ".".join(contract.event_type.split(".")[3:])
    return sorted((FOLDER / contract.publisher()).glob(f"{name}.*json"))


def delivered(contract: type[Event], example: Path) -> bytes:
    """The message as a queue hands it over."""
    event = contract.model_validate_json(example.read_bytes())
    at = datetime(2026, 9, 18, 1, 2, 3, tzinfo=UTC)
    publisher = contract.publisher()
    return (
        envelope(
            event,
            source=f"/{publisher}",
            event_id=UUID(int=1),
            subject="example",
            sequence=1,
            recorded_at=at,
            actor=system_actor(publisher),
        )
        .model_dump_json()
        .encode()
    )


@pytest.mark.parametrize("service", SERVICES)
def test_every_contract_of_a_service_is_among_those_that_it_publishes(service: str) -> None:
    assert set(defined(service)) == set(published(service))


def test_the_version_ends_the_type_and_the_name_of_the_class() -> None:
    for event_type, contract in CONTRACTS.items():
        assert contract.__name__.endswith(event_type.rpartition(".")[2].upper())


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_an_example_is_written_down_and_says_everything(contract: type[Event]) -> None:
    examples = examples_of(contract)

    assert examples
    for example in examples:
        written = json.loads(example.read_text("utf-8"))
        assert contract.model_validate(written).model_dump(mode="json") == written


@pytest.mark.parametrize("taken", consumptions(), ids=lambda taken: f"{taken.queue} from {taken.publisher}")
def test_whoever_takes_an_event_reads_its_examples(taken: Consumption) -> None:
    reader = Reader(taken.contracts)

    for contract in taken.contracts:
        for example in examples_of(contract):
            received = reader.read(delivered(contract, example))
            assert received.envelope.type == contract.event_type
            assert received.event == contract.model_validate_json(example.read_bytes())


def test_a_reader_of_today_bears_a_field_of_tomorrow() -> None:
    for contract in CONTRACTS.values():
        for example in examples_of(contract):
            tomorrow = {**json.loads(example.read_text("utf-8")), "unknown_field": {"nested": [1]}}
            assert contract.model_validate(tomorrow) == contract.model_validate_json(example.read_bytes())
