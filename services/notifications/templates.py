"""The wordings of notices: one YAML file for each version of each template, never changed once used.

A change of wording is a new file with the next version; `add_templates` of the store keeps every version in the
database and refuses to start when a file differs from what was used before under the same version.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template

# S701: notices are plain text, in the inbox as in the mail; pages escape them like any other text.
_ENVIRONMENT = Environment(
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)


@dataclass(frozen=True)
class NoticeTemplate:
    """One version of one wording; `statutory` when its being served has legal effect and is put on the audit log."""

    template_id: str
    version: int
    name: str
    statutory: bool
    title: str
    body: str

    @cached_property
    def sha256(self) -> str:
        """The digest of all that a version fixes."""
        fixed = (self.template_id, str(self.version), self.name, str(self.statutory), self.title, self.body)
        return hashlib.sha256("\x00".join(fixed).encode()).hexdigest()

    @cached_property
    def compiled(self) -> tuple[Template, Template]:
        return _ENVIRONMENT.from_string(self.title), _ENVIRONMENT.from_string(self.body)

    def render(self, facts: Mapping[str, Any]) -> tuple[str, str]:
        """Title and text; a fact that the template names and nobody gives is an error, never an empty place."""
        title, body = self.compiled
        # A title becomes the subject line of a mail, so it is one line whatever an item is called.
        return re.sub(r"\s+", " ", title.render(facts)).strip(), body.render(facts)


class TemplateBook:
    """Every template version that this program carries; the highest version of each is the one in use."""

    def __init__(self, versions: list[NoticeTemplate]) -> None:
        self.versions = versions
        self._current: dict[str, NoticeTemplate] = {}
        for template in sorted(versions, key=lambda template: template.version):
            # Compiled now, so that a faulty template stops the start and not the first event that needs it.
            _ = template.compiled
            self._current[template.template_id] = template

    def __getitem__(self, template_id: str) -> NoticeTemplate:
        return self._current[template_id]

    def is_current(self, template_id: str, version: int) -> bool:
        """Whether this version is the one that new notices use."""
        current = self._current.get(template_id)
        return current is not None and current.version == version


def load_templates() -> TemplateBook:
    """Read the template files beside this module."""
    folder = resources.files("services.notifications") / "templates"
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name
    )
    return TemplateBook([_read(entry.name, entry.read_text(encoding="utf-8")) for entry in files])


def _read(file_name: str, text: str) -> NoticeTemplate:
    fields = yaml.safe_load(text)
    template_id, version = file_name.removesuffix(".yaml").rsplit(".v", 1)
    return NoticeTemplate(
        template_id=template_id,
        version=int(version),
        name=fields["name"],
        statutory=fields["statutory"],
        title=fields["title"],
        body=fields["body"].strip(),
    )
