"""Contracts of dates that a new notice moves."""

from shared.messaging.envelope import Event

EVENTS: tuple[type[Event], ...] = ()
