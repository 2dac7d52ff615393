"""Writes docs/reference: `python -m deploy.reference`; refuses when an event changed in a way that readers cannot bear."""

import json
import sys

from deploy.local.home import ROOT
from deploy.reference import asyncapi, pages
from deploy.reference.compatibility import faults

FOLDER = ROOT / "docs" / "reference"
EVENTS = FOLDER / "asyncapi.json"


def made() -> dict[str, str]:
    """Each page by its file name, as it should be now."""
    return {
        EVENTS.name: json.dumps(asyncapi.document(), ensure_ascii=False, indent=1) + "\n",
        "events.md": pages.events(),
        "settings.md": pages.settings(),
        "metrics.md": pages.metrics(),
        "problems.md": pages.problems(),
    }


def main() -> int:
    broken = faults(json.loads(EVENTS.read_text("utf-8")), asyncapi.document()) if EVENTS.exists() else []
    if broken:
        print(
            "✗ 已发布的事件不能这样改，请用新的版本 A published event cannot change so; make a new version:",
            *broken,
            sep="\n  ",
        )
        return 1
    for name, text in made().items():
        (FOLDER / name).write_text(text, "utf-8")
        print(f"✓ docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
