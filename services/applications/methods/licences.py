"""The licence after the decision: the methods."""

from services.applications.methods.base import Methods


class LicenceMethods(Methods):
    """The licence after the decision."""
