"""Events of the licence after the decision, as they leave."""

from services.applications.published.fields import Published

FIELDS: Published = {}
