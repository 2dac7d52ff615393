"""Mandates and channels: the methods."""

from services.applications.methods.base import Methods


class MandateMethods(Methods):
    """Mandates and channels."""
