"""Dates that a new notice moves: the methods."""

from services.applications.methods.base import Methods


class RecalculatingMethods(Methods):
    """Dates that a new notice moves."""
