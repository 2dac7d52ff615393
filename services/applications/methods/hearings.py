"""Hearings and interested parties: the methods."""

from services.applications.methods.base import Methods


class HearingMethods(Methods):
    """Hearings and interested parties."""
