"""Contracts of hearings and interested parties."""

from shared.messaging.envelope import Event

EVENTS: tuple[type[Event], ...] = ()
