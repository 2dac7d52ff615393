"""Events of the steps of the review, as they leave."""

from services.applications.published.fields import Published

FIELDS: Published = {}
