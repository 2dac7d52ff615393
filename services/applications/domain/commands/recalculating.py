"""A newly announced year moves dates."""

from dataclasses import dataclass

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class RecomputeClocks(Command):
    """Count every running clock again with the newest calendar."""
