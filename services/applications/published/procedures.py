"""Events of special procedures and extensions, as they leave."""

from services.applications.published.fields import Published

FIELDS: Published = {}
