"""Events of dates that a new notice moves, as they leave."""

from services.applications.published.fields import Published

FIELDS: Published = {}
