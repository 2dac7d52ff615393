"""The applicant says how the case was handled."""

from dataclasses import dataclass

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class Rate(Command):
    """Five levels, what was good or wrong, and the digest of free words."""

    level: int
    tags: tuple[str, ...] = ()
    words_sha256: str | None = None
