"""Contracts of the licence after the decision."""

from shared.messaging.envelope import Event

EVENTS: tuple[type[Event], ...] = ()
