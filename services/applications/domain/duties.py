"""Duties of the organ whose time has run out: each leaves an accountability record (LIC-08, LIC-09, LIC-11, LIC-12, LIC-15)."""

from collections.abc import Mapping

from services.applications.domain import commands as c
from services.applications.domain.facts import Rule

RULES: Mapping[type[c.Command], Rule] = {}
