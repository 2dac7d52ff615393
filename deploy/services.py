"""The platform's services, named in this order everywhere; each has a database and a broker account of its own."""

SERVICES = ("catalogue", "applications", "notifications", "audit", "gateway")


def database_of(service: str) -> str:
    """The database's name, and its login's."""
    return f"tongban_{service}"
