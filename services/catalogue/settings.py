"""What the catalogue's process needs to know; everything is common to all services."""

from shared.runtime.settings import Settings


class CatalogueSettings(Settings):
    """Nothing of its own: the catalogue is data."""
