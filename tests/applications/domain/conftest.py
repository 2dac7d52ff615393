"""Every refusal that a test of the rules meets is looked at: it names what the table of refusals says, or the test fails."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.applications.domain.errors import DomainError
from tests.applications.domain import invariants
from tests.applications.domain.refusals import REFUSALS


@pytest.fixture(autouse=True, scope="module")
def refusals_are_complete() -> Iterator[None]:
    """Look at each refusal when it is made."""
    plain = DomainError.__init__

    def looked_at(self: DomainError, *words: Any, **facts: Any) -> None:
        plain(self, *words, **facts)
        invariants.of_the_refusal(self)
        named = (type(self).__name__, _place(self.pointer), *sorted(self.facts))
        assert " ".join(named) in REFUSALS.get(self.code, ()), (self.code, named)

    DomainError.__init__ = looked_at
    yield
    DomainError.__init__ = plain


def _place(pointer: str) -> str:
    return "".join("/#" if part.isdigit() else f"/{part}" for part in pointer.split("/")[1:]) or "-"
