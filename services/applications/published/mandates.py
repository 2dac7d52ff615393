"""Events of mandates and channels, as they leave."""

from services.applications.published.fields import Published

FIELDS: Published = {}
