"""At the window a certificate is made out and handed over in one act, however often the page is sent."""

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from services.gateway.counter import actions
from services.gateway.forms import Delivery
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import ANONYMOUS
from shared.errors import Refused

CASE_ID, FORM = uuid4(), Delivery(method="window")


class Engine:
    """Answers as the case engine does, and remembers what it was asked."""

    def __init__(self, refused: str | None) -> None:
        self.refused = refused
        self.asked: list[tuple[str, int, UUID]] = []

    async def ask(self, visitor: object, method: Any, request: Any, command_id: UUID) -> SimpleNamespace:
        self.asked.append((method.name, request.expected_version, command_id))
        if method.name == "issue_licence" and self.refused is not None:
            raise Refused("conflict", self.refused, "不能制证", "can't be made out")
        return SimpleNamespace(version=request.expected_version + 1)


async def hand_over(engine: Engine, command_id: UUID) -> None:
    gateway = cast(Gateway, SimpleNamespace(services=engine))
    await actions.hand_over(gateway, ANONYMOUS, CASE_ID, 4, FORM, command_id)


async def test_the_certificate_is_made_out_and_then_delivered():
    engine = Engine(None)
    await hand_over(engine, uuid4())
    assert [(name, version) for name, version, _ in engine.asked] == [
        ("issue_licence", 4),
        ("deliver_result", 5),
    ]


@pytest.mark.parametrize("code", ["no_certificate", "illegal_transition", "stale_case", "role_not_allowed"])
async def test_without_a_certificate_to_make_out_the_delivery_has_the_word(code: str):
    engine, command_id = Engine(code), uuid4()
    await hand_over(engine, command_id)
    assert engine.asked[-1] == ("deliver_result", 4, command_id)


async def test_a_page_that_is_sent_again_sends_the_same_commands():
    first, second, command_id = Engine(None), Engine(None), uuid4()
    await hand_over(first, command_id)
    await hand_over(second, command_id)
    assert first.asked == second.asked
    assert len({command for _, _, command in first.asked}) == 2
