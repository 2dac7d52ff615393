"""Special procedures and extensions: the methods."""

from services.applications.methods.base import Methods


class ProcedureMethods(Methods):
    """Special procedures and extensions."""
