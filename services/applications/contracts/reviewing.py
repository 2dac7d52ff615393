"""Contracts of the steps of the review."""

from shared.messaging.envelope import Event

EVENTS: tuple[type[Event], ...] = ()
