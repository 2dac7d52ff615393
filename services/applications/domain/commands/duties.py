"""Duties of the organ whose time has run out."""

from dataclasses import dataclass

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class RecordBreach(Command):
    """A clock of the organ ran out: put the breach on record."""

    clock: str
