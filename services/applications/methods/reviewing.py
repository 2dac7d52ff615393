"""The steps of the review: the methods."""

from services.applications.methods.base import Methods


class ReviewMethods(Methods):
    """The steps of the review."""
