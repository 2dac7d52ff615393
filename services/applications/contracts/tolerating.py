"""Contracts of tolerated papers and commitments."""

from shared.messaging.envelope import Event

EVENTS: tuple[type[Event], ...] = ()
