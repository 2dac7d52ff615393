"""Tolerated papers and commitments: the methods."""

from services.applications.methods.base import Methods


class ToleranceMethods(Methods):
    """Tolerated papers and commitments."""
