"""Contracts of mandates and channels."""

from shared.messaging.envelope import Event

EVENTS: tuple[type[Event], ...] = ()
