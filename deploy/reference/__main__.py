"""Writes docs/reference: `python -m deploy.reference`.

It refuses when an event changed in a way that readers cannot bear, or the API in one that clients could trip over.
"""

import json
import sys
from typing import Any

from deploy.local.home import ROOT
from deploy.reference import api_compatibility, asyncapi, case_states, compatibility, law, pages
from services.gateway.app import create_api
from services.gateway.openapi import document

FOLDER = ROOT / "docs" / "reference"
EVENTS = FOLDER / "asyncapi.json"
API = FOLDER / "openapi.json"

Json = dict[str, Any]


def made() -> dict[str, str]:
    """Each page by its file name, as it should be now."""
    return {
        EVENTS.name: as_text(asyncapi.document()),
        "events.md": pages.events(),
        "settings.md": pages.settings(),
        "metrics.md": pages.metrics(),
        "problems.md": pages.problems(),
        "cases.md": case_states.table(),
        "case-states.svg": case_states.picture(),
        "law.md": law.table(),
    }


def api_now() -> Json:
    """The OpenAPI document as a running gateway serves it."""
    served: Json = json.loads(document(create_api()))
    return served


def as_text(content: Json) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def broken() -> list[str]:
    """What has been published and cannot be changed so."""
    found = []
    if EVENTS.exists():
        found += compatibility.faults(json.loads(EVENTS.read_text("utf-8")), asyncapi.document())
    if API.exists():
        found += api_compatibility.faults(json.loads(API.read_text("utf-8")), api_now())
    return found


def main() -> int:
    if faults := broken():
        print(
            "✗ 已发布的事件和接口不能这样改，请另出新版本。\n"
            "  What was published cannot change so; make a new version beside it:",
            *faults,
            sep="\n  ",
        )
        return 1
    for name, text in (made() | {API.name: as_text(api_now())}).items():
        (FOLDER / name).write_text(text, "utf-8")
        print(f"✓ docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
