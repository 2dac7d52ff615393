"""Contracts of special procedures and extensions."""

from shared.messaging.envelope import Event

EVENTS: tuple[type[Event], ...] = ()
