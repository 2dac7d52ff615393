"""Documents of special procedures and extensions."""

from collections.abc import Mapping

from services.applications.domain import events as e
from services.applications.domain.phrases import Template
from services.applications.domain.values import Drafter

DRAFTERS: Mapping[type[e.CaseEvent], Drafter] = {}

TEMPLATES: Mapping[str, Template] = {}
