"""Events of tolerated papers and commitments, as they leave."""

from services.applications.published.fields import Published

FIELDS: Published = {}
