"""The one error of the deadline engine, in the shape every domain error of the platform has."""

from typing import Any


class DeadlineError(Exception):
    """A deadline cannot be computed from what was given; nothing is guessed instead.

    `kind`, `code`, `zh`, `en`, `pointer`, `facts` and `errors` are what the runtime reads to answer a caller.
    """

    kind = "invalid"

    def __init__(self, code: str, zh: str, en: str, *, pointer: str = "", **facts: Any) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.pointer = pointer
        self.facts = facts
        self.errors: tuple[()] = ()
