"""Events of hearings and interested parties, as they leave."""

from services.applications.published.fields import Published

FIELDS: Published = {}
